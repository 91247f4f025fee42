"""Creating, changing, retiring and reviving investors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from crm_site.accounts import members, permissions
from crm_site.accounts.permissions import Verb
from crm_site.audit import services as audit
from crm_site.core import fields, living, naming, text, unit, versioned
from crm_site.core.actor import Actor
from crm_site.core.errors import Conflict, Invalid
from crm_site.investors import names
from crm_site.investors.choices import InvestorType
from crm_site.investors.models import Investor, InvestorAlias, InvestorGram, InvestorTag, Tag

MAX_TAGS = 30
EDITABLE = frozenset({"name", "type", "assigned_to_id", "location", "website", "lead_source", "notes"})


class AlreadyRetired(Conflict):
    """The investor is in the graveyard already."""

    code = "already_retired"


class AlreadyLive(Conflict):
    """The investor is not in the graveyard."""

    code = "already_live"


@unit.atomic
def create_investor(
    *,
    actor: Actor,
    name: str,
    type: str = InvestorType.OTHER,
    assigned_to_id: int | None = None,
    location: str = "",
    website: str = "",
    lead_source: str = "",
    notes: str = "",
) -> Investor:
    """Add an investor. Doubles are not refused (two firms may share a name); the matcher and merging deal with them."""
    permissions.require(actor, Verb.EDIT_INVESTOR)
    values = _checked(
        {
            "name": name,
            "type": type,
            "assigned_to_id": assigned_to_id,
            "location": location,
            "website": website,
            "lead_source": lead_source,
            "notes": notes,
        }
    )
    investor = Investor.objects.create(
        organization_id=actor.organization_id,
        created_by_id=actor.user_id,
        **values,
        **names.keys(values["name"], values["website"]),
    )
    InvestorGram.objects.bulk_create(names.gram_rows(investor, names.grams_of(investor, [])))
    audit.record(actor=actor, action="investor.created", subject=investor, changes=audit.fresh(values))
    return investor


@unit.atomic
def edit_investor(
    *, actor: Actor, investor: Investor, values: Mapping[str, Any], version: int | None = None
) -> versioned.Changes:
    """Change fields (names as in EDITABLE). version: the one the editor saw; a stale one raises StaleEdit."""
    permissions.require(actor, Verb.EDIT_INVESTOR, on=[investor])
    checked = _checked(fields.only(values, EDITABLE))
    stored = dict(checked)
    if checked.keys() & {"name", "website"}:
        stored |= names.keys(checked.get("name", investor.name), checked.get("website", investor.website))
    changes = versioned.update(investor, stored, version=version)
    shown = {name: pair for name, pair in changes.items() if name in EDITABLE}
    if "name" in shown:
        _rebuild_grams(investor)
    if shown:
        audit.record(actor=actor, action="investor.edited", subject=investor, changes=shown)
    return shown


@unit.atomic
def retire_investor(*, actor: Actor, investor: Investor, reason: str, version: int | None = None) -> Investor:
    """Put an investor into the graveyard: out of every live list, kept and searchable on request."""
    permissions.require(actor, Verb.RETIRE_INVESTOR, on=[investor])
    if investor.graveyard_at is not None:
        raise AlreadyRetired(f"{investor.name} is in the graveyard already.")
    values = {
        "graveyard_at": timezone.now(),
        "graveyard_reason": text.shorten(reason, 300),
        "graveyard_by_id": actor.user_id,
    }
    changes = versioned.update(investor, values, version=version)
    audit.record(actor=actor, action="investor.retired", subject=investor, changes=changes)
    return investor


@unit.atomic
def revive_investor(*, actor: Actor, investor: Investor, version: int | None = None) -> Investor:
    """Bring an investor back from the graveyard."""
    permissions.require(actor, Verb.RETIRE_INVESTOR, on=[investor])
    if investor.graveyard_at is None:
        raise AlreadyLive(f"{investor.name} is not in the graveyard.")
    values = {"graveyard_at": None, "graveyard_reason": "", "graveyard_by_id": None}
    changes = versioned.update(investor, values, version=version)
    audit.record(actor=actor, action="investor.revived", subject=investor, changes=changes)
    return investor


@unit.atomic
def add_alias(*, actor: Actor, investor: Investor, name: str) -> InvestorAlias:
    """Note another name the investor goes by. Raises Conflict when a living investor has it as alias already."""
    permissions.require(actor, Verb.EDIT_INVESTOR, on=[investor])
    living.hold(investor)
    title = fields.line(name, field="name", limit=200, required=True)
    try:
        with unit.savepoint():
            alias = InvestorAlias.objects.create(
                organization_id=actor.organization_id,
                created_by_id=actor.user_id,
                investor=investor,
                name=title,
                name_key=naming.firm_key(title),
            )
    except IntegrityError:
        raise Conflict(f"“{title}” is an alias already.", fields={"name": "This alias is taken."}) from None
    _rebuild_grams(investor)
    audit.record(
        actor=actor,
        action="alias.created",
        subject=alias,
        parent=investor,
        changes=audit.fresh({"name": title}),
    )
    return alias


@unit.atomic
def set_tags(*, actor: Actor, investor: Investor, tags: Iterable[str]) -> list[Tag]:
    """Give an investor exactly these tags; new words become tags."""
    permissions.require(actor, Verb.EDIT_INVESTOR, on=[investor])
    living.hold(investor)
    wanted = {naming.fold(tag): text.shorten(tag, 40) for tag in tags if naming.fold(tag)}
    if len(wanted) > MAX_TAGS:
        raise Invalid("That is too many tags.", fields={"tags": f"At most {MAX_TAGS} tags."})
    standing = {tag.key: tag for tag in Tag.objects.filter(key__in=wanted)}
    for key in wanted.keys() - standing.keys():
        standing[key] = Tag.objects.create(
            organization_id=actor.organization_id, created_by_id=actor.user_id, name=wanted[key], key=key
        )
    links = InvestorTag.objects.filter(investor=investor).select_related("tag")
    old = sorted(link.tag.name for link in links)
    links.exclude(tag__in=standing.values()).delete()
    InvestorTag.objects.bulk_create(
        [
            InvestorTag(organization_id=actor.organization_id, investor=investor, tag=tag)
            for tag in standing.values()
            if tag.pk not in {link.tag_id for link in links}
        ],
        ignore_conflicts=True,
    )
    new = sorted(tag.name for tag in standing.values())
    if old != new:
        audit.record(actor=actor, action="investor.tagged", subject=investor, changes={"tags": (old, new)})
    return sorted(standing.values(), key=lambda tag: tag.name)


@unit.atomic
def refresh_names(*, actor: Actor, investor_ids: Iterable[int]) -> None:
    """Rebuild what fuzzy look-ups know of these investors, after aliases came or went by another way."""
    for investor in Investor.objects.filter(pk__in=list(investor_ids), organization_id=actor.organization_id):
        _rebuild_grams(investor)


def _rebuild_grams(investor: Investor) -> None:
    InvestorGram.objects.filter(investor=investor).delete()
    InvestorGram.objects.bulk_create(
        names.gram_rows(investor, names.grams_of(investor, names.alias_names(investor)))
    )


_LINES = {"location": 120, "website": 200, "lead_source": 80}


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    checked = dict(values)
    if "name" in checked:
        checked["name"] = fields.line(checked["name"], field="name", limit=200, required=True)
    if "type" in checked:
        checked["type"] = fields.choice(checked["type"], field="type", options=InvestorType.values)
    if "assigned_to_id" in checked:
        checked["assigned_to_id"] = members.checked_user_id(checked["assigned_to_id"], field="assigned_to")
    for name in _LINES.keys() & checked.keys():
        checked[name] = fields.line(checked[name], field=name, limit=_LINES[name])
    if "notes" in checked:
        checked["notes"] = fields.prose(checked["notes"], field="notes", limit=10_000)
    return checked
