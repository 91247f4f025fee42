"""The public contract of intake: what a parser returns, its JSON, how strangers' JSON is checked, how a person edits it."""

from __future__ import annotations

from intake.checking import InvalidMessage, from_json
from intake.edits import FIELDS, InvalidEdit, apply_edits, parse_edits
from intake.shapes import (
    DIRECTIONS,
    INTENTS,
    KINDS,
    LIMITS,
    MAX_ALSO,
    MAX_AMOUNT,
    MAX_CONTACTS,
    MAX_FACTS,
    PARSERS,
    Evidence,
    ParsedContact,
    ParsedFact,
    ParsedMessage,
    ParsedReminder,
)

__all__ = [
    "DIRECTIONS",
    "FIELDS",
    "INTENTS",
    "KINDS",
    "LIMITS",
    "MAX_ALSO",
    "MAX_AMOUNT",
    "MAX_CONTACTS",
    "MAX_FACTS",
    "PARSERS",
    "Evidence",
    "InvalidEdit",
    "InvalidMessage",
    "ParsedContact",
    "ParsedFact",
    "ParsedMessage",
    "ParsedReminder",
    "apply_edits",
    "from_json",
    "parse_edits",
]
