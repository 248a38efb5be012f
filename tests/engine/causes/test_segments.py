"""Where an error hurts more than elsewhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lakmus.engine.causes.findings import harms_of
from lakmus.engine.causes.rows import Rows
from lakmus.history.estimate import Estimate
from tests.engine.causes.made import CODES, rows

NAMES = {1: "Омск", 2: "Казань", 3: "Тула"}


def in_places(effects: tuple[float, float, float], seed: int = 1, n: int = 9000) -> Rows:
    """Moments in three places, in each of which the error adds its own effect to the share lost."""
    rng = np.random.default_rng(seed)
    place = rng.integers(1, 4, n)
    exposed = rng.random(n) < 0.2
    left = rng.random(n) < 0.2 + np.array((0.0, *effects))[place] * exposed
    return replace(rows(exposed, left), place=place.astype(np.uint32))


def test_a_place_where_the_error_hurts_more_is_told_apart() -> None:
    first, *others = harms_of({"slow_reply": in_places((0.3, 0.05, 0.05), seed=3)}, CODES, NAMES)["slow_reply"].segments
    assert (first.dimension, first.segment) == ("place", "Омск") and len(others) == 2
    assert isinstance(first.effect, Estimate) and first.effect.low < 0.3 < first.effect.high
    assert first.p_adjusted is not None and first.p_adjusted < 0.001


@pytest.mark.slow
def test_places_alike_are_hardly_ever_told_apart() -> None:
    told = 0
    for seed in range(12):
        parts = harms_of({"slow_reply": in_places((0.1, 0.1, 0.1), seed, 3000)}, CODES, NAMES)["slow_reply"].segments
        told += any(part.p_adjusted is not None and part.p_adjusted < 0.05 for part in parts)
    assert told <= 3


def test_segments_without_a_name_or_with_few_customers_are_left_out() -> None:
    few = in_places((0.1, 0.1, 0.1), n=3000)
    few = replace(few, place=np.where(np.arange(few.count) < 30, 3, few.place.clip(max=2)).astype(np.uint32))
    found = harms_of({"slow_reply": few}, CODES, NAMES)["slow_reply"].segments
    assert sorted(part.segment for part in found) == ["Казань", "Омск"]
    assert harms_of({"slow_reply": few}, CODES)["slow_reply"].segments == ()
    whole = np.mean([part.effect.point for part in found if isinstance(part.effect, Estimate)])
    assert whole == pytest.approx(0.1, abs=0.06)
