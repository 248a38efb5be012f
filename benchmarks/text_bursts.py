"""Claim: bursts of a theme are found soon with few false alarms, in a stream of 14 texts a week.

    python -m benchmarks.text_bursts [--record]

Streams are drawn with seeds: six themes of 30, 20, 15, 15, 10 and 10 % of the texts, day by day. One theme grows three- or fivefold from a
known day on. The peer is the plain Poisson rule: each week's texts on a theme against the mean of the 26 weeks before it, at 5 %. Beside
them stands what can be had at all: a CUSUM (Page 1954; nothing is found sooner at its rate of false alarms, Moustakides 1986) that is told
the true rate of every theme and that it will grow threefold, neither of which anybody knows.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
from scipy import stats

from benchmarks.measuring import RECORD
from lakmus.engine.text.bursts import Burst, BurstRule, bursts_over

SHARES = np.array([0.3, 0.2, 0.15, 0.15, 0.1, 0.1])
A_DAY, YEAR, BEGINS = 2.0, 365, 430
QUIET_STREAMS, GROWN_STREAMS, LAST_DAYS = 50, 100, 90
FIRST_QUIET, FIRST_GROWN = 20_000, 30_000
"""Seeds that judge; those below were seen while the rule was made, and so were 50,000 to 50,099 and 60,000 to 60,099."""
CUSUM_GROWTH, CUSUM_TOLD = 3.0, 5.0
"""The growth that the CUSUM is told of, and the sum of log-likelihood ratios from which it tells: about as many false alarms as ours."""
Rule = Callable[[np.ndarray, range], list[Burst]]


def stream(seed: int, *, days: int, theme: int = -1, growth: float = 1.0, spread: float = 0.0) -> np.ndarray:
    """Return texts by theme and day; `spread` is the variance of a gamma factor of mean 1 that each theme has each week."""
    chance = np.random.default_rng([19, seed])
    rate = np.outer(SHARES, np.full(days, A_DAY))
    if spread:
        weeks = chance.gamma(1 / spread, spread, (len(SHARES), days // 7 + 1))
        rate *= np.repeat(weeks, 7, axis=1)[:, :days]
    if theme >= 0:
        rate[theme, BEGINS:] *= growth
    return chance.poisson(rate)


def ours(counts: np.ndarray, days: range) -> list[Burst]:
    """Look every day."""
    return bursts_over(counts, BurstRule(), days=days)


def plain_poisson(counts: np.ndarray, days: range) -> list[Burst]:
    """Look once a week: is the week's count beyond the 95th percentile of a Poisson distribution with the mean of 26 weeks?"""
    found = []
    for day in (day for day in days if (day + 1) % 7 == 0):
        week = counts[:, day - 6 : day + 1].sum(axis=1)
        mean = counts[:, day - 6 - 182 : day - 6].sum(axis=1) / 26
        tails = stats.poisson.sf(week - 1, np.maximum(mean, 0.01))
        found += [Burst(at, day, 7, int(week[at]), float(mean[at]), float(tails[at])) for at in np.flatnonzero(tails < 0.05)]
    return found


def knowing_cusum(counts: np.ndarray, days: range) -> list[Burst]:
    """Look every day with the true rates and the true growth at hand; a theme that was told is left alone for four weeks."""
    sums, quiet_until, found = np.zeros(len(SHARES)), np.zeros(len(SHARES)), []
    for day in range(days[0] - 60, days[-1] + 1):
        step = counts[:, day] * np.log(CUSUM_GROWTH) - (CUSUM_GROWTH - 1) * SHARES * A_DAY
        sums = np.maximum(0, sums + step)
        for theme in np.flatnonzero(sums > CUSUM_TOLD):
            sums[theme] = 0
            if day >= days[0] and day >= quiet_until[theme]:
                found.append(Burst(int(theme), day, 7, 0, 0.0, 0.0))
                quiet_until[theme] = day + BurstRule().cool_down_days
    return found


def false_alarms(rule: Rule, *, spread: float = 0.0) -> float:
    """Return alarms a year in streams in which nothing grows."""
    seeds = range(FIRST_QUIET, FIRST_QUIET + QUIET_STREAMS)
    told = [len(rule(stream(seed, days=YEAR + BEGINS, spread=spread), range(BEGINS, BEGINS + YEAR))) for seed in seeds]
    return float(np.mean(told))


def delays(rule: Rule, *, theme: int, growth: float) -> str:
    """Return the days from the growth to the first alarm of its theme: median and mean, and the share found within 90 days."""
    waited = []
    for seed in range(GROWN_STREAMS):
        counts = stream(FIRST_GROWN + seed, days=BEGINS + LAST_DAYS, theme=theme, growth=growth)
        days = [one.day - BEGINS + 1 for one in rule(counts, range(BEGINS, BEGINS + LAST_DAYS)) if one.theme == theme]
        waited.append(min(days, default=LAST_DAYS))
    found = np.array(waited)
    return f"{np.median(found):.0f} / {found.mean():.1f} / {np.mean(found < LAST_DAYS):.0%}"


def main() -> None:
    """Measure both rules and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--record", action="store_true")
    asked = parser.parse_args()
    lines = ["| | Lakmus | plain Poisson, 5 % a week | a CUSUM that knows the rates and the growth |", "|---|---:|---:|---:|"]
    rules = (ours, plain_poisson, knowing_cusum)
    for title, spread in (("false alarms a year", 0.0), ("false alarms a year where weeks jump about (variance ×1.1–1.4)", 0.1)):
        lines.append(f"| {title} | {' | '.join(f'{false_alarms(rule, spread=spread):.2f}' for rule in rules)} |")
    for growth in (3.0, 5.0):
        for theme in (0, 1, 2):
            told = " | ".join(delays(rule, theme=theme, growth=growth) for rule in rules)
            lines.append(f"| ×{growth:.0f}, {SHARES[theme] * A_DAY * 7:.1f} texts a week: days (median / mean / found) | {told} |")
    text = "\n".join(["### Bursts of a theme, 14 texts a week, six themes", "", *lines]) + "\n"
    print(text)
    if asked.record:
        with RECORD.open("a", encoding="utf-8") as file:
            file.write(f"\n## {datetime.now(UTC).date().isoformat()}\n\n{text}")


if __name__ == "__main__":
    main()
