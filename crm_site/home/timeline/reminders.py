"""Reminders: the list, and every small move on one of them, in place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm_site.accounts import permissions
from crm_site.accounts.doors import MemberRequest
from crm_site.accounts.permissions import Verb
from crm_site.communications import services as communications
from crm_site.communications.choices import ReminderState
from crm_site.communications.models import Reminder
from crm_site.communications.querysets import ReminderQuerySet
from crm_site.core import clock, fields
from crm_site.home import doors, sheet
from crm_site.home.sheet import Data, Sheet
from crm_site.home.timeline.forms import ReminderForm
from crm_site.investors.models import Investor
from crm_site.relations.overview.rows import row_of

PAGE = 40
TABS = (("open", "Open"), ("overdue", "Overdue"), ("week", "This week"), ("later", "Later"), ("done", "Done"))
SNOOZES = (("1", "Tomorrow"), ("3", "In 3 days"), ("7", "In a week"), ("30", "In 30 days"))


@doors.page
@require_GET
def reminders(request: MemberRequest) -> HttpResponse:
    """Whose and when are in the address; the member's own open ones come first."""
    permissions.require(request.actor, Verb.READ)
    tab = request.GET.get("tab", "open")
    everyone = request.GET.get("whose") == "all"
    rows = _SHOWN.get(tab, _open)(Reminder.objects.of_living().with_people())
    if not everyone and request.actor.user_id is not None:
        rows = rows.assigned_to(request.actor.user_id)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": [row_of(reminder) for reminder in page.object_list],
        "page": page,
        "tab": tab if tab in _SHOWN else "open",
        "tabs": TABS,
        "everyone": everyone,
        "today": clock.today(),
    }
    return render(request, "communications/reminder_list.html", context)


@doors.page
@require_http_methods(["GET", "POST"])
def create(request: MemberRequest) -> HttpResponse:
    """A new follow-up; for one investor when the address or the form names it."""
    permissions.require(request.actor, Verb.EDIT_REMINDER)
    asked = request.POST.get("investor") or request.GET.get("investor") or ""
    investor = _investor(asked) if asked else None

    def make(data: Data) -> Sheet:
        return ReminderForm(_with_writer(request, data), {"assigned_to": request.actor.user_id}, _offers())

    def write(form: Sheet) -> HttpResponse:
        row = communications.add_reminder(actor=request.actor, investor=investor, **form.given())
        messages.success(request, f"Reminder for {row.due_on:%A} {row.due_on.day} {row.due_on:%B}.")
        return doors.back(request, _home(investor))

    context = {"investor": investor, "heading": "New reminder", "cancel": _home(investor)}
    return sheet.answer(request, "communications/reminder_form.html", make=make, write=write, context=context)


@doors.page
@require_http_methods(["GET", "POST"])
def edit(request: MemberRequest, reminder_id: int) -> HttpResponse:
    """Text, day and who does it."""
    permissions.require(request.actor, Verb.EDIT_REMINDER)
    reminder = _reminder(reminder_id)

    def make(data: Data) -> Sheet:
        return ReminderForm(data, _values(reminder), _offers(reminder))

    def write(form: Sheet) -> HttpResponse:
        communications.edit_reminder(
            actor=request.actor, reminder=reminder, values=form.given(), version=form.seen_version
        )
        messages.success(request, "Saved.")
        return redirect(_home(reminder.investor))

    def current() -> dict[str, Any]:
        return _values(_reminder(reminder_id))

    context = {
        "reminder": reminder,
        "investor": reminder.investor,
        "heading": "Reminder",
        "cancel": _home(reminder.investor),
    }
    return sheet.answer(
        request, "communications/reminder_form.html", make=make, write=write, current=current, context=context
    )


@doors.page
@require_POST
def close(request: MemberRequest, reminder_id: int, state: str) -> HttpResponse:
    """Done, or let go."""
    reminder = _reminder(reminder_id)
    communications.close_reminder(
        actor=request.actor, reminder=reminder, state=state, version=_version(request)
    )
    said = "Done" if state == ReminderState.DONE else "Dropped"
    undo = reverse("communications:reminder_reopen", args=[reminder.pk])
    return _again(request, reminder, f"{said}: {reminder.text}", undo=undo)


@doors.page
@require_POST
def reopen(request: MemberRequest, reminder_id: int) -> HttpResponse:
    """Take a tick back; with `due` in the address, a delay."""
    reminder = _reminder(reminder_id)
    due = request.GET.get("due")
    if due:
        values = {"due_on": due, "due_time": request.GET.get("time") or None}
        communications.edit_reminder(actor=request.actor, reminder=reminder, values=values)
    else:
        communications.reopen_reminder(actor=request.actor, reminder=reminder)
    return _again(request, reminder, f"Back on the list: {reminder.text}")


