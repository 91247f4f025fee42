"""Making the two rooms, unencrypted and invite-only, and asking the members in. Doing it again makes nothing twice.

A room made in Element is encrypted unless somebody switches that off; these are not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from crm_site.accounts.models import Organization
from crm_site.core.scope import scope
from intake.matrix.bot import account, registering
from intake.matrix.bot.database import in_database
from intake.matrix.choices import Purpose
from intake.matrix.client import Client
from intake.matrix.errors import Rejected
from intake.matrix.models import MatrixRoom
from intake.matrix.services import inbox, rooms, state


@dataclass(frozen=True)
class Wanted:
    purpose: Purpose
    name: str
    topic: str
    variable: str


WANTED = (
    Wanted(
        Purpose.INTAKE,
        "Roundtable intake",
        "Tell Roundtable what happened with an investor, one message each.",
        "MATRIX_INTAKE_ROOM",
    ),
    Wanted(
        Purpose.QUERY,
        "Roundtable questions",
        "Ask Roundtable about your investors.",
        "MATRIX_QUERY_ROOM",
    ),
)
Say = Callable[[str], object]


async def set_up(say: Say) -> None:
    """Have both rooms of the first organization, and its members invited. Raises NotConfigured, MatrixError."""
    async with account.client_of(await account.logged_in()) as client:
        await account.confirmed(client)
        await registering.configured_rooms(client)
        organization = await in_database(registering.first_organization)()
        # What is said in the new rooms before the bot runs for the first time is then not missed.
        synced = await client.sync(since="", wait_s=0, timeline_limit=1)
        await in_database(state.begin)(user_id=client.user_id, next_batch=synced.next_batch)
        members = await in_database(registering.matrix_ids)(organization)
        joined = await client.joined_rooms()
        for wanted in WANTED:
            room_id = await _room(client, organization, wanted, joined, say)
            await _invite(client, room_id, members, say)
            say(f"{wanted.variable}={room_id}")
        if not members:
            say("No member has a Matrix id yet: add them under Settings, then run this again.")


async def _room(
    client: Client, organization: Organization, wanted: Wanted, joined: set[str], say: Say
) -> str:
    known = await in_database(_in_use)(organization, wanted.purpose)
    kept = next((room_id for room_id in known if room_id in joined), None)
    if kept is not None:
        say(f"{wanted.name}: {kept} is kept.")
        return kept
    room_id = await client.create_room(name=wanted.name, topic=wanted.topic, invite=[])
    await in_database(_register)(organization, room_id, wanted)
    say(f"{wanted.name}: {room_id} is made, without encryption.")
    return room_id


async def _invite(client: Client, room_id: str, members: list[str], say: Say) -> None:
    there = await client.members(room_id)
    for mxid in members:
        if there.get(mxid) in ("join", "invite"):
            continue
        try:
            await client.invite(room_id, mxid)
            say(f"{mxid} is invited.")
        except Rejected as error:
            say(f"{mxid} cannot be invited: {error}")


def _in_use(organization: Organization, purpose: Purpose) -> list[str]:
    with scope(organization):
        return [room.room_id for room in MatrixRoom.objects.in_use().filter(purpose=purpose)]


def _register(organization: Organization, room_id: str, wanted: Wanted) -> None:
    actor = inbox.actor_of(organization.pk)
    with scope(organization):
        room = rooms.register(actor=actor, room_id=room_id, purpose=wanted.purpose, name=wanted.name)
        rooms.note_joined(actor=actor, room=room)
