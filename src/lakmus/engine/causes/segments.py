"""Where an error hurts more, and where less: its effect by place, channel and topic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl

from lakmus.engine.bucket import of_kind
from lakmus.engine.causes.difference import adjusted_p
from lakmus.engine.causes.dose import effect_among
from lakmus.engine.causes.doubly_robust import Effect
from lakmus.engine.causes.rows import Rows, label_of
from lakmus.engine.errors.detector import Scene
from lakmus.engine.harm import SegmentEffect
from lakmus.engine.risk.segments import places_of
from lakmus.history.estimate import Estimate

DIMENSIONS = ("place", "channel", "topic")
NEEDED_CUSTOMERS = 50
"""Exposed customers in a segment below which its effect is not told apart."""


def names_of(scene: Scene) -> dict[int, str]:
    """Return the names of one bucket's places, channels and topics, by the labels that stand for them in `Rows`."""
    cases = of_kind(scene.facts, "opened_case")
    orders = of_kind(scene.facts, "placed_order")
    names = (places_of(scene.facts)["place"], cases["_channel"], cases["_topic"], orders["_channel"])
    distinct = pl.concat([each.cast(pl.String) for each in names]).drop_nulls().unique()
    return {label_of(name): name for name in distinct.to_list()}


def effects_by_segment(rows: Rows, fit: Effect, names: Mapping[int, str]) -> tuple[SegmentEffect, ...]:
    """Return the effect in each segment with enough exposed customers, the strongest first, and whether it differs from the rest.

    A dimension with a single such segment says nothing and is left out. `p_adjusted` holds the bare p of the difference between the
    segment and the other exposed moments (`Doubt.apart`) until `fairly` adjusts all that were looked at.
    """
    compared = rows.exposed & fit.comparable
    found: list[SegmentEffect] = []
    for dimension in DIMENSIONS:
        labels = getattr(rows, dimension)
        own = []
        for label in np.unique(labels[compared]).tolist():
            here = labels == label
            if label in names and len(np.unique(rows.owner[compared & here])) >= NEEDED_CUSTOMERS:
                own.append(SegmentEffect(dimension, names[label], effect_among(fit, here, alone=True), fit.doubt.apart(here)))
        found += own if len(own) > 1 else []
    return tuple(sorted(found, key=lambda one: (-_point(one), one.dimension, one.segment)))


def fairly(by_code: Mapping[str, tuple[SegmentEffect, ...]]) -> dict[str, tuple[SegmentEffect, ...]]:
    """Return the segments of all errors with p adjusted over all of them (Benjamini and Hochberg, 1995)."""
    looked_at = [one.p_adjusted for parts in by_code.values() for one in parts if one.p_adjusted is not None]
    fair = iter(adjusted_p(looked_at))
    return {
        code: tuple(one if one.p_adjusted is None else replace(one, p_adjusted=float(next(fair))) for one in parts)
        for code, parts in by_code.items()
    }


def _point(one: SegmentEffect) -> float:
    return one.effect.point if isinstance(one.effect, Estimate) else -1.0
