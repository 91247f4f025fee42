"""`Known` answered from the database of the organization in scope, by the index of the matcher's keys."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property

from django.db.models import Value

from crm_site.contacts.models import Contact
from crm_site.investors.models import Investor, InvestorAlias
from crm_site.relations.vocabulary import Vocabulary
from nlquery import words
from nlquery.translate.known import Names


class DatabaseKnown:
    """One query for the organization's words (none when they are kept), one for names; for one question."""

    @cached_property
    def _words(self) -> Vocabulary:
        return words.read()

    @property
    def members(self) -> Sequence[str]:
        return [name for _, name in self._words.people]

    @property
    def funds(self) -> Sequence[str]:
        return [fund.name for fund in self._words.funds]

    @property
    def stages(self) -> Sequence[tuple[str, str]]:
        return [(stage.key, stage.label) for stage in self._words.stages]

    @property
    def tags(self) -> Sequence[str]:
        return [name for _, name in self._words.tags]

    def names(self, firm_keys: Collection[str], person_keys: Collection[str]) -> Names:
        """Investors in the graveyard count: a question may name one to ask why it is there."""
        firms, people = [key for key in firm_keys if key], [key for key in person_keys if key]
        noun = Value("i"), Value("c")
        own = Investor.objects.filter(name_key__in=firms).order_by().values_list("name_key", noun[0])
        others = InvestorAlias.objects.filter(
            name_key__in=firms, investor__deleted_at__isnull=True
        ).order_by()
        contacts = Contact.objects.filter(name_key__in=people).order_by().values_list("name_key", noun[1])
        found = list(own.union(others.values_list("name_key", noun[0]), contacts, all=True))
        return Names(
            frozenset(key for key, kind in found if kind == "i"),
            frozenset(key for key, kind in found if kind == "c"),
        )
