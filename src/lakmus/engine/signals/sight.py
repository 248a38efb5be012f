"""All signals and lamps of a bucket in one look; and the signals of one customer, for their page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from lakmus.engine.arrays import DAY_US, Floats, Ints
from lakmus.engine.bucket import KEY, Facts, of_kind
from lakmus.engine.feeds import Feeds
from lakmus.engine.signals import lamps
from lakmus.engine.signals.aggregates import Window, count, last
from lakmus.engine.signals.catalogue import BY_CODE, DISPLEASURE, NEGATIVE_REVIEWS, PERSONS, SIGNALS, Signal
from lakmus.engine.signals.deeds import trails_of_facts
from lakmus.engine.signals.readings import Reading, not_measured, read_all
from lakmus.engine.signals.rhythm import CompanyRhythm, Purchases, completed_gaps, personal_rhythm, purchase_days
from lakmus.engine.signals.trails import Trails
from lakmus.engine.text.voice import voiced
from lakmus.history.company import Company

NO_SEASON: Mapping[str, float] = {}
_YEAR = Window(0, 365)
_TOTALS = {"complaints": count(DISPLEASURE, _YEAR), "reviews": count(NEGATIVE_REVIEWS, _YEAR), "contact": last(PERSONS)}


@dataclass(frozen=True)
class Sight:
    """What is seen of the n customers of a bucket: every signal's reading by its code, when lamps went out (`lamps.lamps_out` of
    one date), and a few figures beside them.

    `trails`: what signals and lamps count. `orders`: the known customers' orders with `owner`. `last_contact_us` (n): -1 for none.
    """

    trails: Trails
    readings: dict[str, Reading]
    lamps_out: dict[str, Ints]
    orders: pl.DataFrame
    complaints_year: Ints
    negative_reviews_year: Ints
    last_contact_us: Ints


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
    feeds: Feeds | None = None,
    season: Mapping[str, float] = NO_SEASON,
    as_of: datetime,
) -> Sight:
    """Return all signals and lamps of a bucket's known customers, in the order of `facts.customers`.

    Parameters
    ----------
    facts, orders, displeasure, bought : `facts_until`, `order_table`, `voiced`, `bucket_purchases` of one bucket.
    company_rhythm : None while it is unknown. feeds : what the company sends at all; None takes every signal as measured.
    season : `season.seasons` of the company.
    """
    now_us = round(as_of.timestamp() * 1_000_000)
    trails = trails_of_facts(facts, orders, displeasure, bought, as_of=as_of)
    n = trails.count
    nothing = np.full(n, np.nan)
    known = {"gap_p90_days": nothing, "gap_median_days": nothing}
    if company_rhythm is not None:
        rhythm = personal_rhythm(bought, completed_gaps(bought), company_rhythm)
        known = {"gap_p90_days": rhythm.p90_days, "gap_median_days": rhythm.median_days}
    outside = "lamps_dark"
    asked = [signal.asked for signal in SIGNALS if signal.code != outside and signal.measured_with(feeds)]
    known_days = _known_days(facts, n, now_us)
    readings, found = read_all(asked, trails, known=known, known_days=known_days, season=season, as_of=as_of, more=_TOTALS.values())
    out = lamps.lamps_out(trails, as_of=[as_of])
    readings[outside] = lamps.dark_reading(out).at(0)
    codes = pl.DataFrame({"customer": facts.customers}).with_row_index("owner").with_columns(pl.col("owner").cast(pl.Int64))
    totals = {name: found.whole(aggregate)[0] for name, aggregate in _TOTALS.items()}
    return Sight(
        trails,
        {signal.code: readings.get(signal.code, not_measured(n)) for signal in SIGNALS},
        out,
        orders.join(codes, on="customer", how="inner"),
        totals["complaints"],
        totals["reviews"],
        totals["contact"],
    )


def _known_days(facts: Facts, count: int, now_us: int) -> Floats:
    """Return for how many days each customer has been known by an activity with a date; shape (n,)."""
    known = np.zeros(count)
    for kind in facts.by_kind:
        if kind != "gave_details":
            rows = of_kind(facts, kind).filter(pl.col("owner").is_not_null())
            np.maximum.at(known, rows["owner"].to_numpy(), (now_us - rows["ts"].to_physical().to_numpy()) / DAY_US)
    return known


@dataclass(frozen=True, slots=True)
class SignalReading:
    """One signal of one customer: now, the previous period, the own usual, a year ago (None where nothing can be said), whether it warns.

    `measured`: False where the company sends nothing that the signal reads; then nothing is said, which is not the same as zero.
    """

    signal: Signal
    now: float | None
    previous: float | None
    usual: float | None
    change: float | None
    warns: bool
    year_ago: float | None = None
    measured: bool = True


@dataclass(frozen=True, slots=True)
class OneSight:
    """Every signal and every lamp of one customer."""

    signals: tuple[SignalReading, ...]
    lamps: tuple[lamps.Lamp, ...]


def one_sight(
    facts: Facts,
    orders: pl.DataFrame,
    *,
    company_rhythm: CompanyRhythm | None,
    company: Company,
    feeds: Feeds | None = None,
    season: Mapping[str, float] = NO_SEASON,
    as_of: datetime,
) -> OneSight:
    """Return the signals and lamps of one customer; none without a known customer.

    Parameters
    ----------
    facts : `facts_until` of the customer's activities. orders : their orders, with the columns of `tables.ORDERS`.
    """
    if facts.customers.is_empty():
        return OneSight((), ())
    orders = orders.with_columns(pl.col("customer").alias(KEY))
    bought = bucket_purchases(orders, facts.customers, time_zone=company.time_zone)
    sight = sight_of(facts, orders, voiced(facts), bought, company_rhythm=company_rhythm, feeds=feeds, season=season, as_of=as_of)
    shown = []
    for code, reading in sight.readings.items():
        sides = (reading.now, reading.previous, reading.usual, reading.change)
        now, previous, usual, change = (_figure(side) for side in sides)
        year_ago = _figure(reading.year_ago)
        shown.append(SignalReading(BY_CODE[code], now, previous, usual, change, bool(reading.warns[0]), year_ago, reading.measured))
    return OneSight(tuple(shown), lamps.lamps(sight.trails, sight.lamps_out, as_of=as_of))


def _figure(readings: Floats) -> float | None:
    first = float(readings[0])
    return first if np.isfinite(first) else None
