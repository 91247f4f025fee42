"""How far an investor gets, and by which steps: the order of beats for a given number of communications."""

from __future__ import annotations

import random
from dataclasses import dataclass

from crm_site.home.demo.phrases import after, early, late, middle
from crm_site.home.demo.phrases.beats import Beat

OPEN, WON, LOST = "open", "won", "lost"
STAGES = ("prospect", "contacted", "meeting", "diligence", "soft_circle", "committed", "closed")


@dataclass(frozen=True)
class Arc:
    """An outcome: the steps that lead there, where it leaves the opportunity, how often it happens (weight)."""

    name: str
    end: str
    spine: tuple[Beat, ...]
    weight: int
    #: Steps that may go when there are few communications to tell it in.
    spare: frozenset[str] = frozenset()


_TALK = (early.INTRO, early.DECK, early.REPLY, early.FIRST_CALL)
_MEET = (*_TALK, early.FIRST_MEETING, middle.QUESTIONS, middle.ANSWERS)
_DIG = (*_MEET, middle.OBJECTION, middle.SECOND_MEETING, middle.DILIGENCE, middle.DD_WORK, middle.DD_WORK)
_CIRCLE = (*_DIG, late.TERMS_TALK, late.SOFT_CIRCLE)
_SIGN = (*_CIRCLE, late.PAPERS, late.COMMITTED)
_SPARE = frozenset(
    {
        "deck",
        "reply",
        "first_call",
        "answers",
        "objection",
        "second_meeting",
        "dd_work",
        "terms",
        "papers",
        "questions",
    }
)

ARCS = (
    Arc("cold", OPEN, (early.RESEARCH,), 7),
    Arc("contacted", OPEN, (early.INTRO, early.VOICEMAIL), 12),
    Arc("talking", OPEN, _TALK, 10, _SPARE),
    Arc("meeting", OPEN, _MEET, 14, _SPARE),
    Arc("diligence", OPEN, _DIG, 10, _SPARE),
    Arc("soft_circle", OPEN, _CIRCLE, 7, _SPARE),
    Arc("committed", WON, _SIGN, 6, _SPARE),
    Arc("closed", WON, (*_SIGN, late.CLOSED), 13, _SPARE),
    Arc("passed early", LOST, (*_TALK, late.PASS), 9, _SPARE),
    Arc("passed", LOST, (*_MEET, middle.OBJECTION, late.PASS), 8, _SPARE),
    Arc("passed late", LOST, (*_DIG, late.PASS), 4, _SPARE),
)  # fmt: skip
CLOSED = next(arc for arc in ARCS if arc.name == "closed")
_ANY = (after.CHECK_IN, after.CHECK_IN, after.BUMP)
FILLERS: dict[str, tuple[Beat, ...]] = {
    "": (early.RESEARCH, after.BUMP, early.VOICEMAIL),
    "prospect": (early.RESEARCH, early.VOICEMAIL, after.BUMP),
    "contacted": (early.DECK, early.REPLY, early.VOICEMAIL, early.FIRST_CALL, *_ANY),
    "meeting": (middle.QUESTIONS, middle.ANSWERS, middle.OBJECTION, middle.SECOND_MEETING, *_ANY),
    "diligence": (middle.DD_WORK, middle.DD_WORK, middle.DD_WORK, middle.QUESTIONS, middle.ANSWERS, *_ANY),
    "soft_circle": (late.TERMS_TALK, late.PAPERS, middle.ANSWERS, *_ANY),
    "committed": (late.PAPERS, *_ANY),
    "closed": (after.LETTER, after.LETTER, after.LP_TALK, after.LP_TALK, after.KEEP_WARM, after.BUMP),
    "passed": (after.KEEP_WARM, after.KEEP_WARM, after.KEEP_WARM, after.BUMP),
}


def choose(rng: random.Random, count: int, ends: tuple[str, ...] = (OPEN, WON, LOST)) -> Arc:
    """An outcome that can be told in `count` communications."""
    fitting = [arc for arc in ARCS if arc.end in ends and _least(arc) <= count]
    return rng.choices(fitting, [arc.weight for arc in fitting])[0]


def can_close(count: int) -> bool:
    """Tell whether an opportunity can be told to its close in so few steps."""
    return _least(CLOSED) <= count


def _least(arc: Arc) -> int:
    return sum(beat.key not in arc.spare for beat in arc.spine)


def beats(rng: random.Random, arc: Arc, count: int) -> tuple[list[Beat], list[Beat]]:
    """The steps up to the outcome, and those that come after it: `count` in all, at least those the arc needs."""
    spine = list(arc.spine)
    while len(spine) > count:
        spare = [at for at, beat in enumerate(spine) if beat.key in arc.spare]
        del spine[rng.choice(spare)]
    extra = count - len(spine)
    later = 0
    if arc.end != OPEN:
        later = sum(rng.random() < 0.55 for _ in range(extra))
    final = _stage_after(spine)
    for _ in range(extra - later):
        # Before the first step nothing has happened yet; an ended story goes on in `later` only.
        at = rng.randint(1, len(spine) - (arc.end != OPEN)) if len(spine) > 1 else len(spine)
        spine.insert(at, rng.choice(FILLERS[_stage_after(spine[:at])]))
    return spine, [rng.choice(FILLERS[final]) for _ in range(later)]


def _stage_after(steps: list[Beat]) -> str:
    reached = [beat.stage for beat in steps if beat.stage]
    return reached[-1] if reached else ""
