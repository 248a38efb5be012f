"""Putting together what the signals look at; and the signals of one customer, for their page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl
import pyarrow as pa

from lakmus.engine.bucket import KEY, Facts, facts_until
from lakmus.engine.orders import order_table
from lakmus.engine.signals.catalogue import SIGNALS, Sight, Signal
from lakmus.engine.signals.rhythm import DAY_US, CompanyRhythm, Floats, Purchases, completed_gaps, personal_rhythm, purchase_days
from lakmus.engine.signals.windows import Rows, Windows
from lakmus.engine.text.voice import voiced
from lakmus.history.company import Company


def bucket_purchases(orders: pl.DataFrame, customers: pl.Series, *, time_zone: str) -> Purchases:
    """Return the purchases behind an order table, for the given customers (sorted, unique)."""
    day = pl.col("ts").dt.convert_time_zone(time_zone).dt.date().cast(pl.Int32).alias("day")
    return purchase_days(orders.filter(~pl.col("cancelled") & pl.col("customer").is_not_null()).select("customer", "ts", day), customers)


def sight_of(
    facts: Facts,
    orders: pl.DataFrame,
    displeasure: pl.DataFrame,
    bought: Purchases,
    *,
    company_rhythm: CompanyRhythm | None,
    as_of: datetime,
) -> Sight:
    """Return what the signals of a bucket look at.

    Parameters
    ----------
    facts, orders, displeasure, bought : `facts_until`, `order_table`, `voiced`, `bucket_purchases` of one bucket.
    """
    codes = pl.DataFrame({"customer": facts.customers}).with_row_index("owner").with_columns(pl.col("owner").cast(pl.Int64))
    age = ((pl.lit(as_of) - pl.col("ts")).dt.total_microseconds() / DAY_US).alias("age_days")
    own_orders = orders.join(codes, on="customer", how="inner").with_columns(age)
    spoken = displeasure.filter(pl.col("activity") != "left_review")
    said = spoken.join(codes, left_on=KEY, right_on="customer", how="inner").with_columns(age)
    now_us = round(as_of.timestamp() * 1_000_000)
    return Sight(
        Windows.of(facts, as_of=as_of),
        own_orders,
        Rows(bought.owner, (now_us - bought.last_us) / DAY_US, np.ones(bought.owner.size)),
        Rows(said["owner"].to_numpy(), said["age_days"].to_numpy(), np.ones(said.height)),
        None if company_rhythm is None else personal_rhythm(bought, completed_gaps(bought), company_rhythm),
        as_of,
    )


@dataclass(frozen=True, slots=True)
class SignalReading:
    """One signal of one customer: now, the previous period, the own usual (None where nothing can be said), and whether it warns."""

    signal: Signal
    now: float | None
    previous: float | None
    usual: float | None
    change: float | None
    warns: bool


def signals_of(table: pa.Table, *, company_rhythm: CompanyRhythm | None, company: Company, as_of: datetime) -> tuple[SignalReading, ...]:
    """Return the signals of one customer from the table of their activities; empty without a known customer."""
    facts = facts_until(table, as_of=as_of)
    if facts.customers.is_empty():
        return ()
    orders = order_table(facts, currency=company.currency)
    bought = bucket_purchases(orders, facts.customers, time_zone=company.time_zone)
    sight = sight_of(facts, orders, voiced(facts), bought, company_rhythm=company_rhythm, as_of=as_of)
    shown = []
    for signal in SIGNALS:
        reading = signal.read(sight)
        now, previous, usual, change = (_figure(part) for part in (reading.now, reading.previous, reading.usual, reading.change))
        shown.append(SignalReading(signal, now, previous, usual, change, bool(reading.warns[0])))
    return tuple(shown)


def _figure(readings: Floats) -> float | None:
    first = float(readings[0])
    return first if np.isfinite(first) else None
