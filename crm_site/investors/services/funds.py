"""What is being raised."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from crm_site.accounts import permissions
from crm_site.accounts.permissions import Verb
from crm_site.audit import services as audit
from crm_site.core import fields, naming, scope, unit, versioned
from crm_site.core.actor import Actor
from crm_site.core.errors import Conflict
from crm_site.investors.models import Fund
from crm_site.investors.services.derived import refresh_pipeline

EDITABLE = frozenset({"name", "target", "currency", "opens_on", "closes_on", "description"})


@unit.atomic
def create_fund(
    *,
    actor: Actor,
    name: str,
    target: Decimal | str | None = None,
    currency: str = "",
    opens_on: date | str | None = None,
    closes_on: date | str | None = None,
    description: str = "",
) -> Fund:
    """Add a fund. Its name is unique among the living; without a currency it takes the organization's."""
    permissions.require(actor, Verb.MANAGE_FUNDS)
    given = {
        "name": name,
        "target": target,
        "currency": currency or scope.current().currency,
        "opens_on": opens_on,
        "closes_on": closes_on,
        "description": description,
    }
    values = _checked(given, None)
    fund = Fund.objects.create(
        organization_id=actor.organization_id,
        created_by_id=actor.user_id,
        name_key=naming.fold(values["name"]),
        **values,
    )
    audit.record(actor=actor, action="fund.created", subject=fund, changes=audit.fresh(values))
    return fund


@unit.atomic
def edit_fund(
    *, actor: Actor, fund: Fund, values: Mapping[str, Any], version: int | None = None
) -> versioned.Changes:
    """Change fields (names as in EDITABLE). The currency stays once amounts stand in it."""
    permissions.require(actor, Verb.MANAGE_FUNDS, on=[fund])
    stored = _checked(fields.only(values, EDITABLE), fund)
    if stored.get("currency", fund.currency) != fund.currency and fund.opportunities.exists():
        fields.refuse("currency", "Opportunities have amounts in this currency already.")
    if "name" in stored:
        stored["name_key"] = naming.fold(stored["name"])
    changes = versioned.update(fund, stored, version=version)
    shown = {name: pair for name, pair in changes.items() if name in EDITABLE}
    if shown:
        audit.record(actor=actor, action="fund.edited", subject=fund, changes=shown)
    if "currency" in shown:
        refresh_pipeline(actor=actor)
    return shown


def _checked(values: Mapping[str, Any], fund: Fund | None) -> dict[str, Any]:
    checked = dict(values)
    if "name" in checked:
        checked["name"] = fields.line(checked["name"], field="name", limit=120, required=True)
        _refuse_double(checked["name"], fund)
    if "target" in checked:
        checked["target"] = fields.amount(checked["target"], field="target")
    if "currency" in checked:
        checked["currency"] = fields.currency(checked["currency"], field="currency")
    for name in ("opens_on", "closes_on"):
        if name in checked:
            checked[name] = fields.day(checked[name], field=name)
    opens = checked.get("opens_on", fund.opens_on if fund else None)
    closes = checked.get("closes_on", fund.closes_on if fund else None)
    if opens and closes and closes < opens:
        fields.refuse("closes_on", "It cannot close before it opens.")
    if "description" in checked:
        checked["description"] = fields.prose(checked["description"], field="description", limit=4000)
    return checked


def _refuse_double(name: str, fund: Fund | None) -> None:
    same = Fund.objects.filter(name_key=naming.fold(name))
    others = same.exclude(pk=fund.pk) if fund else same
    if others.exists():
        raise Conflict("There is a fund of that name.", fields={"name": "There is a fund of that name."})
