"""What became of a proposal: what was written, or why nothing was, by whom and when."""

from __future__ import annotations

from crm_site.communications.choices import Kind
from crm_site.communications.entry import Result
from crm_site.core import clock
from crm_site.core.actor import Door
from intake.choices import ProposalState
from intake.matrix.wording import addresses
from intake.matrix.wording.said import Bold, Link, Page, Said, say
from intake.models import Proposal

_BY_WAY = {Door.WEB: " on the web", Door.API: " by the API", Door.MCP: " by MCP", Door.ADMIN: " in the admin"}


def written(proposal: Proposal, result: Result, who: str) -> Said:
    """Names every record that was made or changed, with a link to the investor."""
    address = addresses.of_investor(result.investor.pk)
    page = Page(address=address)
    new = {label for label, _ in result.created}
    made = "new investor " if "investor" in new else ""
    page.line("Written: ", f"{made}", Bold(result.investor.name), f"{who}.")
    created = set(result.created)
    for contact in result.contacts:
        word = "New contact" if ("contact", contact.pk) in created else "Contact"
        page.item(f"{word}: {contact.name}")
    if result.communication:
        kind = Kind(result.communication.kind).label
        page.item(f"{kind} of {result.communication.occurred_on:%a %d %b %Y}")
    if result.opportunity:
        page.item(_opportunity(result))
    if result.reminder:
        page.item(f"Reminder: {result.reminder.text}, due {result.reminder.due_on:%a %d %b %Y}")
    for fact in result.facts:
        page.item(f"Remembered: {fact.text}")
    for kept in result.left_alone:
        page.item(f"Kept as it was: {kept.field} {kept.kept} (the message says {kept.offered})")
    return page.last(Link(f"Open {result.investor.name}", address)).said()


def _opportunity(result: Result) -> str:
    standing = result.opportunity
    assert standing is not None
    sums = [
        f"{name} {amount:,.0f} {standing.fund.currency}"
        for name, amount in (("expected", standing.expected), ("committed", standing.committed))
        if amount
    ]
    return ", ".join([f"{standing.fund.name}: {standing.stage.label}", *sums])


def dropped(title: str, who: str) -> Said:
    """A no."""
    return say("Dropped", f"{who}: ", title, ". Nothing was written.")


def expired(title: str) -> Said:
    """Nobody answered."""
    return say("Nobody answered for 14 days, so this was closed and nothing was written: ", title, ".")


def standing(proposal: Proposal) -> Said:
    """To an answer that came too late: what happened, by whom, when."""
    who = f" by {proposal.decided_by.name}" if proposal.decided_by else ""
    by_way = by_door(proposal.decided_via)
    when = f" on {clock.local(proposal.decided_at):%d %b at %H:%M}" if proposal.decided_at else ""
    told = f"{who}{by_way}{when}"
    if proposal.state == ProposalState.COMMITTED:
        address = addresses.of_record(proposal)
        return say(f"This was written already{told}. ", Link("The record is here", address), ".")
    if proposal.state == ProposalState.REJECTED:
        return say(f"This was rejected already{told}. To have it after all, send the message again.")
    if proposal.state == ProposalState.EXPIRED:
        return say(
            f"This expired{when}: nobody answered for 14 days. Send the message again if it still matters."
        )
    if proposal.state == ProposalState.WITHDRAWN:
        return say(f"This was withdrawn{told}, so nothing is written.")
    return say(f"This was replaced{when}: look at the newer one below.")


def by_door(door: str) -> str:
    """How it was decided, when not in the room itself."""
    return _BY_WAY.get(Door(door), "") if door in set(Door) else ""
