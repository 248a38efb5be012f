"""What is learned from all customers before any one is looked at: two reductions over buckets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa

from lakmus.engine.bucket import ORDER_COLUMNS, Facts, facts_until
from lakmus.engine.feeds import Feeds, feeds_of, together
from lakmus.engine.money.purchase_rate import RatePrior, RateSums, fit_rates, rate_sums
from lakmus.engine.orders import PURCHASE_KINDS, purchases
from lakmus.engine.risk.backtest import backtest
from lakmus.engine.risk.definition import define_loss
from lakmus.engine.risk.probability import RiskTable, learn_risk
from lakmus.engine.risk.snapshots import Snapshot, cells_at, cut_moments, snapshot, summed
from lakmus.engine.signals.rhythm import (
    CompanyRhythm,
    Floats,
    Purchases,
    company_rhythm,
    completed_gaps,
    gap_histogram,
    personal_rhythm,
    purchase_days,
)
from lakmus.engine.signals.season import season_sums
from lakmus.engine.verdict import Backtest, Definition

RHYTHM_COLUMNS = (*ORDER_COLUMNS, "_author")
LEAST_RHYTHM_CUSTOMERS = 1


@dataclass(frozen=True)
class RhythmPart:
    """One bucket's share in the company's rhythm and feeds."""

    histogram: tuple[Floats, int, int]
    feeds: Feeds
    season: Floats


@dataclass(frozen=True)
class PastPart:
    """One bucket's share in the rates and in each past cut."""

    rates: RateSums
    snapshots: tuple[Snapshot, ...]


@dataclass(frozen=True)
class Learned:
    """What all customers taught: enough, with one customer's activities, to say everything about that customer.

    `rhythm`, `risk`: None while the company's rhythm or past is too short. `season`: see `signals.season.seasons`.
    """

    definition: Definition
    feeds: Feeds
    rhythm: CompanyRhythm | None
    rates: RatePrior
    risk: RiskTable | None
    backtest: Backtest
    season: Mapping[str, float] = field(default_factory=dict)


def read_rhythm(table: pa.Table, bucket: int, *, as_of: datetime, time_zone: str) -> RhythmPart:
    """Return one bucket's gaps and feeds; `table` holds `RHYTHM_COLUMNS`."""
    facts = facts_until(table, as_of=as_of)
    bought = _purchases(facts, time_zone=time_zone)
    return RhythmPart(gap_histogram(completed_gaps(bought), bought.count), feeds_of(facts), season_sums(facts, as_of=as_of))


def read_past(
    table: pa.Table, bucket: int, *, as_of: datetime, time_zone: str, rhythm: CompanyRhythm, horizon_days: int, cuts: Sequence[datetime]
) -> PastPart:
    """Return one bucket's purchase rates and past snapshots; `table` holds `ORDER_COLUMNS`."""
    bought = _purchases(facts_until(table, as_of=as_of, kinds=PURCHASE_KINDS), time_zone=time_zone)
    gaps = completed_gaps(bought)
    now = cells_at(bought, gaps, rhythm, moment=as_of, horizon_days=horizon_days)
    rates = rate_sums(personal_rhythm(bought, gaps, rhythm), now.present, now_us=round(as_of.timestamp() * 1_000_000))
    return PastPart(rates, tuple(snapshot(bought, rhythm, cut=cut, horizon_days=horizon_days) for cut in cuts))


def _purchases(facts: Facts, *, time_zone: str) -> Purchases:
    orders = purchases(facts, time_zone=time_zone)
    return purchase_days(orders, orders["customer"].unique().sort())


def rhythm_learned(parts: Sequence[RhythmPart], *, as_of: datetime) -> tuple[Definition, Feeds, CompanyRhythm | None]:
    """Return the definition of loss, the feeds and the rhythm from every bucket's part."""
    feeds = together(part.feeds for part in parts)
    rhythm = company_rhythm(part.histogram for part in parts)
    return define_loss(rhythm, feeds=feeds, as_of=as_of), feeds, rhythm


def past_cuts(definition: Definition, feeds: Feeds, *, as_of: datetime) -> list[datetime]:
    """Return the past cuts at which the company can be looked at; empty while its rhythm is unknown."""
    if definition.horizon_days is None:
        return []
    first_order_at = feeds.of("placed_order", "ordered_item").first_at
    return cut_moments(as_of=as_of, horizon_days=definition.horizon_days, first_order_at=first_order_at)


def past_learned(
    parts: Sequence[PastPart], definition: Definition, feeds: Feeds, rhythm: CompanyRhythm | None, cuts: Sequence[datetime]
) -> Learned:
    """Return everything learned from every bucket's part."""
    snapshots = [summed(part.snapshots[place] for part in parts) for place in range(len(cuts))]
    judged = backtest(cuts, snapshots, horizon_days=definition.horizon_days)
    seen = summed(snapshots)
    risk = learn_risk(seen, judged.used) if seen.cells.sum() > 0 else None
    rates = fit_rates((part.rates for part in parts), fallback_days=90.0 if rhythm is None else float(rhythm.median_days))
    return Learned(definition, feeds, rhythm if definition.horizon_days is not None else None, rates, risk, judged)
