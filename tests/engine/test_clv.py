"""Customer lifetime value against sums made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from lakmus.engine.money.clv import Living, clv_sum, mean_clv, monthly_retention, residual_clv, retention_gains
from lakmus.history.estimate import Estimate, NotEnoughEvidence

MONTH = 365 / 12


def living(*churn: tuple[float, float, float]) -> Living:
    point, low, high = (np.array(column) for column in zip(*churn, strict=True))
    return Living(np.full(point.size, 1200.0), point, low, high, np.full(point.size, MONTH))


def test_retention_of_a_month_is_the_root_of_that_of_the_horizon() -> None:
    assert monthly_retention(np.array([0.19, 0.0, 1.0]), np.array([2 * MONTH, 90.0, 90.0])) == pytest.approx([0.9, 1.0, 0.0])


def test_the_value_of_three_months_is_the_sum_written_out() -> None:
    # 100 a month; half stay through each month; 21 % a year: 50 / 1.21^(1/12) + 25 / 1.21^(2/12) + 12.5 / 1.21^(3/12).
    by_hand = 50 / 1.016011867773514 + 25 / 1.0322801154563672 + 12.5 / 1.0488088481701516
    assert residual_clv(np.array([1200.0]), np.array([0.5]), discount_rate=0.21, months=3) == pytest.approx([by_hand])


def test_who_surely_stays_and_costs_no_interest_brings_all_and_who_surely_goes_nothing() -> None:
    assert residual_clv(np.array([1200.0, 1200.0]), np.array([1.0, 0.0]), discount_rate=0.0) == pytest.approx([3600.0, 0.0])


def test_the_sum_lies_between_those_of_the_bounds_of_risk() -> None:
    found = clv_sum(living((0.5, 0.25, 1.0), (0.5, 0.5, 0.5)), discount_rate=0.0)
    half, quarter = 100 * (1 - 0.5**36), 100 * 3 * (1 - 0.75**36)
    assert isinstance(found, Estimate)
    assert (found.point, found.low, found.high) == pytest.approx((2 * half, half, quarter + half), abs=0.011)
    each = mean_clv(found)
    assert isinstance(each, Estimate) and each.point == pytest.approx(half, abs=0.011)


def test_without_anybody_there_is_no_value_rather_than_none_of_it() -> None:
    empty = Living(*(np.empty(0) for _ in range(5)))
    assert isinstance(clv_sum(empty, discount_rate=0.15), NotEnoughEvidence)
    assert retention_gains(empty, discount_rate=0.15) == ()


def test_ten_points_of_retention_bring_what_ten_points_are_worth_and_nobody_stays_more_than_surely() -> None:
    yearly = 0.9
    churn = 1 - yearly ** (1 / 12)
    gains = retention_gains(living((churn, churn, churn)), discount_rate=0.0)
    assert [gain.points for gain in gains] == list(range(1, 11))
    r = yearly ** (1 / 12)
    now = 100 * sum(r**t for t in range(1, 13))
    last = gains[-1].year
    assert isinstance(last, Estimate) and last.point == pytest.approx(1200 - now, abs=0.011)
    sure = retention_gains(living((0.0, 0.0, 0.0)), discount_rate=0.0)[-1].clv
    assert isinstance(sure, Estimate) and sure.point == 0.0
