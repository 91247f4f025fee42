"""The rooms that the settings name, made rooms of the first organization."""

from __future__ import annotations

import logging

from django.conf import settings

from crm_site.accounts.models import MatrixIdentity, Membership, Organization
from crm_site.core.scope import scope
from intake.matrix.bot.account import NotConfigured
from intake.matrix.bot.database import patiently
from intake.matrix.choices import Purpose
from intake.matrix.client import Client
from intake.matrix.services import inbox, rooms

log = logging.getLogger(__name__)


def first_organization() -> Organization:
    """The one whose rooms the settings name. Raises NotConfigured while there is none."""
    found = Organization.objects.order_by("id").first()
    if found is None:
        raise NotConfigured("There is no organization yet: run `manage.py bootstrap`.")
    return found


def matrix_ids(organization: Organization) -> list[str]:
    """Matrix ids of the organization's people."""
    with scope(organization):
        people = Membership.objects.people().order_by().values("user_id")
        return list(MatrixIdentity.objects.filter(user_id__in=people).values_list("mxid", flat=True))


async def configured_rooms(client: Client) -> None:
    """Register MATRIX_INTAKE_ROOM and MATRIX_QUERY_ROOM. Raises NotConfigured, MatrixError."""
    matrix = settings.MATRIX
    named = [(matrix.intake_room, Purpose.INTAKE), (matrix.query_room, Purpose.QUERY)]
    found = [(await _room_id(client, address), purpose) for address, purpose in named if address]
    if len({room_id for room_id, _ in found}) < len(found):
        raise NotConfigured("MATRIX_INTAKE_ROOM and MATRIX_QUERY_ROOM are the same room; they must be two.")
    for room_id, purpose in found:
        await patiently(_register, room_id, purpose)


async def _room_id(client: Client, address: str) -> str:
    return await client.resolve(address) if address.startswith("#") else address


def _register(room_id: str, purpose: Purpose) -> None:
    organization = first_organization()
    room = rooms.find(room_id)
    if room is not None and room.organization_id != organization.pk:
        log.warning(
            "Room %s stays with the organization that has it; the settings name it for another", room_id
        )
        return
    with scope(organization):
        rooms.register(actor=inbox.actor_of(organization.pk), room_id=room_id, purpose=purpose)
