"""An answer for a chat room: the sentence and a short table, as plain text and as HTML. Pure: reads nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from nlquery import showing
from nlquery.answers import Column, Envelope, Type

MOST_ROWS = 10
MOST_COLUMNS = 5
CELL_CHARS = 48
#: Above it a homeserver begins to refuse the event; both forms together.
MOST_BYTES = 24_000


@dataclass(frozen=True, slots=True)
class Shown:
    """What is posted. html: of the tags every client shows."""

    plain: str
    html: str


def shown(answer: Envelope, *, site: str = "") -> Shown:
    """One envelope as a message. site: what addresses begin with, such as `https://crm.example`; none are made without it."""
    for most in (MOST_ROWS, 3, 0):
        whole = _message(answer, site, min(most, len(answer.rows)))
        if len((whole.plain + whole.html).encode()) <= MOST_BYTES:
            break
    return whole


def picked(answer: Envelope, number: int) -> str | None:
    """The key behind `pick 2`, to run the same intent with; None when there is no such candidate."""
    if 1 <= number <= len(answer.candidates):
        return answer.candidates[number - 1].key
    return None


def _message(answer: Envelope, site: str, rows: int) -> Shown:
    parts = [_paragraph(answer.summary)]
    parts.append(_table(answer, site, rows) if rows else _beside(answer))
    parts += [_paragraph(line, quiet=True) for line in _footnotes(answer, rows)]
    address = _address(answer, site)
    if address:
        parts.append(Shown(address, f'<p><a href="{escape(address)}">Open in Roundtable</a></p>'))
    said = [part for part in parts if part.plain]
    return Shown("\n".join(part.plain for part in said), "".join(part.html for part in said))


def _paragraph(line: str, *, quiet: bool = False) -> Shown:
    inner = f"<em>{escape(line)}</em>" if quiet else escape(line)
    return Shown(line, f"<p>{inner}</p>")


def _footnotes(answer: Envelope, rows: int) -> list[str]:
    said = []
    hidden = len(answer.rows) - rows
    if hidden:
        said.append(f"and {'at least ' if answer.truncated else ''}{hidden} more")
    elif answer.truncated:
        said.append("and more")
    if answer.model_down and answer.intent:
        said.append("The model does not answer; I understood this by rule.")
    elif answer.is_unsure:
        said.append("I am not sure that I understood this. If it is not what you meant, ask in other words.")
    return said


def _table(answer: Envelope, site: str, most: int) -> Shown:
    columns = list(answer.columns)[:MOST_COLUMNS]
    rows = answer.rows[:most]
    cells = [[showing.plain(row, column, limit=CELL_CHARS) for column in columns] for row in rows]
    plain = "\n".join("• " + " · ".join(_labelled(columns, line)) for line in cells)
    head = "".join(f"<th>{escape(column.label)}</th>" for column in columns)
    body = "".join(
        "<tr>"
        + "".join(_cell(column, row, said, site) for column, said in zip(columns, line, strict=True))
        + "</tr>"
        for row, line in zip(rows, cells, strict=True)
    )
    return Shown(plain, f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")


def _labelled(columns: Sequence[Column], line: list[str]) -> list[str]:
    """The first value names the row; the others say what they are, because a plain text has no head."""
    named = [
        f"{column.label} {said}"
        for column, said in zip(columns[1:], line[1:], strict=True)
        if said != showing.NOTHING
    ]
    return [line[0], *named]


def _cell(column: Column, row: dict[str, object], said: str, site: str) -> str:
    inner = escape(said)
    address = row.get(f"{column.key}_url")
    if site and column.type is Type.LINK and isinstance(address, str) and showing.is_path(address):
        inner = f'<a href="{escape(site + address)}">{inner}</a>'
    return f"<td>{inner}</td>"


def _beside(answer: Envelope) -> Shown:
    """What can be done about an answer without rows: pick a candidate, or ask something else."""
    if answer.candidates:
        names = [candidate.name for candidate in answer.candidates]
        plain = "\n".join(f"{number}. {name}" for number, name in enumerate(names, start=1))
        hint = "Answer “pick 1” to choose."
        items = "".join(f"<li>{escape(name)}</li>" for name in names)
        ordered = answer.status == "ambiguous"
        tag = "ol" if ordered else "ul"
        tail = (f"\n{hint}", f"<p>{hint}</p>") if ordered else ("", "")
        return Shown(plain + tail[0], f"<{tag}>{items}</{tag}>{tail[1]}")
    # The sentence mostly says what is wrong already.
    wrong = [why for why in answer.errors.values() if why not in answer.summary]
    lines = [*wrong, *answer.suggestions[:3]]
    if not lines:
        return Shown("", "")
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return Shown("\n".join(f"• {line}" for line in lines), f"<ul>{items}</ul>")


def _address(answer: Envelope, site: str) -> str:
    if not site or not answer.question or len(answer.question) > 500:
        return ""
    return f"{site}/ask/?{urlencode({'q': answer.question})}"
