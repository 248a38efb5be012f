"""Claim: what is said of the risk is as good where customers do not come from our own simulator.

    python -m benchmarks.textbook_companies --companies 22 --seed 61 --rows /tmp/textbook.jsonl

Companies whose customers buy and leave by the processes of the textbooks: Pareto/NBD (all the time, and one cohort), BG/NBD, regular
(Erlang) buyers, a season, ever more who leave, a trend in how often all buy, contracts with even and with falling hazards. Each is looked
at 200 days before its files end. Beside what Lakmus says stand the best prediction that the process itself allows, with its parameters
known, and, of regulars, plain logistic regression and LightGBM's defaults (`bench` group) on the same pictures of the past.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks.measuring import RECORD

Row = dict[str, Any]
LOGISTIC, TREES, BEST, LAKMUS = "logistic regression", "LightGBM, defaults", "best possible", "Lakmus"


def one(number: int, seed: int) -> Row:
    """Return the figures of one company."""
    from benchmarks.drawn_companies.customers_then import customers_then
    from benchmarks.drawn_companies.judging import COMPANY, UNSEEN_DAYS, own_lost
    from benchmarks.drawn_companies.textbook import textbook

    book = textbook(number, seed)
    company = book.company
    as_of = company.end - timedelta(days=UNSEEN_DAYS)
    then = customers_then(company.table, company=COMPANY, as_of=as_of)
    told = then.customers.filter(pl.col("churn_probability").is_not_null())
    fate = own_lost(told, company, as_of)
    stands = stood(company.table, told["customer"], as_of, now=book.begins_before_end - UNSEEN_DAYS)
    backtest = then.learned.backtest
    row: Row = {
        "number": number,
        "kind": book.kind,
        "customers": company.customers,
        "horizon": then.learned.definition.horizon_days,
        "used": backtest.used,
        "groups": {},
    }
    peers = peers_of(company.table, then.learned, told, as_of)
    for code in told["risk_group"].unique().to_list():
        own = (told["risk_group"] == code).to_numpy()
        days = told["horizon_days"].filter(pl.Series(own))[0]
        if own.sum() < 50 or days > UNSEEN_DAYS:
            continue
        lost = np.array([float(fate[who]) for who in told["customer"].filter(pl.Series(own))])
        said = told["churn_probability"].to_numpy()[own]
        low, high = (told[name].to_numpy()[own] for name in ("churn_low", "churn_high"))
        best = np.clip(book.best(of(stands, own), float(days)), 1e-6, 1 - 1e-6)
        held = float(np.mean((low <= best) & (best <= high)))
        row["groups"][code] = {
            "n": int(own.sum()),
            LAKMUS: figures(lost, said) | {"inside": inside(lost, said, low, high), "held": held, "width": float(np.mean(high - low))},
            BEST: figures(lost, best),
            **{name: figures(lost, said_by[own]) for name, said_by in peers.items() if code == "regular"},
        }
    return row


def stood(table: Any, names: pl.Series, as_of: datetime, *, now: float) -> Any:
    """Return what the processes know of customers at the day, from their purchases (or the start of their contract) until then."""
    from benchmarks.drawn_companies.textbook import Stand

    kinds = ["placed_order", "started_contract"]
    frame = pl.DataFrame(pl.from_arrow(table.select(["customer", "ts", "activity"])))
    frame = frame.filter(pl.col("activity").is_in(kinds) & (pl.col("ts") <= as_of))
    day = (pl.col("ts") - as_of).dt.total_seconds() / 86_400 + now
    known = frame.group_by("customer").agg((pl.len() - 1).alias("repeats"), day.min().alias("first"), day.max().alias("last"))
    own = pl.DataFrame({"customer": names}).join(known, on="customer", how="left", maintain_order="left")
    repeats, first, last = (own[name].cast(pl.Float64).to_numpy() for name in ("repeats", "first", "last"))
    return Stand(repeats, first, last, now)


def of(stand: Any, own: np.ndarray) -> Any:
    """Return some of the customers."""
    from benchmarks.drawn_companies.textbook import Stand

    return Stand(stand.repeats[own], stand.first[own], stand.last[own], stand.now)


def peers_of(table: Any, learned: Any, told: pl.DataFrame, as_of: datetime) -> dict[str, np.ndarray]:
    """Return what peers say of everybody told of (NaN of those without a rhythm), learned from the pictures the blend learns from."""
    from benchmarks.drawn_companies.judging import COMPANY
    from benchmarks.risk_cuts import lightgbm, plain_logistic
    from lakmus.engine.bucket import facts_until
    from lakmus.engine.learning import LEARNING_COLUMNS
    from lakmus.engine.orders import order_table
    from lakmus.engine.risk.known_orders import known_orders
    from lakmus.engine.risk.lives import features_of, lives_of, picture_of

    reading = learned.reading
    if reading is None:
        return {}
    now_us = round(as_of.timestamp() * 1_000_000)
    facts = facts_until(table.select(LEARNING_COLUMNS), as_of=as_of)
    orders = order_table(facts, currency=COMPANY.currency)
    known = known_orders(orders, facts.customers, time_zone=COMPANY.time_zone)
    lives = lives_of(facts, orders, known, sorts=reading.sorts, moment_us=now_us)
    bought, _ = known.at(now_us)
    pictures = [picture_of(lives, known, bought, reading, cut=cut) for cut in reading.moments]
    if not pictures:
        return {}
    features, lost = np.concatenate([part.features for part in pictures]).astype(float), np.concatenate([part.lost for part in pictures])
    if not 0 < lost.sum() < lost.size:
        return {}
    place = {who: at for at, who in enumerate(known.customers)}
    now = features_of(lives, reading, moment_us=now_us)[[place[who] for who in told["customer"]]]
    peers = {LOGISTIC: plain_logistic(features, lost), TREES: lightgbm(features, lost)}
    return {name: peer(now) for name, peer in peers.items() if peer is not None}


def figures(lost: np.ndarray, said: np.ndarray) -> Row:
    """Return order, Brier score, ECE (ten bins of equal numbers), the ECE of chance, and what the level was off by on the logit's scale."""
    from scipy import special

    from benchmarks.risk_cuts import auc, ece
    from lakmus.engine.risk.levels import missing_level

    rng = np.random.default_rng(0)
    chance = float(np.mean([ece((rng.random(said.size) < said).astype(float), said) for _ in range(40)]))
    off, _ = missing_level(special.logit(np.clip(said, 1e-6, 1 - 1e-6)), lost)
    order = auc(lost, said) if 0 < lost.sum() < lost.size else None
    brier = float(((lost - said) ** 2).mean())
    return {"auc": order, "brier": brier, "ece": ece(lost, said), "chance": chance, "off": off, "said": said.sum(), "lost": lost.sum()}


