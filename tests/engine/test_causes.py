"""The difference of loss by exposure: by hand, with repeating customers, with an invented error."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from lakmus.engine.causes.difference import NEEDED_CUSTOMERS, difference_by_exposure, exposure_sums, silent_to_vocal
from lakmus.engine.causes.moments import followed, outcome_days
from lakmus.history.estimate import Badge, Estimate, NotEnoughEvidence
from tests.engine.test_rhythm import purchases_of
from tests.engine.test_risk import at_day


def moments(*rows: tuple[int, int, bool, bool]) -> pl.DataFrame:
    """(owner, stratum, exposed, left) ..., all observed."""
    frame = pl.DataFrame(rows, schema={"owner": pl.Int64, "stratum": pl.Int32, "exposed": pl.Boolean, "left": pl.Boolean}, orient="row")
    return frame.with_columns(pl.lit(True).alias("observed"))


def group(first: int, count: int, stratum: int, exposed: bool, left: int) -> list[tuple[int, int, bool, bool]]:
    return [(first + i, stratum, exposed, i < left) for i in range(count)]


def test_one_stratum_gives_the_plain_difference_with_its_usual_interval() -> None:
    found = difference_by_exposure([exposure_sums(moments(*group(0, 100, 3, True, 30), *group(500, 400, 3, False, 40)))])
    half = 1.96 * np.sqrt(0.3 * 0.7 / 100 + 0.1 * 0.9 / 400)
    assert (found.point, found.n, found.badge) == (pytest.approx(0.2), 100, Badge.DIFFERENCE)
    assert (found.low, found.high) == (pytest.approx(0.2 - half, abs=1e-4), pytest.approx(0.2 + half, abs=1e-4))


def test_strata_are_compared_within_and_weighed_by_the_exposed() -> None:
    # Frequent buyers (stratum 0) err often and leave seldom: the raw difference is 0.32 - 0.42, the comparable one +0.1.
    rows = [*group(0, 80, 0, True, 16), *group(100, 20, 1, True, 16), *group(200, 50, 0, False, 5), *group(300, 50, 1, False, 35)]
    assert difference_by_exposure([exposure_sums(moments(*rows))]).point == pytest.approx(0.1)


def test_a_stratum_without_both_groups_is_left_out() -> None:
    rows = [*group(0, 60, 0, True, 12), *group(100, 60, 0, False, 6), *group(200, 60, 5, True, 60)]
    found = difference_by_exposure([exposure_sums(moments(*rows))])
    assert (found.point, found.n) == (pytest.approx(0.1), 60)


def test_repeating_customers_widen_the_interval() -> None:
    once = [*group(0, 100, 0, True, 30), *group(500, 100, 0, False, 10)]
    apart = difference_by_exposure([exposure_sums(moments(*(once + [(o + 1000, s, e, left) for o, s, e, left in once])))])
    same = difference_by_exposure([exposure_sums(moments(*(once + once)))])
    assert same.point == pytest.approx(apart.point)
    assert (same.high - same.low) / (apart.high - apart.low) == pytest.approx(np.sqrt(2), rel=0.01)


def test_buckets_change_nothing() -> None:
    rows = [*group(0, 80, 0, True, 16), *group(100, 70, 1, True, 16), *group(200, 50, 0, False, 5), *group(300, 50, 1, False, 35)]
    whole = difference_by_exposure([exposure_sums(moments(*rows))])
    parted = difference_by_exposure([exposure_sums(moments(*rows[bucket::3])) for bucket in range(3)])
    assert (whole.point, whole.low, whole.high) == (pytest.approx(parted.point), pytest.approx(parted.low), pytest.approx(parted.high))


def test_too_few_say_how_many_are_needed() -> None:
    found = difference_by_exposure([exposure_sums(moments(*group(0, 49, 0, True, 5), *group(100, 500, 0, False, 9)))])
    assert isinstance(found, NotEnoughEvidence) and (found.needed, found.available) == (NEEDED_CUSTOMERS, 49)
    assert isinstance(difference_by_exposure([]), NotEnoughEvidence)


def test_nobody_lost_is_no_certainty() -> None:
    found = difference_by_exposure([exposure_sums(moments(*group(0, 60, 0, True, 0), *group(100, 60, 0, False, 0)))])
    assert found.point == 0 and found.low < 0 < found.high


@pytest.mark.slow
def test_an_invented_error_shows_nothing_in_nineteen_of_twenty() -> None:
    rng = np.random.default_rng(5)
    left = np.repeat(rng.random(1000) < 0.2, 3)  # a customer's moments share their fate: the worst case for a naive interval
    frame = pl.DataFrame({"owner": np.arange(3000) // 3, "left": left, "observed": True, "stratum": 0})
    invented = [frame.with_columns(pl.Series("exposed", rng.random(3000) < 0.2)) for _ in range(60)]
    found = [difference_by_exposure([exposure_sums(exposed)]) for exposed in invented]
    assert sum(one.low > 0 or one.high < 0 for one in found) <= 7


def test_moments_are_followed_for_one_horizon_from_when_they_are_felt() -> None:
    purchases = purchases_of([10, 10, 60], [10, 10], [10, 10, 30], [])
    rows = pl.DataFrame(
        {"customer": ["c000", "c001", "c002", "c003"], "at": [at_day(d) for d in (125, 125, 125, 125)], "exposed": True, "code": "x"}
    )
    judged = followed(rows, purchases, horizon_days=30, as_of=at_day(400))
    assert judged["customer"].to_list() == ["c000", "c001", "c002"]  # the fourth has one purchase
    assert judged["left"].to_list() == [True, True, False]  # felt on day 146, until 176: c000 came on day 180, c002 on day 150
    assert judged["observed"].all()


def test_an_order_before_an_error_is_felt_forgives_nothing() -> None:
    rows = pl.DataFrame({"customer": ["c000", "c001"], "at": [at_day(125), at_day(125)], "exposed": True, "code": "x"})
    judged = followed(rows, purchases_of([10, 10, 20], [10, 10, 20, 10]), horizon_days=30, as_of=at_day(400))
    assert judged["left"].to_list() == [True, False]  # both ordered on day 140; only the second did again
    assert judged["gone"].to_list() == [False, False]


def test_an_error_is_felt_within_a_horizon_at_most() -> None:
    assert (outcome_days(10), outcome_days(160)) == (20, 181)


def test_a_moment_whose_horizon_is_not_over_has_no_outcome() -> None:
    rows = pl.DataFrame({"customer": ["c000"], "at": [at_day(125)], "exposed": [True], "code": ["x"]})
    judged = followed(rows, purchases_of([10, 10]), horizon_days=20, as_of=at_day(164))
    assert (judged["observed"].to_list(), judged["left"].to_list()) == ([False], [None])


def test_a_contract_that_ended_long_after_a_moment_is_not_gone_because_of_it() -> None:
    rows = pl.DataFrame({"customer": ["c000", "c001"], "at": [at_day(115), at_day(115)], "exposed": True, "code": "x"})
    ends = np.array([int(at_day(day).timestamp()) * 1_000_000 for day in (125, 300)])
    judged = followed(rows, purchases_of([10, 10], [10, 10]), horizon_days=20, as_of=at_day(400), ended_us=ends)
    assert judged["gone"].to_list() == judged["left"].to_list() == [True, False]


def test_who_was_lost_already_is_no_moment() -> None:
    rows = pl.DataFrame({"customer": ["c000"], "at": [at_day(150)], "exposed": [True], "code": ["x"]})
    assert followed(rows, purchases_of([10, 10]), horizon_days=20, as_of=at_day(400)).height == 0


def test_silent_to_vocal_is_a_ratio_with_an_interval_or_a_shortage() -> None:
    found = silent_to_vocal(80, 20)
    assert isinstance(found, Estimate) and found.point == 4.0 and found.low < 4 < found.high
    few, nobody = silent_to_vocal(30, 10), silent_to_vocal(90, 0)
    assert isinstance(few, NotEnoughEvidence) and (few.needed, few.available) == (50, 40)
    assert isinstance(nobody, NotEnoughEvidence) and (nobody.needed, nobody.available) == (1, 0)
