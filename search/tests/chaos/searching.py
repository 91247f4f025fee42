"""Somebody who searches all the time, and never may find what was deleted before the search began."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from crm_site.communications.models import Communication, Fact
from crm_site.contacts.models import Contact
from crm_site.core import scope
from crm_site.investors.models import Fund, Investor, Opportunity
from search import retrieve
from search.documents import Kind
from search.tests.chaos import writing

#: Each record with the versions of what decides whether it lives: its own, and of what it belongs to.
States = dict[str, tuple[int, ...]]


@dataclass
class Report:
    """What came of an order. wrong: what must not happen."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class Searcher:
    """Looks for random words in random organizations. It remembers all it ever saw alive."""

    def __init__(self, dice: random.Random, organization_ids: list[int]) -> None:
        self.dice = dice
        self.seen: dict[int, set[str]] = {one: set() for one in organization_ids}

    def search(self, report: Report) -> None:
        """Search once, and note in `report` each hit that was dead before."""
        organization_id = self.dice.choice(list(self.seen))
        with scope.scope(organization_id):
            dead = self._dead(organization_id)
            text = " ".join([writing.LIGHTHOUSE, *self.dice.sample(writing.WORDS, 2)])
            answer = retrieve.find(text, mode="sparse", limit=100)
            found = {hit.key for hit in answer.hits}
            after = _states()
            still = found & dead.keys() - _living()
        report.counts[f"answered by the {answer.source}"] += 1
        report.counts["hits"] += len(found)
        # The same state before and after: it was dead for all the time between.
        for key in sorted(key for key in still if after.get(key) == dead[key]):
            report.wrong.append(f"organization {organization_id}: found {key}, which was deleted before")
        kept = any(writing.LIGHTHOUSE in piece.text for hit in answer.hits for piece in hit.passages)
        if answer.source == "index" and not kept:
            report.wrong.append(f"organization {organization_id}: the {writing.LIGHTHOUSE} was not found")

    def _dead(self, organization_id: int) -> dict[str, tuple[int, ...] | None]:
        """What is dead now, with its state; None: the row itself is gone. States first: what comes later is not dead."""
        states, living = _states(), _living()
        seen = self.seen[organization_id]
        gone = dict.fromkeys(seen - states.keys() - living)
        seen |= states.keys()
        return {**{key: state for key, state in states.items() if key not in living}, **gone}


def _states() -> States:
    every: dict[Kind, tuple[QuerySet[Any], tuple[str, ...]]] = {
        Kind.INVESTOR: (Investor.all_objects.all(), ()),
        Kind.CONTACT: (Contact.all_objects.all(), ()),
        Kind.COMMUNICATION: (Communication.all_objects.all(), ("investor__version",)),
        Kind.FACT: (Fact.all_objects.all(), ("investor__version",)),
        Kind.OPPORTUNITY: (Opportunity.all_objects.all(), ("investor__version", "fund__version")),
        Kind.FUND: (Fund.all_objects.all(), ()),
    }
    return {
        f"{kind}:{row[0]}": tuple(row[1:])
        for kind, (rows, more) in every.items()
        for row in rows.order_by("pk").values_list("pk", "version", *more)
    }


def _living() -> set[str]:
    of_living = {"investor__deleted_at__isnull": True}
    every: dict[Kind, QuerySet[Any]] = {
        Kind.INVESTOR: Investor.objects.all(),
        Kind.CONTACT: Contact.objects.all(),
        Kind.COMMUNICATION: Communication.objects.filter(**of_living),
        Kind.FACT: Fact.objects.filter(**of_living),
        Kind.OPPORTUNITY: Opportunity.objects.filter(fund__deleted_at__isnull=True, **of_living),
        Kind.FUND: Fund.objects.all(),
    }
    return {
        f"{kind}:{pk}"
        for kind, rows in every.items()
        for pk in rows.order_by("pk").values_list("pk", flat=True)
    }
