"""BG/NBD, Pareto/NBD and Gamma-Gamma: published estimates, another library's figures, and what must hold for any customer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from lakmus.engine.risk import bg_nbd, gamma_gamma, mbg_cnbd, pareto_nbd
from lakmus.engine.risk.bg_nbd import BgNbd, fit_bg_nbd
from lakmus.engine.risk.gamma_gamma import GammaGamma, fit_gamma_gamma
from lakmus.engine.risk.likelihood import NEEDED_REPEAT_CUSTOMERS
from lakmus.engine.risk.mbg_cnbd import MbgCnbd, fit_mbg_cnbd
from lakmus.engine.risk.pareto_nbd import ParetoNbd, fit_pareto_nbd
from lakmus.engine.risk.purchase_histories import PurchaseHistories, coarse, grouped
from lakmus.history.estimate import NotEnoughEvidence
from tests.engine.risk.cdnow import cdnow
from tests.engine.risk.drawn import drawn, drawn_regular

NO_ERRORS = (0.0, 0.0, 0.0, 0.0)
BG = BgNbd(0.2426, 4.414, 0.793, 2.426, 0.0, NO_ERRORS, 0)
PARETO = ParetoNbd(0.553, 10.578, 0.606, 11.669, 0.0, NO_ERRORS, 0)
CUSTOMERS = [
    (0, 0, 10), (0, 0, 38.9), (1, 5, 38.9), (1, 30.4, 38.9), (2, 30.43, 38.86),
    (5, 12, 38.9), (7, 29.43, 38.86), (12, 36, 37), (26, 30.86, 31),
]  # fmt: skip
# lifetimes 0.11: conditional_probability_alive and conditional_expected_number_of_purchases_up_to_time(39, ...) with the parameters above;
# for Pareto/NBD also conditional_probability_of_n_purchases_up_to_time(0, 39, ...).
LIFETIMES = {
    "bg_alive": [1.0, 1.0, 0.31467, 0.699879, 0.726596, 0.04766, 0.641779, 0.92621, 0.968916],
    "bg_expected": [0.498675, 0.194621, 0.301114, 0.669729, 1.225863, 0.181311, 3.337017, 8.307854, 20.749481],
    "pareto_alive": [0.642812, 0.295052, 0.254943, 0.879184, 0.869168, 0.079231, 0.749501, 0.985694, 0.997919],
    "pareto_expected": [0.47528, 0.106923, 0.259454, 0.89474, 1.455123, 0.288314, 3.712251, 8.383518, 20.117026],
    "pareto_none": [0.780605, 0.9308, 0.868563, 0.546732, 0.408063, 0.93044, 0.311244, 0.059153, 0.02381],
}


def histories(rows=CUSTOMERS) -> PurchaseHistories:
    return PurchaseHistories.of(*np.array(rows, float).T)


@pytest.mark.parametrize(
    ("name", "parameters", "log_likelihood"),
    [("CDNOW_sample.txt", (0.2426, 4.414, 0.793, 2.426), -9582.43), ("CDNOW_master.txt", (0.2516, 4.789, 0.723, 2.161), -95368.44)],
)
def test_bg_nbd_finds_the_published_estimates_of_cdnow(name: str, parameters: tuple, log_likelihood: float) -> None:
    fitted = fit_bg_nbd(cdnow(name)[0])
    assert isinstance(fitted, BgNbd)
    assert fitted.parameters == pytest.approx(parameters, abs=5.1e-4) and fitted.log_likelihood == pytest.approx(log_likelihood, abs=0.01)


def test_pareto_nbd_finds_the_published_estimates_of_cdnow() -> None:
    fitted = fit_pareto_nbd(cdnow("CDNOW_sample.txt")[0])
    assert isinstance(fitted, ParetoNbd)
    assert fitted.parameters == pytest.approx((0.553, 10.578, 0.606, 11.669), abs=6e-4)
    assert fitted.log_likelihood == pytest.approx(-9594.98, abs=0.01)


def test_gamma_gamma_finds_the_published_estimates_of_cdnow() -> None:
    bought, amounts = cdnow("CDNOW_sample.txt")
    fitted = fit_gamma_gamma(bought.repeats_count, amounts)
    assert isinstance(fitted, GammaGamma) and fitted.customers_count == 946
    assert (fitted.p, fitted.q, fitted.gamma) == pytest.approx((6.25, 3.74, 15.44), abs=6e-3)


def test_what_is_said_of_a_customer_agrees_with_lifetimes() -> None:
    bought = histories()
    assert BG.alive_probability(bought) == pytest.approx(LIFETIMES["bg_alive"], abs=1e-6)
    assert BG.expected_purchases(bought, 39) == pytest.approx(LIFETIMES["bg_expected"], abs=1e-5)
    assert PARETO.alive_probability(bought) == pytest.approx(LIFETIMES["pareto_alive"], abs=1e-6)
    assert PARETO.expected_purchases(bought, 39) == pytest.approx(LIFETIMES["pareto_expected"], abs=1e-5)
    assert 1 - PARETO.purchase_probability(bought, 39) == pytest.approx(LIFETIMES["pareto_none"], abs=1e-6)


@pytest.mark.slow
def test_the_probability_of_a_purchase_by_bg_nbd_is_its_mean_over_rates_and_chances() -> None:
    rng = np.random.default_rng(3)
    x, last, age = 2.0, 30.43, 38.86
    rate, leaving = rng.gamma(BG.r, 1 / BG.alpha, 2_000_000), rng.beta(BG.a, BG.b, 2_000_000)
    here = (1 - leaving) ** x * rate**x * np.exp(-rate * age)
    gone = leaving * (1 - leaving) ** (x - 1) * rate**x * np.exp(-rate * last)
    expected = (here * -np.expm1(-rate * 39)).sum() / (here + gone).sum()
    assert BG.purchase_probability(histories([(x, last, age)]), 39)[0] == pytest.approx(expected, abs=0.01)


positive = st.floats(0.05, 20.0)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(positive, st.floats(0.5, 300.0), positive, st.floats(0.5, 300.0), st.integers(0, 300), st.floats(0.0, 1.0), st.floats(0.1, 1000.0))
def test_probabilities_lie_between_0_and_1_and_grow_with_the_horizon(r, alpha, s, beta, x, part, age) -> None:
    one = histories([(x, age * part if x else 0.0, age)])
    for model in (ParetoNbd(r, alpha, s, beta, 0.0, NO_ERRORS, 0), BgNbd(r, alpha, s, beta, 0.0, NO_ERRORS, 0)):
        chances = [float(model.purchase_probability(one, horizon)[0]) for horizon in (0.0, 1.0, 30.0, 90.0, 900.0)]
        expected = [float(model.expected_purchases(one, horizon)[0]) for horizon in (0.0, 1.0, 30.0, 90.0, 900.0)]
        assert chances[0] == 0 and 0 <= chances[-1] <= 1 and (np.diff(chances) >= -1e-6).all()
        assert np.isfinite(expected).all() and (np.diff(expected) >= -1e-6 * (1 + expected[-1])).all()
        assert 0 <= float(model.alive_probability(one)[0]) <= 1
        assert (np.array(expected) >= np.array(chances) - 1e-5).all()


@pytest.mark.parametrize("slope", [bg_nbd._slope_of(histories()), pareto_nbd._slope_of(histories(), rough=False),
                                   mbg_cnbd._slope_of(histories(), 1), mbg_cnbd._slope_of(histories(), 3),
                                   lambda logs: gamma_gamma._slope(logs[:3], np.array([1.0, 4, 9]), np.array([20.0, 33, 5]))])  # fmt: skip
def test_derivatives_agree_with_finite_differences(slope) -> None:
    logs = np.log([0.6, 9.0, 0.7, 6.0])
    _, gradient, hessian = slope(logs)
    for place in range(gradient.size):
        step = np.zeros(4)
        step[place] = 1e-5
        above, below = slope(logs + step), slope(logs - step)
        assert gradient[place] == pytest.approx((above[0] - below[0]) / 2e-5, rel=1e-5, abs=1e-6)
        assert hessian[place] == pytest.approx((above[1] - below[1]) / 2e-5, rel=1e-5, abs=1e-5)


def test_the_likelihood_of_pareto_nbd_does_not_lean_on_the_number_of_nodes() -> None:
    bought, logs = drawn(3000, seed=5), np.log([0.55, 74.0, 0.6, 82.0])
    fine = pareto_nbd._slope_of(bought, rough=False)
    value = fine(logs)[0]
    fine.points, fine.weights = np.polynomial.legendre.leggauss(96)
    assert value == pytest.approx(fine(logs)[0], abs=1e-4)


def test_counting_equal_histories_once_keeps_the_likelihood() -> None:
    bought, logs = drawn(20_000, seed=1), np.log([0.25, 30.0, 0.7, 2.5])
    few = grouped(bought)
    assert few.age.size < bought.age.size and few.customers_count == 20_000
    assert bg_nbd._slope_of(few)(logs)[0] == pytest.approx(bg_nbd._slope_of(bought)(logs)[0], abs=1e-5)
    rng = np.random.default_rng(2)
    bought = PurchaseHistories.of(bought.repeats_count, bought.age_at_last_order, bought.age + rng.random(20_000))
    assert bg_nbd._slope_of(grouped(bought))(logs)[0] == pytest.approx(bg_nbd._slope_of(bought)(logs)[0], abs=0.01)
    assert (rough := coarse(few)) is not None and rough.customers_count == 20_000


def test_a_fit_finds_the_process_that_drew_the_purchases() -> None:
    fitted = fit_pareto_nbd(drawn(40_000, seed=7))
    assert isinstance(fitted, ParetoNbd)
    away = (np.log(fitted.parameters) - np.log([0.55, 74.0, 0.6, 82.0])) / (np.array(fitted.standard_errors) / fitted.parameters)
    assert np.abs(away).max() < 5  # days are whole, so the process is met only nearly


@pytest.mark.parametrize("shape", [1, 3])
def test_a_fit_finds_how_regular_purchases_are(shape: int) -> None:
    fitted = fit_mbg_cnbd(drawn_regular(4_000, seed=3, shape=shape))
    assert isinstance(fitted, MbgCnbd) and fitted.shape == shape
    assert (fitted.r, fitted.a, fitted.b) == pytest.approx((2.0, 0.5, 4.0), rel=0.3)
    assert fitted.alpha == pytest.approx(2.0 * 40 / shape, rel=0.2)


def test_a_silence_longer_than_regular_gaps_tells_more() -> None:
    silent = histories([(6, 240, 340)])
    by_chance, regular = (MbgCnbd(shape, 2.0, 80.0 / shape, 0.5, 4.0, 0.0) for shape in (1, 4))
    assert regular.alive_probability(silent)[0] < 0.5 * by_chance.alive_probability(silent)[0]
    assert 0 < regular.purchase_probability(silent, 90)[0] < regular.alive_probability(silent)[0]
    assert regular.purchase_probability(silent, 0.0)[0] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.slow
def test_the_probability_of_a_regular_purchase_is_its_mean_over_rates_and_chances() -> None:
    rng, (x, last, age, shape) = np.random.default_rng(3), (4, 120.0, 150.0, 3)
    model = MbgCnbd(shape, 2.0, 26.0, 0.5, 4.0, 0.0)
    rate, leaving = rng.gamma(2.0, 1 / 26.0, 2_000_000), rng.beta(0.5, 4.0, 2_000_000)
    likely = (1 - leaving) ** x * rate ** (shape * x) * np.exp(-rate * last)
    silent, later = (special.gammaincc(shape, rate * wait) for wait in (age - last, age + 60 - last))
    expected = (likely * (1 - leaving) * (silent - later)).sum() / (likely * (leaving + (1 - leaving) * silent)).sum()
    assert model.purchase_probability(histories([(x, last, age)]), 60)[0] == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("fit", [fit_bg_nbd, fit_pareto_nbd, fit_mbg_cnbd])
def test_too_few_who_came_again_fit_nothing(fit) -> None:
    lack = fit(histories([(0, 0, 30)] * 500 + [(1, 10, 30)] * (NEEDED_REPEAT_CUSTOMERS - 1)))
    assert isinstance(lack, NotEnoughEvidence) and lack.available == NEEDED_REPEAT_CUSTOMERS - 1


@pytest.mark.parametrize("fit", [fit_bg_nbd, fit_pareto_nbd])
@pytest.mark.parametrize("rows", [[(1, 10, 30)] * 400, [(0, 0, 5)] * 300 + [(1, 1, 5)] * 60, [(9, 90, 91)] * 300])
def test_purchases_that_point_nowhere_are_said_to(fit, rows) -> None:
    assert isinstance(fit(histories(rows)), NotEnoughEvidence)


def test_a_customer_without_purchases_spends_like_the_company() -> None:
    fitted = GammaGamma(6.25, 3.74, 15.44, 0.0, (0.0, 0.0, 0.0), 946)
    mean = fitted.mean_amount(np.array([0.0, 1.0, 1000.0]), np.array([np.nan, 10.0, 10.0]))
    assert mean[0] == pytest.approx(6.25 * 15.44 / 2.74) and mean[1] > mean[2] == pytest.approx(10, rel=0.01)


@pytest.mark.parametrize("row", [(-1, 0, 5), (1, 6, 5), (0, 2, 5), (1, 1, float("nan"))])
def test_impossible_histories_are_refused(row) -> None:
    with pytest.raises(ValueError, match="purchase histories"):
        histories([row])
