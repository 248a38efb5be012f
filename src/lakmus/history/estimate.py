"""Figures that carry their own doubt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lakmus.history.wording import Wording


class Badge(StrEnum):
    """How a claim about *why* came about; the three look different everywhere."""

    DIFFERENCE = "difference_by_exposure"
    ADJUSTED = "adjusted_association"
    RANDOMISED = "randomised_effect"
    COUNTED = "counted"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A point with its 95 % interval, the number of cases behind it, and its badge.

    `low <= point <= high`; the unit is that of the field that holds the estimate.
    """

    point: float
    low: float
    high: float
    n: int
    badge: Badge

    def as_json(self) -> dict[str, object]:
        """Return the form that `--format json` and the API promise."""
        return {"point": self.point, "low": self.low, "high": self.high, "n": self.n, "badge": self.badge.value}

    def scaled(self, factor: float) -> Estimate:
        """Return the estimate in another unit; a negative factor swaps the bounds."""
        low, high = sorted((self.low * factor, self.high * factor))
        return Estimate(self.point * factor, low, high, self.n, self.badge)


@dataclass(frozen=True, slots=True)
class NotEnoughEvidence:
    """Too little data: a state of its own, never a guess.

    `needed` and `available` count the same thing, which `reason` names.
    """

    reason: Wording
    needed: int
    available: int

    def as_json(self, language: str = "en") -> dict[str, object]:
        """Return the form that `--format json` and the API promise."""
        return {
            "status": "not_enough_evidence",
            "reason": self.reason.in_language(language),
            "needed": self.needed,
            "available": self.available,
        }


Finding = Estimate | NotEnoughEvidence
