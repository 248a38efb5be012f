"""The orders of a bucket with the moments between which each was known, so that any past moment sees what was known then."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from lakmus.engine.arrays import Floats, Ints
from lakmus.engine.signals.rhythm import Purchases

NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class KnownOrders:
    """Orders of n customers, those cancelled later too, sorted by customer, local day and moment.

    `customers`: names, ascending, length n. Arrays of shape (m,): `owner`, index into it; `day`, days since 1970 local; `at_us`;
    `since_us`: known from then on; `gone_us`: known to be cancelled from then on (`NEVER` where not); `amount`: NaN where unknown.
    """

    customers: pl.Series
    owner: Ints
    day: Ints
    at_us: Ints
    since_us: Ints
    gone_us: Ints
    amount: Floats

    def at(self, moment_us: int) -> tuple[Purchases, Floats]:
        """Return the purchases as they were known at a moment, and what was paid on each of these days (m,), NaN where unknown."""
        seen = np.flatnonzero((self.since_us <= moment_us) & (self.at_us <= moment_us) & (self.gone_us > moment_us))
        owner, day, at = self.owner[seen], self.day[seen], self.at_us[seen]
        if not seen.size:
            return Purchases(self.customers, owner, day, at, at), np.zeros(0)
        first = np.flatnonzero(np.append(True, (np.diff(owner) != 0) | (np.diff(day) != 0)))
        last = np.append(first[1:], seen.size) - 1
        paid = self.amount[seen]
        known = np.add.reduceat(np.isfinite(paid).astype(np.int64), first)
        whole = np.where(known > 0, np.add.reduceat(np.nan_to_num(paid), first), np.nan)
        return Purchases(self.customers, owner[first], day[first], at[first], at[last]), whole


def known_orders(orders: pl.DataFrame, customers: pl.Series, *, time_zone: str) -> KnownOrders:
    """Return the orders (`orders.order_moments` or `orders.order_table`) of the given customers (sorted, unique)."""
    codes = pl.DataFrame({"customer": customers}).with_row_index("owner").with_columns(pl.col("owner").cast(pl.Int64))
    local = pl.col("ts").dt.convert_time_zone(time_zone).dt.date().cast(pl.Int64).alias("day")
    own = orders.join(codes, on="customer", how="inner").with_columns(local).sort("owner", "day", "ts")
    amount = own["amount"].cast(pl.Float64).fill_null(np.nan).to_numpy() if "amount" in own.columns else np.full(own.height, np.nan)
    at, since, gone = (own[name].to_physical().cast(pl.Int64).fill_null(NEVER).to_numpy() for name in ("ts", "since", "gone"))
    return KnownOrders(customers, own["owner"].to_numpy(), own["day"].to_numpy(), at, since, gone, amount)
