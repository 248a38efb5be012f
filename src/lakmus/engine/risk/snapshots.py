"""Past moments of the company, counted: how silent each customer was then, and who came back.

One snapshot at cut t takes the customers with at least two purchases who were not lost at t, puts each into a cell by silence and
experience, and sees whether they bought in the horizon after t. Counts of cells are all that crosses customers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from lakmus.engine.arrays import DAY_US, Flags, Floats, Ints
from lakmus.engine.signals.rhythm import CompanyRhythm, Gaps, Purchases, completed_gaps, personal_rhythm

SILENCE_EDGES = (0.1, 0.2, 0.35, 0.5, 0.7, 0.9, 1.1, 1.4, 1.8, 2.4)
"""Upper edges of days since the last order / personal 90th percentile."""
EXPERIENCE_EDGES = (3, 4, 6, 10, 20)
"""Lower edges of the number of purchases, after the first class of two."""
SILENCE_COUNT = len(SILENCE_EDGES) + 1
EXPERIENCE_COUNT = len(EXPERIENCE_EDGES) + 1
SHAPE = (SILENCE_COUNT, EXPERIENCE_COUNT, 2, 2, 2)
"""silence x experience x rule "gap exceeded" x rule "fell by 20 %" x lost."""
CUTS = 4
PICTURES_A_HORIZON = 3
PERIOD_DAYS = 90
FALL = 0.8


@dataclass(frozen=True)
class Cells:
    """Where each customer of a bucket stands at one moment; arrays of shape (n,). `present`: at least two purchases and not lost."""

    present: Flags
    silence: Ints
    experience: Ints
    exceeded: Flags
    fell: Flags
    silent_days: Floats


def cut_moments(*, as_of: datetime, horizon_days: int, first_order_at: datetime | None) -> list[datetime]:
    """Return past cuts, latest first: as_of minus 1, 2, ... CUTS horizons, as long as a year or two horizons of history precede them."""
    if first_order_at is None:
        return []
    needed = timedelta(days=min(365, 2 * horizon_days))
    cuts = (as_of - timedelta(days=horizon_days * k) for k in range(1, CUTS + 1))
    return [cut for cut in cuts if cut - needed >= first_order_at]


def picture_moments(*, as_of: datetime, horizon_days: int, first_order_at: datetime | None) -> list[datetime]:
    """Return the moments of the pictures that the model learns from, latest first: three a horizon, every third one a cut.

    Each has its whole horizon behind it, and at least one horizon of history before it.
    """
    if first_order_at is None:
        return []
    spacing = timedelta(days=horizon_days / PICTURES_A_HORIZON)
    latest = as_of - timedelta(days=horizon_days)
    moments = (latest - spacing * k for k in range(PICTURES_A_HORIZON * (CUTS - 1) + 1))
    return [moment for moment in moments if moment - timedelta(days=horizon_days) >= first_order_at]


def moments_year_ago(moments: Sequence[datetime], *, horizon_days: int, first_order_at: datetime | None) -> list[datetime]:
    """Return the moments a year before these (latest first), as long as one horizon of history precedes them: they tell of the season."""
    if first_order_at is None:
        return []
    before = (moment - timedelta(days=365) for moment in moments)
    return [moment for moment in before if moment - timedelta(days=horizon_days) >= first_order_at]


def cells_at(purchases: Purchases, gaps: Gaps, company: CompanyRhythm, *, moment: datetime, horizon_days: int) -> Cells:
    """Return the cell of every customer at `moment`, from purchases up to then only (pass the gaps of the same purchases)."""
    now_us = round(moment.timestamp() * 1_000_000)
    rhythm = personal_rhythm(purchases, gaps, company)
    silent = (now_us - rhythm.last_us) / DAY_US
    present = (rhythm.purchases_count >= 2) & (silent < horizon_days)
    age = (now_us - purchases.last_us) / DAY_US
    n = purchases.count
    recent = np.bincount(purchases.owner[age < PERIOD_DAYS], minlength=n)
    before = np.bincount(purchases.owner[(age >= PERIOD_DAYS) & (age < 2 * PERIOD_DAYS)], minlength=n)
    return Cells(
        present=present,
        silence=np.searchsorted(SILENCE_EDGES, silent / rhythm.p90_days, side="right").astype(np.int64),
        experience=np.searchsorted(EXPERIENCE_EDGES, rhythm.purchases_count, side="right").astype(np.int64),
        exceeded=silent > rhythm.p90_days,
        fell=(before > 0) & (recent <= FALL * before),
        silent_days=silent,
    )


@dataclass(frozen=True)
class Snapshot:
    """Counts of one cut: `cells` of SHAPE; `ahead_days` (silence x experience): sum over the lost of days from the cut to the loss."""

    cells: Ints
    ahead_days: Floats

    def __add__(self, other: Snapshot) -> Snapshot:
        return Snapshot(self.cells + other.cells, self.ahead_days + other.ahead_days)


def empty_snapshot() -> Snapshot:
    """Return a snapshot of nobody."""
    return Snapshot(np.zeros(SHAPE, np.int64), np.zeros((SILENCE_COUNT, EXPERIENCE_COUNT)))


def snapshot(past: Purchases, bought: Purchases, company: CompanyRhythm, *, cut: datetime, horizon_days: int) -> Snapshot:
    """Return one bucket's counts at a cut whose horizon has passed.

    Outcome "lost": no purchase in (cut, cut + horizon].

    Parameters
    ----------
    past : purchases as they were known at the cut (`KnownOrders.at`). bought : as known now, which judge the outcome.
    """
    cut_us = round(cut.timestamp() * 1_000_000)
    cells = cells_at(past, completed_gaps(past), company, moment=cut, horizon_days=horizon_days)
    back = returned(bought, cut_us=cut_us, horizon_days=horizon_days)
    seen = cells.present
    counts = np.zeros(SHAPE, np.int64)
    place = (
        cells.silence[seen],
        cells.experience[seen],
        cells.exceeded[seen].astype(int),
        cells.fell[seen].astype(int),
        (~back[seen]).astype(int),
    )
    np.add.at(counts, place, 1)
    ahead = np.zeros((SILENCE_COUNT, EXPERIENCE_COUNT))
    lost = seen & ~back
    np.add.at(ahead, (cells.silence[lost], cells.experience[lost]), horizon_days - cells.silent_days[lost])
    return Snapshot(counts, ahead)


def returned(purchases: Purchases, *, cut_us: int, horizon_days: int) -> Flags:
    """Return who bought within the horizon after a cut; shape (n,)."""
    # The last order of a day tells whether any came after the cut, the first one whether any came before the horizon's end.
    came = (purchases.last_us > cut_us) & (purchases.first_us <= cut_us + horizon_days * DAY_US)
    return np.asarray(np.bincount(purchases.owner[came], minlength=purchases.count) > 0)


def summed(snapshots: Iterable[Snapshot]) -> Snapshot:
    """Return several buckets' counts of one cut (or several cuts) as one."""
    return sum(snapshots, empty_snapshot())
