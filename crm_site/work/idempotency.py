"""A request that is sent twice has one effect and one answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from django.db import IntegrityError

from crm_site.core import unit
from crm_site.core.errors import CrmError, Invalid
from crm_site.work.models import IdempotencyKey

KEY_LENGTH = 255


class IdempotencyMismatch(CrmError):
    """The key was used for another request."""

    code = "idempotency_mismatch"
    http_status = 422


@dataclass(frozen=True)
class Answer:
    """What was answered, byte for byte. replayed: it comes from an earlier request and nothing was done now."""

    status: int
    body: bytes
    content_type: str = "application/json"
    replayed: bool = False


def fingerprint(*parts: str | bytes) -> str:
    """One short text that stands for a request. Parts: whose request it is, method, path, body."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        # The length in front: ("ab", "c") and ("a", "bc") are different requests.
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()


def replay_or_run(*, organization_id: int, key: str, request: str, run: Callable[[], Answer]) -> Answer:
    """Answer as before, if `key` was used for the same request; else run it and keep the answer in its transaction.

    request: its `fingerprint`. A second request that arrives while the first is at work waits for it. When `run` raises,
    nothing is kept, so the caller may mend the request and use the key again.
    Raises IdempotencyMismatch, Invalid, and what `run` raises.
    """
    if not 0 < len(key) <= KEY_LENGTH or not key.isprintable():
        raise Invalid(f"An Idempotency-Key has 1 to {KEY_LENGTH} printable characters.")
    known = _find(organization_id, key)
    if known is not None:
        return _replay(known, request)
    with unit.atomic():
        try:
            with unit.savepoint():
                # PostgreSQL lets a second insert wait here for the first one's commit; SQLite has one writer at a time.
                row = IdempotencyKey.unscoped.create(
                    organization_id=organization_id, key=key, fingerprint=request
                )
        except IntegrityError:
            known = _find(organization_id, key)
            if known is None:
                raise
            return _replay(known, request)
        answer = run()
        row.status, row.body, row.content_type = answer.status, answer.body, answer.content_type
        row.save(update_fields=["status", "body", "content_type"])
    return answer


def _find(organization_id: int, key: str) -> IdempotencyKey | None:
    # Not `objects`: the organization is named here, whatever scope the door is in.
    return IdempotencyKey.unscoped.filter(organization_id=organization_id, key=key).first()


def _replay(known: IdempotencyKey, request: str) -> Answer:
    if known.fingerprint != request:
        raise IdempotencyMismatch(
            "This Idempotency-Key was used for a different request. Use a new key for a new request."
        )
    return Answer(known.status, bytes(known.body), known.content_type, replayed=True)
