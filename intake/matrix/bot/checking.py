"""The set-up checks of `matrix_bot --check`: one line each, with what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from crm_site.work.doctor import Finding, Verdict
from intake.matrix.bot import account, registering
from intake.matrix.bot.database import in_database
from intake.matrix.choices import Purpose
from intake.matrix.client import Client
from intake.matrix.errors import MatrixError, TokenRefused
from intake.matrix.models import MatrixRoom
from intake.pictures import redrawing

MEGABYTE = 1024 * 1024


async def check() -> list[Finding]:
    """Look at the account, each room in use, and what the server allows. Raises NotConfigured, MatrixError."""
    async with account.client_of(await account.logged_in()) as client:
        device_id = await account.confirmed(client)
        await registering.configured_rooms(client)
        found = [Finding(Verdict.OK, f"the homeserver knows {client.user_id}, device {device_id}")]
        rooms = await in_database(_rooms)()
        if not rooms:
            found.append(
                Finding(
                    Verdict.DOWN,
                    "no room is in use: run --setup, or set MATRIX_INTAKE_ROOM and MATRIX_QUERY_ROOM",
                )
            )
        joined = await client.joined_rooms()
        for room, mxids in rooms:
            found += await _room(client, room, mxids, joined)
        return [*found, await _upload(client), await _limits(client)]


def _rooms() -> list[tuple[MatrixRoom, list[str]]]:
    """The rooms in use, each with the Matrix ids of its organization's members."""
    # Unscoped: one bot serves all organizations.
    rooms = list(MatrixRoom.unscoped.in_use().select_related("organization"))
    return [(room, registering.matrix_ids(room.organization)) for room in rooms]


async def _room(client: Client, room: MatrixRoom, mxids: list[str], joined: set[str]) -> list[Finding]:
    name = f"{Purpose(room.purpose).name.lower()} room {room.room_id}"
    if room.room_id not in joined:
        return [Finding(Verdict.DOWN, f"{name}: not joined; invite {client.user_id} as a member")]
    try:
        encryption = await client.room_state(room.room_id, "m.room.encryption")
        levels = await client.room_state(room.room_id, "m.room.power_levels") or {}
        creators = await client.creators(room.room_id)
        members = await client.members(room.room_id)
    except TokenRefused:
        raise
    except MatrixError as error:
        return [Finding(Verdict.DOWN, f"{name}: {error}")]
    found = [Finding(Verdict.OK, f"{name}: joined")]
    if encryption is not None and not settings.MATRIX.e2ee:
        found.append(
            Finding(
                Verdict.DOWN,
                f"{name}: encrypted, so nothing can be read; make another with --setup or set MATRIX_E2EE=1",
            )
        )
    if client.user_id not in creators and not may_send(levels, client.user_id):
        found.append(Finding(Verdict.DOWN, f"{name}: the bot may not send there; raise its power level"))
    found += [
        Finding(Verdict.WARN, f"{name}: {mxid} is a member of the organization and not in the room")
        for mxid in mxids
        if members.get(mxid) != "join"
    ]
    return found


def may_send(levels: Mapping[str, Any], user_id: str) -> bool:
    """Whether the room's power levels let the user send messages."""
    users = levels.get("users") if isinstance(levels.get("users"), dict) else {}
    events = levels.get("events") if isinstance(levels.get("events"), dict) else {}
    needed = _level(events, "m.room.message", _level(levels, "events_default", 0))
    return _level(users, user_id, _level(levels, "users_default", 0)) >= needed


def _level(levels: Mapping[str, Any] | None, name: str, default: int) -> int:
    value = (levels or {}).get(name, default)
    return value if isinstance(value, int) else default


async def _upload(client: Client) -> Finding:
    limit = await client.upload_limit()
    if limit is None or limit >= redrawing.MAX_BYTES:
        return Finding(Verdict.OK, "the server takes files as large as we do")
    return Finding(Verdict.WARN, f"the server takes files up to {limit / MEGABYTE:.0f} MB only")


async def _limits(client: Client) -> Finding:
    free = await client.has_no_rate_limit()
    place = f"POST /_synapse/admin/v1/users/{client.user_id}/override_ratelimit"
    advice = f'{place} {{"messages_per_second": 0, "burst_count": 0}} as an admin'
    if free:
        return Finding(Verdict.OK, "the bot may send without limit")
    if free is None:
        return Finding(
            Verdict.OK, f"whether the server slows the bot down only an admin sees; if it does: {advice}"
        )
    return Finding(
        Verdict.WARN, f"the server slows the bot down (15 answers take 35 s); lift it with {advice}"
    )
