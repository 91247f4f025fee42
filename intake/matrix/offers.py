"""What there is to choose from in the thread of a question, read from the questions asked there. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from intake.matrix.models import MatrixRoom, RoomQuestion


@dataclass(frozen=True)
class Query:
    """What to run without understanding anything: an intent with a candidate's key in its slots."""

    intent: str
    slots: Mapping[str, Any] = field(default_factory=dict)


def latest(room: MatrixRoom, root: str) -> RoomQuestion | None:
    """The latest answer in a thread that leaves something to choose."""
    return RoomQuestion.objects.in_thread(room, root).filter(offer__isnull=False).first()


def is_waiting(room: MatrixRoom, root: str) -> bool:
    """Tell whether a question of the thread is still to be answered."""
    return RoomQuestion.objects.unanswered().in_thread(room, root).exists()


def is_last(question: RoomQuestion) -> bool:
    """Tell whether nothing was asked in the thread after it."""
    newest = RoomQuestion.objects.in_thread(question.room, question.thread_root).first()
    return newest is not None and newest.pk == question.pk


def keys_of(offered: RoomQuestion) -> Sequence[str]:
    """The keys to choose from, in the order in which they were shown."""
    return list((offered.offer or {}).get("keys", []))


def query_of(offered: RoomQuestion, number: int) -> Query:
    """The same intent with the candidate of that number, counted from 1. Raises IndexError."""
    offer = offered.offer or {}
    if number < 1:
        raise IndexError(number)
    return Query(offer["intent"], {**offer["slots"], offer["slot"]: keys_of(offered)[number - 1]})
