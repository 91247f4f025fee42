"""The tenant itself."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from typing import Any

from django.utils.text import slugify

from crm_site.accounts import permissions
from crm_site.accounts.models import Organization
from crm_site.accounts.permissions import Verb
from crm_site.audit import services as audit
from crm_site.core import fields, naming, scope, unit
from crm_site.core.actor import Actor
from crm_site.core.errors import Conflict, NotFound
from crm_site.core.versioned import Changes
from crm_site.work import services as work

EDITABLE = frozenset({"name", "time_zone", "currency"})

#: The kind of work that recomputes totals, which are in the organization's currency (`investors/tasks.py`).
REFRESH_TOTALS = "investors.refresh_totals"


@unit.atomic
def create_organization(
    *, name: str, slug: str = "", time_zone: str = "UTC", currency: str = "USD"
) -> Organization:
    """Make a tenant, without members or stages. Only the command line calls it; there is nobody to ask for a right."""
    values = _checked({"name": name, "time_zone": time_zone, "currency": currency})
    short = slugify(naming.fold(slug or values["name"]))[:60]
    if not short:
        fields.refuse("slug", "Choose a short name of letters and digits.")
    if Organization.objects.filter(slug=short).exists():
        raise Conflict("There is an organization of that short name.", fields={"slug": "This one is taken."})
    organization = Organization.objects.create(slug=short, **values)
    with scope.scope(organization):
        audit.record(
            actor=Actor.system(organization_id=organization.pk),
            action="organization.created",
            subject=organization,
            changes=audit.fresh({"slug": short, **values}),
        )
    return organization


@unit.atomic
def edit_organization(*, actor: Actor, organization: Organization, values: Mapping[str, Any]) -> Changes:
    """Change fields (names as in EDITABLE). A new currency recomputes the investors' totals in the background."""
    permissions.require(actor, Verb.MANAGE_SETTINGS)
    if organization.pk != actor.organization_id:
        raise NotFound("There is no such organization.")
    checked = _checked(fields.only(values, EDITABLE))
    row = Organization.objects.select_for_update().get(pk=organization.pk)
    changes = {name: (getattr(row, name), new) for name, new in checked.items() if getattr(row, name) != new}
    if not changes:
        return {}
    Organization.objects.filter(pk=row.pk).update(**{name: new for name, (_, new) in changes.items()})
    for name, (_, new) in changes.items():
        setattr(organization, name, new)
    audit.record(actor=actor, action="organization.edited", subject=organization, changes=changes)
    if "currency" in changes:
        work.enqueue(organization_id=organization.pk, kind=REFRESH_TOTALS, subject_id=organization.pk)
    return changes


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    checked = dict(values)
    if "name" in checked:
        checked["name"] = fields.line(checked["name"], field="name", limit=120, required=True)
    if "time_zone" in checked:
        checked["time_zone"] = _zone(checked["time_zone"])
    if "currency" in checked:
        checked["currency"] = fields.currency(checked["currency"], field="currency")
    return checked


def _zone(value: Any) -> str:
    name = fields.line(value, field="time_zone", limit=64, required=True)
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        fields.refuse("time_zone", "Choose a time zone such as Europe/Berlin.")
    return name
