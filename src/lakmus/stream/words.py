"""Columns in which few words repeat, as small numbers: one numbering for the whole of an import.

Splitting, sorting and writing such columns then means handling single bytes.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

CODE = pa.uint8()
MOST_WORDS = 256


class Words:
    """The words of one column, numbered in the order in which they first came; a column of more than `MOST_WORDS` is given up."""

    def __init__(self) -> None:
        self._words = pa.array([], pa.string())
        self._many = False

    def codes(self, column: pa.Array) -> pa.Array:
        """Return text, plain or as a dictionary, as codes of type `CODE`; as plain text where the words are too many."""
        if self._many:
            return column.cast(pa.string())
        if pa.types.is_dictionary(column.type):
            codes = self.codes(column.dictionary.cast(pa.string()))
            return codes.take(column.indices) if codes.type == CODE else column.cast(pa.string())
        if len(column) > 1 and _is_one_word(column):
            return self.codes(column.slice(0, 1)).take(pa.array(np.zeros(len(column), np.int8)))
        codes = pc.index_in(column, self._words)
        if codes.null_count > column.null_count:
            strangers = pc.unique(column.filter(pc.and_(pc.is_null(codes), pc.is_valid(column))))
            self._many = len(self._words) + len(strangers) > MOST_WORDS
            if self._many:
                return column
            self._words = pa.concat_arrays([self._words, strangers])
            codes = pc.index_in(column, self._words)
        return codes.cast(CODE)

    def texts(self, codes: pa.Array) -> pa.Array:
        """Return codes as plain text; what is plain text already stays."""
        return self._words.take(codes) if codes.type == CODE else codes

    def as_dictionary(self, codes: pa.Array) -> pa.Array:
        """Return codes as a dictionary of the words that occur among them and no others: those may name somebody else."""
        if codes.type != CODE:
            return codes
        used = np.flatnonzero(np.bincount(codes.drop_null().to_numpy(), minlength=len(self._words)))
        if len(used) < len(self._words):
            renumbered = np.zeros(len(self._words), np.uint8)
            renumbered[used] = np.arange(len(used))
            codes = pa.array(renumbered).take(codes)
        return pa.DictionaryArray.from_arrays(codes, self._words.take(pa.array(used)))


def _is_one_word(column: pa.StringArray) -> bool:
    """Say whether all rows hold the same word, five times faster than looking each up."""
    if column.null_count:
        return False
    offsets = np.frombuffer(column.buffers()[1], np.int32)[column.offset : column.offset + len(column) + 1]
    length = int(offsets[1] - offsets[0])
    if int(offsets[-1] - offsets[0]) != length * len(column) or (np.diff(offsets) != length).any():
        return False
    letters = np.frombuffer(column.buffers()[2] or b"", np.uint8)[offsets[0] : offsets[-1]]
    return bool((letters[length:] == letters[: len(letters) - length]).all())
