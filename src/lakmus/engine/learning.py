"""What is learned from all customers before any one is looked at: two reductions over buckets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pyarrow as pa

from lakmus.engine.arrays import Floats, Ints
from lakmus.engine.backtest import Backtest
from lakmus.engine.beginning import NO_ORDERS, Beginning, beginning_of, orders_by_month
from lakmus.engine.bucket import ORDER_COLUMNS, Facts, facts_until, of_kind
from lakmus.engine.feeds import Feeds, feeds_of, together
from lakmus.engine.money.going_on import AS_SAID, AfterPurchases, GoingOn, after_purchases, going_on
from lakmus.engine.money.purchase_rate import RatePrior, fit_rates, histories
from lakmus.engine.orders import PURCHASE_KINDS, order_moments, order_table, purchases
from lakmus.engine.risk.backtest import NEEDED_CUTS, JudgedRows, drift_of, judge
from lakmus.engine.risk.blend import RiskModel
from lakmus.engine.risk.contracts import CONTRACT_HORIZON_DAYS, CONTRACT_KINDS
from lakmus.engine.risk.definition import BY_DATA, define_loss
from lakmus.engine.risk.features import Usual
from lakmus.engine.risk.groups import REGULAR, LivesJudged, judge_lives
from lakmus.engine.risk.judged import JudgedCut
from lakmus.engine.risk.known_orders import known_orders
from lakmus.engine.risk.lives import PAST_COLUMNS, PastPicture, Reading, happenings_of, histories_at, lives_of, picture_of, sorts_of
from lakmus.engine.risk.past_blend import blends_over
from lakmus.engine.risk.probability import MODEL, RiskTable, in_doubt, learn_risk
from lakmus.engine.risk.snapshots import Snapshot, cells_at, cut_moments, moments_year_ago, picture_moments, snapshot, summed
from lakmus.engine.risk.survival import LifeCounts, LifeRisk, axis_of_contracts, axis_of_purchases, no_counts
from lakmus.engine.risk.waiting import LifeReading, life_counts, waiting_of
from lakmus.engine.signals.rhythm import (
    CompanyRhythm,
    Purchases,
    company_rhythm,
    completed_gaps,
    gap_histogram,
    personal_rhythm,
    purchase_days,
)
from lakmus.engine.signals.season import season_sums
from lakmus.engine.verdict import Definition
from lakmus.history.company import Company, LossTerms

RHYTHM_COLUMNS = (*ORDER_COLUMNS, "_author", "_amount")
LEARNING_COLUMNS = (*ORDER_COLUMNS, *PAST_COLUMNS)
SAMPLED_CUSTOMERS = 12_000
"""The model learns from so many regulars at most, drawn by lot: more would not change it, and memory stays bounded."""
LOTS = 4096


@dataclass(frozen=True)
class RhythmPart:
    """One bucket's share in the company's rhythm and feeds."""

    histogram: tuple[Floats, int, int]
    feeds: Feeds
    season: Floats
    amounts: tuple[float, int]
    months: Ints


@dataclass(frozen=True)
class PastPart:
    """One bucket's share in the rates (x and T of living regulars, (2, m)), in each past cut, in each picture, (3, m) x, t_x, T of the
    customers drawn as of now, in the counts of those who wait, one for each axis of the reading, in the pictures of a year before; what
    followed purchases. All but the past cuts of customers drawn by lot."""

    rates: Floats
    snapshots: tuple[Snapshot, ...]
    pictures: tuple[PastPicture, ...]
    histories: Floats
    lives: tuple[LifeCounts, ...] = ()
    year_ago: tuple[PastPicture, ...] = ()
    after: AfterPurchases | None = None


@dataclass(frozen=True)
class Learned:
    """What all customers taught: enough, with one customer's activities, to say everything about that customer.

    `rhythm`, `risk`: None while the company's rhythm or past is too short. `model`: the blend, where it is what is used; `reading`: how its
    features are read. `lives`: what is said of those who wait, by axis; `life_reading`: how they are read. `season`: see
    `signals.season.seasons`. `begins`: when orders begin. `judged`: what was said at the judged cuts of the past (`risk.judged_rows`).
    `goes_on`: what part of a year's purchases comes after a purchase.
    """

    definition: Definition
    feeds: Feeds
    rhythm: CompanyRhythm | None
    rates: RatePrior
    risk: RiskTable | None
    backtest: Backtest
    season: Mapping[str, float] = field(default_factory=dict)
    model: RiskModel | None = None
    reading: Reading | None = None
    lives: tuple[LifeRisk, ...] = ()
    life_reading: LifeReading | None = None
    begins: Beginning = NO_ORDERS
    judged: tuple[JudgedCut, ...] = ()
    goes_on: GoingOn = AS_SAID


def read_rhythm(table: pa.Table, bucket: int, *, as_of: datetime, time_zone: str) -> RhythmPart:
    """Return one bucket's gaps and feeds; `table` holds `RHYTHM_COLUMNS`."""
    facts = facts_until(table, as_of=as_of)
    bought = _purchases(facts, time_zone=time_zone)
    histogram = gap_histogram(completed_gaps(bought), bought.count)
    return RhythmPart(histogram, feeds_of(facts), season_sums(facts, as_of=as_of), _amounts(facts), orders_by_month(facts))


