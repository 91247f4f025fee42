"""What the CRM already knows, as far as a parser may ask."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

DEFAULT_STAGES: tuple[tuple[str, str], ...] = (
    ("prospect", "Prospect"),
    ("contacted", "Contacted"),
    ("meeting", "Meeting"),
    ("diligence", "Diligence"),
    ("soft_circle", "Soft circle"),
    ("committed", "Committed"),
    ("closed", "Closed"),
    ("passed", "Passed"),
)


class Known(Protocol):
    """The reading side of one organization. Look-ups are exact after normalisation, never fuzzy: `match` does that.

    `find_*` are called up to 40 times a message, with short strings taken from it.
    """

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

    def find_investor(self, text: str) -> str | None:
        """The investor's own name when `text` names a live investor (also by alias), else None."""
        ...

    def find_contact(self, text: str) -> str | None:
        """The contact's own name when `text` names a live contact, else None."""
        ...

    def find_domain(self, domain: str) -> str | None:
        """The investor whose web or mail domain this is, else None."""
        ...


@dataclass(frozen=True)
class InMemory:
    """`Known` from plain lists: for tests, files of messages, and a CRM that is still empty."""

    investors: Sequence[str] = ()
    contacts: Sequence[str] = ()
    members: Sequence[str] = ()
    funds: Sequence[str] = ()
    stages: Sequence[tuple[str, str]] = DEFAULT_STAGES
    domains: Mapping[str, str] = field(default_factory=dict)

    def find_investor(self, text: str) -> str | None:
        return _find(text, self.investors)

    def find_contact(self, text: str) -> str | None:
        return _find(text, self.contacts)

    def find_domain(self, domain: str) -> str | None:
        return self.domains.get(domain.casefold())


def fold(text: str) -> str:
    """Case, accents and punctuation folded away, for comparing names."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.sub(r"[^\w]+", " ", bare.casefold()).strip()


def _find(text: str, names: Sequence[str]) -> str | None:
    wanted = fold(text)
    return next((name for name in names if wanted and fold(name) == wanted), None)
