"""Money as people write it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "GBP": "£", "BRL": "R$", "KZT": "₸", "BYN": "Br", "UAH": "₴"}
NO_BREAK = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency (ISO 4217 code); sums of two currencies are an error, not a guess."""

    amount: Decimal
    currency: str

    def __add__(self, other: Money) -> Money:
        if self.currency != other.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.amount + other.amount, self.currency)

    def rounded(self) -> Money:
        """Return the amount to the hundredth, halves away from zero."""
        return Money(self.amount.quantize(Decimal("0.01"), ROUND_HALF_UP), self.currency)

    @property
    def sign(self) -> str:
        """The currency's sign, or its code where it has none."""
        return SIGNS.get(self.currency, self.currency)
