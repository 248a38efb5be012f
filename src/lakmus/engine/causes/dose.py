"""How the effect grows with the delay, and the delay at which customers break."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression

from lakmus.engine.arrays import Flags, Floats
from lakmus.engine.causes.difference import NEEDED_CUSTOMERS, Z95
from lakmus.engine.causes.doubly_robust import Effect
from lakmus.engine.causes.doubt import estimate
from lakmus.engine.causes.rows import Rows
from lakmus.engine.harm import DosePoint
from lakmus.history.estimate import Badge, Estimate, Finding, NotEnoughEvidence
from lakmus.history.wording import Wording

UNITS = {"broken_promise": "days", "slow_reply": "minutes", "no_reply": "minutes"}
DAY_EDGES = (0.0, 1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 15.0)
MINUTE_EDGES = (0.0, 15.0, 60.0, 240.0, 720.0, 1440.0, 2880.0, 5760.0)
RESAMPLES = 200
POWER_80 = 0.8416212335729143
"""The standard normal's 80 % quantile: how sure one wants to be to see a difference that is there."""
LEAST_SIDE = 20
LEAST_TREND = 0.5
"""A trend of fewer standard errors counts as so many when it is said how many cases would show it."""
NO_BREAK = Wording(
    "Слишком мало случаев с такой задержкой, чтобы о ней судить.",
    "Too few cases with such a delay to judge by.",
)
NO_TREND = Wording(
    "Чем больше задержка, тем чаще уходят, пока не видно: разница может быть случайной.",
    "That customers leave the more often, the longer the delay, is not seen yet: the difference may be chance.",
)


def dose_response(rows: Rows, fit: Effect, code: str) -> tuple[tuple[DosePoint, ...], Callable[[float], float] | None]:
    """Return the effect by delay, and a function: delay -> probability that it alone drives a customer away (rising, 0..1).

    The effect among exposed moments of a delay is the mean of (left - would have been left otherwise), less the same correction as the
    whole effect has (augmented inverse probability weighting with the exposed of each bin). The function is the
    isotonic regression of these means (Ayer et al., 1955), each weighed by its moments, divided by the share that would have stayed.
    """
    unit = UNITS.get(code)
    known = rows.exposed & fit.comparable & np.isfinite(rows.dose) & (rows.dose > 0)
    if unit is None or known.sum() < NEEDED_CUSTOMERS:
        return (), None
    edges = np.array(DAY_EDGES if unit == "days" else MINUTE_EDGES)
    place = np.searchsorted(edges, rows.dose, side="left") - 1
    points, lows, means, counts = [], [], [], []
    for k in range(len(edges)):
        own = known & (place == k)
        n = int(own.sum())
        if not n:
            continue
        low, high = float(edges[k]), float(edges[k + 1]) if k + 1 < len(edges) else None
        points.append(DosePoint(low, high, unit, effect_among(fit, own), n))
        lows.append(low if high is None else (low + high) / 2)
        means.append(fit.doubt.among(own).point)
        counts.append(n)
    stay = max(1 - fit.otherwise, 0.05)
    rising = isotonic_regression(np.array(means) / stay, weights=np.array(counts, np.float64)).x if means else np.zeros(0)
    return tuple(points), _Curve(tuple(lows), tuple(np.clip(rising, 0.0, 0.95).tolist()))


class _Curve:
    """A broken line that can be pickled."""

    def __init__(self, doses: tuple[float, ...], shares: tuple[float, ...]) -> None:
        self.doses, self.shares = doses, shares

    def __call__(self, dose: float) -> float:
        return float(np.interp(dose, self.doses, self.shares))


def effect_among(fit: Effect, some: Flags, *, alone: bool = False) -> Finding:
    """Return the effect among some of the exposed, of at least `LEAST_SIDE` customers, with its interval (`Doubt.among`)."""
    if not some[fit.doubt.row].any():
        return NotEnoughEvidence(NO_BREAK, LEAST_SIDE, 0)
    found = fit.doubt.among(some, alone=alone)
    if found.customers < LEAST_SIDE:
        return NotEnoughEvidence(NO_BREAK, LEAST_SIDE, found.customers)
    return estimate(found.point, found.variance, found.moments)


