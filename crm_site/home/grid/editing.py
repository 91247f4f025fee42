"""One cell: the editor it opens, and the service that its value goes to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from crm_site.communications import services as communications
from crm_site.communications.models import Reminder
from crm_site.core import fields
from crm_site.core.actor import Actor
from crm_site.core.errors import NotFound
from crm_site.core.templatetags import crm
from crm_site.home.grid import standing
from crm_site.home.grid.cells import Sheet
from crm_site.home.grid.columns import Column
from crm_site.home.grid.rows import Row
from crm_site.investors import services as investors
from crm_site.investors.choices import InvestorType
from crm_site.investors.models import Fund, Investor, Opportunity, Stage

Options = list[tuple[str, str]]
SIZES = {"k": 10**3, "m": 10**6, "mm": 10**6, "mn": 10**6, "b": 10**9, "bn": 10**9}
_AMOUNT = re.compile(
    r"^[^\d\-+.]{0,4}\s*(\.?\d[\d.,\s']*?)\s*(k|mm|mn|m|bn|b)?\s*[^\d\-+.]{0,4}$", re.IGNORECASE
)


@dataclass(frozen=True)
class Edit:
    """A value somebody typed into a cell. version: the one it was typed over. fund: the one named with it, if any."""

    actor: Actor
    row: Row
    column: Column
    sheet: Sheet
    value: str
    version: int | None
    fund: int | None

    @property
    def about(self) -> int | None:
        """The fund that the cell or the editor names."""
        return self.column.fund or self.fund or self.sheet.fund

    def investor(self) -> Investor:
        return Investor.objects.get(pk=self.row.id)

    def named_fund(self) -> Fund | None:
        if self.about is None:
            return None
        fund = Fund.objects.filter(pk=self.about).first()
        if fund is None:
            raise NotFound("There is no such fund.")
        return fund


def options(column: Column, sheet: Sheet) -> Options:
    """What a cell can be set to; nothing for a cell that one types into."""
    if column.field == "stage":
        return [(stage.key, stage.label) for stage in sheet.words.stages]
    if column.field == "owner":
        return [("", "Nobody"), *((str(id_), name) for id_, name in sheet.words.people)]
    if column.field == "type":
        return list(InvestorType.choices)
    return []


def editor(
    row: Row,
    column: Column,
    sheet: Sheet,
    *,
    value: str | None = None,
    error: str = "",
    fund: int | None = None,
) -> dict[str, Any]:
    """What `_parts/cell_editor.html` needs. value, fund: what was typed before it was refused."""
    now = standing.of(row, column, sheet.words, sheet.fund)
    choices = options(column, sheet)
    if column.field == "owner" and row.owner_id and str(row.owner_id) not in dict(choices):
        # A former member still stands in the cell; opening the editor must not look like a change.
        choices.append((str(row.owner_id), f"{row.owner_name} (left)"))
    asks = now.subject == "deals" and column.fund is None and sheet.fund is None
    first = next((deal.fund_id for deal in row.deals if deal.is_open), None)
    return {
        "field": column.key,
        "label": column.label,
        "value": now.value if value is None else value,
        "version": "" if now.version is None else now.version,
        "options": choices,
        "input_type": "date" if column.field == "due" else "text",
        "error": error,
        "funds": [(one.id, one.name) for one in sheet.words.funds] if asks else [],
        "fund": fund or first,
    }


def in_words(column: Column, value: str, sheet: Sheet) -> str:
    """A raw value as a person reads it."""
    if column.numeric:
        return crm.money_full(value) if value else ""
    return dict(options(column, sheet)).get(value, value)


def save(edit: Edit) -> None:
    """Hand the value to its service. Raises what the service raises, among it StaleEdit with both values."""
    _SAVERS[edit.column.field](edit)


def _chosen(edit: Edit) -> str:
    """The key that was sent, or whose label was typed or pasted."""
    choices = options(edit.column, edit.sheet)
    word = edit.value.casefold()
    return next((key for key, label in choices if word in (key.casefold(), label.casefold())), edit.value)


def _save_stage(edit: Edit) -> None:
    stage = Stage.objects.filter(key=_chosen(edit)).first()
    if stage is None:
        fields.refuse("stage", "Choose one of the stages.")
    deal = edit.row.deal_in(edit.about)
    if deal is None:
        investors.move_stage(actor=edit.actor, investor=edit.investor(), stage=stage, fund=edit.named_fund())
        return
    opportunity = Opportunity.objects.with_names().get(pk=deal.id)
    investors.move_opportunity(actor=edit.actor, opportunity=opportunity, stage=stage, version=edit.version)


def _save_amount(edit: Edit) -> None:
    name, amount = edit.column.field, fields.amount(_without_dress(edit.value), field="value")
    deal = edit.row.deal_with_amounts(edit.about)
    if deal is not None:
        opportunity = Opportunity.objects.with_names().get(pk=deal.id)
        investors.edit_opportunity(
            actor=edit.actor, opportunity=opportunity, values={name: amount}, version=edit.version
        )
        return
    given: dict[str, Decimal | None] = {name: amount if amount is not None else Decimal(0)}
    investors.record_interest(actor=edit.actor, investor=edit.investor(), fund=edit.named_fund(), **given)


def _without_dress(value: str) -> str:
    """“$2.5m”, “EUR 250k”, “1'500'000” as plain numbers; anything else as it was, for the check to refuse."""
    found = _AMOUNT.match(value.strip())
    if not found:
        return value
    digits = re.sub(r"[\s,']", "", found[1])
    if not found[2] or digits.count(".") > 1:
        return digits
    return f"{Decimal(digits) * SIZES[found[2].lower()]:f}" if digits.strip(".") else value


def _save_owner(edit: Edit) -> None:
    word = _chosen(edit)
    if word and not (word.isascii() and word.isdecimal() and len(word) < 19):
        fields.refuse("owner", "Choose a member of your team.")
    _save_investor(edit, "assigned_to_id", int(word) if word else None)


def _save_investor(edit: Edit, name: str, value: object) -> None:
    investors.edit_investor(
        actor=edit.actor, investor=edit.investor(), values={name: value}, version=edit.version
    )


def _save_step(edit: Edit) -> None:
    if edit.row.step is None:
        communications.add_reminder(actor=edit.actor, investor=edit.investor(), text=edit.value)
        return
    if not edit.value.strip():
        fields.refuse("text", "Write what comes next. What is done is ticked off on Today.")
    _edit_reminder(edit, {"text": edit.value})


def _save_due(edit: Edit) -> None:
    if edit.row.step is None:
        fields.refuse("due_on", "Write the next step first; its date follows.")
    _edit_reminder(edit, {"due_on": edit.value})


def _edit_reminder(edit: Edit, values: Mapping[str, str]) -> None:
    step = edit.row.step
    reminder = Reminder.objects.filter(pk=step.id).first() if step else None
    if reminder is None:
        raise NotFound("The reminder is gone.")
    communications.edit_reminder(actor=edit.actor, reminder=reminder, values=values, version=edit.version)


_SAVERS: dict[str, Callable[[Edit], None]] = {
    "stage": _save_stage,
    "owner": _save_owner,
    "type": lambda edit: _save_investor(edit, "type", _chosen(edit)),
    "location": lambda edit: _save_investor(edit, "location", edit.value),
    "source": lambda edit: _save_investor(edit, "lead_source", edit.value),
    "committed": _save_amount,
    "expected": _save_amount,
    "step": _save_step,
    "due": _save_due,
}
EDITABLE = frozenset(_SAVERS)
