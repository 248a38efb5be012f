"""Claim: at most two false alerts a year over 400 segments; a fall of a fifth in one month is found where its size allows.

    python -m benchmarks.segment_alerts --years 200 --record

Companies are made up with a seed: 400 segments of very different size, a season, holidays and a December common to all, and for each
segment a season of its own, a slow drift, and weeks that jump about more than chance. Nobody looks at these when the rule is set.
The peer is the articles' own rule: a month's purchases at least 20 % below the month before.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np

from benchmarks.measuring import RECORD
from lakmus.engine.signals.alerts import BEYOND_NOISE, alerts_over

SEGMENTS, WEEKS, FIRST = 400, 156, 104
PLANTED_AT = 120
PLANTED = 10
SIZES = (25, 50, 100, 300, 1000, 3000)
Told = list[tuple[int, int]]


def purchases_expected(chance: np.random.Generator, *, restless: float) -> np.ndarray:
    """Return the expected purchases by segment and week, shape (400, 156); `restless` scales everything that is a segment's own."""
    weeks = np.arange(WEEKS)
    size = np.exp(chance.normal(np.log(60), 1.2, (SEGMENTS, 1)))
    common = 1 + 0.25 * np.sin(2 * np.pi * weeks / 52 + chance.uniform(0, 6)) + 0.5 * (weeks % 52 >= 49) - 0.4 * (weeks % 52 == 0)
    own = np.sin(2 * np.pi * weeks / 52 + chance.uniform(0, 6, (SEGMENTS, 1))) * chance.normal(0, 0.05 * restless, (SEGMENTS, 1))
    drift = np.cumsum(chance.normal(0, 0.004 * restless, (SEGMENTS, WEEKS)), axis=1)
    jumps = chance.normal(0, 0.05 * restless, (SEGMENTS, WEEKS))
    return size * common * np.exp(own + drift + jumps)


def by_our_rule(counts: np.ndarray) -> Told:
    """Return (segment, week) of each alert in the last year, falls and rises."""
    (alerts,) = alerts_over([counts], BEYOND_NOISE, first_week=FIRST, last_week=WEEKS - 1)
    return [(alert.change.segment, alert.week) for alert in alerts]


def by_the_articles_rule(counts: np.ndarray) -> Told:
    """The peer: four weeks at least a fifth below the four before, reported once in twelve weeks."""
    told: Told = []
    for segment, row in enumerate(counts):
        quiet_until = 0
        for week in range(FIRST, WEEKS):
            now, before = row[week - 3 : week + 1].sum(), row[week - 7 : week - 3].sum()
            if week >= quiet_until and now <= 0.8 * before:
                told.append((segment, week))
                quiet_until = week + 12
    return told


def false_alerts(rule: Callable[[np.ndarray], Told], years: int, *, restless: float, seed: int) -> float:
    """Return the mean number of alerts in a year in which nothing happened to any single segment."""
    found = 0
    for year in range(years):
        chance = np.random.default_rng([seed, year])
        found += len(rule(chance.poisson(purchases_expected(chance, restless=restless))))
    return found / years


def finding(size: int, years: int, *, restless: float, seed: int) -> tuple[float, float]:
    """Return the share of planted falls found within twelve weeks, and the median weeks until then (NaN where none)."""
    delays, planted = [], 0
    for year in range(max(1, years // 10)):
        chance = np.random.default_rng([seed, size, year])
        expected = purchases_expected(chance, restless=restless)
        expected[:PLANTED] *= size / expected[:PLANTED].mean(axis=1, keepdims=True)
        expected[:PLANTED, PLANTED_AT:] *= 0.8
        planted += PLANTED
        first = {}
        for segment, week in by_our_rule(chance.poisson(expected)):
            if segment < PLANTED and week >= PLANTED_AT:
                first.setdefault(segment, week - PLANTED_AT + 1)
        delays += [weeks for weeks in first.values() if weeks <= 12]
    return len(delays) / planted, float(np.median(delays)) if delays else float("nan")


def table(years: int, seed: int) -> str:
    """Measure and return the table in Markdown."""
    lines = [f"### Alerts on segments ({years} years, 400 segments, seed {seed})", ""]
    lines += ["| segments' own unrest | false alerts a year | the articles' rule |", "|---|---:|---:|"]
    for restless in (0.0, 1.0):
        ours = false_alerts(by_our_rule, years, restless=restless, seed=seed)
        theirs = false_alerts(by_the_articles_rule, max(1, years // 50), restless=restless, seed=seed)
        lines.append(f"| {'none' if not restless else 'season ±5 %, weeks ±5 %, drift'} | {ours:.2f} | {theirs:.0f} |")
    lines += [
        "",
        "| purchases a week | −20 % found within 12 weeks, calm | weeks | the same, restless | weeks |",
        "|---:|---:|---:|---:|---:|",
    ]
    for size in SIZES:
        calm, restless = (finding(size, years, restless=level, seed=seed) for level in (0.0, 1.0))
        lines.append(f"| {size} | {calm[0]:.0%} | {calm[1]:.0f} | {restless[0]:.0%} | {restless[1]:.0f} |")
    return "\n".join(lines)


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--record", action="store_true", help="append the table to docs/explanation/records.md")
    arguments = parser.parse_args()
    began = time.perf_counter()
    text = table(arguments.years, arguments.seed)
    text += f"\n\n{time.perf_counter() - began:.0f} s.\n"
    print(text)
    if arguments.record:
        with RECORD.open("a", encoding="utf-8") as record:
            record.write(f"\n## {datetime.now(UTC):%Y-%m-%d}\n\n{text}")


if __name__ == "__main__":
    main()
