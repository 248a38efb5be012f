"""Segments of customers whose horizon of loss may differ: by place, or by the channel of the first order."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from lakmus.engine.arrays import Ints
from lakmus.engine.bucket import KEY, Facts, of_kind

SEGMENT_COLUMNS = ("_place", "_channel")
"""What segments are read from."""


def places_of(facts: Facts) -> pl.DataFrame:
    """Return (customer, place): what a customer's details said last, else the last order with a place."""
    told = of_kind(facts, "gave_details").filter(pl.col("_place").is_not_null()).sort("_known_at", "ts", "activity_id")
    bought = of_kind(facts, "placed_order").filter(pl.col("_place").is_not_null()).sort("ts", "activity_id")
    parts = [rows.group_by("customer").agg(pl.col("_place").last().alias("place")) for rows in (told, bought)]
    return pl.concat(parts).filter(pl.col("customer").is_not_null()).unique("customer", keep="first", maintain_order=True)


def channels_of(facts: Facts) -> pl.DataFrame:
    """Return (customer, channel): that of the first order which names one."""
    bought = of_kind(facts, "placed_order").filter(pl.col("_channel").is_not_null() & pl.col("customer").is_not_null())
    return bought.sort("ts", KEY, "_order").group_by("customer").agg(pl.col("_channel").first().alias("channel"))


def horizons_of(facts: Facts, *, horizon_days: int, by: str, horizons: Mapping[str, int]) -> int | Ints:
    """Return the horizon of each customer, (n,) in days, or the one of all where no segment has its own."""
    if not horizons or by not in ("place", "channel"):
        return horizon_days
    segments = places_of(facts) if by == "place" else channels_of(facts)
    named = facts.customers.to_frame("customer").join(segments, on="customer", how="left", maintain_order="left")[by]
    days = [horizons.get(segment, horizon_days) if segment is not None else horizon_days for segment in named.to_list()]
    return np.asarray(days, dtype=np.int64)
