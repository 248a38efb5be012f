"""Saved segments: a group of customers under a name, found anew in each verdict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording
from lakmus.operations.segments import changes
from lakmus.operations.segments.queries import saved_segment, saved_segments
from lakmus.usecases.house.home import Home
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals.customer_groups import Group, count_group, group_of, group_told


@dataclass(frozen=True, slots=True)
class Segment:
    """A saved segment as of a verdict: `customers` None where its rule no longer means anything in it."""

    number: int
    name: str
    group: Group
    told: Wording | None
    customers: int | None
    created_at: datetime
    created_by: str


def list_segments(home: Home, shown: Shown) -> list[Segment]:
    """Return all saved segments with their numbers of customers as of the verdict."""
    return [_segment(home, shown, row) for row in saved_segments()]


def keep_segment(shown: Shown, group: Group, *, name: str, actor: Any) -> int:
    """Save a group under a name and return its number.

    Raises
    ------
    BadInput : there is no such group, or the name will not do.
    """
    group_told(shown, group)
    return int(changes.save_segment(name=name, rule={"of": group.of, **group.asked}, actor=actor).pk)


def forget_segment(number: int, *, actor: Any) -> None:
    """Delete a saved segment.

    Raises
    ------
    NotFound : there is none of this number.
    """
    changes.drop_segment(segment=saved_segment(number), actor=actor)


def _segment(home: Home, shown: Shown, row: Any) -> Segment:
    group = group_of(row.rule)
    try:
        told, customers = group_told(shown, group), count_group(home, shown, group)
    except BadInput:
        # A move of a month that these twelve no longer hold, a field of a map that has fewer now.
        told, customers = None, None
    return Segment(row.pk, row.name, group, told, customers, row.created_at, str(row.created_by or ""))
