"""Lamps: the dimensions of a relation, and the moment at which the lamp of each went out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from lakmus.engine.arrays import DAY_US, Flags, Floats, Ints
from lakmus.engine.signals.aggregates import Selection, selected
from lakmus.engine.signals.binning import Binning
from lakmus.engine.signals.catalogue import CONTACT_KINDS, VISIT_KINDS
from lakmus.engine.signals.formulas import lamps_dark
from lakmus.engine.signals.prefix_sums import BLOCK_ROWS, Chosen, blocks_of
from lakmus.engine.signals.readings import Reading, Sides, poisson_limits
from lakmus.engine.signals.seen import Seen, seen_at
from lakmus.engine.signals.trails import Trails
from lakmus.history.wording import Wording

CELL_DAYS = 30
CELLS = 24
"""Cells that are shown. A lamp that has been out for all of them counts as out no more: what came after it is the habit now."""
NONE, LIT, DIM, OUT = 0, 1, 2, 3
WORDS = ("none", "lit", "dim", "out")
DIM_SHARE = 0.6
LEAST = 3
"""Zero of three is too few from a usual of three on: a lamp with fewer activities never goes out."""
_CELL = CELL_DAYS * DAY_US
_RECENT, _PAST, _KNOWN = 3, 12, 3
"""Three cells are compared with the up to twelve before them, known from three on."""
_RECENT_SHARE: Floats = np.array([np.nan if cells < _KNOWN else _RECENT / cells for cells in range(_PAST + 1)])
_EPOCH = 946_684_800_000_000 - 1
"""Cells end at midnights 30 days apart, counted from the year 2000 (UTC); what was earlier belongs to the first."""

DIMENSIONS: dict[str, tuple[Wording, tuple[str, ...]]] = {
    "orders": (Wording("Заказы", "Orders"), ("placed_order",)),
    "visits": (Wording("Визиты", "Visits"), VISIT_KINDS),
    "messages_opened": (Wording("Открывает письма", "Opens messages"), ("opened_message",)),
    "points": (Wording("Баллы", "Points"), ("earned_points", "redeemed_points")),
    "conversation": (Wording("Разговор с нами", "Talks with us"), (*CONTACT_KINDS, "sent_message", "answered_survey", "left_review")),
}
"""Each dimension: title, and the kinds that keep its lamp lit."""


def _kinds_of(dimension: str) -> Selection:
    return selected(*DIMENSIONS[dimension][1])


def lamps_out(trails: Trails, *, as_of: Sequence[datetime], seen: Seen | None = None) -> dict[str, Ints]:
    """Return when the lamp of each dimension went out, for every date and customer: microseconds, -1 where it is not out; (D, n) each.

    Judged at the end of every cell of 30 days since the customer's first activity, and at the date. R = activities of the 90 days until
    then; U = the customer's usual for 90 days, over the up to twelve cells before them, counted from the cell of the first activity,
    known from three cells on. The lamp goes out when P(X <= R) < 0.05 for X ~ Poisson(U); once out, it stays out until R is back at 0.6
    of the usual it had then, or it has been out for `CELLS` cells. It went out at the moment when the activities of the last 90 days
    first were too few. Cells do not move with the date, so neither does that moment.

    Parameters
    ----------
    as_of : aware moments, any number, D. seen : `seen_at` of these trails and dates, where it is at hand.

    Raises
    ------
    ValueError : a date without a time zone.
    """
    seen = seen_at(trails, as_of=as_of) if seen is None else seen
    found = _lamps_of(seen.staying, seen.dates)
    if seen.apart.count:
        for name, apart in _lamps_of(seen.apart, seen.dates).items():
            seen.put(found[name], apart)
    return found


def _lamps_of(trails: Trails, dates: Sequence[int]) -> dict[str, Ints]:
    found = {name: np.full((len(dates), trails.count), -1, np.int64) for name in DIMENSIONS}
    cells = _Cells.until(trails, dates)
    if cells is None:
        return found
    # A block costs a walk of its own, and only the few kinds of a dimension are looked at: large blocks are the quicker ones here.
    for block in blocks_of(trails, len(cells.ends) + 3 * len(dates), 8 * BLOCK_ROWS):
        for name, out in found.items():
            chosen = block.chosen(_kinds_of(name))
            if chosen.ts.size >= LEAST:
                _Walk(chosen, cells).write(out[:, block.first : block.last])
    return found


@dataclass(frozen=True)
class _Cells:
    """The cells until some dates: `ends` (K,) of whole cells; `before` (D,) how many of them end before each date; `at` (D, 3) the places
    behind the edges of `around`: each date, 90 days before it, and before all that is looked at."""

    ends: Ints
    before: Ints
    dates: Ints
    whole: Binning
    around: Binning
    at: Ints

    @classmethod
    def until(cls, trails: Trails, dates: Sequence[int]) -> _Cells | None:
        """Return the cells from a bucket's first activity on; None where there is nothing to look at."""
        if not trails.ts.size or not dates:
            return None
        first = max(int(trails.ts.min()) - _EPOCH, 0) // _CELL
        last = max(-(-(max(dates) - _EPOCH) // _CELL), first + 2)
        ends = _EPOCH + np.arange(first, last) * _CELL
        moments = np.asarray(dates, np.int64)
        edges = np.stack([moments, moments - _RECENT * _CELL, moments - (_RECENT + _PAST) * _CELL], axis=1)
        distinct, at = np.unique(edges, return_inverse=True)
        before = np.searchsorted(ends, moments, side="left")
        return cls(ends, before, moments, Binning.of(ends.tolist()), Binning.of(distinct.tolist()), at.reshape(edges.shape) + 1)


class _Walk:
    """One dimension of n customers, judged cell after cell.

    `until` (K + 1, n): the place behind the last activity until the end of each cell, after that at which the activities begin. `recent`,
    `usual` (K, n) at the end of a cell, `recent_at`, `usual_at` (D, n) at a date: R and U, NaN where it is not known.
    """

    def __init__(self, chosen: Chosen, cells: _Cells, *, least: int = LEAST) -> None:
        self.ts, self.cells = chosen.ts, cells
        until, around = chosen.until(cells.whole), chosen.until(cells.around)
        self.who = np.flatnonzero(around[-1] - around[0] >= least)
        # Places in a block are small: half the memory, half the time.
        self.until, self.around = until[:, self.who].astype(np.int32), around[:, self.who].astype(np.int32)
        begins = np.append(self.ts, np.iinfo(np.int64).max).take(self.until[0])
        self.first = np.where(self.around[-1] > self.around[0], np.searchsorted(cells.ends, begins, side="left"), len(cells.ends) + 1)
        self.recent, self.usual = self._of_cells()
        self.recent_at, self.usual_at = self._of_dates()
        self.falls, self.falls_at = _falls(self.recent, self.usual), _falls(self.recent_at, self.usual_at)

    def _of_cells(self) -> tuple[Ints, Floats]:
        padding = np.broadcast_to(self.until[0], (_RECENT + _PAST - 1, self.who.size))
        until = np.concatenate([padding, self.until])
        now, mid, old = until[_RECENT + _PAST :], until[_PAST:-_RECENT], until[: -_RECENT - _PAST]
        observed = np.arange(len(now), dtype=np.int32)[:, None] - (_RECENT - 1) - self.first.astype(np.int32)
        return now - mid, _usual(mid - old, observed)

    def _of_dates(self) -> tuple[Ints, Floats]:
        now, mid, old = (self.around[self.cells.at[:, side]] for side in range(3))
        begun = self.cells.ends[0] + (self.first - 1) * _CELL
        observed = -(-(self.cells.dates[:, None] - _RECENT * _CELL - begun) // _CELL)
        return now - mid, _usual(mid - old, observed)

    def write(self, out: Ints) -> None:
        """Write the moments at which lamps went out, -1 being there; shape (D, customers of the block)."""
        some = np.flatnonzero(self.falls.any(axis=0) | self.falls_at.any(axis=0))  # a lamp that never falls never goes out
        recent, usual, falls = self.recent[:, some], self.usual[:, some], self.falls[:, some]
        recent_at, usual_at, falls_at = self.recent_at[:, some], self.usual_at[:, some], self.falls_at[:, some]
        state, done, events = _State(some.size), 0, _Events()
        events_at = np.full((len(out), some.size), -1, np.int64)
        for place in np.argsort(self.cells.before, kind="stable").tolist():
            before = int(self.cells.before[place])
            for cell in range(done, before):
                goes = state.step(cell, recent[cell], usual[cell], falls[cell])
                state.event[goes] = events.add(some[goes], self.until[cell + 1], usual[cell, goes], cell, int(self.cells.ends[cell]))
            done, now = before, state.copy()
            goes = now.step(before, recent_at[place], usual_at[place], falls_at[place])
            behind = self.around[self.cells.at[place, 0]]
            now.event[goes] = events.add(some[goes], behind, usual_at[place, goes], before, int(self.cells.dates[place]))
            np.copyto(events_at[place], now.event, where=now.out)
        moments = np.append(self._moments(events), -1)
        out[:, self.who[some]] = moments[events_at]

    def _moments(self, events: _Events) -> Ints:
        """Return when lamps went out in a cell: when the last activity that kept its 90 days from being too few fell out of them."""
        who, behind, usual, cell, end = events.columns()
        kept = behind - _fewest(usual)
        fell = np.where(kept >= self.until[0, who], self.ts.take(np.maximum(kept, 0)) + _RECENT * _CELL, end)
        return np.clip(fell, self.cells.ends[0] + (cell - 1) * _CELL, end)

    def states(self, place: int = 0) -> npt.NDArray[np.int8]:
        """Return NONE, LIT, DIM or OUT at the end of each cell until a date, and at the date; shape (cells, n)."""
        cells = int(self.cells.before[place])
        recent, usual, falls = (
            np.concatenate([whole[:cells], at[place : place + 1]])
            for whole, at in ((self.recent, self.recent_at), (self.usual, self.usual_at), (self.falls, self.falls_at))
        )
        state, out = _State(self.who.size), np.zeros(recent.shape, bool)
        for cell in range(cells + 1):
            state.step(cell, recent[cell], usual[cell], falls[cell])
            out[cell] = state.out
        # Nothing now and nothing usual any more is no lamp that shines.
        begun = (self.first <= np.arange(cells + 1)[:, None]) & (recent > 0)
        return np.where(out, OUT, np.where(recent < DIM_SHARE * np.nan_to_num(usual), DIM, np.where(begun, LIT, NONE))).astype(np.int8)


class _State:
    """Which lamps are out (n,); and of those since which cell, the usual they had then, and the number of the event."""

    def __init__(self, count: int) -> None:
        self.out = np.zeros(count, bool)
        self.since, self.usual, self.event = np.zeros(count, np.int64), np.zeros(count), np.zeros(count, np.int64)

    def copy(self) -> _State:
        """Return a state of its own that is equal."""
        other = _State(0)
        other.out, other.usual = self.out.copy(), self.usual.copy()
        other.since, other.event = self.since.copy(), self.event.copy()
        return other

    def step(self, cell: int, recent: Ints, usual: Floats, falls: Flags) -> Ints:
        """Go on to the end of the next cell, and return which lamps go out there; `event` is to be written."""
        goes = np.flatnonzero(falls & ~self.out)
        self.out &= (recent < DIM_SHARE * self.usual) & (self.since > cell - CELLS)
        self.out[goes], self.since[goes], self.usual[goes] = True, cell, usual[goes]
        return goes


class _Events:
    """Lamps going out: of whom, behind which place, from which usual, in which cell, and where that ends."""

    def __init__(self) -> None:
        self.count = 0
        self.parts: list[tuple[Ints, Ints, Floats, int, int]] = []

    def add(self, who: Ints, behind: Ints, usual: Floats, cell: int, end: int) -> Ints:
        """Add one event for each of some customers, `behind` being of all, and return their numbers."""
        if who.size:
            self.parts.append((who, behind[who], usual, cell, end))
        self.count += who.size
        return np.arange(self.count - who.size, self.count)

    def columns(self) -> tuple[Ints, Ints, Floats, Ints, Ints]:
        """Return all events, column by column."""
        whole = [np.zeros(0, np.int64)]
        who, behind = (np.concatenate([*whole, *(part[place] for part in self.parts)]) for place in (0, 1))
        usual = np.concatenate([np.zeros(0), *(part[2] for part in self.parts)])
        sizes = [part[0].size for part in self.parts]
        cell, end = (np.repeat(np.array([part[place] for part in self.parts], np.int64), sizes) for place in (3, 4))
        return who, behind, usual, cell, end


def _usual(past: npt.NDArray[np.signedinteger], observed: npt.NDArray[np.signedinteger]) -> Floats:
    """Return activities of the cells observed, `_PAST` at most, scaled to `_RECENT` cells; NaN where too few were."""
    cells = np.minimum(observed, _PAST)
    return np.asarray(past * _RECENT_SHARE.take(np.maximum(cells, 0)))


def _falls(recent: Ints, usual: Floats) -> Flags:
    """Return whether P(X <= recent) < NOISE for X ~ Poisson(usual)."""
    limits = poisson_limits(int(recent.max(initial=0)))
    return np.asarray(usual > limits.take(recent))


def _fewest(usual: Floats) -> Ints:
    """Return the smallest count that is not too few for this usual."""
    return np.searchsorted(poisson_limits(int(np.ceil(usual.max(initial=0.0))) + 1), usual, side="left").astype(np.int64)


@dataclass(frozen=True, slots=True)
class Lamp:
    """One row of a customer's grid; `cells` of `none`, `lit`, `dim`, `out`, oldest first; each ends at the moment in `ends_at`."""

    dimension: str
    title: Wording
    cells: tuple[str, ...]
    ends_at: tuple[datetime, ...]
    went_out_at: datetime | None


def lamps(trails: Trails, out: Mapping[str, Ints], *, as_of: datetime) -> tuple[Lamp, ...]:
    """Return the lamps of one customer from the trails of what was known of them by then; empty without an activity.

    The last cell ends at as_of. `out`: `lamps_out` of these trails at as_of.
    """
    cells = _Cells.until(trails, [round(as_of.timestamp() * 1_000_000)])
    if cells is None:
        return ()
    (block,) = blocks_of(trails, 1, trails.ts.size + 1)
    last = int(cells.ends[0]) + (int(cells.before[0]) - 1) * _CELL
    ends_at = (*(_moment(last - number * _CELL) for number in range(CELLS - 2, -1, -1)), as_of)
    shown = []
    for name, (title, _) in DIMENSIONS.items():
        states = _Walk(block.chosen(_kinds_of(name)), cells, least=0).states()[-CELLS:, 0]
        words = ("none",) * (CELLS - len(states)) + tuple(WORDS[state] for state in states)
        went_out_at = _moment(int(out[name][0, 0])) if out[name][0, 0] >= 0 else None
        shown.append(Lamp(name, title, words, ends_at, went_out_at))
    return tuple(shown)


def _moment(us: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)


def dark_reading(out: Mapping[str, Ints]) -> Reading:
    """Return how many dimensions of each customer are dark at the dates of `lamps_out`, as the signal `lamps_dark` says it; (D, n)."""
    dark = np.sum([moments >= 0 for moments in out.values()], axis=0).astype(np.float64)
    return lamps_dark(Sides({}, {}, {}, {}, {}, {"lamps_dark": dark}))


def second_lamp_us(out: Mapping[str, Ints], place: int = 0) -> Ints:
    """Return when the second lamp other than orders went out, for each customer, in microseconds; -1 where fewer than two are out."""
    moments = np.stack([at[place] for name, at in out.items() if name != "orders"])
    second = np.sort(np.where(moments < 0, np.iinfo(np.int64).max, moments), axis=0)[1]
    return np.where(second == np.iinfo(np.int64).max, -1, second)
