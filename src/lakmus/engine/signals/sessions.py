"""Sessions on the site: what one visitor did without a pause, how far towards an order they came, and what they did next."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
import pyarrow as pa

from lakmus.engine.bucket import KEY, facts_until
from lakmus.history.activity import TIMESTAMP

PAUSE_MINUTES = 30
"""A longer pause begins another session: the convention of web analytics (Google Analytics, Matomo)."""
LOOKED, VIEWED, CHECKOUT, ORDERED = range(4)
STEPS = ("looked", "viewed", "checkout", "ordered")
"""How far a session came, by the deepest step: looked around, viewed a product, began to order, ordered."""
SITE_KINDS = ("visited_site", "viewed_product", "searched_help", "read_article", "started_checkout", "abandoned_checkout", "logged_in")
SESSION_KINDS = (*SITE_KINDS, "placed_order")
SESSION_COLUMNS = (
    *("ts", "customer", "activity", "anonymous_customer_id", "_known_at"),
    *("_page", "_minutes", "_reason"),
)
PATH_STEPS = 5
# Where a company logs pages only, their addresses tell products and checkout; these are the words that shops use for them.
PRODUCT_PAGE = r"tovar|product|item|goods|catalog.*/.+-\d+|/p/"
CHECKOUT_PAGE = r"oforml|checkout|korzin|cart|basket|payment|oplata"

SESSIONS = pa.schema(
    [
        ("customer", pa.string()),
        ("visitor", pa.string()),
        ("started_at", TIMESTAMP),
        ("minutes", pa.float64()),
        ("deepest", pa.int8()),
        ("entry_page", pa.string()),
        ("exit_page", pa.string()),
        ("path", pa.string()),
        ("checkout_starts", pa.int32()),
        ("reason", pa.string()),
        ("asked_help", pa.bool_()),
        ("next_order_days", pa.float64()),
        ("next_visit_days", pa.float64()),
    ]
)
"""One row per session. `customer`: null for a visitor whom nobody knows. `minutes`: from the first activity to the last, and how long that
lasted where it is told. `path`: its pages, repeats and all after the fifth left out. `reason`: why checkout was left, where it is told.
`next_order_days`, `next_visit_days`: from its end to the visitor's next order and next session; null where none came until as_of."""


def sessions_of(table: pa.Table, bucket: int = 0, *, since: datetime, as_of: datetime) -> pa.Table:
    """Return the sessions of one bucket that began after `since`, with the columns of `SESSIONS`, by visitor and time.

    Parameters
    ----------
    table : activities with `SESSION_COLUMNS`, sorted or not. since, as_of : aware moments.
    """
    facts = facts_until(table, as_of=as_of, kinds=SESSION_KINDS)
    rows = facts.all_of(KEY, "ts", "customer", "activity", "_page", "_minutes", "_reason").sort(KEY, "ts", "activity")
    if rows.is_empty():
        return SESSIONS.empty_table()
    begins = (pl.col(KEY) != pl.col(KEY).shift(1)) | (pl.col("ts") - pl.col("ts").shift(1) > timedelta(minutes=PAUSE_MINUTES))
    numbered = rows.with_columns(begins.fill_null(True).cum_sum().alias("session"), _step().alias("step"), _page().alias("page"))
    ends = (pl.col("ts") + pl.duration(seconds=(60 * pl.col("_minutes").fill_null(0.0)).round(0).cast(pl.Int64))).max()
    found = numbered.group_by("session", maintain_order=True).agg(
        pl.col("customer").first(),
        pl.col(KEY).first().alias("visitor"),
        pl.col("ts").first().alias("started_at"),
        ends.alias("ended_at"),
        pl.col("step").max().alias("deepest"),
        pl.col("page").drop_nulls().first().alias("entry_page"),
        pl.col("page").drop_nulls().last().alias("exit_page"),
        _path().alias("path"),
        (pl.col("activity") == "started_checkout").sum().cast(pl.Int32).alias("checkout_starts"),
        pl.col("_reason").filter(pl.col("activity") == "abandoned_checkout").drop_nulls().last().alias("reason"),
        pl.col("activity").is_in(["searched_help", "read_article"]).any().alias("asked_help"),
        pl.col("activity").is_in(SITE_KINDS).any().alias("on_site"),
    )
    # An order without anything on the site before it (by telephone, in the shop) is no session, but may be what came next.
    visits = found.filter("on_site")
    orders = found.filter(pl.col("deepest") == ORDERED).select("visitor", pl.col("started_at").alias("ordered_at"))
    after = visits.sort("ended_at").join_asof(
        orders.sort("ordered_at"),
        left_on="ended_at",
        right_on="ordered_at",
        by="visitor",
        strategy="forward",
        allow_exact_matches=False,
        check_sortedness=False,
    )
    told = after.sort("visitor", "started_at").with_columns(
        ((pl.col("ended_at") - pl.col("started_at")).dt.total_seconds() / 60).alias("minutes"),
        _days(pl.col("ordered_at")).alias("next_order_days"),
        _days(pl.col("started_at").shift(-1).over("visitor")).alias("next_visit_days"),
    )
    kept = told.filter(pl.col("started_at") > since)
    return kept.select(SESSIONS.names).to_arrow().cast(SESSIONS)


def _step() -> pl.Expr:
    kind, page = pl.col("activity"), pl.col("_page").str.to_lowercase()
    return (
        pl.when(kind == "placed_order")
        .then(ORDERED)
        .when(kind.is_in(["started_checkout", "abandoned_checkout"]) | page.str.contains(CHECKOUT_PAGE).fill_null(False))
        .then(CHECKOUT)
        .when((kind == "viewed_product") | page.str.contains(PRODUCT_PAGE).fill_null(False))
        .then(VIEWED)
        .otherwise(LOOKED)
        .cast(pl.Int8)
    )


def _page() -> pl.Expr:
    """Return the page of an activity without what a visitor typed into its address, which may say who they are."""
    return pl.col("_page").str.replace(r"[?#].*$", "")


def _path() -> pl.Expr:
    pages = pl.col("page").drop_nulls()
    return pages.filter((pages != pages.shift(1)).fill_null(True)).head(PATH_STEPS).str.join(" → ")


def _days(later: pl.Expr) -> pl.Expr:
    return (later - pl.col("ended_at")).dt.total_seconds() / 86_400
