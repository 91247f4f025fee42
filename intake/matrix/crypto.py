"""The client for encrypted rooms (MATRIX_E2EE=1): nio's olm machine, driven by our own sync loop.

What the loop of nio would do after a sync is done here: uploading, asking for and claiming keys, and sending what waits for
other devices (matrix.md 3). Keys live in VAR_DIR/matrix/keys: one process, one device, and to be backed up with the rest.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import nio
from aiohttp import ClientError
from django.conf import settings
from nio.crypto.attachments import decrypt_attachment, encrypt_attachment

from crm_site.core.errors import CrmError
from intake.matrix import crosssigning, wire
from intake.matrix.client import CALL_TIMEOUT_S, Client, Media
from intake.matrix.errors import Rejected, ServerDown
from intake.matrix.session import Session

log = logging.getLogger(__name__)

#: How long an event that lacks its key is tried again with each sync; its key usually comes within a second.
KEEP_TRYING_S = 24 * 3600.0
MOST_UNREAD = 2000


def folder() -> Path:
    """Where keys are kept."""
    return Path(settings.VAR_DIR) / "matrix" / "keys"


class EncryptedClient(Client):
    """Reads and writes encrypted rooms; plain ones as before. unread: event id → (room, event, first seen)."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.unread: dict[str, tuple[str, wire.Event, float]] = {}

    def _make_nio(self, session: Session) -> nio.AsyncClient:
        config = nio.AsyncClientConfig(
            max_timeouts=0,
            max_limit_exceeded=0,
            request_timeout=CALL_TIMEOUT_S,
            encryption_enabled=True,
            store_sync_tokens=False,
        )
        store = folder()
        store.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = nio.AsyncClient(
            session.homeserver, session.user_id, session.device_id, store_path=str(store), config=config
        )
        if session.access_token and session.device_id:
            made.restore_login(session.user_id, session.device_id, session.access_token)
        return made

    async def prepare(self) -> None:
        """Publish the device's keys and identity. Without the identity the bot works, and clients call it unverified."""
        try:
            await self.establish_identity("")
        except (CrmError, Rejected) as error:
            log.warning("The bot's device is not verified: %s", error)

    async def establish_identity(self, password: str) -> None:
        """Publish the device's keys and sign them with the account's own identity. Safe to run again.

        password: for a homeserver that asks for it. Raises OtherIdentity, MatrixError.
        """
        if self.nio.should_upload_keys:
            await self._by_nio(self.nio.keys_upload())
        keys = crosssigning.load_or_make(folder().parent / "cross-signing.json")
        who = {"type": "m.id.user", "user": self.user_id}
        auth = {"type": "m.login.password", "identifier": who, "password": password}
        establish = partial(
            crosssigning.establish,
            call=self.call,
            user_id=self.user_id,
            device_id=self.session.device_id,
            keys=keys,
        )
        try:
            await establish(auth=None)
        except Rejected as error:
            if error.status != 401:
                raise
            await establish(auth=auth)

    def remember_unread(self, room_id: str, event: wire.Event) -> None:
        """Try an event again whose key was missing in an earlier life."""
        event_id = wire.identifier(event.get("event_id"))
        if event_id and len(self.unread) < MOST_UNREAD:
            self.unread.setdefault(event_id, (room_id, event, time.monotonic()))

    # -- Reading -------------------------------------------------------------------------------------------------------

    async def _opened(self, answer: dict[str, Any]) -> dict[str, Any]:
        # nio works on its own copy: what it makes of an event is not what we store.
        response = nio.SyncResponse.from_dict(_copied(answer))
        if not isinstance(response, nio.SyncResponse):
            raise ServerDown("the answer to /sync cannot be read")
        await self._by_nio(self.nio.receive_response(response))
        await self._exchange_keys()
        for room_id, events in wire.timelines(answer):
            events[:] = [self._open(room_id, event) for event in events]
        self._try_again(answer)
        return answer

    async def _opened_events(self, room_id: str, events: tuple[wire.Event, ...]) -> tuple[wire.Event, ...]:
        return tuple(self._open(room_id, event) for event in events)

    async def fetch(self, picture: wire.Picture, *, limit: int) -> Media:
        found = await super().fetch(picture, limit=limit)
        if picture.file is None:
            return found
        try:
            key, digest = picture.file["key"]["k"], picture.file["hashes"]["sha256"]
            data = decrypt_attachment(found.data, key, digest, picture.file["iv"])
        except (KeyError, TypeError, ValueError, nio.EncryptionError) as error:
            raise Rejected(400, "M_BAD_FILE", f"the picture cannot be decrypted: {error}") from error
        return Media(data, picture.media_type)

    def _open(self, room_id: str, event: Any) -> Any:
        """The event in clear; itself when it is not encrypted or its key is missing."""
        if not isinstance(event, dict) or event.get("type") != "m.room.encrypted":
            return event
        clear = self._decrypted(room_id, event)
        if clear is None:
            self.remember_unread(room_id, event)
            return event
        # Who, when and which event: by the server's word. What is said: by the sender's.
        return {**event, "type": clear["type"], "content": clear["content"]}

    def _decrypted(self, room_id: str, event: wire.Event) -> Mapping[str, Any] | None:
        parsed = nio.Event.parse_encrypted_event(self._completed(room_id, _copied(event)))
        if not isinstance(parsed, nio.MegolmEvent):
            return None
        parsed.room_id = room_id
        try:
            opened = self.nio.decrypt_event(parsed)
        except nio.EncryptionError as error:
            log.info("Event %s cannot be decrypted (yet): %s", event.get("event_id"), error)
            return None
        source = getattr(opened, "source", None)
        if not isinstance(source, dict) or not isinstance(source.get("content"), dict):
            return None
        # An event says inside for which room it is; one that was carried into another room is not what was said there.
        if source.get("room_id") not in (None, room_id) or not isinstance(source.get("type"), str):
            return None
        return source

    def _completed(self, room_id: str, event: dict[str, Any]) -> dict[str, Any]:
        """nio asks for two fields that newer clients leave out (MSC3700); the session tells the first, nothing the other."""
        content = event.get("content")
        if isinstance(content, dict) and "ciphertext" in content:
            content.setdefault("device_id", "")
            if not content.get("sender_key"):
                for session in self.nio.olm.inbound_group_store:
                    if session.id == content.get("session_id") and session.room_id == room_id:
                        content["sender_key"] = session.sender_key
        return event

    def _try_again(self, answer: dict[str, Any]) -> None:
        """Put events whose key has come into the answer, as if they came only now."""
        horizon = time.monotonic() - KEEP_TRYING_S
        for event_id, (room_id, event, since_s) in list(self.unread.items()):
            clear = self._decrypted(room_id, event)
            if clear is not None:
                opened = {**event, "type": clear["type"], "content": clear["content"]}
                wire.add_event(answer, room_id, opened)
            if clear is not None or since_s < horizon:
                del self.unread[event_id]

    # -- Writing -------------------------------------------------------------------------------------------------------

    async def _sealed(
        self, room_id: str, event_type: str, content: Mapping[str, Any]
    ) -> tuple[str, Mapping[str, Any]]:
        # Reactions are never encrypted (matrix.md 3); redactions carry no content.
        if event_type == "m.reaction" or not await self._is_encrypted(room_id):
            return event_type, content
        await self._know_everybody(room_id)
        olm = self.nio.olm
        if olm.should_share_group_session(room_id):
            shared = self.nio.share_group_session(room_id, ignore_unverified_devices=True)
            await self._by_nio(shared)
        try:
            kind, sealed = self.nio.encrypt(room_id, event_type, dict(content))
        except (nio.EncryptionError, nio.LocalProtocolError, nio.GroupEncryptionError) as error:
            raise ServerDown(f"the message cannot be encrypted yet: {error}") from error
        relation = content.get("m.relates_to")
        if relation is not None:
            sealed["m.relates_to"] = relation
        return kind, sealed

    async def with_picture(self, room_id: str, content: Mapping[str, Any], png: bytes) -> dict[str, Any]:
        if not await self._is_encrypted(room_id):
            return await super().with_picture(room_id, content, png)
        sealed, keys = encrypt_attachment(png)
        url = await self.upload(sealed, media_type="application/octet-stream", name="picture")
        return {**content, "file": {**keys, "url": url, "v": "v2"}}

    async def _is_encrypted(self, room_id: str) -> bool:
        """Asked of the homeserver where no sync has told yet: nothing must go in clear into an encrypted room."""
        known = self.nio.rooms.get(room_id)
        if known is not None:
            return bool(known.encrypted)
        if await self.room_state(room_id, "m.room.encryption") is None:
            return False
        self.nio.rooms[room_id] = nio.MatrixRoom(room_id, self.user_id, encrypted=True)
        return True

    async def _know_everybody(self, room_id: str) -> None:
        room = self.nio.rooms[room_id]
        if not room.members_synced:
            await self._by_nio(self.nio.joined_members(room_id))
        if self.nio.should_query_keys:
            await self._by_nio(self.nio.keys_query())

    # -- Keys ----------------------------------------------------------------------------------------------------------

    async def _exchange_keys(self) -> None:
        if self.nio.should_upload_keys:
            await self._by_nio(self.nio.keys_upload())
        if self.nio.should_query_keys:
            await self._by_nio(self.nio.keys_query())
        if self.nio.should_claim_keys:
            await self._by_nio(self.nio.keys_claim(self.nio.get_users_for_key_claiming()))
        await self._by_nio(self.nio.send_to_device_messages())

    async def _by_nio(self, call: Awaitable[Any]) -> Any:
        """A call that nio makes by itself, with a time limit and its refusals as our errors."""
        try:
            answer = await asyncio.wait_for(call, CALL_TIMEOUT_S * 2)
        except (ClientError, OSError, TimeoutError) as error:
            raise ServerDown(f"{type(error).__name__}: {error}".rstrip(": ")) from error
        except nio.LocalProtocolError as error:
            log.info("Keys: %s", error)
            return None
        if isinstance(answer, nio.KeysUploadError) and "already exists" in str(answer.message):
            raise Rejected(
                400,
                "M_KEYS_LOST",
                "the keys of this device are lost. Move var/matrix/keys away and log in anew as a new device "
                "(`matrix_bot --login`); older encrypted messages stay unreadable",
            )
        if isinstance(answer, nio.ErrorResponse):
            raise ServerDown(f"{type(answer).__name__}: {answer.message}")
        return answer


def _copied(value: Any) -> Any:
    return wire.decode(wire.encode(value))
