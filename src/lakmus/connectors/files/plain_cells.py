"""Cells written plainly, a whole column at a time: the quick way beside `cells`, whose SQL decides wherever this one is not sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]
Letters = np.ndarray[tuple[int], np.dtype[np.uint8]]
Places = np.ndarray[tuple[int], np.dtype[np.int32]]
FIRST_SIGN = 0x21
NO_BREAK_SPACE = (0xC2, 0xA0)
ZERO, DOT = b"0."


@dataclass(frozen=True, slots=True)
class Cells:
    """A column of cells: its texts, empty ones as null, and where in `letters` (UTF-8) each begins and ends; shapes (rows,)."""

    texts: pa.StringArray
    given: Mask
    letters: Letters
    starts: Places
    ends: Places

    @property
    def written(self) -> Letters:
        """The letters of all the cells, one after the other."""
        return self.letters[self.starts[0] : self.ends[-1]] if len(self.starts) else self.letters[:0]

    def signs(self, rows: np.ndarray[tuple[int], np.dtype[np.intp]], back: int) -> Letters:
        """Return the first (0), last (-1) or last but one (-2) byte of some cells; of a cell without one, any other."""
        places = self.starts[rows] if back == 0 else self.ends[rows] + back
        return self.letters[np.maximum(places, 0)]


def cells_of(column: pa.StringArray) -> Cells:
    """Return a column as it is read here."""
    offsets = np.frombuffer(column.buffers()[1], np.int32)[column.offset : column.offset + len(column) + 1]
    starts, ends = offsets[:-1], offsets[1:]
    given = starts < ends
    texts = column
    if column.null_count < len(column) - int(given.sum()):
        texts = pc.if_else(pa.array(given), column, pa.scalar(None, pa.string()))
    return Cells(texts, given, np.frombuffer(column.buffers()[2] or b"", np.uint8), starts, ends)


def blank_at_edge(cells: Cells) -> Mask:
    """Say of which cells a blank of any sort may stand at an edge; shape (rows,)."""
    found = np.zeros(len(cells.given), bool)
    written = cells.written
    if not len(written) or (written.min() >= FIRST_SIGN and not (written == NO_BREAK_SPACE[0]).any()):
        return found
    rows = np.flatnonzero(cells.given)
    first, last = cells.signs(rows, 0), cells.signs(rows, -1)
    odd = (first < FIRST_SIGN) | (last < FIRST_SIGN) | (first == NO_BREAK_SPACE[0])
    found[rows] = odd | ((last == NO_BREAK_SPACE[1]) & (cells.signs(rows, -2) == NO_BREAK_SPACE[0]))
    return found


def one_of(cells: Cells, words: Sequence[str]) -> Mask:
    """Say which cells are one of some words; shape (rows,)."""
    found = np.zeros(len(cells.given), bool)
    lengths, edges = _shapes(tuple(words))
    rows = np.flatnonzero(lengths.take(cells.ends - cells.starts, mode="clip"))
    # Few texts are as long as one of the words, and fewer begin and end like it.
    if len(rows):
        rows = rows[edges[cells.signs(rows, 0), cells.signs(rows, -1)]]
    if len(rows):
        found[rows] = pc.is_in(cells.texts.take(pa.array(rows)), pa.array(words, pa.string())).to_numpy(zero_copy_only=False)
    return found


@lru_cache(maxsize=16)
def _shapes(words: tuple[str, ...]) -> tuple[Mask, np.ndarray[tuple[int, int], np.dtype[np.bool_]]]:
    """Return which lengths words have, shape (longest + 2,), and which first and last bytes, shape (256, 256)."""
    as_bytes = [word.encode() for word in words if word]
    lengths = np.zeros(max(map(len, as_bytes)) + 2, bool)
    edges = np.zeros((256, 256), bool)
    for word in as_bytes:
        lengths[len(word)] = edges[word[0], word[-1]] = True
    return lengths, edges


def ends_in_nothing(cells: Cells) -> Mask:
    """Say which cells end in `.0`, as spreadsheets write whole numbers; shape (rows,)."""
    found = np.zeros(len(cells.given), bool)
    if (cells.written == DOT).any():
        rows = np.flatnonzero(cells.given)
        found[rows] = (cells.signs(rows, -1) == ZERO) & (cells.signs(rows, -2) == DOT)
    return found


def numbers(cells: Cells, decimal: str) -> pa.DoubleArray:
    """Return the numbers that stand in cells without thousands apart, units or words; null where none does; shape (rows,)."""
    texts = cells.texts
    if decimal != "." and len(texts):
        # One byte for another: the cells stay where they are.
        letters = pa.py_buffer(cells.written.tobytes().translate(bytes.maketrans(decimal.encode(), b".")))
        offsets = np.concatenate([cells.starts, cells.ends[-1:]]) - cells.starts[0]
        texts = pa.StringArray.from_buffers(len(texts), pa.py_buffer(offsets), letters)
    return pl.Series(texts).cast(pl.Float64, strict=False).to_arrow()
