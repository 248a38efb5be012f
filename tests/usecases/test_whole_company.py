"""The whole company beside its own year before: a fall of everybody is told, a season and a steady growth are not."""

from __future__ import annotations

import numpy as np

from lakmus.engine.signals.alerts import REGULARS_DOWN_A_FIFTH, alerts_over
from lakmus.usecases.alerts.whole_company import ROW_NOW, beside_last_year

WEEKS = 156
SEASON = 1 + 0.4 * np.sin(2 * np.pi * np.arange(WEEKS) / 52)


def told(expected: np.ndarray) -> list[int]:
    """Return the weeks of the last half year at which a fall of the company would have been told."""
    drawn = np.random.default_rng(6160).poisson(expected)
    found = alerts_over([beside_last_year(drawn)], REGULARS_DOWN_A_FIFTH, first_week=WEEKS - 26, last_week=WEEKS - 1)
    return [alert.week for alert in found[0] if alert.change.segment == ROW_NOW]


def test_a_fall_of_everybody_is_told_within_its_month() -> None:
    fell = np.where(np.arange(WEEKS) >= WEEKS - 6, 0.6, 1.0)
    weeks = told(300 * SEASON * fell)
    assert weeks and WEEKS - 6 <= weeks[0] <= WEEKS - 2


def test_a_season_and_a_steady_growth_are_no_news() -> None:
    assert told(300 * SEASON) == []
    assert told(300 * SEASON * 1.3 ** (np.arange(WEEKS) / 52)) == []


def test_without_a_year_before_nothing_is_told() -> None:
    assert not beside_last_year(np.full(40, 9)).any()
