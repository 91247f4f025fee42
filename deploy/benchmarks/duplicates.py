"""Measures the finder of duplicates: its time and memory, and how right it is; one JSON list on the last line.

`./deploy/bench duplicates`. Febrl's people are read from var/febrl; the case says how to get them when they are not there.
"""

from __future__ import annotations

import dataclasses
import json
import math
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from crm_site.accounts.models import Organization
from crm_site.contacts.models import Affiliation, Contact, ContactEmail, ContactPhone
from crm_site.core import naming, scope
from crm_site.investors import names
from crm_site.investors.models import Investor
from deploy.benchmarks import febrl, made_up_firms
from deploy.benchmarks.made_up_firms import Made
from search.entities import proposing, reach
from search.entities.finding import Finder
from search.entities.record import Record

ROOT = Path(__file__).resolve().parents[2]
SEEDS = range(10)
INVESTORS = 50_000
MOST_REVIEWED = 30
MOST_S, MOST_MB = 60.0, 1_000.0
LEAST_F1, LEAST_PRECISION = 0.99, 0.998
Pairs = set[tuple[int, int]]


@dataclasses.dataclass(frozen=True)
class Figures:
    """One line, in the columns of `./deploy/bench search`. chunks: how many records. value: a share, seconds or MB."""

    case: str
    chunks: int
    value: float
    limit: float | None = None
    met: str = ""
    p50_ms: float | None = None
    p95_ms: float | None = None
    per_second: float | None = None


