"""The pages of contacts."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm_site.audit.models import AuditEvent
from crm_site.contacts import services as contacts
from crm_site.contacts.models import Affiliation, Contact, ContactEmail
from crm_site.tests import cast

HOSTILE = '<img src=x onerror="alert(1)">'


def _get(member, name, *args, **query):
    return cast.client_of(member).get(reverse(f"contacts:{name}", args=args), query)


def test_people_are_found_by_name_address_and_firm(viewer):
    harbor = cast.make_investor("Harbor Point")
    cast.make_contact("Zoë Müller", investor=harbor, email="zm@elsewhere.example")
    cast.make_contact("Ann Other", email="ann@other.example")
    for text in ("zoë", "zoe muller", "zm@else", "harbor"):
        page = _get(viewer, "list", q=text).content.decode()
        assert "Zoë Müller" in page and "Ann Other" not in page, text


def test_the_list_narrows_down_to_an_investor(viewer):
    one, two = cast.make_investor(), cast.make_investor()
    cast.make_contact("Here", investor=one)
    cast.make_contact("There", investor=two)
    page = _get(viewer, "list", investor=one.pk).content.decode()
    assert "Here" in page and "There" not in page


def test_lists_and_pages_take_the_same_queries_whatever_the_rows(owner):
    client = cast.client_of(owner)
    investor = cast.make_investor()
    counts = {"list": [], "detail": []}
    first = cast.make_contact(investor=investor, email="a@b.example")
    for turn in range(2):
        for _ in range(turn * 8):
            cast.make_contact(investor=investor, email="c@d.example", phone="+1 212 555 0100")
            cast.make_communication(investor, contacts=[first])
            cast.make_fact(investor, contact=first)
            contacts.add_email(actor=cast.system(), contact=first, email=f"x{_}@y.example")
        for name, args in (("list", []), ("detail", [first.pk])):
            with CaptureQueriesContext(connection) as seen:
                assert client.get(reverse(f"contacts:{name}", args=args)).status_code == 200
            counts[name].append(len(seen))
    assert counts["list"][0] == counts["list"][1] <= 6
    assert counts["detail"][0] == counts["detail"][1] <= 10


def test_the_page_shows_everything_about_a_person(viewer):
    investor = cast.make_investor("Harbor Point")
    contact = cast.make_contact(
        "Dana", investor=investor, title="COO", email="d@h.example", phone="+12125550100", notes="Likes tea"
    )
    cast.make_communication(investor, body="About the pref", contacts=[contact])
    cast.make_fact(investor, text="Sails", contact=contact)
    page = _get(viewer, "detail", contact.pk).content.decode()
    for words in (
        "Dana",
        "COO",
        "Harbor Point",
        "d@h.example",
        "+12125550100",
        "Likes tea",
        "About the pref",
        "Sails",
    ):
        assert words in page, words


def test_hostile_names_are_escaped(owner):
    investor = cast.make_investor(HOSTILE)
    contact = cast.make_contact(HOSTILE, investor=investor, title=HOSTILE, notes=HOSTILE, linkedin=HOSTILE)
    for answer in (
        _get(owner, "list", q=HOSTILE),
        _get(owner, "list"),
        _get(owner, "detail", contact.pk),
        _get(owner, "history", contact.pk),
    ):
        assert answer.status_code == 200
        assert "<img src=x" not in answer.content.decode()


def test_a_person_is_added_at_an_investor(associate):
    investor = cast.make_investor()
    sent = {"name": "Dana", "title": "COO", "email": "D@H.example", "phone": "", "investor": investor.pk}
    answer = cast.client_of(associate).post(reverse("contacts:create"), sent)
    assert answer["Location"] == reverse("investors:detail", args=[investor.pk])
    row = Affiliation.objects.select_related("contact").get()
    assert (row.investor_id, row.title, row.contact.emails.get().email) == (investor.pk, "COO", "d@h.example")


def test_a_bad_address_leaves_nothing_behind_and_keeps_the_rest(associate):
    sent = {"name": "Dana", "email": "no address", "notes": "Met in Rome"}
    answer = cast.client_of(associate).post(reverse("contacts:create"), sent)
    assert answer.status_code == 422
    assert "Met in Rome" in answer.content.decode() and "not an e-mail address" in answer.content.decode()
    assert not Contact.objects.exists()


def test_addresses_are_added_made_first_and_deleted(associate):
    contact = cast.make_contact(email="one@h.example")
    client = cast.client_of(associate)
    client.post(reverse("contacts:email_create", args=[contact.pk]), {"email": "two@h.example"})
    two = ContactEmail.objects.get(email="two@h.example")
    client.post(reverse("contacts:make_primary", args=[contact.pk, "email", two.pk]))
    assert ContactEmail.objects.get(is_primary=True).pk == two.pk
    client.post(
        reverse("home:delete", args=["contactemail", two.pk]),
        {"next": reverse("contacts:detail", args=[contact.pk])},
    )
    assert [row.email for row in ContactEmail.objects.all()] == ["one@h.example"]


def test_an_investor_is_added_by_name_and_an_unknown_one_is_not_invented(associate):
    contact, investor = cast.make_contact(), cast.make_investor("Cedar Row Partners")
    client = cast.client_of(associate)
    url = reverse("contacts:affiliate", args=[contact.pk])
    client.post(url, {"investor": "cedar row partners llc", "title": "CFO"})
    assert Affiliation.objects.get().investor_id == investor.pk
    answer = client.post(url, {"investor": "Nowhere at all"}, follow=True)
    assert "There is no investor" in answer.content.decode()
    assert Affiliation.objects.count() == 1


def test_an_ended_place_is_kept(associate):
    investor = cast.make_investor("Old Firm")
    contact = cast.make_contact(investor=investor)
    row = Affiliation.objects.get()
    sent = {"to_on": "2025-01-02", "is_primary": "on", "initial-is_primary": "True", "version": row.version}
    client = cast.client_of(associate)
    client.post(reverse("contacts:affiliation_edit", args=[row.pk]), sent)
    assert f"{Affiliation.objects.get().to_on}" == "2025-01-02"
    assert "Old Firm" in client.get(reverse("contacts:detail", args=[contact.pk])).content.decode()


def test_a_stale_edit_keeps_what_was_typed(associate):
    contact = cast.make_contact("Dana", notes="old")
    contacts.edit_contact(actor=cast.system(), contact=contact, values={"notes": "theirs"})
    sent = {"name": "Dana", "initial-name": "Dana", "notes": "mine", "initial-notes": "old", "version": 1}
    answer = cast.client_of(associate).post(reverse("contacts:edit", args=[contact.pk]), sent)
    assert answer.status_code == 409
    assert "mine" in answer.content.decode() and "theirs" in answer.content.decode()
    assert Contact.objects.get().notes == "theirs"


def test_a_name_is_put_back(owner):
    contact = cast.make_contact("Dana")
    contacts.edit_contact(actor=cast.actor_of(owner), contact=contact, values={"name": "Dan"})
    event = AuditEvent.objects.about("contacts.contact", contact.pk)[0]
    cast.client_of(owner).post(reverse("contacts:put_back", args=[contact.pk, event.pk, "name"]))
    assert Contact.objects.get().name == "Dana"


@pytest.mark.parametrize("name", ["edit", "email_create", "phone_create", "affiliate"])
def test_a_viewer_may_not_write(viewer, name):
    contact = cast.make_contact()
    sent = {"name": "x", "email": "a@b.example", "phone": "+12125550100", "investor": "x"}
    assert (
        cast.client_of(viewer).post(reverse(f"contacts:{name}", args=[contact.pk]), sent).status_code == 403
    )


def test_another_organizations_person_is_not_there(owner, foreign):
    client = cast.client_of(owner)
    for name in ("detail", "edit", "history"):
        assert client.get(reverse(f"contacts:{name}", args=[foreign.contact.pk])).status_code == 404
    assert client.get(reverse("contacts:list"), {"investor": foreign.investor.pk}).status_code == 404
    email = ContactEmail.unscoped.get(contact=foreign.contact)
    assert (
        client.post(
            reverse("contacts:make_primary", args=[foreign.contact.pk, "email", email.pk])
        ).status_code
        == 404
    )
    assert foreign.contact.name not in client.get(reverse("contacts:list")).content.decode()
