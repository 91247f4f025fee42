"""Whether the house is alive and ready, for supervisors and load balancers. Open to all: it tells no names and no numbers."""

from __future__ import annotations

from functools import cache

from django.db import Error
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from crm_site.work import cluster as clusters
from crm_site.work import health


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """The web process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Database, migrations and both clusters: 200 when all are there, 503 with what is missing when not."""
    checks = _checks()
    ready = all(checks.values())
    response = JsonResponse(
        {"status": "ok" if ready else "unavailable", "checks": checks}, status=200 if ready else 503
    )
    # Not being ready yet is an answer here; Django would log each 503 as an error while the house starts.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def _checks() -> dict[str, bool]:
    checks = {"database": False, "migrations": False}
    checks |= {f"workers_{cluster.name}": False for cluster in clusters.CLUSTERS}
    try:
        checks["migrations"] = _migrated()
        checks["database"] = True
        if checks["migrations"]:
            checks |= {f"workers_{cluster.name}": cluster.is_beating for cluster in health.now().clusters}
    except Error:
        # Said by the checks that stayed false.
        pass
    return checks


def _migrated() -> bool:
    try:
        return _migrated_once()
    except _NotYet:
        return False


class _NotYet(Exception):
    pass


@cache
def _migrated_once() -> bool:
    """Reading all migration files takes long; once they are applied, this process need not ask again."""
    if health.unapplied_migrations():
        raise _NotYet
    return True
