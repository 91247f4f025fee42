"""What can be merged, and what a merge asks of each noun."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from crm_site.communications import services as communications
from crm_site.contacts import services as contacts
from crm_site.contacts.models import Contact
from crm_site.core import naming, unit
from crm_site.core.actor import Actor
from crm_site.core.errors import CrmError, Invalid
from crm_site.core.models import Kept
from crm_site.investors import services as investors
from crm_site.investors.choices import InvestorType
from crm_site.investors.models import Investor, InvestorAlias


@dataclass(frozen=True)
class Noun:
    """fields: those chosen side by side. empty: values that are worth less than any other. edit: the noun's own service."""

    fields: tuple[str, ...]
    empty: frozenset[Any]
    edit: Callable[..., Any]


_NOUNS: dict[type[Kept], Noun] = {
    Investor: Noun(
        ("name", "type", "assigned_to_id", "location", "website", "lead_source", "notes"),
        frozenset({None, "", InvestorType.OTHER.value}),
        lambda actor, row, values: investors.edit_investor(actor=actor, investor=row, values=values),
    ),
    Contact: Noun(
        ("name", "linkedin", "notes"),
        frozenset({None, ""}),
        lambda actor, row, values: contacts.edit_contact(actor=actor, contact=row, values=values),
    ),
}
MAX_NOTES = 10_000


def of(row: Kept) -> Noun:
    """What a merge of this kind of record knows. Raises Invalid for a kind that cannot be merged."""
    try:
        return _NOUNS[type(row)]
    except KeyError:
        raise Invalid(f"{row._meta.verbose_name_plural} cannot be merged.") from None


def model_of(label: str) -> type[Kept]:
    """The table of a label. Raises Invalid."""
    for model in _NOUNS:
        if model._meta.label_lower == label:
            return model
    raise Invalid(f"{label} cannot be merged.")


def best(survivor: Kept, absorbed: Kept, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """What the survivor's fields become: the value chosen, else its own unless that is empty; notes of both are kept."""
    noun = of(survivor)
    unknown = chosen.keys() - set(noun.fields)
    if unknown:
        raise Invalid("There is no such field.", fields={name: "Not a field of a merge." for name in unknown})
    values: dict[str, Any] = {}
    for name in noun.fields:
        ours, theirs = getattr(survivor, name), getattr(absorbed, name)
        if name in chosen:
            values[name] = chosen[name]
        elif name == "notes" and ours and theirs:
            values[name] = _both(ours, theirs)[:MAX_NOTES]
        else:
            values[name] = theirs if ours in noun.empty and theirs not in noun.empty else ours
    return {name: value for name, value in values.items() if value != getattr(survivor, name)}


def _both(ours: str, theirs: str) -> str:
    """Our notes, then those paragraphs of theirs that we lack: in which order three records are merged must not matter."""
    known = {part.strip() for part in ours.split("\n\n")}
    return "\n\n".join([ours, *(part for part in theirs.split("\n\n") if part.strip() not in known)])


def add_aliases(*, actor: Actor, survivor: Kept, names: Iterable[str]) -> list[InvestorAlias]:
    """The firm is found by each of these names from now on. Nothing for people, and for a name that finds it already."""
    if not isinstance(survivor, Investor):
        return []
    made = []
    for name in dict.fromkeys(names):
        key = naming.firm_key(name)
        if key == naming.firm_key(survivor.name) or InvestorAlias.objects.filter(name_key=key).exists():
            continue
        made.append(investors.add_alias(actor=actor, investor=survivor, name=name))
    return made


def refresh(*, actor: Actor, rows: Iterable[Kept]) -> None:
    """Bring what is derived from the moved rows up to date."""
    ids = {row.pk for row in rows if isinstance(row, Investor)}
    if ids:
        investors.refresh_names(actor=actor, investor_ids=ids)
        investors.refresh_pipeline(actor=actor, investor_ids=ids)
        communications.refresh_activity(actor=actor, investor_ids=ids)


def put_back(*, actor: Actor, row: Kept, fields: Mapping[str, Any]) -> list[str]:
    """Give the survivor its former values where they are still the merged ones; return what had to stay."""
    former = {name: old for name, (old, new) in fields.items() if getattr(row, name) == new}
    changed_since = [
        f"{name.removesuffix('_id').replace('_', ' ')} was changed since"
        for name in fields
        if name not in former
    ]
    # One by one: an owner who has left the firm must not keep the name from coming back.
    for name, old in former.items():
        try:
            with unit.savepoint():
                of(row).edit(actor, row, {name: old})
        except CrmError as error:
            changed_since.append(error.message)
    return changed_since
