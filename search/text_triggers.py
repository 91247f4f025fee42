"""Triggers that keep the words of every record in one table of the database, `search_text`, beside the record itself.

It answers when the index does not: FTS5 on SQLite, a column of lexemes on PostgreSQL. It is written in the transaction of
the writer, so it never lags; a deleted row has no words there. The table is made and first filled by migration 0002.
"""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from crm_site.core.triggers import Trigger, after_each_row
from search.documents import Kind

TABLE = "search_text"
#: On SQLite the row's number is `id * PARTS + part`, so that a row of any table finds its own.
PARTS = 16
#: Beyond this many characters PostgreSQL might refuse a text as too long for its lexemes, and the writer with it.
MOST_CHARACTERS = 200_000


@dataclass(frozen=True)
class Part:
    """A table whose columns are searched. source: the column with the id of the record that they belong to."""

    number: int
    table: str
    kind: Kind
    source: str
    columns: tuple[str, ...]


_QUOTE = "'"
_SIGNS = string.punctuation
Step = Callable[[Part, str], str]
PARTS_OF_RECORDS = (
    Part(
        1, "investors_investor", Kind.INVESTOR, "id", ("name", "location", "website", "lead_source", "notes")
    ),
    Part(2, "investors_investoralias", Kind.INVESTOR, "investor_id", ("name",)),
    Part(3, "contacts_contact", Kind.CONTACT, "id", ("name", "linkedin", "notes")),
    Part(4, "contacts_contactemail", Kind.CONTACT, "contact_id", ("email",)),
    Part(5, "communications_communication", Kind.COMMUNICATION, "id", ("subject", "body")),
    Part(6, "communications_fact", Kind.FACT, "id", ("topic", "text")),
    Part(7, "investors_fund", Kind.FUND, "id", ("name", "description")),
)


def _plain_letters() -> tuple[str, str]:
    """Letters with marks, and the same without, place by place: PostgreSQL has no such table without an extension."""
    marked = [chr(code) for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))]
    pairs = [(letter, unicodedata.normalize("NFKD", letter)[0]) for letter in marked]
    pairs = [(letter, plain) for letter, plain in pairs if letter != plain and plain.isalpha()]
    return "".join(letter for letter, _ in pairs), "".join(plain for _, plain in pairs)


MARKED, PLAIN = _plain_letters()


def lexemes(text: str) -> str:
    """SQL of the words of `text`, itself SQL, as PostgreSQL keeps and compares them.

    Signs become spaces: its parser would keep an address or a word with a hyphen as one. Only those of ASCII, by place and
    not by class, for what is a letter depends on how the database was made.
    """
    marks, letters = MARKED + _SIGNS, PLAIN + " " * len(_SIGNS)
    plain = f"translate(left({text}, {MOST_CHARACTERS}), '{marks.replace(_QUOTE, _QUOTE * 2)}', '{letters}')"
    return f"to_tsvector('english', {plain})"


def make(parts: Iterable[Part] = PARTS_OF_RECORDS) -> list[Trigger]:
    """The triggers of all tables that are searched, for both databases."""
    return [trigger for part in parts for trigger in _of(part)]


def _of(part: Part) -> Iterator[Trigger]:
    yield _trigger(part, "insert", "INSERT", "", (_add,))
    yield _trigger(part, "delete", "DELETE", "", (_remove,))
    watched = tuple(dict.fromkeys((*part.columns, part.source, "deleted_at")))
    # A save writes every column; only one that changed a word is worth the work.
    changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in watched)
    yield _trigger(part, "update", f"UPDATE OF {', '.join(watched)}", changed, (_remove, _add))


def _trigger(part: Part, what: str, event: str, when: str, steps: tuple[Step, ...]) -> Trigger:
    return after_each_row(
        f"{TABLE}_{part.table}_{what}",
        part.table,
        event,
        sqlite=" ".join(step(part, "sqlite") for step in steps),
        postgresql=" ".join(step(part, "postgresql") for step in steps),
        when=when,
    )


def _add(part: Part, vendor: str) -> str:
    columns = [f"NEW.{column}" for column in part.columns]
    if vendor == "sqlite":
        words = " || ' ' || ".join(columns)
        # Cleared first: `OR REPLACE` here would be overruled by an `OR IGNORE` of the writer's statement.
        return (
            f"DELETE FROM {TABLE} WHERE rowid = NEW.id * {PARTS} + {part.number}; "
            f"INSERT INTO {TABLE} (rowid, words, organization_id, kind, source_id) "
            f"SELECT NEW.id * {PARTS} + {part.number}, {words}, NEW.organization_id, '{part.kind}', NEW.{part.source} "
            f"WHERE NEW.deleted_at IS NULL;"
        )
    return (
        f"INSERT INTO {TABLE} (part, row_id, organization_id, kind, source_id, words) "
        f"SELECT {part.number}, NEW.id, NEW.organization_id, '{part.kind}', NEW.{part.source}, "
        f"{lexemes('concat_ws(chr(32), ' + ', '.join(columns) + ')')} WHERE NEW.deleted_at IS NULL "
        f"ON CONFLICT (part, row_id) DO UPDATE SET organization_id = EXCLUDED.organization_id, "
        f"source_id = EXCLUDED.source_id, words = EXCLUDED.words;"
    )


def _remove(part: Part, vendor: str) -> str:
    if vendor == "sqlite":
        return f"DELETE FROM {TABLE} WHERE rowid = OLD.id * {PARTS} + {part.number};"
    return f"DELETE FROM {TABLE} WHERE part = {part.number} AND row_id = OLD.id;"


TRIGGERS = make()
