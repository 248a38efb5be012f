"""One rule for the interval of an error's effect on all whom it met and on some of them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from lakmus.engine.causes.doubly_robust import bred_noise, effect_of
from lakmus.engine.causes.doubt import doubt_of
from lakmus.engine.causes.findings import harms_of, repeats_of
from lakmus.engine.causes.rows import LEVELS
from lakmus.history.estimate import Estimate
from tests.engine.causes.made import CODES, drawn, rows

WHO = np.array([1, 1, 2, 3, 4], np.uint64)
MET = np.array([True, True, True, False, False])
BY_HAND = doubt_of(
    WHO,
    MET,
    excess=np.array([0.75, -0.25, -0.5, 0.0, 0.0]),
    chance=np.array([0.25 * 0.75, 0.25 * 0.75, 0.25, 0.0, 0.0]),
    balance=np.array([0.0, 0.0, 0.0, 0.3, -0.3]),
    slopes=None,
    moved=None,
)


def test_the_interval_of_some_by_hand() -> None:
    first = BY_HAND.among(np.array([True, True, False, False, False]))
    # Residuals of +-.5 are scaled so that their squares sum to 2 x .25 x .75; both are one customer's, so they cancel.
    assert (first.point, first.moments, first.customers) == (0.25, 2, 1)
    assert first.influence == pytest.approx([0, 0, -0.1, 0.1])
    both = BY_HAND.among(MET)
    scale = math.sqrt((2 * 0.25 * 0.75 + 0.25) / (0.75**2 + 0.25**2 + 0.5**2))
    assert both.influence == pytest.approx([scale * 0.5 / 3, -scale * 0.5 / 3, -0.1, 0.1])
    assert BY_HAND.among(MET, anew=True).influence == pytest.approx([0.5 / 3, -0.5 / 3, -0.1, 0.1])


def test_a_side_that_stands_alone_is_corrected_by_its_own_unexposed() -> None:
    side = np.array([True, False, False, True, False])
    found = BY_HAND.among(side, alone=True)
    assert (found.point, found.moments) == (0.75 - 0.3, 1)
    assert found.influence == pytest.approx([0.3, 0, -0.3, 0])
    assert BY_HAND.among(side).point == 0.75
    assert BY_HAND.among(np.ones(5, np.bool_), alone=True).influence == pytest.approx(BY_HAND.among(MET).influence)


def test_what_all_sides_have_in_common_does_not_tell_two_sides_apart() -> None:
    much = BY_HAND.with_error_of(np.array([4, 9], np.uint64), np.array([5.0, -7.0]))
    assert much.among(MET).influence == pytest.approx([*BY_HAND.among(MET).influence[:3], 5.1, -7.0])
    here = np.array([True, True, False, True, False])
    assert much.apart(here) == pytest.approx(BY_HAND.apart(here))
    assert BY_HAND.apart(MET) is None


def test_a_segment_delay_or_turn_that_is_everybody_has_the_interval_of_the_whole() -> None:
    own = drawn(4000)
    own.levels[:, LEVELS.index("mean_gap")] = np.random.default_rng(1).integers(80, 160, own.count)
    own = replace(own, dose=np.where(own.exposed, 30.0, 0.0).astype(np.float32))
    harm = harms_of({"slow_reply": own}, CODES)["slow_reply"]
    (point,) = harm.dose
    assert isinstance(harm.effect, Estimate) and harm.fit is not None and harm.fit.doubt.slopes.any()
    assert point.effect == harm.effect
    own.levels[:, LEVELS.index("met_before")] = 0
    assert repeats_of(own, harm.fit)[0] == harm.effect


def test_the_doubt_about_an_error_that_was_bred_is_in_every_part() -> None:
    own = drawn(4000)
    own.bred[:, 1] = own.exposed & (np.arange(own.count) % 2 == 0)
    other = effect_of(drawn(300, 0.3, seed=2), hidden=False)
    fit = effect_of(own, passing=np.array([0.0, 0.3]), hidden=False)
    assert fit is not None and other is not None
    noisy = bred_noise(fit, own, np.array([0.0, 0.3]), {1: other})
    half = own.exposed & (np.arange(own.count) % 3 == 0)
    for side in (own.exposed, half):
        assert noisy.doubt.among(side & fit.comparable).variance > fit.doubt.among(side & fit.comparable).variance
    assert noisy.variance == noisy.doubt.among(own.exposed).variance


def test_intervals_of_a_part_hold_what_became_of_that_part() -> None:
    misses = []
    for seed in range(120):
        rng = np.random.default_rng(seed)
        exposed, lot, part = rng.random(1500) < 0.2, rng.random(1500), rng.random(1500) < 0.5
        fit = effect_of(rows(exposed, lot < 0.1 + 0.3 * exposed), hidden=False)
        assert fit is not None
        found = fit.doubt.among(exposed & part)
        true = float(((lot >= 0.1) & (lot < 0.4))[exposed & part].mean())
        misses.append((found.point - true) / math.sqrt(found.variance))
    assert 0.83 < np.std(misses) < 1.17


def test_predictions_that_took_chance_for_knowledge_make_the_interval_wider() -> None:
    rng = np.random.default_rng(5)
    own = rows(rng.random(900) < 0.3, rng.random(900) < 0.3)
    own.levels[:] = rng.integers(1, 12, own.levels.shape)
    fit = effect_of(own, hidden=False)
    assert fit is not None
    p = fit.counterfactual[fit.doubt.row]
    assert 1.02 < fit.doubt.chance.sum() / (p * (1 - p)).sum() < 1.5
