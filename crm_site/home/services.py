"""Writes over many records at once: one unit of work each, through the services of their nouns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crm_site.accounts import permissions
from crm_site.accounts.permissions import Verb
from crm_site.core import fields, naming, unit
from crm_site.core.actor import Actor
from crm_site.core.errors import NotFound
from crm_site.investors import services as investors
from crm_site.investors.models import Fund, Investor, InvestorTag, Opportunity, Stage, Tag

#: As many as one can see and tick; a larger change is an import.
MAX_AT_ONCE = 200
Before = list[tuple[int, str]]


@unit.atomic
def assign_many(*, actor: Actor, investor_ids: Sequence[int], user_id: int | None) -> Before:
    """Give investors an owner (None: nobody). Returns what was before, for undoing: investor id, old owner's id."""
    permissions.require(actor, Verb.EDIT_INVESTOR)
    before: Before = []
    for investor in _live(investor_ids):
        old = investor.assigned_to_id
        if investors.edit_investor(actor=actor, investor=investor, values={"assigned_to_id": user_id}):
            before.append((investor.pk, str(old or "")))
    return before


@unit.atomic
def move_many(*, actor: Actor, investor_ids: Sequence[int], stage: Stage, fund: Fund | None) -> Before:
    """Move each investor's opportunity: the one in `fund`, else the single open one.

    Returns opportunity id and old stage's key of those that stood elsewhere; one that this opened has nothing to go back
    to. Raises StageUnclear when one of them has none or several open and no fund is named; then none is moved.
    """
    permissions.require(actor, Verb.MOVE_STAGE, on=[stage, fund])
    before: Before = []
    for investor in _live(investor_ids):
        known = {
            opportunity.pk: opportunity.stage.key
            for opportunity in Opportunity.objects.of_living().with_names().filter(investor=investor)
        }
        moved = investors.move_stage(actor=actor, investor=investor, stage=stage, fund=fund)
        if known.get(moved.pk, stage.key) != stage.key:
            before.append((moved.pk, known[moved.pk]))
    return before


@unit.atomic
def tag_many(*, actor: Actor, investor_ids: Sequence[int], tag: str) -> Before:
    """Add a tag to investors. Returns those that did not have it: investor id, the tag's key."""
    permissions.require(actor, Verb.EDIT_INVESTOR)
    name = fields.line(tag, field="tag", limit=40, required=True)
    key = naming.fold(name)
    before: Before = []
    for investor in _live(investor_ids):
        has = _tags_of(investor)
        if key not in {known.key for known in has}:
            investors.set_tags(actor=actor, investor=investor, tags=[*(known.name for known in has), name])
            before.append((investor.pk, key))
    return before


@unit.atomic
def retire_many(*, actor: Actor, investor_ids: Sequence[int], reason: str) -> Before:
    """Put investors into the graveyard. Returns their ids."""
    permissions.require(actor, Verb.RETIRE_INVESTOR)
    for investor in _live(investor_ids):
        investors.retire_investor(actor=actor, investor=investor, reason=reason)
    return [(investor_id, "") for investor_id in dict.fromkeys(investor_ids)]


@unit.atomic
def take_back(*, actor: Actor, action: str, before: Iterable[tuple[int, str]]) -> int:
    """Undo one of the above by what it returned. Returns how many records were put back."""
    permissions.require(actor, Verb.READ)
    done = 0
    for row_id, old in before:
        _BACK[action](actor, row_id, old)
        done += 1
    return done


def _live(investor_ids: Sequence[int]) -> list[Investor]:
    wanted = list(dict.fromkeys(investor_ids))
    if not wanted:
        fields.refuse("ids", "Tick some investors first.")
    if len(wanted) > MAX_AT_ONCE:
        fields.refuse("ids", f"At most {MAX_AT_ONCE} investors at once.")
    found = list(Investor.objects.live().filter(pk__in=wanted).order_by("id"))
    if len(found) != len(wanted):
        raise NotFound("Some of these investors are gone. Reload the grid and tick them again.")
    return found


def _tags_of(investor: Investor) -> list[Tag]:
    links = InvestorTag.objects.filter(investor=investor, tag__deleted_at__isnull=True).select_related("tag")
    return [link.tag for link in links.order_by("tag__name")]


def _assign_back(actor: Actor, row_id: int, old: str) -> None:
    investor = _one(row_id)
    investors.edit_investor(
        actor=actor, investor=investor, values={"assigned_to_id": int(old) if old else None}
    )


def _move_back(actor: Actor, row_id: int, old: str) -> None:
    opportunity = Opportunity.objects.with_names().filter(pk=row_id).first()
    stage = Stage.objects.filter(key=old).first()
    if opportunity is None or stage is None:
        raise NotFound("One of them cannot be put back: it is new, or deleted.")
    investors.move_opportunity(actor=actor, opportunity=opportunity, stage=stage)


def _untag(actor: Actor, row_id: int, old: str) -> None:
    investor = _one(row_id)
    kept = [tag.name for tag in _tags_of(investor) if tag.key != old]
    investors.set_tags(actor=actor, investor=investor, tags=kept)


def _revive(actor: Actor, row_id: int, old: str) -> None:
    investors.revive_investor(actor=actor, investor=_one(row_id))


def _one(investor_id: int) -> Investor:
    investor = Investor.objects.filter(pk=investor_id).first()
    if investor is None:
        raise NotFound("One of them was deleted meanwhile.")
    return investor


_BACK = {"owner": _assign_back, "stage": _move_back, "tag": _untag, "retire": _revive}
