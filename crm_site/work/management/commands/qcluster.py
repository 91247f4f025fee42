"""django-q2's own command, with our two conditions: no orphans, and the schedules are those of the code."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django_q.conf import Conf
from django_q.management.commands import qcluster

from crm_site.work import cluster as clusters
from crm_site.work import lifeline, schedules


class Command(qcluster.Command):  # type: ignore[misc]
    help = (
        "Starts a cluster of workers: `fast`, or the one that the environment variable Q_CLUSTER_NAME names."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        name = options.get("cluster_name") or Conf.CLUSTER_NAME
        if name != Conf.CLUSTER_NAME:
            # django-q2 has read its configuration by now and would silently serve the default queue.
            raise CommandError(f"Say it in the environment: Q_CLUSTER_NAME={name} python manage.py qcluster")
        if name not in {cluster.name for cluster in clusters.CLUSTERS}:
            raise CommandError(f"There is no cluster “{name}”.")
        lifeline.tie_all_forks()
        if name == clusters.FAST.name:
            schedules.sync()
        super().handle(*args, **options)