def _amounts(facts: Facts) -> tuple[float, int]:
    """Return sum of logarithms and number of the amounts of orders, or of lines where no order has an amount."""
    for kind in ("placed_order", "ordered_item"):
        paid = of_kind(facts, kind)["_amount"].drop_nulls()
        paid = paid.filter(paid > 0)
        if paid.len():
            return float(np.log(paid.to_numpy()).sum()), paid.len()
    return 0.0, 0


def reading_of(parts: Sequence[RhythmPart], learned: Learned, *, as_of: datetime) -> Reading | None:
    """Return how the past is to be read; None while the rhythm is unknown."""
    definition, feeds, rhythm = learned.definition, learned.feeds, learned.rhythm
    if definition.horizon_days is None or rhythm is None:
        return None
    first_order_at = learned.begins.at
    span = {"as_of": as_of, "horizon_days": definition.horizon_days, "first_order_at": first_order_at}
    logs, count = (sum(part.amounts[place] for part in parts) for place in (0, 1))
    amount = float(np.exp(round(logs / count, 6))) if count else 1.0
    cuts = tuple(cut_moments(**span))  # type: ignore[arg-type]
    year_ago = moments_year_ago([as_of, *cuts], horizon_days=definition.horizon_days, first_order_at=first_order_at)
    return Reading(
        rhythm,
        definition.horizon_days,
        cuts,
        tuple(picture_moments(**span)),  # type: ignore[arg-type]
        sorts_of(feeds),
        Usual(float(rhythm.median_days), amount),
        min(1.0, SAMPLED_CUSTOMERS / max(rhythm.customers_count, 1)),
        tuple(year_ago),
    )


def life_reading_of(parts: Sequence[RhythmPart], learned: Learned, reading: Reading | None, *, as_of: datetime) -> LifeReading | None:
    """Return how those are to be read who wait for a second purchase, or for the end of a contract; None where neither can be."""
    definition, feeds = learned.definition, learned.feeds
    began_at = feeds.of(*CONTRACT_KINDS).first_at
    if definition.horizon_days is None and began_at is None:
        return None
    horizon_days = definition.horizon_days or CONTRACT_HORIZON_DAYS
    axes = [axis_of_purchases(horizon_days)] if reading is not None else []
    if began_at is not None:
        axes.append(axis_of_contracts(horizon_days))
    ordered_at = learned.begins.at
    first_at = min(at for at in (began_at, ordered_at if reading is not None else None) if at is not None)
    cuts = cut_moments(as_of=as_of, horizon_days=horizon_days, first_order_at=first_at)
    logs, count = (sum(part.amounts[place] for part in parts) for place in (0, 1))
    first_us = round(first_at.timestamp() * 1_000_000)
    horizons = tuple((moment - first_at) / timedelta(days=horizon_days) for moment in (as_of, *cuts))
    share = 1.0 if reading is None else reading.share
    usual = float(np.exp(round(logs / count, 6))) if count else 1.0
    return LifeReading(tuple(axes), horizon_days, tuple(cuts), sorts_of(feeds), usual, first_us, share, horizons)


