"""How the engine looks at one bucket of histories: only what was known by then, with a key for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl
import pyarrow as pa

KEY = "key"

ORDER_COLUMNS = ("ts", "customer", "activity", "anonymous_customer_id", "_known_at", "_order")
"""What the rhythm of purchases is read from."""

SCORE_COLUMNS = (
    "activity_id",
    *ORDER_COLUMNS,
    "_amount",
    "_currency",
    "_case",
    "_channel",
    "_staff",
    "_author",
    "_topic",
    "_text",
    "_stars",
    "_promised_at",
    "_place",
    "_name",
    "_points",
    "_contract",
)
"""What everything else about a customer is read from."""


def facts_until(table: pa.Table, *, as_of: datetime, kinds: Sequence[str] | None = None) -> pl.DataFrame:
    """Return the activities known at `as_of`, with `key` = the customer or, where unknown, the anonymous id.

    Parameters
    ----------
    table : activities, any subset of the stream's columns that has ts, activity, customer, anonymous_customer_id, _known_at.
    as_of : aware moment; what is kept is `ts <= as_of and _known_at <= as_of`.
    kinds : keep only these kinds; None keeps all.

    Returns
    -------
    pl.DataFrame : in no particular order; one row per activity.
    """
    frame = pl.DataFrame(pl.from_arrow(table)).lazy()
    known = (pl.col("ts") <= as_of) & (pl.col("_known_at") <= as_of)
    if kinds is not None:
        known = known & pl.col("activity").is_in(list(kinds))
    return frame.filter(known).with_columns(pl.coalesce("customer", "anonymous_customer_id").alias(KEY)).collect()


def of_kind(facts: pl.DataFrame, *kinds: str) -> pl.DataFrame:
    """Return the rows of these activity kinds."""
    return facts.filter(pl.col("activity").is_in(kinds))
