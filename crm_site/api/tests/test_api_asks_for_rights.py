"""Each role by each kind of operation; a key's scopes limit it further."""

from __future__ import annotations

from typing import Any

import pytest

from crm_site.accounts.permissions import TABLE, Verb
from crm_site.accounts.roles import Role
from crm_site.tests import cast

CASES = [
    ("get", "investors/", None, Verb.READ),
    ("post", "investors/", {"name": "New"}, Verb.EDIT_INVESTOR),
    ("patch", "investors/{investor}/", {"location": "Oslo", "version": 1}, Verb.EDIT_INVESTOR),
    ("delete", "investors/{investor}/", None, Verb.DELETE),
    ("post", "investors/{investor}/retire/", {"reason": "Closed"}, Verb.RETIRE_INVESTOR),
    ("put", "investors/{investor}/tags/", {"tags": ["warm"]}, Verb.EDIT_INVESTOR),
    ("post", "contacts/", {"name": "Ada"}, Verb.EDIT_CONTACT),
    ("post", "contacts/{contact}/emails/", {"email": "a@b.example"}, Verb.EDIT_CONTACT),
    ("post", "communications/", {"investor": "{investor}", "body": "x"}, Verb.LOG),
    ("post", "communications/log/", {"investor": "{investor}", "body": "x"}, Verb.LOG),
    ("post", "reminders/", {"text": "x"}, Verb.EDIT_REMINDER),
    ("post", "reminders/{reminder}/done/", {}, Verb.EDIT_REMINDER),
    ("patch", "opportunities/{opportunity}/", {"expected": "5", "version": 1}, Verb.EDIT_OPPORTUNITY),
    ("post", "opportunities/{opportunity}/move/", {"stage": "meeting"}, Verb.MOVE_STAGE),
    ("post", "funds/", {"name": "Fund"}, Verb.MANAGE_FUNDS),
    ("delete", "funds/{fund}/", None, Verb.MANAGE_FUNDS),
    ("post", "facts/", {"investor": "{investor}", "text": "x"}, Verb.LOG),
    ("get", "audit/", None, Verb.READ_AUDIT),
    ("get", "stages/", None, Verb.READ),
]


def filled(part: Any, ids: dict[str, int]) -> Any:
    if isinstance(part, dict):
        return {name: filled(value, ids) for name, value in part.items()}
    if isinstance(part, str) and part.startswith("{"):
        return ids[part.strip("{}")]
    return part


@pytest.mark.parametrize("role", Role.values)
def test_each_role_may_what_the_table_says(house: Any, role: str) -> None:
    client = cast.api_of(cast.make_member(house, role))
    for method, path, body, verb in CASES:
        rows = cast.make_rows(house)
        ids = {
            name: getattr(rows, name).pk
            for name in ("investor", "contact", "reminder", "opportunity", "fund")
        }
        answer = getattr(client, method)(f"/api/v1/{path.format(**ids)}", filled(body, ids), format="json")
        allowed = verb in TABLE[role]
        assert (answer.status_code < 300) == allowed, (role, method, path, answer.content)
        if not allowed:
            assert answer.status_code == 403
            assert answer.json()["error"]["code"] == "not_allowed"


def test_a_keys_scopes_limit_it(owner: Any) -> None:
    client = cast.api_of(owner, scopes=[Verb.READ])
    assert client.get("/api/v1/investors/").status_code == 200
    assert client.post("/api/v1/investors/", {"name": "x"}).status_code == 403


def test_a_key_that_may_not_read_sees_nothing(owner: Any) -> None:
    assert cast.api_of(owner, scopes=[Verb.LOG]).get("/api/v1/investors/").status_code == 403
