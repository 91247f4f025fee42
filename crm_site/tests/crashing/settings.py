"""The house with short time-outs and with the kinds of `crashing.tasks`. Only for processes that crash tests start."""

from __future__ import annotations

from crm_site.settings import *  # noqa: F403
from crm_site.settings import INSTALLED_APPS as HOUSE
from crm_site.settings import VAR_DIR
from crm_site.work import cluster

INSTALLED_APPS = [*HOUSE, "crm_site.tests.crashing"]
# No index: what these tests count is the work that they ask for.
UP_MEMBERS = []
INDEX_DIR = VAR_DIR / "no-index"
Q_CLUSTER = cluster.configuration(
    cluster.Cluster(name="fast", workers=2, timeout_s=2), cluster.Cluster(name="llm", workers=1, timeout_s=4)
)
