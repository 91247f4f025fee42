"""Reading JSON from strangers: bounded in size and depth, and clean enough for both databases."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from crm_site.core import text

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 32


class SafeJSONParser(BaseParser):
    """JSON in UTF-8. Refuses NaN, 5,000-digit numbers and deep nesting; drops NUL and lone surrogates from strings."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        raw = stream.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise ParseError(f"The body is larger than {MAX_BYTES} bytes.")
        if _depth(raw) > MAX_DEPTH:
            raise ParseError(f"The JSON is nested deeper than {MAX_DEPTH} levels.")
        try:
            return _cleaned(
                json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant, parse_float=_finite)
            )
        except (ValueError, RecursionError) as error:
            raise ParseError(f"The body is not readable JSON: {text.shorten(str(error), 120)}") from None


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


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return text.clean(value)
    if isinstance(value, list):
        return [_cleaned(part) for part in value]
    if isinstance(value, dict):
        return {text.clean(name): _cleaned(part) for name, part in value.items()}
    return value
