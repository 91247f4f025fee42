"""Measures search: the sync, hybrid queries, a changed note, a cold process, duplicates; one JSON list on the last line.

`./deploy/bench search` starts it on a database, an index and a stand-in for an embedding server of its own. Words and
vectors are synthetic; how well search finds is another benchmark (`--quality`).
"""

from __future__ import annotations

import dataclasses
import importlib.util
import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.utils import timezone

from crm_site.communications.models import Communication
from crm_site.investors.models import Investor
from deploy.benchmarks import cases, stand_in
from search import asking, driving, embed, index, rebuilding, retrieve, sync
from search.documents import chunks
from search.loading import load
from search.models import CachedVector, Dirty
from search.server import address

SIZES = (20_000, 100_000)
#: Of the issue: p50 of a hybrid search, by chunks; chunks a second; seconds; megabytes.
HYBRID_MS = {20_000: 15.0, 100_000: 45.0}
SYNC_PER_S, CHANGED_S, COLD_S, DUPLICATES_S, DUPLICATES_MB = 300.0, 3.0, 2.0, 60.0, 1024.0
QUERIES, CHANGES, DOUBLES = 200, 12, 50_000
VOCABULARY, WORDS = 8_000, (30, 110)
WITHIN_S = 120.0
WRITE_AT_ONCE = 2_000
ROOT = Path(__file__).resolve().parents[2]


@dataclasses.dataclass(frozen=True)
class Figures:
    """One line; milliseconds where not said otherwise. limit: of the issue, in the unit of the case; met: “yes” or “NO”."""

    case: str
    chunks: int
    runs: int
    p50_ms: float | None = None
    p95_ms: float | None = None
    per_second: float | None = None
    value: float | None = None
    limit: float | None = None
    met: str = ""


class Texts:
    """Prose with the frequencies of real words: the n-th commonest stands 1/n as often as the first."""

    def __init__(self) -> None:
        self.chance = random.Random(20261121)
        letters = "bcdfglmnprstv"
        syllables = [a + b for a in letters for b in "aeiou"]
        self.words = [
            "".join(self.chance.choices(syllables, k=self.chance.randint(2, 4))) for _ in range(VOCABULARY)
        ]
        self.weights = list(itertools.accumulate(1 / (rank + 10) for rank in range(VOCABULARY)))

    def prose(self, least: int, most: int) -> str:
        count = self.chance.randint(least, most)
        return " ".join(self.chance.choices(self.words, cum_weights=self.weights, k=count))

    def question(self) -> str:
        """Three to seven words, as people ask."""
        return self.prose(3, 7)


@contextmanager
def process(*argv: str, pipe: bool = False, **more: str) -> Iterator[subprocess.Popen[str]]:
    running = subprocess.Popen(
        [sys.executable, *argv],
        cwd=ROOT,
        env={**os.environ, **more},
        text=True,
        stdout=subprocess.PIPE if pipe else sys.stderr,
    )
    try:
        yield running
    finally:
        running.terminate()
        running.wait(60)


@contextmanager
def model() -> Iterator[str]:
    """The stand-in, and settings that point at it."""
    with process("-m", "deploy.benchmarks.stand_in", pipe=True) as running:
        assert running.stdout is not None
        url = running.stdout.readline().strip()
        settings.SPARK_CONTROL_URL = os.environ["SPARK_CONTROL_URL"] = url
        settings.CRM_EMBED_MODEL = os.environ["CRM_EMBED_MODEL"] = stand_in.MODEL
        embed.reset()
        yield url


def wait_until(what: str, happened: Callable[[], object], *, within_s: float = WITHIN_S) -> float:
    began = time.monotonic()
    while not happened():
        if time.monotonic() - began > within_s:
            raise RuntimeError(f"{what}: not within {within_s:.0f} s")
        time.sleep(0.02)
    return time.monotonic() - began


