"""The catalogue of what can be asked: each intent a dataclass of typed slots with one hand-written query.

@intent(
    "investor_stale",
    topic="Investors",
    answers="Live investors without a communication for a while, longest silence first",
    examples=[Example("Who haven't we talked to in 60 days?", {"days": 60})],
)
@dataclass(frozen=True, kw_only=True)
class InvestorStale:
    days: int = slot(slots.Int(1, 3650), default=30)
    owner: str | None = slot(slots.Owner())

    def answer(self, asking: Asking) -> Answer: ...
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from nlquery.answers import Answer
from nlquery.asking import Asking
from nlquery.slots import SlotType


class Intent(Protocol):
    """An intent with its slots filled in. `answer` reads, and only through the nouns' querysets."""

    def answer(self, asking: Asking) -> Answer: ...


I = TypeVar("I", bound=type[Any])  # noqa: E741 - the intent's class


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot as the contract has it. default: what counts when the question does not say (None: nothing)."""

    name: str
    type: SlotType
    required: bool
    default: Any


@dataclass(frozen=True, slots=True)
class Example:
    """A question and the slots it fills, as text; shown to people and to the model."""

    question: str
    slots: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """What the registry knows of an intent."""

    key: str
    topic: str
    answers: str
    examples: Sequence[Example]
    slots: Mapping[str, Slot]
    make: Callable[..., Intent]


#: The chapters of the contract, in their order. An intent belongs to one.
TOPICS = ("Investors", "People", "Communications", "Reminders", "Pipeline", "Knowledge and health")

_entries: dict[str, Entry] = {}


def slot(type: SlotType, *, required: bool = False, default: Any = None) -> Any:
    """A field of an intent. default: already coerced."""
    return dataclasses.field(default=default, metadata={"slot": (type, required)})


def intent(key: str, *, topic: str, answers: str, examples: Sequence[Example]) -> Callable[[I], I]:
    """Register an intent under its public key. A key is never used twice nor renamed: boards and rooms store it."""

    def register(cls: I) -> I:
        if key in _entries or topic not in TOPICS:
            raise ValueError(f"The intent “{key}” is registered already, or “{topic}” is no topic.")
        found = {}
        for one in dataclasses.fields(cls):
            kind, required = one.metadata["slot"]
            found[one.name] = Slot(one.name, kind, required, one.default)
        _entries[key] = Entry(key, topic, answers, tuple(examples), found, cls)
        return cls

    return register


def entries() -> Mapping[str, Entry]:
    """All intents by key, in the order of the contract. Complete once `nlquery.intents` is imported (apps.ready)."""
    return dict(sorted(_entries.items(), key=lambda item: TOPICS.index(item[1].topic)))


def get(key: str) -> Entry | None:
    return _entries.get(key)


def catalog() -> list[dict[str, Any]]:
    """All intents as JSON: key, topic, what it answers, slots with type, choices, range and default, examples.

    Choices that depend on the organization (stages) are those of the one in scope.
    """
    return [
        {
            "intent": entry.key,
            "topic": entry.topic,
            "answers": entry.answers,
            "slots": [_described(one) for one in entry.slots.values()],
            "examples": [{"question": one.question, "slots": dict(one.slots)} for one in entry.examples],
        }
        for entry in entries().values()
    ]


def _described(one: Slot) -> dict[str, Any]:
    default = one.type.as_json(one.default) if one.default is not None else None
    return {"name": one.name, "required": one.required, "default": default, **one.type.described()}
