"""One row per known customer: rhythm, signals, state, risk and money put side by side."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl

from lakmus.engine.arrays import DAY_US, Flags, Floats, Ints
from lakmus.engine.bucket import KEY, Facts, of_kind
from lakmus.engine.learning import Learned
from lakmus.engine.money.purchase_rate import yearly_purchases
from lakmus.engine.money.worth import contract_margin, yearly_margin
from lakmus.engine.risk.contracts import contract_ends
from lakmus.engine.risk.definition import WINDOW_DAYS
from lakmus.engine.risk.groups import CONTRACT, NEW, ONE_TIME, REGULAR
from lakmus.engine.risk.known_orders import known_orders
from lakmus.engine.risk.lives import lives_of
from lakmus.engine.risk.saying import GAP, Told, nothing_told, one_told, told_by_lives, told_by_model, told_by_table
from lakmus.engine.risk.segments import horizons_of, places_of
from lakmus.engine.risk.snapshots import cells_at
from lakmus.engine.risk.standing import standing
from lakmus.engine.risk.states import LOST, WARM, loss_shapes
from lakmus.engine.risk.waiting import standing_now, waiting_of
from lakmus.engine.signals import lamps
from lakmus.engine.signals.readings import Reading
from lakmus.engine.signals.rhythm import Purchases, completed_gaps, personal_rhythm
from lakmus.engine.signals.sight import Sight, bucket_purchases, sight_of
from lakmus.engine.text.voice import hears
from lakmus.history.company import Company

_MOMENT = pl.Datetime("us", "UTC")
SILENT_DAYS = 365
RECENT_ERROR_DAYS = 180


def customer_table(
    facts: Facts,
    orders: pl.DataFrame,
    errors: pl.DataFrame,
    displeasure: pl.DataFrame,
    spoken: pl.DataFrame,
    *,
    learned: Learned,
    company: Company,
    as_of: datetime,
) -> pl.DataFrame:
    """Return the customers of a bucket with the columns of `tables.CUSTOMERS` and `worth_variance`, sorted by customer.

    Parameters
    ----------
    facts, orders, errors, displeasure, spoken : `facts_until`, `order_table`, `find_errors(...).errors`, `voiced`, `spoken_up` of one
        bucket.
    """
    bought = bucket_purchases(orders, facts.customers, time_zone=company.time_zone)
    rhythm, feeds, season = learned.rhythm, learned.feeds, learned.season
    sight = sight_of(facts, orders, displeasure, bought, company_rhythm=rhythm, feeds=feeds, season=season, as_of=as_of)
    codes = pl.DataFrame({"customer": facts.customers}).with_row_index("owner").with_columns(pl.col("owner").cast(pl.Int64))
    frame = codes.with_columns(_profile(facts, codes).drop("owner"))
    frame = frame.with_columns(_totals(sight.orders, facts, codes).drop("owner"))
    frame = _with_signals(frame, sight, as_of=as_of)
    frame = frame.with_columns(_lamps_out(sight.lamps_out, len(facts.customers)))
    frame = _with_risk(frame, facts, bought, sight.lamps_out, learned=learned, as_of=as_of)
    frame = _with_groups(frame, learned)
    frame = _with_probability(frame, _told(frame, facts, orders, bought, learned=learned, company=company, as_of=as_of))
    frame = _with_money(frame, facts, bought, learned=learned, company=company, as_of=as_of)
    frame = _with_voice(frame, spoken, heard=hears(learned.feeds))
    return _with_errors(frame, errors, sight.readings, as_of=as_of)


def _us(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)


def _moments(us: Ints) -> pl.Series:
    return pl.Series(us, dtype=pl.Int64).to_frame("us").select(pl.when(pl.col("us") >= 0).then("us").cast(_MOMENT)).to_series()


def _profile(facts: Facts, codes: pl.DataFrame) -> pl.DataFrame:
    """Return name, place and known_since of each customer, in the order of `codes`."""
    told = of_kind(facts, "gave_details").sort("_known_at", "ts", "activity_id").group_by("customer")
    details = told.agg(pl.col("_name").drop_nulls().last().alias("name"))
    dated = facts.all_of("owner", "ts").filter(pl.col("owner").is_not_null() & (pl.col("ts") >= pl.datetime(1970, 1, 2, time_zone="UTC")))
    since = dated.group_by("owner").agg(pl.col("ts").min().alias("known_since"))
    joined = codes
    for more in (details, places_of(facts)):
        joined = joined.join(more, on="customer", how="left", maintain_order="left")
    joined = joined.join(since, on="owner", how="left", maintain_order="left")
    return joined.select("owner", "name", "place", "known_since")


def _totals(orders: pl.DataFrame, facts: Facts, codes: pl.DataFrame) -> pl.DataFrame:
    """Return counts and sums of orders of each customer, in the order of `codes`; cancelled orders count only in the shares."""
    kept = ~pl.col("cancelled")
    cancelled = orders.filter("cancelled").select("customer", pl.col("order_key").alias("_order"))
    returns = of_kind(facts, "returned_item").join(cancelled, on=["customer", "_order"], how="anti")
    returned = returns.group_by("customer").agg(pl.col("_amount").sum().alias("returned"))
    summed = orders.group_by("customer").agg(
        kept.sum().alias("orders_count").cast(pl.Int64),
        pl.col("ts").filter(kept).min().alias("first_order_at"),
        pl.col("ts").filter(kept).max().alias("last_order_at"),
        pl.col("amount").filter(kept).sum().alias("gross"),
        pl.col("amount").filter(kept).mean().round(2).alias("mean_order_amount"),
        pl.col("amount").filter(kept).var().alias("_amount_variance"),
        pl.col("cancelled").mean().alias("cancellations_share"),
        pl.col("returned_amount").filter(kept).is_not_null().mean().alias("returns_share"),
    )
    joined = codes.join(summed, on="customer", how="left", maintain_order="left")
    joined = joined.join(returned, on="customer", how="left", maintain_order="left")
    revenue = (pl.col("gross").fill_null(0) - pl.col("returned").fill_null(0)).round(2)
    return joined.with_columns(revenue.alias("revenue"), pl.col("orders_count").fill_null(0)).drop("customer", "gross", "returned")


def _column(values: Floats) -> pl.Series:
    return pl.Series(values, dtype=pl.Float64).fill_nan(None)


def _with_signals(frame: pl.DataFrame, sight: Sight, *, as_of: datetime) -> pl.DataFrame:
    readings = sight.readings
    return frame.with_columns(
        ((pl.lit(as_of) - pl.col("last_order_at")).dt.total_microseconds() / DAY_US).alias("days_since_last_order"),
        _column(readings["purchase_gap"].previous).alias("gap_median_days"),
        _column(readings["purchase_gap"].usual).alias("gap_p90_days"),
        pl.Series("purchase_gap_exceeded", readings["purchase_gap"].warns, dtype=pl.Boolean),
        _column(readings["purchase_frequency"].change).alias("frequency_change"),
        _column(readings["mean_order_amount"].change).alias("amount_change"),
        _column(readings["visits"].change).alias("visits_change"),
        pl.Series("complaints_count", sight.complaints_year),
        pl.Series("negative_reviews_count", sight.negative_reviews_year),
        _moments(sight.last_contact_us).alias("last_contact_at"),
    )


def _lamps_out(moments: dict[str, Ints], count: int) -> pl.Series:
    frame = pl.DataFrame({name: at[0] >= 0 for name, at in moments.items()}, schema=dict.fromkeys(moments, pl.Boolean))
    out = [pl.when(name).then(pl.lit(name)) for name in moments]
    return (
        frame.select(pl.concat_list(out).list.drop_nulls().alias("lamps_out")).to_series()
        if count
        else pl.Series("lamps_out", [], pl.List(pl.String))
    )


def _with_risk(
    frame: pl.DataFrame, facts: Facts, bought: Purchases, lamps_out: dict[str, Ints], *, learned: Learned, as_of: datetime
) -> pl.DataFrame:
    """Add state, loss, eligibility and probability; all null while the rhythm is unknown."""
    n, now = frame.height, _us(as_of)
    counts = np.bincount(bought.owner, minlength=n).astype(np.int64)
    frame = frame.with_columns(pl.Series("purchase_days_count", counts))
    definition, horizon = learned.definition, learned.definition.horizon_days
    if horizon is None or learned.rhythm is None:
        return _undefined(frame, *contract_ends(facts), by_contract=definition.basis == "contract", as_of=as_of)
    known = frame["known_since"].to_physical().fill_null(-1).to_numpy()
    second = lamps.second_lamp_us(lamps_out)
    own = horizons_of(facts, horizon_days=horizon, by=definition.horizon_by, horizons=definition.horizons)
    contracts = definition.basis != "purchases"
    stands = standing(facts, bought, learned.rhythm, second, known_since_us=known, horizon_days=own, now_us=now, contracts=contracts)
    lost_us, contract = stands.lost_us, stands.contract
    lost = lost_us >= 0
    few = (counts >= 2) & (counts < definition.least_purchases) & ~contract
    in_window = lost & ~few & (lost_us > _us(as_of - timedelta(days=WINDOW_DAYS)))
    rules = [(counts == 0) & ~contract, (counts == 1) & ~contract, few, lost & ~in_window]
    exclusion = np.select(rules, ["no_orders", "one_time", "few_purchases", "lost_before_window"], default="")
    frame = frame.with_columns(
        pl.Series("state", stands.state.tolist(), dtype=pl.String),
        _moments(stands.since_us).alias("state_since"),
        _moments(lost_us).alias("lost_at"),
        _moments(stands.due_us).alias("loss_due_at"),
        pl.Series("lost_in_window", in_window, dtype=pl.Boolean),
        pl.Series("eligible", exclusion == "", dtype=pl.Boolean),
        pl.Series("exclusion", [code or None for code in exclusion.tolist()], dtype=pl.String),
        pl.Series("loss_shape", loss_shapes(stands.gaps, n).tolist(), dtype=pl.String),
        pl.lit(horizon, dtype=pl.Int64).alias("horizon_days"),
        pl.Series("_contract", contract, dtype=pl.Boolean),
    ).with_columns(pl.when(pl.col("state") == LOST).then("loss_shape").alias("loss_shape"))
    return frame


def _undefined(frame: pl.DataFrame, contract: Flags, ended_us: Ints, *, by_contract: bool, as_of: datetime) -> pl.DataFrame:
    """Return the frame with everything that needs a rhythm left open; what contracts tell is told."""
    counts = frame["purchase_days_count"].to_numpy()
    lost = ended_us >= 0
    in_window = lost & (ended_us > _us(as_of - timedelta(days=WINDOW_DAYS)))
    state = np.where(lost, LOST, np.where(contract, WARM, ""))
    rules = [contract & (~lost | in_window), lost, counts == 0, counts == 1]
    exclusion = np.select(rules, ["", "lost_before_window", "no_orders", "one_time"], default="no_contract" if by_contract else "no_rhythm")
    return frame.with_columns(
        pl.Series("state", [name or None for name in state.tolist()], dtype=pl.String),
        pl.Series("exclusion", [name or None for name in exclusion.tolist()], dtype=pl.String),
        pl.Series("eligible", exclusion == "", dtype=pl.Boolean),
        pl.Series("lost_in_window", in_window, dtype=pl.Boolean),
        _moments(ended_us).alias("lost_at"),
        pl.lit(None, dtype=_MOMENT).alias("loss_due_at"),
        _moments(ended_us).alias("state_since"),
        pl.lit(None, dtype=pl.String).alias("loss_shape"),
        pl.lit(None, dtype=pl.Int64).alias("horizon_days"),
        pl.Series("_contract", contract, dtype=pl.Boolean),
    )


def _with_groups(frame: pl.DataFrame, learned: Learned) -> pl.DataFrame:
    """Add how each customer's risk is made (`groups`), null for the lost and for those who never bought; and the horizon of contracts."""
    bought = pl.col("purchase_days_count")
    group = (
        pl.when((pl.col("state") == LOST).fill_null(False))
        .then(None)
        .when((bought >= 2) & pl.col("horizon_days").is_not_null())
        .then(pl.lit(REGULAR))
        .when("_contract")
        .then(pl.lit(CONTRACT))
        .when((bought == 1) & (pl.col("state") == NEW))
        .then(pl.lit(NEW))
        .when((bought == 1) & (pl.col("state") == ONE_TIME))
        .then(pl.lit(ONE_TIME))
    )
    days = None if learned.life_reading is None else learned.life_reading.horizon_days
    return frame.with_columns(group.alias("risk_group")).with_columns(
        pl.when(pl.col("risk_group") == CONTRACT).then(pl.lit(days, dtype=pl.Int64)).otherwise("horizon_days").alias("horizon_days")
    )


