"""Models of a probability whose logit is a sum over features: logistic regression with a ridge, and boosted steps.

A sum makes the contribution of each signal exact, and what a worker needs to score customers is a few small arrays.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from scipy import special

from lakmus.engine.arrays import Floats, Ints

RIDGE = 10.0
"""Each standardised coefficient is drawn to zero as by so many units of information."""
ROUNDS = 160
LEARNING_RATE = 0.06
LEAVES = 3
STAGES = 4
CURVED_ROWS = 16_384
"""Of how many rows, evenly drawn, the quadratic's curvature is counted; its slopes are those of all, at every stage."""
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

    Few leaves, many cases in each, a ridge on their heights, a slow rate. Features enter by quantile bins, so the rows are needed only
    STAGES times: the log loss is taken as its quadratic about what is said so far (Newton's step, as in Friedman, Hastie and Tibshirani,
    2000), and how each bin's sum of gradients moves with every other bin's step is counted beforehand. A round then costs the bins, not
    the rows.

    Parameters
    ----------
    features : (n, k), without NaN. lost : (n,) 0 or 1. weight : (n,), not negative.
    """
    n, k = features.shape
    edges = np.stack([np.quantile(features[:, place], np.arange(1, BINS) / BINS) for place in range(k)])
    binned = np.stack([np.searchsorted(edges[place], features[:, place], side="right") for place in range(k)])
    cases = np.stack([np.bincount(column, minlength=BINS) for column in binned]).astype(np.int64)
    least = max(LEAST_LEAF, int(LEAST_LEAF_SHARE * n))
    intercept = float(special.logit(np.clip(np.average(lost, weights=weight), 1e-3, 1 - 1e-3)))
    tables = np.zeros((k, BINS))
    every = max(1, n // CURVED_ROWS)
    for _ in range(STAGES):
        said = special.expit(intercept + sum(tables[place][binned[place]] for place in range(k)))
        gradient, curvature = weight * (lost - said), weight * said * (1 - said)
        slopes = np.stack([np.bincount(column, weights=gradient, minlength=BINS) for column in binned]).astype(np.float64)
        moves = _moves(binned[:, ::every], curvature[::every]) * every
        own = np.einsum("ibib->ib", moves)
        for _ in range(ROUNDS // STAGES):
            place, heights = _best_step(slopes, own, cases, least)
            tables[place] += heights
            slopes -= moves[:, :, place] @ heights
        shift = slopes[0].sum() / own[0].sum()  # the level, which no step moves by itself
        intercept += float(shift)
    return Steps(intercept, edges, tables)


def _moves(binned: Ints, curvature: Floats) -> Floats:
    """Return the sums of curvature over the rows that two bins share, shape (k, BINS, k, BINS)."""
    k = len(binned)
    moves = np.empty((k, BINS, k, BINS))
    for one in range(k):
        first = binned[one] * BINS
        for other in range(one, k):
            shared = np.bincount(first + binned[other], weights=curvature, minlength=BINS * BINS).reshape(BINS, BINS)
            moves[one, :, other], moves[other, :, one] = shared, shared.T
    return moves


def _best_step(slopes: Floats, curvatures: Floats, cases: Ints, least: int) -> tuple[int, Floats]:
    """Return the feature whose steps of LEAVES leaves gain most, and their heights by bin; greedy, the best cut first."""
    sums = np.stack([slopes, curvatures, cases])
    gain = _gains(np.cumsum(sums, axis=2)[:, :, :-1], sums.sum(axis=2)[:, :, None], least)
    place, cut = (int(part) for part in np.unravel_index(np.argmax(gain), gain.shape))
    if not np.isfinite(gain[place, cut]):
        return place, np.zeros(BINS)
    bounds, one = [0, cut + 1, BINS], sums[:, place]
    while len(bounds) < LEAVES + 1:
        cuts = []
        for low, high in itertools.pairwise(bounds):
            inside = one[:, low:high]
            within = _gains(np.cumsum(inside, axis=1)[:, :-1], inside.sum(axis=1)[:, None], least)
            if within.size and np.isfinite(within.max()):
                cuts.append((float(within.max()), low + int(np.argmax(within)) + 1))
        if not cuts:
            break
        bounds = sorted([*bounds, max(cuts)[1]])
    heights = np.zeros(BINS)
    for low, high in itertools.pairwise(bounds):
        slope, curvature, _ = one[:, low:high].sum(axis=1)
        heights[low:high] = LEARNING_RATE * slope / (curvature + LEAF_RIDGE)
    return place, heights


def _gains(left: Floats, whole: Floats, least: int) -> Floats:
    """Return what each cut gains; sums of (gradient, curvature, cases) come first, -inf where a side has too few cases."""
    right = whole - left
    gain = left[0] ** 2 / (left[1] + LEAF_RIDGE) + right[0] ** 2 / (right[1] + LEAF_RIDGE) - whole[0] ** 2 / (whole[1] + LEAF_RIDGE)
    return np.where((left[2] >= least) & (right[2] >= least), gain, -np.inf)
