"""Errors that do more together than apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lakmus.engine.causes.findings import harms_of
from lakmus.engine.causes.rows import Rows
from lakmus.history.estimate import Estimate
from tests.engine.causes.made import CODES, rows


def met_twice(together: float, seed: int = 1, n: int = 9000) -> tuple[Rows, float, float]:
    """Moments of slow replies; an unsolved problem before adds .15 by itself, a slow reply .1, and both `together` more. And the shares
    that slow replies drove away of those with and without the other error."""
    rng = np.random.default_rng(seed)
    before, exposed, lot = rng.random(n) < 0.3, rng.random(n) < 0.2, rng.random(n)
    alone = 0.1 + 0.15 * before
    left = lot < alone + 0.1 * exposed + together * (before & exposed)
    made = rows(exposed, left)
    made.before[:, CODES.index("unresolved_problem")] = before
    driven = left & (lot >= alone)
    return made, float(driven[exposed & before].mean()), float(driven[exposed & ~before].mean())


def test_two_errors_that_hurt_more_together_are_told() -> None:
    made, with_it, without = met_twice(0.3)
    (pair,) = harms_of({"slow_reply": made}, CODES)["slow_reply"].interactions
    assert pair.other_code == "unresolved_problem" and pair.p_adjusted < 0.001
    assert isinstance(pair.after_other, Estimate) and pair.after_other.low < with_it < pair.after_other.high
    assert isinstance(pair.alone, Estimate) and pair.alone.low < without < pair.alone.high
    assert abs(pair.extra - 0.3) < 0.08


@pytest.mark.slow
def test_what_the_other_error_does_by_itself_is_no_interaction() -> None:
    told = [harms_of({"slow_reply": met_twice(0.0, seed)[0]}, CODES)["slow_reply"].interactions[0].p_adjusted < 0.05 for seed in range(10)]
    assert sum(told) <= 2


def test_too_few_who_met_both_say_nothing() -> None:
    few, _, _ = met_twice(0.3)
    few = replace(few, before=np.where((np.arange(few.count) < 100)[:, None], few.before, 0).astype(np.uint8))
    assert harms_of({"slow_reply": few}, CODES)["slow_reply"].interactions == ()
