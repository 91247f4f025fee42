"""The bot's identity: kept, never replaced by accident, and its signatures hold."""

from __future__ import annotations

import asyncio
import base64
import stat
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from intake.matrix import crosssigning

BOT, DEVICE = "@bot:example.com", "ROUNDTABLE"
DEVICE_KEYS = {
    "user_id": BOT,
    "device_id": DEVICE,
    "algorithms": ["m.olm.v1.curve25519-aes-sha2"],
    "keys": {f"ed25519:{DEVICE}": "abc", f"curve25519:{DEVICE}": "def"},
    "signatures": {BOT: {f"ed25519:{DEVICE}": "own"}},
    "unsigned": {"device_display_name": "Bot"},
}


class Server:
    """What a homeserver keeps of keys; remembers each call."""

    def __init__(self, master: dict[str, Any] | None = None, *, has_device: bool = True) -> None:
        self.master, self.has_device = master, has_device
        self.calls: list[tuple[str, Any]] = []

    async def __call__(self, method: str, path: str, body: Any) -> dict[str, Any]:
        self.calls.append((path, body))
        if path != "/keys/query":
            return {}
        found: dict[str, Any] = {"device_keys": {BOT: {DEVICE: DEVICE_KEYS} if self.has_device else {}}}
        return {**found, "master_keys": {BOT: self.master}} if self.master else found

    def sent(self, path: str) -> list[Any]:
        return [body for called, body in self.calls if called == path]


def establish(server: Server, keys: crosssigning.Keys, auth: dict[str, Any] | None = None) -> None:
    asyncio.run(crosssigning.establish(call=server, user_id=BOT, device_id=DEVICE, keys=keys, auth=auth))


def holds(public: str, signature: str, signed: dict[str, Any]) -> bool:
    def raw(text: str) -> bytes:
        return base64.b64decode(text + "=" * (-len(text) % 4))

    Ed25519PublicKey.from_public_bytes(raw(public)).verify(raw(signature), crosssigning.canonical(signed))
    return True


@pytest.fixture
def keys(tmp_path: Path) -> crosssigning.Keys:
    return crosssigning.load_or_make(tmp_path / "keys.json")


def test_the_same_identity_comes_back_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "deeper" / "keys.json"
    first, second = crosssigning.load_or_make(path), crosssigning.load_or_make(path)
    assert first.public("master") == second.public("master")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_master_key_vouches_for_the_lesser_keys(keys: crosssigning.Keys) -> None:
    body = crosssigning.upload_body(BOT, keys)
    master = keys.public("master")
    for usage in ("self_signing", "user_signing"):
        signature = body[f"{usage}_key"]["signatures"][BOT][f"ed25519:{master}"]
        assert holds(master, signature, body[f"{usage}_key"])
    assert "signatures" not in body["master_key"]


def test_the_device_is_signed_by_the_self_signing_key_alone(keys: crosssigning.Keys) -> None:
    server = Server()
    establish(server, keys)
    (sent,) = server.sent("/keys/signatures/upload")
    device, public = sent[BOT][DEVICE], keys.public("self_signing")
    assert list(device["signatures"][BOT]) == [f"ed25519:{public}"]
    assert holds(public, device["signatures"][BOT][f"ed25519:{public}"], device)
    assert "unsigned" not in device


def test_an_identity_that_is_ours_already_is_not_uploaded_again(keys: crosssigning.Keys) -> None:
    server = Server(master=crosssigning.upload_body(BOT, keys)["master_key"])
    establish(server, keys)
    assert not server.sent("/keys/device_signing/upload")
    assert server.sent("/keys/signatures/upload")


def test_an_identity_of_another_client_is_never_replaced(keys: crosssigning.Keys, tmp_path: Path) -> None:
    other = crosssigning.load_or_make(tmp_path / "other.json")
    server = Server(master=crosssigning.upload_body(BOT, other)["master_key"])
    with pytest.raises(crosssigning.OtherIdentity, match="another cross-signing identity"):
        establish(server, keys)
    assert [path for path, _ in server.calls] == ["/keys/query"]


def test_the_password_goes_along_where_the_server_asks_for_it(keys: crosssigning.Keys) -> None:
    server = Server()
    establish(server, keys, auth={"type": "m.login.password"})
    assert server.sent("/keys/device_signing/upload")[0]["auth"] == {"type": "m.login.password"}
