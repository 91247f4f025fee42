"""What approving a proposal would write, line by line, for the person who decides. Reads only; the write decides anew."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from crm_site.communications.choices import Kind
from crm_site.communications.entry import Entry, PersonEntry
from crm_site.core.errors import CrmError
from crm_site.investors import choosing
from crm_site.investors.models import Investor, Opportunity
from intake import drafts
from intake.drafts import Draft
from intake.models import Proposal
from intake.services import deciding


@dataclass(frozen=True)
class Line:
    """One thing that will be written. what: "investor", "person" … old is empty for something new.

    field: the name under which it can be edited. path: its place in the confidence and evidence of the message.
    """

    what: str
    label: str
    new: str
    old: str = ""
    field: str = ""
    path: str = ""
    confidence: float | None = None

    @property
    def is_new(self) -> bool:
        return not self.old


@dataclass
class Preview:
    """All lines, and why approving would fail as things stand (empty: it would not)."""

    lines: list[Line] = field(default_factory=list)
    problem: str = ""
    problem_fields: dict[str, Any] = field(default_factory=dict)


def of_proposal(proposal: Proposal) -> Preview:
    """The preview of a stored proposal."""
    return of_draft(deciding.draft_of(proposal))


def of_draft(draft: Draft) -> Preview:
    """The preview of a draft. Never raises for a draft that cannot be written: `problem` says why."""
    preview = Preview()
    try:
        entry = drafts.entry_of(draft)
    except CrmError as error:
        preview.problem, preview.problem_fields = error.message, error.fields
        return preview
    sure = draft.parsed.confidence
    preview.lines.append(_investor_line(entry, draft))
    for place, person in enumerate(entry.people):
        preview.lines += _person_lines(entry.investor, person, place, sure)
    if entry.with_communication:
        preview.lines += _communication_lines(entry, sure)
    try:
        preview.lines += _pipeline_lines(entry, sure)
    except CrmError as error:
        preview.problem, preview.problem_fields = error.message, error.fields
    if entry.reminder:
        due = f", due {entry.reminder.due_on:%a %d %b %Y}" if entry.reminder.due_on else ""
        preview.lines.append(
            Line(
                "reminder",
                "Reminder",
                f"{entry.reminder.text}{due}",
                "",
                "remind",
                "reminder.text",
                sure.get("reminder.text"),
            )
        )
    preview.lines += [
        Line("fact", "Fact", fact.text, "", "", f"facts.{place}", fact.confidence)
        for place, fact in enumerate(entry.facts)
    ]
    return preview


def _investor_line(entry: Entry, draft: Draft) -> Line:
    sure = draft.parsed.confidence.get("investor_name")
    if entry.investor is None:
        return Line("investor", "New investor", entry.investor_name, "", "investor", "investor_name", sure)
    retired = " (in the graveyard)" if entry.investor.graveyard_at else ""
    return Line(
        "investor", "Investor", entry.investor.name + retired, entry.investor.name, "investor", "investor_name",
        draft.match.score,
    )  # fmt: skip


def _person_lines(investor: Investor | None, person: PersonEntry, place: int, sure: Any) -> list[Line]:
    suffix = "" if place == 0 else str(place + 1)
    path = f"contacts.{place}"
    about = ", ".join(part for part in (person.title, person.email, person.phone) if part)
    shown = f"{person.name} ({about})" if about else person.name
    certain = sure.get(f"{path}.name")
    if person.contact is None:
        return [Line("contact", "New contact", shown, "", f"contact{suffix}", f"{path}.name", certain)]
    name = person.contact.name
    lines = [Line("contact", "Contact", name, name, f"contact{suffix}", f"{path}.name", certain)]
    known = {row.email for row in person.contact.emails.all()}
    if person.email and person.email.lower() not in known:
        label = f"Further e-mail of {name}"
        lines.append(Line("email", label, person.email, "", f"email{suffix}", f"{path}.email"))
    if person.phone:
        lines.append(Line("phone", f"Phone of {name}", person.phone, "", f"phone{suffix}", f"{path}.phone"))
    return lines


def _communication_lines(entry: Entry, sure: Any) -> list[Line]:
    day = f" on {entry.occurred_on:%a %d %b %Y}" if entry.occurred_on else " today"
    way = f", {entry.direction}" if entry.direction else ""
    return [
        Line(
            "communication",
            f"{Kind(entry.kind).label}{way}{day}",
            entry.body or "(no text)",
            "",
            "note",
            "note",
            sure.get("kind"),
        )
    ]


def _pipeline_lines(entry: Entry, sure: Any) -> list[Line]:
    if entry.stage is None and entry.expected is None and entry.committed is None:
        return []
    standing = choosing.find_opportunity(entry.investor, entry.fund) if entry.investor else None
    if standing is None and entry.fund is None:
        raise choosing.StageUnclear("Say which fund this is for.", fields={"funds": choosing.fund_names()})
    fund = standing.fund if standing else entry.fund
    assert fund is not None
    lines = []
    for name, path in (("expected", "expected_amount"), ("committed", "committed_amount")):
        value: Decimal | None = getattr(entry, name)
        if value is not None:
            old = getattr(standing, name) if standing else None
            lines.append(
                Line(
                    name, f"{name.capitalize()} in {fund.name}", f"{value:,.0f} {fund.currency}",
                    f"{old:,.0f} {fund.currency}" if old else "", "amount" if name == "expected" else "committed", path,
                    sure.get(path),
                )
            )  # fmt: skip
    if entry.stage is not None:
        lines.append(_stage_line(entry, standing, fund.name, sure))
    return lines


def _stage_line(entry: Entry, standing: Opportunity | None, fund: str, sure: Any) -> Line:
    assert entry.stage is not None
    old = standing.stage.label if standing else ""
    return Line("stage", f"Stage in {fund}", entry.stage.label, old, "stage", "stage", sure.get("stage"))
