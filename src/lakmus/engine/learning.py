"""What is learned from all customers before any one is looked at: two reductions over buckets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import polars as pl
import pyarrow as pa

from lakmus.engine.bucket import ORDER_COLUMNS, Facts, facts_until, of_kind
from lakmus.engine.feeds import Feeds, feeds_of, together
from lakmus.engine.money.purchase_rate import RatePrior, RateSums, fit_rates, rate_sums
from lakmus.engine.orders import PURCHASE_KINDS, order_moments, order_table, purchases
from lakmus.engine.risk.backtest import NEEDED_CUTS, JudgedRows, judge
from lakmus.engine.risk.blend import Fits, Picture, RiskModel, fit_model
from lakmus.engine.risk.definition import define_loss
from lakmus.engine.risk.features import Usual
from lakmus.engine.risk.known_orders import known_orders
from lakmus.engine.risk.lives import PAST_COLUMNS, PastPicture, Reading, histories_at, histories_of, lives_of, picture_of, sorts_of
from lakmus.engine.risk.lives import together as pictures_together
from lakmus.engine.risk.probability import RiskTable, learn_risk
from lakmus.engine.risk.snapshots import PICTURES_A_HORIZON, Snapshot, cells_at, cut_moments, picture_moments, snapshot, summed
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
from lakmus.history.company import Company

RHYTHM_COLUMNS = (*ORDER_COLUMNS, "_author", "_amount")
LEARNING_COLUMNS = (*ORDER_COLUMNS, *PAST_COLUMNS)
SAMPLED_CUSTOMERS = 12_000
"""The model learns from so many regulars at most, drawn by lot: more would not change it, and memory stays bounded."""
LOTS = 4096
LEAST_RHYTHM_CUSTOMERS = 1


@dataclass(frozen=True)
class RhythmPart:
    """One bucket's share in the company's rhythm and feeds."""

    histogram: tuple[Floats, int, int]
    feeds: Feeds
    season: Floats
    amounts: tuple[float, int]


@dataclass(frozen=True)
class PastPart:
    """One bucket's share in the rates, in each past cut, in each picture, and (3, m) x, t_x, T of the customers drawn as of now."""

    rates: RateSums
    snapshots: tuple[Snapshot, ...]
    pictures: tuple[PastPicture, ...]
    histories: Floats


@dataclass(frozen=True)
class Learned:
    """What all customers taught: enough, with one customer's activities, to say everything about that customer.

    `rhythm`, `risk`: None while the company's rhythm or past is too short. `model`: the blend, where it is what is used; `reading`: how its
    features are read. `season`: see `signals.season.seasons`.
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


def read_rhythm(table: pa.Table, bucket: int, *, as_of: datetime, time_zone: str) -> RhythmPart:
    """Return one bucket's gaps and feeds; `table` holds `RHYTHM_COLUMNS`."""
    facts = facts_until(table, as_of=as_of)
    bought = _purchases(facts, time_zone=time_zone)
    histogram = gap_histogram(completed_gaps(bought), bought.count)
    return RhythmPart(histogram, feeds_of(facts), season_sums(facts, as_of=as_of), _amounts(facts))


def _amounts(facts: Facts) -> tuple[float, int]:
    """Return sum of logarithms and number of the amounts of orders, or of lines where no order has an amount."""
    for kind in ("placed_order", "ordered_item"):
        paid = of_kind(facts, kind)["_amount"].drop_nulls()
        paid = paid.filter(paid > 0)
        if paid.len():
            return float(np.log(paid.to_numpy()).sum()), paid.len()
    return 0.0, 0


def reading_of(
    parts: Sequence[RhythmPart], definition: Definition, feeds: Feeds, rhythm: CompanyRhythm | None, *, as_of: datetime
) -> Reading | None:
    """Return how the past is to be read; None while the rhythm is unknown."""
    if definition.horizon_days is None or rhythm is None:
        return None
    first_order_at = feeds.of("placed_order", "ordered_item").first_at
    span = {"as_of": as_of, "horizon_days": definition.horizon_days, "first_order_at": first_order_at}
    logs, count = (sum(part.amounts[place] for part in parts) for place in (0, 1))
    amount = float(np.exp(round(logs / count, 6))) if count else 1.0
    return Reading(
        rhythm,
        definition.horizon_days,
        tuple(cut_moments(**span)),  # type: ignore[arg-type]
        tuple(picture_moments(**span)),  # type: ignore[arg-type]
        sorts_of(feeds),
        Usual(float(rhythm.median_days), amount),
        min(1.0, SAMPLED_CUSTOMERS / max(rhythm.customers_count, 1)),
    )


