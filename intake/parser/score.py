"""How well a parser reads: precision, recall and F1 for each field over a file of messages with answers.

One JSON object a line: {"text", "sent_at", "zone", "known": {"investors", "contacts", "members", "funds", "stages",
"domains"}, "expected": {…fields of a ParsedMessage…}}. Fields left out of "expected" count as empty.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from intake import parsed
from intake.parser import grammar
from intake.parser import known as knowing

SENT_AT = "2026-11-20T10:00:00-06:00"
ZONE = "America/Chicago"
FIELDS = (
    "intent", "investor_name", "contacts.name", "contacts.email", "contacts.phone", "contacts.title", "kind", "occurred_on",
    "fund", "expected_amount", "committed_amount", "stage", "reminder.text", "reminder.due_on", "direction", "facts", "also",
)  # fmt: skip
# A question and chatter are not written: only their intent counts.
_UNWRITTEN = frozenset(["question", "ignore"])
Parse = Callable[..., parsed.ParsedMessage]


@dataclass
class Count:
    """hit: right values; extra: values that should not be there; missed: values that should."""

    hit: int = 0
    extra: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.hit / (self.hit + self.extra) if self.hit + self.extra else 1.0

    @property
    def recall(self) -> float:
        return self.hit / (self.hit + self.missed) if self.hit + self.missed else 1.0

    @property
    def f1(self) -> float:
        total = 2 * self.hit + self.extra + self.missed
        return 2 * self.hit / total if total else 1.0


@dataclass
class Report:
    """Counts for each field, and every miss: (message, field, expected, got)."""

    counts: dict[str, Count] = field(default_factory=lambda: {name: Count() for name in FIELDS})
    misses: list[tuple[str, str, list[str], list[str]]] = field(default_factory=list)

    @property
    def overall(self) -> Count:
        counts = self.counts.values()
        return Count(sum(c.hit for c in counts), sum(c.extra for c in counts), sum(c.missed for c in counts))

    def table(self) -> str:
        """As printed by `parse_message --file`."""
        lines = [f"{'field':<18}{'P':>7}{'R':>7}{'F1':>7}{'hit':>6}{'extra':>7}{'missed':>7}"]
        for name, c in [*self.counts.items(), ("all", self.overall)]:
            lines.append(
                f"{name:<18}{c.precision:>7.3f}{c.recall:>7.3f}{c.f1:>7.3f}{c.hit:>6}{c.extra:>7}{c.missed:>7}"
            )
        return "\n".join(lines)


def read_rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def known_of(row: Mapping[str, Any]) -> knowing.InMemory:
    given = dict(row.get("known") or {})
    if "stages" in given:
        given["stages"] = tuple((key, label) for key, label in given["stages"])
    return knowing.InMemory(**given)


def score(rows: Iterable[Mapping[str, Any]], parse: Parse = grammar.parse) -> Report:
    """Run `parse` over the rows and compare field by field."""
    report = Report()
    for row in rows:
        got = parse(
            row["text"],
            sent_at=datetime.fromisoformat(row.get("sent_at", SENT_AT)),
            zone=ZoneInfo(row.get("zone", ZONE)),
            known=known_of(row),
        ).to_json()
        _compare(row["text"], row["expected"], got, report)
    return report


def _compare(text: str, expected: Mapping[str, Any], got: Mapping[str, Any], report: Report) -> None:
    unwritten = expected["intent"] in _UNWRITTEN
    for name in FIELDS:
        if unwritten and name != "intent":
            continue
        wanted, found = values(expected, name), values(got, name)
        if name == "occurred_on" and not wanted:
            continue
        hits = _pairs(wanted, found, _close if name in ("reminder.text", "facts") else _equal)
        count = report.counts[name]
        count.hit += hits
        count.extra += len(found) - hits
        count.missed += len(wanted) - hits
        if hits < max(len(wanted), len(found)):
            report.misses.append((text, name, wanted, found))


def values(message: Mapping[str, Any], name: str) -> list[str]:
    """The values of one field as a list of texts; "also" is its investors, a default ("note") is no value."""
    head, _, tail = name.partition(".")
    value = message.get(head)
    if not value or (name == "kind" and value == "note"):
        return []
    if head == "contacts":
        return [c[tail] for c in value if c.get(tail)]
    if head == "reminder":
        return [value[tail]] if value.get(tail) else []
    if head == "also":
        return [other.get("investor_name") or "" for other in value]
    if head == "facts":
        return [f["text"] if isinstance(f, dict) else f for f in value]
    return [str(value)]


def _pairs(wanted: Sequence[str], found: Sequence[str], same: Callable[[str, str], bool]) -> int:
    left = list(found)
    hits = 0
    for value in wanted:
        match = next((f for f in left if same(value, f)), None)
        if match is not None:
            left.remove(match)
            hits += 1
    return hits


def _equal(wanted: str, found: str) -> bool:
    return knowing.fold(wanted) == knowing.fold(found)


def _close(wanted: str, found: str) -> bool:
    """Texts agree when half of the words of both together are shared."""
    a, b = (set(re.findall(r"\w+", text.casefold())) for text in (wanted, found))
    return bool(a and b) and len(a & b) / len(a | b) >= 0.5
