"""The keys and pieces under which an investor is found by name."""

from __future__ import annotations

from crm_site.core import naming
from crm_site.investors.models import Investor, InvestorAlias, InvestorGram


def keys(name: str, website: str) -> dict[str, str]:
    """The stored keys of an investor's row."""
    return {"name_key": naming.firm_key(name), "domain": naming.web_domain(website)}


def grams_of(investor: Investor, aliases: list[str]) -> frozenset[str]:
    """The pieces of the name and of all other names."""
    found = naming.trigrams(investor.name_key)
    for alias in aliases:
        found |= naming.trigrams(naming.firm_key(alias))
    return found


def gram_rows(investor: Investor, grams: frozenset[str]) -> list[InvestorGram]:
    """Rows for the pieces, not yet stored."""
    return [
        InvestorGram(organization_id=investor.organization_id, investor_id=investor.pk, gram=gram)
        for gram in sorted(grams)
    ]


def alias_names(investor: Investor) -> list[str]:
    """The other names the investor goes by."""
    return list(InvestorAlias.objects.filter(investor=investor).order_by("id").values_list("name", flat=True))
