"""How the hazard of a second purchase falls with waiting: some never return, and the others differ in rate."""

from __future__ import annotations

import numpy as np
from scipy import optimize, special

from lakmus.engine.arrays import Floats

USUAL = np.array([-1.0, np.log(8.0), 0.0])
SPREAD = np.array([1.5, 1.0, 0.5])
"""Logit of the share who never return, logarithms of a (in steps) and r: before any evidence normal about the first with the second."""
SETTLED_STEP = 4
"""The curve is told by steps from here on: before it the own rhythm of customers makes the hazard rise."""


def fading_curve(happened: Floats, waited: Floats, edges: tuple[int, ...], *, followed: int) -> Floats:
    """Return the logit of the hazard of each step 0..followed - 1 that the company's own steps speak for, (followed,).

    Formula: S(t) = p + (1 - p) (a / (a + t))^r; of those who return rates differ by a Gamma law (Lomax, 1954), a share p never does (Boag,
    1949). Its hazard falls in the end as t^-(r + 1), how soon differs from company to company. The top of likelihood times prior.

    Parameters
    ----------
    happened, waited : (bins,) customers' steps with what happens, and all. edges : in steps, between the bins.
    """
    bounds = np.array([0, *edges, followed], dtype=np.float64)
    told = bounds[:-1] >= SETTLED_STEP
    kept = waited - happened

    def loss(curve: Floats) -> float:
        hazard = _hazards(curve, bounds)
        likelihood = happened[told] @ np.log(hazard[told]) + kept[told] @ np.log1p(-hazard[told])
        return float((((curve - USUAL) / SPREAD) ** 2).sum() / 2 - likelihood)

    found = optimize.minimize(loss, USUAL, method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-5, "maxiter": 600}).x
    return np.asarray(special.logit(_hazards(found, np.arange(followed + 1.0))))


def _hazards(curve: Floats, bounds: Floats) -> Floats:
    """Return the hazard of one step between each two bounds."""
    never = special.expit(curve[0])
    logs = np.log(never + (1 - never) * np.exp(-np.exp(curve[2]) * np.log1p(bounds / np.exp(curve[1]))))
    return np.asarray(np.clip(-np.expm1(np.diff(logs) / np.diff(bounds)), 1e-9, 1 - 1e-9))
