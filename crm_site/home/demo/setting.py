"""The stage on which the demo plays: the firm's own people, its funds, and how large tickets are."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from crm_site.accounts.roles import Role
from crm_site.home.demo.calendar import working
from crm_site.home.demo.shapes import FundPlan

# Name, role, whether they write. The first is the founder whom the texts call Maren.
COLLEAGUES: tuple[tuple[str, Role, bool], ...] = (
    ("Maren Holt", Role.PARTNER, True),
    ("Theo Lindgren", Role.PARTNER, True),
    ("Yara Osman", Role.ASSOCIATE, True),
    ("Caleb Winter", Role.ASSOCIATE, True),
    ("Ravi Pillai", Role.ADMIN, False),
    ("Sunniva Berg", Role.VIEWER, False),
)
WRITERS = [name.split(" ")[0] for name, _, writes in COLLEAGUES if writes]
#: The place of the organization's owner behind the writers: owns investors and reminders, writes nothing.
OWNER = len(WRITERS)
BOT = "Roundtable bot"

# Investors per type in percent, people per investor, and the range of tickets in thousands.
TYPES: dict[str, tuple[int, float, tuple[int, int]]] = {
    "individual": (33, 1.0, (50, 1000)),
    "family_office": (29, 2.9, (500, 8000)),
    "institution": (10, 3.6, (4000, 30_000)),
    "fund": (10, 2.7, (2000, 15_000)),
    "corporate": (8, 2.2, (1000, 10_000)),
    "advisor": (10, 2.4, (250, 4000)),
}
_STEPS = (50, 100, 150, 200, 250, 300, 400, 500, 750, 1000, 1250, 1500, 2000, 2500, 3000, 4000, 5000, 6000, 7500, 8000,
          10_000, 12_500, 15_000, 20_000, 25_000, 30_000)  # fmt: skip


@dataclass(frozen=True)
class Setting:
    """Everything that one demo takes as given."""

    today: date
    zone: ZoneInfo
    currency: str
    seed: int
    investors: int
    funds: tuple[FundPlan, ...]


def funds(today: date, currency: str, investors: int) -> tuple[FundPlan, ...]:
    """One fund that is closed, one in the market, and a property deal in another currency. Targets grow with the demo."""
    scale = Decimal(max(investors, 1)) / 400
    other = "EUR" if currency != "EUR" else "USD"

    def target(millions: int) -> Decimal:
        return max((Decimal(millions) * scale).quantize(Decimal(1)), Decimal(1)) * 1_000_000

    def day(offset: int) -> date:
        return working(today + timedelta(days=offset))

    return (
        FundPlan(
            "Northlight Growth Fund I", "Fund I", currency, target(175), day(-735), day(-330),
            "Minority stakes in owner-led services firms. Closed; reporting quarterly.",
        ),
        FundPlan(
            "Northlight Growth Fund II", "Fund II", currency, target(180), day(-410), day(128),
            "Same strategy as Fund I, twelve to fifteen positions, first close held.",
        ),
        FundPlan(
            "Cedar Row Property SPV", "Cedar Row", other, target(38), day(-185), day(72),
            "Forty-one apartments and a courtyard on Cedar Row, bought empty, let within a year.",
            is_property=True,
        ),
    )  # fmt: skip


def ticket(rng: random.Random, kind: str) -> Decimal:
    """A round amount in the range of the type, small ones more often."""
    low, high = TYPES[kind][2]
    fitting = [step for step in _STEPS if low <= step <= high]
    at = min(int(rng.betavariate(1.4, 2.6) * len(fitting)), len(fitting) - 1)
    return Decimal(fitting[at]) * 1000


def spoken(amount: Decimal, currency: str) -> tuple[str, ...]:
    """An amount as people write it: “$2.5M”, “2.5m”, “250k”."""
    sign = {"USD": "$", "EUR": "€", "GBP": "£"}.get(currency, f"{currency} ")
    if amount >= 1_000_000:
        number = f"{amount / 1_000_000:.2f}".rstrip("0").rstrip(".")
        return f"{sign}{number}M", f"{number}m", f"{sign}{number}m", f"{number} million"
    number = f"{amount / 1000:.0f}"
    return f"{sign}{number}k", f"{number}k", f"{sign}{number},000"
