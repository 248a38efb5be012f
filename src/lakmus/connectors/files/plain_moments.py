"""Dates in columns of one width, such as `dd.mm.yyyy HH:MM`, read figure by figure for many rows at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lakmus.connectors.files.plain_cells import Cells, Mask
from lakmus.connectors.files.sql import zone_steps

Microseconds = np.ndarray[tuple[int], np.dtype[np.int64]]
Figures = np.ndarray[tuple[int, int], np.dtype[np.uint8]]
Bytes = np.ndarray[tuple[int], np.dtype[np.uint8]]
ROWS_AT_ONCE = 8192  # what the processor's nearest memory holds
FIRST_CENTURY, LAST_CENTURY = 19, 20
MONTHS = np.arange("1900-01", "2100-02", dtype="datetime64[M]").astype("datetime64[D]").astype(np.int64)
DAYS_OF = np.diff(MONTHS).astype(np.uint8)
MINUTE = 60_000_000
CLOCK = {10: "", 16: " HH:MM", 19: " HH:MM:SS"}
"""What follows the date, by the length of the whole."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where day, month, year and clock stand in a cell of one length, and the signs between them."""

    day: int
    month: int
    year: int
    length: int
    signs: tuple[tuple[int, str], ...]

    @property
    def figures(self) -> tuple[int, ...]:
        """The places of figures."""
        between = {place for place, _ in self.signs}
        return tuple(place for place in range(self.length) if place not in between)


def is_plain(date_format: str | None) -> bool:
    """Say whether dates written so are read here."""
    return layout(date_format or "", 10) is not None


@lru_cache(maxsize=64)
def layout(date_format: str, length: int) -> Layout | None:
    """Return the layout of cells of some length; nothing where this way of writing is not read here."""
    parts = {part: date_format.find(part) for part in ("dd", "mm", "yyyy")}
    if len(date_format) != 10 or min(parts.values()) < 0 or length not in CLOCK:
        return None
    pattern = date_format + CLOCK[length]
    signs = tuple((place, sign) for place, sign in enumerate(pattern) if sign in " .-/:")
    return Layout(parts["dd"], parts["mm"], parts["yyyy"], length, signs)


def moments(cells: Cells, date_format: str) -> tuple[Microseconds, Mask]:
    """Return local moments in microseconds since 1970, and which cells do not plainly say one; shapes (rows,)."""
    found, absent = np.zeros(len(cells.given), np.int64), np.ones(len(cells.given), bool)
    lengths = cells.ends - cells.starts
    for length in CLOCK:
        written = layout(date_format, length)
        rows = np.flatnonzero(lengths == length) if written else np.empty(0, np.intp)
        if written and len(rows):
            whole = len(rows) == len(lengths)
            for first in range(0, len(rows), ROWS_AT_ONCE):
                here = rows[first : first + ROWS_AT_ONCE]
                block = _block(cells, here, length, together=whole)
                found[here], absent[here] = _read(block, written)
    return found, absent


def _block(cells: Cells, rows: np.ndarray[tuple[int], np.dtype[np.intp]], length: int, *, together: bool) -> Figures:
    """Return the bytes of cells of one length, shape (length, rows)."""
    if together:
        return np.ascontiguousarray(cells.letters[cells.starts[rows[0]] : cells.ends[rows[-1]]].reshape(-1, length).T)
    block: Figures = cells.letters[cells.starts[rows] + np.arange(length, dtype=np.int32)[:, None]]
    return block


def _read(block: Figures, written: Layout) -> tuple[Microseconds, Mask]:
    figures = block - np.uint8(ord("0"))
    fine = np.ones(block.shape[1], bool)
    for place, sign in written.signs:
        fine &= (block[place] == ord(sign)) | (block[place] == ord("T")) if sign == " " else block[place] == ord(sign)
    for place in written.figures:
        fine &= figures[place] <= 9

    def pair(place: int) -> Bytes:
        number: Bytes = figures[place] * np.uint8(10) + figures[place + 1]
        return number

    day, month, century = pair(written.day), pair(written.month), pair(written.year)
    fine &= (month - np.uint8(1) < 12) & (century >= FIRST_CENTURY) & (century <= LAST_CENTURY)
    month_number = ((century.astype(np.int16) - FIRST_CENTURY) * 100 + pair(written.year + 2)) * 12 + month - 1
    month_number[~fine] = 0
    # The first day of 1900 means "no date".
    fine &= month_number >= 12
    fine &= day - np.uint8(1) < DAYS_OF[month_number]
    minutes = (MONTHS[month_number] + day - 1) * 1440
    if written.length > 10:
        hour, minute = pair(11), pair(14)
        fine &= (hour < 24) & (minute < 60)
        minutes += hour.astype(np.int16) * 60 + minute
    found = minutes * MINUTE
    if written.length > 16:
        second = pair(17)
        fine &= second < 60
        found += second.astype(np.int64) * 1_000_000
    return found, ~fine


def utc_of(local: Microseconds, time_zone: str) -> Microseconds:
    """Return local moments in UTC, as `sql.utc_of_local` does; shape (rows,)."""
    steps, oldest = zone_steps(time_zone)
    starts = np.array([np.datetime64(start, "us") for start, _ in reversed(steps)], "datetime64[us]").astype(np.int64)
    offsets = np.array([oldest, *(offset for _, offset in reversed(steps))])
    if not len(local):
        return local
    first, last = np.searchsorted(starts, [local.min(), local.max()], side="right")
    # Most files lie within one time of the clock.
    utc: Microseconds = local - (offsets[first] if first == last else offsets[np.searchsorted(starts, local, side="right")])
    return utc
