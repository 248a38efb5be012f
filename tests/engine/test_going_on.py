"""What part of a year's purchases comes after a purchase: learned from what came after earlier ones."""

import numpy as np
import polars as pl
import pytest

from lakmus.engine.arrays import DAY_US
from lakmus.engine.money.going_on import AS_SAID, AfterPurchases, GoingOn, after_purchases, going_on
from lakmus.engine.money.purchase_rate import RatePrior
from lakmus.engine.signals.rhythm import Purchases

NOW = 1_000
PRIOR = RatePrior(5.0, 100.0)


def bought(*days: list[float], first: int = 0) -> Purchases:
    owner = np.repeat(np.arange(len(days)), [len(own) for own in days])
    at = (np.concatenate([np.array(own) for own in days]) * DAY_US).astype(np.int64)
    names = pl.Series([f"c{first + place:05d}" for place in range(len(days))])
    return Purchases(names, owner, at // DAY_US, at, at)


def leaving(rng: np.random.Generator, *, yearly: float, count: int) -> list[list[float]]:
    """Customers who buy at random, each at a rate of the prior, and leave at a steady pace."""
    lives = []
    for _ in range(count):
        end = min(NOW, rng.exponential(365 / yearly)) if yearly else NOW
        days = np.cumsum(rng.exponential(1 / rng.gamma(PRIOR.shape, 1 / PRIOR.days), 300))
        lives.append([0.0, *days[days < end]])
    return lives


def after(lives: list[list[float]], first: int = 0) -> AfterPurchases:
    return after_purchases(bought(*lives, first=first), now_us=NOW * DAY_US)


def test_what_followed_a_purchase_is_counted_by_months_of_its_own_customer() -> None:
    found = after([[0.0, 10.0, 20.0, 400.0], [5.0, 30.0]])
    assert found.x.tolist() == [1, 2, 3, 1] and found.span_days.tolist() == [10, 20, 400, 25]
    assert found.came[:, 0].tolist() == [1, 0, 0, 0] and found.came.sum() == 1
    assert found.age_days.tolist() == [990, 980, 600, 970]


def test_who_leaves_meanwhile_is_held_by_the_share() -> None:
    rng = np.random.default_rng(3)
    stay, leave = (going_on([after(leaving(rng, yearly=yearly, count=800))], PRIOR) for yearly in (0.0, 0.5))
    assert stay.share == pytest.approx(1.0, abs=0.03)
    assert leave.share == pytest.approx((1 - np.exp(-0.5)) / 0.5, abs=0.05)


def test_single_customers_scatter_more_where_some_leave() -> None:
    rng = np.random.default_rng(8)
    stay, leave = (going_on([after(leaving(rng, yearly=yearly, count=800))], PRIOR) for yearly in (0.0, 0.5))
    assert stay.scatter == pytest.approx(1.0, abs=0.1) and leave.scatter > 1.3


def test_the_standard_error_is_how_far_the_share_varies_from_company_to_company() -> None:
    rng = np.random.default_rng(4)
    found = [going_on([after(leaving(rng, yearly=0.5, count=100))], PRIOR) for _ in range(60)]
    assert np.std([one.share for one in found]) == pytest.approx(np.mean([one.error for one in found]), rel=0.35)


def test_buckets_do_not_change_what_is_learned() -> None:
    lives = leaving(np.random.default_rng(5), yearly=0.5, count=200)
    whole, parted = going_on([after(lives)], PRIOR), going_on([after(lives[:70]), after(lives[70:], 70)], PRIOR)
    assert (whole.share, whole.error) == pytest.approx((parted.share, parted.error))


def test_where_too_few_have_bought_again_a_year_is_taken_as_said() -> None:
    assert going_on([], PRIOR) == AS_SAID
    assert going_on([after(leaving(np.random.default_rng(6), yearly=0.5, count=20))], PRIOR) == AS_SAID


def test_fewer_purchases_vary_less_but_keep_the_doubt_of_the_rate() -> None:
    mean, variance = GoingOn(0.5, 0.1, 1.5).of_year(np.array([8.0]), np.array([8.0 + 16.0]))
    assert mean == pytest.approx([4.0]) and variance == pytest.approx([1.5 * (4.0 + 4.0)])
    assert GoingOn(0.5, 0.1).doubt == pytest.approx(0.2)