def read_past(table: pa.Table, bucket: int, *, reading: Reading, company: Company, as_of: datetime) -> PastPart:
    """Return one bucket's purchase rates, past snapshots and pictures; `table` holds `LEARNING_COLUMNS`."""
    rhythm, horizon_days = reading.rhythm, reading.horizon_days
    now_us = round(as_of.timestamp() * 1_000_000)
    moments = order_moments(facts_until(table.select(ORDER_COLUMNS), as_of=as_of, kinds=PURCHASE_KINDS), time_zone=company.time_zone)
    known = known_orders(moments, moments["customer"].unique().sort(), time_zone=company.time_zone)
    bought, _ = known.at(now_us)
    gaps = completed_gaps(bought)
    now = cells_at(bought, gaps, rhythm, moment=as_of, horizon_days=horizon_days)
    rates = rate_sums(personal_rhythm(bought, gaps, rhythm), now.present, now_us=now_us)
    snapshots = tuple(
        snapshot(known.at(round(cut.timestamp() * 1_000_000))[0], bought, rhythm, cut=cut, horizon_days=horizon_days)
        for cut in reading.cuts
    )
    if not reading.moments:
        return PastPart(rates, snapshots, (), np.zeros((3, 0)))
    facts = facts_until(_drawn(table, reading.share), as_of=as_of)
    orders = order_table(facts, currency=company.currency)
    known = known_orders(orders, facts.customers, time_zone=company.time_zone)
    bought, _ = known.at(now_us)
    lives = lives_of(facts, orders, known, sorts=reading.sorts, time_zone=company.time_zone, moment_us=now_us)
    pictures = tuple(picture_of(lives, known, bought, reading, cut=cut) for cut in reading.moments)
    histories, present = histories_at(bought, moment_us=now_us)
    return PastPart(rates, snapshots, pictures, histories[:, present])


def _drawn(table: pa.Table, share: float) -> pa.Table:
    """Return the activities of customers drawn by lot; a customer is drawn, or not, by name."""
    if share >= 1:
        return table
    lot = pl.DataFrame(pl.from_arrow(table.select(["customer"])))["customer"].cast(pl.String).hash(seed=1) % LOTS
    return table.filter((lot < max(1, round(share * LOTS))).fill_null(False).to_arrow())


def _purchases(facts: Facts, *, time_zone: str) -> Purchases:
    orders = purchases(facts, time_zone=time_zone)
    return purchase_days(orders, orders["customer"].unique().sort())


def rhythm_learned(parts: Sequence[RhythmPart], *, as_of: datetime) -> tuple[Definition, Feeds, CompanyRhythm | None]:
    """Return the definition of loss, the feeds and the rhythm from every bucket's part."""
    feeds = together(part.feeds for part in parts)
    rhythm = company_rhythm(part.histogram for part in parts)
    return define_loss(rhythm, feeds=feeds, as_of=as_of), feeds, rhythm


def past_learned(
    parts: Sequence[PastPart],
    definition: Definition,
    feeds: Feeds,
    rhythm: CompanyRhythm | None,
    reading: Reading | None,
    *,
    as_of: datetime,
) -> Learned:
    """Return everything learned from every bucket's part."""
    cuts = () if reading is None else reading.cuts
    snapshots = [summed(part.snapshots[place] for part in parts) for place in range(len(cuts))]
    model, rows = (None, [None] * len(cuts)) if reading is None or len(cuts) < NEEDED_CUTS else _blended(parts, reading, as_of=as_of)
    judged, blended = judge(cuts, snapshots, rows, horizon_days=definition.horizon_days)
    seen = summed(snapshots)
    risk = learn_risk(seen, judged.used) if seen.cells.sum() > 0 else None
    rates = fit_rates((part.rates for part in parts), fallback_days=90.0 if rhythm is None else float(rhythm.median_days))
    known = rhythm if definition.horizon_days is not None else None
    return Learned(definition, feeds, known, rates, risk, judged, model=model if blended else None, reading=reading)


def _blended(parts: Sequence[PastPart], reading: Reading, *, as_of: datetime) -> tuple[RiskModel | None, list[JudgedRows | None]]:
    """Return the blend learned as of now, and what blends learned before each cut said at it (None where none could be learned)."""
    horizon, pictures = float(reading.horizon_days), []
    for place, moment in enumerate(reading.moments):
        pictures.append(pictures_together([part.pictures[place] for part in parts], days_ago=(as_of - moment).total_seconds() / 86_400))
    fits: Fits = {}
    rows: list[JudgedRows | None] = []
    for place in range(len(reading.cuts)):
        at = PICTURES_A_HORIZON * place
        silent = [part.pictures[at].silent_days for part in parts] if at < len(pictures) else []
        rows.append(_judged_rows(pictures[at:], np.concatenate(silent), horizon, fits) if silent else None)
    now = np.concatenate([part.histories for part in parts], axis=1) if parts else np.zeros((3, 0))
    return fit_model(pictures, now, horizon_days=horizon, fits=fits) if pictures else None, rows


def _judged_rows(pictures: Sequence[Picture], silent_days: Floats, horizon: float, fits: Fits) -> JudgedRows | None:
    """Return what a blend says of the first picture's customers that learned only from pictures whose horizon had ended by then."""
    at = pictures[0]
    before = [one for one in pictures if one.days_ago >= at.days_ago + horizon]
    model = fit_model(before, at.everybody, horizon_days=horizon, fits=fits) if before else None
    if model is None:
        return None
    said = model.of(at.features, histories_of(at.everybody[:, at.eligible]))
    return JudgedRows(said.probability, at.lost, silent_days, model.mean)
