"""Lamps: dimensions of a relation by 30-day cells before as_of, and the moment at which each lamp went out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy import special

from lakmus.engine.signals.aggregates import Aggregate, Selection, Window, count, first, selected
from lakmus.engine.signals.catalogue import CONTACT_KINDS, VISIT_KINDS
from lakmus.engine.signals.formulas import lamps_dark
from lakmus.engine.signals.prefix_sums import Measured, measured
from lakmus.engine.signals.readings import NOISE, Reading, Sides, fell_beyond_noise
from lakmus.engine.signals.rhythm import DAY_US, Flags, Floats, Ints
from lakmus.engine.signals.trails import Trails, trails_of
from lakmus.history.wording import Wording

CELL_DAYS = 30
CELLS = 24
"""Cells that are shown; twelve more are read before them, so that the first shown one has a past."""
_READ = CELLS + 12
NONE, LIT, DIM, OUT = 0, 1, 2, 3
WORDS = ("none", "lit", "dim", "out")
DIM_SHARE = 0.6
RowsOf = Callable[[Ints], tuple[Ints, Ints]]
LEAST = 3
_BLOCK = 1024
_JUDGED = 3
"""The first cell that is judged: three are compared with three before."""

DIMENSIONS: dict[str, tuple[Wording, tuple[str, ...]]] = {
    "orders": (Wording("Заказы", "Orders"), ("placed_order",)),
    "visits": (Wording("Визиты", "Visits"), VISIT_KINDS),
    "messages_opened": (Wording("Открывает письма", "Opens messages"), ("opened_message",)),
    "points": (Wording("Баллы", "Points"), ("earned_points", "redeemed_points")),
    "conversation": (Wording("Разговор с нами", "Talks with us"), (*CONTACT_KINDS, "sent_message", "answered_survey", "left_review")),
}
"""Each dimension: title, and the kinds that keep its lamp lit."""


@dataclass(frozen=True)
class Grid:
    """Lamps of one dimension for n customers: `out_us` (n,): the moment at which a lamp that is out now went out, in microseconds, -1 where
    it is not out; `cells` (n, CELLS) of NONE, LIT, DIM, OUT, oldest first, None where they were not asked for."""

    out_us: Ints
    cells: npt.NDArray[np.int8] | None = None


def _kinds_of(dimension: str) -> Selection:
    return selected(*DIMENSIONS[dimension][1])


def _cell(number: int) -> Window:
    """Return the window of a cell, 0 the oldest that is read."""
    return Window(CELL_DAYS * (_READ - 1 - number), CELL_DAYS * (_READ - number))


def lamp_aggregates() -> tuple[Aggregate, ...]:
    """Return what the lamps of all dimensions need of the prefix sums."""
    every = [count(_kinds_of(name), _cell(number)) for name in DIMENSIONS for number in range(_READ)]
    return (*every, *(first(_kinds_of(name)) for name in DIMENSIONS))


def grid(per_cell: Floats, first_cell: Ints, rows: RowsOf, *, now_us: int, shown: bool = False) -> Grid:
    """Return the lamps of one dimension.

    For each cell: R = activities in it and the two cells before; U = the customer's usual for three cells over the (up to twelve) cells
    before those, counted from their first activity, known from three cells on. The lamp goes out when P(X <= R) < 0.05 for X ~
    Poisson(U); it is dim when R < 0.6 U; once out, it stays out until R is back at 0.6 of the usual it had when it went out. Within
    the cell, the lamp went out at the moment when the activities of the last 90 days first were too few.

    Parameters
    ----------
    per_cell : (cells read, n) activities in each cell, oldest first. first_cell : (n,) the cell of the first activity, the number of cells
        where there is none. rows : gives, of some customers, the dimension's activities: place among them and moment, by customer and time.
    shown : whether the cells are wanted, too.
    """
    since, usual_then = np.full(first_cell.size, -1, np.int64), np.zeros(first_cell.size)
    # Zero of three is too few from a usual of three on, and a usual is at most the sum of all cells: others never go out.
    may = np.arange(first_cell.size) if shown else np.flatnonzero(per_cell.sum(axis=0) >= LEAST)
    cells = []
    for start in range(0, max(may.size, 1), _BLOCK):  # some hundred customers at a time stay in the processor's cache
        block = may[start : start + _BLOCK]
        since[block], usual_then[block], part = _judged(per_cell[:, block], first_cell[block], shown=shown)
        cells.append(part)
    return Grid(_moments(since, usual_then, rows, now_us=now_us), np.concatenate(cells) if shown else None)


def _judged(per_cell: Floats, first_cell: Ints, *, shown: bool) -> tuple[Ints, Floats, npt.NDArray[np.int8]]:
    """Return since which cell each lamp is out (-1: it is not), the usual it had then, and the shown cells (n, CELLS), or none."""
    running = np.zeros((_READ + 1, per_cell.shape[1]))
    np.cumsum(per_cell, axis=0, out=running[1:])
    number = np.arange(_JUDGED, _READ)
    begin = np.maximum(0, number - 14)
    observed = number[:, None] - 2 - np.maximum(first_cell, begin[:, None])
    known = np.where(observed >= 3, observed, np.nan)
    usual = (running[number - 2] - running[begin]) * 3 / known
    recent = running[_JUDGED + 1 :] - running[_JUDGED - 2 : -3]
    falls = fell_beyond_noise(recent, usual)
    since, usual_then = np.full(per_cell.shape[1], -1, np.int64), np.zeros(per_cell.shape[1])
    dark = np.zeros(recent.shape, bool)
    some = np.flatnonzero(falls.any(axis=0))  # a lamp that never falls never goes out
    if not shown:  # nor is one out now that has been back at any usual it fell from
        some = some[recent[-1, some] < np.where(falls[:, some], usual[:, some], 0.0).max(axis=0, initial=0.0)]
    dark[:, some], since[some], usual_then[some] = _dark(recent[:, some], usual[:, some], falls[:, some])
    if not shown:
        return since, usual_then, np.zeros((len(since), 0), np.int8)
    dim = recent < DIM_SHARE * np.nan_to_num(usual)
    states = np.where(dark, OUT, np.where(dim, DIM, np.where(first_cell <= number[:, None], LIT, NONE)))
    return since, usual_then, states[-CELLS:].T.astype(np.int8)


def _dark(recent: Floats, usual: Floats, falls: Flags) -> tuple[Flags, Ints, Floats]:
    """Return which lamps are out in each cell (cells, n), since which cell those at the end are out (-1: they are not), and their usual."""
    out, now = np.zeros(recent.shape, bool), np.zeros(recent.shape[1], bool)
    since, usual_then = np.full(now.size, -1, np.int64), np.zeros(now.size)
    for place, fell in enumerate(falls):
        goes = fell & ~now
        now &= recent[place] < DIM_SHARE * usual_then
        now |= goes
        usual_then[goes] = usual[place, goes]
        since[goes] = place + _JUDGED
        out[place] = now
    return out, np.where(now, since, -1), usual_then


def _moments(since: Ints, usual: Floats, rows: RowsOf, *, now_us: int) -> Ints:
    """Return when each lamp went out: when the last activity that kept its 90 days from being too few fell out of them."""
    moments = np.full(len(since), -1, np.int64)
    out = np.flatnonzero(since >= 0)
    if not out.size:
        return moments
    end = now_us - (_READ - 1 - since[out]) * CELL_DAYS * DAY_US
    enough = _fewest(usual[out])
    owner, ts = rows(out)
    # One ascending number per activity lets a single bisection find each customer's last activity before a moment.
    origin = min(int(ts.min()), int(end.min()))
    width = max(int(ts.max()), int(end.max())) - origin + 1
    each = np.arange(out.size)
    last = np.searchsorted(owner * width + (ts - origin), each * width + (end - origin), side="right")
    place = last - enough
    own = (place >= 0) & (owner[np.maximum(place, 0)] == each)
    fell = np.where(own, ts[np.maximum(place, 0)] + 3 * CELL_DAYS * DAY_US, end)
    moments[out] = np.clip(fell, end - CELL_DAYS * DAY_US, end)
    return moments


def _fewest(usual: Floats) -> Ints:
    """Return the smallest count that is not too few for this usual."""
    most = int(np.ceil(usual.max(initial=0.0))) + 1
    limits = special.chdtri(2.0 * (np.arange(most + 1) + 1), NOISE) / 2
    return np.searchsorted(limits, usual, side="left").astype(np.int64)


def grids_of(found: Measured, trails: Trails, *, now_us: int, place: int = 0, shown: bool = False) -> dict[str, Grid]:
    """Return the lamps of every dimension for every customer; `found` holds `lamp_aggregates` then, at `place` among its dates."""
    grids = {}
    for name in DIMENSIONS:
        of = _kinds_of(name)
        per_cell = np.stack([found.whole(count(of, _cell(number)))[place] for number in range(_READ)]).astype(np.float64)
        begun = found.at(first(of), place)
        age = np.floor((now_us - np.nan_to_num(begun)) / (CELL_DAYS * DAY_US))
        first_cell = np.where(np.isnan(begun), _READ, np.maximum(_READ - 1 - age, 0)).astype(np.int64)
        rows = partial(trails.rows_of, of.kinds, until_us=now_us)
        grids[name] = grid(per_cell, first_cell, rows, now_us=now_us, shown=shown)
    return grids


def cell_end(cell: int, *, as_of: datetime) -> datetime:
    """Return the moment at which a shown cell ends; the last one ends at as_of."""
    return as_of - timedelta(days=CELL_DAYS * (CELLS - 1 - cell))


def dark_reading(grids: dict[str, Grid]) -> Reading:
    """Return how many dimensions of each customer are dark, as the signal `lamps_dark` says it."""
    dark = np.sum([lamp_grid.out_us >= 0 for lamp_grid in grids.values()], axis=0).astype(np.float64)
    return lamps_dark(Sides({}, {}, {}, {}, {}, {"lamps_dark": dark}))


@dataclass(frozen=True, slots=True)
class Lamp:
    """One row of a customer's grid; `cells` of `none`, `lit`, `dim`, `out`, oldest first; each ends at the moment in `ends_at`."""

    dimension: str
    title: Wording
    cells: tuple[str, ...]
    ends_at: tuple[datetime, ...]
    went_out_at: datetime | None


