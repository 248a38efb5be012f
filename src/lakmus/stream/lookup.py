"""Finding a few texts, or a part of a text, in a column of millions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl
import pyarrow as pa


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


class Parts:
    """Row numbers by a part of a text: the column's bytes, one text after another, are searched as one.

    A million names take some 15 ms, a tenth of what it takes to look into every name apart.
    """

    def __init__(self, column: pa.ChunkedArray) -> None:
        whole = pa.chunked_array([*column.chunks, pa.array([], column.type)]).cast(pa.large_string()).combine_chunks()
        _, offsets, letters = whole.buffers()
        self._offsets = np.zeros(1, np.int64) if not len(whole) else np.frombuffer(offsets, np.int64)[whole.offset :][: len(whole) + 1]
        self._bytes = letters.to_pybytes() if letters is not None else b""

    def rows(self, part: str) -> Iterator[int]:
        """Yield the numbers of the rows whose text contains a part (not empty), letter for letter, in the order of rows."""
        wanted = part.encode(errors="surrogatepass")
        last = int(self._offsets[-1])
        at = self._bytes.find(wanted, int(self._offsets[0]), last)
        while at >= 0:
            row = int(self._offsets.searchsorted(at, "right")) - 1
            end = int(self._offsets[row + 1])
            # What begins in one text and ends in the next is in neither.
            within = at + len(wanted) <= end
            if within:
                yield row
            at = self._bytes.find(wanted, end if within else at + 1, last)
