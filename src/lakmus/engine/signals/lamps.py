"""Lamps: dimensions of a relation by 30-day cells before as_of, and when each lamp went out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lakmus.engine.bucket import facts_until
from lakmus.engine.signals.catalogue import CONTACT_KINDS, VISIT_KINDS, fell_beyond_noise
from lakmus.engine.signals.rhythm import Floats, Ints
from lakmus.engine.signals.windows import Rows, Windows
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
    """Lamps of one dimension for n customers: `cells` (n, CELLS) of NONE, LIT, DIM, OUT, oldest first; `out_cell` (n,): the shown cell in
    which a lamp that is out now went out, -1 where it is not out."""

    cells: npt.NDArray[np.int8]
    out_cell: Ints


def grid(rows: Rows, count: int) -> Grid:
    """Return the lamps of one dimension.

    For each cell: R = activities in it and the two cells before; U = the customer's usual for three cells over the (up to twelve) cells
    before those, counted from their first activity, known from three cells on. The lamp goes out when P(X <= R) < 0.05 for X ~
    Poisson(U); it is dim when R < 0.6 U; once out, it stays out until R is back at 0.6 of the usual it had when it went out.
    """
    cell = (_READ - 1 - np.floor(rows.age_days / CELL_DAYS)).astype(np.int64)
    inside = (cell >= 0) & (cell < _READ)
    per_cell = np.bincount(rows.owner[inside] * _READ + cell[inside], minlength=count * _READ).reshape(count, _READ).astype(np.float64)
    running = np.concatenate([np.zeros((count, 1)), np.cumsum(per_cell, axis=1)], axis=1)
    first = np.full(count, _READ, np.int64)
    np.minimum.at(first, rows.owner, np.maximum(cell, 0))
    shown = np.zeros((count, CELLS), np.int8)
    dark = np.zeros(count, bool)
    usual_then = np.zeros(count)
    since = np.full(count, -1, np.int64)
    for j in range(3, _READ):
        recent = running[:, j + 1] - running[:, j - 2]
        begin = max(0, j - 14)
        observed = (j - 2) - np.maximum(first, begin)
        usual = np.where(observed >= 3, (running[:, j - 2] - running[:, begin]) * 3 / np.maximum(observed, 1), np.nan)
        back = dark & (recent >= DIM_SHARE * usual_then)
        goes = ~dark & (fell_beyond_noise(recent, usual))
        usual_then = np.where(goes, np.nan_to_num(usual), usual_then)
        dark = (dark & ~back) | goes
        since = np.where(goes, j - (_READ - CELLS), np.where(dark, since, -1))
        if j >= _READ - CELLS:
            state = np.where(dark, OUT, np.where(recent < DIM_SHARE * np.nan_to_num(usual), DIM, np.where(first <= j, LIT, NONE)))
            shown[:, j - (_READ - CELLS)] = state
    return Grid(shown, np.where(dark, np.maximum(since, 0), -1))


def all_grids(windows: Windows) -> dict[str, Grid]:
    """Return the lamps of every dimension for every customer of a bucket."""
    return {name: grid(windows.select(kinds), windows.count) for name, (_, kinds) in DIMENSIONS.items()}


def cell_end(cell: int, *, as_of: datetime) -> datetime:
    """Return the moment at which a shown cell ends; the last one ends at as_of."""
    return as_of - timedelta(days=CELL_DAYS * (CELLS - 1 - cell))


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
    facts = facts_until(table, as_of=as_of)
    if facts.customers.is_empty():
        return ()
    windows = Windows.of(facts, as_of=as_of)
    ends = tuple(cell_end(cell, as_of=as_of) for cell in range(CELLS))
    shown = []
    for name, lamp_grid in all_grids(windows).items():
        out = int(lamp_grid.out_cell[0])
        words = tuple(WORDS[state] for state in lamp_grid.cells[0])
        shown.append(Lamp(name, DIMENSIONS[name][0], words, ends, None if out < 0 else ends[out]))
    return tuple(shown)


def second_lamp_cell(grids: dict[str, Grid]) -> Ints:
    """Return the cell in which the second lamp other than orders went out, for each customer; -1 where fewer than two are out."""
    cells = np.stack([lamp_grid.out_cell for name, lamp_grid in grids.items() if name != "orders"])
    dated: Floats = np.where(cells < 0, np.inf, cells).astype(np.float64)
    second = np.sort(dated, axis=0)[1]
    return np.where(np.isinf(second), -1, second).astype(np.int64)
