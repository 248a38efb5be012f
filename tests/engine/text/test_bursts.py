"""Bursts of a theme: found soon where texts grow, hardly ever where they do not."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from lakmus.engine.text.bursts import NEEDED_PAST_DAYS, WINDOWS, BurstRule, bursts_at, bursts_over, dispersion_of, predictive_tails, scan

RULE = BurstRule()


def drawn(*, days: int, growth: float = 1.0, begins: int = 430) -> np.ndarray:
    rate = np.outer([0.3, 0.2, 0.15, 0.15, 0.1, 0.1], np.full(days, 2.0))
    rate[0, begins:] *= growth
    return np.random.default_rng(5).poisson(rate)


def test_the_tail_is_that_of_the_negative_binomial_distribution() -> None:
    seen, before, past = np.array([[9] * len(WINDOWS)]), np.array([30]), 200
    share = np.array([length / (length + past) for length in WINDOWS])
    library = stats.nbinom(30.5, 1 - share)
    found = predictive_tails(seen, before, past, np.zeros((1, len(WINDOWS))))
    assert found[0] == pytest.approx(library.sf(8) - library.pmf(9) / 2)
    assert (predictive_tails(seen, before, past, np.full((1, len(WINDOWS)), 0.2)) > found).all()


def weeks_that_jump(seed: int, *, themes: int = 6, variance: float) -> np.ndarray:
    chance = np.random.default_rng([23, seed])
    weeks = chance.gamma(1 / variance, variance, (themes, 52)) if variance else np.ones((themes, 52))
    return chance.poisson(np.repeat(weeks, 7, axis=1) * 0.4)


@pytest.mark.parametrize("variance", [0.0, 0.3])
def test_the_dispersion_of_weeks_is_learned_from_the_past(variance: float) -> None:
    week = WINDOWS.index(7)
    found = np.mean([dispersion_of(weeks_that_jump(seed, variance=variance))[:, week] for seed in range(40)])
    # A window of seven days lies across two weeks of their own: two thirds of the variance of one are left.
    assert found == pytest.approx(2 / 3 * variance, abs=0.05)
    assert not dispersion_of(np.zeros((2, 364), dtype=np.int64)).any()


def test_a_restless_theme_is_drawn_towards_the_others() -> None:
    counts = np.concatenate([weeks_that_jump(1, themes=5, variance=0.0), weeks_that_jump(2, themes=1, variance=0.5)])
    alone, among = dispersion_of(counts[5:])[0], dispersion_of(counts)[5]
    assert (among < alone).all() and (among > 0).all()


def test_growth_is_found_soon_and_told_once() -> None:
    told = [one for one in bursts_over(drawn(days=450, growth=5.0), RULE, days=range(425, 450)) if one.theme == 0]
    assert [one.day for one in told] == [told[0].day] and 430 <= told[0].day <= 440
    assert told[0].observed > 2 * told[0].expected


def test_what_comes_later_changes_nothing_of_an_earlier_look() -> None:
    counts = drawn(days=450, growth=5.0)
    later = counts.copy()
    later[:, 436:] += 50
    assert bursts_at(counts, RULE, day=435) == bursts_at(later, RULE, day=435)


def test_with_too_short_a_past_nothing_is_said() -> None:
    assert scan(drawn(days=450)[:, :NEEDED_PAST_DAYS], day=NEEDED_PAST_DAYS - 1) == []
    assert bursts_at(drawn(days=450)[:, :60], RULE, day=59) == []


def test_a_theme_never_written_about_before_may_burst_but_one_text_is_none() -> None:
    counts = np.zeros((2, 400), dtype=np.int64)
    counts[0] = 1
    counts[1, 399] = 1
    assert bursts_at(counts, RULE, day=399) == []
    counts[1, 396:400] = 2
    assert [one.theme for one in bursts_at(counts, RULE, day=399)] == [1]


@pytest.mark.slow
def test_a_year_without_growth_has_few_false_alarms() -> None:
    rate = np.outer([0.3, 0.2, 0.15, 0.15, 0.1, 0.1], np.full(795, 2.0))
    told = [len(bursts_over(np.random.default_rng([3, seed]).poisson(rate), RULE, days=range(430, 795))) for seed in range(20)]
    assert np.mean(told) <= 2.5


@pytest.mark.slow
def test_where_weeks_jump_about_there_are_hardly_more_false_alarms() -> None:
    told = []
    for seed in range(20):
        chance = np.random.default_rng([4, seed])
        rate = np.outer([0.6, 0.4, 0.3, 0.3, 0.2, 0.2], np.ones(795)) * np.repeat(chance.gamma(10, 0.1, (6, 114)), 7, axis=1)[:, :795]
        told.append(len(bursts_over(chance.poisson(rate), RULE, days=range(430, 795))))
    assert np.mean(told) <= 2.8
