"""The cells of the grid as markup, built in Python: five hundred template includes would take most of a second."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.html import format_html, format_html_join

from crm_site.accounts import permissions
from crm_site.accounts.permissions import Verb
from crm_site.core.actor import Actor
from crm_site.core.money import ZERO
from crm_site.core.templatetags import crm
from crm_site.home.grid import addresses, standing
from crm_site.home.grid.columns import Column
from crm_site.home.grid.rows import Row
from crm_site.home.grid.vocabulary import Vocabulary
from crm_site.investors.choices import InvestorType, StageCategory

Sums = dict[int, tuple[Decimal, Decimal]]
NOTHING = format_html('<span class="{}">–</span>', "faint")
EMPTY = format_html("<td>{}</td>", "")
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
    cells = [_name(row, may_pick), *(cell(row, column, sheet) for column in sheet.columns)]
    return format_html_join("", "{}", ((one,) for one in cells))


def cell(row: Row, column: Column, sheet: Sheet) -> str:
    """One cell, in the form that grid.js knows."""
    return _BUILDERS[column.field](row, column, sheet)


def _name(row: Row, may_pick: bool) -> str:
    link = format_html('<a href="{}" title="{}">{}</a>', addresses.investor(row.id), row.name, row.name)
    if not may_pick:
        return format_html('<th scope="row" data-cell><span class="pick">{}</span></th>', link)
    return format_html(
        '<th scope="row" data-cell><span class="pick">{}'
        '<input type="checkbox" name="ids" value="{}" form="bulk" tabindex="-1" aria-label="Select {}"></span></th>',
        link, row.id, row.name,
    )  # fmt: skip


def _td(row: Row, column: Column, sheet: Sheet, shown: str, mark: str = "") -> str:
    """A cell that may be edited, when the member may."""
    kinds = f"{'num ' if column.numeric else ''}{mark}".strip()
    if not sheet.may_edit(column):
        return format_html('<td class="{}" data-cell>{}</td>', kinds, shown)
    value, version, subject = standing.of(row, column, sheet.words, sheet.fund)
    return format_html(
        '<td class="{}" data-cell data-edit-url="{}" data-field="{}" data-version="{}" data-value="{}" data-subject="{}">'
        "{}</td>",
        kinds,
        addresses.cell(row.id, column.key, None if column.fund else sheet.fund),
        column.key,
        "" if version is None else version,
        value,
        subject,
        shown,
    )


def _stage(row: Row, column: Column, sheet: Sheet) -> str:
    stage = sheet.words.stage_by_key.get(standing.of(row, column, sheet.words, sheet.fund).value)
    if stage is None:
        return _td(row, column, sheet, NOTHING)
    is_open = stage.category == StageCategory.OPEN
    colour = ("data-hue", crm.stage_hue(stage.position)) if is_open else ("data-category", stage.category)
    return _td(
        row, column, sheet, format_html('<span class="chip stage" {}="{}">{}</span>', *colour, stage.label)
    )


def _owner(row: Row, column: Column, sheet: Sheet) -> str:
    if not row.owner_name:
        return _td(row, column, sheet, NOTHING)
    shown = format_html(
        '<span class="person"><span class="avatar avatar-sm" data-hue="{}" aria-hidden="true">{}</span>{}</span>',
        crm.hue(row.owner_name), crm.initials(row.owner_name), row.owner_name,
    )  # fmt: skip
    return _td(row, column, sheet, shown)


def _type(row: Row, column: Column, sheet: Sheet) -> str:
    return _td(row, column, sheet, TYPES.get(row.type, row.type))


def _text(row: Row, column: Column, sheet: Sheet) -> str:
    return _td(row, column, sheet, getattr(row, column.field) or NOTHING)


def _amount(row: Row, column: Column, sheet: Sheet) -> str:
    name, fund = column.field, column.fund or sheet.fund
    deal = row.deal_with_amounts(fund)
    if deal is not None:
        value = getattr(deal, name) or None
        return _td(row, column, sheet, crm.money(value, sheet.currency_in(deal.fund_id)))
    if fund is not None:
        return _td(row, column, sheet, NOTHING)
    several = [deal for deal in row.deals if deal.is_counted and getattr(deal, name)]
    shown = _by_currency((sheet.currency_in(deal.fund_id), getattr(deal, name)) for deal in several)
    return _td(row, column, sheet, shown)


def _by_currency(parts: Iterable[tuple[str, Decimal]]) -> str:
    sums: dict[str, Decimal] = {}
    for currency, amount in parts:
        sums[currency] = sums.get(currency, ZERO) + amount
    if not sums:
        return NOTHING
    largest_first = sorted(sums.items(), key=lambda one: -one[1])
    return format_html_join(" · ", "{}", ((crm.money(total, code),) for code, total in largest_first))


def _activity(row: Row, column: Column, sheet: Sheet) -> str:
    return format_html('<td class="is-computed" data-cell>{}</td>', crm.reldate(row.last_activity_on))


def _step(row: Row, column: Column, sheet: Sheet) -> str:
    if row.step is None:
        return _td(row, column, sheet, NOTHING)
    words = row.step.text
    return _td(row, column, sheet, format_html('<span class="steptext" title="{}">{}</span>', words, words))


def _due(row: Row, column: Column, sheet: Sheet) -> str:
    if row.step is None:
        return _td(row, column, sheet, NOTHING)
    return _td(row, column, sheet, crm.reldate(row.step.due_on), crm.due_class(row.step.due_on))


def _tags(row: Row, column: Column, sheet: Sheet) -> str:
    chips = format_html_join(" ", '<span class="chip">{}</span>', ((tag,) for tag in row.tags))
    return format_html("<td data-cell>{}</td>", chips or NOTHING)


def _people(row: Row, column: Column, sheet: Sheet) -> str:
    return format_html('<td class="num is-computed" data-cell>{}</td>', row.people or NOTHING)


def _since(row: Row, column: Column, sheet: Sheet) -> str:
    return format_html('<td class="is-computed" data-cell>{}</td>', crm.reldate(row.created_at))


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
    head = format_html('<th scope="row">{} in all</th>', f"{count:,}")
    cells = [head, *(_total(column, sums, sheet) for column in sheet.columns)]
    return format_html_join("", "{}", ((one,) for one in cells))


def _total(column: Column, sums: Sums, sheet: Sheet) -> str:
    name = column.field
    if name not in {"committed", "expected"}:
        return EMPTY
    fund = column.fund or sheet.fund
    at = 0 if name == "committed" else 1
    parts = [
        (sheet.currency_in(fund_id), pair[at])
        for fund_id, pair in sums.items()
        if pair[at] and fund in (None, fund_id)
    ]
    return format_html('<td class="num">{}</td>', _by_currency(parts))
