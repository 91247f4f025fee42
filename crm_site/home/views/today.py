"""Today: what is due, what waits, what happened."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from crm_site.accounts import permissions
from crm_site.accounts.doors import MemberRequest
from crm_site.accounts.permissions import Verb
from crm_site.communications import services as communications
from crm_site.communications.models import Reminder
from crm_site.core import clock, fields
from crm_site.home import daily, doors

#: How long a reminder can be put off by one click, in days.
SNOOZES = (("1", "Tomorrow"), ("3", "In 3 days"), ("7", "In 1 week"))


@doors.page
@require_GET
def today(request: MemberRequest) -> HttpResponse:
    """The first page of the day."""
    day = clock.today()
    blocks = {
        "waiting": daily.waiting(),
        "meetings": daily.meetings(day),
        "funds": daily.funds(),
        "quiet": daily.quiet(),
        "logged": daily.logged_by_others(request.actor.user_id),
    }
    context = _reminders(request) | blocks
    context["is_new"] = daily.is_new([context["due"], *blocks.values()])
    return render(request, "home/today.html", context | {"day": day, "quiet_days": daily.QUIET_DAYS})


@doors.page
@require_POST
def tick(request: MemberRequest, reminder_id: int) -> HttpResponse:
    """Done."""
    reminder = _reminder(reminder_id)
    communications.close_reminder(actor=request.actor, reminder=reminder, version=_version(request))
    return _again(request, f"Done: {reminder.text}", undo=reverse("home:reminder_reopen", args=[reminder.pk]))


@doors.page
@require_POST
def snooze(request: MemberRequest, reminder_id: int) -> HttpResponse:
    """Put off by some days from today."""
    reminder = _reminder(reminder_id)
    days = request.POST.get("days", "")
    if days not in dict(SNOOZES):
        fields.refuse("days", "Choose until when.")
    was = reminder.due_on
    until = clock.today() + timedelta(days=int(days))
    communications.snooze_reminder(
        actor=request.actor, reminder=reminder, due_on=until, version=_version(request)
    )
    undo = f"{reverse('home:reminder_reopen', args=[reminder.pk])}?due={was.isoformat()}"
    return _again(request, f"Put off to {until:%A} {until.day} {until:%B}: {reminder.text}", undo=undo)


@doors.page
@require_POST
def reopen(request: MemberRequest, reminder_id: int) -> HttpResponse:
    """Take a tick or a delay back."""
    reminder = _reminder(reminder_id)
    if request.GET.get("due"):
        communications.edit_reminder(
            actor=request.actor, reminder=reminder, values={"due_on": request.GET["due"]}
        )
    else:
        communications.reopen_reminder(actor=request.actor, reminder=reminder)
    return _again(request, f"Back on the list: {reminder.text}")


def _reminders(request: MemberRequest) -> dict[str, Any]:
    everyone = request.GET.get("whose") == "all"
    return {
        "due": daily.due(None if everyone else request.actor.user_id),
        "everyone": everyone,
        "whose": "?whose=all" if everyone else "",
        "may_edit": permissions.may(request.actor, Verb.EDIT_REMINDER),
        "snoozes": SNOOZES,
    }


def _reminder(reminder_id: int) -> Reminder:
    return get_object_or_404(Reminder.objects.of_living().with_people(), pk=reminder_id)


def _version(request: MemberRequest) -> int | None:
    word = request.POST.get("version", "")
    return int(word) if word.isascii() and word.isdecimal() and len(word) < 10 else None


def _again(request: MemberRequest, said: str, *, undo: str = "") -> HttpResponse:
    """The list of reminders as it is now, in place or as a page, with a way back."""
    if request.htmx:
        answer = render(request, "home/today.html#reminders", _reminders(request))
        return doors.with_toast(answer, said, undo=undo)
    messages.success(request, said, extra_tags=f"undo:{undo}" if undo else "")
    return doors.back(request)
