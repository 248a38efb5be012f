"""Where a customer stands between staying and leaving, and since when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lakmus.engine.arrays import DAY_US, Floats, Ints
from lakmus.engine.signals.rhythm import Gaps, PersonalRhythm, Purchases

NO_ORDERS, NEW, ONE_TIME, WARM, COOLING, COLD, LOST = "no_orders", "new", "one_time", "warm", "cooling", "cold", "lost"
COOLING_CAP = 0.75
"""Cooling begins at the personal 90th percentile, but at three quarters of the horizon at the latest."""
MANY_LAMPS = 2
NEVER = np.iinfo(np.int64).max
GRADUAL_RATIO = 1.5


@dataclass(frozen=True)
class States:
    """For each customer (n,): `name`; `since_us` (-1 unknown); `lost_us` = last order + horizon, whether it has come or not (-1 without
    orders)."""

    name: npt.NDArray[np.object_]
    since_us: Ints
    lost_us: Ints


def states(
    purchases: Purchases, gaps: Gaps, rhythm: PersonalRhythm, lamps_us: Ints, *, known_since_us: Ints, horizon_days: int | Ints, now_us: int
) -> States:
    """Return each customer's state by the explicit rule.

    Let h = horizon, p = min(personal 90th percentile, 0.75 h), s = silence since the last order.
    lost: s >= h, since last order + h. cold: s >= (p + h) / 2. cooling: s >= p, or at least two lamps (other than orders) are out, since
    the second went out. warm: otherwise, since the purchase that ended the last gap longer than p (or the second purchase). One purchase:
    new, then one_time from h on.

    Parameters
    ----------
    lamps_us : (n,) moment when the second lamp went out, NEVER where fewer than two are out. known_since_us : (n,) first activity.
    horizon_days : of all, or (n,) of each.
    """
    bought = rhythm.purchases_count > 0
    p = np.minimum(rhythm.p90_days, COOLING_CAP * horizon_days)
    cooling_us = rhythm.last_us + (p * DAY_US).astype(np.int64)
    cold_us = rhythm.last_us + ((p + horizon_days) / 2 * DAY_US).astype(np.int64)
    lost_us = np.where(bought, rhythm.last_us + horizon_days * DAY_US, -1)
    regular = rhythm.purchases_count >= 2
    cooling_us = np.minimum(cooling_us, np.maximum(lamps_us, rhythm.last_us))
    rules = [
        (~bought, NO_ORDERS, known_since_us),
        (~regular & (lost_us > now_us), NEW, rhythm.first_us),
        (~regular, ONE_TIME, lost_us),
        (lost_us <= now_us, LOST, lost_us),
        (cold_us <= now_us, COLD, cold_us),
        (cooling_us <= now_us, COOLING, cooling_us),
    ]
    name = np.full(bought.size, WARM, dtype=object)
    since = _warm_since(purchases, gaps, p)
    open_yet = np.ones(bought.size, dtype=bool)
    for rule, state, moment in rules:
        here = open_yet & rule
        name[here] = state
        since[here] = moment[here]
        open_yet &= ~here
    return States(name, since, lost_us.astype(np.int64))


def _warm_since(purchases: Purchases, gaps: Gaps, p: Floats) -> Ints:
    since = np.full(p.size, -1, np.int64)
    if gaps.owner.size:
        np.maximum.at(since, gaps.owner, np.where(gaps.days > p[gaps.owner], purchases.first_us[gaps.ends], -1))
        first_return = np.full(p.size, NEVER, np.int64)
        np.minimum.at(first_return, gaps.owner, purchases.first_us[gaps.ends])
        since = np.where(since < 0, np.where(first_return == NEVER, -1, first_return), since)
    return since


def loss_shapes(gaps: Gaps, count: int) -> npt.NDArray[np.object_]:
    """Return how each customer's buying ended: `gradual`, `abrupt`, or None with fewer than four gaps; shape (n,).

    gradual: the mean of the last two gaps is at least 1.5 times the mean of those before; abrupt: otherwise.
    """
    per_customer = np.bincount(gaps.owner, minlength=count)
    ends = np.cumsum(per_customer)
    sums = np.bincount(gaps.owner, weights=gaps.days, minlength=count)
    enough = per_customer >= 4
    shape: npt.NDArray[np.object_] = np.full(count, None, dtype=object)
    last = ends[enough]
    late = (gaps.days[last - 1] + gaps.days[last - 2]) / 2
    early = (sums[enough] - 2 * late) / (per_customer[enough] - 2)
    shape[enough] = np.where(late >= GRADUAL_RATIO * early, "gradual", "abrupt")
    return shape
