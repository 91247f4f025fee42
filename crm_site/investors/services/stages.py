"""The pipeline's steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.text import slugify

from crm_site.accounts import permissions
from crm_site.accounts.permissions import Verb
from crm_site.audit import services as audit
from crm_site.core import fields, naming, unit, versioned
from crm_site.core.actor import Actor
from crm_site.core.errors import Conflict, Invalid
from crm_site.investors.choices import DEFAULT_STAGES, StageCategory
from crm_site.investors.models import Stage

EDITABLE = frozenset({"label", "category", "probability"})


class StageInUse(Conflict):
    """Opportunities stand in the stage, so it cannot go."""

    code = "stage_in_use"


@unit.atomic
def make_default_stages(*, actor: Actor) -> list[Stage]:
    """Give the organization the stages every raise starts with, unless it has some."""
    permissions.require(actor, Verb.MANAGE_STAGES)
    standing = list(Stage.objects.in_order())
    if standing:
        return standing
    return [
        create_stage(
            actor=actor, label=spec.label, key=spec.key, category=spec.category, probability=spec.probability
        )
        for spec in DEFAULT_STAGES
    ]


@unit.atomic
def create_stage(
    *, actor: Actor, label: str, key: str = "", category: str = StageCategory.OPEN, probability: int = 0
) -> Stage:
    """Add a stage at the end. The key is made from the label once and never changes."""
    permissions.require(actor, Verb.MANAGE_STAGES)
    values = _checked({"label": label, "category": category, "probability": probability})
    stable = key or slugify(naming.fold(values["label"])).replace("-", "_")[:40]
    if not stable or Stage.objects.filter(key=stable).exists():
        raise Conflict("There is a stage of that name.", fields={"label": "There is a stage of that name."})
    last = Stage.objects.order_by("-position").values_list("position", flat=True).first()
    stage = Stage.objects.create(
        organization_id=actor.organization_id,
        created_by_id=actor.user_id,
        key=stable,
        position=(last or 0) + 1,
        **values,
    )
    audit.record(
        actor=actor, action="stage.created", subject=stage, changes=audit.fresh({"key": stable, **values})
    )
    return stage


@unit.atomic
def edit_stage(
    *, actor: Actor, stage: Stage, values: Mapping[str, Any], version: int | None = None
) -> versioned.Changes:
    """Change label, category or probability."""
    permissions.require(actor, Verb.MANAGE_STAGES, on=[stage])
    changes = versioned.update(stage, _checked(fields.only(values, EDITABLE)), version=version)
    if changes:
        audit.record(actor=actor, action="stage.edited", subject=stage, changes=changes)
    return changes


@unit.atomic
def reorder_stages(*, actor: Actor, stage_ids: Sequence[int]) -> list[Stage]:
    """Put the stages into this order. All of them must be named, once each."""
    permissions.require(actor, Verb.MANAGE_STAGES)
    standing = {stage.pk: stage for stage in Stage.objects.in_order()}
    if sorted(stage_ids) != sorted(standing):
        raise Invalid("Name every stage once.", fields={"stages": "Name every stage once."})
    for position, stage_id in enumerate(stage_ids, start=1):
        stage = standing[stage_id]
        changes = versioned.update(stage, {"position": position})
        if changes:
            audit.record(actor=actor, action="stage.moved", subject=stage, changes=changes)
    return [standing[stage_id] for stage_id in stage_ids]


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    checked = dict(values)
    if "label" in checked:
        checked["label"] = fields.line(checked["label"], field="label", limit=60, required=True)
    if "category" in checked:
        checked["category"] = fields.choice(
            checked["category"], field="category", options=StageCategory.values
        )
    if "probability" in checked:
        checked["probability"] = fields.percent(checked["probability"], field="probability") or 0
    return checked
