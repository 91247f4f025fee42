"""The pages of communications, reminders and files."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm_site.communications import services as communications
from crm_site.communications.models import Attachment, Communication, Reminder
from crm_site.core import clock
from crm_site.core.scope import scope
from crm_site.tests import cast

HOSTILE = "<svg/onload=alert(1)>"


def _list(member, **query):
    return cast.client_of(member).get(reverse("communications:list"), query).content.decode()


def test_the_list_filters_by_kind_writer_day_and_text(associate, viewer):
    investor = cast.make_investor("Harbor Point")
    cast.make_communication(
        investor, kind="call", body="first words", occurred_on="2026-01-05", actor=cast.actor_of(associate)
    )
    cast.make_communication(kind="note", body="second words", occurred_on="2026-02-05")
    for query in (
        {"kind": "call"},
        {"owner": associate.user_id},
        {"until": "2026-01-31"},
        {"q": "FIRST"},
        {"q": "harbor"},
        {"investor": investor.pk},
    ):
        page = _list(viewer, **query)
        assert "first words" in page and "second words" not in page, query


@pytest.mark.parametrize(
    "query",
    [
        {"kind": "x"},
        {"owner": "x"},
        {"since": "soon"},
        {"after": "x~y"},
        {"investor": "9" * 30},
        {"q": "\x00%_'"},
    ],
)
def test_filters_without_sense_are_left_out(viewer, query):
    assert cast.client_of(viewer).get(reverse("communications:list"), query).status_code == 200


def test_older_pages_show_every_entry_once(viewer):
    investor = cast.make_investor()
    for number in range(65):
        cast.make_communication(
            investor, body=f"entry-{number:02d}-", occurred_on=f"2026-01-{1 + number % 4:02d}"
        )
    seen, query = [], ""
    for _ in range(9):
        page = cast.client_of(viewer).get(reverse("communications:list") + query).content.decode()
        seen += re.findall(r"entry-\d\d-", page)
        older = re.search(r'rel="next" href="(\?[^"]*)', page)
        if older is None:
            break
        query = older[1].replace("&amp;", "&")
    assert sorted(seen) == [f"entry-{number:02d}-" for number in range(65)]


def test_lists_take_the_same_queries_whatever_the_rows(owner):
    client = cast.client_of(owner)
    counts = {"list": [], "reminders": []}
    for turn in range(2):
        for _ in range(1 + turn * 10):
            investor = cast.make_investor()
            contact = cast.make_contact(investor=investor)
            cast.make_communication(investor, contacts=[contact], actor=cast.actor_of(owner))
            cast.make_reminder(investor)
        for name in counts:
            with CaptureQueriesContext(connection) as seen:
                client.get(reverse(f"communications:{name}"), {"whose": "all"})
            counts[name].append(len(seen))
    assert counts["list"][0] == counts["list"][1] <= 7
    assert counts["reminders"][0] == counts["reminders"][1] <= 6


def test_an_entry_is_changed_with_its_people(associate):
    investor = cast.make_investor()
    one, two = cast.make_contact("One", investor=investor), cast.make_contact("Two", investor=investor)
    row = cast.make_communication(investor, body="old", contacts=[one])
    sent = {"kind": "call", "initial-kind": "note", "state": "happened", "initial-state": "happened",
            "occurred_on": str(row.occurred_on), "initial-occurred_on": str(row.occurred_on), "body": "new",
            "initial-body": "old", "contacts": [two.pk], "initial-contacts": [one.pk], "version": row.version}  # fmt: skip
    answer = cast.client_of(associate).post(reverse("communications:detail", args=[row.pk]), sent)
    assert answer.status_code == 302
    fresh = Communication.objects.get()
    assert (fresh.kind, fresh.body, list(fresh.contacts.all())) == ("call", "new", [two])


def test_a_stale_entry_keeps_what_was_typed(associate):
    row = cast.make_communication(body="old")
    communications.edit_communication(actor=cast.system(), communication=row, values={"body": "theirs"})
    sent = {"kind": "note", "initial-kind": "note", "state": "happened", "initial-state": "happened",
            "occurred_on": str(row.occurred_on), "initial-occurred_on": str(row.occurred_on), "body": "mine",
            "initial-body": "old", "version": 1}  # fmt: skip
    answer = cast.client_of(associate).post(reverse("communications:detail", args=[row.pk]), sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "mine" in page and "theirs" in page
    assert Communication.objects.get().body == "theirs"


def test_a_viewer_reads_an_entry_and_changes_nothing(viewer):
    row = cast.make_communication(body=f"Read me {HOSTILE}")
    client, url = cast.client_of(viewer), reverse("communications:detail", args=[row.pk])
    page = client.get(url).content.decode()
    assert "Read me" in page and HOSTILE not in page and 'name="body"' not in page
    assert client.post(url, {"body": "x", "kind": "note"}).status_code == 403


def test_other_organizations_rows_are_not_there(owner, foreign):
    client = cast.client_of(owner)
    assert client.get(reverse("communications:detail", args=[foreign.communication.pk])).status_code == 404
    assert foreign.communication.body not in client.get(reverse("communications:list")).content.decode()
    assert (
        client.get(reverse("communications:reminder_create"), {"investor": foreign.investor.pk}).status_code
        == 404
    )
    for name in ("tick", "drop", "reopen", "snooze", "edit", "reassign"):
        url = reverse(f"communications:reminder_{name}", args=[foreign.reminder.pk])
        assert client.post(url, {"days": "1"}).status_code == 404, name


@pytest.mark.parametrize("name", ["tick", "drop", "reopen", "snooze", "edit", "reassign"])
def test_a_viewer_moves_no_reminder(viewer, name):
    row = cast.make_reminder()
    sent = {"days": "1", "assigned_to": viewer.user_id, "text": "x"}
    assert (
        cast.client_of(viewer)
        .post(reverse(f"communications:reminder_{name}", args=[row.pk]), sent)
        .status_code
        == 403
    )
    assert Reminder.objects.get().version == row.version


def test_tabs_sort_reminders_by_when_and_whose(associate, partner):
    today = clock.today()
    mine = cast.actor_of(associate)
    late = cast.make_reminder(text="late one", due_on=today - timedelta(days=9), actor=mine)
    cast.make_reminder(text="far one", due_on=today + timedelta(days=30), actor=mine)
    cast.make_reminder(text="today one", due_on=today, actor=mine)
    cast.make_reminder(text="hers", due_on=today, actor=cast.actor_of(partner))
    done = cast.make_reminder(text="ticked one", actor=mine)
    communications.close_reminder(actor=mine, reminder=done)
    shown = {
        "open": {"late one", "far one", "today one"},
        "overdue": {"late one"},
        "week": {"today one"},
        "later": {"far one"},
        "done": {"ticked one"},
    }
    client = cast.client_of(associate)
    for tab, expected in shown.items():
        page = client.get(reverse("communications:reminders"), {"tab": tab}).content.decode()
        found = {
            text for text in ("late one", "far one", "today one", "hers", "ticked one") if f">{text}<" in page
        }
        assert found == expected, tab
    assert ">hers<" in client.get(reverse("communications:reminders"), {"whose": "all"}).content.decode()
    assert late.pk


def test_a_tick_swaps_the_line_and_can_be_taken_back(associate):
    row = cast.make_reminder(text="Send the deck", actor=cast.actor_of(associate))
    client = cast.client_of(associate)
    htmx = {"HX-Request": "true", "HX-Target": f"reminder-{row.pk}"}
    url = reverse("communications:reminder_tick", args=[row.pk])
    answer = client.post(url, {"version": row.version}, headers=htmx)
    page = answer.content.decode()
    assert "is-closed" in page and "<html" not in page
    assert reverse("communications:reminder_reopen", args=[row.pk]) in answer["HX-Trigger"]
    assert Reminder.objects.get().state == "done"
    client.post(reverse("communications:reminder_reopen", args=[row.pk]), headers=htmx)
    assert Reminder.objects.get().state == "open"


def test_a_second_tick_is_told(associate):
    row = cast.make_reminder(actor=cast.actor_of(associate))
    client, url = cast.client_of(associate), reverse("communications:reminder_tick", args=[row.pk])
    client.post(url)
    answer = client.post(url, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert "already" in answer.json()["error"]["message"]


def test_a_delay_can_be_taken_back_with_its_time(associate):
    row = cast.make_reminder(due_on="2026-01-05", due_time="14:30", actor=cast.actor_of(associate))
    client = cast.client_of(associate)
    htmx = {"HX-Request": "true", "HX-Target": f"reminder-{row.pk}"}
    answer = client.post(
        reverse("communications:reminder_snooze", args=[row.pk]), {"days": "3"}, headers=htmx
    )
    assert Reminder.objects.get().due_on == clock.today() + timedelta(days=3)
    undo = re.search(r'"undo": "([^"]*)"', answer["HX-Trigger"])[1]
    client.post(undo)
    fresh = Reminder.objects.get()
    assert (str(fresh.due_on), str(fresh.due_time)) == ("2026-01-05", "14:30:00")


def test_a_reminder_is_given_to_somebody_of_the_team_only(associate, partner, stranger):
    row = cast.make_reminder(actor=cast.actor_of(associate))
    client, url = cast.client_of(associate), reverse("communications:reminder_reassign", args=[row.pk])
    client.post(url, {"assigned_to": partner.user_id})
    assert Reminder.objects.get().assigned_to_id == partner.user_id
    client.post(url, {"assigned_to": stranger.user_id})
    assert Reminder.objects.get().assigned_to_id == partner.user_id


def test_a_reminder_from_the_investors_page_is_the_writers(associate):
    investor = cast.make_investor()
    sent = {
        "text": "Ring",
        "due_on": "",
        "investor": investor.pk,
        "next": reverse("investors:detail", args=[investor.pk]),
    }
    answer = cast.client_of(associate).post(reverse("communications:reminder_create"), sent)
    row = Reminder.objects.get()
    assert answer["Location"] == sent["next"]
    assert (row.assigned_to_id, row.investor_id) == (associate.user_id, investor.pk)


def _attachment(communication, content=b"<script>alert(1)</script>", name="evil.html"):
    return Attachment.objects.create(
        organization_id=communication.organization_id, communication=communication, file=ContentFile(content, name=name),
        name=name, content_type="text/html", size=len(content), sha256="0" * 64,
    )  # fmt: skip


@pytest.fixture
def on_disk(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_a_file_is_a_download_and_never_a_page(viewer, on_disk):
    row = _attachment(cast.make_communication())
    answer = cast.client_of(viewer).get(reverse("communications:attachment", args=[row.pk]))
    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"
    assert answer["Content-Disposition"] == 'attachment; filename="evil.html"'
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_file_of_another_organization_or_of_something_deleted_is_not_there(owner, foreign, on_disk):
    with scope(foreign.organization):
        theirs = _attachment(foreign.communication)
    mine = _attachment(cast.make_communication())
    client = cast.client_of(owner)
    assert client.get(reverse("communications:attachment", args=[theirs.pk])).status_code == 404
    client.post(reverse("home:delete", args=["communication", mine.communication_id]))
    assert client.get(reverse("communications:attachment", args=[mine.pk])).status_code == 404
