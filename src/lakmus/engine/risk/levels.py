"""The level of what is said: by how much past moments were off altogether, and what that tells of the next one.

Order and spread of probabilities can be learned from one moment; how many leave in all differs from one horizon to the next. So the level
is calibrated on several later moments than those the parts were learned from, and what is left of it widens every interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from lakmus.engine.arrays import Floats

LEAST_DRIFT = 0.05
DRIFT_UNSEEN = 0.2
"""The standard deviation of the level between horizons while no two of them could be compared."""
PRIOR_SPREAD = 0.15
"""Before any evidence a level is thought to be off by so much at most, two times in three."""


@dataclass(frozen=True)
class Level:
    """`shift`: to be added to logits; `drift`: standard deviation of what the next horizon's level may be off by."""

    shift: float
    drift: float


UNKNOWN_LEVEL = Level(0.0, DRIFT_UNSEEN)


def missing_level(logit: Floats, lost: Floats, whole: Floats | None = None) -> tuple[float, float]:
    """Return what has to be added to logits so that they say as many losses as came, and its variance (Cox, 1958, with the slope at one).

    Parameters
    ----------
    logit : (n,). lost : (n,) lost cases. whole : (n,) all cases; None: one each.
    """
    whole = np.ones(lost.size) if whole is None else whole
    shift, information = 0.0, 1.0
    for _ in range(30):
        said = special.expit(logit + shift)
        information = float((whole * said * (1 - said)).sum()) + 1.0
        step = (float((lost - whole * said).sum()) - shift) / information
        shift += float(np.clip(step, -1.0, 1.0))
        if abs(step) < 1e-9:
            break
    return shift, 1.0 / information


def spread_between(missing: Sequence[tuple[float, float]]) -> float:
    """Return the variance of shifts beyond their own, from (shift, variance) of each, by the method of moments (DerSimonian and Laird,
    1986); 0 for fewer than two."""
    if len(missing) < 2:
        return 0.0
    shifts, variances = np.array(missing).T
    weight = 1 / variances
    mean = float((weight * shifts).sum() / weight.sum())
    apart = float((weight * (shifts - mean) ** 2).sum())
    return max(0.0, float((apart - (shifts.size - 1)) / (weight.sum() - (weight**2).sum() / weight.sum())))


def level_of(missing: Sequence[tuple[float, float]]) -> Level:
    """Return the level for the next horizon from those missing at past ones, (shift, variance) each.

    Formula: shifts are normal about a lasting one with variance v + t2 (`spread_between`), the
    lasting one drawn to zero with variance PRIOR_SPREAD^2. drift^2 = t2 + the variance of the lasting one.
    """
    if not missing:
        return UNKNOWN_LEVEL
    shifts, variances = np.array(missing).T
    # Two or three moments tell little of how moments differ: what is usual elsewhere counts as one more.
    between = (spread_between(missing) * (shifts.size - 1) + DRIFT_UNSEEN**2) / shifts.size
    weight = 1 / (variances + between)
    lasting = 1 / (1 / PRIOR_SPREAD**2 + weight.sum())
    return Level(float((weight * shifts).sum() * lasting), max(LEAST_DRIFT, float(np.sqrt(between + lasting))))
