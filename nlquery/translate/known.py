"""What the grammar may ask the CRM: which words are somebody's name. A handful of look-ups per question."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from crm_site.core import naming
from crm_site.investors.choices import DEFAULT_STAGES


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

    def investors(self, keys: Collection[str]) -> frozenset[str]:
        """Which of the firm keys belong to a live investor or one of its other names."""
        ...

    def contacts(self, keys: Collection[str]) -> frozenset[str]:
        """Which of the person keys belong to a live contact."""
        ...


@dataclass(frozen=True)
class InMemory:
    """`Known` from plain lists: for tests, and for questions without an organization."""

    investor_names: Sequence[str] = ()
    contact_names: Sequence[str] = ()
    members: Sequence[str] = ()
    funds: Sequence[str] = ()
    stages: Sequence[tuple[str, str]] = tuple((stage.key, stage.label) for stage in DEFAULT_STAGES)

    def investors(self, keys: Collection[str]) -> frozenset[str]:
        return self._investor_keys.intersection(keys)

    def contacts(self, keys: Collection[str]) -> frozenset[str]:
        return self._contact_keys.intersection(keys)

    @cached_property
    def _investor_keys(self) -> frozenset[str]:
        return frozenset(naming.firm_key(name) for name in self.investor_names)

    @cached_property
    def _contact_keys(self) -> frozenset[str]:
        return frozenset(naming.person_key(name) for name in self.contact_names)

    @classmethod
    def of(cls, world: Mapping[str, Sequence[str]]) -> InMemory:
        """From a world with `investors`, `contacts`, `members` and `funds`."""
        return cls(world["investors"], world["contacts"], world["members"], world["funds"])
