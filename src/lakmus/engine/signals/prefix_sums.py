"""The machine of the signals: all aggregates of all signals at all as-of dates, each activity placed once.

Every window of every date ends at one of a few edges. The activities of a customer, in order of time, are placed between the edges
once; from then on "how many until this edge" is a position in the customer's row of activities, and any window of any date is a
difference of two positions (a count), of two running sums (a sum), or the activity at a position (first, last). Prefix sums (summed
area tables in one dimension: Crow, 1984). Sums run over whole numbers modulo 2^64, so a difference is exact however long the row is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lakmus.engine.arrays import DAY_US, Flags, Floats, Ints
from lakmus.engine.signals.aggregates import PLACES, Aggregate, Measure, Selection, Test, Where
from lakmus.engine.signals.binning import Binning, local_midnights
from lakmus.engine.signals.seen import Figures, Seen, seen_at
from lakmus.engine.signals.trails import Trails

BLOCK_ROWS = 210_000
BLOCK_CELLS = 1 << 19
"""A block of customers holds about so many activities, or so many cells (customer x edge), and stays in the processor's cache."""
NEVER_US = -1
_SCALE = 10.0**PLACES
_WHOLE = np.dtype(np.int64)
Places = list[int]


@dataclass(frozen=True)
class Measured:
    """The aggregates of n customers at D dates."""

    customers: pa.Array
    as_of: tuple[datetime, ...]
    figures: dict[Aggregate, Figures]

    def whole(self, aggregate: Aggregate) -> Figures:
        """Return a count, a number of days or a moment in microseconds; shape (D, n)."""
        return self.figures[aggregate]

    def of(self, aggregate: Aggregate) -> Floats:
        """Return any figure in its own unit; moments as microseconds with NaN where there is none; shape (D, n)."""
        return self._in_its_unit(aggregate, self.figures[aggregate])

    def at(self, aggregate: Aggregate, place: int) -> Floats:
        """Return a figure in its own unit at one date; shape (n,)."""
        return self._in_its_unit(aggregate, self.figures[aggregate][place])

    @staticmethod
    def _in_its_unit(aggregate: Aggregate, figure: Figures) -> Floats:
        if aggregate.measure in (Measure.FIRST, Measure.LAST):
            return np.where(figure == NEVER_US, np.nan, figure)
        if aggregate.measure in (Measure.SUM, Measure.GAPS, Measure.GAP_SQUARES):
            return figure / _SCALE
        return figure.astype(np.float64)


@dataclass(frozen=True)
class _Plan:
    """What one selection needs: its edges, and for each aggregate and date the rows of `_Placed.until` where the window begins and ends."""

    of: Selection
    binning: Binning
    asked: tuple[tuple[Aggregate, Places, Places], ...]
    summed: dict[tuple[Measure, str | None], Places]
    """Of each measure that is summed, the rows at which its windows begin and end: the other edges are those of other measures."""


def measured(
    trails: Trails,
    aggregates: Iterable[Aggregate],
    *,
    as_of: Sequence[datetime],
    seen: Seen | None = None,
    time_zone: str = "UTC",
    block_rows: int = BLOCK_ROWS,
) -> Measured:
    """Return all aggregates of all customers at all dates, each from what was known at its date.

    Parameters
    ----------
    trails : a bucket's activities. aggregates : any number; equal ones are computed once.
    as_of : aware moments, in any order; D of them. An activity counts at a date when `ts <= date and _known_at <= date`.
    seen : `seen_at` of these trails and dates, where it is at hand.
    time_zone : IANA name, for `DAYS`. block_rows : how many activities are worked on at a time.

    Returns
    -------
    Measured : arrays of shape (D, n), the same whatever the bucket's other customers and the size of a block are.

    Raises
    ------
    ValueError : a date without a time zone.
    """
    seen = seen_at(trails, as_of=as_of) if seen is None else seen
    wanted = list(dict.fromkeys(aggregates))
    figures, apart = (_empty(wanted, len(seen.dates), part.count) for part in (trails, seen.apart))
    plans = _plans(tuple(wanted), seen.dates)
    _fill(figures, seen.staying, plans, time_zone, block_rows)
    if seen.apart.count:
        _fill(apart, seen.apart, plans, time_zone, block_rows)
        for aggregate, figure in apart.items():
            seen.put(figures[aggregate], figure)
    return Measured(trails.customers, tuple(as_of), figures)