def answers() -> bool:
    at = address.read(settings.INDEX_DIR)
    try:
        return at is not None and httpx.get(f"{at.url}/healthz", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


@contextmanager
def index_alone() -> Iterator[None]:
    with process("manage.py", "index_server"):
        wait_until("the index", answers)
        yield
    index.reset()


@contextmanager
def house() -> Iterator[None]:
    """Supervisor, workers and the index, as a firm runs them."""
    with process("manage.py", "up", "--no-web"):
        wait_until("the index", answers)
        yield
    index.reset()


def fill(here: cases.World, texts: Texts, wanted: int) -> None:
    """Notes of one chunk each, until the organization has so many chunks."""
    owner = here.organization.pk
    missing = wanted - index.count(organization_id=owner) - Dirty.objects.values("key").distinct().count()
    first = date(2024, 1, 1)
    places = itertools.cycle(Investor.objects.live().order_by("id").values_list("pk", flat=True))
    while missing > 0:
        rows = [
            Communication(
                organization_id=owner,
                investor_id=next(places),
                kind="note",
                subject=texts.prose(3, 6),
                body=texts.prose(*WORDS),
                occurred_on=first + timedelta(days=texts.chance.randrange(700)),
            )
            for _ in range(min(missing, WRITE_AT_ONCE))
        ]
        Communication.objects.bulk_create(rows)
        missing -= len(rows)


def remember_vectors(here: cases.World) -> None:
    """Put what the model would say into the cache: what is measured is not the model."""
    known = set(CachedVector.objects.values_list("hash", flat=True))
    keys = Communication.objects.order_by("pk").values_list("pk", flat=True)
    for batch in _batches(keys.iterator(), WRITE_AT_ONCE):
        cut = [chunk for one in load(f"communication:{pk}" for pk in batch).values() for chunk in chunks(one)]
        fresh = {chunk.hash: chunk.text for chunk in cut if chunk.hash not in known}
        CachedVector.objects.bulk_create(
            CachedVector(
                organization=here.organization,
                embedder=embed.configured_id(),
                hash=hash_,
                vector=array("f", stand_in.embed(text)).tobytes(),
                used_at=timezone.now(),
            )
            for hash_, text in fresh.items()
        )


def _batches(rows: Iterator[int], size: int) -> Iterator[list[int]]:
    while batch := list(itertools.islice(rows, size)):
        yield batch


def synced(case: str, limit: float | None = None) -> Figures:
    """Work off what is dirty, in this process."""
    owner_id = Communication.objects.values_list("organization_id", flat=True)[0]
    sync.run(until=timezone.now())  # loads the libraries
    before = index.count(organization_id=owner_id, collection=_target_collection())
    began = time.perf_counter()
    sync.run(strict=True)
    took_s = time.perf_counter() - began
    after = index.count(organization_id=owner_id, collection=_target_collection())
    rate = round((after - before) / took_s, 1)
    return Figures(
        case, after, after - before, per_second=rate, limit=limit, met=met(rate >= limit) if limit else ""
    )


def rebuilt(size: int) -> Figures:
    """A rebuild from the first record to the swap, the comparison included."""
    began = time.perf_counter()
    driving.rebuild(rebuilding.start(), lambda step: None)
    took_s = time.perf_counter() - began
    return Figures("rebuild, words and cached vectors", size, 1, per_second=round(size / took_s, 1))


def _target_collection() -> str:
    target = rebuilding.building() or rebuilding.live()
    assert target is not None
    return target.collection


def met(is_met: bool) -> str:
    return "yes" if is_met else "NO"


def timed(case: str, size: int, took_s: list[float], limit_ms: float | None = None) -> Figures:
    ordered = sorted(second * 1000 for second in took_s)
    p50 = round(statistics.median(ordered), 2)
    p95 = round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 2)
    verdict = "" if limit_ms is None else met(p50 <= limit_ms)
    return Figures(case, size, len(ordered), p50, p95, limit=limit_ms, met=verdict)


def queries(texts: Texts, size: int) -> Iterator[Figures]:
    """By each mode through `retrieve.find`, as the page asks: fused, hydrated, highlighted. No two ask for the same."""
    for mode in ("hybrid", "sparse", "dense"):
        took = []
        for number in range(QUERIES + 10):
            question = texts.question()
            began = time.perf_counter()
            found = retrieve.find(question, mode=mode)
            if number >= 10:
                took.append(time.perf_counter() - began)
            if found.source != "index" or found.mode != mode:
                raise RuntimeError(f"{mode}: {found.mode} by the {found.source}: {'; '.join(found.notes)}")
        yield timed(f"find, {mode}", size, took, HYBRID_MS.get(size) if mode == "hybrid" else None)


def index_alone_hybrid(here: cases.World, texts: Texts, size: int) -> Figures:
    """What the index itself takes of that, through its client: one query with both legs."""
    took = []
    for _ in range(QUERIES):
        question = texts.question()
        asked: dict[str, Any] = {"words": embed.sparse_query(question), "dense": stand_in.embed(question)}
        began = time.perf_counter()
        index.query(
            organization_id=here.organization.pk, mode="hybrid", wanted=asking.EVERYTHING, limit=20, **asked
        )
        took.append(time.perf_counter() - began)
    return timed("index, both legs in one query", size, took)


