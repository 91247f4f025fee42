"""What the rules look at: one plain record, from the database or from anywhere else."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Record:
    """A firm (kind "investor") or a person (kind "contact"), as it was written down; all but the name may be missing.

    names: its own, then others it goes by. given, family: where they are known apart. linked: ids of the other kind (a
    firm's people, a person's firms). born_on: YYYYMMDD. richness: how much hangs on it, for the choice of a survivor.
    region: ISO country in which a phone number without a country code is read.
    """

    id: int
    kind: str
    names: tuple[str, ...] = ()
    given: str = ""
    family: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    websites: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    registry_ids: tuple[str, ...] = ()
    linked: tuple[int, ...] = ()
    place: str = ""
    type: str = ""
    street_number: str = ""
    street: str = ""
    suburb: str = ""
    postcode: str = ""
    state: str = ""
    born_on: str = ""
    region: str = "US"
    richness: int = 0

    @property
    def name(self) -> str:
        return self.names[0] if self.names else f"{self.given} {self.family}".strip()