def _empty(wanted: Sequence[Aggregate], dates: int, customers: int) -> dict[Aggregate, Figures]:
    """Return where the figures go: one array for all, as many that come and go are given back to the system, and asked of it anew."""
    counts = [aggregate for aggregate in wanted if aggregate.measure is Measure.COUNT]
    others = [aggregate for aggregate in wanted if aggregate.measure is not Measure.COUNT]
    cells = dates * customers
    whole = np.empty(len(others) * cells + (len(counts) * cells + 1) // 2, _WHOLE)
    half = whole[len(others) * cells :].view(np.int32)[: len(counts) * cells]
    found: dict[Aggregate, Figures] = dict(zip(others, whole[: len(others) * cells].reshape(len(others), dates, customers), strict=True))
    return found | dict(zip(counts, half.reshape(len(counts), dates, customers), strict=True))


def _fill(figures: dict[Aggregate, Figures], trails: Trails, plans: Sequence[_Plan], time_zone: str, block_rows: int) -> None:
    widest = max((len(plan.binning.edges) + 1 for plan in plans), default=1)
    midnights = None
    if trails.ts.size and any(aggregate.measure is Measure.DAYS for plan in plans for aggregate, _, _ in plan.asked):
        midnights = local_midnights(int(trails.ts.min()), int(trails.ts.max()), time_zone)
    for block in blocks_of(trails, widest, block_rows):
        for plan in plans:
            _one_selection(figures, block, plan, midnights)


def blocks_of(trails: Trails, cells: int, block_rows: int = BLOCK_ROWS) -> Iterator[Block]:
    """Yield neighbouring customers together, as many as keep the block in the processor's cache with so many cells of each customer."""
    first = 0
    while first < trails.count:
        most = min(trails.count, first + max(1, BLOCK_CELLS // cells))
        last = int(np.searchsorted(trails.starts[: most + 1], trails.starts[first] + block_rows, side="right")) - 1
        last = min(max(last, first + 1), most)
        yield Block(trails, first, last)
        first = last


@lru_cache(maxsize=4)
def _plans(wanted: tuple[Aggregate, ...], dates: tuple[int, ...]) -> tuple[_Plan, ...]:
    """Return what each selection needs; every bucket of a company asks the same, and reads it only."""
    by_selection: dict[Selection, list[Aggregate]] = {}
    for aggregate in wanted:
        by_selection.setdefault(aggregate.of, []).append(aggregate)
    plans = []
    for selection, asked in by_selection.items():
        bounds = {
            aggregate: [
                (
                    date - round(aggregate.window.newest_days * DAY_US),
                    None if aggregate.window.oldest_days is None else date - round(aggregate.window.oldest_days * DAY_US),
                )
                for date in dates
            ]
            for aggregate in asked
        }
        edges = sorted({edge for pairs in bounds.values() for pair in pairs for edge in pair if edge is not None})
        place = {edge: number for number, edge in enumerate(edges, 1)}
        windows = tuple(
            (aggregate, [0 if oldest is None else place[oldest] for _, oldest in pairs], [place[newest] for newest, _ in pairs])
            for aggregate, pairs in bounds.items()
        )
        summed: dict[tuple[Measure, str | None], set[int]] = {}
        for aggregate, oldest, newest in windows:
            summed.setdefault((aggregate.measure, aggregate.column), set()).update(oldest, newest)
        plans.append(_Plan(selection, Binning.of(edges), windows, {key: sorted(rows) for key, rows in summed.items()}))
    return tuple(plans)


class Block:
    """The activities of neighbouring customers, with what several selections share."""

    def __init__(self, trails: Trails, first: int, last: int) -> None:
        self.trails, self.first, self.last = trails, first, last
        self.begin, end = int(trails.starts[first]), int(trails.starts[last])
        self.ts = trails.ts[self.begin : end]
        self.kind = trails.kind[self.begin : end]
        self.count = last - first
        self.owner = np.repeat(np.arange(self.count, dtype=np.int32), np.diff(trails.starts[first : last + 1]))
        # Arrow counts where there are few different ones; a sort of NumPy takes four times as long.
        self._by_kind = pc.array_sort_indices(pa.array(self.kind)).to_numpy().view(np.int64)
        codes = np.arange(len(trails.kinds) + 1, dtype=np.int32).astype(self.kind.dtype)
        self._begins = np.searchsorted(self.kind, codes, sorter=self._by_kind)
        self._rows: dict[tuple[str, ...], Ints] = {}

    def chosen(self, of: Selection) -> Chosen:
        """Return the activities of a selection."""
        rows = self.rows(of)
        return Chosen(rows, self.ts.take(rows), self.owner.take(rows), self.count)

    def rows(self, of: Selection) -> Ints:
        """Return the places in the block of the activities of a selection."""
        found = self._rows.get(of.kinds)
        if found is None:
            codes = [code for code, kind in enumerate(self.trails.kinds) if kind in of.kinds]
            found = self._rows[of.kinds] = self._of_codes(codes)
        for condition in of.where:
            if found.size:
                found = found[self._meets(condition, found)]
        return found

    def _of_codes(self, codes: list[int]) -> Ints:
        parts = [self._by_kind[self._begins[code] : self._begins[code + 1]] for code in codes]
        return np.sort(np.concatenate(parts)) if len(parts) > 1 else parts[0] if parts else np.zeros(0, _WHOLE)

    def _meets(self, where: Where, rows: Ints) -> Flags:
        rows = rows + self.begin
        if where.test in (Test.ABSENT, Test.PRESENT):
            return np.asarray(self.trails.has(where.column, rows) == (where.test is Test.PRESENT))
        if isinstance(where.than, tuple):
            codes, words = self.trails.words(where.column, rows)
            among = np.array([*(word in where.than for word in words), where.test is Test.AMONG_OR_ABSENT])
            return np.asarray(among[codes])  # the last stands for no word at all
        own = self.trails.floats(where.column, rows)
        return np.asarray(own <= where.than if where.test is Test.AT_MOST else own >= where.than)


@dataclass(frozen=True)
class Chosen:
    """The m activities of one selection among n customers: `rows` in the block, `ts`, `owner` (m,), by customer and time."""

    rows: Ints
    ts: Ints
    owner: npt.NDArray[np.int32]
    count: int

    def until(self, binning: Binning) -> Ints:
        """Return the place where each customer's activities begin, then, for each edge, that behind the last one until it; (1 + E, n)."""
        n, edges = self.count, len(binning.edges)
        cells = binning.place(self.ts)
        cells *= n
        cells += self.owner
        between = np.bincount(cells, minlength=(edges + 1) * n).reshape(edges + 1, n)
        ends = np.cumsum(between.sum(axis=0))
        places: Ints = np.empty((edges + 1, n), _WHOLE)
        places[0, :1] = 0
        places[0, 1:] = ends[:-1]
        for edge in range(edges):
            np.add(places[edge], between[edge], out=places[edge + 1])
        return places


class _Placed:
    """The activities of one selection in one block, placed between the plan's edges: `until` is that of `Chosen`."""

    def __init__(self, block: Block, plan: _Plan, midnights: Binning | None) -> None:
        chosen = block.chosen(plan.of)
        self.block, self.midnights, self.summed = block, midnights, plan.summed
        self.rows, self.ts, self.owner = chosen.rows, chosen.ts, chosen.owner
        self.until = chosen.until(plan.binning)
        self._running: dict[tuple[Measure, str | None], Ints] = {}
        self._at: dict[tuple[Measure, str | None], dict[int, Ints]] = {}
        self._figures: dict[str, Floats] = {}

    def at(self, aggregate: Aggregate) -> Mapping[int, Ints]:
        """Return, by the row of `until`, the running sum of the aggregate's measure until there, for each customer; shape (n,) each."""
        key = (aggregate.measure, aggregate.column)
        if key not in self._at:
            running = self.running(aggregate)
            self._at[key] = {row: running.take(self.until[row], mode="clip") for row in self.summed[key]}
        return self._at[key]

    def running(self, aggregate: Aggregate) -> Ints:
        """Return the sum of the measure over the activities before each place of the selection; wraps around at 2^64."""
        key = (aggregate.measure, aggregate.column)
        if key not in self._running:
            sums = np.zeros(len(self.rows) + 1, _WHOLE)
            np.cumsum(self.each(aggregate), out=sums[1:])
            self._running[key] = sums
        return self._running[key]

    def each(self, aggregate: Aggregate) -> Ints:
        """Return the measure of every single activity, in whole millionths, squares in whole numbers."""
        if aggregate.measure is Measure.DAYS:
            return self.begins_day().astype(_WHOLE)
        if aggregate.measure in (Measure.GAPS, Measure.GAP_SQUARES):
            figures = self.gap_days * (self.gap_days if aggregate.measure is Measure.GAP_SQUARES else 1.0)
            figures *= _SCALE
        else:
            own = self.figures(aggregate.column or "")
            figures = own * (_SCALE if aggregate.measure is Measure.SUM else own)
        return np.rint(figures, out=figures).astype(_WHOLE)

    @cached_property
    def gap_days(self) -> Floats:
        """The days from the activity before, 0 for a customer's first."""
        gap = np.zeros(len(self.ts))
        # A customer's first activity has none before it: the difference to another customer's last is taken away.
        np.multiply(np.diff(self.ts), self.owner[1:] == self.owner[:-1], out=gap[1:])
        gap /= DAY_US
        return gap

    def figures(self, column: str) -> Floats:
        """Return a number column of the selection, 0 where it is null."""
        if column not in self._figures:
            figures = self.block.trails.floats(column, self.rows + self.block.begin)
            figures[np.isnan(figures)] = 0.0
            self._figures[column] = figures
        return self._figures[column]

    def begins_day(self) -> Flags:
        """Return which activities are the customer's first of a local day."""
        assert self.midnights is not None
        day = self.midnights.place(self.ts)
        begins = np.ones(len(day), bool)
        begins[1:] = (day[1:] != day[:-1]) | (self.owner[1:] != self.owner[:-1])
        return begins

    def windows(self, aggregate: Aggregate, oldest: Places, newest: Places, into: Figures) -> None:
        """Write the aggregate over one window of each date into an array (D, n)."""
        moment = aggregate.measure in (Measure.FIRST, Measure.LAST)
        if not len(self.ts):
            into.fill(NEVER_US if moment else 0)
            return
        if moment:
            for place, (begin, end) in enumerate(zip(oldest, newest, strict=True)):
                low, high = self.until[begin], self.until[end]
                self.ts.take(low if aggregate.measure is Measure.FIRST else high - 1, mode="clip", out=into[place])
                np.copyto(into[place], NEVER_US, where=high == low)
            return
        sums: Ints | Mapping[int, Ints] = self.until if aggregate.measure is Measure.COUNT else self.at(aggregate)
        for date, (begin, end) in enumerate(zip(oldest, newest, strict=True)):
            np.subtract(sums[end], sums[begin], out=into[date], casting="same_kind")
        if aggregate.measure is Measure.DAYS:
            # A day that began before the window counts for the part of it that lies inside.
            low, high = self.until[oldest], self.until[newest]
            into += (high > low) & ~self.begins_day().take(low, mode="clip")


def _one_selection(figures: dict[Aggregate, Figures], block: Block, plan: _Plan, midnights: Binning | None) -> None:
    placed = _Placed(block, plan, midnights)
    for aggregate, oldest, newest in plan.asked:
        placed.windows(aggregate, oldest, newest, figures[aggregate][:, block.first : block.last])
