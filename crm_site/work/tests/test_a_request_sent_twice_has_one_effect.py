from __future__ import annotations

import threading

import pytest
from django.db import connection, connections

from crm_site.core.errors import Invalid
from crm_site.work import idempotency
from crm_site.work.models import Heartbeat, IdempotencyKey
from crm_site.work.tests import cast

ODD_BYTES = b'{"a": "\\u0000", "b": \xff}'


def answer(acme, key="k", request="r", effect="effect", run=None):
    def once():
        cast.note(effect)()
        return idempotency.Answer(201, ODD_BYTES, "application/json")

    return idempotency.replay_or_run(organization_id=acme.pk, key=key, request=request, run=run or once)


@pytest.mark.django_db
class TestOneAfterTheOther:
    def test_the_second_gets_the_same_bytes_and_does_nothing(self):
        acme = cast.organization()
        first = answer(acme)
        second = answer(acme)
        assert (first.replayed, second.replayed) == (False, True)
        assert (second.status, second.body, second.content_type) == (201, ODD_BYTES, "application/json")
        assert Heartbeat.objects.filter(name="effect").count() == 1

    def test_the_same_key_for_another_request_is_refused(self):
        acme = cast.organization()
        answer(acme)
        with pytest.raises(idempotency.IdempotencyMismatch) as refused:
            answer(acme, request="other", effect="second")
        assert refused.value.http_status == 422
        assert not cast.noted("second")

    def test_a_request_that_failed_leaves_no_key_and_no_effect(self):
        acme = cast.organization()

        def fails():
            cast.note("half")()
            raise Invalid("no")

        with pytest.raises(Invalid):
            answer(acme, run=fails)
        assert not cast.noted("half")
        assert not IdempotencyKey.unscoped.exists()
        assert answer(acme).replayed is False

    def test_organizations_do_not_share_keys(self):
        answer(cast.organization())
        assert answer(cast.organization("other"), effect="second").replayed is False

    @pytest.mark.parametrize("key", ["", "x" * 256, "a\x00b", "a\nb"])
    def test_an_unusable_key_is_refused(self, key):
        with pytest.raises(Invalid):
            answer(cast.organization(), key=key)


@pytest.mark.django_db(transaction=True)
def test_of_many_at_the_same_instant_one_has_the_effect():
    acme = cast.organization()
    count, results = 8, []
    together = threading.Barrier(count)

    def send(number):
        try:
            together.wait()
            results.append(answer(acme, effect=f"effect {number}"))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=[number]) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == count, connection.vendor
    assert [result.replayed for result in results].count(False) == 1
    assert {result.body for result in results} == {ODD_BYTES}
    assert Heartbeat.objects.filter(name__startswith="effect").count() == 1


def test_a_fingerprint_tells_its_parts_apart():
    assert idempotency.fingerprint("ab", "c") != idempotency.fingerprint("a", "bc")
    assert idempotency.fingerprint("ä") == idempotency.fingerprint("ä".encode())
