"""The trust boundary of asking: an intent with slots from anywhere is checked here, and only then run.

What comes in may be written by a model, a stranger or a bug. What goes on is a known intent with typed slots.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import process

from crm_site.core import clock, scope, text
from crm_site.core.actor import Actor
from crm_site.core.errors import CrmError
from nlquery import limits, registry, words
from nlquery.answers import ROW_CEILING, Envelope
from nlquery.asking import Asking
from nlquery.charts import planning
from nlquery.registry import Entry, Intent, Slot
from nlquery.resolving import Unresolved
from nlquery.slots import BadSlot

logger = logging.getLogger(__name__)

#: More than any intent has: what comes beyond is not even named in the errors.
MOST_SLOTS = 20
SHOWN = 60
NEAREST = 3

TOO_SLOW = f"This took longer than {limits.STATEMENT_S:.0f} seconds, so it was stopped. Ask for a shorter time or fewer investors."
BROKEN = "Something went wrong on our side and has been noted. Nothing was changed."


@dataclass(frozen=True)
class Valid:
    """An intent that may run. slots: as JSON, with the defaults that count."""

    entry: Entry
    intent: Intent
    slots: dict[str, Any]


@dataclass(frozen=True)
class Refused:
    """status: `unknown_intent` or `invalid_slots`. errors: slot → what would fit. slots: what was sent, cut, as text."""

    status: str
    errors: dict[str, str] = field(default_factory=dict)
    slots: dict[str, Any] = field(default_factory=dict)


def validate(key: Any, raw: Any) -> Valid | Refused:
    """Check an intent's key and its slots, as they come from outside, in the organization in scope.

    A slot that is null counts as not given. Never raises for what it is given, whatever that is.
    """
    entry = registry.get(key) if isinstance(key, str) else None
    if entry is None:
        return Refused("unknown_intent", {"intent": "There is no such intent."})
    if not isinstance(raw, Mapping):
        return Refused("invalid_slots", {"slots": "An object: name of the slot → value."})
    given = {name: value for name, value in raw.items() if value is not None}
    errors = dict(_foreign(entry, given))
    filled: dict[str, Any] = {}
    with words.kept():
        for slot in entry.slots.values():
            try:
                filled[slot.name] = _filled(slot, given)
            except BadSlot as wrong:
                errors[slot.name] = str(wrong)
    if errors:
        return Refused("invalid_slots", errors, _shown(given))
    shown = {
        name: entry.slots[name].type.as_json(value) for name, value in filled.items() if value is not None
    }
    return Valid(entry, entry.make(**filled), shown)


def faults(key: Any, raw: Any) -> dict[str, str]:
    """What `validate` would object to: slot → what would fit. Empty when it would pass."""
    found = validate(key, raw)
    return found.errors if isinstance(found, Refused) else {}


def run_query(
    *, actor: Actor, intent: Any, slots: Any, question: str = "", translator: str = "direct"
) -> Envelope:
    """Run one intent for the actor, in their organization. Never raises: each failure is an envelope that says so.

    intent, slots: untrusted. The caller has checked that the actor may ask, and notes that they did.
    """
    began = time.perf_counter()
    envelope = Envelope("error", question=text.clean(str(question)), translator=translator)
    try:
        with _inside(actor), words.kept():
            _run(actor, intent, slots, envelope)
    except Unresolved as unknown:
        envelope.status, envelope.summary = unknown.status, unknown.message
        envelope.candidates, envelope.candidate_slot = unknown.candidates, unknown.slot
        envelope.errors = {unknown.slot: unknown.message}
    except limits.TooSlow:
        logger.warning("nlquery: %s was stopped after %s s", envelope.intent, limits.STATEMENT_S)
        envelope.summary = TOO_SLOW
    except CrmError as known:
        envelope.summary = known.message
    except Exception:
        # The one place that may: whatever an intent's query does, a door gets an envelope. The slots stay out of the log.
        logger.exception("nlquery: %s failed", envelope.intent)
        envelope.summary = BROKEN
    envelope.elapsed_ms = round((time.perf_counter() - began) * 1000)
    return envelope


def _run(actor: Actor, key: Any, raw: Any, envelope: Envelope) -> None:
    checked = validate(key, raw)
    if isinstance(checked, Refused):
        _refuse(checked, key, envelope)
        return
    envelope.intent, envelope.slots = checked.entry.key, checked.slots
    asking = Asking(actor=actor, now=clock.now(), today=clock.today(), currency=scope.current().currency)
    with limits.bounded():
        answer = checked.intent.answer(asking)
    envelope.status, envelope.answer = "ok", answer
    envelope.columns, envelope.rows = list(answer.columns), answer.rows[:ROW_CEILING]
    envelope.summary = answer.summary
    envelope.truncated = answer.truncated or len(answer.rows) > ROW_CEILING
    plan = planning.plan(answer)
    envelope.chart = plan.as_json() if plan else None


def _refuse(refused: Refused, key: Any, envelope: Envelope) -> None:
    envelope.status, envelope.errors, envelope.slots = refused.status, refused.errors, refused.slots
    if refused.status == "unknown_intent":
        envelope.suggestions = _nearest(key)
        envelope.summary = f"There is no intent “{_cut(key)}”."
    else:
        envelope.intent = key
        envelope.summary = " ".join(f"{slot}: {why}" for slot, why in refused.errors.items())


@contextmanager
def _inside(actor: Actor) -> Iterator[None]:
    """The scope of the actor's organization; the caller's own when it is the same, because it knows the row."""
    if scope.current_id_or_none() == actor.organization_id:
        yield
        return
    with scope.scope(actor.organization_id):
        yield


def _foreign(entry: Entry, given: Mapping[Any, Any]) -> Iterator[tuple[str, str]]:
    known = ", ".join(entry.slots) or "none"
    strange = [name for name in given if name not in entry.slots]
    for name in strange[:MOST_SLOTS]:
        yield _cut(name), f"{entry.key} has no such slot. It has: {known}."


def _filled(slot: Slot, given: Mapping[Any, Any]) -> Any:
    if slot.name in given:
        return slot.type.coerce(given[slot.name])
    if slot.required and slot.default is None:
        raise BadSlot("Required.")
    return slot.default


def _shown(given: Mapping[Any, Any]) -> dict[str, Any]:
    """What was sent, short enough to be stored and shown again."""
    shown = list(given.items())[:MOST_SLOTS]
    return {_cut(name): value if isinstance(value, bool) else _cut(value) for name, value in shown}


def _cut(value: Any) -> str:
    """At most `SHOWN` characters of anything, without writing all of it out first."""
    if isinstance(value, str):
        return text.shorten(value[: SHOWN * 2], SHOWN)
    if isinstance(value, int) and abs(value) >= 10**SHOWN:
        return "a very large number"
    return (
        text.shorten(str(value)[: SHOWN * 2], SHOWN)
        if isinstance(value, int | float)
        else type(value).__name__
    )


def _nearest(key: Any) -> list[str]:
    asked = _cut(key) if isinstance(key, str) else ""
    return [found[0] for found in process.extract(asked, list(registry.entries()), limit=NEAREST)]
