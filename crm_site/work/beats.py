"""Signs of life."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from crm_site.core import clock, text
from crm_site.work.models import Heartbeat

NAME_LENGTH = 100
DETAIL_LENGTH = 500


def of_cluster(cluster: str) -> str:
    """The heartbeat's name of a cluster."""
    return f"cluster:{cluster}"


def of_task(task: str) -> str:
    """The heartbeat's name of a scheduled task."""
    return f"task:{task}"[:NAME_LENGTH]


def record(name: str, detail: str = "") -> None:
    """Note that `name` is alive now. detail: what went wrong, if anything did."""
    beat = Heartbeat(name=name, beat_at=clock.now(), detail=text.shorten(detail, DETAIL_LENGTH))
    # One statement, so that two first beats at the same instant do not clash.
    Heartbeat.objects.bulk_create(
        [beat], update_conflicts=True, unique_fields=["name"], update_fields=["beat_at", "detail"]
    )


def forget(names: Iterable[str]) -> None:
    """Drop the beats of an earlier life, so that nobody takes them for present ones."""
    Heartbeat.objects.filter(name__in=list(names)).delete()


def last(name: str) -> datetime | None:
    """When `name` beat last."""
    return Heartbeat.objects.named(name).values_list("beat_at", flat=True).first()