def read_lives(table: pa.Table, bucket: int, *, lives: LifeReading, company: Company, as_of: datetime) -> tuple[LifeCounts, ...]:
    """Return one bucket's counts of those who wait, one for each axis; `table` holds `LEARNING_COLUMNS`."""
    facts = facts_until(_drawn(table, lives.share), as_of=as_of)
    orders = order_table(facts, currency=company.currency)
    known = known_orders(orders, facts.customers, time_zone=company.time_zone)
    waiting = waiting_of(facts, known, happenings_of(facts, orders, facts.customers, lives.sorts), lives)
    return tuple(life_counts(waiting, axis, lives, as_of=as_of) for axis in lives.axes)


def read_past(
    table: pa.Table, bucket: int, *, reading: Reading, company: Company, as_of: datetime, lives: LifeReading | None = None
) -> PastPart:
    """Return one bucket's purchase rates, past snapshots and pictures, and who waits; `table` holds `LEARNING_COLUMNS`."""
    rhythm, horizon_days = reading.rhythm, reading.horizon_days
    now_us = round(as_of.timestamp() * 1_000_000)
    moments = order_moments(facts_until(table.select(ORDER_COLUMNS), as_of=as_of, kinds=PURCHASE_KINDS), time_zone=company.time_zone)
    known = known_orders(moments, moments["customer"].unique().sort(), time_zone=company.time_zone)
    bought, _ = known.at(now_us)
    snapshots = tuple(
        snapshot(known.at(round(cut.timestamp() * 1_000_000))[0], bought, rhythm, cut=cut, horizon_days=horizon_days)
        for cut in reading.cuts
    )
    facts = facts_until(_drawn(table, reading.share), as_of=as_of)
    orders = order_table(facts, currency=company.currency)
    known = known_orders(orders, facts.customers, time_zone=company.time_zone)
    bought, _ = known.at(now_us)
    gaps = completed_gaps(bought)
    now = cells_at(bought, gaps, rhythm, moment=as_of, horizon_days=horizon_days)
    rates = histories(personal_rhythm(bought, gaps, rhythm), now.present, now_us=now_us)
    read = lives_of(facts, orders, known, sorts=reading.sorts, moment_us=now_us)
    pictures, year_ago = (
        tuple(picture_of(read, known, bought, reading, cut=cut) for cut in moments) for moments in (reading.moments, reading.year_ago)
    )
    lived, present = histories_at(bought, moment_us=now_us)
    counted: tuple[LifeCounts, ...] = ()
    if lives is not None:
        waiting = waiting_of(facts, known, read.others, lives)
        counted = tuple(life_counts(waiting, axis, lives, as_of=as_of) for axis in lives.axes)
    return PastPart(rates, snapshots, pictures, lived[:, present], counted, year_ago, after_purchases(bought, now_us=now_us))


def _drawn(table: pa.Table, share: float) -> pa.Table:
    """Return the activities of customers drawn by lot; a customer is drawn, or not, by name."""
    if share >= 1:
        return table
    lot = pl.DataFrame(pl.from_arrow(table.select(["customer"])))["customer"].cast(pl.String).hash(seed=1) % LOTS
    return table.filter((lot < max(1, round(share * LOTS))).fill_null(False).to_arrow())


def _purchases(facts: Facts, *, time_zone: str) -> Purchases:
    orders = purchases(facts, time_zone=time_zone)
    return purchase_days(orders, orders["customer"].unique().sort())


