"""What "buy till you die" models read of a customer: how often, until when, how long known; equal histories counted once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lakmus.engine.arrays import Floats

ALLOWED_LOSS = 0.002
"""Log-likelihood that rounding may cost in all customers together."""
COARSE_BINS = 48
COARSE_FROM = 4000


@dataclass(frozen=True)
class PurchaseHistories:
    """Purchases of customers up to a moment, each array of shape (n,), all times in one unit (days, or weeks).

    `repeats_count` x >= 0: purchases after the first. `age_at_last_order` t_x: from the first purchase to the last, 0 where x = 0. `age`
    T >= t_x: from the first purchase to the moment. `weight`: how many customers have this history.
    """

    repeats_count: Floats
    age_at_last_order: Floats
    age: Floats
    weight: Floats

    @classmethod
    def of(cls, repeats_count: Floats, age_at_last_order: Floats, age: Floats) -> PurchaseHistories:
        """Return the histories of customers one by one.

        Raises
        ------
        ValueError : a time or count is negative or not a number, a last purchase lies after the end, or x = 0 with t_x > 0.
        """
        x, last, whole = (np.asarray(part, np.float64) for part in (repeats_count, age_at_last_order, age))
        sound = (x >= 0) & (last >= 0) & (whole >= last) & ((x > 0) | (last == 0)) & np.isfinite(whole)
        if not sound.all():
            raise ValueError("purchase histories need 0 <= t_x <= T, x >= 0, and t_x = 0 where x = 0")
        return cls(x, last, whole, np.ones(x.size))

    @property
    def customers_count(self) -> int:
        """Number of customers behind the histories."""
        return int(self.weight.sum())

    @cached_property
    def repeat_customers_count(self) -> int:
        """Customers who bought again."""
        return int(self.weight[self.repeats_count > 0].sum())

    def later(self, horizon: float) -> PurchaseHistories:
        """Return the same histories seen `horizon` later, as if nobody had bought in between."""
        return PurchaseHistories(self.repeats_count, self.age_at_last_order, self.age + horizon, self.weight)


def grouped(histories: PurchaseHistories) -> PurchaseHistories:
    """Return the distinct histories with their weights; the log-likelihood moves by less than ALLOWED_LOSS.

    Whole times (days) and whole sevenths (weeks made of days) stay as they are. Others are rounded to a step d so small that the
    second-order change of the log-likelihood, at most sum (x + 1) / T^2 * d^2 / 24 over both times, stays below ALLOWED_LOSS; the
    first-order change averages out.
    """
    x, last, age = histories.repeats_count, histories.age_at_last_order, histories.age
    if (step := _natural_step(last, age)) > 0:
        return _counted(histories, step, centred=0.0)
    smallest = np.maximum(np.where(last > 0, last, age), 1e-3)
    curvature = float(((x + 1.0) / smallest**2 * histories.weight).sum())
    step = float(2.0 ** np.floor(np.log2(np.sqrt(24.0 * ALLOWED_LOSS / max(curvature, 1e-9)))))
    return _counted(histories, step, centred=0.0)


def coarse(histories: PurchaseHistories) -> PurchaseHistories | None:
    """Return a rough copy in at most some thousand groups, where a fit may begin; None when there is nothing to save."""
    if histories.weight.size < COARSE_FROM:
        return None
    return _counted(histories, float(histories.age.max()) / COARSE_BINS, centred=0.5)


def _natural_step(*times: Floats) -> float:
    """Return 1 when all times are whole, 1/7 when all are whole sevenths, otherwise 0."""
    for parts in (1.0, 7.0):
        if all(bool((np.abs(one * parts - np.rint(one * parts)) < 1e-9).all()) for one in times):
            return 1.0 / parts
    return 0.0


def _counted(histories: PurchaseHistories, step: float, *, centred: float) -> PurchaseHistories:
    """Count histories in cells of `step`; a cell is represented by its lower edge plus `centred` steps (a zero stays zero)."""
    scale = np.floor if centred else np.rint
    last = scale(histories.age_at_last_order / step).astype(np.int64)
    age = scale(histories.age / step).astype(np.int64)
    x = histories.repeats_count.astype(np.int64)
    base = int(age.max(initial=0)) + 1
    if (int(x.max(initial=0)) + 1) * base * base >= 2**62:
        return histories
    key = (x * base + last) * base + age
    if (histories.weight == 1).all():
        key.sort()
        first = np.flatnonzero(np.diff(key, prepend=-1))
        key, weight = key[first], np.diff(first, append=key.size).astype(np.float64)
    else:
        key, place = np.unique(key, return_inverse=True)
        weight = np.bincount(place, weights=histories.weight).astype(np.float64)
    repeats, rest = np.divmod(key, base * base)
    last, age = np.divmod(rest, base)
    whole: Floats = (age.astype(np.float64) + centred) * step
    ended = np.where(repeats > 0, np.minimum((last + centred) * step, whole), 0.0)
    return PurchaseHistories(repeats.astype(np.float64), ended, whole, weight.astype(np.float64))
