"""What an API key looks like: `rt_<prefix>_<secret>`, 192 random bits, of which only a hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

MARK = "rt"


@dataclass(frozen=True)
class NewKey:
    """A key just made: `text` is shown once and never again."""

    prefix: str
    text: str
    digest: str


def make() -> NewKey:
    """Draw a new key."""
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(24)
    text = f"{MARK}_{prefix}_{secret}"
    return NewKey(prefix=prefix, text=text, digest=digest_of(text))


def digest_of(text: str) -> str:
    """The stored hash. The key is random, so a fast hash without salt gives nothing away."""
    return hashlib.sha256(text.encode()).hexdigest()


def prefix_of(text: str) -> str | None:
    """The part by which the key is looked up; None when the text is no key of ours."""
    parts = text.split("_", 2)
    return parts[1] if len(parts) == 3 and parts[0] == MARK else None