@dataclasses.dataclass(frozen=True)
class Judged:
    """How a set of pairs does against the truth."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def judge(pairs: Pairs, true_pairs: Pairs) -> Judged:
    right = len(pairs & true_pairs)
    return Judged(right / len(pairs) if pairs else 1.0, right / len(true_pairs))


def merged(made: Made, *, with_vetoes: bool = True) -> tuple[Pairs, list[tuple[int, int]]]:
    """What the rules alone would merge, as pairs within its clusters; and the likely pairs, the best first."""
    finder = Finder(made.records, with_vetoes=with_vetoes)
    found = finder.find()
    groups = [(one.survivor, *one.absorbed) for one in finder.clusters(found.certain)]
    pairs = {(min(a, b), max(a, b)) for group in groups for a in group for b in group if a != b}
    likely = sorted(found.likely, key=lambda one: (-one.score, one.left_id, one.right_id))
    return pairs, [(one.left_id, one.right_id) for one in likely]


def reviewed(made: Made, most: int) -> tuple[Judged, Judged, int]:
    """The rules alone; with the best `most` likely pairs decided by somebody who knows; how many were decided."""
    pairs, likely = merged(made)
    truth = made.true_pairs
    with_review = pairs | (set(likely[:most]) & truth)
    return judge(pairs, truth), judge(with_review, truth), min(most, len(likely))


def of_people() -> Iterator[Figures]:
    """Febrl 1 with at most thirty pairs reviewed; Febrl 4 with as many reviewed as are likely."""
    one, four = febrl.load("dataset1"), febrl.load("dataset4a", "dataset4b")
    alone, helped, count = reviewed(one, MOST_REVIEWED)
    yield _least(f"Febrl 1, F1, {count} pairs reviewed", one, helped.f1, LEAST_F1)
    yield _least("Febrl 1, F1, rules alone", one, alone.f1)
    yield _least("Febrl 1, precision of the rules", one, alone.precision)
    alone, helped, count = reviewed(four, len(four.records))
    yield _least(f"Febrl 4, F1, {count} pairs reviewed", four, helped.f1)
    yield _least("Febrl 4, F1, rules alone", four, alone.f1)


def of_firms() -> Iterator[Figures]:
    """Invented firms with hard negatives: the worst of all seeds, and the best of them without the vetoes."""
    with_vetoes, without = [], []
    for seed in SEEDS:
        made = made_up_firms.make(seed)
        with_vetoes.append(judge(merged(made)[0], made.true_pairs))
        without.append(judge(merged(made, with_vetoes=False)[0], made.true_pairs))
    worst = min(one.precision for one in with_vetoes)
    yield _least("firms, auto-merge precision, worst seed", made, worst, LEAST_PRECISION)
    yield _least("firms, recall of the rules, worst seed", made, min(one.recall for one in with_vetoes))
    best = max(one.precision for one in without)
    yield dataclasses.replace(
        _least("the same without vetoes, best seed", made, best), met="yes" if best < worst else "NO"
    )


def _least(case: str, made: Made, value: float, limit: float | None = None) -> Figures:
    met = "" if limit is None else "yes" if value >= limit else "NO"
    return Figures(case, len(made.records), round(value, 4), limit, met)


def fill(count: int) -> None:
    """Put about `count` invented investors, with a person for each mailbox and number, into the organization in scope."""
    # About four records come of each firm that is asked for.
    records = made_up_firms.make(0, firms=math.ceil(count / 4)).records[:count]
    shared = {"organization_id": scope.current_id()}
    investors = Investor.objects.bulk_create(
        [
            Investor(
                **shared,
                name=record.name,
                location=record.place,
                website=page,
                **names.keys(record.name, page),
            )
            for record in records
            for page in ["".join(record.websites)]
        ],
        batch_size=2_000,
    )
    _fill_people(shared, investors, records)


def _fill_people(shared: dict[str, int], investors: list[Investor], records: list[Record]) -> None:
    """A person for each firm that is reached by a mailbox or a number, with both."""
    reached = [
        (one, record)
        for one, record in zip(investors, records, strict=True)
        if record.emails or record.phones
    ]
    people = Contact.objects.bulk_create(
        [
            Contact(**shared, name=name, name_key=naming.person_key(name))
            for _, record in reached
            for name in [_person(record.emails)]
        ],
        batch_size=2_000,
    )
    Affiliation.objects.bulk_create(
        [
            Affiliation(**shared, contact=person, investor=one)
            for person, (one, _) in zip(people, reached, strict=True)
        ],
        batch_size=2_000,
    )
    ContactEmail.objects.bulk_create(
        [
            ContactEmail(**shared, contact=person, email=email, domain=naming.email_domain(email))
            for person, (_, record) in zip(people, reached, strict=True)
            for email in record.emails
        ],
        batch_size=2_000,
    )
    ContactPhone.objects.bulk_create(
        [
            ContactPhone(**shared, contact=person, number=reach.phone_key(number, "US"), written=number)
            for person, (_, record) in zip(people, reached, strict=True)
            for number in record.phones
        ],
        batch_size=2_000,
    )


def _person(emails: tuple[str, ...]) -> str:
    mailbox = emails[0].partition("@")[0] if emails else "reception"
    return f"{mailbox[:1].upper()}. {mailbox[1:].title()}"


def of_many(count: int) -> Iterator[Figures]:
    """Time and peak memory of proposing among `count` investors of a database, in this process and nothing else in it."""
    with scope.scope(Organization.objects.order_by("id")[0]):
        # In a process of its own: what filling takes must not count.
        subprocess.run(
            [sys.executable, "-m", "deploy.benchmarks", "duplicates", "fill", str(count)],
            cwd=ROOT,
            check=True,
        )
        for kind in ("investor", "contact"):
            began = time.perf_counter()
            outcome = proposing.propose(kind)
            took_s = time.perf_counter() - began
            print(f"{kind}: {outcome}", file=sys.stderr)
            yield _most(f"duplicates of {kind}s, seconds", outcome.records, took_s, MOST_S)
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        yield _most("duplicates, peak MB", outcome.records, peak_mb, MOST_MB)


def _most(case: str, count: int, value: float, limit: float) -> Figures:
    return Figures(case, count, round(value, 1), limit, "yes" if value <= limit else "NO")


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["fill"]:
        with scope.scope(Organization.objects.order_by("id")[0]):
            fill(int(arguments[1]))
        return
    lines: list[dict[str, object]] = [
        dataclasses.asdict(one) for one in of_many(int(arguments[0]) if arguments else INVESTORS)
    ]
    lines += [dataclasses.asdict(one) for one in of_firms()]
    try:
        lines += [dataclasses.asdict(one) for one in of_people()]
    except febrl.NotThere as missing:
        lines.append({"case": "Febrl", "skipped": f"its people are not here: {missing}"})
    print(json.dumps(lines))


if __name__ == "__main__":
    main(sys.argv[1:])
