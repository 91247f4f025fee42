"""What comes out of a talk: a next step, or something to remember."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from crm_site.home.demo import calendar
from crm_site.home.demo.phrases.beats import Beat, Step
from crm_site.home.demo.setting import Setting
from crm_site.home.demo.shapes import Memory, NextStep, Talk
from crm_site.home.demo.voice import Voice

# How many days from today the open next steps lie: some are late, several are for today.
_AHEAD = (-9, -4, -2, -1, 0, 0, 0, 1, 1, 2, 2, 3, 4, 5, 6, 7, 9, 12, 15, 20, 27, 40)
_OPEN_STEPS = (
    "Call {p} about {fund}", "Ask {p} where {committee} stands", "Send {p} {doc}", "Follow up with {p2} on {obj}", "Propose dates in {city} to {p}",
    "Send {ans} to {p2}", "Nudge {p} on {fund}", "Ring {pf} back", "Prepare the call with {p} and {p2}", "Thank {ref} for the word with {p}",
    "Check {term} with counsel for {firm}", "Get a date from {p} for {committee}", "Write {p} about {comp}", "Coffee with {p} when in {city}",
    "Update {p} on the close in {month}",
)  # fmt: skip


def after_talk(
    here: Setting, rng: random.Random, voice: Voice, talk: Talk, step: Step, keeper: int
) -> NextStep:
    """A step that was set after a talk; what was due long ago is done, sometimes dropped, seldom still open."""
    due = calendar.working(talk.at.date() + timedelta(days=rng.randint(step.first_day, step.last_day)))
    made = NextStep(voice.fill(step.text)[:300], due, keeper, _hour(rng))
    late_days = (here.today - due).days
    if late_days > 0 and not (late_days < 16 and rng.random() < 0.25):
        _close(here, rng, made, talk)
    return made


def ahead(here: Setting, rng: random.Random, voice: Voice, talk: Talk, keeper: int) -> NextStep:
    """The step that is open now."""
    offset = rng.choice(_AHEAD)
    due = here.today + timedelta(days=offset)
    # What is due today stays today, also on a Saturday: somebody may want to look around then.
    due = calendar.working(due) if offset else due
    return NextStep(voice.fill(voice.pick(_OPEN_STEPS))[:300], max(due, talk.at.date()), keeper, _hour(rng))


def memory(rng: random.Random, voice: Voice, beat: Beat, lead: int) -> Memory:
    """A fact that the talk taught, about the person when it names them."""
    text, topic, confidence = rng.choice(beat.facts)
    about_person = "{p} " in f"{text} "
    return Memory(voice.fill(text)[:500], topic, Decimal(confidence), lead if about_person else None)


def _close(here: Setting, rng: random.Random, made: NextStep, talk: Talk) -> None:
    made.state = "dropped" if rng.random() < 0.11 else "done"
    day: date = calendar.working(
        made.due_on + timedelta(days=rng.choice((-2, -1, 0, 0, 0, 0, 1, 2, 5))), here.today
    )
    closed = calendar.moment(rng, max(day, talk.at.date()), here.zone)
    latest = datetime.combine(here.today, time(0), tzinfo=here.zone)
    made.closed_at = max(talk.at + timedelta(minutes=30), min(closed, latest))


def _hour(rng: random.Random) -> time | None:
    return time(rng.choice((9, 10, 11, 14, 15, 16)), rng.choice((0, 0, 30))) if rng.random() < 0.22 else None