def inside(lost: np.ndarray, said: np.ndarray, low: np.ndarray, high: np.ndarray) -> bool:
    """Say whether the level was inside the mean interval of the customers, chance added."""
    from scipy import special

    from lakmus.engine.risk.levels import missing_level

    logit, below, above = (special.logit(np.clip(part, 1e-6, 1 - 1e-6)) for part in (said, low, high))
    off, variance = missing_level(logit, lost)
    return bool(abs(off) <= np.sqrt((((above - below) / 2) ** 2).mean() + 1.96**2 * variance))


def report(rows: list[Row], seed: int) -> str:
    """Return the figures in Markdown."""
    lines = [
        f"### Risk over {len(rows)} companies of textbook processes (seed {seed})",
        "",
        "Means over companies. Off: what must be added to the logit of loss, its root mean square; best: known parameters; held: share of",
        "the customers whose interval holds the best possible probability, and how wide intervals are.",
        "",
        "| process | customers | companies | judged | used | AUC: Lakmus, logistic, LightGBM, best | Brier | ECE | by chance "
        "| off: Lakmus, logistic, LightGBM, best | mean off | level inside | held | width |",
        "|---|---|---:|---:|---|---|---|---|---:|---|---:|---:|---:|---:|",
    ]
    ways = (LAKMUS, LOGISTIC, TREES, BEST)
    for code in ("regular", "new", "one_time", "contract"):
        found = [row for row in rows if code in row["groups"]]
        for kind in [*dict.fromkeys(row["kind"] for row in found), *(["all"] if found else [])]:
            own = [row for row in found if kind in (row["kind"], "all")]
            groups = [row["groups"][code] for row in own]
            models = sum(row["used"] == "model" for row in own)
            chance, off, level, held, width = (
                float(np.mean([group[LAKMUS][name] for group in groups])) for name in ("chance", "off", "inside", "held", "width")
            )

            def means(name: str, digits: int, groups: list[Row] = groups, square: bool = False) -> str:
                told = [[group[way][name] for group in groups if way in group and group[way][name] is not None] for way in ways]
                power = 2 if square else 1
                return ", ".join(f"{np.mean(np.abs(part) ** power) ** (1 / power):.{digits}f}" if part else "–" for part in told)

            lines.append(
                f"| {kind} | {code} | {len(groups)} | {sum(group['n'] for group in groups):,} | {models if code == 'regular' else ''} "
                f"| {means('auc', 3)} | {means('brier', 4)} | {means('ece', 3)} | {chance:.3f} "
                f"| {means('off', 2, square=True)} | {off:+.2f} | {level:.0%} | {held:.0%} | {width:.2f} |"
            )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--companies", type=int, default=11)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1e9, help="begin no further company after so many seconds")
    parser.add_argument("--rows", type=Path, help="keep the figures of each company here, and go on where they end")
    parser.add_argument("--record", action="store_true", help="append the report to docs/explanation/records.md")
    given = parser.parse_args()
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    rows = [json.loads(line) for line in given.rows.read_text("utf-8").splitlines()] if given.rows and given.rows.exists() else []
    done, began = {row["number"] for row in rows}, time.monotonic()
    for number in range(given.companies):
        if number not in done and time.monotonic() - began < given.seconds:
            rows.append(one(number, given.seed))
            if given.rows:
                with given.rows.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(rows[-1]) + "\n")
    text = report(rows, given.seed)
    print(text)
    if given.record:
        with RECORD.open("a", encoding="utf-8") as record:
            record.write(f"\n## {datetime.now(UTC):%Y-%m-%d}\n\n{text}")


if __name__ == "__main__":
    main()