@doors.page
@require_POST
def snooze(request: MemberRequest, reminder_id: int) -> HttpResponse:
    """Put off by some days from today, or to a day."""
    reminder = _reminder(reminder_id)
    was = {
        "due": reminder.due_on.isoformat(),
        "time": f"{reminder.due_time:%H:%M}" if reminder.due_time else "",
    }
    days = request.POST.get("days", "")
    if days and days not in dict(SNOOZES):
        fields.refuse("days", "Choose until when.")
    until: Any = clock.today() + timedelta(days=int(days)) if days else request.POST.get("due_on", "")
    communications.snooze_reminder(
        actor=request.actor, reminder=reminder, due_on=until, version=_version(request)
    )
    undo = f"{reverse('communications:reminder_reopen', args=[reminder.pk])}?{urlencode(was)}"
    on = reminder.due_on
    return _again(request, reminder, f"Put off to {on:%A} {on.day} {on:%B}.", undo=undo)


@doors.page
@require_http_methods(["GET", "POST"])
def reassign(request: MemberRequest, reminder_id: int) -> HttpResponse:
    """Give it to somebody else: the select, fetched when it is wanted, and what was chosen there."""
    permissions.require(request.actor, Verb.EDIT_REMINDER)
    reminder = _reminder(reminder_id)
    if request.method == "GET":
        if not request.htmx:
            return redirect("communications:reminder_edit", reminder.pk)
        context = {"row": row_of(reminder), "team": sheet.team(reminder.assigned_to)}
        return render(request, "communications/_reassign.html", context)
    word = request.POST.get("assigned_to", "")
    if not (word.isascii() and word.isdecimal() and len(word) < 19):
        fields.refuse("assigned_to", "Say who should do it.")
    communications.edit_reminder(
        actor=request.actor,
        reminder=reminder,
        values={"assigned_to_id": int(word)},
        version=_version(request),
    )
    fresh = _reminder(reminder_id)
    return _again(request, fresh, f"Now {fresh.assigned_to.name} has it.")


def _open(rows: ReminderQuerySet) -> ReminderQuerySet:
    return rows.open().soonest_first()


def _overdue(rows: ReminderQuerySet) -> ReminderQuerySet:
    return rows.overdue()


def _week(rows: ReminderQuerySet) -> ReminderQuerySet:
    today = clock.today()
    return rows.due_by(today + timedelta(days=6 - today.weekday())).filter(due_on__gte=today)


def _later(rows: ReminderQuerySet) -> ReminderQuerySet:
    today = clock.today()
    return rows.open().filter(due_on__gt=today + timedelta(days=6 - today.weekday())).soonest_first()


def _done(rows: ReminderQuerySet) -> ReminderQuerySet:
    return rows.exclude(state=ReminderState.OPEN).order_by("-closed_at", "-id")


_SHOWN: dict[str, Callable[[ReminderQuerySet], ReminderQuerySet]] = {
    "open": _open, "overdue": _overdue, "week": _week, "later": _later, "done": _done,
}  # fmt: skip


def _again(request: MemberRequest, reminder: Reminder, said: str, *, undo: str = "") -> HttpResponse:
    """The line as it is now, in place; without a script, the page one came from."""
    if request.htmx and request.htmx.target == f"reminder-{reminder.pk}":
        # On the investor's own page the line does not repeat the investor.
        own = "/investors/" in (request.htmx.current_url_abs_path or "")
        context = {"row": row_of(reminder), "own": own, "today": clock.today()}
        return doors.with_toast(render(request, "communications/_reminder.html", context), said, undo=undo)
    messages.success(request, said, extra_tags=f"undo:{undo}" if undo else "")
    return doors.back(request, reverse("communications:reminders"))


def _reminder(reminder_id: int) -> Reminder:
    return get_object_or_404(Reminder.objects.of_living().with_people().order_by("id"), pk=reminder_id)


def _investor(word: str) -> Investor:
    number = int(word) if word.isascii() and word.isdecimal() and len(word) < 19 else 0
    return get_object_or_404(Investor.objects.by_name(), pk=number)


def _home(investor: Investor | None) -> str:
    return (
        reverse("investors:detail", args=[investor.pk]) if investor else reverse("communications:reminders")
    )


def _offers(reminder: Reminder | None = None) -> dict[str, list[tuple[int, str]]]:
    return {"assigned_to": sheet.team(reminder.assigned_to if reminder else None)}


def _with_writer(request: MemberRequest, data: Data) -> Data:
    """The small box of an investor's page does not ask who: the writer."""
    if data is None or "assigned_to" in data:
        return data
    filled = data.copy()
    filled["assigned_to"] = str(request.actor.user_id or "")
    return filled


def _version(request: MemberRequest) -> int | None:
    word = request.POST.get("version", "")
    return int(word) if word.isascii() and word.isdecimal() and len(word) < 10 else None


def _values(reminder: Reminder) -> dict[str, Any]:
    return {
        "text": reminder.text,
        "due_on": reminder.due_on,
        "due_time": f"{reminder.due_time:%H:%M}" if reminder.due_time else "",
        "assigned_to": reminder.assigned_to_id,
        "version": reminder.version,
    }
