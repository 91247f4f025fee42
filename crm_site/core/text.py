"""Text from outside, made safe to store on both databases."""

from __future__ import annotations

import re
import unicodedata

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_SPACES = re.compile(r"\s+")
# Invisible marks that turn the direction of text: they can make an approved name read as another one.
_BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0xFEFF])


def clean(value: str) -> str:
    """Drop what PostgreSQL refuses (NUL, lone surrogates) and normalise line ends."""
    return _UNSTORABLE.sub("", value).replace("\r\n", "\n").replace("\r", "\n")


def one_line(value: str) -> str:
    """`clean`, on one line, in composed form, without direction marks: for names and titles."""
    folded = unicodedata.normalize("NFC", clean(value)).translate(_BIDI)
    return _SPACES.sub(" ", folded).strip()


def shorten(value: str, limit: int) -> str:
    """The first `limit` characters on one line, ending in … where something was cut."""
    line = one_line(value)
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