def _told(
    frame: pl.DataFrame, facts: Facts, orders: pl.DataFrame, bought: Purchases, *, learned: Learned, company: Company, as_of: datetime
) -> Told:
    """Return what is said of the risk of everybody who is not lost: of regulars by the model, or the rule in its place; of others by
    survival."""
    horizon, n, now = learned.definition.horizon_days, bought.count, _us(as_of)
    reading = learned.reading or learned.life_reading
    if not n or reading is None:
        return nothing_told(n)
    known = known_orders(orders, facts.customers, time_zone=company.time_zone)
    lives = lives_of(facts, orders, known, sorts=reading.sorts, moment_us=now)
    parts = [nothing_told(n)]
    if learned.risk is not None and learned.rhythm is not None and horizon is not None:
        cells = cells_at(bought, completed_gaps(bought), learned.rhythm, moment=as_of, horizon_days=horizon)
        if learned.model is None or learned.reading is None:
            parts.append(told_by_table(learned.risk, cells))
        else:
            parts.append(told_by_model(learned.model, lives, bought, cells, learned.reading, moment_us=now))
    if learned.lives and learned.life_reading is not None:
        waiting = waiting_of(facts, known, lives.others, learned.life_reading)
        parts += [told_by_lives(risk, standing_now(waiting, risk.axis, now), n) for risk in learned.lives]
    return one_told(parts).only(frame["risk_group"].is_not_null().to_numpy())


