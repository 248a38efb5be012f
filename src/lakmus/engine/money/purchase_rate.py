"""How often a customer would buy in a year if they went on as before: their own rate, shrunk towards the company's."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from lakmus.engine.arrays import DAY_US, Flags, Floats
from lakmus.engine.signals.rhythm import PersonalRhythm

YEAR_DAYS = 365.0
LEAST_SHAPE, MOST_SHAPE = 0.05, 50.0


def histories(rhythm: PersonalRhythm, living: Flags, *, now_us: int) -> Floats:
    """Return x (purchases after the first) and T (days since the first) of one bucket's living regulars, (2, m)."""
    return np.stack([(rhythm.purchases_count[living] - 1).astype(np.float64), (now_us - rhythm.first_us[living]) / DAY_US])


@dataclass(frozen=True, slots=True)
class RatePrior:
    """Gamma distribution of purchase rates over customers: `shape` r, `days` alpha; mean rate r / alpha per day."""

    shape: float
    days: float


def fit_rates(seen: Floats, *, fallback_days: float) -> RatePrior:
    """Return the Gamma prior by maximum likelihood, from x and T of living regulars, (2, m), in any order.

    Model: x | T, lambda ~ Poisson(lambda T), lambda ~ Gamma(r, alpha) (Ehrenberg, 1959; Clayton and Kaldor, 1987), so x is negative
    binomial. r is kept within LEAST_SHAPE..MOST_SHAPE. By moments one customer who buys daily would make everybody else's rate their own
    few purchases: variances follow the largest. Without customers the prior is one purchase in `fallback_days`.
    """
    x, t = seen[:, np.lexsort(seen)]
    if t.sum() <= 0 or x.sum() <= 0:
        return RatePrior(1.0, max(fallback_days, 1.0))

    def unlikely(logs: Floats) -> float:
        r, alpha = np.exp(logs)
        each = special.gammaln(r + x) - special.gammaln(r) - (r + x) * np.log1p(t / alpha) - x * np.log(alpha)
        return -float(each.mean())

    low, high = math.log(LEAST_SHAPE), math.log(MOST_SHAPE)
    days = math.log(t.sum() / x.sum())
    found = optimize.minimize(unlikely, [0.0, days], bounds=[(low, high), (low + days - 3, high + days + 3)], method="L-BFGS-B")
    shape, alpha = np.exp(found.x)
    return RatePrior(float(shape), float(alpha))


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
