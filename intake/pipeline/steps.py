"""The steps after reading: match, commitments, deadlines, tasks, facts. Each looks at a draft and notes what a person
should know before saying yes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from crm_site.communications.models import Fact
from crm_site.core import clock, naming
from crm_site.core.errors import CrmError
from crm_site.investors import choosing
from crm_site.investors.models import Fund, Investor, Stage
from crm_site.relations.matching import How
from intake import drafts
from intake.drafts import Draft, MatchNote
from intake.parsed import ParsedMessage, ParsedReminder

DEFAULT_WORKING_DAYS = 3


def stage_words() -> list[tuple[str, str]]:
    """The organization's stages as (key, label)."""
    return list(Stage.objects.in_order().values_list("key", "label"))


def match(parsed: ParsedMessage) -> Draft:
    """Find out who is meant. A name that nobody has makes a new investor; a close one is for a person to choose."""
    draft = Draft(parsed=replace(parsed, also=()))
    draft.match = drafts.match_of(parsed)
    draft.new_investor = _is_new(draft)
    return draft


def named(parsed: ParsedMessage, *, investor: Investor | None, new_investor: bool) -> Draft:
    """As `match`, for a writer who may have said already who is meant, or that it is somebody new."""
    if investor is not None:
        return Draft(parsed, MatchNote(investor.pk, 1.0, str(How.EXACT)))
    draft = match(parsed)
    if new_investor:
        return Draft(draft.parsed, MatchNote(candidates=draft.match.candidates), new_investor=True)
    return draft


def review(draft: Draft) -> Draft:
    """Run all checks again on a draft that a person changed."""
    fresh = Draft(draft.parsed, draft.match, draft.new_investor)
    fresh.new_investor = draft.new_investor or _is_new(fresh)
    for _, step in CHECKS:
        fresh = step(fresh)
    return fresh


def _naming_notes(draft: Draft) -> Draft:
    """Say when nobody is named, or when others are close."""
    if drafts.is_open_choice(draft):
        draft.notes.append("Several investors could be meant: pick one, or make a new one.")
    elif draft.match.investor is None and not draft.parsed.investor_name:
        draft.notes.append("No investor is named: say which one.")
    elif draft.new_investor and draft.match.candidates:
        names = ", ".join(candidate.name for candidate in draft.match.candidates[:3])
        draft.notes.append(f"This will make a new investor. Already there: {names}.")
    return draft


def commitments(draft: Draft) -> Draft:
    """Place amounts and stages: in the fund named, else in the only one there is, else a person must say.

    Also says when nobody is named, or when others are close.
    """
    _naming_notes(draft)
    parsed = draft.parsed
    if parsed.fund is None and drafts.to_place(parsed):
        only = _single_fund(draft)
        if only is not None:
            draft.parsed = parsed = replace(parsed, fund=only)
            draft.notes.append(f"No fund was named; {only} is the one it can be for.")
    try:
        fund = drafts.fund_named(parsed.fund, required=drafts.to_place(parsed))
        investor = drafts.matched_investor(draft)
        unplaced = drafts.to_place(parsed) and fund is None
        if unplaced and (investor is None or choosing.find_opportunity(investor, None) is None):
            draft.notes.append("Say which fund this is for.")
    except CrmError as error:
        draft.notes.append(
            " ".join([error.message, *(str(why) for name, why in error.fields.items() if name == "fund")])
        )
    if parsed.fund and not drafts.to_place(parsed) and drafts.fund_named(parsed.fund, required=False) is None:
        draft.notes.append(f"{parsed.fund} is none of your funds; it stays in the note only.")
    return draft


def deadlines(draft: Draft) -> Draft:
    """Give a follow-up without a date the default one, and say so; point out one that is past."""
    reminder = draft.parsed.reminder
    if reminder is None:
        return draft
    if reminder.due_on is None:
        due_on = clock.working_days_after(clock.today(), DEFAULT_WORKING_DAYS)
        draft.parsed = replace(draft.parsed, reminder=ParsedReminder(reminder.text, due_on))
        draft.notes.append(f"No day was said for the follow-up; {due_on:%a %d %b} is suggested.")
    elif reminder.due_on < clock.today():
        draft.notes.append("The follow-up is due in the past.")
    return draft


def tasks(draft: Draft) -> Draft:
    """A follow-up without words gets the investor's name, so that the list of reminders says what it is about."""
    reminder = draft.parsed.reminder
    if reminder is not None and not reminder.text.strip():
        about = draft.parsed.investor_name or "this"
        draft.parsed = replace(
            draft.parsed, reminder=ParsedReminder(f"Follow up with {about}", reminder.due_on)
        )
    return draft


def facts(draft: Draft) -> Draft:
    """Leave out what is remembered already."""
    if not draft.parsed.facts or draft.match.investor is None:
        return draft
    known = (
        Fact.objects.filter(investor_id=draft.match.investor)
        .order_by("-id")
        .values_list("text", flat=True)[:500]
    )
    remembered = {naming.fold(text) for text in known}
    new = tuple(fact for fact in draft.parsed.facts if naming.fold(fact.text) not in remembered)
    draft.parsed = replace(draft.parsed, facts=new)
    return draft


def split(parsed: ParsedMessage) -> Sequence[ParsedMessage]:
    """The message about each investor it tells of."""
    return (replace(parsed, also=()), *parsed.also)


def _is_new(draft: Draft) -> bool:
    named = draft.match.investor is None and bool(draft.parsed.investor_name)
    return named and not drafts.is_open_choice(draft)


def _single_fund(draft: Draft) -> str | None:
    """The fund that an amount without one is for: none when the investor's own opportunity says it, or several raise."""
    investor = drafts.matched_investor(draft)
    if investor is not None and choosing.open_opportunities(investor):
        return None
    names = list(Fund.objects.being_raised().values_list("name", flat=True)[:2])
    return names[0] if len(names) == 1 else None


#: What happens to a draft once its investor is found, in order: on a first reading and after every change by a person.
CHECKS: Sequence[tuple[str, Callable[[Draft], Draft]]] = (
    ("commitments", commitments),
    ("deadlines", deadlines),
    ("tasks", tasks),
    ("facts", facts),
)
