"""The cells of the grid as markup.

Built by hand, because a page has five hundred cells and a page of the grid has 40 ms: template includes took half a second,
`format_html` 60 ms. The rule here: every value goes through `escape` where it is put into markup; what is called `shown`
is markup already. A test fills every field with `<script>`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from html import escape

from django.utils.safestring import mark_safe

from crm_site.accounts import permissions
from crm_site.accounts.permissions import Verb
from crm_site.core.actor import Actor
from crm_site.core.money import ZERO
from crm_site.core.templatetags import crm
from crm_site.home.grid import addresses, standing
from crm_site.home.grid.columns import Column
from crm_site.home.grid.rows import Row
from crm_site.investors.choices import InvestorType, StageCategory
from crm_site.relations.vocabulary import Vocabulary

Sums = dict[int, tuple[Decimal, Decimal]]
NOTHING = '<span class="faint">–</span>'
TYPES = dict(InvestorType.choices)
#: The right without which a column is for reading only.
VERBS = {
    "stage": Verb.MOVE_STAGE,
    "owner": Verb.EDIT_INVESTOR,
    "type": Verb.EDIT_INVESTOR,
    "location": Verb.EDIT_INVESTOR,
    "source": Verb.EDIT_INVESTOR,
    "committed": Verb.EDIT_OPPORTUNITY,
    "expected": Verb.EDIT_OPPORTUNITY,
    "step": Verb.EDIT_REMINDER,
    "due": Verb.EDIT_REMINDER,
}


@dataclass(frozen=True)
class Sheet:
    """What all cells of a grid have in common. fund: the one the grid is narrowed down to."""

    columns: Sequence[Column]
    words: Vocabulary
    currency: str
    fund: int | None
    verbs: frozenset[Verb]

    def may_edit(self, column: Column) -> bool:
        return VERBS.get(column.field) in self.verbs

    def currency_in(self, fund_id: int) -> str:
        fund = self.words.fund_by_id.get(fund_id)
        return fund.currency if fund else self.currency


def sheet_for(
    actor: Actor, columns: Sequence[Column], words: Vocabulary, currency: str, fund: int | None
) -> Sheet:
    """A sheet that shows as editable what the actor may edit."""
    verbs = frozenset(verb for verb in set(VERBS.values()) if permissions.may(actor, verb))
    return Sheet(columns, words, currency, fund, verbs)


def line(row: Row, sheet: Sheet, *, may_pick: bool) -> str:
    """All cells of a row."""
    parts = [_name(row, may_pick)]
    parts += [_BUILDERS[column.field](row, column, sheet) for column in sheet.columns]
    return mark_safe("".join(parts))


def cell(row: Row, column: Column, sheet: Sheet) -> str:
    """One cell, in the form that grid.js knows."""
    return mark_safe(_BUILDERS[column.field](row, column, sheet))


def _name(row: Row, may_pick: bool) -> str:
    name = escape(row.name)
    box = (
        f'<input type="checkbox" name="ids" value="{row.id}" form="bulk" tabindex="-1" aria-label="Select {name}">'
        if may_pick
        else ""
    )
    link = f'<a href="{escape(addresses.investor(row.id))}" title="{name}">{name}</a>'
    return f'<th scope="row" data-cell><span class="pick">{link}{box}</span></th>'


def _td(row: Row, column: Column, sheet: Sheet, shown: str, mark: str = "") -> str:
    """A cell that may be edited, when the member may. shown: markup."""
    kinds = f"{'num ' if column.numeric else ''}{mark}".strip()
    start = f'<td class="{kinds}" data-cell' if kinds else "<td data-cell"
    if not sheet.may_edit(column):
        return f"{start}>{shown}</td>"
    value, version, subject = standing.of(row, column, sheet.words, sheet.fund)
    address = addresses.cell(row.id, column.key, None if column.fund else sheet.fund)
    about = f' data-subject="{subject}"' if subject else ""
    return (
        f'{start} data-edit-url="{escape(address)}" data-field="{column.key}" '
        f'data-version="{"" if version is None else version}" data-value="{escape(value)}"{about}>{shown}</td>'
    )


def _stage(row: Row, column: Column, sheet: Sheet) -> str:
    stage = sheet.words.stage_by_key.get(standing.of(row, column, sheet.words, sheet.fund).value)
    if stage is None:
        return _td(row, column, sheet, NOTHING)
    is_open = stage.category == StageCategory.OPEN
    colour = f'data-hue="{crm.stage_hue(stage.position)}"' if is_open else f'data-category="{stage.category}"'
    return _td(row, column, sheet, f'<span class="chip stage" {colour}>{escape(stage.label)}</span>')


def _owner(row: Row, column: Column, sheet: Sheet) -> str:
    if not row.owner_name:
        return _td(row, column, sheet, NOTHING)
    avatar = (
        f'<span class="avatar avatar-sm" data-hue="{crm.hue(row.owner_name)}" aria-hidden="true">'
        f"{escape(crm.initials(row.owner_name))}</span>"
    )
    return _td(row, column, sheet, f'<span class="person">{avatar}{escape(row.owner_name)}</span>')


def _type(row: Row, column: Column, sheet: Sheet) -> str:
    return _td(row, column, sheet, escape(TYPES.get(row.type, row.type)))


def _text(row: Row, column: Column, sheet: Sheet) -> str:
    return _td(row, column, sheet, escape(getattr(row, column.field)) or NOTHING)


def _amount(row: Row, column: Column, sheet: Sheet) -> str:
    name, fund = column.field, column.fund or sheet.fund
    deal = row.deal_with_amounts(fund)
    if deal is not None:
        value = getattr(deal, name) or None
        return _td(row, column, sheet, _money(value, sheet.currency_in(deal.fund_id)))
    if fund is not None:
        return _td(row, column, sheet, NOTHING)
    several = [deal for deal in row.deals if deal.is_counted and getattr(deal, name)]
    shown = _by_currency((sheet.currency_in(deal.fund_id), getattr(deal, name)) for deal in several)
    return _td(row, column, sheet, shown)


def _money(value: Decimal | None, currency: str) -> str:
    return str(crm.money(value, currency)) if value else NOTHING


def _by_currency(parts: Iterable[tuple[str, Decimal]]) -> str:
    sums: dict[str, Decimal] = {}
    for currency, amount in parts:
        sums[currency] = sums.get(currency, ZERO) + amount
    largest_first = sorted(sums.items(), key=lambda one: -one[1])
    return " · ".join(_money(total, code) for code, total in largest_first) or NOTHING


def _date(column: Column, day: date | datetime | None) -> str:
    return f'<td class="is-computed" data-cell>{crm.reldate(day) if day else NOTHING}</td>'


def _activity(row: Row, column: Column, sheet: Sheet) -> str:
    return _date(column, row.last_activity_on)


def _since(row: Row, column: Column, sheet: Sheet) -> str:
    return _date(column, row.created_at)


def _step(row: Row, column: Column, sheet: Sheet) -> str:
    if row.step is None:
        return _td(row, column, sheet, NOTHING)
    words = escape(row.step.text)
    return _td(row, column, sheet, f'<span class="steptext" title="{words}">{words}</span>')


def _due(row: Row, column: Column, sheet: Sheet) -> str:
    if row.step is None:
        return _td(row, column, sheet, NOTHING)
    return _td(row, column, sheet, str(crm.reldate(row.step.due_on)), crm.due_class(row.step.due_on))


def _tags(row: Row, column: Column, sheet: Sheet) -> str:
    chips = " ".join(f'<span class="chip">{escape(tag)}</span>' for tag in row.tags)
    return f"<td data-cell>{chips or NOTHING}</td>"


def _people(row: Row, column: Column, sheet: Sheet) -> str:
    return f'<td class="num is-computed" data-cell>{row.people or NOTHING}</td>'


_BUILDERS: dict[str, Callable[[Row, Column, Sheet], str]] = {
    "stage": _stage,
    "owner": _owner,
    "type": _type,
    "location": _text,
    "source": _text,
    "committed": _amount,
    "expected": _amount,
    "activity": _activity,
    "step": _step,
    "due": _due,
    "tags": _tags,
    "people": _people,
    "since": _since,
}


def totals(sums: Sums, count: int, sheet: Sheet) -> str:
    """The last line: what all rows that were asked for come to, by currency."""
    cells = "".join(_total(column, sums, sheet) for column in sheet.columns)
    return mark_safe(f'<th scope="row">{count:,} in all</th>{cells}')


def _total(column: Column, sums: Sums, sheet: Sheet) -> str:
    name = column.field
    if name not in {"committed", "expected"}:
        return "<td></td>"
    fund = column.fund or sheet.fund
    at = 0 if name == "committed" else 1
    parts = [
        (sheet.currency_in(fund_id), pair[at])
        for fund_id, pair in sums.items()
        if pair[at] and fund in (None, fund_id)
    ]
    return f'<td class="num">{_by_currency(parts)}</td>'
