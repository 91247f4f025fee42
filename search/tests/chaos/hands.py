"""What the processes of a chaos test do. Each connects to the test, gets an order, works on it, and reports.

A writer works for the time it is given; a sync and a searcher until the next order stands at the door.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Client, Connection
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from crm_site.core import faults, spark
from crm_site.core.actor import Actor
from crm_site.core.errors import CrmError
from search import circuit, rebuilding, sync
from search.tests.chaos import misfortune, sabotage, searching, writing
from search.tests.chaos.searching import Report

#: A claim is respected for so long here, so that syncs take each other's work over all the time.
BUSY_S = 0.25
_patch = pytest.MonkeyPatch()
_now = timezone.now
_point = faults.point


@dataclass(frozen=True)
class Order:
    """What to do. actors: who writes, one per organization. chances: of `misfortune.Dice`, None for a calm sync.

    fault: a real fault point at which the process kills itself. skew_s: how far its clock is wrong. sabotage: the guard
    that is switched off. model_url: a server of embeddings; empty for words only.
    """

    seed: int = 0
    until: float = 0.0
    actors: tuple[Actor, ...] = ()
    chances: dict[str, float] | None = None
    fault: str = ""
    starts_rebuild: bool = False
    skew_s: float = 0.0
    sabotage: str = ""
    model_url: str = ""


def main(role: str, door: str) -> None:
    """Live as one of ROLES until the test hangs up."""
    if role == "index":
        call_command("index_server")
        return
    connection = Client(door, family="AF_UNIX")
    connection.send((role, os.getpid()))
    while True:
        order: Order | None = connection.recv()
        if order is None:  # an order to stop, when there was nothing to stop
            continue
        _set_up(order)
        connection.send(ROLES[role](connection, order))


def _set_up(order: Order) -> None:
    sync.BUSY_S, sync.RETRY_BASE_S, sync.RETRY_MOST_S = BUSY_S, 0.1, 0.4
    settings.SPARK_CONTROL_URL = order.model_url
    settings.CRM_EMBED_MODEL = "chaos" if order.model_url else ""
    settings.FAULT = order.fault
    _patch.setattr(spark, "OPEN_FOR_S", 0.2)
    _patch.setattr(circuit, "PAUSE_S", 0.1)
    _patch.setattr(timezone, "now", lambda: _now() + timedelta(seconds=order.skew_s))
    sabotage.apply(order.sabotage)


def _write(connection: Connection, order: Order) -> Report:
    dice = random.Random(order.seed)
    return Report(writing.work(dice, list(order.actors), until=order.until))


def _sync(connection: Connection, order: Order) -> Report:
    """Bring the index up to date and a rebuild forward, as the worker's task does."""
    report = Report()
    dice = random.Random(order.seed)
    luck = misfortune.Dice(dice, **order.chances) if order.chances is not None else None
    _patch.setattr(faults, "point", luck.point if luck else _point)
    if order.starts_rebuild:
        with suppress(rebuilding.RebuildRunning):
            rebuilding.start()
    while not connection.poll():
        sync.BATCH = dice.choice((1, 2, 4, 16)) if luck else 64
        until = timezone.now() + timedelta(seconds=0.5)
        try:
            report.counts["brought up to date"] += sync.run(until=until)
            rebuilding.advance(until=until)
        except misfortune.Misfortune:
            report.counts["failed"] += 1
        except CrmError:
            report.counts["index down"] += 1
        time.sleep(0.01 + dice.random() * 0.03)
    if luck:
        report.counts.update(luck.passed)
    return report


def _search(connection: Connection, order: Order) -> Report:
    report = Report()
    searcher = searching.Searcher(
        random.Random(order.seed), [actor.organization_id for actor in order.actors if actor.organization_id]
    )
    while not connection.poll():
        searcher.search(report)
        time.sleep(0.005)
    return report


ROLES: dict[str, Callable[[Connection, Order], Any]] = {"writer": _write, "sync": _sync, "searcher": _search}
