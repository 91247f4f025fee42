"""Keys of what is said: the same thing always has the same key, so that it is said once."""

from __future__ import annotations

import hashlib

LENGTH = 120


def key_of(*parts: object) -> str:
    """The parts as a key that fits: ids of events and users can be longer than a key may be."""
    whole = ":".join(str(part) for part in parts)
    if len(whole) <= LENGTH:
        return whole
    digest = hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{str(parts[0])[:40]}:{digest}"
