"""Questions to everything the house depends on. Each app adds its own in its `tasks.py`; `manage.py doctor` asks them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.db import Error, connection
from django_q.models import OrmQ

from crm_site.core import triggers
from crm_site.work import health

OLDEST_DUE_S = 300.0
QUEUE_INDEX = "work_queue_key_lock"


class Verdict(StrEnum):
    OK = "ok"
    WARN = "warn"  # something is degraded; the house works
    DOWN = "down"  # something needed does not work


@dataclass(frozen=True)
class Finding:
    verdict: Verdict
    text: str


@dataclass(frozen=True)
class Line:
    """A question with its answer."""

    name: str
    finding: Finding


Question = Callable[[], Finding]
_questions: dict[str, Question] = {}


def register(name: str, question: Question) -> None:
    """Add a question. It answers within seconds; what it raises counts as down."""
    _questions[name] = question


def examine() -> list[Line]:
    """Ask everything, in the order of registration: our own first."""
    return [Line(name, _ask(question)) for name, question in {**_OWN, **_questions}.items()]


def _ask(question: Question) -> Finding:
    try:
        return question()
    except (Error, OSError, ValueError, LookupError, RuntimeError) as error:
        return Finding(Verdict.DOWN, f"{type(error).__name__}: {error}".splitlines()[0])


def _database() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Finding(Verdict.OK, f"{connection.display_name} answers")


def _migrations() -> Finding:
    missing = health.unapplied_migrations()
    if missing:
        return Finding(Verdict.DOWN, f"{len(missing)} not applied, first {missing[0]}: run manage.py migrate")
    return Finding(Verdict.OK, "all applied")


def _triggers() -> Finding:
    missing = triggers.missing(connection)
    if missing:
        return Finding(Verdict.DOWN, f"missing {', '.join(missing)}: run manage.py migrate")
    return Finding(Verdict.OK, "all in place")


def _keys() -> Finding:
    # env.py has refused a missing or short one; what is left to say is whether they are two.
    if settings.SECRET_KEY == settings.AUDIT_KEY:
        return Finding(
            Verdict.WARN, "SECRET_KEY and AUDIT_KEY are the same: who signs sessions could forge the log"
        )
    if settings.DEBUG:
        return Finding(Verdict.WARN, "DEBUG is on: errors show their insides")
    return Finding(Verdict.OK, "SECRET_KEY and AUDIT_KEY are set")


def _queue_index() -> Finding:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, OrmQ._meta.db_table)
    if QUEUE_INDEX in found:
        return Finding(Verdict.OK, "in place")
    # SQLite drops it when a later migration of django-q2 remakes the table.
    return Finding(
        Verdict.WARN, "missing: a long queue will be slow; run manage.py migrate work 0001 and migrate work"
    )


def _workers() -> Finding:
    state = health.now()
    silent = [cluster.name for cluster in state.clusters if not cluster.is_beating]
    if silent:
        return Finding(Verdict.DOWN, f"no sign of life from {', '.join(silent)}: is manage.py up running?")
    ages = ", ".join(f"{cluster.name} {cluster.beat_s:.0f} s ago" for cluster in state.clusters)
    return Finding(Verdict.OK, f"last sign of life: {ages}")


def _queue() -> Finding:
    state = health.now()
    late = [cluster for cluster in state.clusters if cluster.oldest_s > OLDEST_DUE_S]
    if late:
        told = ", ".join(f"{c.name}: {c.depth} waiting, oldest {c.oldest_s:.0f} s" for c in late)
        return Finding(Verdict.WARN, f"behind ({told})")
    return Finding(Verdict.OK, f"{sum(cluster.depth for cluster in state.clusters)} waiting")


def _dead_work() -> Finding:
    state = health.now()
    if state.dead:
        return Finding(Verdict.WARN, f"{state.dead} given up: see the System page")
    return Finding(Verdict.OK, "none")


def _schedules() -> Finding:
    troubles = health.now().troubles
    if troubles:
        first = troubles[0]
        return Finding(Verdict.WARN, f"{first.task} failed: {first.detail}")
    return Finding(Verdict.OK, "no failures")


_OWN: dict[str, Question] = {
    "database": _database,
    "migrations": _migrations,
    "triggers": _triggers,
    "keys": _keys,
    "queue index": _queue_index,
    "workers": _workers,
    "queue": _queue,
    "dead work": _dead_work,
    "schedules": _schedules,
}
