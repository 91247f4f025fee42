"""The digest and a timed reminder in words: plain text and HTML alike, every value escaped, short enough to send."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.urls import reverse

from crm_site.communications.models import Communication, Reminder
from crm_site.core import clock
from crm_site.home import daily
from crm_site.home.digest.gathering import Digest, Owner
from crm_site.investors.models import Investor
from intake import cards
from intake.matrix.wording.said import Bold, Link, Page, Part, Said
from intake.services import deciding


def digest(found: Digest) -> Said:
    """The whole morning, most pressing first."""
    page = Page(address=_address("home:today"))
    page.line(Bold(_day(found.day)))
    for owner in found.owners:
        _owner(page, owner, found.day)
    _meetings(page, found)
    _proposals(page, found)
    _quiet(page, found)
    return page.said()


def reminder(row: Reminder) -> Said:
    """One follow-up whose time has come."""
    at = f"{row.due_time:%H:%M}" if row.due_time else ""
    parts: list[Part] = [Bold(f"{at} {row.text}".strip()), f", for {row.assigned_to.name}"]
    return Page(address=_address("communications:reminders")).line(*parts, *_about(row.investor)).said()


def _owner(page: Page, owner: Owner, day: date) -> None:
    counted = [f"{owner.today} due today"] if owner.today else []
    if owner.overdue:
        counted.append(f"{owner.overdue} overdue")
    page.line(Bold(owner.name), f": {', '.join(counted)}")
    for row in owner.rows:
        page.item(row.text, *_about(row.investor), _when(row, day))
    if owner.more:
        page.item(Link(f"{owner.more} more", _address("communications:reminders")))


def _meetings(page: Page, found: Digest) -> None:
    if not found.meetings:
        return
    page.line(Bold("Planned today"))
    for row in found.meetings:
        page.item(_at(row), f"{row.get_kind_display()}", *_about(row.investor), *_subject(row))
    _rest(page, found.meetings_count - len(found.meetings), "home:today")


def _proposals(page: Page, found: Digest) -> None:
    count = found.proposals_count
    if not count:
        return
    page.line(Bold("1 proposal waits for a yes" if count == 1 else f"{count} proposals wait for a yes"))
    for one in found.proposals:
        summary = cards.summary_of(deciding.draft_of(one))
        page.item(Link(summary, _address("intake:detail", one.pk)))
    _rest(page, count - len(found.proposals), "intake:inbox")


def _quiet(page: Page, found: Digest) -> None:
    if not found.quiet:
        return
    page.line(Bold(f"Gone quiet: nothing for {daily.QUIET_DAYS} days"))
    for investor in found.quiet:
        last = f", last on {_short(investor.last_activity_on)}" if investor.last_activity_on else ""
        page.item(_link(investor), last)
    _rest(page, found.quiet_count - len(found.quiet), "home:today")


def _rest(page: Page, count: int, name: str) -> None:
    if count > 0:
        page.item(Link(f"{count} more", _address(name)))


def _about(investor: Investor | None) -> list[Part]:
    return [" · ", _link(investor)] if investor else []


def _link(investor: Investor) -> Link:
    return Link(investor.name, _address("investors:detail", investor.pk))


def _subject(row: Communication) -> list[Part]:
    return [": ", row.subject] if row.subject else []


def _at(row: Communication) -> str:
    return f"{clock.local(row.occurred_at):%H:%M} " if row.occurred_at else ""


def _when(row: Reminder, day: date) -> str:
    if row.due_on < day:
        return f", due since {_short(row.due_on)}"
    return f", at {row.due_time:%H:%M}" if row.due_time else ""


def _day(day: date) -> str:
    return f"{day:%A}, {day.day} {day:%B}"


def _short(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def _address(name: str, *args: int) -> str:
    return settings.SITE_URL + reverse(name, args=args)
