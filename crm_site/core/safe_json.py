"""Reading JSON from strangers: bounded in size and depth, and clean enough for both databases."""

from __future__ import annotations

import json
import math
from typing import Any

from crm_site.core import text
from crm_site.core.errors import Invalid

MAX_DEPTH = 32


class UnreadableJson(Invalid):
    """The bytes are not JSON that anybody would mean. The message says why."""

    code = "parse_error"


def read(raw: bytes, *, max_bytes: int) -> Any:
    """JSON in UTF-8 as values. Refuses NaN, 5,000-digit numbers and deep nesting; drops NUL and lone surrogates.

    Raises UnreadableJson.
    """
    if len(raw) > max_bytes:
        raise UnreadableJson(f"The body is larger than {max_bytes} bytes.")
    if _depth(raw) > MAX_DEPTH:
        raise UnreadableJson(f"The JSON is nested deeper than {MAX_DEPTH} levels.")
    try:
        return cleaned(json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant, parse_float=_finite))
    except (ValueError, RecursionError) as error:
        raise UnreadableJson(f"The body is not readable JSON: {text.shorten(str(error), 120)}") from None


def cleaned(value: Any) -> Any:
    """The same values, less what no database stores. Nesting is the caller's to bound."""
    if isinstance(value, str):
        return text.clean(value)
    if isinstance(value, list):
        return [cleaned(part) for part in value]
    if isinstance(value, dict):
        return {text.clean(name): cleaned(part) for name, part in value.items()}
    return value


def _depth(raw: bytes) -> int:
    """The deepest nesting by brackets outside strings, found without recursion: json.loads would overflow the stack."""
    depth = deepest = 0
    in_string = escaped = False
    for byte in raw:
        if in_string:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                in_string = False
        elif byte == 0x22:
            in_string = True
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _finite(written: str) -> float:
    """1e999 would become infinity, which neither database stores."""
    number = float(written)
    if not math.isfinite(number):
        raise ValueError(f"{written[:20]} is too large a number")
    return number
