"""Background work of the finder of duplicates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_site.core import heavy
from crm_site.work import cluster, kinds
from search.entities.choices import WORK

if TYPE_CHECKING:
    from search.entities import looking
else:
    looking = heavy.module("search.entities.looking")  # the rules and their tables


def propose(*, organization_id: int | None, subject_id: int) -> kinds.Writes | None:
    """Look for duplicates of both kinds in the organization in scope. Its writes are its own: it tells how far it is."""
    looking.look_through()
    return None


kinds.register(WORK, propose, cluster=cluster.LLM.name, max_attempts=3)
