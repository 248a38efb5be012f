"""The judge, by hand-computed examples."""

from __future__ import annotations

import pytest

from lakmus.engine.proof.hold_out import Arm, randomised_difference, sample_ratio_p
from lakmus.history.estimate import Badge, NotEnoughEvidence


def test_a_fair_lot_passes_and_a_broken_one_does_not() -> None:
    # chi-square = 20^2/500 * 2 = 1.6 with one degree of freedom: p = 0.2059
    assert sample_ratio_p((520, 480), (0.5, 0.5)) == pytest.approx(0.20590, abs=1e-5)
    assert sample_ratio_p((600, 400), (0.5, 0.5)) < 0.001
    assert sample_ratio_p((900, 100), (0.9, 0.1)) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("assigned", "shares"), [((1, 2), (0.5, 0.4)), ((1, 2), (0.5, 0.3, 0.2)), ((0, 0), (0.5, 0.5)), ((1, 2), (1.0, 0.0))]
)
def test_arms_that_do_not_fit_are_refused(assigned: tuple[int, ...], shares: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        sample_ratio_p(assigned, shares)


def test_the_difference_agrees_with_newcombes_published_example() -> None:
    # Newcombe (1998), example (a): 56/70 against 48/80, method 10: 0.2000 (0.0524, 0.3339).
    found = randomised_difference(Arm(70, 56), Arm(80, 48))
    assert found.badge is Badge.RANDOMISED and found.n == 150
    assert (found.point, found.low, found.high) == (pytest.approx(0.2), pytest.approx(0.0524, abs=5e-5), pytest.approx(0.3339, abs=5e-5))


def test_too_small_an_arm_is_a_state() -> None:
    assert isinstance(randomised_difference(Arm(29, 3), Arm(500, 20)), NotEnoughEvidence)


def test_more_outcomes_than_customers_are_refused() -> None:
    with pytest.raises(ValueError, match="more outcomes"):
        randomised_difference(Arm(50, 51), Arm(50, 2))
