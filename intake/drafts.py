"""What the pipeline hands to a proposal, and how a proposal becomes an entry that can be written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from crm_site.communications.entry import Entry, FactEntry, PersonEntry, ReminderEntry
from crm_site.core import fields, living, naming
from crm_site.core.errors import Invalid
from crm_site.investors.choices import InvestorType
from crm_site.investors.models import Fund, Investor, Stage
from crm_site.relations import matching
from intake.parsed import ParsedContact, ParsedMessage

HAPPENED = frozenset({"log", "stage"})


@dataclass(frozen=True)
class Candidate:
    """An investor that may be meant, as stored on the proposal."""

    id: int
    name: str
    score: float
    how: str


@dataclass(frozen=True)
class MatchNote:
    """Who was matched, how surely, and who else could be meant. investor None: nobody likely enough."""

    investor: int | None = None
    score: float = 0.0
    how: str = ""
    candidates: tuple[Candidate, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "investor": self.investor,
            "score": self.score,
            "how": self.how,
            "candidates": [vars(candidate) for candidate in self.candidates],
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> MatchNote:
        return cls(
            investor=stored.get("investor"),
            score=stored.get("score", 0.0),
            how=stored.get("how", ""),
            candidates=tuple(Candidate(**one) for one in stored.get("candidates", [])),
        )

    def picked(self, candidate: Candidate) -> MatchNote:
        """The same, after a person chose."""
        return MatchNote(candidate.id, 1.0, "picked", self.candidates)


@dataclass
class Draft:
    """One proposal in the making. notes: short lines for the approver."""

    parsed: ParsedMessage
    match: MatchNote = field(default_factory=MatchNote)
    new_investor: bool = False
    notes: list[str] = field(default_factory=list)


class UnknownFund(Invalid):
    """The message names a fund that does not exist. `fields["fund"]` says which do."""

    code = "unknown_fund"


def match_of(parsed: ParsedMessage) -> MatchNote:
    """Ask the CRM's matcher whom the message is about.

    Where a firm is named only its name decides: a person of the same name elsewhere must not carry the note there.
    """
    first = parsed.contacts[0] if parsed.contacts else ParsedContact()
    if parsed.investor_name:
        found = matching.match(investor=parsed.investor_name)
    else:
        found = matching.match(contact=first.name or "", email=first.email or "", phone=first.phone or "")
    candidates = tuple(
        Candidate(one.investor.pk, one.investor.name, round(one.score, 3), str(one.how))
        for one in found.candidates
    )
    if found.best is None or not (found.certain or found.likely):
        return MatchNote(candidates=candidates)
    return MatchNote(found.best.investor.pk, round(found.best.score, 3), str(found.best.how), candidates)


def entry_of(draft: Draft) -> Entry:
    """The entry that approving writes. Raises Invalid (no investor named), UnknownFund, or an unknown stage."""
    parsed = draft.parsed
    investor = matched_investor(draft)
    if investor is None:
        _require_a_choice(draft)
    return Entry(
        investor=investor,
        investor_name=parsed.investor_name or "",
        investor_type=guess_type(parsed),
        people=tuple(_person(investor, contact) for contact in parsed.contacts),
        with_communication=parsed.intent in HAPPENED,
        kind=parsed.kind,
        direction=parsed.direction,
        occurred_on=parsed.occurred_on,
        body=parsed.note,
        fund=fund_named(parsed.fund, required=to_place(parsed)),
        stage=_stage(parsed.stage),
        expected=parsed.expected_amount,
        committed=parsed.committed_amount,
        reminder=ReminderEntry(parsed.reminder.text, parsed.reminder.due_on) if parsed.reminder else None,
        facts=tuple(FactEntry(fact.text, fact.topic, fact.confidence) for fact in parsed.facts),
    )


def is_open_choice(draft: Draft) -> bool:
    """Tell whether several known investors could be meant and nobody has chosen: a yes must not make a double."""
    likely = any(candidate.score >= matching.LIKELY for candidate in draft.match.candidates)
    return draft.match.investor is None and not draft.new_investor and likely


def _require_a_choice(draft: Draft) -> None:
    if is_open_choice(draft):
        fields.refuse("investor", "Several investors could be meant: pick one, or make a new one.")
    if not draft.parsed.investor_name:
        fields.refuse("investor", "Say which investor this is about.")


def to_place(parsed: ParsedMessage) -> bool:
    """Tell whether there is an amount or a stage, which must go into a fund."""
    return any(value is not None for value in (parsed.stage, parsed.expected_amount, parsed.committed_amount))


def matched_investor(draft: Draft) -> Investor | None:
    """The investor the draft is about, when the CRM has it; one that was merged meanwhile is its survivor.

    Raises Invalid when it was deleted meanwhile.
    """
    wanted = draft.match.investor
    if draft.new_investor or wanted is None:
        return None
    found = Investor.objects.filter(pk=wanted).first() or living.survivor_of(Investor, wanted)
    if found is None:
        fields.refuse(
            "investor", "The matched investor was deleted meanwhile: pick another, or make a new one."
        )
    return found


def fund_named(name: str | None, *, required: bool) -> Fund | None:
    """The fund of that name. An unknown one is an error only when an amount or a stage has to be placed in it."""
    if not name:
        return None
    found = Fund.objects.filter(name_key=naming.fold(name)).first()
    if found is None and required:
        known = ", ".join(Fund.objects.newest_first().values_list("name", flat=True)[:20]) or "none yet"
        raise UnknownFund(f"There is no fund named {name}.", fields={"fund": f"Your funds: {known}."})
    return found


def guess_type(parsed: ParsedMessage) -> InvestorType:
    """What kind of investor a new name most likely is; a person can change it any time."""
    name = naming.fold(parsed.investor_name or "")
    for pattern, kind in _TYPE_WORDS:
        if re.search(pattern, name):
            return kind
    key = naming.person_key(parsed.investor_name or "")
    if key and any(naming.person_key(contact.name or "") == key for contact in parsed.contacts):
        return InvestorType.INDIVIDUAL
    return InvestorType.OTHER


_TYPE_WORDS = (
    (r"\bfamily (office|offices|trust|holdings?|partners)\b|\bfo$", InvestorType.FAMILY_OFFICE),
    (
        r"\b(pension|endowment|foundation|university|insurance|retirement|teachers|sovereign|bank|trustees)\b",
        InvestorType.INSTITUTION,
    ),
    (r"\b(advisors?|advisers?|advisory|wealth|consult\w*|placement)\b", InvestorType.ADVISOR),
    (r"\b(capital|ventures?|fund|funds|equity|partners|investments?|asset|assets)\b", InvestorType.FUND),
    (r"\b(corp|corporation|inc|industries|technologies|motors|energy|group)\b", InvestorType.CORPORATE),
)


def person_name(contact: ParsedContact) -> str:
    """A name for somebody of whom the message gives only an address or a number."""
    if contact.name:
        return contact.name
    if contact.email:
        local = re.sub(r"[._+\-\d]+", " ", contact.email.partition("@")[0]).strip()
        return local.title() or contact.email
    return contact.phone or ""


def _person(investor: Investor | None, contact: ParsedContact) -> PersonEntry:
    known = matching.match_contact(
        investor=investor, name=contact.name or "", email=contact.email or "", phone=contact.phone or ""
    )
    return PersonEntry(
        name=person_name(contact),
        email=contact.email or "",
        phone=contact.phone or "",
        title=contact.title or "",
        contact=known,
    )


def _stage(key: str | None) -> Stage | None:
    if not key:
        return None
    found = Stage.objects.filter(key=key).first()
    if found is None:
        known = ", ".join(Stage.objects.in_order().values_list("key", flat=True))
        fields.refuse("stage", f"There is no stage {key}. Your stages: {known}.")
    return found
