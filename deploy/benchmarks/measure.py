"""Measures one case in this process and prints one JSON line. `deploy.launcher.bench` starts it."""

from __future__ import annotations

import dataclasses
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

from deploy.benchmarks import cases

WARM_UP = 3


@dataclasses.dataclass(frozen=True)
class Figures:
    """One case: milliseconds per call. cpu_ms is this process, database_cpu_ms PostgreSQL's backend beside it.

    loop_ms: CPU of a fixed loop just before and after; on a busy machine it grows, and all figures with it.
    """

    case: str
    runs: int
    p50_ms: float
    p95_ms: float
    cpu_ms: float
    database_cpu_ms: float
    per_second: float
    queries: int
    peak_rss_mb: float
    loop_ms: float


def measure(name: str, once: Callable[[int], None], runs: int) -> Figures:
    """Call `once(number)` a few times to warm up, once more to count its queries, then `runs` times on the clock."""
    for number in range(WARM_UP):
        once(number)
    with CaptureQueriesContext(connection) as counted:
        once(WARM_UP)
    # Now: the next request clears the log that `counted` looks into.
    queries = len(counted)
    loop_ms = _loop_ms()
    backend = _backend_ticks()
    cpu_before, database_before = time.process_time(), backend()
    took: list[float] = []
    began = time.perf_counter()
    for number in range(WARM_UP + 1, WARM_UP + 1 + runs):
        call_began = time.perf_counter()
        once(number)
        took.append((time.perf_counter() - call_began) * 1000)
    whole_s = time.perf_counter() - began
    cpu_s, database_s = time.process_time() - cpu_before, backend() - database_before
    ordered = sorted(took)
    return Figures(
        case=name,
        runs=runs,
        p50_ms=round(statistics.median(ordered), 2),
        p95_ms=round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 2),
        cpu_ms=round(cpu_s * 1000 / runs, 2),
        database_cpu_ms=round(database_s * 1000 / runs, 2),
        per_second=round(runs / whole_s, 1),
        queries=queries,
        peak_rss_mb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        loop_ms=round((loop_ms + _loop_ms()) / 2, 1),
    )


def _loop_ms() -> float:
    began, total = time.process_time(), 0
    for number in range(1_000_000):
        total += number
    return (time.process_time() - began) * 1000


def _backend_ticks() -> Callable[[], float]:
    """CPU seconds of the PostgreSQL process that serves this connection; SQLite works inside our own process."""
    if connection.vendor != "postgresql":
        return lambda: 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    tick = os.sysconf("SC_CLK_TCK")

    def seconds() -> float:
        fields = stat.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / tick

    return seconds


def main(name: str) -> None:
    case = cases.CASES[name]
    with cases.world() as world:
        try:
            once = case.prepare(world)
        except cases.NotThere as missing:
            print(json.dumps({"case": name, "skipped": str(missing)}))
            return
        print(json.dumps(dataclasses.asdict(measure(name, once, case.runs))))


if __name__ == "__main__":
    main(sys.argv[1])
