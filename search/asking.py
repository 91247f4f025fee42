"""What can be asked of search, without any library behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

#: dense: by meaning. sparse: by words. hybrid: by both.
Mode = Literal["dense", "sparse", "hybrid"]
MODES: tuple[Mode, ...] = get_args(Mode)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters of a search; None filters nothing. first, last: days, both included; a record without a day has none.

    kinds: values of `documents.Kind`, all when empty. without_investor_id: leaves out what belongs to that investor.
    graveyard: whether what belongs to investors in the graveyard is shown too. planned: whether communications that are only
    planned are.
    """

    kinds: tuple[str, ...] = ()
    investor_id: int | None = None
    owner_id: int | None = None
    first: date | None = None
    last: date | None = None
    graveyard: bool = False
    without_investor_id: int | None = None
    planned: bool = True


EVERYTHING = Wanted()
