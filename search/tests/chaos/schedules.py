"""Interleavings that a guard is there for, each played the same way every time.

This process plays the sync that comes late, while the town's own syncs rest or work as told. Each schedule ends with a
settled town; what the index then says is compared by the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from crm_site.accounts.models import Organization
from crm_site.communications.models import Communication
from crm_site.core import faults, scope
from crm_site.core.actor import Actor
from crm_site.relations import services as relations
from crm_site.tests import cast
from search import rebuilding, sync
from search.models import Claim, Stage
from search.sync import Batch
from search.tests.chaos.harness import Town

LONG = "The old talk went on and on. " * 120
SHORT = "Old and short."


def play(town: Town, *, only: str = "") -> None:
    """One after the other, in the first organization. only: those that a single guard is there for."""
    for name, schedule in SCHEDULES.items():
        if only in ("", name):
            with scope.scope(Organization.objects.get(pk=town.actors[0].organization_id)):
                schedule(town, town.actors[0])


def writes_late(town: Town, actor: Actor) -> None:
    """It has read and announced, and stands still before it writes; meanwhile the record changes and others write it."""
    for change in (_update, _delete, _shrink):
        note = _note(town, LONG)
        Communication.objects.filter(pk=note.pk).update(body=LONG + "Once more.")
        batch = _claimed(note)

        def meanwhile(
            change: Callable[[Communication, Actor], None] = change, note: Communication = note
        ) -> None:
            change(note, actor)
            town.settle()

        with _once("search.announced", meanwhile):
            sync.bring_up_to_date(batch)
        town.settle()


def shrinks_unseen(town: Town, actor: Actor) -> None:
    """It set out to write a long text, of which nobody has seen anything yet, when others write the short one."""
    note = _note(town, SHORT)
    Communication.objects.filter(pk=note.pk).update(body=LONG)
    batch = _claimed(note)

    def meanwhile() -> None:
        Communication.objects.filter(pk=note.pk).update(body=SHORT)
        town.settle()

    with _once("search.announced", meanwhile):
        sync.bring_up_to_date(batch)
    town.settle()


def reads_too_early(town: Town, actor: Actor) -> None:
    """The record changes after the reading: that change is not acknowledged with the one that was read."""
    note = _note(town, SHORT)
    Communication.objects.filter(pk=note.pk).update(body="Newer.")
    with _once("search.read", lambda: _update(note, actor)):
        sync.bring_up_to_date(_claimed(note))
    town.settle()


def is_overtaken_by_the_dying(town: Town, actor: Actor) -> None:
    """Another claims the record and dies. Who was first may not write any more, so it may not acknowledge either."""
    note = _note(town, SHORT)
    _update(note, actor)
    batch = _claimed(note)
    with _once("search.read", lambda: _claimed(note)):
        sync.bring_up_to_date(batch)
    _free(note)
    town.settle()


def tries_again(town: Town, actor: Actor) -> None:
    """It has written a batch and fails before it can say so; one of the records changes before its second try."""
    notes = [_note(town, SHORT) for _ in range(2)]
    for note in notes:
        Communication.objects.filter(pk=note.pk).update(body="Newer.")

    def fail() -> None:
        _update(notes[1], actor)
        raise ValueError("after the writing")

    with _once("search.written", fail):
        sync.run()
    town.settle()


def commits_after_the_listing(town: Town, actor: Actor) -> None:
    """A rebuild is registered while a transaction is open that wrote without seeing it, in either of two ways."""
    if connection.vendor != "postgresql":
        return  # SQLite has one writer at a time: nobody can be between its first write and its commit
    for began in ("before the registration", "between its number and its commit"):
        note = _note(town, SHORT)
        with _open_transaction() as write:
            if began == "before the registration":
                write("UPDATE communications_communication SET body = 'Late.' WHERE id = %s", note.pk)
                rebuilding.start()
            else:
                with sync.unit.atomic():
                    rebuilding.start()
                    write("UPDATE communications_communication SET body = 'Late.' WHERE id = %s", note.pk)
            _as_far_as_it_goes()
        town.settle()


def serves_late(town: Town, actor: Actor) -> None:
    """It has compared a new collection and stands still; others serve it, and the next one after it, meanwhile."""
    rebuilding.start()
    until = timezone.now() + timedelta(seconds=60)

    def meanwhile() -> None:
        town.settle()
        rebuilding.start()
        town.settle()
        _note(town, SHORT)

    with _once("search.compared", meanwhile):
        for _ in range(100):
            sync.run()
            if rebuilding.advance(until=until) is None:
                break
    town.settle()


#: By the guard without which each ends wrong.
SCHEDULES: dict[str, Callable[[Town, Actor], None]] = {
    "exact acknowledge": reads_too_early,
    "claim": is_overtaken_by_the_dying,
    "conditional upsert": writes_late,
    "announcement": shrinks_unseen,
    "fresh claim": tries_again,
    "barrier": commits_after_the_listing,
    "one swap": serves_late,
}


def _note(town: Town, body: str) -> Communication:
    """A record that the index knows."""
    note = cast.make_communication(body=body)
    town.settle()
    return note


def _update(note: Communication, actor: Actor) -> None:
    Communication.objects.filter(pk=note.pk).update(body=f"The newest of {note.pk}.")


def _delete(note: Communication, actor: Actor) -> None:
    relations.delete_record(actor=actor, row=note)


def _shrink(note: Communication, actor: Actor) -> None:
    Communication.objects.filter(pk=note.pk).update(body=SHORT)


def _free(note: Communication) -> None:
    Claim.unscoped.filter(key=f"communication:{note.pk}").update(busy_until=None, next_try_at=None)


def _claimed(note: Communication) -> Batch:
    """Claim one record, whoever has it in hand; nobody is kept waiting for it."""
    _free(note)
    batch = sync.claim(only=[f"communication:{note.pk}"])
    assert batch is not None
    _free(note)
    return batch


@contextmanager
def _once(name: str, act: Callable[[], None]) -> Iterator[None]:
    """Do something at the first passing of a fault point, within this process."""
    acts = [act]

    def point(passed: str) -> None:
        if passed == name and acts:
            acts.pop()()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(faults, "point", point)
        yield
    assert not acts, f"{name} was never passed"


@contextmanager
def _open_transaction() -> Iterator[Callable[[str, int], None]]:
    """Another session, whose transaction commits at the end of the block."""
    other = connection.copy()
    other.set_autocommit(False)

    def write(statement: str, row_id: int) -> None:
        with other.cursor() as cursor:
            cursor.execute(statement, [row_id])

    try:
        yield write
        other.commit()
    finally:
        other.close()


def _as_far_as_it_goes() -> None:
    """Work at the rebuild until it stands at the barrier, or, where that has no hold, is over."""
    for turn in range(20):
        sync.run()
        rebuilding.advance(until=timezone.now() + timedelta(seconds=5))
        left = rebuilding.building()
        if left is None:
            return
        if left.stage == Stage.BARRIER and turn > 2:
            return
    raise AssertionError("the rebuild neither waits nor ends")
