"""Models of a probability whose logit is a sum over features: logistic regression with a ridge, and boosted steps.

A sum makes the contribution of each signal exact, and what a worker needs to score customers is a few small arrays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from lakmus.engine.signals.rhythm import Floats

RIDGE = 10.0
"""Each standardised coefficient is drawn to zero as by so many units of information."""
ROUNDS = 160
LEARNING_RATE = 0.06
LEAVES = 3
LEAST_LEAF_SHARE = 0.01
LEAST_LEAF = 20
BINS = 24
LEAF_RIDGE = 10.0
LIMIT = 8.0
"""Logits are held within -+8: a probability nearer to 0 or 1 than 1 in 3,000 is nowhere to be learned from."""


@dataclass(frozen=True)
class Linear:
    """`logit = intercept + sum of slopes * (feature - centre) / scale`; arrays of shape (features,); `covariance` (1 + features) square."""

    intercept: float
    centre: Floats
    scale: Floats
    slopes: Floats
    covariance: Floats

    def parts(self, features: Floats) -> Floats:
        """Return the summands of each customer, shape (n, features); their sum and the intercept make the logit."""
        return np.asarray(self._standard(features) * self.slopes)

    def variance(self, features: Floats) -> Floats:
        """Return the variance of each customer's logit (Laplace), shape (n,)."""
        rows = np.concatenate([np.ones((len(features), 1)), self._standard(features)], axis=1)
        return np.asarray(((rows @ self.covariance) * rows).sum(axis=1))

    def _standard(self, features: Floats) -> Floats:
        return np.asarray(np.clip((features - self.centre) / self.scale, -4.0, 4.0))


def fit_linear(features: Floats, lost: Floats, weight: Floats, *, ridge: float = RIDGE) -> Linear:
    """Return logistic regression with a ridge, by Newton's steps (Hoerl and Kennard, 1970; le Cessie and van Houwelingen, 1992).

    Parameters
    ----------
    features : (n, k). lost : (n,) 0 or 1. weight : (n,).
    """
    centre = np.average(features, axis=0, weights=weight)
    scale = np.sqrt(np.average((features - centre) ** 2, axis=0, weights=weight))
    scale = np.where(scale > 1e-9, scale, np.inf)
    rows = np.concatenate([np.ones((len(features), 1)), np.clip((features - centre) / scale, -4.0, 4.0)], axis=1)
    penalty = np.full(rows.shape[1], ridge)
    penalty[0] = 1e-6
    mean = float(np.clip(np.average(lost, weights=weight), 1e-3, 1 - 1e-3))
    slopes = np.zeros(rows.shape[1])
    slopes[0] = special.logit(mean)
    information = np.diag(penalty)
    for _ in range(12):
        said = special.expit(rows @ slopes)
        information = (rows * (weight * said * (1 - said) + 1e-9)[:, None]).T @ rows + np.diag(penalty)
        step = np.linalg.solve(information, rows.T @ (weight * (lost - said)) - penalty * slopes)
        slopes = slopes + np.clip(step, -2.0, 2.0)
        if np.abs(step).max() < 1e-6:
            break
    return Linear(float(slopes[0]), centre, scale, slopes[1:], np.linalg.inv(information).astype(np.float64))


@dataclass(frozen=True)
class Steps:
    """`logit = intercept + sum of tables[j, bin of feature j]`; `edges` (features, BINS - 1) ascending, `tables` (features, BINS)."""

    intercept: float
    edges: Floats
    tables: Floats

    def parts(self, features: Floats) -> Floats:
        """Return the summands of each customer, shape (n, features); their sum and the intercept make the logit."""
        parts = np.empty(features.shape)
        for place in range(features.shape[1]):
            parts[:, place] = self.tables[place][np.searchsorted(self.edges[place], features[:, place], side="right")]
        return parts


def fit_steps(features: Floats, lost: Floats, weight: Floats) -> Steps:
    """Return boosted steps without interactions, strongly regularised (Friedman, 2001; Lou, Caruana and Gehrke, 2012).

    Few leaves, many cases in each, a ridge on their heights, a slow rate. Features enter by quantile bins, so that the fitted sum can be
    read off as one table for each feature by asking the model about one feature at a time.
    """
    # A second of start-up that only training needs.
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    n, k = features.shape
    edges = np.stack([np.quantile(features[:, place], np.arange(1, BINS) / BINS) for place in range(k)])
    binned = np.stack([np.searchsorted(edges[place], features[:, place], side="right") for place in range(k)], axis=1).astype(np.float64)
    model = HistGradientBoostingClassifier(
        max_iter=ROUNDS,
        learning_rate=LEARNING_RATE,
        max_leaf_nodes=LEAVES,
        min_samples_leaf=max(LEAST_LEAF, int(LEAST_LEAF_SHARE * n)),
        l2_regularization=LEAF_RIDGE,
        max_bins=BINS + 1,
        interaction_cst="no_interactions",
        early_stopping=False,
        random_state=0,
    )
    nothing = np.zeros((1, k))
    asked = np.zeros((k * BINS, k))
    for place in range(k):
        asked[place * BINS : (place + 1) * BINS, place] = np.arange(BINS)
    with threadpool_limits(1):  # on so little data threads only wait for each other
        model.fit(binned, lost, sample_weight=weight)
        intercept = float(model.decision_function(nothing)[0])
        tables = (model.decision_function(asked) - intercept).reshape(k, BINS)
    return Steps(intercept, edges, tables)
