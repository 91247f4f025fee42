"""How far the bot's account has read, and how it stands with its homeserver."""

from __future__ import annotations

from crm_site.core import clock, text, unit
from intake.matrix.choices import Link
from intake.matrix.models import MatrixState


def current(*, user_id: str) -> MatrixState:
    """The account's row, made when it is the first time."""
    return MatrixState.objects.get_or_create(user_id=user_id)[0]


@unit.atomic
def begin(*, user_id: str, next_batch: str) -> None:
    """Read from here on, if nothing was ever read: what is said before the bot's first start is then not missed."""
    MatrixState.objects.filter(pk=current(user_id=user_id).pk, next_batch="").update(next_batch=next_batch)


@unit.atomic
def note_link(*, user_id: str, link: Link, detail: str = "", device_id: str = "") -> None:
    """Note how the bot stands with its homeserver; for people, and without effect on what it does.

    detail: what went wrong, one line. connected_at is when the present connection began.
    """
    row = current(user_id=user_id)
    values = {"link": link, "detail": text.shorten(detail, 500), "changed_at": clock.now()}
    if link == Link.CONNECTED and row.link != Link.CONNECTED:
        values["connected_at"] = clock.now()
    if device_id:
        values["device_id"] = device_id
    MatrixState.objects.filter(pk=row.pk).update(**values)


@unit.atomic
def note_synced(*, user_id: str, next_batch: str) -> None:
    """Everything up to `next_batch` is stored: call it in the transaction that stores it."""
    now = clock.now()
    row = current(user_id=user_id)
    connected_at = row.connected_at if row.link == Link.CONNECTED else now
    MatrixState.objects.filter(pk=row.pk).update(
        next_batch=next_batch,
        link=Link.CONNECTED,
        detail="",
        synced_at=now,
        connected_at=connected_at or now,
        changed_at=now,
    )
