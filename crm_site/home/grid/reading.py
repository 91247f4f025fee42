"""One page of the grid, put together from what its address asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.paginator import Page, Paginator
from django.db.models import Sum

from crm_site.core.money import ZERO
from crm_site.home.grid import matching, rows
from crm_site.home.grid.asked import Asked
from crm_site.home.grid.columns import Column
from crm_site.home.grid.rows import PAGE_SIZE, Row
from crm_site.investors.models import Opportunity
from crm_site.relations.vocabulary import Vocabulary


@dataclass(frozen=True)
class Found:
    """A page of rows. count: of all pages. sums: by fund, when they were to be had without another query."""

    rows: list[Row]
    count: int
    page: Page[int]
    sums: dict[int, tuple[Decimal, Decimal]] | None


def read(asked: Asked, columns: Sequence[Column], words: Vocabulary, user_id: int | None) -> Found:
    """The page that was asked for; the last one when there are not so many."""
    every = matching.matching(asked, words, user_id)
    first, rest = matching.ordered(every, asked)
    start = (asked.page - 1) * PAGE_SIZE
    found = rows.page(first, rest, start, columns, words)
    is_last = 0 < len(found) < PAGE_SIZE or (not found and not start)
    count = start + len(found) if is_last else every.count()
    numbers = Paginator(range(count), PAGE_SIZE)
    page = numbers.get_page(asked.page)
    if not found and count:
        found = rows.page(first, rest, (page.number - 1) * PAGE_SIZE, columns, words)
    whole = count == len(found)
    return Found(found, count, page, rows.sums(found) if whole else None)


def sums(asked: Asked, words: Vocabulary, user_id: int | None) -> dict[int, tuple[Decimal, Decimal]]:
    """Committed and expected per fund over all pages: one query, but it has to look at every row."""
    every = matching.matching(asked, words, user_id)
    counted = Opportunity.objects.counted().filter(fund__deleted_at__isnull=True)
    if asked.is_filtered:
        counted = counted.filter(investor_id__in=every.values("pk"))
    else:
        counted = counted.of_live_investors()
    by_fund = counted.order_by().values("fund_id").annotate(sure=Sum("committed"), hoped=Sum("expected"))
    return {one["fund_id"]: (one["sure"] or ZERO, one["hoped"] or ZERO) for one in by_fund}


def count(asked: Asked, words: Vocabulary, user_id: int | None) -> int:
    """How many investors pass all filters."""
    return matching.matching(asked, words, user_id).count()
