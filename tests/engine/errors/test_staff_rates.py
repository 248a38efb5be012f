"""Rates of staff: the mix of cases removed, shrunk to the team, with intervals that hold."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from lakmus.engine.errors.staff_rates import CODES_OF_STAFF, LEAST_CASES, staff_rates, summed


def drawn(seed: int, *, people: int = 30, spread: float = 0.0, mean_cases: float = 60.0) -> tuple[pl.DataFrame, np.ndarray]:
    """Cases of people whose mix differs (topic b is five times as bad and falls to some); the true rates on the whole mix."""
    rng = np.random.default_rng(seed)
    own = rng.normal(0, spread, people) if spread else np.zeros(people)
    rows = []
    for person in range(people):
        bad_share = rng.beta(0.5, 0.5)
        for _ in range(rng.poisson(mean_cases)):
            bad = rng.random() < bad_share
            chance = 1 / (1 + np.exp(-((0.0 if bad else -2.5) + own[person])))
            rows.append((f"p{person:02}", "b" if bad else "a", int(rng.random() < chance)))
    frame = pl.DataFrame(rows, schema=["staff", "topic", "slow_reply"], orient="row")
    frame = frame.with_columns(
        *(pl.lit("").alias(name) for name in ("channel", "hours", "weekend")), pl.lit(1).alias("cases"),
        *(pl.lit(0).alias(code) for code in CODES_OF_STAFF if code != "slow_reply"),
    )  # fmt: skip
    share = (frame["topic"] == "b").mean()
    truth = share / (1 + np.exp(-own)) + (1 - share) / (1 + np.exp(2.5 - own))
    return summed([frame]), truth


def test_people_who_differ_in_their_cases_only_get_one_rate() -> None:
    counts, truth = drawn(1)
    rates = staff_rates(counts)
    raw = rates["found"] / rates["cases"]
    assert raw.max() - raw.min() > 0.35
    assert rates["rate"].max() - rates["rate"].min() < 0.08
    assert abs(rates["team_rate"][0] - truth[0]) < 0.03


@pytest.mark.slow
@pytest.mark.parametrize("spread", [0.3, 0.8])
def test_intervals_hold_the_true_rate_and_beat_raw_shares(spread: float) -> None:
    held, missed, missed_raw = [], 0.0, 0.0
    for seed in range(12):
        counts, truth = drawn(seed, spread=spread)
        rates = staff_rates(counts)
        held += [low <= true <= high for low, high, true in zip(rates["low"], rates["high"], truth, strict=True)]
        missed += float(np.sum((rates["rate"].to_numpy() - truth) ** 2))
        missed_raw += float(np.sum(((rates["found"] / rates["cases"]).to_numpy() - truth) ** 2))
    assert 0.90 <= np.mean(held) <= 0.99
    assert missed < missed_raw / 4


def test_few_cases_or_few_errors_say_nothing_about_anybody() -> None:
    counts, _ = drawn(3, people=3, mean_cases=2.0)
    assert staff_rates(counts).is_empty()
    many, _ = drawn(3)
    assert staff_rates(many.with_columns(pl.lit(0).alias("slow_reply"))).is_empty()
    assert staff_rates(many)["cases"].min() >= LEAST_CASES  # type: ignore[operator]


def test_the_order_of_buckets_changes_nothing() -> None:
    counts, _ = drawn(4)
    halves = [counts[::2], counts[1::2]]
    assert staff_rates(summed(halves)).equals(staff_rates(summed(halves[::-1])))