def _with_probability(frame: pl.DataFrame, told: Told) -> pl.DataFrame:
    """Add the probability of loss, its interval and its contributions, for those of whom something is said."""
    gap = told.points_of(GAP)
    return frame.with_columns(
        _column(told.probability).alias("churn_probability"),
        _column(told.low).alias("churn_low"),
        _column(told.high).alias("churn_high"),
        pl.Series("churn_n", told.cases, dtype=pl.Int64),
        _column(gap).alias("gap_points"),
        _column(np.where(told.present, told.points.sum(axis=1), np.nan) - gap).alias("experience_points"),
        told.contributions().alias("contributions"),
    )


def _with_money(
    frame: pl.DataFrame, facts: Facts, bought: Purchases, *, learned: Learned, company: Company, as_of: datetime
) -> pl.DataFrame:
    """Add what a living customer is worth in 12 months if they stay, and what a lost one would have brought, going on as others do."""
    n = frame.height
    lost = (frame["state"] == LOST).fill_null(False).to_numpy()
    worth, variance = np.full(n, np.nan), np.zeros(n)
    if learned.definition.basis == "contract" and n:
        paid = of_kind(facts, "paid_invoice").filter(pl.col("owner").is_not_null())
        at_us, amount = paid["ts"].to_physical().cast(pl.Int64).to_numpy(), paid["_amount"].cast(pl.Float64).fill_null(np.nan).to_numpy()
        worth, variance = contract_margin(paid["owner"].cast(pl.Int64).to_numpy(), at_us, amount, n, company.margin_share)
    elif learned.rhythm is not None and n:
        rhythm = personal_rhythm(bought, completed_gaps(bought), learned.rhythm)
        buying = np.where(lost, rhythm.span_days, np.maximum(_us(as_of) - rhythm.first_us, 0) / DAY_US)
        mean, spread = yearly_purchases(rhythm, learned.rates, buying_days=buying)
        mean, spread = (
            np.where(lost, less, whole) for less, whole in zip(learned.goes_on.of_year(mean, spread), (mean, spread), strict=True)
        )
        amount = frame["revenue"].to_numpy() / np.maximum(rhythm.purchases_count, 1)
        known = frame["mean_order_amount"].is_not_null().to_numpy() & (rhythm.purchases_count >= 2)
        amount = np.where(known, np.maximum(amount, 0.0), np.nan)
        scatter = frame["_amount_variance"].fill_null(0.0).to_numpy()
        worth, variance = yearly_margin(mean, spread, amount, scatter, rhythm.purchases_count, company.margin_share)
    return frame.drop("_amount_variance").with_columns(
        _column(np.where(lost, np.nan, worth)).alias("value_at_risk"),
        _column(np.where(lost, worth, np.nan)).alias("lost_value"),
        pl.Series("worth_variance", np.nan_to_num(variance)),
    )


