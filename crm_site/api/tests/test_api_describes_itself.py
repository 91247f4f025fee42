"""The OpenAPI description is whole, and its page works under our content security policy."""

from __future__ import annotations

import re

import pytest
from django.core.management import call_command
from django.test import Client

from crm_site.api.tests import operations


def test_the_description_is_valid_and_without_a_warning(tmp_path: object) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", f"{tmp_path}/schema.yml")


def test_every_operation_says_what_it_does_and_how_it_fails() -> None:
    paths = operations.schema()["paths"]
    for one in operations.walk():
        said = paths[one.path][one.method]
        assert said["summary"], one
        assert any(status.startswith("2") for status in said["responses"]), one
        if one.noun != "auth":
            assert {"401", "403"} <= said["responses"].keys(), one
        if "{id}" in one.path:
            assert "404" in said["responses"], one


@pytest.mark.django_db
def test_the_description_is_served() -> None:
    answer = Client().get("/api/v1/schema/", HTTP_ACCEPT="application/json")
    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.")


@pytest.mark.django_db
def test_the_page_runs_nothing_inline() -> None:
    page = Client().get("/api/v1/docs/")
    html = page.content.decode()
    assert page.status_code == 200
    assert "'unsafe-inline'" not in page["Content-Security-Policy"]
    assert "<style" not in html and "style=" not in html
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", html, re.DOTALL)
    assert len(scripts) == 3
    assert all("src=" in attributes and not body.strip() for attributes, body in scripts)
    assert not re.search(r"(src|href)=.(https?:)?//", html)
    script = Client().get("/api/v1/docs/?script=")
    assert script["Content-Type"].startswith("application/javascript")
    assert "/api/v1/schema/" in script.content.decode() or "../schema" in script.content.decode()
