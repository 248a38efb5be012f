"""Expected purchases and their margin."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lakmus.engine.money.purchase_rate import RatePrior, fit_rates, yearly_purchases
from lakmus.engine.money.worth import lost_money, yearly_margin
from lakmus.engine.signals.rhythm import completed_gaps, personal_rhythm
from lakmus.history.estimate import Estimate, NotEnoughEvidence
from tests.engine.test_rhythm import purchases_of
from tests.engine.test_risk import COMPANY_RHYTHM


def test_the_prior_is_found_again_in_what_it_made() -> None:
    rng = np.random.default_rng(1)
    t = rng.uniform(100, 700, 50_000)
    x = rng.poisson(rng.gamma(2.0, 1 / 60.0, t.size) * t).astype(float)
    prior = fit_rates(np.stack([x, t]), fallback_days=30)
    assert prior.shape == pytest.approx(2.0, rel=0.05) and prior.days == pytest.approx(60.0, rel=0.05)


def test_one_customer_who_buys_daily_does_not_speak_for_the_others() -> None:
    rng = np.random.default_rng(5)
    t = rng.uniform(100, 700, 1_000)
    x = rng.poisson(rng.gamma(2.0, 1 / 60.0, t.size) * t).astype(float)
    without, beside = (fit_rates(np.stack([np.append(x, more), np.append(t, 700.0)]), fallback_days=30) for more in (20.0, 700.0))
    few = [365 * (prior.shape + 2) / (prior.days + 20) for prior in (without, beside)]
    assert few[1] == pytest.approx(few[0], rel=0.1)


def test_nobody_to_learn_from_leaves_the_companys_median() -> None:
    assert fit_rates(np.zeros((2, 0)), fallback_days=45.0) == RatePrior(1.0, 45.0)


def test_yearly_purchases_are_the_posterior_of_the_own_rate() -> None:
    purchases = purchases_of([10, 10, 10], [])
    rhythm = personal_rhythm(purchases, completed_gaps(purchases), COMPANY_RHYTHM)
    mean, variance = yearly_purchases(rhythm, RatePrior(2.0, 60.0), buying_days=rhythm.span_days)
    assert mean == pytest.approx([365 * 5 / 90, 365 * 2 / 60])
    assert variance[0] == pytest.approx(mean[0] + mean[0] ** 2 / 5)


def test_worth_is_purchases_by_amount_by_margin_to_the_hundredth() -> None:
    amounts = np.array([333.333, np.nan])
    worth, variance = yearly_margin(np.array([10.0, 4.0]), np.array([12.0, 5.0]), amounts, np.zeros(2), np.array([5, 5]), 0.3)
    assert worth[0] == 1000.0 and math.isnan(worth[1])
    assert variance[0] == pytest.approx(12 * 100**2, rel=1e-4)


def test_worth_varies_by_amounts_to_come_and_by_those_known() -> None:
    rng = np.random.default_rng(7)
    mean = rng.normal(100.0, 40.0 / math.sqrt(8), 20_000)
    count = rng.poisson(6.0, mean.size)
    came = count * 100.0 + np.sqrt(count) * rng.normal(0.0, 40.0, mean.size)
    _, variance = yearly_margin(np.array([6.0]), np.array([6.0]), np.array([100.0]), np.array([1600.0]), np.array([8]), 1.0)
    assert variance[0] == pytest.approx(np.var(came - 6.0 * mean), rel=0.05)


def test_the_doubt_that_all_worths_share_widens_their_sum() -> None:
    assert lost_money(1000.0, 0.0, 5, doubt=0.1).low == pytest.approx(804.0, abs=0.1)


def test_a_sum_of_losses_has_an_interval_that_holds_it() -> None:
    assert lost_money(1000.0, 100.0, 5) == Estimate(1000.0, 980.4, 1019.6, 5, lost_money(1.0, 0.0, 1).badge)
    assert lost_money(10.0, 1e6, 5).low == 0.0
    assert isinstance(lost_money(0.0, 0.0, 0), NotEnoughEvidence)