def _with_voice(frame: pl.DataFrame, spoken: pl.DataFrame, *, heard: bool) -> pl.DataFrame:
    """Add `lost_silently`: lost, and not spoken up from a year before the loss until now; null where nothing could be heard."""
    last = spoken.group_by(KEY).agg(pl.col("ts").max().alias("last_said_at"))
    joined = frame.join(last, left_on="customer", right_on=KEY, how="left", maintain_order="left")
    spoke = (pl.col("last_said_at") >= pl.col("lost_at") - pl.duration(days=SILENT_DAYS)).fill_null(False)
    lost = pl.col("lost_at").is_not_null()
    silently = lost & ~spoke if heard else pl.lit(None, dtype=pl.Boolean)
    return joined.with_columns(silently.alias("lost_silently")).drop("last_said_at")


def _with_errors(frame: pl.DataFrame, errors: pl.DataFrame, readings: dict[str, Reading], *, as_of: datetime) -> pl.DataFrame:
    """Add the errors of the window, and the reasons: recent errors first, then the signals that warn."""
    suffered = errors.filter(pl.col("customer").is_not_null() & (pl.col("at") > as_of - timedelta(days=WINDOW_DAYS)))
    recent = pl.col("at") > as_of - timedelta(days=RECENT_ERROR_DAYS)
    summed = (
        suffered.sort("at", "code")
        .group_by("customer")
        .agg(
            pl.len().cast(pl.Int64).alias("errors_count"),
            pl.col("code").unique().sort().alias("error_codes"),
            pl.col("at").max().alias("last_error_at"),
            pl.col("code").filter(recent).unique().sort().alias("recent_codes"),
        )
    )
    joined = frame.join(summed, on="customer", how="left", maintain_order="left")
    none = pl.lit([], dtype=pl.List(pl.String))
    warned = pl.DataFrame({code: reading.warns for code, reading in readings.items()}, schema=dict.fromkeys(readings, pl.Boolean))
    warnings = warned.select(pl.concat_list([pl.when(code).then(pl.lit(code)) for code in readings]).list.drop_nulls().alias("warnings"))
    return joined.with_columns(
        pl.col("errors_count").fill_null(0),
        pl.col("error_codes").fill_null(none),
        pl.concat_list(pl.col("recent_codes").fill_null(none), warnings["warnings"]).alias("reasons"),
    ).drop("recent_codes")
