from __future__ import annotations

import pytest
from django.conf import settings
from django_q.conf import Conf

from crm_site.work import cluster, kinds
from crm_site.work.queue import Broker


@pytest.mark.parametrize("each", cluster.CLUSTERS, ids=lambda each: each.name)
def test_a_task_that_waits_its_turn_is_not_handed_out_twice(each):
    assert each.retry_s > each.timeout_s * (1 + each.queue_limit / each.workers) + cluster.MARGIN_S
    assert each.lease_s > each.timeout_s + cluster.GUARD_S


def test_a_retry_that_is_too_short_is_refused(monkeypatch):
    monkeypatch.setattr(cluster.Cluster, "retry_s", 61)
    with pytest.raises(cluster.WrongCluster):
        cluster.configuration()


def test_django_q_reads_what_we_say():
    assert (
        "fast",
        "fast",
        "default",
        f"{Broker.__module__}.{Broker.__name__}",
    ) == (Conf.PREFIX, Conf.CLUSTER_NAME, Conf.ORM, Conf.BROKER_CLASS)
    assert (Conf.SAVE_LIMIT, Conf.BULK, Conf.CATCH_UP, Conf.ACK_FAILURES) == (-1, 10, False, False)
    assert (cluster.FAST.timeout_s, cluster.FAST.retry_s) == (Conf.TIMEOUT, Conf.RETRY)
    assert settings.Q_CLUSTER["ALT_CLUSTERS"]["llm"]["timeout"] == cluster.LLM.timeout_s


def test_every_kind_goes_to_a_cluster_that_runs():
    assert {kind.cluster for kind in kinds._kinds.values()} <= set(cluster.CLUSTERS)
    with pytest.raises(KeyError):
        kinds.register("t.nowhere", lambda **_: None, cluster="slow")
