"""Finding a few texts in a column of millions in microseconds."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl


class Lookup:
    """Row numbers by text: the column's hashes, sorted. Twelve bytes a row, built once for a column that never changes."""

    def __init__(self, column: pl.Series) -> None:
        self._column = column
        hashes = column.hash().to_numpy()
        self._order = np.argsort(hashes, kind="stable").astype(np.uint32)
        self._sorted = hashes[self._order]

    def rows(self, texts: Iterable[str]) -> list[int]:
        """Return the numbers of the rows that hold one of the texts, text by text, each in the order of rows."""
        found: list[int] = []
        for text in texts:
            hashed = pl.Series([text], dtype=pl.String).hash().to_numpy()
            first, last = np.searchsorted(self._sorted, hashed, "left")[0], np.searchsorted(self._sorted, hashed, "right")[0]
            found += [int(row) for row in self._order[first:last] if self._column[int(row)] == text]
        return found
