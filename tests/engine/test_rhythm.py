"""Gaps between purchases: the company's 90th percentile, recounted by hand, and personal ones shrunk towards it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakmus.engine.signals.rhythm import (
    LONGEST_GAP_DAYS,
    Purchases,
    company_rhythm,
    completed_gaps,
    gap_histogram,
    personal_quantile,
    personal_rhythm,
    purchase_days,
)
from tests.engine.histories import moment

DAY = 86_400_000_000


def purchases_of(*gaps: Sequence[int]) -> Purchases:
    """One customer per argument: a first purchase on day 100, each further one so many days later."""
    owner = np.array([i for i, some in enumerate(gaps) for _ in range(len(some) + 1)], dtype=np.int64)
    day = np.array([day for some in gaps for day in np.cumsum([100, *some])], dtype=np.int64)
    return Purchases(pl.Series([f"c{i:03}" for i in range(len(gaps))]), owner, day, day * DAY, day * DAY)


def p90_by_hand(customers: Sequence[Sequence[int]]) -> int:
    """The definition in its own words: the smallest d such that the mean share of each one's gaps up to d reaches 0.9."""
    some = [gaps for gaps in customers if gaps]
    for d in range(LONGEST_GAP_DAYS + 1):
        if sum(sum(gap <= d for gap in gaps) / len(gaps) for gaps in some) >= 0.9 * len(some) - 1e-9:
            return d
    raise AssertionError


def rhythm_of(purchases: Purchases):
    return company_rhythm([gap_histogram(completed_gaps(purchases), purchases.count)])


def test_each_customer_weighs_the_same_whatever_the_number_of_gaps() -> None:
    rhythm = rhythm_of(purchases_of([10] * 100, [30]))
    assert (rhythm.median_days, rhythm.p90_days, rhythm.customers_count, rhythm.gaps_count) == (10, 30, 2, 101)


def test_the_percentile_of_ten_single_gaps_is_the_ninth() -> None:
    assert rhythm_of(purchases_of(*([gap] for gap in range(1, 11)))).p90_days == 9


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(1, 400), max_size=7), min_size=1, max_size=25))
def test_the_percentile_is_what_its_words_say(customers: list[list[int]]) -> None:
    rhythm = rhythm_of(purchases_of(*customers))
    if not any(customers):
        assert rhythm is None
    else:
        assert rhythm.p90_days == p90_by_hand(customers)
        assert rhythm.p90_low <= rhythm.p90_days <= rhythm.p90_high


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(1, 90), min_size=1, max_size=7), min_size=2, max_size=30), st.integers(1, 5))
def test_buckets_change_nothing(customers: list[list[int]], count: int) -> None:
    parts = [purchases_of(*customers[bucket::count]) for bucket in range(count)]
    rhythm = company_rhythm([gap_histogram(completed_gaps(part), part.count) for part in parts])
    assert rhythm == rhythm_of(purchases_of(*customers))


def test_two_orders_of_one_day_are_one_purchase() -> None:
    orders = pl.DataFrame(
        {"customer": ["a"] * 3, "ts": [moment("2025-01-01 09:00"), moment("2025-01-01 20:00"), moment("2025-01-05")], "day": [1, 1, 5]}
    )
    bought = purchase_days(orders, pl.Series(["a"]))
    assert bought.day.tolist() == [1, 5]
    assert completed_gaps(bought).days.tolist() == [4.0]
    assert bought.last_us[0] - bought.first_us[0] == 11 * 3600 * 1_000_000


def test_a_personal_quantile_goes_from_the_companys_to_the_own_as_gaps_come() -> None:
    gaps = completed_gaps(purchases_of([], [10, 10, 10], [10] * 97))
    found = personal_quantile(gaps, 3, 0.9, 40.0)
    assert found == pytest.approx([40.0, np.sqrt(10 * 40), np.exp((97 * np.log(10) + 3 * np.log(40)) / 100)])


def test_the_own_quantile_interpolates_between_gaps() -> None:
    gaps = completed_gaps(purchases_of([1, 2, 3, 4, 5]))
    own = np.quantile([1, 2, 3, 4, 5], 0.9)
    assert personal_quantile(gaps, 1, 0.9, 7.0)[0] == pytest.approx(np.exp((5 * np.log(own) + 3 * np.log(7)) / 8))


def test_figures_of_a_customer_without_purchases_are_marked_so() -> None:
    purchases = purchases_of([5, 5])
    wider = Purchases(pl.Series(["c000", "none"]), purchases.owner, purchases.day, purchases.first_us, purchases.last_us)
    rhythm = personal_rhythm(wider, completed_gaps(wider), rhythm_of(purchases))
    assert rhythm.purchases_count.tolist() == [3, 0]
    assert rhythm.first_us.tolist() == [100 * DAY, -1] and rhythm.span_days.tolist() == [10.0, 0.0]
