"""How often a customer would buy in a year if they went on as before: their own rate, shrunk towards the company's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from lakmus.engine.arrays import DAY_US, Flags, Floats
from lakmus.engine.signals.rhythm import PersonalRhythm

YEAR_DAYS = 365.0
LEAST_SHAPE, MOST_SHAPE = 0.05, 50.0


@dataclass(frozen=True)
class RateSums:
    """Sums over customers of x (purchases after the first) and T (days since the first): n, x, T, xx, xT, TT."""

    n: float = 0.0
    x: float = 0.0
    t: float = 0.0
    xx: float = 0.0
    xt: float = 0.0
    tt: float = 0.0

    def __add__(self, other: RateSums) -> RateSums:
        return RateSums(self.n + other.n, self.x + other.x, self.t + other.t, self.xx + other.xx, self.xt + other.xt, self.tt + other.tt)


def rate_sums(rhythm: PersonalRhythm, living: Flags, *, now_us: int) -> RateSums:
    """Return one bucket's sums over living regulars, each observed from the first purchase until now."""
    x = (rhythm.purchases_count[living] - 1).astype(np.float64)
    t = (now_us - rhythm.first_us[living]) / DAY_US
    return RateSums(float(x.size), float(x.sum()), float(t.sum()), float((x * x).sum()), float((x * t).sum()), float((t * t).sum()))


@dataclass(frozen=True, slots=True)
class RatePrior:
    """Gamma distribution of purchase rates over customers: `shape` r, `days` alpha; mean rate r / alpha per day."""

    shape: float
    days: float


def fit_rates(parts: Iterable[RateSums], *, fallback_days: float) -> RatePrior:
    """Return the Gamma prior by the method of moments.

    Model: x | T, lambda ~ Poisson(lambda T), lambda ~ Gamma(r, alpha) (Ehrenberg, 1959; Clayton and Kaldor, 1987).
    mu = sum x / sum T; v = sum((x - mu T)^2 - mu T) / sum T^2; r = mu^2 / v, alpha = mu / v; r is kept within LEAST_SHAPE..MOST_SHAPE.
    Without customers the prior is one purchase in `fallback_days`.
    """
    total = sum(parts, RateSums())
    if total.t <= 0 or total.x <= 0:
        return RatePrior(1.0, max(fallback_days, 1.0))
    mu = total.x / total.t
    spread = total.xx - 2 * mu * total.xt + mu * mu * total.tt - mu * total.t
    variance = max(spread, 0.0) / total.tt
    shape = min(max(mu * mu / variance, LEAST_SHAPE), MOST_SHAPE) if variance > 0 else MOST_SHAPE
    return RatePrior(shape, shape / mu)


def yearly_purchases(rhythm: PersonalRhythm, prior: RatePrior, *, buying_days: Floats) -> tuple[Floats, Floats]:
    """Return (mean, variance) of the purchases of the next 365 days at the rate of each while a customer; shape (n,).

    Observed: x purchases after the first in T days. Posterior of the rate: Gamma(r + x, alpha + T). m = 365 (r + x) / (alpha + T); variance
    of the count to come = m + m^2 / (r + x).

    Parameters
    ----------
    buying_days : (n,) T. Of who is there, from the first purchase until now: the silence speaks of the rate, too (Schmittlein, Morrison and
        Colombo, 1987: the rate given that the customer is alive). Of who is lost, until the last purchase: stopping at a purchase does not
        change the likelihood.
    """
    x = np.maximum(rhythm.purchases_count - 1, 0)
    a = prior.shape + x
    mean = YEAR_DAYS * a / (prior.days + buying_days)
    return mean, mean + mean * mean / a
