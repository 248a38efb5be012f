"""The table that learns: the article's share of losses as a prior that the company's own customers replace."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from scipy import special

from lakmus.engine.causes.moments import outcome_days
from lakmus.engine.causes.rows import Rows
from lakmus.engine.harm import Learning
from lakmus.history.estimate import Badge, Estimate

PRIOR_WEIGHT = 20.0
"""The article counts for so many customers of the company's own: a figure without a sample size or a method is worth little."""
ENDED_AT = 19.0
"""The article no longer matters when the data weigh so many times as much: 95 % of the posterior."""


def learning_of(rows: Rows, article_share: float, *, horizon_days: int) -> Learning:
    """Return the posterior of the share lost after an error, and the day on which the article stopped mattering.

    Prior: Beta(w s, w (1 - s)), s the article's share, w = `PRIOR_WEIGHT`. Data: the customers who met the error and were followed for a
    horizon, each counted once with the mean of their outcomes, since a customer's moments share one fate. Posterior: Beta(w s + lost,
    w (1 - s) + stayed), its mean and middle 95 % (Gelman et al., Bayesian Data Analysis, ch. 2). An outcome is known
    `outcome_days` after its moment; the article ended on the day when the customers known reached 19 w.
    """
    owner, left, day = rows.owner[rows.exposed], rows.left[rows.exposed].astype(np.float64), rows.at_day[rows.exposed]
    whose, row = np.unique(owner, return_inverse=True)
    n = len(whose)
    lost = float((np.bincount(row, weights=left, minlength=n) / np.maximum(np.bincount(row, minlength=n), 1)).sum())
    first = np.full(n, np.iinfo(np.int32).max, np.int64)
    np.minimum.at(first, row, day.astype(np.int64))
    needed = int(np.ceil(ENDED_AT * PRIOR_WEIGHT))
    ended = None
    if n >= needed:
        ended = date(1970, 1, 1) + timedelta(days=int(np.sort(first)[needed - 1]) + outcome_days(horizon_days))
    a, b = PRIOR_WEIGHT * article_share, PRIOR_WEIGHT * (1 - article_share)
    middle = np.array([0.025, 0.975])
    low, high = special.betaincinv(a + lost, b + n - lost, middle).tolist()
    estimate = Estimate((a + lost) / (a + b + n), low, high, n, Badge.COUNTED)
    prior_low, prior_high = special.betaincinv(a, b, middle).tolist()
    return Learning(prior_low, prior_high, article_share, PRIOR_WEIGHT, estimate, n / (n + PRIOR_WEIGHT), ended)
