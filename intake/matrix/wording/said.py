"""One thing to say, in plain text and in HTML, and the builder that keeps both alike, escaped and short enough to send."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm_site.core import text

#: An event may have 65,536 bytes with everything in it, and encryption adds a third. Both bodies together.
MAX_BYTES = 25_000
#: How wide a value and how long a list may be, tried in turn until it fits.
SQUEEZES: Sequence[tuple[int, int]] = (
    (20_000, 500),
    (4_000, 500),
    (1_000, 300),
    (300, 120),
    (100, 60),
    (60, 25),
)
# Marks that turn the direction of text, control characters, and the byte order mark: none belongs in what is approved.
_UNSHOWABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


@dataclass(frozen=True)
class Said:
    """plain: the `body`. html: the `formatted_body`, of a small set of tags; empty when there is nothing to format."""

    plain: str
    html: str = ""

    def content(self, *, notice: bool = True, mention: str = "") -> dict[str, Any]:
        """The content of the event without its relation.

        notice: raises no notification, whatever it mentions. mention: the one user to notify. The key is always there,
        because without it old push rules look for names and `@room` in the text.
        """
        content: dict[str, Any] = {
            "msgtype": "m.notice" if notice else "m.text",
            "body": self.plain,
            "m.mentions": {"user_ids": [mention]} if mention else {},
        }
        if self.html:
            content |= {"format": "org.matrix.custom.html", "formatted_body": self.html}
        return content

    @property
    def size(self) -> int:
        """Bytes of both bodies as they travel, escapes included."""
        return sum(len(json.dumps(body, ensure_ascii=False).encode()) for body in (self.plain, self.html))


def showable(value: object) -> str:
    """A value without characters that hide or turn what stands beside them. Line ends stay."""
    return _UNSHOWABLE.sub("", text.clean(str(value))).strip()


@dataclass(frozen=True)
class Bold:
    """A value that stands out."""

    value: object


@dataclass(frozen=True)
class Code:
    """Something to type."""

    value: object


@dataclass(frozen=True)
class Link:
    """A page of ours. Clients without HTML see the address after the words."""

    value: object
    address: str


Part = str | Bold | Code | Link
Line = Sequence[Part]


@dataclass
class Page:
    """Lines and bulleted lines, then those that must stay whatever is cut: what to answer, where the rest stands.

    address: where the whole can be read when it had to be cut.
    """

    address: str = ""
    head: list[tuple[str, Line]] = field(default_factory=list)
    tail: list[tuple[str, Line]] = field(default_factory=list)

    def line(self, *parts: Part) -> Page:
        self.head.append(("p", parts))
        return self

    def item(self, *parts: Part) -> Page:
        self.head.append(("li", parts))
        return self

    def last(self, *parts: Part) -> Page:
        self.tail.append(("p", parts))
        return self

    def said(self) -> Said:
        """The first rendering that fits, from whole to very short."""
        for width, count in SQUEEZES:
            made = self._render(width, count)
            if made.size <= MAX_BYTES:
                break
        return made

    def _render(self, width: int, count: int) -> Said:
        cut = len(self.head) > count or any(_is_wide(line, width) for _, line in self.head)
        rows = self.head[:count]
        if cut and self.address:
            rows = [*rows, ("p", ("It is longer than fits here: ", Link("see all of it", self.address), "."))]
        rows = [*rows, *self.tail]
        plain = "\n".join(("• " if tag == "li" else "") + _plain(line, width) for tag, line in rows)
        return Said(plain, "".join(_blocks(rows, width)))


def say(*parts: Part) -> Said:
    """One line."""
    return Page().line(*parts).said()


def _blocks(rows: Iterable[tuple[str, Line]], width: int) -> Iterable[str]:
    inside = False
    for tag, line in rows:
        if (tag == "li") != inside:
            yield "<ul>" if tag == "li" else "</ul>"
            inside = tag == "li"
        yield f"<{tag}>{_html(line, width)}</{tag}>"
    if inside:
        yield "</ul>"


def _plain(line: Line, width: int) -> str:
    pieces = []
    for part in line:
        words = _cut(_value(part), width)
        if isinstance(part, Link) and part.address:
            words += f" ({part.address})"
        pieces.append(f"`{words}`" if isinstance(part, Code) else words)
    return "".join(pieces)


def _html(line: Line, width: int) -> str:
    pieces = []
    for part in line:
        words = html.escape(_cut(_value(part), width)).replace("\n", "<br>")
        if isinstance(part, Bold):
            words = f"<b>{words}</b>"
        elif isinstance(part, Code):
            words = f"<code>{words}</code>"
        elif isinstance(part, Link) and part.address:
            words = f'<a href="{html.escape(part.address)}">{words}</a>'
        pieces.append(words)
    return "".join(pieces)


def _value(part: Part) -> str:
    if isinstance(part, str):
        # Spaces at the edges hold the parts of a line apart.
        return _UNSHOWABLE.sub("", text.clean(part))
    return showable(part.value)


def _is_wide(line: Line, width: int) -> bool:
    return any(len(_value(part)) > width for part in line)


def _cut(words: str, width: int) -> str:
    return words if len(words) <= width else words[: width - 1].rstrip() + "…"
