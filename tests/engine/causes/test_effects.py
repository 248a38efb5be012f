"""Effects on the exposed: by hand, against confounding, with errors that breed others, and with errors that do nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lakmus.engine.causes.doubly_robust import effect_of
from lakmus.engine.causes.findings import e_value, harms_of
from lakmus.engine.causes.hidden_rhythm import known_rate
from lakmus.engine.causes.logistic import cross_fitted, fitted, shift_by_row
from lakmus.engine.causes.rows import LEVELS
from lakmus.history.estimate import Badge, Estimate, NotEnoughEvidence
from tests.engine.causes.made import CODES, drawn, rows


def test_moments_alike_in_everything_give_the_difference_of_shares() -> None:
    exposed = np.repeat([True, False], [200, 800])
    left = np.concatenate([np.arange(200) < 60, np.arange(800) < 80])
    order = np.random.default_rng(3).permutation(1000)
    fit = effect_of(rows(exposed[order], left[order]))
    assert fit is not None and fit.point == pytest.approx(0.3 - 0.1, abs=0.004)
    assert np.sqrt(fit.variance) == pytest.approx(np.sqrt(0.1 * 0.9 / 200 + 0.1 * 0.9 / 800), rel=0.05)
    assert (fit.otherwise, fit.passing) == (pytest.approx(0.1, abs=0.004), pytest.approx(1 - 0.7 / 0.9, abs=0.01))


def test_what_frequent_buyers_hide_in_the_plain_difference_is_found() -> None:
    own = drawn(20_000)
    plain = own.left[own.exposed].mean() - own.left[~own.exposed].mean()
    fit = effect_of(own, hidden=False)
    assert fit is not None and plain < 0.08
    assert fit.point == pytest.approx(0.1, abs=2.6 * np.sqrt(fit.variance)) and fit.half < 0.02


def test_an_error_that_does_nothing_shows_nothing_in_nineteen_of_twenty() -> None:
    fits = [effect_of(drawn(2000, 0.0, seed), hidden=False) for seed in range(20)]
    assert sum(abs(fit.point) > fit.half for fit in fits if fit) <= 3


def test_intervals_hold_what_became_of_those_whom_the_error_met() -> None:
    misses = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        exposed, lot = rng.random(1500) < 0.1, rng.random(1500)
        fit = effect_of(rows(exposed, lot < 0.1 + 0.3 * exposed), hidden=False)
        assert fit is not None
        misses.append((fit.point - float(((lot >= 0.1) & (lot < 0.4))[exposed].mean())) / np.sqrt(fit.variance))
    assert 0.8 < np.std(misses) < 1.2


def test_an_interval_of_few_exposed_of_whom_none_was_lost_is_not_short() -> None:
    exposed = np.repeat([True, False], [60, 1200])
    left = np.arange(1260) % 10 == 0
    order = np.random.default_rng(3).permutation(1260)
    some, none = (effect_of(rows(exposed[order], one[order]), hidden=False) for one in (left, left & ~exposed))
    assert some is not None and none is not None
    assert none.half == pytest.approx(some.half, rel=0.1)


def test_a_row_moves_a_regression_by_what_leaving_it_out_takes_away() -> None:
    rng = np.random.default_rng(4)
    x = np.column_stack([np.ones(400), rng.normal(size=(400, 2))])
    y, every = (rng.random(400) < 0.3).astype(float), np.ones(400, np.bool_)
    b = fitted(x, y, every, ridge=1.0)
    moved = shift_by_row(x, y, every, b, slice(1, 3), ridge=1.0)
    row = int(np.argmax(np.abs(moved[:, 0])))
    without = fitted(x, y, np.arange(400) != row, ridge=1.0)
    assert moved[row] == pytest.approx((b - without)[1:], rel=0.15)


def test_what_is_taken_out_for_the_hidden_rhythm_adds_its_own_doubt() -> None:
    rng = np.random.default_rng(4)
    gap = rng.integers(120, 200, 3000)
    rare = (gap - 120) / 80  # whoever buys often meets more errors and is lost less
    own = rows(rng.random(3000) < 0.3 - 0.25 * rare, rng.random(3000) < 0.1 + 0.4 * rare, purchases=np.full(3000, 4))
    own.levels[:, [LEVELS.index(name) for name in ("mean_gap", "early_gap")]] = gap[:, None]
    known, unknown = (effect_of(own, hidden=hidden) for hidden in (False, True))
    assert known is not None and unknown is not None
    assert unknown.point > known.point
    sure = replace(unknown.doubt, slopes=np.zeros_like(unknown.doubt.slopes))
    assert unknown.variance > 1.08 * sure.among(own.exposed).variance


def test_what_the_hidden_rhythm_feigns_takes_rare_losses_not_below_none() -> None:
    rng = np.random.default_rng(4)
    gap = rng.integers(60, 200, 3000)
    rare = (gap - 60) / 140
    own = rows(rng.random(3000) < 0.5 - 0.45 * rare, rng.random(3000) < 0.01 + 0.3 * rare**3, purchases=np.full(3000, 2))
    own.levels[:, [LEVELS.index(name) for name in ("mean_gap", "early_gap")]] = gap[:, None]
    fit = effect_of(own)
    assert fit is not None and fit.doubt.slopes.any() and fit.counterfactual.min() > 0


def test_repeating_every_customer_twice_does_not_narrow_the_interval() -> None:
    own = drawn(3000)
    twice = own.only(np.repeat(np.arange(own.count), 2))
    once_fit, twice_fit = effect_of(own, hidden=False), effect_of(twice, hidden=False)
    assert once_fit is not None and twice_fit is not None
    assert twice_fit.variance == pytest.approx(once_fit.variance, rel=0.05)


def test_an_error_is_not_charged_with_what_the_error_it_bred_did() -> None:
    rng = np.random.default_rng(5)
    n = 20_000
    slow = rng.random(n) < 0.3
    bred = rng.random(n) < np.where(slow, 0.5, 0.1)
    stays = rng.random(n) < 0.9 * np.where(slow, 0.95, 1) * np.where(bred, 0.6, 1)
    own = replace(rows(slow, ~stays), bred=np.column_stack([np.zeros(n), bred]).astype(np.uint8))
    whole, alone = (effect_of(own, passing=passing, hidden=False) for passing in (None, np.array([0, 0.4])))
    assert whole is not None and alone is not None and whole.point > 0.12
    # Had this error done nothing, those in whom it bred the other one would have left because of that one.
    assert alone.point == pytest.approx(0.9 * 0.05 * (0.5 + 0.5 * 0.6), abs=0.015)


def test_findings_hold_effect_control_overlap_and_corrected_p() -> None:
    found = harms_of({"slow_reply": drawn(8000), "unresolved_problem": drawn(60)}, CODES)
    slow = found["slow_reply"]
    assert isinstance(slow.effect, Estimate) and slow.effect.badge is Badge.ADJUSTED and slow.effect.low > 0
    assert isinstance(slow.control, Estimate) and slow.control.low < 0 < slow.control.high
    assert slow.overlap is not None and slow.overlap.share_comparable > 0.9
    assert slow.sensitivity is not None and 1 < slow.sensitivity.e_value_low < slow.sensitivity.e_value
    assert slow.p_adjusted is not None and slow.p_adjusted < 0.001
    assert isinstance(found["unresolved_problem"].effect, NotEnoughEvidence)


def test_the_e_value_by_hand() -> None:
    assert e_value(2.0) == e_value(0.5) == pytest.approx(2 + np.sqrt(2))


def test_a_prediction_has_not_seen_its_own_fold() -> None:
    rng = np.random.default_rng(2)
    x = np.column_stack([np.ones(400), rng.normal(size=400)]).astype(np.float32)
    y, fold = (rng.random(400) < 0.5).astype(float), np.arange(400) % 5
    first = cross_fitted(x, y, fold, np.ones(400, bool), folds=5)
    turned = np.where(fold == 0, 1 - y, y)
    second = cross_fitted(x, turned, fold, np.ones(400, bool), folds=5)
    assert np.abs(first - second)[fold == 0].max() < 0.01 < np.abs(first - second)[fold == 1].max()


def test_columns_of_mere_noise_are_held_down() -> None:
    rng = np.random.default_rng(4)
    x = np.column_stack([np.ones(300), rng.normal(size=(300, 80))]).astype(np.float32)
    y, fold, every = (rng.random(300) < 0.3).astype(float), np.arange(300) % 5, np.ones(300, bool)
    chosen, free = (cross_fitted(x, y, fold, every, folds=5, ridges=ridges) for ridges in ((1.0, 10.0, 100.0, 1000.0), (1.0,)))
    assert 2 * chosen.std() < free.std()
    assert ((chosen - y) ** 2).mean() < ((free - y) ** 2).mean()


def test_what_earlier_gaps_say_of_the_rate_is_told_with_all_their_doubt() -> None:
    own = drawn(4000)
    for name in ("mean_gap", "early_gap"):
        own.levels[:, LEVELS.index(name)] = np.random.default_rng(1).integers(80, 160, own.count)
    whole, early, _ = known_rate(own)
    many = own.levels[:, LEVELS.index("purchases")] >= 5
    assert early[many].std() < whole[many].std()


def test_a_rate_known_from_more_gaps_is_less_unknown() -> None:
    own = drawn(4000)
    own.levels[:, LEVELS.index("mean_gap")] = np.random.default_rng(1).integers(80, 160, own.count)
    _, _, unknown = known_rate(own)
    purchases = own.levels[:, LEVELS.index("purchases")]
    assert unknown[purchases == 2].mean() > unknown[purchases == 11].mean() > 0


def test_customers_who_all_buy_at_one_beat_hide_nothing() -> None:
    own = drawn(4000)
    own.levels[:, [LEVELS.index(name) for name in ("mean_gap", "early_gap")]] = 100 + np.arange(own.count)[:, None] % 2
    own.levels[:, LEVELS.index("gap_spread")] = 0
    with_it, without = (effect_of(own, hidden=hidden) for hidden in (True, False))
    assert with_it is not None and without is not None and (with_it.point, with_it.half) == (without.point, without.half)
