"""The season of a company: how much busier the present window is than the rest of a year, by group of activities."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from lakmus.engine.arrays import Floats
from lakmus.engine.bucket import Facts, of_kind

WINDOW_DAYS = 90
GROUPS: dict[str, tuple[str, ...]] = {
    "orders": ("placed_order",),
    "visits": ("visited_site", "visited_store"),
    "account_use": ("logged_in", "used_service"),
    "points": ("earned_points", "redeemed_points"),
}
NEEDED = 500.0
WEIGHT = 100.0
"""With fewer activities than NEEDED in the year no season is claimed; WEIGHT of them pull the index towards 1."""


def season_sums(facts: Facts, *, as_of: datetime) -> Floats:
    """Return one bucket's activities a year ago and in the year that the usual is taken from; shape (groups, 2).

    Only customers known since before that year who did something in the last two windows count: those who left on the way would make every
    year look as if it began with a high season.
    """
    past_begins, window = as_of - timedelta(days=WINDOW_DAYS + 365), timedelta(days=WINDOW_DAYS)
    dated = facts.all_of("owner", "ts").filter(pl.col("owner").is_not_null() & (pl.col("ts") >= pl.datetime(1970, 1, 2, time_zone="UTC")))
    seen = dated.group_by("owner").agg(pl.col("ts").min().alias("first"), pl.col("ts").max().alias("last"))
    staying = seen.filter((pl.col("first") <= past_begins) & (pl.col("last") > as_of - 2 * window)).select("owner")
    sums = np.zeros((len(GROUPS), 2))
    for place, kinds in enumerate(GROUPS.values()):
        rows = of_kind(facts, *kinds).join(staying, on="owner", how="semi")
        past = rows.filter((pl.col("ts") > past_begins) & (pl.col("ts") <= as_of - window))
        sums[place] = past.filter(pl.col("ts") <= as_of - timedelta(days=365)).height, past.height
    return sums


def seasons(parts: Iterable[Floats]) -> dict[str, float]:
    """Return the index of each group from every bucket's `season_sums`: 1 where the year is too thin to tell.

    Formula: (a + w) / (p x 90/365 + w), a = activities in the same window a year ago, p = those of the whole past year, w = WEIGHT: the
    ratio of the window to an average one (ratio to moving average, Macaulay, 1931), as a Gamma-Poisson mean with prior mean 1.
    """
    whole = sum(parts, np.zeros((len(GROUPS), 2)))
    found = {}
    for name, (a_year_ago, past) in zip(GROUPS, whole, strict=True):
        index = (a_year_ago + WEIGHT) / (past * WINDOW_DAYS / 365 + WEIGHT)
        found[name] = float(round(index, 6)) if past >= NEEDED else 1.0
    return found
