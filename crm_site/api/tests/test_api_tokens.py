"""Tokens: by password, for one organization; throttled; a refresh works once and its reuse ends the family."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from rest_framework.test import APIClient

from crm_site.accounts.roles import Role
from crm_site.audit.models import AuditEvent
from crm_site.tests import cast

TOKEN, REFRESH, INVESTORS = "/api/v1/auth/token/", "/api/v1/auth/token/refresh/", "/api/v1/investors/"


def log_in(email: str, password: str = cast.PASSWORD, **more: Any) -> Any:
    return APIClient().post(TOKEN, {"email": email, "password": password, **more})


def refresh(token: str) -> Any:
    return APIClient().post(REFRESH, {"refresh": token})


def read(access: str) -> Any:
    return APIClient().get(INVESTORS, HTTP_AUTHORIZATION=f"Bearer {access}")


def test_a_member_gets_a_pair_and_reads_with_it(associate: Any) -> None:
    cast.make_investor("Harbor Point")
    answer = log_in("ANNA@harbor.example")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert answer.json()["organization"] == "harbor-house"
    assert [row["name"] for row in read(answer.json()["access"]).json()["results"]] == ["Harbor Point"]


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("anna@harbor.example", "wrong"),
        ("nobody@harbor.example", cast.PASSWORD),
        ("", ""),
        ("anna@harbor.example\x00", "x"),
    ],
)
def test_wrong_credentials_get_nothing(associate: Any, email: str, password: str) -> None:
    answer = log_in(email, password)
    assert answer.status_code in (400, 401)
    assert "access" not in answer.json()


def test_a_token_is_for_the_organization_named(associate: Any, foreign: cast.Rows) -> None:
    cast.make_member(foreign.organization, Role.VIEWER, user=associate.user)
    pair = log_in("anna@harbor.example", organization="elsewhere").json()
    names = [row["name"] for row in read(pair["access"]).json()["results"]]
    assert names == [foreign.investor.name]


def test_an_organization_one_is_not_in_is_refused(associate: Any, foreign: cast.Rows) -> None:
    assert log_in("anna@harbor.example", organization="elsewhere").status_code == 401


def test_a_former_member_cannot_use_what_is_left(associate: Any) -> None:
    pair = log_in("anna@harbor.example").json()
    type(associate).unscoped.filter(pk=associate.pk).update(is_active=False)
    assert read(pair["access"]).status_code == 401
    assert refresh(pair["refresh"]).status_code == 401
    assert log_in("anna@harbor.example").status_code == 401


def test_failed_attempts_lock_the_account_from_there(associate: Any) -> None:
    for _ in range(8):
        answer = log_in("anna@harbor.example", "wrong")
    assert answer.status_code == 429
    answer = log_in("anna@harbor.example")
    assert answer.status_code == 429
    assert answer.json()["error"]["code"] == "locked_out"
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert log_in("anna@harbor.example").status_code == 200


def test_a_success_forgets_the_failures_before(associate: Any) -> None:
    for _ in range(2):
        for _ in range(6):
            log_in("anna@harbor.example", "wrong")
        assert log_in("anna@harbor.example").status_code == 200


def test_a_refresh_gives_a_new_pair(associate: Any) -> None:
    first = log_in("anna@harbor.example").json()
    second = refresh(first["refresh"]).json()
    assert second["refresh"] != first["refresh"]
    assert read(second["access"]).status_code == 200
    assert refresh(second["refresh"]).status_code == 200


def test_a_refresh_used_twice_ends_the_whole_family(associate: Any) -> None:
    first = log_in("anna@harbor.example").json()
    other_device = log_in("anna@harbor.example").json()
    second = refresh(first["refresh"]).json()
    again = refresh(first["refresh"])
    assert again.status_code == 401
    assert again.json()["error"]["code"] == "token_reused"
    assert refresh(second["refresh"]).status_code == 401
    assert refresh(other_device["refresh"]).status_code == 401
    assert AuditEvent.objects.filter(action="member.tokens_revoked").exists()


def test_a_new_password_ends_all_tokens(associate: Any) -> None:
    pair = log_in("anna@harbor.example").json()
    associate.user.set_password("another long pass phrase")
    associate.user.save()
    assert read(pair["access"]).status_code == 401
    assert refresh(pair["refresh"]).status_code == 401


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "x" * 5000])
def test_a_made_up_refresh_token_is_refused(token: str) -> None:
    assert refresh(token).status_code in (400, 401)


def test_an_access_token_is_no_refresh_token_and_the_other_way_round(associate: Any) -> None:
    pair = log_in("anna@harbor.example").json()
    assert refresh(pair["access"]).status_code == 401
    assert read(pair["refresh"]).status_code == 401


def test_tokens_run_out(associate: Any) -> None:
    pair = log_in("anna@harbor.example").json()
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert read(pair["access"]).status_code == 401
        assert refresh(pair["refresh"]).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        assert refresh(pair["refresh"]).status_code == 401
