"""The inbox as a person uses it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from crm_site.communications.models import Communication
from crm_site.core import unit
from crm_site.investors.models import Investor
from crm_site.tests import cast
from crm_site.work.models import State, WorkItem
from intake import services as intake
from intake.models import InboundMessage, Proposal
from intake.tasks import parse_message

SENTENCE = "Met Dana Whitfield (COO, Blue Heron Capital, dana@blueheron.com), follow up next Tuesday"


def type_in(client, text: str = SENTENCE):
    return client.post(reverse("intake:receive"), {"text": text})


def work_off() -> None:
    for message in InboundMessage.objects.being_read():
        store = parse_message(organization_id=message.organization_id, subject_id=message.pk)
        assert store is not None
        with unit.atomic():
            store()


@pytest.fixture
def browser(partner):
    return cast.client_of(partner)


@pytest.fixture
def proposal(browser) -> Proposal:
    type_in(browser)
    work_off()
    return Proposal.objects.get()


def post(browser, name: str, proposal: Proposal, htmx: bool = True, **data):
    headers = {"HTTP_HX_REQUEST": "true"} if htmx else {}
    return browser.post(
        reverse(f"intake:{name}", args=[proposal.pk]), {"revision": proposal.revision} | data, **headers
    )


def test_an_empty_inbox_says_what_to_do(browser) -> None:
    page = browser.get(reverse("intake:inbox"))
    assert page.status_code == 200
    assert b"Nothing waits for you" in page.content


def test_what_was_typed_is_shown_while_it_is_read(browser) -> None:
    assert type_in(browser).status_code == 302
    assert b"Reading it" in browser.get(reverse("intake:inbox")).content
    message = InboundMessage.objects.get()
    waiting = browser.get(reverse("intake:reading", args=[message.pk]))
    assert b"Reading it" in waiting.content
    work_off()
    read = browser.get(reverse("intake:reading", args=[message.pk]))
    assert b"Yes, write it" in read.content and b"Blue Heron Capital" in read.content


def test_yes_writes_it_and_links_to_the_record(browser, proposal) -> None:
    done = post(browser, "approve", proposal)
    assert done.status_code == 200
    investor = Investor.objects.get()
    assert reverse("investors:detail", args=[investor.pk]).encode() in done.content


def test_without_javascript_the_same(browser, proposal) -> None:
    page = browser.get(reverse("intake:detail", args=[proposal.pk]))
    assert b"Yes, write it" in page.content
    assert post(browser, "approve", proposal, htmx=False).status_code == 302
    assert Communication.objects.count() == 1


def test_an_edit_shows_it_anew(browser, proposal) -> None:
    shown = post(browser, "edit", proposal, edit_investor="Red Heron Capital")
    assert b"Red Heron Capital" in shown.content
    proposal.refresh_from_db()
    assert (proposal.revision, proposal.is_pending) == (2, True)


def test_a_bad_edit_is_refused_at_its_place(browser, proposal) -> None:
    answer = post(browser, "edit", proposal, edit_amount="a lot")
    assert answer.status_code == 422
    proposal.refresh_from_db()
    assert proposal.revision == 1


def test_an_unchanged_form_changes_nothing(browser, proposal) -> None:
    post(browser, "edit", proposal, edit_investor="Blue Heron Capital", edit_kind="meeting")
    proposal.refresh_from_db()
    assert proposal.revision == 1


def test_a_late_yes_says_what_happened(browser, proposal) -> None:
    post(browser, "reject", proposal)
    answer = post(browser, "approve", proposal)
    assert answer.status_code == 422
    assert Communication.objects.count() == 0


@pytest.mark.parametrize("text", ["", "  ", "x" * 30_000])
def test_a_useless_message_is_refused_and_kept_in_the_box(browser, text: str) -> None:
    page = type_in(browser, text)
    assert page.status_code == 400
    assert b'id="id_text-error"' in page.content
    assert text.strip().encode() in page.content


def test_scripts_in_a_message_are_shown_not_run(browser) -> None:
    type_in(browser, "<script>alert(1)</script> Met Dana of <img src=x onerror=alert(2)> Blue Heron Capital")
    work_off()
    page = browser.get(reverse("intake:inbox")).content
    page += browser.get(reverse("intake:detail", args=[Proposal.objects.get().pk])).content
    assert b"<script>alert" not in page and b"<img src=x" not in page
    assert b"&lt;script&gt;" in page


def test_viewers_may_look_but_not_decide(viewer, proposal) -> None:
    browser = cast.client_of(viewer)
    assert browser.get(reverse("intake:detail", args=[proposal.pk])).status_code == 200
    assert post(browser, "approve", proposal).status_code == 403
    assert type_in(browser).status_code == 403
    assert Communication.objects.count() == 0


def test_a_stranger_finds_nothing(stranger, proposal) -> None:
    browser = cast.client_of(stranger)
    for name in ("approve", "reject", "pick", "make_new", "edit"):
        assert post(browser, name, proposal).status_code == 404
    assert browser.get(reverse("intake:detail", args=[proposal.pk])).status_code == 404
    assert b"dana@blueheron" not in browser.get(reverse("intake:inbox")).content


def test_visitors_are_asked_to_log_in(client, proposal) -> None:
    assert client.get(reverse("intake:inbox")).status_code == 302


def test_the_inbox_costs_the_same_whatever_waits(browser, django_assert_max_num_queries) -> None:
    for number in range(12):
        type_in(browser, f"Called Firm Number {number} Capital")
    work_off()
    with django_assert_max_num_queries(11):
        page = browser.get(reverse("intake:inbox"))
    assert page.content.count(b'class="card proposal"') == 12


def test_a_message_that_cannot_be_read_says_so_and_is_kept(browser) -> None:
    type_in(browser)
    message = InboundMessage.objects.get()
    WorkItem.unscoped.filter(subject_id=message.pk).update(state=State.DEAD)
    page = browser.get(reverse("intake:reading", args=[message.pk]))
    assert b"could not read this" in page.content and b"hx-get" not in page.content


def test_a_missing_fund_can_be_chosen_by_one_click(browser, house) -> None:
    for name in ("Fund I", "Fund II"):
        cast.make_fund(name)
    type_in(browser, "Northgate just signed for 1.5mm!!")
    work_off()
    found = Proposal.objects.get()
    page = browser.get(reverse("intake:detail", args=[found.pk]))
    assert b'name="edit_fund" value="Fund I"' in page.content
    post(browser, "edit", found, edit_fund="Fund I")
    found.refresh_from_db()
    assert post(browser, "approve", found).status_code == 200


@pytest.mark.parametrize("page", ["inbox", "detail"])
def test_what_came_from_a_room_says_so_and_who_wrote_it(browser, partner, page) -> None:
    actor = cast.actor_of(partner)
    intake.receive(actor=actor, source="matrix", body="Called Cedar Row about the deck", external_id="$1")
    work_off()
    (found,) = Proposal.objects.all()
    answer = browser.get(reverse(f"intake:{page}", args=[found.pk] if page == "detail" else []))
    header = answer.content.decode().partition("<article")[2].partition("</header>")[0]
    assert "Matrix" in header and partner.user.name in header


def test_what_was_typed_here_names_its_writer_only(browser, partner, proposal) -> None:
    answer = browser.get(reverse("intake:detail", args=[proposal.pk]))
    header = answer.content.decode().partition("<article")[2].partition("</header>")[0]
    assert partner.user.name in header and "chip" not in header
