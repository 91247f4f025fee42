"""Amounts of money: Decimal with a currency, never converted, never added across currencies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal("0.00")
CENT = Decimal("0.01")
# 15 digits before the point: more than any fund, and inside numeric(17, 2).
LARGEST = Decimal("999999999999999.99")


@dataclass(frozen=True)
class Money:
    """An amount in one currency (ISO 4217 code)."""

    amount: Decimal
    currency: str


def totals(parts: Iterable[Money]) -> list[Money]:
    """Sums per currency, largest first."""
    sums: dict[str, Decimal] = {}
    for part in parts:
        sums[part.currency] = sums.get(part.currency, ZERO) + part.amount
    return [
        Money(amount, currency)
        for currency, amount in sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    ]
