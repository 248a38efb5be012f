"""Lamps: dimensions of a relation by 30-day cells before as_of, and the moment at which each lamp went out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

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
from lakmus.engine.signals.rhythm import DAY_US, Floats, Ints
from lakmus.engine.signals.trails import Trails, trails_of
from lakmus.history.wording import Wording

CELL_DAYS = 30
CELLS = 24
"""Cells that are shown; twelve more are read before them, so that the first shown one has a past."""
_READ = CELLS + 12
NONE, LIT, DIM, OUT = 0, 1, 2, 3
WORDS = ("none", "lit", "dim", "out")
DIM_SHARE = 0.6

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
    """Lamps of one dimension for n customers: `cells` (n, CELLS) of NONE, LIT, DIM, OUT, oldest first; `out_us` (n,): the moment at which a
    lamp that is out now went out, in microseconds, -1 where it is not out."""

    cells: npt.NDArray[np.int8]
    out_us: Ints


def _kinds_of(dimension: str) -> Selection:
    return selected(*DIMENSIONS[dimension][1])


def _cell(number: int) -> Window:
    """Return the window of a cell, 0 the oldest that is read."""
    return Window(CELL_DAYS * (_READ - 1 - number), CELL_DAYS * (_READ - number))


def lamp_aggregates() -> tuple[Aggregate, ...]:
    """Return what the lamps of all dimensions need of the prefix sums."""
    every = [count(_kinds_of(name), _cell(number)) for name in DIMENSIONS for number in range(_READ)]
    return (*every, *(first(_kinds_of(name)) for name in DIMENSIONS))


def grid(per_cell: Floats, first_cell: Ints, rows: tuple[Ints, Ints], *, now_us: int) -> Grid:
    """Return the lamps of one dimension.

    For each cell: R = activities in it and the two cells before; U = the customer's usual for three cells over the (up to twelve) cells
    before those, counted from their first activity, known from three cells on. The lamp goes out when P(X <= R) < 0.05 for X ~
    Poisson(U); it is dim when R < 0.6 U; once out, it stays out until R is back at 0.6 of the usual it had when it went out. Within
    the cell, the lamp went out at the moment when the activities of the last 90 days first were too few.

    Parameters
    ----------
    per_cell : (n, cells read) activities in each cell, oldest first. first_cell : (n,) the cell of the first activity, the number of cells
        where there is none. rows : owner and moment of the dimension's activities, by owner and time.
    """
    customers = len(per_cell)
    running = np.concatenate([np.zeros((customers, 1)), np.cumsum(per_cell, axis=1)], axis=1)
    shown = np.zeros((customers, CELLS), np.int8)
    dark = np.zeros(customers, bool)
    usual_then = np.zeros(customers)
    since = np.full(customers, -1, np.int64)
    for j in range(3, _READ):
        recent = running[:, j + 1] - running[:, j - 2]
        begin = max(0, j - 14)
        observed = (j - 2) - np.maximum(first_cell, begin)
        usual = np.where(observed >= 3, (running[:, j - 2] - running[:, begin]) * 3 / np.maximum(observed, 1), np.nan)
        back = dark & (recent >= DIM_SHARE * usual_then)
        goes = ~dark & (fell_beyond_noise(recent, usual))
        usual_then = np.where(goes, np.nan_to_num(usual), usual_then)
        dark = (dark & ~back) | goes
        since = np.where(goes, j, np.where(dark, since, -1))
        if j >= _READ - CELLS:
            state = np.where(dark, OUT, np.where(recent < DIM_SHARE * np.nan_to_num(usual), DIM, np.where(first_cell <= j, LIT, NONE)))
            shown[:, j - (_READ - CELLS)] = state
    return Grid(shown, _moments(since, usual_then, rows, now_us=now_us))


def _moments(since: Ints, usual: Floats, rows: tuple[Ints, Ints], *, now_us: int) -> Ints:
    """Return when each lamp went out: when the last activity that kept its 90 days from being too few fell out of them."""
    moments = np.full(len(since), -1, np.int64)
    out = np.flatnonzero(since >= 0)
    if not out.size:
        return moments
    end = now_us - (_READ - 1 - since[out]) * CELL_DAYS * DAY_US
    enough = _fewest(usual[out])
    owner, ts = rows
    # One ascending number per activity lets a single bisection find each customer's last activity before a moment.
    origin = min(int(ts[0]) if ts.size == 1 else int(ts.min()), int(end.min()))
    width = max(int(ts.max()), int(end.max())) - origin + 1
    last = np.searchsorted(owner * width + (ts - origin), out * width + (end - origin), side="right")
    place = last - enough
    own = (place >= 0) & (owner[np.maximum(place, 0)] == out)
    fell = np.where(own, ts[np.maximum(place, 0)] + 3 * CELL_DAYS * DAY_US, end)
    moments[out] = np.clip(fell, end - CELL_DAYS * DAY_US, end)
    return moments


def _fewest(usual: Floats) -> Ints:
    """Return the smallest count that is not too few for this usual."""
    most = int(np.ceil(usual.max(initial=0.0))) + 1
    limits = special.chdtri(2.0 * (np.arange(most + 1) + 1), NOISE) / 2
    return np.searchsorted(limits, usual, side="left").astype(np.int64)


def grids_of(found: Measured, trails: Trails, *, now_us: int, place: int = 0) -> dict[str, Grid]:
    """Return the lamps of every dimension for every customer; `found` holds `lamp_aggregates` then, at `place` among its dates."""
    grids = {}
    for name in DIMENSIONS:
        of = _kinds_of(name)
        per_cell = np.stack([found.at(count(of, _cell(number)), place) for number in range(_READ)], axis=1)
        begun = found.at(first(of), place)
        age = np.floor((now_us - np.nan_to_num(begun)) / (CELL_DAYS * DAY_US))
        first_cell = np.where(np.isnan(begun), _READ, np.maximum(_READ - 1 - age, 0)).astype(np.int64)
        grids[name] = grid(per_cell, first_cell, trails.rows_of(of.kinds, until_us=now_us), now_us=now_us)
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
    for name, lamp_grid in grids_of(found, trails, now_us=round(as_of.timestamp() * 1_000_000)).items():
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
