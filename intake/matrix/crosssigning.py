"""Cross-signing of the bot's device: without it other clients call the bot unverified and may refuse to share keys.

matrix-nio has none of it (matrix-nio#229). Three Ed25519 key pairs say who is who: the master key is the account's
identity, the self-signing key vouches for devices, the user-signing key for other users. Source: Matrix specification
v1.11, "Cross-signing". The seeds are kept: a new master key would show everybody a changed identity.
"""

from __future__ import annotations

import base64
import json
import os
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from crm_site.core.errors import CrmError

#: (method, path below /_matrix/client/v3, body) → the answer's JSON. Raises what the client raises.
Call = Callable[[str, str, Mapping[str, Any]], Awaitable[Mapping[str, Any]]]
USAGES = ("master", "self_signing", "user_signing")


class OtherIdentity(CrmError):
    """The account has cross-signing keys already, made by another client; replacing them is for a person to decide."""

    code = "other_identity"


@dataclass(frozen=True)
class Keys:
    """The three private keys by usage."""

    private: Mapping[str, Ed25519PrivateKey]

    def public(self, usage: str) -> str:
        """Unpadded base64, as the specification writes keys."""
        raw = self.private[usage].public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return _base64(raw)

    def sign(self, usage: str, value: Mapping[str, Any]) -> str:
        """The signature of a JSON object, without what is never signed."""
        return _base64(self.private[usage].sign(canonical(value)))


def load_or_make(path: Path) -> Keys:
    """The keys of `path`, made there (readable by the owner alone) the first time."""
    if path.exists():
        seeds = json.loads(path.read_text())
    else:
        seeds = {usage: _base64(os.urandom(32)) for usage in USAGES}
        _write_private(path, json.dumps(seeds))
    return Keys({usage: Ed25519PrivateKey.from_private_bytes(_from_base64(seeds[usage])) for usage in USAGES})


async def establish(
    *, call: Call, user_id: str, device_id: str, keys: Keys, auth: Mapping[str, Any] | None
) -> None:
    """Publish the identity and sign the device with it. Safe to run again: what is there already stays.

    auth: an answer to the server's question for the password, where it asks one. Raises OtherIdentity.
    """
    known = await call("POST", "/keys/query", {"device_keys": {user_id: []}})
    master = known.get("master_keys", {}).get(user_id)
    if master is None:
        body = upload_body(user_id, keys)
        await call("POST", "/keys/device_signing/upload", {**body, "auth": dict(auth)} if auth else body)
    elif keys.public("master") not in master.get("keys", {}).values():
        raise OtherIdentity(
            f"{user_id} has another cross-signing identity. Restore var/matrix/cross-signing.json, or reset the identity "
            "of that account in a client and log in again."
        )
    device = known.get("device_keys", {}).get(user_id, {}).get(device_id)
    if device is None:
        raise CrmError("The homeserver does not know the keys of the bot's device yet.")
    await call(
        "POST", "/keys/signatures/upload", {user_id: {device_id: signed_device(user_id, device, keys)}}
    )


def upload_body(user_id: str, keys: Keys) -> dict[str, Any]:
    """The three public keys, the lesser two signed by the master key."""
    body: dict[str, Any] = {}
    for usage in USAGES:
        public = keys.public(usage)
        described: dict[str, Any] = {
            "user_id": user_id,
            "usage": [usage],
            "keys": {f"ed25519:{public}": public},
        }
        if usage != "master":
            signature = keys.sign("master", described)
            described["signatures"] = {user_id: {f"ed25519:{keys.public('master')}": signature}}
        body[f"{usage}_key"] = described
    return body


def signed_device(user_id: str, device: Mapping[str, Any], keys: Keys) -> dict[str, Any]:
    """The device's own description with our signature alone."""
    bare = {name: value for name, value in device.items() if name not in {"signatures", "unsigned"}}
    signature = keys.sign("self_signing", bare)
    return {**bare, "signatures": {user_id: {f"ed25519:{keys.public('self_signing')}": signature}}}


def canonical(value: Mapping[str, Any]) -> bytes:
    """Canonical JSON: sorted, no spaces, UTF-8; signatures and unsigned parts left out."""
    bare = {name: part for name, part in value.items() if name not in {"signatures", "unsigned"}}
    return json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode().rstrip("=")


def _from_base64(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent)  # mkstemp gives 0600
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(name, path)
