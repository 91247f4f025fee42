"""What an intent may use while it answers: who asks, what time it is, and whom a name means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from crm_site.core.actor import Actor


@dataclass(frozen=True)
class Asking:
    """One question being answered, in the scope of the actor's organization. today: of its zone."""

    actor: Actor
    now: datetime
    today: date
    currency: str
