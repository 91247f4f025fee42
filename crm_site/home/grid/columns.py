"""The columns a grid can have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from crm_site.relations.vocabulary import Vocabulary

DEFAULT = ("stage", "owner", "type", "committed", "expected", "activity", "step", "due", "location")


@dataclass(frozen=True)
class Column:
    """key: stands in addresses. sort: the name of its order, empty when it has none. fund: whose amount it shows."""

    key: str
    label: str
    numeric: bool = False
    sort: str = ""
    fund: int | None = None

    @property
    def field(self) -> str:
        """What the column is about, whichever fund it is about."""
        return {"c": "committed", "e": "expected"}[self.key[0]] if self.fund else self.key


STANDARD = (
    Column("stage", "Stage", sort="stage"),
    Column("owner", "Owner", sort="owner"),
    Column("type", "Type", sort="type"),
    Column("committed", "Committed", numeric=True, sort="committed"),
    Column("expected", "Expected", numeric=True, sort="expected"),
    Column("activity", "Last activity", sort="activity"),
    Column("step", "Next step"),
    Column("due", "Due", sort="due"),
    Column("location", "Location", sort="location"),
    Column("tags", "Tags"),
    Column("people", "Contacts", numeric=True),
    Column("source", "Source"),
    Column("since", "Added", sort="since"),
)
BY_KEY = {column.key: column for column in STANDARD}
NAME = Column("name", "Investor", sort="name")


def fund_columns(words: Vocabulary) -> list[Column]:
    """Two for each fund: what is committed to it, and what is hoped for beyond."""
    return [
        Column(f"{letter}{fund.id}", f"{fund.name}: {label}", numeric=True, fund=fund.id)
        for fund in words.funds
        for letter, label in (("c", "committed"), ("e", "expected"))
    ]


def chosen(keys: Iterable[str], words: Vocabulary) -> list[Column]:
    """The columns of these keys, in this order, without doubles and unknown ones; the usual ones when none is left."""
    known = {**BY_KEY, **{column.key: column for column in fund_columns(words)}}
    found = [known[key] for key in dict.fromkeys(keys) if key in known]
    return found or [BY_KEY[key] for key in DEFAULT]
