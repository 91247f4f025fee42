"""API keys: `rt_<prefix>_<secret>`, 192 random bits, of which only a hash is kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from crm_site.accounts.models import ApiKey

MARK = "rt"
# Writing "last used" on every call would turn each read into a write.
USED_EVERY = timedelta(minutes=5)


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


def resolve(text: str) -> ApiKey | None:
    """The usable key behind `text`, with its membership; None for anything else."""
    parts = text.split("_", 2)
    if len(parts) != 3 or parts[0] != MARK:
        return None
    # Unscoped: the key itself says which organization to enter.
    usable = ApiKey.unscoped.usable().select_related("membership__organization", "membership__user")
    found = usable.filter(prefix=parts[1]).first()
    if found is None or not hmac.compare_digest(found.digest.encode(), digest_of(text).encode()):
        return None
    _note_use(found)
    return found


def _note_use(key: ApiKey) -> None:
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at > USED_EVERY:
        ApiKey.unscoped.filter(pk=key.pk).update(last_used_at=now)
