"""What an intent may use while it answers: who asks, what time it is, and whom a name means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from crm_site.core.actor import Actor
from crm_site.investors.models import Investor
from crm_site.relations.vocabulary import FundWord, StageWord
from nlquery import resolving, words
from nlquery.resolving import Person
from nlquery.windows import Span, Window


@dataclass(frozen=True)
class Asking:
    """One question being answered, in the scope of the actor's organization. today: of its zone.

    The look-ups raise `resolving.Unresolved`, which the runner turns into `not_found` or `ambiguous`; an intent lets it
    pass. `investor` costs one query (more when the name is misspelt); `fund`, `owner` and `stage` cost one query together.
    """

    actor: Actor
    now: datetime
    today: date
    currency: str

    def days(self, window: Window | None) -> Span:
        """The days of a window; no window is all of time."""
        return window.span(self.today) if window else Span(None, None)

    def investor(self, said: str, slot: str = "investor") -> Investor:
        """The live investor meant."""
        return resolving.investor(said, slot=slot)

    def fund(self, said: str, slot: str = "fund") -> FundWord:
        """The fund meant: id, name, currency."""
        return resolving.fund(said, slot=slot)

    def owner(self, said: str, slot: str = "owner") -> Person:
        """The member meant: user id and name."""
        return resolving.owner(said, slot=slot, user_id=self.actor.user_id)

    def stage(self, key: str) -> StageWord:
        """The stage of a key that was coerced by `slots.Stage`."""
        return words.read().stage_by_key[key]
