"""The page of one investor."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm_site.audit.models import AuditEvent
from crm_site.communications import services as communications
from crm_site.communications.models import Communication
from crm_site.core.actor import Door
from crm_site.investors import services as investors
from crm_site.investors.models import Investor
from crm_site.tests import cast

HOSTILE = '<script>alert("x")</script>'


def _page(member, investor, query=""):
    return cast.client_of(member).get(reverse("investors:detail", args=[investor.pk]) + query)


def _fill(investor, times, fund_names):
    for number in range(times):
        contact = cast.make_contact(investor=investor, email=f"p{number}@firm.example", title="CFO")
        cast.make_communication(investor, contacts=[contact])
        cast.make_reminder(investor)
        cast.make_fact(investor, contact=contact)
    for name in fund_names:
        cast.make_opportunity(investor=investor, fund=cast.make_fund(name), expected="100")


@pytest.mark.parametrize("role", ["viewer", "associate", "partner", "admin", "owner"])
def test_every_role_sees_the_whole_investor(role, request, house):
    member = request.getfixturevalue(role)
    investor = cast.make_investor("Harbor Point", location="Boston", website="harbor.example")
    contact = cast.make_contact("Dana Whitfield", investor=investor, title="COO", email="dana@harbor.example")
    cast.make_opportunity(
        investor=investor, fund=cast.make_fund("Fund One"), expected="250000", committed="1000000"
    )
    cast.make_communication(investor, body="Spoke about the pref.", contacts=[contact])
    cast.make_reminder(investor, text="Send the deck")
    cast.make_fact(investor, text="Prefers mornings", confidence=0.7)
    investors.set_tags(actor=cast.system(), investor=investor, tags=["warm"])
    answer = _page(member, investor)
    assert answer.status_code == 200
    for words in ("Harbor Point", "Boston", "Dana Whitfield", "COO", "dana@harbor.example", "Fund One",
                  "Spoke about the pref.", "Send the deck", "Prefers mornings", "warm", "$1m", "$250k", "70%"):  # fmt: skip
        assert words in answer.content.decode(), words


def test_a_viewer_is_offered_nothing_that_writes(viewer):
    investor = cast.make_investor()
    cast.make_reminder(investor)
    page = _page(viewer, investor).content.decode()
    main = page[page.index('id="main"') :]
    assert "<form" not in main[: main.index("</main>")]


def test_the_page_takes_eight_queries_at_most_whatever_the_rows(owner):
    small, large = cast.make_investor(), cast.make_investor()
    _fill(small, 1, ["A"])
    _fill(large, 12, ["B", "C", "D"])
    client = cast.client_of(owner)
    counts = []
    for investor in (small, large):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(reverse("investors:detail", args=[investor.pk])).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 8


def test_history_takes_the_same_queries_whatever_the_entries(owner):
    actor = cast.actor_of(owner)
    investor = cast.make_investor()
    client = cast.client_of(owner)
    counts = []
    for turn in range(2):
        for number in range(1 + turn * 10):
            investors.edit_investor(
                actor=actor, investor=investor, values={"location": f"Place {turn} {number}"}
            )
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("investors:history", args=[investor.pk]))
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 9


def test_hostile_names_are_escaped(owner):
    investor = cast.make_investor(HOSTILE, location=HOSTILE, notes=HOSTILE)
    contact = cast.make_contact(HOSTILE, investor=investor, title=HOSTILE)
    cast.make_communication(investor, subject=HOSTILE, body=HOSTILE, contacts=[contact])
    cast.make_reminder(investor, text=HOSTILE)
    cast.make_fact(investor, text=HOSTILE, topic=HOSTILE)
    cast.make_opportunity(investor=investor, fund=cast.make_fund(HOSTILE))
    investors.set_tags(actor=cast.system(), investor=investor, tags=[HOSTILE])
    investors.retire_investor(actor=cast.system(), investor=investor, reason=HOSTILE)
    for page in (
        _page(owner, investor),
        cast.client_of(owner).get(reverse("investors:history", args=[investor.pk])),
    ):
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()


def test_a_javascript_website_is_no_link(owner):
    investor = cast.make_investor(website="javascript:alert(1)")
    assert 'href="javascript' not in _page(owner, investor).content.decode()


def test_another_organizations_investor_is_not_there(stranger, house):
    investor = cast.make_investor()
    client = cast.client_of(stranger)
    for name in ("detail", "edit", "history", "opportunity_create"):
        assert client.get(reverse(f"investors:{name}", args=[investor.pk])).status_code == 404, name
    for name in ("log", "retire", "tags", "alias", "fact_create"):
        assert (
            client.post(reverse(f"investors:{name}", args=[investor.pk]), {"body": "x"}).status_code == 404
        ), name


def test_a_visitor_is_led_to_the_log_in(client, house):
    answer = client.get(reverse("investors:detail", args=[1]))
    assert answer.status_code == 302
    assert "/login" in answer["Location"]


@pytest.mark.parametrize("name", ["log", "retire", "revive", "tags", "alias", "fact_create"])
def test_a_viewer_may_not_write(viewer, name):
    investor = cast.make_investor()
    sent = {"body": "x", "kind": "note", "occurred_on": "2026-01-02", "reason": "x", "name": "x", "text": "x"}
    assert (
        cast.client_of(viewer).post(reverse(f"investors:{name}", args=[investor.pk]), sent).status_code == 403
    )
    assert not Communication.objects.exists()


def test_an_associate_may_not_retire(associate):
    investor = cast.make_investor()
    url = reverse("investors:retire", args=[investor.pk])
    assert cast.client_of(associate).post(url, {"reason": "x"}).status_code == 403


def test_retiring_shows_the_reason_and_reviving_takes_it_away(partner):
    investor = cast.make_investor()
    client = cast.client_of(partner)
    answer = client.post(
        reverse("investors:retire", args=[investor.pk]), {"reason": "No mandate"}, follow=True
    )
    assert "No mandate" in answer.content.decode()
    client.post(reverse("investors:revive", args=[investor.pk]))
    assert Investor.objects.get(pk=investor.pk).is_live


def test_logging_writes_a_communication_with_its_people(associate):
    investor = cast.make_investor()
    contact = cast.make_contact("Dana", investor=investor)
    sent = {
        "kind": "call",
        "occurred_on": "2026-01-02",
        "body": "Spoke about terms",
        "contacts": [contact.pk],
    }
    answer = cast.client_of(associate).post(reverse("investors:log", args=[investor.pk]), sent, follow=True)
    row = Communication.objects.get()
    assert (row.kind, row.investor_id, list(row.contacts.all())) == ("call", investor.pk, [contact])
    assert row.created_by_id == associate.user_id
    assert "Spoke about terms" in answer.content.decode()


def test_logging_on_a_day_ahead_plans(associate):
    investor = cast.make_investor()
    sent = {"kind": "meeting", "occurred_on": "2199-01-02", "body": "Site visit"}
    cast.client_of(associate).post(reverse("investors:log", args=[investor.pk]), sent)
    assert Communication.objects.get().state == "planned"


def test_a_bad_date_keeps_what_was_typed(associate):
    investor = cast.make_investor()
    sent = {"kind": "call", "occurred_on": "soon", "body": "A long story"}
    answer = cast.client_of(associate).post(reverse("investors:log", args=[investor.pk]), sent)
    assert answer.status_code == 422
    assert "A long story" in answer.content.decode()
    assert not Communication.objects.exists()


def test_somebody_of_another_firm_cannot_be_named_in_the_log(associate):
    investor = cast.make_investor()
    other = cast.make_contact(investor=cast.make_investor())
    sent = {"kind": "call", "occurred_on": "2026-01-02", "body": "x", "contacts": [other.pk]}
    answer = cast.client_of(associate).post(reverse("investors:log", args=[investor.pk]), sent)
    assert answer.status_code == 422


def test_the_timeline_goes_through_every_entry_once(owner):
    investor = cast.make_investor()
    for number in range(45):
        cast.make_communication(
            investor, body=f"entry-{number:02d}-", occurred_on=f"2026-01-{1 + number % 3:02d}"
        )
    opportunity = cast.make_opportunity(investor=investor)
    investors.move_opportunity(actor=cast.system(), opportunity=opportunity, stage=cast.stage("meeting"))
    seen, query = [], ""
    for _ in range(9):
        page = _page(owner, investor, query).content.decode()
        seen += re.findall(r"entry-\d\d-", page)
        older = re.search(r'rel="next" href="(\?[^"#]*)', page)
        if older is None:
            break
        query = older[1].replace("&amp;", "&")
    assert sorted(seen) == [f"entry-{number:02d}-" for number in range(45)]


def test_the_chips_narrow_the_timeline_down(owner):
    investor = cast.make_investor()
    cast.make_communication(investor, kind="call", body="by phone")
    cast.make_communication(investor, kind="note", body="on paper")
    reminder = cast.make_reminder(investor, text="ring again")
    communications.close_reminder(actor=cast.system(), reminder=reminder)
    answer = cast.client_of(owner).get(
        reverse("investors:detail", args=[investor.pk]) + "?kind=call",
        headers={"HX-Request": "true", "HX-Target": "timeline"},
    )
    page = answer.content.decode()
    assert "by phone" in page and "on paper" not in page
    assert "<html" not in page
    done = _page(owner, investor, "?kind=done").content.decode()
    assert "ring again" in done and "by phone" not in done


@pytest.mark.parametrize(
    "query",
    ["?after=x", "?after=2026-01-01~x~y~z", "?kind=<b>", "?after=2026-01-01~2026-01-01T00:00:00~spoken~1"],
)
def test_a_broken_address_still_shows_the_page(owner, query):
    assert _page(owner, cast.make_investor(), query).status_code == 200


def _entry(investor, field):
    return next(
        event
        for event in AuditEvent.objects.about("investors.investor", investor.pk)
        if event.action == "investor.edited"
    )


def test_putting_back_writes_the_old_value_and_is_audited(owner):
    actor = cast.actor_of(owner)
    investor = cast.make_investor(location="Boston")
    investors.edit_investor(actor=actor, investor=investor, values={"location": "Paris", "name": "Renamed"})
    event = _entry(investor, "location")
    before = AuditEvent.objects.count()
    url = reverse("investors:put_back", args=[investor.pk, event.pk, "location"])
    assert cast.client_of(owner).post(url).status_code == 302
    fresh = Investor.objects.get(pk=investor.pk)
    assert (fresh.location, fresh.name) == ("Boston", "Renamed")
    newest = AuditEvent.objects.newest_first()[0]
    assert AuditEvent.objects.count() == before + 1
    assert (newest.action, newest.door, newest.user_id) == ("investor.edited", Door.WEB, owner.user_id)


def test_putting_a_sealed_name_back_works(owner):
    investor = cast.make_investor("Old Name")
    investors.edit_investor(actor=cast.actor_of(owner), investor=investor, values={"name": "New Name"})
    event = _entry(investor, "name")
    cast.client_of(owner).post(reverse("investors:put_back", args=[investor.pk, event.pk, "name"]))
    assert Investor.objects.get(pk=investor.pk).name == "Old Name"


def test_a_stage_move_can_be_put_back(partner):
    opportunity = cast.make_opportunity()
    investors.move_opportunity(
        actor=cast.actor_of(partner), opportunity=opportunity, stage=cast.stage("meeting")
    )
    event = next(event for event in AuditEvent.objects.newest_first() if event.action == "opportunity.moved")
    url = reverse("investors:put_back", args=[opportunity.investor_id, event.pk, "stage"])
    cast.client_of(partner).post(url)
    opportunity.refresh_from_db()
    assert opportunity.stage.key == "prospect"


def test_what_was_not_edited_cannot_be_put_back(owner):
    investor = cast.make_investor()
    created = AuditEvent.objects.about("investors.investor", investor.pk).get()
    url = reverse("investors:put_back", args=[investor.pk, created.pk, "name"])
    cast.client_of(owner).post(url)
    assert Investor.objects.get(pk=investor.pk).name == investor.name


def test_another_records_entry_cannot_be_put_back_here(owner):
    one, two = cast.make_investor(location="Rome"), cast.make_investor()
    investors.edit_investor(actor=cast.actor_of(owner), investor=one, values={"location": "Oslo"})
    event = _entry(one, "location")
    assert (
        cast.client_of(owner)
        .post(reverse("investors:put_back", args=[two.pk, event.pk, "location"]))
        .status_code
        == 404
    )
    assert Investor.objects.get(pk=one.pk).location == "Oslo"


def test_an_associate_reads_no_history(associate):
    investor = cast.make_investor()
    assert cast.client_of(associate).get(reverse("investors:history", args=[investor.pk])).status_code == 403


def test_the_kept_query_serves_each_organization_and_investor_its_own_rows(owner, stranger, foreign):
    mine, other = cast.make_investor(), cast.make_investor()
    cast.make_fact(mine, text="of mine")
    cast.make_communication(mine, body="said by mine")
    cast.make_fact(other, text="of the other")
    cast.make_communication(other, body="said by the other")
    for _ in range(2):
        page = _page(owner, mine).content.decode()
        assert "of mine" in page and "said by mine" in page and "the other" not in page
        page = _page(owner, other).content.decode()
        assert "of the other" in page and "said by the other" in page and "by mine" not in page
        page = _page(stranger, foreign.investor).content.decode()
        assert foreign.fact.text in page and foreign.communication.body in page and "mine" not in page
