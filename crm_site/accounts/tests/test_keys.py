"""API keys: shown once, hashed, limited, revoked."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from crm_site.accounts import keys, services
from crm_site.accounts.models import ApiKey
from crm_site.accounts.permissions import NotAllowed, Verb
from crm_site.audit.models import AuditEvent
from crm_site.core.errors import Invalid
from crm_site.tests import cast


def make(admin, membership, **options):
    return services.create_api_key(
        actor=cast.actor_of(admin), membership=membership, name="Mail gateway", **options
    )


def test_only_a_hash_is_kept(admin, bot):
    made = make(admin, bot)
    row = ApiKey.objects.get()
    stored = " ".join(str(value) for value in ApiKey.objects.filter(pk=row.pk).values_list()[0])
    secret = made.text.split("_", 2)[2]
    assert secret not in stored
    assert secret not in AuditEvent.objects.newest_first().first().text
    assert keys.resolve(made.text) == row


@pytest.mark.parametrize("change", [lambda t: t + "x", lambda t: t[:-1], lambda t: t.replace("rt_", "xx_")])
def test_a_changed_key_is_unknown(admin, bot, change):
    assert keys.resolve(change(make(admin, bot).text)) is None


@pytest.mark.parametrize("text", ["", "rt", "rt__", "rt_abc", "rt_\x00_x", "rt_" + "a" * 500 + "_x", "é_é_é"])
def test_nonsense_is_no_key(db, text):
    assert keys.resolve(text) is None


def test_a_revoked_key_ends_at_once(admin, bot):
    made = make(admin, bot)
    services.revoke_api_key(actor=cast.actor_of(admin), key=made.key)
    assert keys.resolve(made.text) is None
    with pytest.raises(services.KeyRevoked):
        services.revoke_api_key(actor=cast.actor_of(admin), key=made.key)
    assert AuditEvent.objects.newest_first().first().action == "api_key.revoked"


def test_a_key_ends_on_its_day(admin, bot):
    made = make(admin, bot, expires_at=timezone.now() + timedelta(days=1))
    assert keys.resolve(made.text)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert keys.resolve(made.text) is None


def test_a_key_ends_with_its_member(admin, bot):
    made = make(admin, bot)
    services.deactivate_member(actor=cast.actor_of(admin), membership=bot)
    assert keys.resolve(made.text) is None


def test_a_key_cannot_end_in_the_past(admin, bot):
    with pytest.raises(Invalid):
        make(admin, bot, expires_at=timezone.now())


@pytest.mark.parametrize("scopes", [["everything"], ["record.purge"], ["read", "communication.log"]])
def test_scopes_are_rights_that_the_member_has(admin, bot, scopes):
    with pytest.raises(Invalid) as refused:
        make(admin, bot, scopes=scopes)
    assert "scopes" in refused.value.fields


def test_scopes_limit_what_the_key_may_do(admin, associate):
    made = make(admin, associate, scopes=[Verb.READ])
    actor = cast.actor_of(associate, scopes=keys.resolve(made.text).scopes)
    with pytest.raises(NotAllowed):
        cast.make_investor(actor=actor)


def test_last_used_is_kept_to_five_minutes(admin, bot):
    made = make(admin, bot)
    keys.resolve(made.text)
    first = ApiKey.objects.get().last_used_at
    assert first is not None
    keys.resolve(made.text)
    assert ApiKey.objects.get().last_used_at == first
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        keys.resolve(made.text)
    assert ApiKey.objects.get().last_used_at > first


def test_a_key_opens_the_api_of_its_own_organization_only(admin, stranger, foreign):
    investor = cast.make_investor()
    answer = cast.api_of(stranger).get("/api/v1/investors/")
    names = [row["name"] for row in answer.json()["results"]]
    assert investor.name not in names
    assert foreign.investor.name in names
