"""The API's reader of request bodies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from crm_site.core import safe_json

MAX_BYTES = 2 * 1024 * 1024


class SafeJSONParser(BaseParser):
    """JSON as `core.safe_json` reads it."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            return safe_json.read(stream.read(MAX_BYTES + 1), max_bytes=MAX_BYTES)
        except safe_json.UnreadableJson as error:
            raise ParseError(error.message) from None
