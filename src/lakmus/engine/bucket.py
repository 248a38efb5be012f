"""How the engine looks at one bucket of histories: only what was known by then, with a key for everybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    "_minutes",
    "_score",
    "_survey",
    "_contract",
    "_product",
    "_template",
    "_reason",
)
"""What everything else about a customer is read from."""


@dataclass(frozen=True)
class Facts:
    """Activities known at a moment, parted by kind so that each question touches only its own rows.

    `by_kind`: rows of each kind, with `key` (the customer or, where unknown, the anonymous id) and `owner` (index into `customers`, null
    where unknown). `customers`: the known ones, ascending. `nothing`: no rows, in the same columns.
    """

    by_kind: Mapping[str, pl.DataFrame]
    customers: pl.Series
    nothing: pl.DataFrame

    def all_of(self, *columns: str) -> pl.DataFrame:
        """Return these columns of every row."""
        return pl.concat([self.nothing.select(columns), *(rows.select(columns) for rows in self.by_kind.values())])


def facts_until(table: pa.Table, *, as_of: datetime, kinds: Sequence[str] | None = None) -> Facts:
    """Return the activities known at `as_of`: those with `ts <= as_of and _known_at <= as_of`.

    Parameters
    ----------
    table : activities, any subset of the stream's columns that has ts, activity, customer, anonymous_customer_id, _known_at; in any order.
    as_of : aware moment. kinds : keep only these kinds; None keeps all.
    """
    frame = pl.DataFrame(pl.from_arrow(table)).lazy()
    known = (pl.col("ts") <= as_of) & (pl.col("_known_at") <= as_of)
    if kinds is not None:
        known = known & pl.col("activity").is_in(list(kinds))
    seen = frame.filter(known).with_columns(pl.coalesce("customer", "anonymous_customer_id").alias(KEY)).collect()
    customers = seen["customer"].drop_nulls().unique().sort()
    codes = pl.DataFrame({"customer": customers}).with_row_index("owner").with_columns(pl.col("owner").cast(pl.Int64))
    seen = seen.join(codes, on="customer", how="left")
    by_kind = {str(kind): rows for (kind,), rows in seen.partition_by("activity", as_dict=True, maintain_order=True).items()}
    return Facts(by_kind, customers, seen.clear())


def of_kind(facts: Facts, *kinds: str) -> pl.DataFrame:
    """Return the rows of these activity kinds."""
    found = [facts.by_kind[kind] for kind in kinds if kind in facts.by_kind]
    return pl.concat(found) if found else facts.nothing
