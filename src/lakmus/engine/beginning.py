"""When a company's orders begin: at the first one, unless a few dates lie years before all others, as those of a wrong clock do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import polars as pl

from lakmus.engine.bucket import Facts, of_kind

Ints = npt.NDArray[np.int64]
FIRST_YEAR, YEARS = 1970, 140
HOLE_MONTHS = 24
STRAY_SHARE = 0.1
"""Orders before a hole of two years without any are strays while they are one in ten at most."""


@dataclass(frozen=True)
class Beginning:
    """The month in which orders begin (`at`, None without orders), and how many `strays` lie before it."""

    at: datetime | None
    strays: int = 0


NO_ORDERS = Beginning(None)


def orders_by_month(facts: Facts) -> Ints:
    """Return one bucket's orders (or lines, where there are none) of each month since FIRST_YEAR, shape (12 YEARS,)."""
    rows = of_kind(facts, "placed_order") if "placed_order" in facts.by_kind else of_kind(facts, "ordered_item")
    month = rows.select((pl.col("ts").dt.year().cast(pl.Int64) - FIRST_YEAR) * 12 + pl.col("ts").dt.month().cast(pl.Int64) - 1).to_series()
    return np.bincount(np.clip(month.to_numpy(), 0, 12 * YEARS - 1), minlength=12 * YEARS).astype(np.int64)


def beginning_of(parts: Iterable[Ints], first_at: datetime | None) -> Beginning:
    """Return when the orders of all buckets begin; `first_at` is the first of them all."""
    months = sum(parts, np.zeros(12 * YEARS, np.int64))
    used, before = np.flatnonzero(months), np.cumsum(months)
    holes = np.flatnonzero(np.diff(used) > HOLE_MONTHS)
    strays = [int(before[used[place]]) for place in holes]
    kept = [place for place, count in zip(holes, strays, strict=True) if count <= STRAY_SHARE * before[-1]]
    if not kept:
        return Beginning(first_at)
    month = int(used[kept[-1] + 1])
    return Beginning(datetime(FIRST_YEAR + month // 12, month % 12 + 1, 1, tzinfo=UTC), int(before[used[kept[-1]]]))
