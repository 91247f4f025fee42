"""What a member may have done to the index."""

from __future__ import annotations

from crm_site.accounts import permissions
from crm_site.accounts.models import Organization
from crm_site.accounts.permissions import Verb
from crm_site.audit import services as audit
from crm_site.core import unit
from crm_site.core.actor import Actor
from crm_site.work import services as work
from search import condition, rebuilding


@unit.atomic
def rebuild_index(*, actor: Actor) -> None:
    """Have the index built anew beside the one that is searched. Raises NotAllowed, RebuildRunning."""
    permissions.require(actor, Verb.RETRY_WORK)
    if rebuilding.building() is not None:
        raise rebuilding.RebuildRunning(rebuilding.UNDER_WAY)
    work.enqueue(organization_id=actor.organization_id, kind=condition.REBUILD_WORK, subject_id=0)
    audit.record(
        actor=actor, action="index.rebuild_asked", subject=Organization.objects.get(pk=actor.organization_id)
    )
