"""When the team is told, and that each thing is told once: the outbox knows a key only one time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db.models import QuerySet

from crm_site.accounts.models import MatrixIdentity, Membership
from crm_site.communications.models import Reminder
from crm_site.core import clock, scope
from crm_site.core.actor import Actor
from crm_site.home.digest import gathering, wording
from intake.matrix.models import MatrixPost, MatrixRoom
from intake.matrix.services import outbox

OPENS_AT = time(8, 0)
#: After an outage the digest still comes late in the morning, but none comes in the afternoon.
CLOSES_AT = time(12, 0)
#: A timed reminder that could not be posted for this long is not posted any more: the digest lists it next morning.
LATEST = timedelta(hours=2)


def rooms() -> QuerySet[MatrixRoom]:
    """Where the team is told. In an encrypted room that the bot cannot use nothing is said in clear text."""
    found = MatrixRoom.objects.filter(posts_digest=True, is_joined=True, replaced_by="").order_by("id")
    return found if settings.MATRIX.e2ee else found.filter(is_encrypted=False)


def is_morning() -> bool:
    """Whether the digest may be posted now, on the clock of the organization in scope: on a working day, from 8 to 12."""
    now = clock.local(clock.now())
    return now.weekday() < 5 and OPENS_AT <= now.time() < CLOSES_AT


def digest_key(room: MatrixRoom) -> str:
    """Of today's digest in a room."""
    return f"digest-{clock.today().isoformat()}-{room.pk}"


def is_posted(room: MatrixRoom) -> bool:
    """Whether the room has today's digest."""
    return MatrixPost.objects.filter(key=digest_key(room)).exists()


def post_digest(*, actor: Actor, room: MatrixRoom, found: gathering.Digest) -> MatrixPost | None:
    """Post it, once per day and room. None when there is nothing to say, or it was said."""
    if not found:
        return None
    said = wording.digest(found)
    return outbox.say(actor=actor, room=room, key=digest_key(room), said=said, notice=False)


def reminders_due() -> list[Reminder]:
    """Open follow-ups with a time, whose time has come within the last two hours."""
    now = clock.local(clock.now())
    earliest = now - LATEST
    timed = Reminder.objects.due_by(now.date()).of_living().with_people()
    candidates = timed.filter(due_on__gte=earliest.date(), due_time__isnull=False)
    return [row for row in candidates if earliest <= _instant(row) <= now]


def reminder_key(reminder: Reminder, room: MatrixRoom) -> str:
    """Of a reminder at its present time: put off, it is told again."""
    return f"reminder-{reminder.pk}-{reminder.due_on.isoformat()}-{reminder.due_time:%H%M}-{room.pk}"


def untold(due: list[Reminder]) -> Iterator[Reminder]:
    """Those that some room has not heard of."""
    places = list(rooms())
    keys = {reminder_key(one, room): one for one in due for room in places}
    told = set(MatrixPost.objects.filter(key__in=keys).values_list("key", flat=True))
    yield from {one.pk: one for key, one in keys.items() if key not in told}.values()


def post_reminder(*, actor: Actor, reminder: Reminder) -> int:
    """Post it to each room that has not heard of it, so that its owner is notified. Returns to how many."""
    said = wording.reminder(reminder)
    mention = _mxid_of(reminder.assigned_to_id)
    posted = [
        outbox.say(
            actor=actor, room=room, key=reminder_key(reminder, room), said=said, notice=False, mention=mention
        )
        for room in rooms()
    ]
    return sum(post is not None for post in posted)


def _instant(reminder: Reminder) -> datetime:
    return datetime.combine(reminder.due_on, reminder.due_time or time.min, tzinfo=scope.zone())


def _mxid_of(user_id: int) -> str:
    """The member's Matrix id; empty for a former member, and for one without."""
    if not Membership.objects.active().filter(user_id=user_id).exists():
        return ""
    return (
        MatrixIdentity.objects.filter(user_id=user_id).order_by("id").values_list("mxid", flat=True).first()
        or ""
    )