def lamps(table: pa.Table, *, as_of: datetime) -> tuple[Lamp, ...]:
    """Return the lamps of one customer from the table of their activities (`SCORE_COLUMNS` or more); empty without a known customer."""
    known = pc.and_(pc.less_equal(table["ts"], as_of), pc.less_equal(table["_known_at"], as_of))
    trails = trails_of(table.filter(known))
    if not trails.count:
        return ()
    found = measured(trails, lamp_aggregates(), as_of=[as_of])
    ends = tuple(cell_end(cell, as_of=as_of) for cell in range(CELLS))
    shown = []
    for name, lamp_grid in grids_of(found, trails, now_us=round(as_of.timestamp() * 1_000_000), shown=True).items():
        assert lamp_grid.cells is not None
        out = int(lamp_grid.out_us[0])
        words = tuple(WORDS[state] for state in lamp_grid.cells[0])
        went_out_at = None if out < 0 else as_of + timedelta(microseconds=out - round(as_of.timestamp() * 1_000_000))
        shown.append(Lamp(name, DIMENSIONS[name][0], words, ends, went_out_at))
    return tuple(shown)


def second_lamp_us(grids: dict[str, Grid]) -> Ints:
    """Return when the second lamp other than orders went out, for each customer, in microseconds; -1 where fewer than two are out."""
    moments = np.stack([lamp_grid.out_us for name, lamp_grid in grids.items() if name != "orders"])
    second = np.sort(np.where(moments < 0, np.iinfo(np.int64).max, moments), axis=0)[1]
    return np.where(second == np.iinfo(np.int64).max, -1, second)
