"""Whatever goes wrong, the answer has one shape: {"error": {"code", "message", "fields"}}."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from crm_site.api import investors
from crm_site.tests import cast

INVESTORS = "/api/v1/investors/"


def error_of(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"].startswith("application/json")
    body = answer.json()
    assert body.keys() == {"error"}
    assert body["error"].keys() == {"code", "message", "fields"}
    assert isinstance(body["error"]["fields"], dict)
    assert body["error"]["message"]
    return body["error"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/",
        "/api/v1/nowhere/",
        "/api/v1/investors",
        "/api/v2/investors/",
        "/api/v1/investors/abc/",
        f"/api/v1/investors/{'9' * 40}/",
    ],
)
def test_an_unknown_address_is_404(owner: Any, path: str) -> None:
    assert error_of(cast.api_of(owner).get(path), 404)["code"] == "not_found"


def test_an_unknown_row_is_404(owner: Any) -> None:
    assert error_of(cast.api_of(owner).get(f"{INVESTORS}{'9' * 18}/"), 404)["code"] == "not_found"


def test_a_wrong_method_is_405(owner: Any) -> None:
    assert error_of(cast.api_of(owner).put(INVESTORS, {}), 405)["code"] == "method_not_allowed"


def test_a_body_that_is_no_json_is_415(owner: Any) -> None:
    answer = cast.api_of(owner).post(INVESTORS, "name=x", content_type="application/x-www-form-urlencoded")
    assert error_of(answer, 415)["code"] == "unsupported_media_type"


@pytest.mark.parametrize("raw", ["{", '{"name": NaN}', "\udcff", '{"name": "x"', "[" * 100_000, "{}garbage"])
def test_unreadable_json_is_400(owner: Any, raw: str) -> None:
    sent = raw.encode("utf-8", "surrogateescape")
    answer = cast.api_of(owner).post(INVESTORS, sent, content_type="application/json")
    assert error_of(answer, 400)["code"] == "parse_error"


@pytest.mark.parametrize("body", [[], "text", 7, None, [{"name": "x"}]])
def test_a_body_that_is_no_object_is_400(owner: Any, body: Any) -> None:
    error_of(cast.api_of(owner).post(INVESTORS, body, format="json"), 400)


def test_invalid_fields_are_named(owner: Any) -> None:
    error = error_of(cast.api_of(owner).post(INVESTORS, {"name": "", "type": "bank"}), 400)
    assert error["code"] == "invalid"
    assert error["fields"].keys() == {"name", "type"}


@pytest.mark.django_db
def test_a_stranger_is_401() -> None:
    answer = APIClient().get(INVESTORS)
    assert error_of(answer, 401)["code"] == "not_authenticated"
    assert answer["WWW-Authenticate"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "header", ["Api-Key nonsense", "Api-Key rt_0000_x", "Bearer nonsense", "Api-Key \x00é", "Bearer"]
)
def test_wrong_credentials_are_401(header: str) -> None:
    error_of(APIClient().get(INVESTORS, HTTP_AUTHORIZATION=header), 401)


def test_a_role_that_may_not_is_403(viewer: Any) -> None:
    error = error_of(cast.api_of(viewer).post(INVESTORS, {"name": "x"}), 403)
    assert error["code"] == "not_allowed"
    assert error["fields"]["verbs"] == ["investor.edit"]


def test_a_session_needs_its_csrf_token(owner: Any) -> None:
    client = cast.client_of(owner, enforce_csrf_checks=True)
    error_of(client.post(INVESTORS, {"name": "x"}, content_type="application/json"), 403)
    assert client.get(INVESTORS).status_code == 200


def test_a_failure_of_ours_is_500_and_says_nothing_of_it(owner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Any) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(investors.Investors, "rows", fail)
    client = cast.api_of(owner)
    client.raise_request_exception = False
    answer = client.get(INVESTORS)
    assert error_of(answer, 500)["code"] == "server_error"
    assert "secret" not in answer.content.decode()
    assert answer["X-Request-Id"]


@pytest.mark.django_db
def test_a_wrong_host_is_400() -> None:
    error_of(Client().get(INVESTORS, HTTP_HOST="evil.example"), 400)


@pytest.mark.parametrize(
    "query",
    [
        "nosuch=1",
        "ordering=secret",
        "page_size=0",
        "page_size=x",
        "cursor=x",
        "type=bank",
        "assigned_to=x",
        "assigned_to=99999999999999999999",
        "active_since=tomorrow",
        "graveyard=maybe",
        "name=%00",
    ],
)
def test_a_query_that_cannot_be_used_is_refused_or_finds_nothing(owner: Any, query: str) -> None:
    answer = cast.api_of(owner).get(f"{INVESTORS}?{query}")
    if query == "name=%00":
        assert answer.json()["results"] == []
    else:
        assert query.split("=")[0] in error_of(answer, 400)["fields"]
