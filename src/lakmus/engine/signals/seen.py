"""What of the trails is seen from some dates: who looks from a date knows what was known at it, and nothing that counts no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from lakmus.engine.arrays import Flags, Ints
from lakmus.engine.signals.trails import FOREVER, Trails

Figures = npt.NDArray[np.signedinteger]
"""Counts in 32 bits, everything else in 64."""


@dataclass(frozen=True)
class Seen:
    """A bucket's activities as they are seen from D dates (microseconds).

    Mostly a customer's past is the beginning of one and the same row of activities, `staying`. Where it is not (something
    was not known yet, or counts no more since), what is seen of that customer at that date stands in `apart` as a customer of its own:
    `place`, `owner` (k,) say whose, at which date.
    """

    dates: tuple[int, ...]
    staying: Trails
    apart: Trails
    place: Ints
    owner: Ints

    def put(self, whole: Figures, apart: Figures) -> None:
        """Write figures of those apart, shape (D, k), into the figures of all customers, shape (D, n)."""
        whole[self.place, self.owner] = apart[self.place, np.arange(self.owner.size)]


def seen_at(trails: Trails, *, as_of: Sequence[datetime]) -> Seen:
    """Return the activities as they are seen from some dates: an activity counts at one when `ts <= date and _known_at <= date`.

    Raises
    ------
    ValueError : a date without a time zone.
    """
    if any(moment.tzinfo is None for moment in as_of):
        raise ValueError("as_of needs a time zone")
    dates = tuple(round(moment.timestamp() * 1_000_000) for moment in as_of)
    odd = trails.odd
    owner_of = np.searchsorted(trails.starts, odd, side="right") - 1
    parts = [(np.zeros(0, np.int64),) * 4]
    for place, date in enumerate(dates) if odd.size else ():
        # Who has an activity of the past that is not seen, though it stays; or one that is, though it goes.
        differs = (trails.ts[odd] <= date) & (_counts(trails, odd, date) != (trails.goes(odd) == FOREVER))
        owners = np.unique(owner_of[differs])
        lengths = trails.starts[owners + 1] - trails.starts[owners]
        own = np.repeat(trails.starts[owners + 1] - np.cumsum(lengths), lengths) + np.arange(lengths.sum())
        kept = (trails.ts[own] <= date) & _counts(trails, own, date)
        each = np.bincount(np.repeat(np.arange(owners.size), lengths)[kept], minlength=owners.size)
        parts.append((np.full(owners.size, place), owners, own[kept], each))
    at, owner, taken, each = (np.concatenate(columns).astype(np.int64) for columns in zip(*parts, strict=True))
    return Seen(dates, _staying(trails), trails.of_rows(taken, each), at, owner)


def _counts(trails: Trails, rows: Ints, date: int) -> Flags:
    """Return whether activities are known at a date, and not gone."""
    known = trails.ts if trails.known is None else trails.known
    return np.asarray((known[rows] <= date) & (date < trails.goes(rows)))


def _staying(trails: Trails) -> Trails:
    """Return the trails without what counts no more some day."""
    if trails.gone is None:
        return trails
    kept = np.flatnonzero(trails.gone == FOREVER)
    return trails.of_rows(kept, np.diff(np.searchsorted(kept, trails.starts)))
