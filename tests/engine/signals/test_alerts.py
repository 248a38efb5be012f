"""Alerts on segments: what moves all segments is no news, what moves one is, and chance is kept in bounds."""

from __future__ import annotations

import numpy as np
import pytest

from lakmus.engine.signals.alerts import BEYOND_NOISE, REGULARS_DOWN_A_FIFTH, alerts_over, benjamini_hochberg, changes_at

WEEKS = 104


def quiet_years(*, segments: int = 40, weekly: float = 100.0, seed: int = 1) -> np.ndarray:
    """Purchases by segment and week with a strong season common to all, nothing else."""
    chance = np.random.default_rng(seed)
    season = 1 + 0.4 * np.sin(2 * np.pi * np.arange(WEEKS) / 52)
    season[50:53] *= 0.5
    return chance.poisson(np.linspace(0.5, 1.5, segments)[:, None] * weekly * season)


def test_a_season_that_moves_every_segment_raises_no_alert() -> None:
    season = 1 + 0.4 * np.sin(2 * np.pi * np.arange(WEEKS) / 52)
    season[100:102] *= 0.1
    counts = (np.linspace(50, 150, 40)[:, None] * season).astype(int)
    assert alerts_over([counts], BEYOND_NOISE, first_week=80, last_week=WEEKS - 1) == [[]]


def test_years_without_a_change_bring_at_most_two_false_alerts_each() -> None:
    told = [len(alerts_over([quiet_years(seed=seed)], BEYOND_NOISE, first_week=52, last_week=WEEKS - 1)[0]) for seed in range(6)]
    assert np.mean(told) <= 2


def test_a_segment_that_loses_a_third_is_reported_once_and_the_others_are_not() -> None:
    counts = quiet_years(seed=2)
    counts[7, 92:] = (counts[7, 92:] * 0.65).astype(int)
    (alerts,) = alerts_over([counts], BEYOND_NOISE, first_week=80, last_week=WEEKS - 1)
    assert [alert.change.segment for alert in alerts] == [7]
    assert 92 <= alerts[0].week <= 96
    assert alerts[0].change.change < -0.1


def test_what_is_expected_of_a_segment_follows_the_others() -> None:
    counts = np.full((3, WEEKS), 100)
    counts[:, -4:] = 150
    changes = changes_at(counts, BEYOND_NOISE, week=WEEKS - 1)
    assert [(change.observed, change.expected, change.change) for change in changes] == [(600, pytest.approx(600), pytest.approx(0))] * 3


def test_a_later_week_changes_nothing_that_was_told_before() -> None:
    counts = quiet_years(seed=3)
    counts[4, 90:] //= 2
    later = counts.copy()
    later[:, 97:] *= 3
    assert changes_at(counts, BEYOND_NOISE, week=96) == changes_at(later, BEYOND_NOISE, week=96)
    early = alerts_over([counts], BEYOND_NOISE, first_week=80, last_week=96)
    assert early == [
        [alert for alert in alerts if alert.week <= 96] for alerts in alerts_over([later], BEYOND_NOISE, first_week=80, last_week=100)
    ]


def test_a_look_at_one_week_agrees_with_the_look_over_many() -> None:
    counts = quiet_years(seed=4)
    counts[11, 88:] //= 2
    over = alerts_over([counts], BEYOND_NOISE, first_week=80, last_week=100)[0]
    week = over[0].week
    assert over[0] in alerts_over([counts], BEYOND_NOISE, first_week=week, last_week=week)[0]


def test_the_preset_of_the_articles_tells_of_falls_of_a_fifth_only() -> None:
    counts = quiet_years(weekly=2000.0)
    counts[3, -4:] = (counts[3, -4:] * 0.88).astype(int)
    counts[5, -4:] = (counts[5, -4:] * 0.7).astype(int)
    counts[9, -4:] = (counts[9, -4:] * 1.4).astype(int)
    (found,) = alerts_over([counts], REGULARS_DOWN_A_FIFTH, first_week=WEEKS - 1, last_week=WEEKS - 1)
    assert [alert.change.segment for alert in found] == [5]


def test_two_segments_or_a_short_past_say_nothing_instead_of_guessing() -> None:
    assert changes_at(quiet_years()[:1], BEYOND_NOISE, week=WEEKS - 1) == ()
    assert changes_at(quiet_years(), BEYOND_NOISE, week=30) == ()
    assert changes_at(quiet_years(weekly=0.1), BEYOND_NOISE, week=WEEKS - 1) == ()


def test_probabilities_without_a_change_are_even_far_into_the_tail() -> None:
    from scipy import stats

    tails = np.array([change.p_value for seed in range(12) for change in changes_at(quiet_years(seed=seed), BEYOND_NOISE, week=WEEKS - 1)])
    assert len(tails) == 480
    assert stats.kstest(tails, "uniform").pvalue > 0.001
    assert (tails < 0.01).mean() < 0.03


def test_a_restless_segment_needs_a_larger_change() -> None:
    counts = quiet_years(seed=5)
    chance = np.random.default_rng(6)
    counts[2] = chance.poisson(counts[2] * chance.gamma(4, 1 / 4, WEEKS))
    changes = {change.segment: change for change in changes_at(counts, BEYOND_NOISE, week=WEEKS - 1)}
    assert changes[2].dispersion > 5 * np.median([change.dispersion for change in changes.values()])


def test_benjamini_and_hochberg_by_hand() -> None:
    from scipy import stats

    tails = np.array([0.001, 0.8, 0.019, 0.2, 0.029])
    assert benjamini_hochberg(tails, 0.05).tolist() == [True, False, True, False, True]
    assert benjamini_hochberg(np.array([]), 0.05).tolist() == []
    assert stats.false_discovery_control(tails).round(6).tolist() == pytest.approx([0.005, 0.8, 0.0475, 0.25, 0.048333], abs=1e-5)
