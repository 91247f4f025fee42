"""What goes into the index and comes out of it, and how it fails, without the library that speaks to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from crm_site.core.errors import Unavailable
from search.words import Sparse


class IndexUnavailable(Unavailable):
    """The index does not answer, refuses the key, or has no such collection. The CRM goes on without it."""

    code = "index_unavailable"


class NoCollection(IndexUnavailable):
    """The index answers and has no such collection: its files were lost or are another installation's."""

    code = "no_collection"


class WrongKey(IndexUnavailable):
    """The index refuses our key."""

    code = "wrong_index_key"


class WrongDimension(IndexUnavailable):
    """The dense vectors are of another length than the index was built for: `reindex --recreate`."""

    code = "wrong_dimension"


@dataclass(frozen=True, slots=True)
class Passage:
    """What the index keeps of a passage, without its text. on: the record's day."""

    key: str
    number: int
    hash: str
    kind: str
    words: Sparse
    dense: list[float] | None = None
    investor_id: int | None = None
    contact_ids: tuple[int, ...] = ()
    owner_id: int | None = None
    on: date | None = None
    graveyard: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that was found. score: comparable within one answer only."""

    key: str
    number: int
    score: float


@dataclass(frozen=True, slots=True)
class Stored:
    """A passage as the index has it, for comparing with the database. is_dead: a tombstone.

    point: its id in the index. key is None when its payload is damaged; then nothing else of it means anything.
    """

    point: str
    key: str | None
    number: int = 0
    hash: str = ""
    ver: int = 0
    is_dead: bool = False
    has_dense: bool = False
