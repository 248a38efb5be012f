"""Placing moments between edges: by a table where the edges lie on a grid, by bisection elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import gcd
from zoneinfo import ZoneInfo

import numpy as np

from lakmus.engine.arrays import DAY_US, Ints

MOST_STEPS = 1 << 17
"""A table longer than this falls out of the processor's cache; bisection is as quick then."""


@dataclass(frozen=True)
class Binning:
    """Ascending `edges` (microseconds); `steps[(moment - origin) // width]` is a moment's place, None where no short table exists."""

    edges: Ints
    origin: int = 0
    width: int = 1
    steps: Ints | None = None

    @classmethod
    def of(cls, edges: Sequence[int]) -> Binning:
        """Return the binning of ascending, distinct edges, at least one."""
        whole = np.asarray(edges, dtype=np.int64)
        # A moment lies behind an edge from the next microsecond on: those beginnings stand on the grid when days and dates are whole.
        begins = [edge + 1 for edge in edges]
        width = gcd(*(begin - begins[0] for begin in begins)) or DAY_US
        count = (begins[-1] - begins[0]) // width + 2
        if count > MOST_STEPS:
            return cls(whole)
        behind = np.zeros(count, np.int64)
        behind[(whole + 1 - begins[0]) // width + 1] = 1
        return cls(whole, begins[0] - width, width, np.cumsum(behind))

    def place(self, moments: Ints) -> Ints:
        """Return for each moment how many edges lie before it (an edge equal to it does not), 0..number of edges."""
        if self.steps is None:
            return np.searchsorted(self.edges, moments, side="left").astype(np.int64)
        return self.steps.take((moments - self.origin) // self.width, mode="clip")


def local_midnights(first_us: int, last_us: int, time_zone: str) -> Binning:
    """Return the binning whose places are local days: an edge at the last microsecond of each day from the first moment's to the last's."""
    zone = ZoneInfo(time_zone)
    day = datetime.fromtimestamp(first_us / 1_000_000, UTC).astimezone(zone).date() - timedelta(days=1)
    edges: list[int] = []
    while not edges or edges[-1] <= last_us:
        day += timedelta(days=1)
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
        edges.append(round(midnight.timestamp() * 1_000_000) - 1)
    return Binning.of(edges)
