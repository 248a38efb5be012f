"""The ledger of a year: months err together where they share an effect, customers and errors apart."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from lakmus.engine.causes.ledger import ledger_year, open_ranks, year_covariance
from lakmus.engine.causes.reasons import UNKNOWN, Driving
from lakmus.history.estimate import Estimate

DOUBT = {"slow_reply": 0.3, "no_reply": 0.2}
CODES = (*DOUBT, UNKNOWN)


def drives(doubt: dict[str, float]) -> Driving:
    """Shares of 1, as doubtful as said."""
    return Driving(dict.fromkeys(doubt, 1.0), {code: part**2 for code, part in doubt.items()}, {})


def losses(n: int = 300, spread: float = 0.0) -> tuple[pl.DataFrame, np.ndarray, np.ndarray]:
    """Customers lost in twelve months: their reasons, probabilities (n, 3) and worths, with the standard error of each worth."""
    rng = np.random.default_rng(3)
    shares, worth = rng.dirichlet([0.5, 0.7, 2.0], n), np.round(rng.lognormal(5, 0.6, n), 2)
    rows = [
        {
            "customer": f"c{who}", "month": f"2025-{who % 12 + 1:02}", "code": code, "probability": float(shares[who, place]),
            "money": round(float(shares[who, place]) * worth[who] * 100), "money_variance": float(shares[who, place]) * spread**2,
            "silent": who % 2 == 0,
        }
        for who in range(n)
        for place, code in enumerate(CODES)
    ]  # fmt: skip
    return pl.DataFrame(rows), shares, worth


def drawn(shares: np.ndarray, worth: np.ndarray, spread: float, *, otherwise: float = 0.0, shared: float = 0.0) -> np.ndarray:
    """What reasons drawn one by one would sum to, (4000, 3), where each error's effect is off by one factor for all customers, both errors'
    by a `shared` one, too, and the share lost anyway by that of `otherwise`."""
    rng, draws = np.random.default_rng(4), 4000
    both = np.outer(rng.normal(0, shared, draws), [1, 1, 0])
    off = np.exp(rng.normal(0, [*DOUBT.values(), otherwise], (draws, 3)) + both)
    sums = np.zeros((draws, 3))
    for draw in range(draws):
        moved = shares * off[draw]
        moved /= moved.sum(axis=1, keepdims=True)
        chosen = (rng.random(len(worth))[:, None] > np.cumsum(moved, axis=1)).sum(axis=1)
        sums[draw] = np.bincount(chosen, weights=worth + rng.normal(0, spread, len(worth)), minlength=3)
    return sums


def test_the_intervals_of_a_year_are_as_wide_as_reasons_worths_and_effects_drawn_anew_would_differ() -> None:
    reasons, shares, worth = losses(spread=150.0)
    sums = drawn(shares, worth, 150.0)
    told = {row.code: row.money for row in ledger_year(reasons, drives(DOUBT), doubt_otherwise=0.0)}
    expected = {code: sums[:, place] for place, code in enumerate(CODES) if code in DOUBT} | {"": sums[:, :2].sum(axis=1)}
    for code, drawn_sums in expected.items():
        money = told[code]
        assert isinstance(money, Estimate) and money.point == pytest.approx(drawn_sums.mean(), rel=0.05)
        assert (money.high - money.point) / 1.96 == pytest.approx(drawn_sums.std(), rel=0.12)


def test_a_year_is_surer_than_its_months_if_effects_are_known_and_no_surer_if_only_they_are_in_doubt() -> None:
    reasons, _, _ = losses()
    halves = [reasons.filter(pl.col("month") < "2025-07"), reasons.filter(pl.col("month") >= "2025-07")]

    def width(frame: pl.DataFrame, doubts: dict[str, float]) -> float:
        money = next(row.money for row in ledger_year(frame, drives(doubts), doubt_otherwise=0.0) if row.code == "slow_reply")
        assert isinstance(money, Estimate)
        return money.high - money.point

    assert width(reasons, {}) == pytest.approx(np.hypot(*(width(half, {}) for half in halves)), rel=1e-3)
    unsure = {"slow_reply": 1e3}
    assert width(reasons, unsure) == pytest.approx(sum(width(half, unsure) for half in halves), rel=1e-3)


def test_without_service_errors_there_is_no_sum_of_them() -> None:
    reasons, _, _ = losses()
    assert [row.code for row in ledger_year(reasons.filter(pl.col("code") == UNKNOWN), drives({}), doubt_otherwise=0.0)] == [UNKNOWN]


def test_where_nobody_could_be_heard_no_row_says_who_left_silently() -> None:
    unheard = losses()[0].with_columns(pl.lit(None, pl.Boolean).alias("silent"))
    assert {row.left_silently for row in ledger_year(unheard, drives(DOUBT), doubt_otherwise=0.0)} == {None}
    assert all(row.left_silently for row in ledger_year(losses()[0], drives(DOUBT), doubt_otherwise=0.0))


def test_what_is_laid_to_reasons_errs_together_as_if_drawn_anew() -> None:
    reasons, shares, worth = losses(spread=150.0)
    apart = np.cov(drawn(shares, worth, 150.0).T)
    assert year_covariance(reasons, CODES, drives(DOUBT), doubt_otherwise=0.0) == pytest.approx(
        apart, abs=0.1 * float(np.diag(apart).max())
    )


def test_what_is_lost_anyway_and_the_mean_of_all_errors_err_for_all_customers_alike() -> None:
    reasons, shares, worth = losses()
    apart = np.cov(drawn(shares, worth, 0.0, otherwise=0.2, shared=0.25).T)
    known = drives(DOUBT)
    unsure = Driving(known.shares, known.variances, {}, usual=1.0, usual_variance=0.25**2, leanings=dict.fromkeys(DOUBT, 1.0))
    assert year_covariance(reasons, CODES, unsure, doubt_otherwise=0.2) == pytest.approx(apart, abs=0.1 * float(np.diag(apart).max()))


def test_places_that_the_data_leave_open_by_hand() -> None:
    money, alone = np.array([100.0, 90.0, 10.0]), np.diag([25.0, 25.0, 25.0])
    assert open_ranks(money, alone) == [(1, 2), (1, 2), (3, 3)]
    together = alone + np.array([[0, 20, 0], [20, 0, 0], [0, 0, 0]])
    assert open_ranks(money, together) == [(1, 1), (2, 2), (3, 3)]
    assert open_ranks(money[:1], alone[:1, :1]) == [(1, 1)]


def test_the_true_place_is_among_the_open_ones_in_nineteen_of_twenty() -> None:
    rng = np.random.default_rng(5)
    true, spread = np.array([60.0, 50.0, 45.0, 20.0, 19.0, 3.0]), np.array([6.0, 5.0, 5.0, 4.0, 3.0, 1.0])
    held = [
        [low <= place <= high for place, (low, high) in enumerate(open_ranks(true + rng.normal(0, spread), np.diag(spread**2)), start=1)]
        for _ in range(400)
    ]
    assert np.mean(held, axis=0).min() >= 0.94


def test_of_the_year_service_errors_have_places_and_other_reasons_none() -> None:
    reasons, _, _ = losses()
    told = {row.code: (row.rank_low, row.rank_high) for row in ledger_year(reasons, drives(DOUBT), doubt_otherwise=0.0)}
    assert told == {"no_reply": (1, 2), "slow_reply": (1, 2), UNKNOWN: (None, None), "": (None, None)}