def breaking_dose(dose: Floats, outcome: Floats, cluster: npt.NDArray[np.generic], *, rising: bool = True, seed: int = 1) -> Finding:
    """Return the dose above which the outcome breaks, with its 95 % interval.

    The single split of the monotone curve with the least sum of squares within its two sides (Breiman et al., 1984; as a changepoint:
    Hinkley, 1970), `LEAST_SIDE` observations on each side; interval: the middle 95 % of the splits of `RESAMPLES` samples of clusters.
    The split is said as the smallest dose of the upper side. Some split is always least; it is said only where the outcome grows with the
    dose beyond chance (`_trend`).

    Parameters
    ----------
    dose, outcome, cluster : (n,). rising : whether harm raises the outcome (loss) or lowers it (stars). seed : of the resampling.
    """
    levels, place = np.unique(dose, return_inverse=True)
    below = np.cumsum(np.bincount(place))[:-1]
    scarcer = int(np.minimum(below, len(dose) - below).max(initial=0))
    if scarcer < LEAST_SIDE:
        return NotEnoughEvidence(NO_BREAK, LEAST_SIDE, scarcer)
    signed = outcome if rising else -outcome
    _, whose = np.unique(cluster, return_inverse=True)
    rng = np.random.default_rng(seed)
    clusters = int(whose.max()) + 1

    def split(weight: Floats) -> float | None:
        counts = np.bincount(place, weights=weight, minlength=len(levels))
        sums = np.bincount(place, weights=weight * signed, minlength=len(levels))
        means = np.divide(sums, counts, out=np.zeros(len(levels)), where=counts > 0)
        smooth = isotonic_regression(means, weights=np.maximum(counts, 1e-9)).x * counts
        below, n0 = np.cumsum(smooth)[:-1], np.cumsum(counts)[:-1]
        above, n1 = smooth.sum() - below, counts.sum() - n0
        fair = (n0 >= LEAST_SIDE) & (n1 >= LEAST_SIDE)
        if not fair.any():
            return None
        gain = np.where(fair, below**2 / np.maximum(n0, 1) + above**2 / np.maximum(n1, 1), -np.inf)
        return float(levels[int(np.argmax(gain)) + 1])

    trend = _trend(place, signed, whose)
    if trend < Z95:
        return NotEnoughEvidence(NO_TREND, math.ceil(len(dose) * ((Z95 + POWER_80) / max(trend, LEAST_TREND)) ** 2), len(dose))
    point = split(np.ones(len(dose)))
    assert point is not None, "both sides hold enough"
    drawn = [split(rng.multinomial(clusters, np.full(clusters, 1 / clusters)).astype(np.float64)[whose]) for _ in range(RESAMPLES)]
    low, high = np.quantile([one for one in drawn if one is not None] or [point], (0.025, 0.975))
    return Estimate(point, min(point, float(low)), max(point, float(high)), len(dose), Badge.ADJUSTED)


def _trend(place: npt.NDArray[np.int64], outcome: Floats, cluster: npt.NDArray[np.int64]) -> float:
    """Return by how many standard errors the outcome grows with the rank of the dose; clusters as one (Armitage, 1955; Huber, 1967)."""
    counts = np.bincount(place)
    rank = np.cumsum(counts) - (counts - 1) / 2
    by_cluster = np.bincount(cluster, weights=(rank[place] - rank[place].mean()) * (outcome - outcome.mean()))
    spread = math.sqrt(float((by_cluster**2).sum()))
    return float(by_cluster.sum()) / spread if spread > 0 else 0.0


def breaking_of(rows: Rows, fit: Effect, code: str) -> Finding | None:
    """Return the delay at which customers break by one error; None where the error has no delay."""
    if code not in UNITS:
        return None
    known = rows.exposed & fit.comparable & np.isfinite(rows.dose) & (rows.dose > 0)
    dose = np.minimum(np.ceil(rows.dose[known].astype(np.float64)), DAY_EDGES[-1] if UNITS[code] == "days" else np.inf)
    if UNITS[code] == "minutes":
        dose = np.array(MINUTE_EDGES)[np.searchsorted(MINUTE_EDGES, dose, side="left") - 1]
    return breaking_dose(dose, rows.left[known].astype(np.float64) - fit.counterfactual[known], rows.owner[known])


def needed_for_difference(share: float, difference: float) -> int:
    """Return how many observations on each side show a difference of shares with power .8 at 95 % (Fleiss, Levin and Paik, 2003, ch. 4)."""
    if difference == 0:
        return 10**9
    spread = share * (1 - share) + (share + difference) * (1 - share - difference)
    return math.ceil((Z95 + POWER_80) ** 2 * max(spread, 1e-6) / difference**2)
