"""Orders, put together from what was recorded about them: one row per order, and the purchases that make a rhythm."""

from __future__ import annotations

import polars as pl

from lakmus.engine.bucket import KEY, Facts, of_kind

PURCHASE_KINDS = ("placed_order", "ordered_item", "cancelled_order")
_DAY_US = 86_400_000_000


def purchases(facts: Facts, *, time_zone: str) -> pl.DataFrame:
    """Return the orders of known customers that were not cancelled, each with its local day.

    An order is a `placed_order`; lines without one make an order where the customer is known. Orders without a number
    are one order each. A cancellation without a number cancels nothing, since nobody knows which order it means.

    Parameters
    ----------
    facts : `facts_until`, at least of `PURCHASE_KINDS`.
    time_zone : IANA name; `day` is counted in it.

    Returns
    -------
    pl.DataFrame : customer (text), ts (UTC), day (Int32, days since 1970-01-01 local), sorted by customer and ts.
    """
    return order_moments(facts, time_zone=time_zone).filter(pl.col("gone").is_null()).select("customer", "ts", "day")


def order_moments(facts: Facts, *, time_zone: str) -> pl.DataFrame:
    """Return every order of a known customer, cancelled ones too, and between which moments it was known and counted.

    Parameters
    ----------
    facts, time_zone : as for `purchases`.

    Returns
    -------
    pl.DataFrame : customer, ts, day, `since` (UTC: known from then on), `gone` (UTC: known to be cancelled from then on, or null), sorted
    by customer and ts. An order counts at a moment t when `since <= t` and not `gone <= t`.
    """
    cancelled = of_kind(facts, "cancelled_order").filter(pl.col("_order").is_not_null())
    gone = cancelled.group_by(KEY, "_order").agg(_known_from().min().alias("gone"))
    rows = _order_rows(facts).filter(pl.col("customer").is_not_null()).join(gone, on=[KEY, "_order"], how="left")
    local_day = pl.col("ts").dt.convert_time_zone(time_zone).dt.date().cast(pl.Int32)
    return rows.select("customer", "ts", local_day.alias("day"), "since", "gone").sort("customer", "ts")


def _known_from() -> pl.Expr:
    return pl.max_horizontal("ts", "_known_at")


def _order_rows(facts: Facts) -> pl.DataFrame:
    """Return (key, customer, _order, ts, since), one row per order: placed, or known only by the lines of a known customer."""
    columns = [KEY, "customer", "_order", "ts", _known_from().alias("since")]
    placed = of_kind(facts, "placed_order").select(columns)
    lines = of_kind(facts, "ordered_item").filter(pl.col("_order").is_not_null() & pl.col("customer").is_not_null())
    if lines.is_empty():
        return placed
    alone = lines.select(columns).join(placed, on=[KEY, "_order"], how="anti")
    return pl.concat([placed, alone.group_by(KEY, "customer", "_order").agg(pl.col("ts", "since").min()).select(placed.columns)])


