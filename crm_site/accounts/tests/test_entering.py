"""Logging in and out, throttling, forgotten passwords, switching organizations."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from crm_site.accounts import services, sessions
from crm_site.accounts.models import Membership, User
from crm_site.audit.models import AuditEvent
from crm_site.tests import cast

LOGIN = "/login/"
NEW = "quiet river stones"


def log_in(client, email, password=cast.PASSWORD, **extra):
    return client.post(LOGIN, {"username": email, "password": password}, **extra)


def is_in(client):
    return client.get("/settings/").status_code == 200


def test_a_member_logs_in_by_email_whatever_its_case(viewer):
    client = Client()
    answer = log_in(client, " VICTOR@Harbor.example")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_in(client)


def test_the_session_rotates_on_login(viewer):
    client = Client()
    client.get(LOGIN)
    session = client.session
    session["planted"] = 1
    session.save()
    client.cookies["sessionid"] = session.session_key
    log_in(client, viewer.user.email)
    assert client.session.session_key != session.session_key


def test_the_answer_is_the_same_for_unknown_wrong_inactive_and_homeless_users(viewer, partner):
    homeless = cast.make_user(email="nobody@harbor.example")
    User.objects.filter(pk=partner.user_id).update(is_active=False)
    answers = [
        log_in(Client(), "unknown@harbor.example"),
        log_in(Client(), viewer.user.email, "wrong"),
        log_in(Client(), partner.user.email),
        log_in(Client(), homeless.email),
    ]
    said = {re.search(r"form-error.*?</div>", answer.content.decode(), re.S)[0] for answer in answers}
    assert len(said) == 1
    assert {answer.status_code for answer in answers} == {200}


def test_login_goes_on_to_the_page_asked_for_but_never_to_another_host(viewer):
    asked = Client().post(
        LOGIN, {"username": viewer.user.email, "password": cast.PASSWORD, "next": "/settings/"}
    )
    assert asked["Location"] == "/settings/"
    lured = Client().post(
        LOGIN, {"username": viewer.user.email, "password": cast.PASSWORD, "next": "https://evil.example/"}
    )
    assert lured["Location"] == "/"


def test_too_many_tries_close_the_door_for_a_while_and_say_so(viewer):
    client = Client()
    for attempt in range(8):
        answer = log_in(client, viewer.user.email.upper() if attempt % 2 else viewer.user.email, "wrong")
    assert answer.status_code == 429
    right = log_in(client, viewer.user.email)
    assert right.status_code == 429
    assert "Try again in 15 minutes" in right.content.decode()
    assert 0 < int(right["Retry-After"]) <= 900
    assert not is_in(client)
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert log_in(client, viewer.user.email).status_code == 302


def test_an_unknown_address_is_throttled_alike(db):
    client = Client()
    answers = [log_in(client, "nobody@harbor.example", "wrong") for _ in range(8)]
    assert answers[-1].status_code == 429


def test_a_stranger_elsewhere_cannot_lock_a_member_out(viewer):
    for _ in range(9):
        log_in(Client(), viewer.user.email, "wrong", REMOTE_ADDR="203.0.113.9")
    assert log_in(Client(), viewer.user.email).status_code == 302


def test_behind_our_proxy_the_last_hop_counts(viewer, settings):
    settings.BEHIND_TLS = True
    for number in range(9):
        answer = log_in(
            Client(),
            viewer.user.email,
            "wrong",
            headers={"X-Forwarded-For": f"10.0.0.{number}, 203.0.113.9"},
            secure=True,
        )
    assert answer.status_code == 429
    fresh = log_in(Client(), viewer.user.email, headers={"X-Forwarded-For": "203.0.113.10"}, secure=True)
    assert fresh.status_code == 302


def test_logging_out_needs_a_post(viewer):
    client = cast.client_of(viewer)
    assert client.get("/logout/").status_code == 405
    assert is_in(client)
    assert client.post("/logout/").status_code == 302
    assert not is_in(client)


def test_a_visitor_is_sent_to_log_in(db):
    answer = Client().get("/settings/members/")
    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=/settings/members/")


def test_somebody_shut_out_is_out_at_once(owner, viewer):
    client = cast.client_of(viewer)
    assert is_in(client)
    services.deactivate_member(actor=cast.actor_of(owner), membership=viewer)
    assert client.get("/settings/").status_code == 403


def test_changing_the_password_ends_the_other_sessions_and_keeps_this_one(viewer):
    here, there = cast.client_of(viewer), cast.client_of(viewer)
    answer = here.post("/settings/password/", {"current": cast.PASSWORD, "new": NEW})
    assert answer.status_code == 302
    assert is_in(here)
    assert not is_in(there)


def test_an_issued_password_ends_all_sessions(admin, viewer):
    client = cast.client_of(viewer)
    services.issue_password(actor=cast.actor_of(admin), membership=viewer)
    assert not is_in(client)


def link_for(email):
    Client().post("/password-reset/", {"email": email})
    [message] = mail.outbox
    return re.search(r"https?://testserver(/\S+)", message.body)[1]


def test_a_forgotten_password_is_chosen_anew_by_mail(viewer):
    client = Client()
    form = client.get(link_for("Victor@harbor.example"), follow=True)
    answer = client.post(form.redirect_chain[-1][0], {"new": NEW})
    assert answer["Location"] == "/password-reset/done/"
    assert not is_in(client)
    assert log_in(client, viewer.user.email, NEW).status_code == 302
    assert AuditEvent.objects.filter(action="user.password_reset").count() == 1


def test_the_link_works_once(viewer):
    link = link_for(viewer.user.email)
    client = Client()
    form = client.get(link, follow=True)
    client.post(form.redirect_chain[-1][0], {"new": NEW})
    again = Client().get(link, follow=True)
    assert "This link was used already or is too old." in again.content.decode()


def test_the_link_ends_after_two_hours(viewer):
    link = link_for(viewer.user.email)
    with time_machine.travel(timezone.now() + timedelta(hours=2, minutes=1)):
        assert "too old" in Client().get(link, follow=True).content.decode()


def test_a_weak_password_is_refused_at_the_field(viewer):
    client = Client()
    form = client.get(link_for(viewer.user.email), follow=True)
    answer = client.post(form.redirect_chain[-1][0], {"new": "password"})
    assert answer.status_code == 200
    assert "too common" in answer.content.decode()
    assert User.objects.get(pk=viewer.user_id).check_password(cast.PASSWORD)


@pytest.mark.parametrize("email", ["nobody@harbor.example", "bot@harbor.example"])
def test_no_mail_goes_to_strangers_and_bots_and_the_page_does_not_tell(house, bot, viewer, email):
    known = Client().post("/password-reset/", {"email": viewer.user.email})
    mail.outbox.clear()
    unknown = Client().post("/password-reset/", {"email": email})
    assert mail.outbox == []
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_a_member_of_two_organizations_switches(viewer, foreign):
    cast.make_member(foreign.organization, "associate", user=viewer.user)
    client = cast.client_of(viewer)
    answer = client.post("/settings/switch/", {"organization": foreign.organization.pk})
    assert answer.status_code == 302
    assert client.session[sessions.SESSION_KEY] == foreign.organization.pk
    assert "Elsewhere Capital" in client.get("/settings/").content.decode()


@pytest.mark.parametrize("wanted", ["{foreign}", "0", "", "9" * 30, "-1", "x"])
def test_nobody_switches_into_an_organization_they_are_not_in(viewer, foreign, wanted):
    client = cast.client_of(viewer)
    answer = client.post(
        "/settings/switch/", {"organization": wanted.format(foreign=foreign.organization.pk)}
    )
    assert answer.status_code == 404
    assert client.session[sessions.SESSION_KEY] == viewer.organization_id


def test_one_organization_never_shows_in_the_other(viewer, stranger):
    assert "Elsewhere" not in cast.client_of(viewer).get("/settings/").content.decode()
    assert Membership.unscoped.count() >= 2
