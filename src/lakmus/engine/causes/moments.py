"""Moments at which an error could have happened, made comparable and followed until it is known who was lost."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import polars as pl

from lakmus.engine.arrays import DAY_US, Ints
from lakmus.engine.signals.rhythm import Purchases

PURCHASES_EDGES = (3, 5, 10)
RHYTHM_EDGES = (0.15, 0.35, 0.6)
SILENCE_EDGE = 0.25
FELT_DAYS = 21
"""What goes wrong is felt in the weeks that follow it: late goods come, an answer is given up on, who cools orders once more. An order of
these days forgives nothing; without them a shop whose customers buy every week would hardly see anybody driven away."""
STRATA = (len(PURCHASES_EDGES) + 1) * (len(RHYTHM_EDGES) + 1) * 2
_SECOND = 1_000_000
_SHIFT = 1 << 33
_NEVER = np.iinfo(np.int64).max


def outcome_days(horizon_days: int) -> int:
    """Return how long after a moment its outcome is known: `FELT_DAYS`, a horizon at most, and the horizon."""
    return min(FELT_DAYS, horizon_days) + horizon_days


def followed(
    moments: pl.DataFrame, purchases: Purchases, *, horizon_days: int, as_of: datetime, ended_us: Ints | None = None
) -> pl.DataFrame:
    """Return the moments of regulars who were not lost then, with stratum and outcome.

    A regular has at least two purchases up to the moment; not lost: the last order lies less than a horizon back. Comparable moments
    share a stratum: purchases so far (2, 3-4, 5-9, 10+) x mean gap so far / horizon (up to .15, .35, .6, more) x days since the last
    order / horizon (up to .25, more). Where contracts say who is lost, everybody is followed whose contract runs.

    Parameters
    ----------
    moments : customer, at, code, exposed and more. purchases : the bucket's purchases, or what keeps its contracts.
    ended_us : (n,) when each customer's contract ended, microseconds, -1 where it runs; None where silence says who is lost.

    Returns
    -------
    pl.DataFrame : the columns of `moments` and owner, stratum, observed (`outcome_days` have passed by as_of), left (no order in
        (felt, felt + horizon], felt = at + FELT_DAYS or a horizon if that is less, or the contract ended in (at, felt + horizon]; null
        unless observed), gone (no order since the moment, or the contract ended so).
    """
    codes = pl.DataFrame({"customer": purchases.customers}).with_row_index("owner")
    rows = moments.join(codes, on="customer", how="inner").with_columns(pl.col("owner").cast(pl.Int64))
    at_us = rows["at"].to_physical().cast(pl.Int64).to_numpy()
    owner = rows["owner"].to_numpy()
    before = np.searchsorted(ordinal(purchases.owner, purchases.first_us), ordinal(owner, at_us), side="right")
    begins = np.searchsorted(purchases.owner, owner, side="left")
    so_far = before - begins
    end_us = at_us + outcome_days(horizon_days) * DAY_US
    felt_us = end_us - horizon_days * DAY_US
    last_orders = ordinal(purchases.owner, purchases.last_us)
    since, after = (np.searchsorted(last_orders, ordinal(owner, moment), side="right") for moment in (at_us, felt_us))
    regular = so_far >= 2
    last = np.where(regular, before - 1, 0)
    silent, mean_gap = np.zeros(len(owner)), np.zeros(len(owner))
    back, gone = np.zeros(len(owner), bool), np.ones(len(owner), bool)
    if purchases.owner.size:
        silent = (at_us - np.minimum(purchases.last_us[last], at_us)) / DAY_US / horizon_days
        span = purchases.day[last] - purchases.day[np.minimum(begins, last)]
        mean_gap = span / np.maximum(so_far - 1, 1) / horizon_days
        again, following = (np.minimum(place, purchases.owner.size - 1) for place in (since, after))
        gone = (since == purchases.owner.size) | (purchases.owner[again] != owner)
        back = (after < purchases.owner.size) & (purchases.owner[following] == owner) & (purchases.first_us[following] <= end_us)
    there, left = regular & (silent < 1), ~back
    if ended_us is not None:
        end = np.where(ended_us < 0, _NEVER, ended_us)[owner]
        there, left = (so_far >= 1) & (at_us < end), end <= end_us
        gone = left
    stratum = np.searchsorted(PURCHASES_EDGES, so_far, side="right")
    stratum = stratum * (len(RHYTHM_EDGES) + 1) + np.searchsorted(RHYTHM_EDGES, mean_gap, side="left")
    stratum = stratum * 2 + (silent > SILENCE_EDGE)
    observed = end_us <= round(as_of.timestamp() * _SECOND)
    judged = rows.with_columns(
        pl.Series("stratum", stratum, dtype=pl.Int32),
        pl.Series("observed", observed, dtype=pl.Boolean),
        pl.Series("left", left, dtype=pl.Boolean),
        pl.Series("gone", gone, dtype=pl.Boolean),
        pl.Series("there", there, dtype=pl.Boolean),
    )
    return judged.filter("there").with_columns(pl.when("observed").then("left").alias("left"))


def ordinal(owner: Ints, moment_us: Ints) -> Ints:
    """Return one ascending integer for (customer, second); whole seconds keep it within 64 bits."""
    keys: Ints = owner.astype(np.int64) * _SHIFT + moment_us // _SECOND
    return keys
