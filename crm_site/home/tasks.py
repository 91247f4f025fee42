"""Background work of this room: telling the team what is due. Schedules run by UTC, so each looks at the local clock."""

from __future__ import annotations

from collections.abc import Callable

from crm_site.accounts.models import Organization
from crm_site.core import unit
from crm_site.core.actor import Actor
from crm_site.core.scope import scope
from crm_site.home.digest import gathering, posting
from crm_site.work import cluster, kinds, schedules
from crm_site.work import services as queue
from crm_site.work import tasks as work
from intake.matrix import condition

DIGEST, REMIND = "home.digest", "home.remind"


@work.scheduled
def ask_for_digests() -> None:
    """Have the digest posted in every room that should have today's and has not."""
    _in_each_organization(_ask_for_digest)


@work.scheduled
def ask_for_reminders() -> None:
    """Have timed reminders posted whose time has come."""
    _in_each_organization(_ask_for_reminders)


def post_digest(*, organization_id: int | None, subject_id: int) -> kinds.Writes | None:
    """Post one room's digest, if the room still wants it and it is still morning."""
    room = posting.rooms().filter(pk=subject_id).first()
    if organization_id is None or room is None or not posting.is_morning():
        return None
    found = gathering.gather()
    actor = Actor.system(organization_id=organization_id)
    return lambda: posting.post_digest(actor=actor, room=room, found=found)


def post_reminder(*, organization_id: int | None, subject_id: int) -> kinds.Writes | None:
    """Post one reminder, if it is still open and due."""
    due = [one for one in posting.reminders_due() if one.pk == subject_id]
    if organization_id is None or not due:
        return None
    actor = Actor.system(organization_id=organization_id)
    return lambda: posting.post_reminder(actor=actor, reminder=due[0])


def _in_each_organization(ask: Callable[[int], None]) -> None:
    """Call it with the id of each, in its scope and a transaction of its own; not at all where no bot could post."""
    if not condition.is_configured():
        return
    for organization in Organization.objects.order_by("id"):
        with scope(organization), unit.atomic():
            ask(organization.pk)


def _ask_for_digest(organization_id: int) -> None:
    if not posting.is_morning():
        return
    for room in posting.rooms():
        if not posting.is_posted(room):
            queue.enqueue(organization_id=organization_id, kind=DIGEST, subject_id=room.pk)


def _ask_for_reminders(organization_id: int) -> None:
    for reminder in posting.untold(posting.reminders_due()):
        queue.enqueue(organization_id=organization_id, kind=REMIND, subject_id=reminder.pk)


kinds.register(DIGEST, post_digest, cluster=cluster.FAST.name)
kinds.register(REMIND, post_reminder, cluster=cluster.FAST.name)
schedules.register("ask for digests", "crm_site.home.tasks.ask_for_digests", minutes=15)
schedules.register("ask for reminders", "crm_site.home.tasks.ask_for_reminders", minutes=1)
