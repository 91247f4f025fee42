"""Opportunities: amounts, and moves from stage to stage."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from crm_site.accounts import permissions
from crm_site.accounts.permissions import Verb
from crm_site.audit import services as audit
from crm_site.core import clock, fields, living, unit, versioned
from crm_site.core.actor import Actor
from crm_site.core.errors import Conflict
from crm_site.investors import choosing
from crm_site.investors.choices import StageCategory
from crm_site.investors.models import Fund, Investor, Opportunity, Stage, StageChange
from crm_site.investors.services.derived import refresh_pipeline

EDITABLE = frozenset({"expected", "committed", "probability", "close_on", "committed_on"})


class OpportunityExists(Conflict):
    """The investor has an opportunity in this fund already."""

    code = "opportunity_exists"


@unit.atomic
def create_opportunity(
    *,
    actor: Actor,
    investor: Investor,
    fund: Fund,
    stage: Stage | None = None,
    expected: Decimal | str | None = None,
    committed: Decimal | str | None = None,
    probability: int | None = None,
    close_on: date | str | None = None,
    committed_on: date | str | None = None,
) -> Opportunity:
    """Open an opportunity; without a stage it starts in the first one. Starting further on is a move and needs that right."""
    permissions.require(actor, Verb.EDIT_OPPORTUNITY, on=[investor, fund, stage])
    first = Stage.objects.in_order().first()
    if stage is not None and first is not None and stage.pk != first.pk:
        permissions.require(actor, Verb.MOVE_STAGE)
    living.hold(investor)
    _require_first(investor, fund)
    values = _checked(
        {
            "expected": expected,
            "committed": committed,
            "probability": probability,
            "close_on": close_on,
            "committed_on": committed_on,
        }
    )
    start = stage or first
    if start is None:
        fields.refuse("stage", "Set up the stages first.")
    if values["committed"] and not values["committed_on"]:
        values["committed_on"] = clock.today()
    opportunity = Opportunity.objects.create(
        organization_id=actor.organization_id,
        created_by_id=actor.user_id,
        investor=investor,
        fund=fund,
        stage=start,
        stage_since=timezone.now(),
        **values,
    )
    _note_move(actor, opportunity, None, start, "")
    shown = {"investor": investor.pk, "fund": fund.name, "stage": start.key, **values}
    made = audit.fresh(shown)
    audit.record(
        actor=actor, action="opportunity.created", subject=opportunity, parent=investor, changes=made
    )
    refresh_pipeline(actor=actor, investor_ids=[investor.pk])
    return opportunity


def _require_first(investor: Investor, fund: Fund) -> None:
    if Opportunity.objects.filter(investor=investor, fund=fund).exists():
        raise OpportunityExists(
            f"{investor.name} has an opportunity in {fund.name} already.",
            fields={"fund": "There is one for this fund already."},
        )


@unit.atomic
def edit_opportunity(
    *, actor: Actor, opportunity: Opportunity, values: Mapping[str, Any], version: int | None = None
) -> versioned.Changes:
    """Change amounts and dates (names as in EDITABLE)."""
    permissions.require(actor, Verb.EDIT_OPPORTUNITY, on=[opportunity])
    checked = _checked(fields.only(values, EDITABLE))
    if checked.get("committed") and not (checked.get("committed_on") or opportunity.committed_on):
        checked["committed_on"] = clock.today()
    changes = versioned.update(opportunity, checked, version=version)
    if changes:
        audit.record(
            actor=actor,
            action="opportunity.edited",
            subject=opportunity,
            parent=opportunity.investor,
            changes=changes,
        )
        refresh_pipeline(actor=actor, investor_ids=[opportunity.investor_id])
    return changes


@unit.atomic
def move_opportunity(
    *, actor: Actor, opportunity: Opportunity, stage: Stage, note: str = "", version: int | None = None
) -> Opportunity:
    """Move to a stage. Standing there already is no error and no entry."""
    permissions.require(actor, Verb.MOVE_STAGE, on=[opportunity, stage])
    old = opportunity.stage
    values: dict[str, Any] = {"stage_id": stage.pk, "stage_since": timezone.now()}
    if old.pk == stage.pk:
        return opportunity
    if stage.category == StageCategory.WON and opportunity.committed_on is None:
        values["committed_on"] = clock.today()
    versioned.update(opportunity, values, version=version)
    opportunity.stage = stage
    _note_move(actor, opportunity, old, stage, fields.line(note, field="note", limit=500))
    audit.record(
        actor=actor,
        action="opportunity.moved",
        subject=opportunity,
        parent=opportunity.investor,
        changes={"stage": (old.key, stage.key)},
        details={"fund": opportunity.fund.name},
    )
    refresh_pipeline(actor=actor, investor_ids=[opportunity.investor_id])
    return opportunity


@unit.atomic
def move_stage(
    *, actor: Actor, investor: Investor, stage: Stage, fund: Fund | None = None, note: str = ""
) -> Opportunity:
    """Move an investor's opportunity: the one in `fund` (opened when missing), else the single open one.

    Raises StageUnclear, with the funds to choose from, when no fund is named and there is not exactly one open.
    """
    permissions.require(actor, Verb.MOVE_STAGE, on=[investor, stage, fund])
    opportunity = choosing.find_opportunity(investor, fund)
    if opportunity is None:
        if fund is None:
            raise choosing.StageUnclear(
                f"{investor.name} has no open opportunity: say which fund.",
                fields={"funds": choosing.fund_names()},
            )
        return create_opportunity(actor=actor, investor=investor, fund=fund, stage=stage)
    return move_opportunity(actor=actor, opportunity=opportunity, stage=stage, note=note)


@unit.atomic
def record_interest(
    *,
    actor: Actor,
    investor: Investor,
    fund: Fund | None,
    expected: Decimal | None = None,
    committed: Decimal | None = None,
) -> tuple[Opportunity, versioned.Changes]:
    """Note what an investor indicated or committed: on the opportunity in `fund` (opened when missing) or the open one."""
    permissions.require(actor, Verb.EDIT_OPPORTUNITY, on=[investor, fund])
    given = {
        name: value for name, value in (("expected", expected), ("committed", committed)) if value is not None
    }
    opportunity = choosing.find_opportunity(investor, fund)
    if opportunity is None:
        if fund is None:
            raise choosing.StageUnclear(
                f"{investor.name} has no open opportunity: say which fund the amount is for.",
                fields={"funds": choosing.fund_names()},
            )
        opportunity = create_opportunity(
            actor=actor, investor=investor, fund=fund, expected=expected, committed=committed
        )
        return opportunity, {name: (None, value) for name, value in given.items()}
    if "committed" in given and "expected" not in given and opportunity.expected:
        # `expected` is what is hoped for beyond `committed`: what is now signed is no longer hoped for.
        rest = opportunity.expected - (given["committed"] - (opportunity.committed or 0))
        given["expected"] = max(rest, type(rest)(0))
    return opportunity, edit_opportunity(actor=actor, opportunity=opportunity, values=given)


def _note_move(actor: Actor, opportunity: Opportunity, old: Stage | None, new: Stage, note: str) -> None:
    StageChange.objects.create(
        organization_id=actor.organization_id,
        opportunity=opportunity,
        from_stage=old,
        to_stage=new,
        changed_at=timezone.now(),
        changed_by_id=actor.user_id,
        note=note,
    )


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    checked = dict(values)
    for name in ("expected", "committed"):
        if name in checked:
            checked[name] = fields.amount(checked[name], field=name)
    if "probability" in checked:
        checked["probability"] = fields.percent(checked["probability"], field="probability")
    for name in ("close_on", "committed_on"):
        if name in checked:
            checked[name] = fields.day(checked[name], field=name)
    return checked
