"""The rhythm of purchases: of one customer, and of the company as a whole.

A *purchase* is a local calendar day with at least one order that was not cancelled: two orders of one day are one purchase. A *gap* is the
number of days between two consecutive purchases of one customer, so at least 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from lakmus.engine.arrays import Floats, Ints

LONGEST_GAP_DAYS = 3660
QUANTILE = 0.9
SHRINKAGE_GAPS = 3.0
"""A customer's own quantile weighs as much as the company's once they have this many gaps."""


@dataclass(frozen=True)
class Purchases:
    """Purchases of the customers of one bucket, sorted by customer and day.

    `customers`: names, ascending, length n. `owner` (m): index into it; `day` (m): days since 1970 local; `last_us` (m): the last order
    of that day, microseconds UTC; `first_us` (m): the first one.
    """

    customers: pl.Series
    owner: Ints
    day: Ints
    first_us: Ints
    last_us: Ints

    @property
    def count(self) -> int:
        """Number of customers n."""
        return len(self.customers)


def purchase_days(orders: pl.DataFrame, customers: pl.Series) -> Purchases:
    """Return orders (customer, ts, day; see `orders.purchases`) as purchases of the given customers (sorted, unique)."""
    codes = pl.DataFrame({"customer": customers}).with_row_index("owner")
    daily = (
        orders.join(codes, on="customer", how="inner")
        .group_by("owner", "day")
        .agg(pl.col("ts").min().alias("first"), pl.col("ts").max().alias("last"))
        .sort("owner", "day")
    )
    return Purchases(
        customers,
        daily["owner"].cast(pl.Int64).to_numpy(),
        daily["day"].cast(pl.Int64).to_numpy(),
        daily["first"].to_physical().cast(pl.Int64).to_numpy(),
        daily["last"].to_physical().cast(pl.Int64).to_numpy(),
    )


@dataclass(frozen=True)
class Gaps:
    """Completed gaps: `owner` (g), `days` (g), and `ends` (g): index of the purchase that ended each."""

    owner: Ints
    days: Floats
    ends: Ints


def completed_gaps(purchases: Purchases) -> Gaps:
    """Return the gaps between consecutive purchases of each customer, in order of time."""
    same = purchases.owner[1:] == purchases.owner[:-1]
    ends = np.flatnonzero(same) + 1
    return Gaps(purchases.owner[ends], (purchases.day[ends] - purchases.day[ends - 1]).astype(np.float64), ends.astype(np.int64))


def gap_histogram(gaps: Gaps, count: int) -> tuple[Floats, int, int]:
    """Return (weight of gaps by whole day, customers with a gap, gaps); each customer's gaps weigh 1 together.

    Parameters
    ----------
    gaps : completed gaps. count : number of customers n.

    Returns
    -------
    weights : shape (LONGEST_GAP_DAYS + 1,), weights[d] = sum over customers of (their gaps of d days / all their gaps).
    """
    per_customer = np.bincount(gaps.owner, minlength=count)
    days = np.minimum(gaps.days, LONGEST_GAP_DAYS).astype(np.int64)
    shares = 1.0 / per_customer[gaps.owner] if gaps.owner.size else np.zeros(0)
    weights: Floats = np.bincount(days, weights=shares, minlength=LONGEST_GAP_DAYS + 1).astype(np.float64)
    return weights, int((per_customer > 0).sum()), int(gaps.owner.size)


@dataclass(frozen=True)
class CompanyRhythm:
    """The company's gaps between purchases, each customer weighing the same; days.

    `p90_low`, `p90_high`: 95 % interval of the 90th percentile from the binomial spread of n equally weighted customers.
    """

    median_days: int
    p90_days: int
    p90_low: int
    p90_high: int
    customers_count: int
    gaps_count: int


def company_rhythm(parts: Iterable[tuple[Floats, int, int]]) -> CompanyRhythm | None:
    """Return the company's rhythm from `gap_histogram` of every bucket; None when nobody bought twice.

    Formula: W(d) = sum over customers with at least one completed gap of the share of their gaps that are at most d whole days; the
    q-quantile is the smallest whole d with W(d) >= q W(infinity). Interval of the quantile: the same with q -+ 1.96 sqrt(q (1 - q) / n),
    n customers (Woodruff, 1952), which treats a customer's gaps as one observation.
    """
    weights, customers, gaps = np.zeros(LONGEST_GAP_DAYS + 1), 0, 0
    for part, part_customers, part_gaps in parts:
        weights = weights + part
        customers += part_customers
        gaps += part_gaps
    if customers == 0:
        return None
    spread = 1.96 * float(np.sqrt(QUANTILE * (1 - QUANTILE) / customers))
    low, high = max(0.0, QUANTILE - spread), min(1.0, QUANTILE + spread)
    return CompanyRhythm(
        median_days=_quantile(weights, 0.5),
        p90_days=_quantile(weights, QUANTILE),
        p90_low=_quantile(weights, low),
        p90_high=_quantile(weights, high),
        customers_count=customers,
        gaps_count=gaps,
    )


def _quantile(weights: Floats, q: float) -> int:
    running = np.cumsum(weights)
    # The tolerance keeps sums of thirds and sevenths from moving the answer with the order of summation.
    return int(np.searchsorted(running, q * running[-1] * (1 - 1e-9)))


def personal_quantile(gaps: Gaps, count: int, q: float, company_days: float) -> Floats:
    """Return each customer's q-quantile of gaps in days, shrunk towards the company's; shape (n,).

    Formula: exp((k ln own + m ln company) / (k + m)), k = the customer's completed gaps, m = SHRINKAGE_GAPS; own = linear interpolation
    between order statistics (Hyndman and Fan, 1996, type 7). Linear shrinkage as in credibility theory (Buhlmann, 1967), on the scale of
    ratios, since gaps are compared as ratios. A customer without gaps gets the company's.
    """
    order = np.lexsort((gaps.days, gaps.owner))
    days = gaps.days[order]
    per_customer = np.bincount(gaps.owner, minlength=count).astype(np.float64)
    start = np.concatenate([[0.0], np.cumsum(per_customer)[:-1]]) if count else np.zeros(0)
    own = np.full(count, float(company_days))
    some = per_customer > 0
    if some.any():
        place = start[some] + q * (per_customer[some] - 1)
        below = np.floor(place).astype(np.int64)
        above = np.minimum(below + 1, (start[some] + per_customer[some] - 1).astype(np.int64))
        own[some] = days[below] + (place - below) * (days[above] - days[below])
    weighed = per_customer * np.log(own) + SHRINKAGE_GAPS * np.log(max(company_days, 1.0))
    # Rounded, since vectorised exp and log may differ in the last digit with the length of the array, that is with the bucket.
    shrunk: Floats = np.round(np.exp(weighed / (per_customer + SHRINKAGE_GAPS)), 6)
    return shrunk


@dataclass(frozen=True)
class PersonalRhythm:
    """Each customer's purchases in figures; every array has shape (n,). Customers without purchases: -1 for moments, 0 for counts."""

    purchases_count: Ints
    first_us: Ints
    last_us: Ints
    span_days: Floats
    median_days: Floats
    p90_days: Floats


def personal_rhythm(purchases: Purchases, gaps: Gaps, company: CompanyRhythm) -> PersonalRhythm:
    """Return the rhythm of each customer, shrunk towards the company's."""
    n = purchases.count
    counted = np.bincount(purchases.owner, minlength=n).astype(np.int64)
    first, last, span = np.full(n, -1, np.int64), np.full(n, -1, np.int64), np.zeros(n)
    ends = np.cumsum(counted) - 1
    some = counted > 0
    begins = ends - counted + 1
    first[some] = purchases.first_us[begins[some]]
    last[some] = purchases.last_us[ends[some]]
    span[some] = purchases.day[ends[some]] - purchases.day[begins[some]]
    return PersonalRhythm(
        counted,
        first,
        last,
        span,
        personal_quantile(gaps, n, 0.5, company.median_days),
        personal_quantile(gaps, n, QUANTILE, company.p90_days),
    )
