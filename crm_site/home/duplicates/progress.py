"""How far the look for duplicates is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_site.core import heavy
from crm_site.home.duplicates.kinds import Kind
from crm_site.work.models import WorkItem
from search.entities.choices import WORK as WORK
from search.entities.models import Look

if TYPE_CHECKING:
    from search.entities import looking
else:
    looking = heavy.module("search.entities.looking")  # the rules and their tables


@dataclass(frozen=True)
class Progress:
    """look: the last one of the kind. is_waiting: asked for and not begun, or not ended."""

    look: Look | None
    is_waiting: bool

    @property
    def percent(self) -> int:
        return self.look.percent if self.look and self.look.finished_at is None else 0


def of(kind: Kind) -> Progress:
    """Both in two queries, without loading the rules."""
    look = Look.objects.filter(kind=kind.key).first()
    # The work is at hand as long as it is not done; a look that died with its worker is tried again by it.
    waiting = WorkItem.objects.unfinished().filter(kind=WORK).exists()
    return Progress(look, waiting)


def ask() -> None:
    """Have both kinds looked through soon. Call it inside `unit.atomic`; twice is once."""
    looking.ask()
