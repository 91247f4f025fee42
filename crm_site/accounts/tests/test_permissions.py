"""The permission table, cell by cell, against a copy written out by hand: changing a right means changing both."""

from __future__ import annotations

import pytest

from crm_site.accounts import permissions
from crm_site.accounts.permissions import IN_WORDS, NotAllowed, Verb
from crm_site.accounts.roles import Role
from crm_site.core.actor import Actor, Door
from crm_site.core.errors import NotFound

#                          viewer bot associate partner admin owner
EXPECTED = """
read                        yes   yes  yes       yes     yes   yes
query.ask                   yes   yes  yes       yes     yes   yes
intake.receive              no    yes  yes       yes     yes   yes
intake.decide               no    no   yes       yes     yes   yes
communication.log           no    no   yes       yes     yes   yes
investor.edit               no    no   yes       yes     yes   yes
contact.edit                no    no   yes       yes     yes   yes
reminder.edit               no    no   yes       yes     yes   yes
opportunity.edit            no    no   yes       yes     yes   yes
record.delete               no    no   yes       yes     yes   yes
record.restore              no    no   yes       yes     yes   yes
record.export               no    no   yes       yes     yes   yes
write:direct                no    no   yes       yes     yes   yes
opportunity.move            no    no   no        yes     yes   yes
record.merge                no    no   no        yes     yes   yes
investor.retire             no    no   no        yes     yes   yes
record.import               no    no   no        yes     yes   yes
audit.read                  no    no   no        yes     yes   yes
settings.funds              no    no   no        no      yes   yes
settings.stages             no    no   no        no      yes   yes
settings.members            no    no   no        no      yes   yes
settings.keys               no    no   no        no      yes   yes
settings.edit               no    no   no        no      yes   yes
system.retry                no    no   no        no      yes   yes
record.purge                no    no   no        no      no    yes
"""
ROLES = ("viewer", "bot", "associate", "partner", "admin", "owner")
LINES = [line.split() for line in EXPECTED.strip().splitlines()]
CELLS = [
    (verb, role, word == "yes") for verb, *words in LINES for role, word in zip(ROLES, words, strict=True)
]


def acting(role: str, scopes: frozenset[str] | None = None) -> Actor:
    return Actor(organization_id=1, role=role, door=Door.WEB, user_id=1, scopes=scopes)


@pytest.mark.parametrize(("verb", "role", "allowed"), CELLS)
def test_each_cell_of_the_table(verb, role, allowed):
    actor = acting(role)
    assert permissions.may(actor, Verb(verb)) is allowed
    if allowed:
        permissions.require(actor, Verb(verb))
    else:
        with pytest.raises(NotAllowed):
            permissions.require(actor, Verb(verb))


def test_the_expectation_names_every_right_and_every_role():
    assert {line[0] for line in LINES} == {str(verb) for verb in Verb} == {str(verb) for verb in IN_WORDS}
    assert set(ROLES) == set(Role.values) == set(permissions.TABLE)


def test_a_key_with_scopes_has_only_those_its_role_has_too():
    narrow = acting("associate", frozenset({"read", "record.purge"}))
    assert permissions.may(narrow, Verb.READ)
    assert not permissions.may(narrow, Verb.LOG)
    assert not permissions.may(narrow, Verb.PURGE)


def test_an_unknown_role_may_nothing():
    assert not any(permissions.may(acting("emperor"), verb) for verb in Verb)


def test_the_house_itself_may_everything():
    assert all(permissions.may(Actor.system(organization_id=1), verb) for verb in Verb)


def test_a_row_of_another_organization_does_not_exist_whatever_the_role():
    class Row:
        organization_id = 2

    with pytest.raises(NotFound):
        permissions.require(acting("owner"), Verb.READ, on=[None, Row()])


def test_a_refusal_names_the_right_and_who_has_it():
    with pytest.raises(NotAllowed) as refused:
        permissions.require(acting("associate"), Verb.MERGE)
    assert (
        refused.value.message
        == "Your role may not merge records. Ask a member who is partner or admin or owner."
    )
    assert refused.value.fields == {"verbs": [Verb.MERGE]}
    assert refused.value.http_status == 403
