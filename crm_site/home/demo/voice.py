"""From the words of a thread to a text: draws phrases, fills them in, and avoids saying the same thing twice."""

from __future__ import annotations

import random
from collections.abc import Sequence

from crm_site.home.demo.phrases.beats import Script
from crm_site.home.demo.phrases.words import MONTHS, RULES

TRIES = 6
# Drawn once per talk, so that a reminder names the document and a fact the number that the text has named.
STICKY = frozenset(
    {"number", "quarter", "committee", "event", "peer", "doc", "part", "month", "irr", "weekday"}
)


class Voice(dict[str, str]):
    """Names and topics of one thread. Asked for a word it does not hold, it draws one and fills that in, too."""

    def __init__(self, rng: random.Random, words: dict[str, str], lists: dict[str, Sequence[str]]) -> None:
        super().__init__(words)
        self.rng = rng
        self.lists = lists
        self.said: set[str] = set()
        self.now: dict[str, str] = {}

    def __missing__(self, name: str) -> str:
        known = self.now.get(name)
        if known is not None:
            return known
        options = self.lists.get(name) or RULES[name]
        drawn = self.rng.choice(options).format_map(self)
        if name in STICKY:
            self.now[name] = drawn
        return drawn

    def begin(self, month: int) -> None:
        """Start a new talk in a month of the year: its day, its document, its numbers are drawn afresh."""
        self.now.clear()
        self.lists["month"] = [MONTHS[(month + ahead) % 12] for ahead in range(5)]

    def fill(self, template: str) -> str:
        """The template with every word filled in, its first letter a capital one."""
        filled = template.format_map(self)
        return filled[:1].upper() + filled[1:]

    def pick(self, options: Sequence[str]) -> str:
        """A template that this thread has not used yet, as long as there is one."""
        drawn = self.rng.choice(options)
        for _ in range(TRIES):
            if drawn not in self.said:
                break
            drawn = self.rng.choice(options)
        self.said.add(drawn)
        return drawn


def compose(voice: Voice, script: Script) -> tuple[str, str]:
    """Subject and body of one communication."""
    subject = voice.pick(script.subjects).format_map(voice)
    body = _prose(voice, script)
    if script.kind == "email":
        ours = script.direction == "outbound"
        greeting = voice.fill("{greet}" if ours else "{theirgreet}")
        return subject[:1].upper() + subject[
            1:200
        ], f"{greeting}\n\n{body}\n\n{voice['bye' if ours else 'theirbye']}"
    return subject[:1].upper() + subject[1:200], body


def _prose(voice: Voice, script: Script) -> str:
    rng = voice.rng
    parts = [voice.pick(script.openings)]
    if script.middles:
        least = 0 if script.kind == "message" and rng.random() < 0.3 else 1
        count = least + (rng.random() < 0.55) + (rng.random() < 0.25)
        parts += [voice.pick(script.middles) for _ in range(count)]
    if script.ends and rng.random() < 0.85:
        parts.append(voice.pick(script.ends))
    # The same phrase may be drawn twice from a short list; once is enough.
    kept = [voice.fill(part) for part in dict.fromkeys(parts) if part]
    if script.kind == "email" and len(kept) > 3:
        return f"{' '.join(kept[:2])}\n\n{' '.join(kept[2:])}"
    return " ".join(kept)
