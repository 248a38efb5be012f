"""Calibration: bands, the interval of the error, the level, the head of the list."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from lakmus.engine.risk.figures import figures_of
from lakmus.engine.risk.levels import DRIFT_UNSEEN, LEAST_DRIFT, level_of, missing_level


def drawn(seed: int, n: int = 800, shift: float = 0.0):
    rng = np.random.default_rng(seed)
    logit = rng.normal(-1, 1, n)
    said = special.expit(logit)
    lost = (rng.random(n) < special.expit(logit + shift)).astype(float)
    return said, lost, figures_of(said, 1 - lost, lost, named=0, named_and_lost=0)


@pytest.mark.slow
def test_bands_hold_the_calibrated_at_their_rate_and_not_the_others() -> None:
    right = [one.inside for seed in range(40) for one in drawn(seed)[2].calibration]
    wrong = [one.inside for seed in range(40) for one in drawn(seed, shift=0.7)[2].calibration]
    assert np.mean(right) == pytest.approx(0.95, abs=0.03) and np.mean(wrong) < 0.6
    assert np.mean([drawn(seed)[2].ece <= drawn(seed)[2].ece_by_chance for seed in range(20)]) >= 0.8


@pytest.mark.slow
def test_bands_that_hold_the_doubt_about_the_level_keep_their_rate_where_levels_drift() -> None:
    inside = {0.0: [], 0.4: []}
    for seed in range(60):
        shift = 0.4 * np.random.default_rng(seed + 500).normal()
        said, lost, _ = drawn(seed, shift=shift)
        for drift, found in inside.items():
            found += [one.inside for one in figures_of(said, 1 - lost, lost, named=0, named_and_lost=0, drift=drift).calibration]
    assert np.mean(inside[0.4]) == pytest.approx(0.95, abs=0.03) and np.mean(inside[0.0]) < 0.88


def test_ece_stands_in_its_interval_and_is_what_its_bins_say() -> None:
    _, _, found = drawn(3, shift=0.5)
    assert found.ece_low <= found.ece <= found.ece_high
    assert found.ece == pytest.approx(sum(abs(one.said - one.seen) * one.n for one in found.calibration) / 800)
    assert sum(one.n for one in found.calibration) == 800


def test_precision_is_the_share_lost_among_the_likeliest() -> None:
    said, lost, found = drawn(5)
    first = np.argsort(-said)
    assert found.precision20 == pytest.approx(lost[first[:20]].mean()) and found.precision200 == pytest.approx(lost[first[:200]].mean())
    few = figures_of(said[:10], 1 - lost[:10], lost[:10], named=0, named_and_lost=0)
    assert few.precision20 is None


def test_cases_of_equal_probability_count_in_part() -> None:
    found = figures_of(np.array([0.9, 0.1]), np.array([10, 300]), np.array([30, 10]), named=0, named_and_lost=0)
    assert found.precision20 == pytest.approx(0.75) and found.precision200 == pytest.approx((30 + 160 * 10 / 310) / 200)


def test_a_missing_level_is_found_and_a_lasting_one_is_followed() -> None:
    rng = np.random.default_rng(2)
    logit = rng.normal(-1, 1, 20_000)
    lost = (rng.random(20_000) < special.expit(logit + 0.4)).astype(float)
    shift, variance = missing_level(logit, lost)
    assert shift == pytest.approx(0.4, abs=4 * np.sqrt(variance))
    steady, swinging = level_of([(0.4, 0.001)] * 4), level_of([(0.4, 0.001), (-0.4, 0.001), (0.4, 0.001), (-0.4, 0.001)])
    assert 0.2 < steady.shift < 0.4 and abs(swinging.shift) < 0.01
    assert swinging.drift > 0.3 > steady.drift >= LEAST_DRIFT
    assert level_of([]).drift == DRIFT_UNSEEN
