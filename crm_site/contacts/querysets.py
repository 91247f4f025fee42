"""Named ways to read people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Prefetch, Q

from crm_site.core import clock
from crm_site.core.querysets import KeptQuerySet

if TYPE_CHECKING:
    from crm_site.contacts.models import Affiliation, Contact  # noqa: F401


class ContactQuerySet(KeptQuerySet["Contact"]):
    """People. Their addresses and firms come through related managers, which see living rows only."""

    def by_name(self) -> ContactQuerySet:
        """In alphabetical order."""
        return self.order_by("name", "id")

    def at(self, investor_id: int) -> ContactQuerySet:
        """Those who work, or worked, at an investor."""
        there = Q(affiliations__investor_id=investor_id, affiliations__deleted_at__isnull=True)
        return self.filter(there).distinct().order_by("name", "id")

    def with_details(self) -> ContactQuerySet:
        """Loads addresses, numbers and affiliations with their investors: four queries for any number of people."""
        affiliations = Prefetch("affiliations", queryset=_living_affiliations())
        return self.prefetch_related("emails", "phones", affiliations)


class AffiliationQuerySet(KeptQuerySet["Affiliation"]):
    """Who is where."""

    def current(self) -> AffiliationQuerySet:
        """Those not ended before today."""
        return self.filter(Q(to_on__isnull=True) | Q(to_on__gte=clock.today()))

    def of_living(self) -> AffiliationQuerySet:
        """Those whose person and investor are not deleted."""
        return self.filter(contact__deleted_at__isnull=True, investor__deleted_at__isnull=True)

    def main_first(self) -> AffiliationQuerySet:
        """The main one first, then the latest."""
        return self.order_by("-is_primary", models.F("to_on").desc(nulls_first=True), "id")


def _living_affiliations() -> models.QuerySet[Affiliation]:
    # By name: models import querysets, so querysets cannot import models.
    affiliation = apps.get_model("contacts", "Affiliation")
    living: AffiliationQuerySet = affiliation.objects.of_living()
    return living.select_related("investor").order_by("-is_primary", "id")
