"""Named ways to read pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, F, OuterRef

from crm_site.contacts.models import Contact
from crm_site.investors.models import Investor
from crm_site.relations.models import DistinctPair
from search.entities.choices import Kind, PairState, Tier

if TYPE_CHECKING:
    from search.entities.models import Pair  # noqa: F401

RECORDS: dict[str, type[Investor] | type[Contact]] = {Kind.INVESTOR: Investor, Kind.CONTACT: Contact}


class PairQuerySet(models.QuerySet["Pair"]):
    """Pairs that the rules proposed."""

    def of_kind(self, kind: str) -> PairQuerySet:
        return self.filter(kind=kind)

    def open(self) -> PairQuerySet:
        """Waiting for a decision, as far as the row knows: `deciding` also looks at the two records."""
        return self.filter(state=PairState.OPEN)

    def worth_a_look(self) -> PairQuerySet:
        """Without those that a veto speaks against."""
        return self.exclude(tier=Tier.UNLIKELY)

    def undecided(self, kind: str) -> PairQuerySet:
        """Open pairs of a kind of which both records still stand and nobody said that they are not the same.

        A record may have been deleted, merged or kept apart by another door since the pair was found.
        """
        model = RECORDS[kind]
        apart = DistinctPair.objects.filter(
            label=model._meta.label_lower, low_id=OuterRef("left_id"), high_id=OuterRef("right_id")
        )
        return (
            self.of_kind(kind)
            .open()
            .filter(
                Exists(model.objects.filter(pk=OuterRef("left_id"))),
                Exists(model.objects.filter(pk=OuterRef("right_id"))),
                ~Exists(apart),
            )
        )

    def of_purged(self, kind: str) -> PairQuerySet:
        """Pairs of a kind of which a record is not even in the trash any more."""
        rows = RECORDS[kind].all_objects
        return self.of_kind(kind).exclude(
            Exists(rows.filter(pk=OuterRef("left_id"))) & Exists(rows.filter(pk=OuterRef("right_id")))
        )

    def best_first(self) -> PairQuerySet:
        return self.order_by("tier", F("score").desc(), "id")
