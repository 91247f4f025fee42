"""What the grammar may ask the CRM: which words are somebody's name. A handful of look-ups per question."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from crm_site.core import naming
from crm_site.investors.choices import DEFAULT_STAGES


@dataclass(frozen=True)
class Names:
    """The keys that are somebody's."""

    investors: frozenset[str]
    contacts: frozenset[str]


class Known(Protocol):
    """The reading side of one organization. Look-ups are exact on keys (`core.naming`), never fuzzy."""

    @property
    def members(self) -> Sequence[str]:
        """Full names of our own people."""
        ...

    @property
    def funds(self) -> Sequence[str]:
        """Names of our funds and deals."""
        ...

    @property
    def stages(self) -> Sequence[tuple[str, str]]:
        """(key, label) in their order."""
        ...

    @property
    def tags(self) -> Sequence[str]:
        """Names of the tags that investors carry."""
        ...

    def names(self, firm_keys: Collection[str], person_keys: Collection[str]) -> Names:
        """Which of the firm keys belong to an investor or one of its other names, which person keys to a contact."""
        ...


@dataclass(frozen=True)
class InMemory:
    """`Known` from plain lists: for tests, and for questions without an organization."""

    investor_names: Sequence[str] = ()
    contact_names: Sequence[str] = ()
    members: Sequence[str] = ()
    funds: Sequence[str] = ()
    stages: Sequence[tuple[str, str]] = tuple((stage.key, stage.label) for stage in DEFAULT_STAGES)

    tags: Sequence[str] = ()

    def names(self, firm_keys: Collection[str], person_keys: Collection[str]) -> Names:
        return Names(
            self._investor_keys.intersection(firm_keys), self._contact_keys.intersection(person_keys)
        )

    @cached_property
    def _investor_keys(self) -> frozenset[str]:
        return frozenset(naming.firm_key(name) for name in self.investor_names)

    @cached_property
    def _contact_keys(self) -> frozenset[str]:
        return frozenset(naming.person_key(name) for name in self.contact_names)

    @classmethod
    def of(cls, world: Mapping[str, Sequence[str]]) -> InMemory:
        """From a world with `investors`, `contacts`, `members`, `funds` and `tags`."""
        return cls(
            world["investors"], world["contacts"], world["members"], world["funds"], tags=world["tags"]
        )
