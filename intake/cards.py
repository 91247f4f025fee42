"""A proposal as the inbox shows it: message with its evidence marked, lines to write, candidates, editable fields."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from crm_site.core import text
from intake import preview
from intake.drafts import Draft
from intake.models import Proposal
from intake.parsed import ParsedMessage
from intake.services import deciding

MAX_SHOWN = 4000


@dataclass(frozen=True)
class EditField:
    """One field of the room grammar with its present value."""

    name: str
    label: str
    value: str
    kind: str = "text"


@dataclass
class Card:
    """One proposal, ready to render. source: the message as HTML, escaped, with <mark> around evidence."""

    proposal: Proposal
    source: SafeString
    summary: str
    preview: preview.Preview | None = None
    candidates: list[tuple[int, str, float, bool]] = field(default_factory=list)
    edits: list[EditField] = field(default_factory=list)
    new_investor: bool = False
    warnings: list[str] = field(default_factory=list)


def card(proposal: Proposal, *, live: bool) -> Card:
    """live: with the preview, which reads what the CRM says now (some queries); else only what is stored."""
    draft = deciding.draft_of(proposal)
    shown = Card(proposal, marked(proposal.message.text, draft.parsed), summary_of(draft))
    if not live:
        return shown
    if proposal.is_pending:
        shown.preview = preview.of_draft(draft)
        problem = [shown.preview.problem] if shown.preview.problem else []
        shown.warnings = list(dict.fromkeys([*proposal.notes, *problem]))
        shown.candidates = [
            (number, one.name, one.score, one.id == draft.match.investor)
            for number, one in enumerate(draft.match.candidates, start=1)
        ]
        shown.edits = edit_fields(draft.parsed)
    shown.new_investor = draft.new_investor
    return shown


def summary_of(draft: Draft) -> str:
    """One line of what it is about, from the stored proposal alone."""
    parsed = draft.parsed
    parts = [
        parsed.investor_name or "No investor named",
        parsed.intent if parsed.intent != "log" else parsed.kind,
    ]
    if parsed.expected_amount is not None:
        parts.append(f"expects {parsed.expected_amount:,.0f}")
    if parsed.committed_amount is not None:
        parts.append(f"commits {parsed.committed_amount:,.0f}")
    if parsed.reminder:
        parts.append(text.shorten(parsed.reminder.text, 60))
    return " · ".join(parts)


def marked(message: str, parsed: ParsedMessage) -> SafeString:
    """The message as HTML: every character escaped, evidence between <mark> tags. Overlaps merge."""
    body = message[:MAX_SHOWN]
    spans = sorted((max(0, start), min(len(body), end)) for start, end in parsed.evidence.values())
    pieces: list[str] = []
    at = 0
    for start, end in spans:
        if end <= at or start >= len(body):
            continue
        start = max(start, at)
        pieces += [escape(body[at:start]), "<mark>", escape(body[start:end]), "</mark>"]
        at = end
    pieces.append(escape(body[at:]))
    if len(message) > MAX_SHOWN:
        pieces.append("…")
    return mark_safe("".join(pieces))  # every piece was escaped just above


def edit_fields(parsed: ParsedMessage) -> list[EditField]:
    """The fields a person may change, under their names in the room grammar."""
    rows = [EditField("investor", "Investor", parsed.investor_name or "")]
    for place, contact in enumerate(parsed.contacts):
        suffix, which = ("", "") if place == 0 else (str(place + 1), f" {place + 1}")
        rows += [
            EditField(f"contact{suffix}", f"Contact{which}", contact.name or ""),
            EditField(f"email{suffix}", f"E-mail{which}", contact.email or ""),
            EditField(f"phone{suffix}", f"Phone{which}", contact.phone or ""),
            EditField(f"title{suffix}", f"Title{which}", contact.title or ""),
        ]
    if not parsed.contacts:
        rows.append(EditField("contact", "Contact", ""))
    reminder = parsed.reminder
    return [
        *rows,
        EditField("kind", "Kind", parsed.kind, "kind"),
        EditField("date", "Date", parsed.occurred_on.isoformat() if parsed.occurred_on else "", "date"),
        EditField("note", "Note", parsed.note, "note"),
        EditField("fund", "Fund", parsed.fund or "", "fund"),
        EditField("amount", "Expected amount", _plain(parsed.expected_amount)),
        EditField("committed", "Committed amount", _plain(parsed.committed_amount)),
        EditField("stage", "Stage", parsed.stage or "", "stage"),
        EditField("remind", "Reminder", reminder.text if reminder else ""),
        EditField("due", "Due", reminder.due_on.isoformat() if reminder and reminder.due_on else "", "date"),
    ]


def changed_fields(parsed: ParsedMessage, sent: dict[str, str]) -> dict[str, str]:
    """The fields of a submitted form that differ from what stands: the rest must not count as edits."""
    standing = {one.name: one.value for one in edit_fields(parsed)}
    return {name: value for name, value in sent.items() if value.strip() != standing.get(name, "").strip()}


def _plain(amount: object) -> str:
    return "" if amount is None else f"{amount:f}".removesuffix(".00")
