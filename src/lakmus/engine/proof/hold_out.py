"""Did it work: the difference between customers who were treated and those held out by lot."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special

from lakmus.history.estimate import Badge, Estimate, Finding, NotEnoughEvidence
from lakmus.history.wording import Wording

NEEDED_PER_ARM = 30
LEAST_SAMPLE_RATIO_P = 0.001
Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm of an experiment: customers assigned, and how many of them had the outcome."""

    assigned: int
    with_outcome: int


def sample_ratio_p(assigned: tuple[int, ...], planned_shares: tuple[float, ...]) -> float:
    """Return the p-value of the hypothesis that the lot gave the arms their planned shares; under 0.001 the assignment is broken.

    Formula: chi-square goodness of fit, k - 1 degrees of freedom (Pearson, 1900; Fabijan et al., 2019, on sample ratio mismatch).

    Parameters
    ----------
    assigned : customers in each arm. planned_shares : the shares planned, same length, positive, summing to 1.

    Raises
    ------
    ValueError : lengths differ, shares are not positive or do not sum to 1, or nobody was assigned.
    """
    n = sum(assigned)
    if len(assigned) != len(planned_shares) or min(planned_shares) <= 0 or abs(sum(planned_shares) - 1) > 1e-9 or n <= 0:
        raise ValueError("arms and planned shares do not fit")
    chi_square = sum((seen - n * share) ** 2 / (n * share) for seen, share in zip(assigned, planned_shares, strict=True))
    return float(special.chdtrc(len(assigned) - 1, chi_square))


def randomised_difference(treated: Arm, held_out: Arm) -> Finding:
    """Return the share with the outcome among all assigned to treatment minus that among the held out, -1..1.

    Intention to treat: everybody counts in the arm of the lot. Interval: Newcombe's hybrid score (Newcombe, 1998, method 10), 95 %.

    Raises
    ------
    ValueError : more outcomes than customers in an arm.
    """
    for arm in (treated, held_out):
        if not 0 <= arm.with_outcome <= arm.assigned:
            raise ValueError("an arm has more outcomes than customers")
    scarce = min(treated.assigned, held_out.assigned)
    if scarce < NEEDED_PER_ARM:
        reason = Wording("В меньшей группе слишком мало клиентов.", "Too few customers in the smaller arm.")
        return NotEnoughEvidence(reason, NEEDED_PER_ARM, scarce)
    p1, low1, high1 = _wilson(treated)
    p0, low0, high0 = _wilson(held_out)
    d = p1 - p0
    low = d - math.sqrt((p1 - low1) ** 2 + (high0 - p0) ** 2)
    high = d + math.sqrt((high1 - p1) ** 2 + (p0 - low0) ** 2)
    return Estimate(d, low, high, treated.assigned + held_out.assigned, Badge.RANDOMISED)


def _wilson(arm: Arm) -> tuple[float, float, float]:
    """Return (share, low, high) of Wilson's score interval."""
    n, p, z2 = arm.assigned, arm.with_outcome / arm.assigned, Z95**2
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return p, max(0.0, centre - half), min(1.0, centre + half)
