"""Claim: those who bought once return as often as is said, over many drawn shops.

    python -m benchmarks.waiting_buyers --shops 40 --seed 4171 --rows /tmp/waiting.jsonl --seconds 150

The shops of `many_companies`, of which only what is said of customers without a rhythm is learned: of the new and of those who bought once,
200 days before the files end, judged by the horizon that followed. With `--rows` shops already computed are not computed again.
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
from scipy import special

from benchmarks.measuring import RECORD

Row = dict[str, Any]
GROUPS = ("new", "one_time")


def one(number: int, seed: int) -> Row:
    """Return the figures of one shop."""
    from benchmarks.drawn_companies.drawing import drawn
    from benchmarks.drawn_companies.judging import COMPANY, UNSEEN_DAYS
    from lakmus.engine.bucket import facts_until
    from lakmus.engine.learning import (
        LEARNING_COLUMNS,
        RHYTHM_COLUMNS,
        life_reading_of,
        past_learned,
        read_lives,
        read_rhythm,
        reading_of,
        rhythm_learned,
    )
    from lakmus.engine.orders import PURCHASE_KINDS, order_moments, order_table
    from lakmus.engine.risk.groups import group_of_steps
    from lakmus.engine.risk.known_orders import known_orders
    from lakmus.engine.risk.lives import happenings_of
    from lakmus.engine.risk.snapshots import returned
    from lakmus.engine.risk.waiting import standing_now, waiting_of

    company = drawn(number, seed)
    as_of = company.end - timedelta(days=UNSEEN_DAYS)
    read = [read_rhythm(company.table.select(RHYTHM_COLUMNS), 0, as_of=as_of, time_zone=COMPANY.time_zone)]
    learned = rhythm_learned(read, as_of=as_of, loss=COMPANY.loss)
    row: Row = {"number": number, "customers": company.customers, "horizon": learned.definition.horizon_days, "groups": {}}
    lives = life_reading_of(read, learned, reading_of(read, learned, as_of=as_of), as_of=as_of)
    if lives is None or lives.horizon_days > UNSEEN_DAYS:
        return row
    counted = read_lives(company.table.select(LEARNING_COLUMNS), 0, lives=lives, company=COMPANY, as_of=as_of)
    told = past_learned((), learned, None, lives, [counted], as_of=as_of).lives
    risk = next((one for one in told if not one.axis.happening_is_loss), None)
    if risk is None:
        return row
    facts = facts_until(company.table.select(LEARNING_COLUMNS), as_of=as_of)
    orders = order_table(facts, currency=COMPANY.currency)
    known = known_orders(orders, facts.customers, time_zone=COMPANY.time_zone)
    waiting = waiting_of(facts, known, happenings_of(facts, orders, facts.customers, lives.sorts), lives)
    now_us = round(as_of.timestamp() * 1_000_000)
    stands = standing_now(waiting, risk.axis, now_us)
    later = order_moments(facts_until(company.table, as_of=company.end, kinds=PURCHASE_KINDS), time_zone=COMPANY.time_zone)
    bought, _ = known_orders(later, facts.customers, time_zone=COMPANY.time_zone).at(round(company.end.timestamp() * 1_000_000))
    lost = ~returned(bought, cut_us=now_us, horizon_days=lives.horizon_days)[stands.owner]
    for code, steps in group_of_steps(risk.axis).items():
        own = np.isin(stands.place[0], np.arange(risk.axis.followed + 1)[steps]) & np.isfinite(risk.logit[stands.place])
        if own.sum() >= 20:
            row["groups"][code] = _group(risk.logit[stands.place][own], risk.spread[stands.place][own] / 1.96, lost[own].astype(float))
    return row


def _group(logit: np.ndarray, doubt: np.ndarray, lost: np.ndarray) -> Row:
    from lakmus.engine.risk.figures import figures_of
    from lakmus.engine.risk.levels import missing_level

    said = special.expit(logit)
    figures = figures_of(said, 1 - lost, lost, named=0, named_and_lost=0, drift=doubt)
    off, variance = missing_level(logit, lost)
    return {
        "n": lost.size,
        "said": float((1 - said).sum()),
        "returned": float((1 - lost).sum()),
        "brier": figures.brier,
        "off": off,
        "level_inside": bool(abs(off) <= 1.96 * np.sqrt((doubt**2).mean() + variance)),
        "bins": len(figures.calibration),
        "inside": sum(one.inside for one in figures.calibration),
    }


def report(rows: list[Row], seed: int) -> str:
    """Return the figures in Markdown."""
    lines = [
        f"### Customers without a rhythm over {len(rows)} drawn shops (seed {seed})",
        "",
        "Off: what must be added to the logit of loss; above zero they returned less often than said.",
        "",
        "| customers | shops | judged | said to return | returned | off: median (middle half) | Brier | level inside | tenths inside |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for code in GROUPS:
        own = [row["groups"][code] for row in rows if code in row["groups"]]
        if own:
            n = sum(group["n"] for group in own)
            low, middle, high = np.quantile([group["off"] for group in own], [0.25, 0.5, 0.75])
            said, back = (sum(group[name] for group in own) for name in ("said", "returned"))
            brier = sum(group["brier"] * group["n"] for group in own) / n
            inside = sum(group["inside"] for group in own) / sum(group["bins"] for group in own)
            level = np.mean([group["level_inside"] for group in own])
            lines.append(
                f"| {code} | {len(own)} | {n:,} | {said:,.0f} | {back:,.0f} | {middle:+.2f} ({low:+.2f} to {high:+.2f}) | {brier:.4f} "
                f"| {level:.0%} | {inside:.0%} |"
            )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Read the arguments, measure, print."""
    from benchmarks.drawn_companies.drawing import CONTRACTS_EVERY, NOISE_AT, NOISE_EVERY

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shops", type=int, default=5)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1e9, help="begin no further shop after so many seconds")
    parser.add_argument("--rows", type=Path, help="keep the figures of each shop here, and go on where they end")
    parser.add_argument("--record", action="store_true", help="append the report to docs/explanation/records.md")
    given = parser.parse_args()
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    rows = [json.loads(line) for line in given.rows.read_text("utf-8").splitlines()] if given.rows and given.rows.exists() else []
    done, began, number = {row["number"] for row in rows}, time.monotonic(), 0
    while len(rows) < given.shops and time.monotonic() - began < given.seconds:
        a_shop = number % CONTRACTS_EVERY != CONTRACTS_EVERY - 1 and number % NOISE_EVERY != NOISE_AT
        if a_shop and number not in done:
            rows.append(one(number, given.seed))
            if given.rows:
                with given.rows.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(rows[-1]) + "\n")
        number += 1
    text = report(rows, given.seed)
    print(text)
    if given.record:
        with RECORD.open("a", encoding="utf-8") as record:
            record.write(f"\n## {datetime.now(UTC):%Y-%m-%d}\n\n{text}")


if __name__ == "__main__":
    main()
