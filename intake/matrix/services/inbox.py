"""What the rooms say, stored: every event once, in one transaction with how far the bot has read."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.db import DatabaseError, InterfaceError, OperationalError

from crm_site.core import clock, faults, text, unit
from crm_site.core.actor import Actor, Door
from crm_site.core.scope import scope
from intake.choices import Source
from intake.matrix import wire
from intake.matrix.choices import EventState, Kind, Purpose
from intake.matrix.models import MatrixEvent, MatrixPost, MatrixRoom
from intake.matrix.services import rooms, state
from intake.models import InboundMessage

log = logging.getLogger(__name__)

#: The database went away: nothing is wrong with the event, and the whole batch comes again.
DATABASE_AWAY = (OperationalError, InterfaceError)
MOST_ATTEMPTS = 3
PAUSES = (timedelta(seconds=2), timedelta(seconds=15))
#: Until a post on its way is looked for again.
PATIENCE = timedelta(seconds=0.4)
#: Kinds that the batch itself deals with.
_AT_ONCE = frozenset({Kind.MESSAGE, Kind.STATE, Kind.UNREADABLE})


class Arrived(Protocol):
    """Takes in a top-level message, inside the transaction that stores its event (`conversation.arrived`)."""

    def __call__(self, *, event: MatrixEvent, bot_id: str) -> None: ...


@dataclass(frozen=True)
class Delivery:
    """What one room delivered, gaps filled, oldest first. facts: what its state says."""

    room_id: str
    events: tuple[wire.Event, ...]
    facts: wire.RoomFacts


@dataclass(frozen=True)
class Stored:
    """new: how many events are new. waiting: how many of them are still to be decided. strange: rooms nobody registered."""

    new: int
    waiting: int
    strange: tuple[str, ...]


def actor_of(organization_id: int) -> Actor:
    """The bot itself, at work in one organization."""
    return Actor.system(organization_id=organization_id, door=Door.MATRIX)


@unit.atomic
def store_batch(
    *,
    deliveries: Iterable[Delivery],
    bot_id: str,
    next_batch: str,
    arrived: Arrived,
    left: Sequence[str] = (),
) -> Stored:
    """Store what a sync brought, each event under its room's organization, and that everything up to next_batch is in.

    An event that is known already changes nothing. One that cannot be taken in waits as a row of its own and stops
    nothing. Raises OperationalError or InterfaceError when the database is away; then nothing is stored.
    """
    new, waiting, strange = 0, 0, []
    for delivery in deliveries:
        room = rooms.find(delivery.room_id)
        if room is None:
            strange.append(delivery.room_id)
            continue
        with scope(room.organization_id):
            stored = _store_room(room, delivery, bot_id, arrived)
        new += len(stored)
        waiting += sum(row.state == EventState.NEW for row in stored)
    for room_id in left:
        room = rooms.find(room_id)
        if room is not None:
            rooms.note_left(actor=actor_of(room.organization_id), room=room)
    state.note_synced(user_id=bot_id, next_batch=next_batch)
    faults.point("matrix.storing")
    return Stored(new, waiting, tuple(strange))


def _store_room(room: MatrixRoom, delivery: Delivery, bot_id: str, arrived: Arrived) -> list[MatrixEvent]:
    actor = actor_of(room.organization_id)
    rooms.note_joined(actor=actor, room=room)
    rooms.note_facts(actor=actor, room=room, facts=delivery.facts)
    now = clock.now()
    rows = [
        _row(room, incoming)
        for incoming in _readable(delivery.events, bot_id, now)
        if _wanted(room, incoming)
    ]
    ids = [row.event_id for row in rows]
    known = _known(rows, ids)
    stored = []
    for row in rows:
        # A server may repeat an event within one answer, too.
        if row.event_id not in known:
            known.add(row.event_id)
            stored += _store(row, bot_id, arrived)
    if any(row.kind == Kind.UNREADABLE for row in stored):
        rooms.note_encrypted(actor=actor, room=room)
    return stored


def _known(rows: Sequence[MatrixEvent], ids: Sequence[str]) -> set[str]:
    """Ids of the events that are stored. One that could not be read then, and can be now, comes as a new one."""
    stored = dict(MatrixEvent.objects.filter(event_id__in=ids).values_list("event_id", "kind"))
    opened = [
        row.event_id
        for row in rows
        if stored.get(row.event_id) == Kind.UNREADABLE and row.kind != Kind.UNREADABLE
    ]
    if opened:
        MatrixEvent.objects.filter(event_id__in=opened, kind=Kind.UNREADABLE).delete()
    return set(stored) - set(opened)


def _readable(events: Sequence[wire.Event], bot_id: str, now: datetime) -> Iterable[wire.Incoming]:
    for event in events:
        try:
            incoming = wire.read(event, bot_id=bot_id, now=now)
        except Exception:
            # One that breaks the reader would come again with every sync, and nothing after it would ever be stored.
            log.exception("An event cannot be read and is left out: %r", event.get("event_id"))
            continue
        if incoming is not None:
            yield incoming


def _wanted(room: MatrixRoom, incoming: wire.Incoming) -> bool:
    """Of a room without a purpose nothing is kept that people say there."""
    return room.purpose != Purpose.NONE or incoming.kind == Kind.STATE


def _row(room: MatrixRoom, incoming: wire.Incoming) -> MatrixEvent:
    return MatrixEvent(
        organization_id=room.organization_id,
        room=room,
        event_id=incoming.event_id,
        sender=incoming.sender,
        kind=incoming.kind,
        thread_root=incoming.thread_root,
        relates_to=incoming.relates_to,
        raw=incoming.raw,
        sent_at=incoming.sent_at,
    )


def _store(row: MatrixEvent, bot_id: str, arrived: Arrived) -> list[MatrixEvent]:
    if row.kind == Kind.REPLY and not row.thread_root and not _is_about_ours(row.relates_to):
        # People answering one another, outside any thread: to us a message like any other.
        row.kind = Kind.MESSAGE
    row.state = EventState.DONE if row.kind in _AT_ONCE else EventState.NEW
    try:
        with unit.savepoint():
            MatrixEvent.objects.bulk_create([row])
            if row.kind == Kind.MESSAGE:
                arrived(event=row, bot_id=bot_id)
    except DATABASE_AWAY:
        raise
    except Exception as error:
        log.exception("Event %s could not be taken in", row.event_id)
        return _park(row, error)
    return [row]


def _park(row: MatrixEvent, error: Exception) -> list[MatrixEvent]:
    """Keep the event as a waiting row, so that it is tried again by itself and everybody sees why it is late."""
    row.pk = None
    row.state, row.attempts, row.error = EventState.NEW, 1, explained(error)
    row.next_try_at = clock.now() + PAUSES[0]
    try:
        with unit.savepoint():
            MatrixEvent.objects.bulk_create([row])
    except DATABASE_AWAY:
        raise
    except DatabaseError:
        log.exception("Event %s cannot even be stored", row.event_id)
        return []
    return [row]


def _is_about_ours(event_id: str) -> bool:
    posts = MatrixPost.objects.sent_as(event_id)
    messages = InboundMessage.objects.filter(source=Source.MATRIX, external_id=event_id)
    return posts.exists() or messages.exists()


def explained(error: BaseException) -> str:
    """An error in one line, for the row that keeps it."""
    return text.shorten(f"{type(error).__name__}: {error}", 500)


@unit.atomic
def mark_done(*, actor: Actor, event: MatrixEvent) -> None:
    """The event is worked off: call it in the transaction of what it caused."""
    MatrixEvent.unscoped.filter(pk=event.pk, organization_id=actor.organization_id).update(
        state=EventState.DONE, error="", next_try_at=None
    )


@unit.atomic
def wait(*, actor: Actor, event: MatrixEvent) -> None:
    """What the event is about is on its way: come back to it. No failure, so it does not count as an attempt."""
    MatrixEvent.unscoped.filter(pk=event.pk, organization_id=actor.organization_id).update(
        next_try_at=clock.now() + PATIENCE
    )


@unit.atomic
def note_failure(*, actor: Actor, event: MatrixEvent, error: BaseException) -> bool:
    """An attempt failed: have it tried again later, or give up after the last one. Returns whether it is given up."""
    attempts = event.attempts + 1
    is_over = attempts >= MOST_ATTEMPTS
    MatrixEvent.unscoped.filter(pk=event.pk, organization_id=actor.organization_id).update(
        attempts=attempts,
        error=explained(error),
        state=EventState.FAILED if is_over else EventState.NEW,
        next_try_at=None if is_over else clock.now() + PAUSES[attempts - 1],
    )
    return is_over