def rhythm_learned(parts: Sequence[RhythmPart], *, as_of: datetime, loss: LossTerms = BY_DATA) -> Learned:
    """Return the definition of loss, the feeds and the rhythm from every bucket's part, and nothing else yet; `loss`: see `Company`."""
    feeds = together(part.feeds for part in parts)
    rhythm = company_rhythm(part.histogram for part in parts)
    begins = beginning_of((part.months for part in parts), feeds.of("placed_order", "ordered_item").first_at)
    definition = define_loss(rhythm, feeds=feeds, begins_at=begins.at, as_of=as_of, terms=loss)
    nothing = judge((), (), (), horizon_days=None)
    return Learned(definition, feeds, rhythm, fit_rates(np.zeros((2, 0)), fallback_days=90.0), None, nothing, begins=begins)


def past_learned(
    parts: Sequence[PastPart],
    learned: Learned,
    reading: Reading | None,
    lives: LifeReading | None,
    counted: Sequence[tuple[LifeCounts, ...]],
    *,
    as_of: datetime,
) -> Learned:
    """Return everything learned from every bucket's part.

    Parameters
    ----------
    learned : what the rhythm taught. counted : every bucket's counts of those who wait.
    """
    definition, rhythm = learned.definition, learned.rhythm
    cuts = () if reading is None else reading.cuts
    snapshots = [summed(part.snapshots[place] for part in parts) for place in range(len(cuts))]
    model: RiskModel | None = None
    rows: list[JudgedRows | None] = [None] * len(cuts)
    if reading is not None and len(cuts) >= NEEDED_CUTS:
        pictures = [[part.pictures[place] for part in parts] for place in range(len(reading.moments))]
        histories = np.concatenate([part.histories for part in parts], axis=1) if parts else np.zeros((3, 0))
        year_ago = [[part.year_ago[place] for part in parts] for place in range(len(reading.year_ago))]
        model, rows = blends_over(pictures, histories, reading, year_ago=year_ago, as_of=as_of)
    judged = judge(cuts, snapshots, rows, horizon_days=definition.horizon_days)
    seen = summed(snapshots)
    risk = in_doubt(learn_risk(seen, judged.used), drift_of(snapshots, judged.used)) if seen.cells.sum() > 0 else None
    seen_rates = np.concatenate([np.zeros((2, 0)), *(part.rates for part in parts)], axis=1)
    rates = fit_rates(seen_rates, fallback_days=90.0 if rhythm is None else float(rhythm.median_days))
    waits = _waits_judged(lives, counted)
    groups = tuple(group for one in waits for group in one.groups)
    return replace(
        learned,
        rhythm=rhythm if definition.horizon_days is not None else None,
        rates=rates,
        risk=risk,
        backtest=replace(judged, groups=groups),
        model=model if judged.blended and judged.used == MODEL else None,
        reading=reading,
        lives=tuple(one.risk for one in waits if one.risk is not None),
        life_reading=lives,
        goes_on=going_on((part.after for part in parts if part.after is not None), rates),
        judged=(*_said_then(judged, cuts, snapshots, rows), *(cut for one in waits for cut in one.past)),
    )


def _said_then(
    judged: Backtest, cuts: Sequence[datetime], snapshots: Sequence[Snapshot], rows: Sequence[JudgedRows | None]
) -> list[JudgedCut]:
    """Return what said something of regulars at each judged cut."""
    said = []
    for cut in judged.cuts:
        place = cuts.index(cut.as_of)
        row = rows[place] if judged.blended else None
        blend = None if row is None else row.blend
        said.append(JudgedCut(cut.as_of, REGULAR, learn_risk(summed(snapshots[place + 1 :])), blend))
    return said


def _waits_judged(lives: LifeReading | None, counted: Sequence[tuple[LifeCounts, ...]]) -> list[LivesJudged]:
    if lives is None or not counted:
        return []
    sums = [sum((part[place] for part in counted), no_counts(axis)) for place, axis in enumerate(lives.axes)]
    return [judge_lives(whole, axis, lives.cuts, lives.horizons) for whole, axis in zip(sums, lives.axes, strict=True)]
