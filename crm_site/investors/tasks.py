"""Background work of investors."""

from __future__ import annotations

from collections.abc import Callable

from crm_site.accounts.services.organizations import REFRESH_TOTALS
from crm_site.core.actor import Actor
from crm_site.investors import services
from crm_site.work import kinds


def refresh_totals(*, organization_id: int | None, subject_id: int) -> Callable[[], object]:
    """Recompute stage and totals of all investors of an organization, for example after its currency changed."""
    actor = Actor.system(organization_id=organization_id or subject_id)
    return lambda: services.refresh_pipeline(actor=actor)


kinds.register(REFRESH_TOTALS, refresh_totals)
