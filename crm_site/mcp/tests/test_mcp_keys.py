"""The door of `/mcp`: who may come in, by what, and what is refused before anything is read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from crm_site.accounts import services as accounts
from crm_site.accounts.models import ApiKey, Membership
from crm_site.accounts.permissions import Verb
from crm_site.accounts.roles import Role
from crm_site.api import services as tokens
from crm_site.mcp import views
from crm_site.mcp.tests.talking import Desk, key_for
from crm_site.tests import cast

PING = '{"jsonrpc": "2.0", "id": 1, "method": "ping"}'


def is_refused(answer: Any) -> bool:
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer ")
    assert "error" in answer.json()
    return True


def test_a_key_opens_the_door_by_either_word(associate: Membership) -> None:
    text = key_for(associate)
    assert Desk(text).post(PING).json() == {"jsonrpc": "2.0", "id": 1, "result": {}}
    assert Desk(text).post(PING, authorization=f"Api-Key {text}").status_code == 200
    assert ApiKey.objects.get().last_used_at is not None


@pytest.mark.parametrize(
    "sent", ["", "Bearer", "Bearer ", "Basic abc", "Bearer nonsense", "Bearer rt_00000000_x"]
)
def test_without_a_good_key_nobody_comes_in(associate: Membership, sent: str) -> None:
    key_for(associate)
    assert is_refused(Desk("x").post(PING, authorization=sent))


def test_a_key_with_a_changed_letter_is_refused(associate: Membership) -> None:
    text = key_for(associate)
    assert is_refused(Desk(text[:-1] + ("a" if text[-1] != "a" else "b")).post(PING))


def test_a_revoked_and_an_expired_key_are_refused(associate: Membership, admin: Membership) -> None:
    text = key_for(associate)
    accounts.revoke_api_key(actor=cast.actor_of(admin), key=ApiKey.objects.get())
    assert is_refused(Desk(text).post(PING))
    assert is_refused(Desk(key_for(associate, expires_at=timezone.now() - timedelta(seconds=1))).post(PING))


def test_the_key_of_a_member_who_has_left_is_refused(associate: Membership, owner: Membership) -> None:
    text = key_for(associate)
    assert Desk(text).post(PING).status_code == 200
    accounts.deactivate_member(actor=cast.actor_of(owner), membership=associate)
    assert is_refused(Desk(text).post(PING))


def test_a_token_of_the_api_is_for_another_audience(associate: Membership) -> None:
    pair = tokens.issue_tokens(actor=cast.actor_of(associate), user=associate.user)
    assert is_refused(Desk(pair.access).post(PING))


def test_a_log_in_counts_for_nothing_here(owner: Membership) -> None:
    answer = cast.client_of(owner).post("/mcp", PING, content_type="application/json")
    assert is_refused(answer)


def test_a_log_in_elsewhere_does_not_change_whose_key_it_is(owner: Membership, stranger: Membership) -> None:
    mine = cast.make_investor("Ours Alone Capital")
    desk = Desk(key_for(owner))
    desk.client = cast.client_of(stranger)
    assert desk.call("investor_360", investor=f"investor:{mine.pk}")["name"] == "Ours Alone Capital"


def test_no_cross_site_token_is_asked_for(associate: Membership) -> None:
    assert Desk(key_for(associate), enforce_csrf_checks=True).post(PING).status_code == 200


@pytest.mark.parametrize("method", ["get", "delete", "put", "patch", "options", "head"])
def test_no_stream_is_offered_and_no_session_kept(associate: Membership, method: str) -> None:
    answer = getattr(Client(), method)("/mcp", headers={"authorization": f"Bearer {key_for(associate)}"})
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "https://testserver",
        "http://testserver.evil.example",
        "http://testserver:81",
        "x",
        "",
    ],
)
def test_a_page_from_elsewhere_is_refused(associate: Membership, origin: str) -> None:
    answer = Desk(key_for(associate)).post(PING, origin=origin)
    assert answer.status_code == 403


def test_our_own_pages_and_trusted_ones_may_call(associate: Membership, settings: Any) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://crm.harbor.example"]
    desk = Desk(key_for(associate))
    assert desk.post(PING, origin="http://testserver").status_code == 200
    assert desk.post(PING, origin="https://crm.harbor.example").status_code == 200


def test_a_name_that_somebody_else_points_at_us_is_refused(associate: Membership) -> None:
    answer = Desk(key_for(associate)).post(PING, host="rebound.example", origin="http://rebound.example")
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"nonsense", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 5_000 + b"1" + b"}" * 5_000, b"9" * 6_000, b"NaN",
        b"1e999", b"null", b"[]", b"[1]", b'"x"', b"{}", b'{"jsonrpc": "1.0", "id": 1, "method": "ping"}',
        b'[{"jsonrpc": "2.0", "id": 1, "method": "ping"}]',
    ],
)  # fmt: skip
def test_what_is_no_message_is_refused(associate: Membership, body: bytes) -> None:
    answer = Desk(key_for(associate)).post(body)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] in (-32700, -32600, -32602)


def test_a_message_that_is_too_long_is_not_read(associate: Membership) -> None:
    padding = "x" * views.MAX_BYTES
    body = f'{{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": {{"_meta": {{"x": "{padding}"}}}}}}'
    assert Desk(key_for(associate)).post(body).status_code == 413


def test_headers_that_the_protocol_refuses(associate: Membership) -> None:
    desk = Desk(key_for(associate))
    listed = '{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}'
    assert desk.post(listed, mcp_protocol_version="1999-01-01").status_code == 400
    assert desk.post(listed, accept="text/html").status_code == 406
    # A session's id is no proof of anything: with none kept, one that is made up changes nothing.
    assert desk.post(listed, mcp_session_id="made-up").status_code == 200


def test_a_notification_is_taken_and_does_nothing(associate: Membership) -> None:
    investor = cast.make_investor()
    call = (
        '{"jsonrpc": "2.0", "method": "tools/call", "params": {"name": "add_reminder", '
        f'"arguments": {{"investor": "investor:{investor.pk}", "text": "x"}}}}}}'
    )
    assert Desk(key_for(associate)).post(call).status_code == 202
    assert list(investor.reminders.all()) == []


def test_a_key_without_the_right_to_read_reads_nothing(associate: Membership) -> None:
    investor = cast.make_investor("Cedar Row Partners")
    desk = Desk(key_for(associate, Verb.RECEIVE))
    assert desk.refused("investor_360", investor=f"investor:{investor.pk}")["code"] == "not_allowed"
    for method, params in (
        ("resources/list", {}),
        ("resources/read", {"uri": f"roundtable://investor/{investor.pk}"}),
        ("prompts/get", {"name": "prepare_meeting", "arguments": {"investor": "Cedar Row Partners"}}),
    ):
        answer = desk.ask(method, **params)
        assert answer["error"]["data"]["code"] == "not_allowed", method
        assert "Cedar" not in str(answer)


def test_a_key_without_the_right_to_ask_asks_nothing(associate: Membership) -> None:
    desk = Desk(key_for(associate, Verb.READ))
    for tool, arguments in (
        ("query_catalog", {}),
        ("query", {"intent": "data_health"}),
        ("ask", {"question": "How many investors?"}),
    ):
        assert desk.refused(tool, **arguments)["code"] == "not_allowed"


def test_every_role_may_look(house: Any) -> None:
    for role in Role.values:
        assert Desk(key_for(cast.make_member(house, role))).call("reminders", whose="all")["reminders"] == []
