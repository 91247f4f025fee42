"""Measures how well search finds: a collection with judgements goes in as communications and comes out of `retrieve.find`.

`./deploy/bench search --quality DIR` starts it on a database and an index of their own. DIR holds `corpus.jsonl`
({id, title, text}), `queries.jsonl` ({id, text}) and `qrels.tsv` (query, document, grade; or the four columns of TREC).
The figures are those of trec_eval: nDCG@10 with the grade itself as gain, recall@100, and MRR@10.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from crm_site.accounts import services as accounts
from crm_site.accounts.models import Organization
from crm_site.communications.models import Communication
from crm_site.core import scope, spark
from crm_site.core.actor import Actor
from crm_site.investors import services as investors
from search import embed, rebuilding, retrieve, sync
from search.asking import Mode
from search.models import Dirty, Target
from search.server import address

ROOT = Path(__file__).resolve().parents[2]
#: Of the communication; a longer title goes before the text instead.
SUBJECT_LIMIT = 200
WRITE_AT_ONCE = 1000
DEEP, TOP = 100, 10
#: The index and its first question may take so long to come up.
PATIENCE_S = 60.0
#: With the model server away for so long, the measurement is given up.
STALL_S = 300.0
Grades = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Collection:
    """documents: (id, title, text). queries: (id, text), only judged ones. grades: query → document → grade above 0."""

    documents: list[tuple[str, str, str]]
    queries: list[tuple[str, str]]
    grades: Grades


@dataclass(frozen=True)
class Quality:
    """Means over the queries, 0 to 1; p50_ms: what `find` took for 100 records with their texts."""

    mode: str
    queries: int
    ndcg_at_10: float
    recall_at_100: float
    mrr_at_10: float
    p50_ms: float


def read(folder: Path) -> Collection:
    """Raises SystemExit with a sentence for the person at the keyboard."""
    grades: dict[str, dict[str, int]] = {}
    for query, document, grade in _judgements(_lines(folder / "qrels.tsv")):
        if grade > 0:
            grades.setdefault(query, {})[document] = grade
    documents = [
        (_id(one), str(one.get("title") or ""), str(one.get("text") or ""))
        for one in _objects(folder / "corpus.jsonl")
    ]
    asked = [(_id(one), str(one.get("text") or "")) for one in _objects(folder / "queries.jsonl")]
    judged = [(query, text) for query, text in asked if query in grades]
    if not documents or not judged:
        raise SystemExit(f"{folder}: no documents, or no query that qrels.tsv judges.")
    return Collection(documents, judged, grades)


def _judgements(lines: Iterable[str]) -> Iterator[tuple[str, str, int]]:
    for number, line in enumerate(lines):
        cells = line.split("\t") if "\t" in line else line.split()
        cells = [cell.strip() for cell in cells]
        if len(cells) not in (3, 4):
            raise SystemExit(f"qrels.tsv, line {number + 1}: three or four columns, not {len(cells)}.")
        query, document, grade = cells[0], cells[-2], cells[-1]
        try:
            yield query, document, round(float(grade))
        except ValueError:
            if number:
                raise SystemExit(f"qrels.tsv, line {number + 1}: “{grade}” is no grade.") from None


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            yield from (line.rstrip("\n") for line in file if line.strip())
    except OSError as error:
        raise SystemExit(f"{path}: {error.strerror}.") from None


def _objects(path: Path) -> Iterator[dict[str, object]]:
    for number, line in enumerate(_lines(path)):
        try:
            found = json.loads(line)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise SystemExit(f"{path}, line {number + 1}: not a JSON object.")
        yield found


def _id(one: Mapping[str, object]) -> str:
    return str(one["id"] if "id" in one else one.get("_id", ""))


def store(collection: Collection) -> tuple[Organization, dict[int, str]]:
    """Write each document as a communication of a new organization; returns it and key → the document's own id."""
    organization = accounts.create_organization(name="Quality")
    ids: dict[int, str] = {}
    with scope.scope(organization):
        # A name without words: the investor's name stands in the text of each, and here it says nothing.
        investor = investors.create_investor(actor=Actor.system(organization_id=organization.pk), name="—")
        source = iter(collection.documents)
        while some := list(islice(source, WRITE_AT_ONCE)):
            rows = [_communication(organization, investor.pk, title, text) for _, title, text in some]
            for row, (id_, _, _) in zip(Communication.objects.bulk_create(rows), some, strict=True):
                ids[row.pk] = id_
    return organization, ids


def _communication(organization: Organization, investor_id: int, title: str, text: str) -> Communication:
    subject, body = title, text
    if len(title) > SUBJECT_LIMIT:
        subject, body = "", f"{title}\n{text}"
    return Communication(
        organization=organization,
        investor_id=investor_id,
        subject=subject,
        body=body.replace("\x00", ""),
        occurred_on=date(2026, 1, 1),
        captured_via="bench",
    )


