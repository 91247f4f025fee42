"""Which opportunity a sentence means that names no fund, or one."""

from __future__ import annotations

from crm_site.core.errors import Conflict
from crm_site.investors.models import Fund, Investor, Opportunity


class StageUnclear(Conflict):
    """No fund was named, and the investor has none or several open opportunities. `fields["funds"]`: the choices."""

    code = "stage_unclear"


def find_opportunity(investor: Investor, fund: Fund | None) -> Opportunity | None:
    """The opportunity meant: the one in `fund`; without a fund the single open one. Raises StageUnclear for several."""
    if fund is not None:
        mine = Opportunity.objects.of_living().with_names().filter(investor=investor)
        return mine.filter(fund=fund).order_by("id").first()
    open_ones = open_opportunities(investor)
    if len(open_ones) > 1:
        names = [opportunity.fund.name for opportunity in open_ones]
        raise StageUnclear(
            f"{investor.name} has open opportunities in {', '.join(names)}: say which fund.",
            fields={"funds": names},
        )
    return open_ones[0] if open_ones else None


def open_opportunities(investor: Investor) -> list[Opportunity]:
    """Those neither won nor lost, at most 20."""
    mine = Opportunity.objects.of_living().with_names().filter(investor=investor)
    return list(mine.open().order_by("id")[:20])


def fund_names() -> list[str]:
    """The funds one could choose, newest first, at most 20."""
    return list(Fund.objects.newest_first().values_list("name", flat=True)[:20])