def changed(here: cases.World, texts: Texts, size: int) -> Figures:
    """From the commit of a note to the search that finds it, with workers running."""
    rows = list(Communication.objects.order_by("-pk")[: CHANGES + 2])
    took = []
    for number, row in enumerate(rows):
        mark = f"zyx{size}q{number}"
        Communication.objects.filter(pk=row.pk).update(body=f"{mark} {texts.prose(20, 40)}")
        key = f"communication:{row.pk}"
        took.append(wait_until(mark, partial(_finds, mark, key)))
    figures = timed("changed note → found", size, took[2:])  # the workers' first loads their libraries
    worst_s = max(took[2:])
    return dataclasses.replace(
        figures, value=round(worst_s, 2), limit=CHANGED_S, met=met(worst_s <= CHANGED_S)
    )


def _finds(text: str, key: str) -> bool:
    return key in {hit.key for hit in retrieve.find(text, mode="sparse").hits}


def no_op_save(url: str, size: int) -> Figures:
    """Saving without a change: how many chunks are embedded."""
    before = httpx.get(f"{url}/count", trust_env=False).json()["count"]
    pks = list(Communication.objects.order_by("pk").values_list("pk", flat=True)[:100])
    Communication.objects.filter(pk__in=pks).update(updated_at=timezone.now())
    done = driving.bring_up_to_date()
    if done < len(pks):
        raise RuntimeError(f"{done} of {len(pks)} saves were noticed")
    embedded = httpx.get(f"{url}/count", trust_env=False).json()["count"] - before
    return Figures(
        "no-op save, chunks embedded", size, len(pks), value=embedded, limit=0, met=met(embedded == 0)
    )


def cold(size: int) -> Figures:
    """The first search of a new process: loading the index's client and the stemmer, asking, reading the records."""
    script = (
        "import django; django.setup()\n"
        "import time\n"
        "from crm_site.accounts.models import Organization\n"
        "from crm_site.core import scope\n"
        "from search import retrieve\n"
        "with scope.scope(Organization.objects.order_by('id')[0]):\n"
        "    began = time.perf_counter(); found = retrieve.find('bala mido tuve')\n"
        "    print(found.mode, found.source, time.perf_counter() - began)\n"
    )
    took = []
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, text=True, stdout=subprocess.PIPE, check=True
        )
        mode, source, seconds = done.stdout.split()
        if (mode, source) != ("hybrid", "index"):
            raise RuntimeError(f"a cold process was answered by {mode} of the {source}")
        took.append(float(seconds))
    return timed("first query of a cold process", size, took, COLD_S * 1000)


def duplicates() -> Iterator[dict[str, Any]]:
    """Proposing duplicates among DOUBLES investors, in a process of its own for its memory."""
    if importlib.util.find_spec("search.entities.proposing") is None:
        yield {"case": "duplicates", "skipped": "search.entities.proposing is not there"}
        return
    done = subprocess.run(
        [sys.executable, "-m", "deploy.benchmarks", "duplicates", str(DOUBLES)],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        yield {"case": "duplicates", "error": "see above"}
        return
    yield from json.loads(done.stdout.strip().splitlines()[-1])


def measure(sizes: list[int]) -> Iterator[dict[str, Any]]:
    texts = Texts()
    with cases.world() as here:
        with index_alone():
            driving.rebuild(rebuilding.ensure_target(), lambda step: None)
            fill(here, texts, sizes[0])
            yield dataclasses.asdict(synced("sync, words only", SYNC_PER_S))
        with model() as url:
            for size in sizes:
                yield from at(size, here, texts, url, is_first=size == sizes[0])
    yield from duplicates()


def at(size: int, here: cases.World, texts: Texts, url: str, *, is_first: bool) -> Iterator[dict[str, Any]]:
    with index_alone():
        fill(here, texts, size)
        remember_vectors(here)
        yield dataclasses.asdict(rebuilt(size) if is_first else synced("sync, words and cached vectors"))
        for figures in (*queries(texts, size), index_alone_hybrid(here, texts, size), no_op_save(url, size)):
            yield dataclasses.asdict(figures)
        yield dataclasses.asdict(cold(size))
    with house():
        yield dataclasses.asdict(changed(here, texts, size))


def main(arguments: list[str]) -> None:
    sizes = [int(size) for size in arguments] or list(SIZES)
    figures = []
    for line in measure(sizes):
        figures.append(line)
        print(json.dumps(line), file=sys.stderr, flush=True)
    print(json.dumps(figures), file=sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