def choose_model() -> None:
    """With a model server and no CRM_EMBED_MODEL: the first of its models that gives vectors, those named so first."""
    if not spark.configured() or settings.CRM_EMBED_MODEL:
        return
    offered = sorted(spark.models(), key=lambda name: "embed" not in name.lower())
    for name in [*offered, "default"]:
        settings.CRM_EMBED_MODEL = name
        spark.reset()
        try:
            spark.embed(["Does this model give vectors?"])
        except spark.ModelUnavailable as error:
            _say(f"model {name}: {error.message}")
        else:
            return
    settings.CRM_EMBED_MODEL = ""
    spark.reset()


@contextmanager
def index_server() -> Iterator[None]:
    """The embedded index as its own process, unless QDRANT_URL names a server."""
    if settings.QDRANT_URL:
        yield
        return
    process = subprocess.Popen([sys.executable, str(ROOT / "manage.py"), "index_server"], cwd=ROOT)
    try:
        until = time.monotonic() + PATIENCE_S
        while address.read(settings.INDEX_DIR) is None:
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit("The index server did not come up.")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def build() -> Target:
    """Work as the workers do until the index serves everything. Raises SystemExit when it stands still."""
    began = moved_at = time.monotonic()
    left_before = -1
    rebuilding.ensure_target()
    while True:
        sync.run(until=timezone.now() + timedelta(seconds=10))
        rebuilding.advance(until=timezone.now() + timedelta(seconds=10))
        target, left = rebuilding.live(), Dirty.unscoped.count()
        if target is not None and not left:
            _say(f"indexed in {time.monotonic() - began:.0f} s")
            return target
        if left != left_before:
            left_before, moved_at = left, time.monotonic()
            _say(f"{left:,} records to index")
        if time.monotonic() - moved_at > STALL_S:
            raise SystemExit("The index stands still: does the embedding server answer?")


def measure(collection: Collection, ids: Mapping[int, str], mode: Mode) -> Quality:
    """Ask every query in one mode. Raises SystemExit when a query was not answered by the index in that mode."""
    figures: list[tuple[float, float, float]] = []
    took: list[float] = []
    for query, text in collection.queries:
        answer = retrieve.find(text, mode=mode, limit=DEEP)
        if answer.source != "index" or (answer.hits and answer.mode != mode):
            raise SystemExit(
                f"Query {query} was answered in mode {answer.mode} by the {answer.source}: {answer.notes}"
            )
        ranked = [ids[hit.id] for hit in answer.hits if hit.kind == "communication"]
        figures.append(scores(ranked, collection.grades[query]))
        took.append(answer.took_ms)
    ndcg, recall, reciprocal = (statistics.fmean(column) for column in zip(*figures, strict=True))
    return Quality(
        mode=mode,
        queries=len(figures),
        ndcg_at_10=round(ndcg, 4),
        recall_at_100=round(recall, 4),
        mrr_at_10=round(reciprocal, 4),
        p50_ms=round(statistics.median(took), 1),
    )


def scores(ranked: Sequence[str], grades: Mapping[str, int]) -> tuple[float, float, float]:
    """(nDCG@10, recall@100, reciprocal rank within 10) of one ranking. grades: above 0 only, at least one."""
    gain = _gain(grades.get(document, 0) for document in ranked[:TOP])
    ideal = _gain(sorted(grades.values(), reverse=True)[:TOP])
    found = sum(document in grades for document in ranked[:DEEP])
    first = next((place for place, document in enumerate(ranked[:TOP], 1) if document in grades), 0)
    return gain / ideal, found / len(grades), 1 / first if first else 0.0


def _gain(grades: Iterable[int]) -> float:
    return sum(grade / math.log2(place + 1) for place, grade in enumerate(grades, 1))


def run(folder: Path) -> list[Quality]:
    """Everything, in the database and VAR_DIR of this process, which must be new."""
    if Organization.objects.exists():
        raise SystemExit("This database is in use; ./deploy/bench search --quality makes one of its own.")
    collection = read(folder)
    choose_model()
    _say(f"{len(collection.documents):,} documents, {len(collection.queries):,} judged queries")
    organization, ids = store(collection)
    with index_server(), scope.scope(organization):
        target = build()
        model = embed.configured_id()
        _say(
            f"dense vectors by {model}, {target.dimension} numbers"
            if model
            else "no embedding model: words only"
        )
        modes: tuple[Mode, ...] = ("sparse", "dense", "hybrid") if target.dimension else ("sparse",)
        return [measure(collection, ids, mode) for mode in modes]


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="search_quality")
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args(arguments)
    print(json.dumps([asdict(one) for one in run(asked.folder)]))


if __name__ == "__main__":
    main(sys.argv[1:])
