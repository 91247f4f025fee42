"""The grid as a spreadsheet: what was asked for, all pages of it, a bounded part at a time."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from decimal import Decimal

from crm_site.accounts.models import Organization
from crm_site.core.money import ZERO
from crm_site.core.scope import scope
from crm_site.home.grid import matching, rows
from crm_site.home.grid.asked import Asked
from crm_site.home.grid.columns import Column
from crm_site.home.grid.rows import Row
from crm_site.investors.choices import InvestorType
from crm_site.relations.vocabulary import Vocabulary

PART = 500
#: What a spreadsheet takes for the start of a formula (OWASP ASVS 1.2.10), with the wide forms some of them fold.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
#: Without it Excel reads UTF-8 as the system's old code page.
BYTE_ORDER_MARK = "\ufeff"


class _Echo:
    """What the csv writer writes to: it hands each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def harmless(value: str) -> str:
    """A text that no spreadsheet runs: `=HYPERLINK(…)` as an investor's name must stay a name."""
    return (
        f"'{value}"
        if value.startswith(FORMULA_STARTS) or value.lstrip().startswith(FORMULA_STARTS)
        else value
    )


def lines(
    organization: Organization,
    asked: Asked,
    columns: Sequence[Column],
    words: Vocabulary,
    user_id: int | None,
) -> Iterator[str]:
    """The lines of the file. They are drawn after the request's scope has ended, so each part enters it anew."""
    writer = csv.writer(_Echo())
    yield BYTE_ORDER_MARK + writer.writerow([harmless(title) for title in _head(columns, asked, words)])
    with scope(organization):
        every = matching.matching(asked, words, user_id)
        first, rest = matching.ordered(every, asked)
        ids = list(first.values_list("pk", flat=True))
        ids += list(rest.values_list("pk", flat=True)) if rest is not None else []
    for start in range(0, len(ids), PART):
        with scope(organization):
            part = rows.some(ids[start : start + PART], columns, words)
        for row in part:
            yield writer.writerow(
                [harmless(cell) for cell in _line(row, columns, asked, words, organization)]
            )


def _head(columns: Sequence[Column], asked: Asked, words: Vocabulary) -> list[str]:
    """Amounts name their currency, because a column of bare numbers would be added up across currencies."""
    titles = ["Investor"]
    for column in columns:
        fund = words.fund_by_id.get(column.fund or asked.fund or 0)
        titles.append(f"{column.label} ({fund.currency})" if column.numeric and fund else column.label)
    return titles


def _line(
    row: Row, columns: Sequence[Column], asked: Asked, words: Vocabulary, organization: Organization
) -> list[str]:
    return [row.name, *(_cell(row, column, asked, words, organization.currency) for column in columns)]


def _cell(row: Row, column: Column, asked: Asked, words: Vocabulary, currency: str) -> str:
    if column.field in {"committed", "expected"}:
        return _amounts(row, column, column.fund or asked.fund, words, currency)
    if column.field == "stage":
        deal = row.deal_in(asked.fund)
        stage_id = deal.stage_id if deal else None if asked.fund else row.stage_id
        stage = words.stage_by_id.get(stage_id or 0)
        return stage.label if stage else ""
    simple: dict[str, object] = {
        "owner": row.owner_name,
        "type": InvestorType(row.type).label,
        "activity": row.last_activity_on,
        "step": row.step and row.step.text,
        "due": row.step and row.step.due_on,
        "location": row.location,
        "tags": ", ".join(row.tags),
        "people": row.people,
        "source": row.source,
        "since": row.created_at.date(),
    }
    value = simple[column.field]
    return "" if value is None else str(value)


def _amounts(row: Row, column: Column, fund: int | None, words: Vocabulary, currency: str) -> str:
    sums: dict[str, Decimal] = {}
    for deal in row.deals:
        amount = getattr(deal, column.field)
        if amount and (deal.is_counted if fund is None else deal.fund_id == fund):
            known = words.fund_by_id.get(deal.fund_id)
            code = known.currency if known else currency
            sums[code] = sums.get(code, ZERO) + amount
    if len(sums) == 1 and (fund is not None or currency in sums):
        return f"{next(iter(sums.values())):f}"
    return "; ".join(f"{code} {total:f}" for code, total in sorted(sums.items()))
