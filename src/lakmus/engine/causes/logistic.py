"""Ridge logistic regression by Newton steps, for all folds at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import linalg, special

from lakmus.engine.arrays import Floats, Ints

STEPS, ENOUGH = 12, 1e-4
RIDGES = (1.0, 10.0, 100.0, 1000.0)
PLENTY = 30
CHUNK = 4_000
Wide = npt.NDArray[np.float32]


def cross_fitted(
    design: Wide, outcome: Floats, fold: Ints, used: npt.NDArray[np.bool_], *, folds: int, free: int = 0, ridges: tuple[float, ...] = RIDGES
) -> Floats:
    """Return for each row the prediction of a logistic regression that has not seen the row's fold, (n,) in 0..1.

    Model: logit E[y | x] = x b, b the minimum of the deviance + ridge |b|^2 (Hoerl and Kennard, 1970; le Cessie and van Houwelingen,
    1992), the first column (the constant) free. One fit on all rows used takes Newton's steps to the end; each fold then takes one more
    from there, on the rows outside it (the one-step estimator: Le Cam, 1956; Pregibon, 1981): from an estimate that is off by the order
    of 1 / n one step is off by the order of 1 / n^2. Of several ridges the one with the least deviance on the rows left out is taken,
    from the largest down for as long as it falls; where the rarer outcome has `PLENTY` rows for each column, the smallest.

    Parameters
    ----------
    design : (n, p), first column 1. outcome : (n,), mostly 0 or 1, any real number is allowed (quasi-likelihood). fold : (n,) 0..folds - 1.
    used : (n,) rows to learn from; all rows are predicted. free : so many columns after the constant always have the smallest ridge.
    """
    parts = [np.flatnonzero(used & (fold == k)) for k in range(folds)]
    taken = [(design[rows], outcome[rows].astype(np.float32)) for rows in parts]
    mean = float(np.clip(np.mean(outcome[used]), 1e-3, 1 - 1e-3)) if used.any() else 0.5
    b = np.zeros(design.shape[1])
    b[0] = special.logit(mean)
    plenty = min(mean, 1 - mean) * used.sum() > PLENTY * design.shape[1]
    least, best = np.inf, [b] * folds
    for ridge in (min(ridges),) if plenty else sorted(ridges, reverse=True):
        b, without = _fit_without(taken, b, _penalty(len(b), ridge, free, min(ridges)))
        deviance = sum(_deviance(x, y, own) for (x, y), own in zip(taken, without, strict=True))
        if deviance >= least:
            break
        least, best = deviance, without
    predicted = np.zeros(len(outcome))
    for k, own in enumerate(best):
        rows = np.flatnonzero(fold == k)
        predicted[rows] = special.expit(design[rows] @ own.astype(np.float32))
    return predicted


def _penalty(columns: int, ridge: float, free: int, least: float) -> Floats:
    penalty = np.full(columns, ridge)
    penalty[0], penalty[1 : free + 1] = 1e-6, least
    return penalty


def _fit_without(taken: list[tuple[Wide, Wide]], b: Floats, penalty: Floats) -> tuple[Floats, list[Floats]]:
    """Return the coefficients from all folds, begun at `b`, and for each fold those without it."""
    slopes, curves = _sums(taken, b)
    for _ in range(STEPS):
        step = _newton(slopes.sum(axis=0), curves.sum(axis=0), penalty, b)
        b = b + step
        slopes, curves = _sums(taken, b)
        if float(np.abs(step).max()) < ENOUGH * 10:
            break
    slope, curve = slopes.sum(axis=0), curves.sum(axis=0)
    return b, [b + _newton(slope - slopes[k], curve - curves[k], penalty, b) for k in range(len(taken))]


def _deviance(x: Wide, y: Wide, b: Floats) -> float:
    """Return half the deviance of rows under given coefficients."""
    z = (x @ b.astype(np.float32)).astype(np.float64)
    return float((np.logaddexp(0.0, z) - y * z).sum())


def fitted(design: npt.NDArray[np.float64], outcome: Floats, used: npt.NDArray[np.bool_], *, ridge: float) -> Floats:
    """Return the coefficients (p,) of one ridge-logistic regression on the rows used; see `cross_fitted`.

    The ridge is that of columns scaled to a deviation of 1; the coefficients are those of the columns as given.
    """
    scale = _scale(design, used)
    penalty = _penalty(design.shape[1], ridge, 0, ridge)
    taken = [((design[used] / scale).astype(np.float32), outcome[used].astype(np.float32))]
    b = np.zeros(design.shape[1])
    b[0] = special.logit(float(np.clip(np.mean(outcome[used]), 1e-3, 1 - 1e-3)))
    for _ in range(STEPS):
        slopes, curves = _sums(taken, b)
        step = _newton(slopes[0], curves[0], penalty, b)
        b = b + step
        if float(np.abs(step).max()) < ENOUGH * 10:
            break
    return np.asarray(b / scale)


def shift_by_row(
    design: npt.NDArray[np.float64], outcome: Floats, used: npt.NDArray[np.bool_], b: Floats, some: slice, *, ridge: float
) -> npt.NDArray[np.float64]:
    """Return by how much each row moved some of the coefficients `b` that `fitted` returned on the same rows, (n, so many).

    Formula: H^-1 x_i (y_i - mu_i), H the curvature of the deviance with the ridge (Huber, 1967).
    """
    scale = _scale(design, used)
    _, curves = _sums([((design[used] / scale).astype(np.float32), outcome[used].astype(np.float32))], b * scale)
    hessian = curves[0] + np.diag(_penalty(len(b), ridge, 0, ridge) + 1e-5 * np.diag(curves[0]))
    lever = linalg.solve(hessian, np.diag(1 / scale)[:, some], assume_a="pos") / scale[:, None]
    return np.asarray((design @ lever) * np.where(used, outcome - special.expit(design @ b), 0.0)[:, None])


def _scale(design: npt.NDArray[np.float64], used: npt.NDArray[np.bool_]) -> Floats:
    """Return the deviation of each column, (p,); of a column that does not vary its size, at least 1."""
    scale = np.maximum(design[used].std(axis=0), 1e-6) if used.any() else np.ones(design.shape[1])
    return np.where(scale <= 1e-6, np.maximum(np.abs(design).max(axis=0), 1.0), scale)


def _sums(taken: list[tuple[Wide, Wide]], b: Floats) -> tuple[Floats, Floats]:
    """Return gradients (folds, p) and curvatures (folds, p, p) of the log-likelihood, fold by fold."""
    slopes, curves = np.zeros((len(taken), len(b))), np.zeros((len(taken), len(b), len(b)))
    for k, (x, y) in enumerate(taken):
        for first in range(0, len(y), CHUNK):
            part = x[first : first + CHUNK]
            mu = special.expit(part @ b.astype(np.float32))
            slopes[k] += part.T @ (y[first : first + CHUNK] - mu)
            rooted = part * np.sqrt(np.maximum(mu * (1 - mu), 1e-5))[:, None]
            curves[k] += rooted.T @ rooted  # a matrix times itself takes half the time of a product of two
    return slopes, curves


def _newton(slope: Floats, curve: Floats, penalty: Floats, b: Floats) -> Floats:
    # Sums in single precision may leave a column that repeats others with a curvature just below nought.
    hessian = curve + np.diag(penalty + 1e-5 * np.diag(curve))
    step: Floats = linalg.solve(hessian, slope - penalty * b, assume_a="pos")
    longest = float(np.abs(step).max())
    return step * min(1.0, 4.0 / longest) if longest > 0 else step
