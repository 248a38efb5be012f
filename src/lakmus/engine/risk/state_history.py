"""The states of every customer at any dates, each from what was known then: history that is computed, never stored as it happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import polars as pl
import pyarrow as pa

from lakmus.engine.arrays import Ints
from lakmus.engine.bucket import KEY, ORDER_COLUMNS, Facts, facts_until, of_kind
from lakmus.engine.orders import PURCHASE_KINDS, order_moments
from lakmus.engine.risk.contracts import CONTRACT_KINDS, ENDING_KINDS, KEEPING_KINDS
from lakmus.engine.risk.definition import BY_DATA
from lakmus.engine.risk.segments import horizons_of
from lakmus.engine.risk.standing import standing
from lakmus.engine.risk.states import NEVER
from lakmus.engine.signals import lamps
from lakmus.engine.signals.rhythm import CompanyRhythm, Purchases
from lakmus.engine.signals.trails import trails_of
from lakmus.history.activity import TIMESTAMP
from lakmus.history.company import LossTerms

STATE_COLUMNS = ORDER_COLUMNS
"""What the states are read from."""
SEGMENT_KINDS = ("gave_details", "placed_order")
DATED_FROM = pl.datetime(1970, 1, 2, time_zone="UTC")
SCHEMA = pa.schema([("customer", pa.string()), ("as_of", TIMESTAMP), ("state", pa.string()), ("since", TIMESTAMP)])


def states_over(
    table: pa.Table,
    bucket: int = 0,
    *,
    rhythm: CompanyRhythm,
    horizon_days: int,
    time_zone: str,
    dates: Sequence[datetime],
    loss: LossTerms = BY_DATA,
) -> pa.Table:
    """Return the state of every customer known at each date: `SCHEMA`, by date and customer.

    What "lost" means, the horizon and the company's rhythm are those of today, so that months can be compared; what each customer had done
    is what was known at the date. At the date of a verdict the states are the verdict's.

    Parameters
    ----------
    table : activities of a bucket with `STATE_COLUMNS`; and `activity_id`, `segments.SEGMENT_COLUMNS` where segments have horizons of
        their own. dates : aware moments, any number. loss : what the company decided about "lost".

    Raises
    ------
    ValueError : a date without a time zone.
    """
    trails = trails_of(table)
    out = lamps.lamps_out(trails, as_of=dates)
    names = pl.DataFrame({"customer": pl.Series(trails.customers, dtype=pl.String)}).with_row_index("place")
    narrow = _narrow(table, segments=bool(loss.horizons))
    orders = _orders(table, until=max(dates), time_zone=time_zone).join(names, on="customer").sort("customer", "ts")
    columns = [orders[name].to_physical().cast(pl.Int64).fill_null(NEVER).to_numpy() for name in ("place", "day", "ts", "since", "gone")]
    parts = [SCHEMA.empty_table()]
    for place, date in enumerate(dates):
        now_us = round(date.timestamp() * 1_000_000)
        facts = facts_until(narrow, as_of=date)
        own = facts.customers.to_frame("customer").join(names, on="customer", how="left", maintain_order="left")["place"].to_numpy()
        second = lamps.second_lamp_us(out, place)[own]
        stands = standing(
            facts,
            _bought(columns, facts.customers, own, now_us=now_us),
            rhythm,
            second,
            known_since_us=_known_since(facts),
            horizon_days=horizons_of(facts, horizon_days=horizon_days, by=loss.horizon_by, horizons=loss.horizons),
            now_us=now_us,
            contracts=loss.basis != "purchases",
        )
        since = pa.array(stands.since_us, mask=stands.since_us < 0).view(TIMESTAMP)
        at = pa.array(np.full(len(own), now_us)).view(TIMESTAMP)
        parts.append(
            pa.table([facts.customers.to_arrow(), at, pa.array(stands.state.tolist(), pa.string()), since], names=SCHEMA.names).cast(SCHEMA)
        )
    return pa.concat_tables(parts)


def _bought(orders: Sequence[Ints], customers: pl.Series, own: Ints, *, now_us: int) -> Purchases:
    """Return what `rhythm.purchase_days` returns of the orders that counted at a moment.

    Parameters
    ----------
    orders : place of the customer in the bucket, day, ts, since and gone of each order, sorted by customer and ts. own : (n,) the
        places of `customers`.
    """
    counted = (orders[3] <= now_us) & (orders[4] > now_us)
    place, day, ts = (column[counted] for column in orders[:3])
    starts = np.flatnonzero(np.diff(place, prepend=-1).astype(bool) | np.diff(day, prepend=-1).astype(bool))
    ends = np.append(starts[1:], place.size)[: starts.size] - 1
    owners = np.full(int(own.max(initial=0)) + 1, -1, np.int64)
    owners[own] = np.arange(own.size)
    return Purchases(customers, owners[place[starts]], day[starts], ts[starts], ts[ends])


def _orders(table: pa.Table, *, until: datetime, time_zone: str) -> pl.DataFrame:
    """Return the orders of `order_moments`, read once for all dates.

    An order whose lines were known before the order itself counts by its lines until then, as it did then.
    """
    facts = facts_until(table, as_of=until, kinds=PURCHASE_KINDS)
    orders = order_moments(facts, time_zone=time_zone)
    placed = of_kind(facts, "placed_order").select(KEY, "_order", pl.max_horizontal("ts", "_known_at").alias("told"))
    lines = of_kind(facts, "ordered_item").join(placed, on=[KEY, "_order"], how="inner")
    early = lines.filter(pl.max_horizontal("ts", "_known_at") < pl.col("told"))
    if early.is_empty():
        return orders
    # Their own order is to them what a cancellation is to an order: from then on they count no longer.
    ends = early.with_columns(pl.col("told").alias("ts"), pl.col("told").alias("_known_at"))
    kinds = {
        "ordered_item": early.select(facts.nothing.columns),
        "cancelled_order": pl.concat([of_kind(facts, "cancelled_order"), ends.select(facts.nothing.columns)]),
    }
    return pl.concat([orders, order_moments(Facts(kinds, facts.customers, facts.nothing), time_zone=time_zone)])


def _narrow(table: pa.Table, *, segments: bool) -> pa.Table:
    """Return the activities that say, at any date, who is known and since when, who has a contract, and who is of which segment."""
    frame = pl.DataFrame(pl.from_arrow(table)).filter(pl.col("customer").is_not_null()).with_row_index("number")
    at_once = pl.col("_known_at") <= pl.col("ts")
    dated = pl.col("ts") >= DATED_FROM
    firsts = frame.group_by("customer").agg(
        pl.col("number").sort_by(pl.max_horizontal("ts", "_known_at")).first().alias("known"),
        pl.col("number").filter(at_once & dated).sort_by(pl.col("ts").filter(at_once & dated)).first().alias("dated"),
    )
    bound = frame.filter(pl.col("activity").is_in(ENDING_KINDS))["customer"].unique()
    needed = (
        ~at_once
        | pl.col("number").is_in(pl.concat([firsts["known"], firsts["dated"]]).drop_nulls().implode())
        | pl.col("activity").is_in([*CONTRACT_KINDS, *(SEGMENT_KINDS if segments else ())])
        | (pl.col("activity").is_in(KEEPING_KINDS) & pl.col("customer").is_in(bound.implode()))
    )
    return frame.filter(needed).drop("number").to_arrow()


def _known_since(facts: Facts) -> Ints:
    """Return each customer's first activity that has a date, -1 where none has; shape (n,)."""
    dated = facts.all_of("owner", "ts").filter(pl.col("owner").is_not_null() & (pl.col("ts") >= DATED_FROM))
    first = dated.group_by("owner").agg(pl.col("ts").min().to_physical().alias("first"))
    since = np.full(len(facts.customers), -1, np.int64)
    since[first["owner"].to_numpy()] = first["first"].to_numpy()
    return since
