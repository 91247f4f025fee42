"""Sealing of personal values: AES-256-GCM under a key per subject, itself wrapped under a key drawn from AUDIT_KEY.

Erasing the subject's key erases the person from the log, while the chain (which covers the ciphertext) still verifies.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

KEY_BYTES = 32
NONCE_BYTES = 12


def new_key() -> bytes:
    """A fresh subject key."""
    return os.urandom(KEY_BYTES)


def wrap(key: bytes) -> bytes:
    """A subject key as it is stored: nonce, then ciphertext."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(_master(settings.AUDIT_KEY, b"wrap")).encrypt(nonce, key, None)


def unwrap(stored: bytes | memoryview) -> bytes:
    """The subject key. Raises InvalidTag when AUDIT_KEY is another one now."""
    data = bytes(stored)
    return AESGCM(_master(settings.AUDIT_KEY, b"wrap")).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], None)


def seal(key: bytes, value: dict[str, Any]) -> str:
    """JSON-able values as one token of base64."""
    nonce = os.urandom(NONCE_BYTES)
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, plain, None)).decode()


def unseal(key: bytes, token: str) -> dict[str, Any] | None:
    """What was sealed; None when it was not sealed with this key."""
    data = base64.b64decode(token)
    try:
        plain = AESGCM(key).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], None)
    except InvalidTag:
        return None
    opened: dict[str, Any] = json.loads(plain)
    return opened


def chain(previous: str, text: str) -> str:
    """The next link: HMAC-SHA256 over the previous link and the entry's text."""
    return hmac.new(
        _master(settings.AUDIT_KEY, b"chain"), previous.encode() + text.encode(), hashlib.sha256
    ).hexdigest()


@lru_cache(maxsize=8)
def _master(audit_key: str, purpose: bytes) -> bytes:
    return hmac.new(audit_key.encode(), b"roundtable " + purpose, hashlib.sha256).digest()
