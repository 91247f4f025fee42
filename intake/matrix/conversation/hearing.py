"""What an event says: its text, without quotes and without our own name. Pure; any member may have written anything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from intake.matrix import replies, wire
from intake.matrix.choices import Kind
from intake.matrix.models import MatrixEvent

_QUESTION = re.compile(r"\s*\?+(?=\s*\S)\s*")
_AT_BOT = re.compile(r"\s*@bot\b[\s,:]*", re.IGNORECASE)


@dataclass(frozen=True)
class Heard:
    """body: what was typed. asks: it was put to the bot (`?`, `@bot`, a mention). bare: the body without that address.

    key: of a reaction. is_aimed: the answer names the very post it is meant for, and not just the last one in the thread.
    """

    body: str = ""
    bare: str = ""
    asks: bool = False
    key: str = ""
    is_aimed: bool = False


def hear(event: MatrixEvent, bot_id: str) -> Heard:
    """What the event says. Nothing, for one that says nothing."""
    content = wire.content_of(wire.decode(event.raw))
    relation = _mapping(content.get("m.relates_to"))
    if event.kind == Kind.REACTION:
        return Heard(key=_text(relation.get("key")))
    said = _mapping(content.get("m.new_content")) if event.kind == Kind.EDIT else content
    body = _text(said.get("body"))
    if event.kind in (Kind.REPLY, Kind.MESSAGE) and event.relates_to:
        body = replies.unquoted(body)
    bare, asks = _addressed(body, said, bot_id)
    if event.kind == Kind.REPLY and bare == body:
        # Clients mention whoever is answered; only words before the rest put it to us.
        asks = False
    in_thread = relation.get("rel_type") == "m.thread"
    is_aimed = bool(event.relates_to) and not (in_thread and relation.get("is_falling_back") is not False)
    return Heard(body=body.strip(), bare=bare.strip(), asks=asks, is_aimed=is_aimed)


def _addressed(body: str, said: Mapping[str, Any], bot_id: str) -> tuple[str, bool]:
    for pattern in (_QUESTION, _AT_BOT, *_names(said, bot_id)):
        found = pattern.match(body)
        if found:
            return body[found.end() :], True
    users = _mapping(said.get("m.mentions")).get("user_ids")
    mentioned = isinstance(users, list) and bot_id in users
    return body, mentioned


def _names(said: Mapping[str, Any], bot_id: str) -> list[re.Pattern[str]]:
    """Our id, the part before the colon, and the name that a client wrote for us, at the start of a text."""
    local = bot_id.partition(":")[0]
    names = [rf"{re.escape(bot_id)}", rf"{re.escape(local)}\b", rf"{re.escape(local[1:])}(?=\s*[:,])"]
    pill = re.search(
        rf'<a href="https://matrix\.to/#/{re.escape(bot_id)}">([^<]{{1,100}})</a>',
        _text(said.get("formatted_body")),
    )
    if pill:
        names.append(re.escape(pill[1]))
    return [re.compile(rf"\s*{name}[\s,:]*", re.IGNORECASE) for name in names]


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
