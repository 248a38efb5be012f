"""What one drawn company shows: scores of a past day against the days after it, against the truth, and against a stream cut at that day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from scipy import special

from benchmarks.drawn_companies.customers_then import CustomersThen, customers_then
from benchmarks.drawn_companies.drawing import Drawn
from lakmus.engine.backtest import Backtest
from lakmus.engine.bucket import facts_until
from lakmus.engine.learning import LEARNING_COLUMNS, Learned
from lakmus.engine.orders import PURCHASE_KINDS, order_moments, order_table
from lakmus.engine.risk.figures import figures_of
from lakmus.engine.risk.groups import REGULAR
from lakmus.engine.risk.known_orders import known_orders
from lakmus.engine.risk.levels import missing_level
from lakmus.engine.risk.probability import MODEL, RULES, learn_risk
from lakmus.engine.risk.snapshots import cells_at, snapshot, summed
from lakmus.engine.signals.rhythm import completed_gaps
from lakmus.engine.signals.sight import bucket_purchases, sight_of
from lakmus.engine.text.voice import voiced
from lakmus.history.company import Company

UNSEEN_DAYS = 200
COMPARED_CUSTOMERS = 5_000
LAMPS_OF = 2_000
"""Of so many customers at most lamps are compared with the truth."""
COMPANY = Company()
Row = dict[str, Any]


def judged(company: Drawn) -> Row:
    """Return the figures of one company as a flat row of JSON-ready values."""
    as_of = company.end - timedelta(days=UNSEEN_DAYS)
    then = customers_then(company.table, company=COMPANY, as_of=as_of)
    learned, customers = then.learned, then.customers
    row: Row = {
        "number": company.number,
        "sort": company.sort,
        "season": company.season,
        "customers": company.customers,
        "horizon": learned.definition.horizon_days,
        "used": learned.backtest.used if learned.definition.horizon_days and not learned.backtest.shortage else None,
        "blend": learned.model is not None,
        "future_changes_nothing": _same_without_future(company, then, as_of),
        "groups": {},
    }
    for code, own in customers.filter(pl.col("churn_probability").is_not_null()).partition_by("risk_group", as_dict=True).items():
        if own["horizon_days"][0] <= UNSEEN_DAYS:
            doubt = _doubt(own, learned, str(code[0]))
            row["groups"][code[0]] = _group(own, company, as_of, doubt=doubt) | _used(learned.backtest, str(code[0]))
    if "regular" in row["groups"]:
        row["rules"] = _rules(company.table, learned, own_lost(customers, company, as_of), as_of)
    if company.sort != "noise":
        row["truth"] = _against_truth(customers, company, learned, as_of)
    return row


def _same_without_future(company: Drawn, then: CustomersThen, as_of: datetime) -> bool | None:
    """Say whether customers and orders are the same from a stream that ends at the day; None where that would take too long."""
    if company.customers > COMPARED_CUSTOMERS:
        return None
    until = company.table.filter(pc.less_equal(company.table["ts"], pa.scalar(as_of, company.table["ts"].type)))
    again = customers_then(until, company=COMPANY, as_of=as_of)
    return then.customers.equals(again.customers) and then.orders.equals(again.orders)


def _used(backtest: Backtest, code: str) -> Row:
    past = next((one for one in backtest.groups if one.code == code), None)
    cuts = backtest.cuts if code == REGULAR else past.cuts if past else ()
    bins = [one.inside for cut in cuts for one in cut.model.calibration]
    method = backtest.used if code == REGULAR else past.used if past else None
    return {"method": method, "past_bins": len(bins), "past_inside": sum(bins)}


def own_lost(customers: pl.DataFrame, company: Drawn, as_of: datetime) -> dict[str, bool]:
    """Return of each customer of whom something is said whether they were lost in the horizon after the day."""
    horizon = {who: days for who, days in customers.select("customer", "horizon_days").iter_rows() if days}
    moments = order_moments(facts_until(company.table, as_of=company.end, kinds=PURCHASE_KINDS), time_zone=COMPANY.time_zone)
    after = moments.filter(pl.col("gone").is_null() & (pl.col("ts") > as_of))
    bought: dict[str, datetime] = dict(after.group_by("customer").agg(pl.col("ts").min()).iter_rows())
    ended = _ends(company.table, as_of)
    found = {}
    for who, code in customers.select("customer", "risk_group").iter_rows():
        if code is not None and who in horizon:
            until = as_of + timedelta(days=horizon[who])
            happened = (ended if code == "contract" else bought).get(who)
            found[who] = (happened is not None and happened <= until) == (code == "contract")
    return found


def _ends(table: pa.Table, as_of: datetime) -> dict[str, datetime]:
    frame = pl.DataFrame(pl.from_arrow(table.select(["customer", "ts", "activity"])))
    ends = frame.filter(pl.col("activity").is_in(["gave_notice", "ended_contract"]) & (pl.col("ts") > as_of))
    return dict(ends.group_by("customer").agg(pl.col("ts").min()).iter_rows())


def _doubt(own: pl.DataFrame, learned: Learned, code: str) -> np.ndarray:
    """Return the doubt about the level that was part of what was said of a group's customers, on the logit's scale.

    Of customers with a rhythm that of the level alone, since the other parts of an interval are a customer's own; where many stand in one
    place they share all of it.
    """
    if code == REGULAR and (learned.model is not None or learned.risk is not None):
        return np.full(own.height, learned.model.drift if learned.model is not None else learned.risk.drift)  # type: ignore[union-attr]
    low, high = (special.logit(own[name].to_numpy().clip(1e-6, 1 - 1e-6)) for name in ("churn_low", "churn_high"))
    return (high - low) / 2 / 1.96


def _group(own: pl.DataFrame, company: Drawn, as_of: datetime, *, doubt: np.ndarray) -> Row:
    """Return how what was said of a group did in the period nobody had seen, and by bands that take the level for known (`strict`)."""
    fate = own_lost(own, company, as_of)
    lost = np.array([fate[who] for who in own["customer"]], dtype=float)
    said = own["churn_probability"].to_numpy()
    figures = figures_of(said, 1 - lost, lost, named=0, named_and_lost=0, drift=doubt)
    strict = figures_of(said, 1 - lost, lost, named=0, named_and_lost=0)
    off, variance = missing_level(special.logit(np.clip(said, 1e-6, 1 - 1e-6)), lost)
    return {
        "n": own.height,
        "lost": int(lost.sum()),
        "auc": figures.auc,
        "brier": figures.brier,
        "share_brier": float(((lost - lost.mean()) ** 2).mean()),
        "ece": figures.ece,
        "ece_by_chance": figures.ece_by_chance,
        "bins": len(figures.calibration),
        "inside": sum(one.inside for one in figures.calibration),
        "strict_inside": sum(one.inside for one in strict.calibration),
        "strict_ece_by_chance": strict.ece_by_chance,
        "mean_said": float(said.mean()),
        "level_off": off,
        "level_inside": bool(abs(off) <= 1.96 * np.sqrt((doubt**2).mean() + variance)),
    }


def _rules(table: pa.Table, learned: Learned, fate: dict[str, bool], as_of: datetime) -> Row:
    """Return Brier score and AUC of the table of cells and of both rules, learned from the past cuts, in the unseen period."""
    reading = learned.reading
    assert reading is not None and learned.rhythm is not None
    moments = order_moments(facts_until(table.select(LEARNING_COLUMNS), as_of=as_of, kinds=PURCHASE_KINDS), time_zone=COMPANY.time_zone)
    known = known_orders(moments, moments["customer"].unique().sort(), time_zone=COMPANY.time_zone)
    bought, _ = known.at(round(as_of.timestamp() * 1e6))
    past = [
        snapshot(known.at(round(cut.timestamp() * 1e6))[0], bought, learned.rhythm, cut=cut, horizon_days=reading.horizon_days)
        for cut in reading.cuts
    ]
    seen = summed(past)
    if not seen.cells.sum():
        return {}
    cells = cells_at(bought, completed_gaps(bought), learned.rhythm, moment=as_of, horizon_days=reading.horizon_days)
    own = np.array([here and who in fate for who, here in zip(bought.customers, cells.present, strict=True)])
    lost = np.array([float(fate[who]) for who, here in zip(bought.customers, own, strict=True) if here])
    told = {}
    for way in (MODEL, *RULES):
        said = learn_risk(seen, way).of(cells)[0][own]
        figures = figures_of(said, 1 - lost, lost, named=0, named_and_lost=0, calibrated=False)
        told[way] = {"auc": figures.auc, "brier": figures.brier}
    return told


def _against_truth(customers: pl.DataFrame, company: Drawn, learned: Learned, as_of: datetime) -> Row:
    """Return how states, risk and lamps stand to who had truly left or begun to."""
    left = np.array([(at := company.truth.get(who, (None, None))[0]) is not None and at <= as_of for who in customers["customer"]])
    long_gone = np.array(
        [
            (at := company.truth.get(who, (None, None))[0]) is not None and at <= as_of - timedelta(days=UNSEEN_DAYS)
            for who in customers["customer"]
        ]
    )
    lost = (customers["state"] == "lost").fill_null(False).to_numpy()
    regular = (customers["purchase_days_count"] >= 2).to_numpy() | (company.sort == "contract")
    alive = (
        (customers["risk_group"].is_in(["regular", "contract"]) & customers["churn_probability"].is_not_null()).fill_null(False).to_numpy()
    )
    said = customers["churn_probability"].fill_null(0).to_numpy()
    hidden = (
        figures_of(said[alive], 1.0 - left[alive], left[alive] * 1.0, named=0, named_and_lost=0, calibrated=False) if alive.any() else None
    )
    return {
        "named_lost": int((lost & regular).sum()),
        "named_lost_truly": int((lost & regular & left).sum()),
        "long_gone": int((long_gone & regular).sum()),
        "long_gone_named": int((long_gone & lost & regular).sum()),
        "hidden_auc": hidden.auc if hidden else None,
        **_lamps(company, learned, as_of),
    }


def _lamps(company: Drawn, learned: Learned, as_of: datetime) -> Row:
    """Return, for orders (or use, of contracts), how soon after a customer truly began to leave the lamp went out, and for whom else."""
    shown = pa.array(list(company.truth)[:LAMPS_OF])
    facts = facts_until(company.table.filter(pc.is_in(company.table["customer"], shown)), as_of=as_of)
    orders = order_table(facts, currency=COMPANY.currency)
    bought = bucket_purchases(orders, facts.customers, time_zone=COMPANY.time_zone)
    sight = sight_of(facts, orders, voiced(facts), bought, company_rhythm=learned.rhythm, feeds=learned.feeds, as_of=as_of)
    went_out = sight.lamps_out["orders" if company.sort == "shop" else "visits"][0]
    delays, dark, missed, wrong, stayed = [], 0, 0, 0, 0
    for who, out_us in zip(facts.customers, went_out.tolist(), strict=True):
        left, cooled = company.truth.get(who, (None, None))
        began = cooled or left
        if began is not None and as_of - timedelta(days=365) < began <= as_of - timedelta(days=90):
            dark, missed = dark + (out_us >= 0), missed + (out_us < 0)
            if out_us >= 0:
                delays.append(out_us / 86_400e6 - began.timestamp() / 86_400)
        elif began is None or began > as_of:
            wrong, stayed = wrong + (out_us >= 0), stayed + 1
    return {"delays": [round(one, 1) for one in delays], "dark": dark, "still_lit": missed, "wrong": wrong, "stayed": stayed}