def order_table(facts: Facts, *, currency: str) -> pl.DataFrame:
    """Return one row per order with what became of it.

    `amount` = `placed_order._amount` where known, otherwise the sum of its `ordered_item._amount`; amounts in a currency
    other than `currency` are unknown (null), never added. `promised_at` is the promise known last; `received_at` the first
    receipt; `late_days` = (received - promised) in days; `stars` the latest review that names the order, `review_stars` all of them.

    Parameters
    ----------
    facts : `facts_until` with `SCORE_COLUMNS`.
    currency : ISO 4217 code of the company.

    Returns
    -------
    pl.DataFrame : the columns of `tables.ORDERS` and `key`, `channel`, `order_key`, `since`, `gone` (see `order_moments`), `late_since`
    (UTC: known from then on that it came late); sorted by key, ts, order.
    """
    ours = pl.when(pl.col("_currency").is_null() | (pl.col("_currency") == currency)).then("_amount").alias("_amount")
    since = _known_from().alias("since")
    placed = (
        of_kind(facts, "placed_order")
        .with_columns(pl.coalesce("_order", "activity_id").alias("order_key"), ours)
        .sort("ts", "activity_id")
        .unique([KEY, "order_key"], keep="first", maintain_order=True)
        .select(*(KEY, "order_key", "customer", "anonymous_customer_id", "ts", "_order", "_amount", "_channel", "activity_id"), since)
    )
    lines = _about_orders(facts, "ordered_item").with_columns(ours, since)
    by_line = lines.group_by(KEY, "order_key").agg(
        pl.col("_amount").sum().alias("lines_amount"),
        pl.col("customer").first(),
        pl.col("anonymous_customer_id").min(),
        pl.col("ts", "since").min(),
        pl.col("activity_id").sort_by("ts", "activity_id").first(),
        pl.col("_amount").count().alias("priced_lines"),
    )
    alone = by_line.filter(pl.col("customer").is_not_null()).join(placed, on=[KEY, "order_key"], how="anti")
    alone = alone.select(
        *(KEY, "order_key", "customer", "anonymous_customer_id", "ts"),
        pl.col("order_key").alias("_order"),
        pl.lit(None, dtype=pl.Float64).alias("_amount"),
        pl.lit(None, dtype=pl.String).alias("_channel"),
        "activity_id",
        "since",
    )
    summed = by_line.filter(pl.col("priced_lines") > 0).select(KEY, "order_key", "lines_amount")
    orders = pl.concat([placed, alone]).join(summed, on=[KEY, "order_key"], how="left")
    return _with_fates(orders.with_columns(pl.coalesce("_amount", "lines_amount").alias("amount")), facts, ours)


def _about_orders(facts: Facts, kind: str) -> pl.DataFrame:
    """Return the rows of a kind that name an order, the number under `order_key`."""
    return of_kind(facts, kind).filter(pl.col("_order").is_not_null()).rename({"_order": "order_key"})


def _with_fates(orders: pl.DataFrame, facts: Facts, ours: pl.Expr) -> pl.DataFrame:
    """Add promise, receipt, cancellation, returns and stars to orders."""
    group = [KEY, "order_key"]
    promised = (
        _about_orders(facts, "was_promised_delivery")
        .filter(pl.col("_promised_at").is_not_null())
        .sort("_known_at", "ts", "_promised_at")
        .group_by(group)
        .agg(
            pl.col("_promised_at").last().alias("promised_at"),
            pl.col("activity_id").last().alias("promise_id"),
            _known_from().last().alias("promised_since"),
        )
    )
    received = (
        _about_orders(facts, "received_order")
        .sort("ts", "activity_id")
        .group_by(group)
        .agg(
            pl.col("ts").first().alias("received_at"),
            pl.col("activity_id").first().alias("receipt_id"),
            _known_from().first().alias("received_since"),
        )
    )
    cancelled = _about_orders(facts, "cancelled_order").group_by(group).agg(_known_from().min().alias("gone"))
    returned = (
        _about_orders(facts, "returned_item").with_columns(ours).group_by(group).agg(pl.col("_amount").sum().alias("returned_amount"))
    )
    stars = (
        _about_orders(facts, "left_review")
        .filter(pl.col("_stars").is_not_null())
        .sort("ts", "activity_id")
        .group_by(group)
        .agg(pl.col("_stars").last().alias("stars"), pl.col("_stars").alias("review_stars"))
    )
    for more in (promised, received, cancelled, returned, stars):
        orders = orders.join(more, on=group, how="left")
    late = (pl.col("received_at") - pl.col("promised_at")).dt.total_microseconds() / _DAY_US
    return orders.with_columns(
        pl.col("order_key").alias("order"),
        pl.col("gone").is_not_null().alias("cancelled"),
        late.alias("late_days"),
        pl.max_horizontal("received_since", "promised_since", "since").alias("late_since"),
        pl.concat_list("activity_id", "promise_id", "receipt_id").list.drop_nulls().alias("evidence"),
        pl.col("_channel").alias("channel"),
    ).sort(KEY, "ts", "order_key")
