"""The two kinds of records that can be merged, as these pages know them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crm_site.contacts.models import Contact
from crm_site.core.models import Kept
from crm_site.investors.models import Investor


@dataclass(frozen=True)
class Kind:
    """key: as in a pair of the queue. page: URL name of one record. fields: those chosen side by side, with labels."""

    key: str
    plural: str
    model: Any
    page: str
    fields: tuple[tuple[str, str], ...]

    @property
    def label(self) -> str:
        return str(self.model._meta.label_lower)


INVESTOR = Kind(
    "investor",
    "investors",
    Investor,
    "investors:detail",
    (
        ("name", "Name"),
        ("type", "Type"),
        ("assigned_to_id", "Owner"),
        ("location", "Location"),
        ("website", "Website"),
        ("lead_source", "Lead source"),
        ("notes", "Notes"),
    ),
)
CONTACT = Kind(
    "contact",
    "contacts",
    Contact,
    "contacts:detail",
    (("name", "Name"), ("linkedin", "LinkedIn"), ("notes", "Notes")),
)
ALL = (INVESTOR, CONTACT)


def of_label(label: str) -> Kind:
    """The kind of a table's label. Raises LookupError."""
    for kind in ALL:
        if kind.label == label:
            return kind
    raise LookupError(label)


def of_row(row: Kept) -> Kind:
    """The kind of a record. Raises LookupError."""
    return of_label(row._meta.label_lower)
