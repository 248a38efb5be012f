"""A bucket's activities laid out for the prefix sums: customer after customer, each in order of time, as plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lakmus.engine.arrays import Floats, Ints

FOREVER = np.iinfo(np.int64).max
_LAID = ("customer", "activity", "ts", "_known_at")


@dataclass(frozen=True)
class Trails:
    """The activities of n known customers, m in all.

    `customers` (n): names. `starts` (n + 1): where each one's activities begin. `ts`, `known` (m): microseconds since the epoch; `known`
    None when every activity was known as it happened. `gone` (m): the moment from which an activity counts no more (an order that was
    cancelled then), FOREVER where it stays; None when all stay. `kind` (m): index into `kinds`. `columns`: typed columns (m) in Arrow.
    """

    customers: pa.Array
    starts: Ints
    ts: Ints
    kind: npt.NDArray[np.integer]
    kinds: tuple[str, ...]
    columns: dict[str, pa.Array]
    known: Ints | None = None
    gone: Ints | None = None
    _numbers: dict[str, tuple[Floats, npt.NDArray[np.uint8] | None]] = field(default_factory=dict, compare=False, repr=False)
    _codes: dict[str, tuple[npt.NDArray[np.int32], list[str]]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def count(self) -> int:
        """Number of customers n."""
        return len(self.starts) - 1

    def seen_from(self) -> Ints:
        """Return the moment from which each customer is known by an activity, in microseconds; shape (n,)."""
        if not self.count:
            return np.zeros(0, np.int64)
        begins = self.starts[:-1]
        seen = self.ts[begins]
        if self.known is not None:
            # Whose first activity was known as it happened is seen from then on; for the others all of theirs are looked at.
            late = np.flatnonzero(self.known[begins] > seen)
            for owner in late.tolist():
                own = slice(self.starts[owner], self.starts[owner + 1])
                seen[owner] = np.maximum(self.ts[own], self.known[own]).min()
        return seen

    @cached_property
    def odd(self) -> Ints:
        """The rows that are not simply there from their moment on: known later, or gone some day."""
        if self.known is None and self.gone is None:
            return np.zeros(0, np.int64)
        late = np.zeros(len(self.ts), bool) if self.known is None else self.known > self.ts
        return np.flatnonzero(late if self.gone is None else late | (self.gone != FOREVER))

    def goes(self, rows: Ints) -> Ints:
        """Return the moment from which some rows count no more, FOREVER where they stay."""
        return np.full(rows.size, FOREVER) if self.gone is None else self.gone[rows]

    def floats(self, column: str, rows: Ints) -> Floats:
        """Return a number column at some rows, NaN where it is null; all NaN where no activity has it."""
        if column not in self._numbers:
            if column not in self.columns:
                return np.full(len(rows), np.nan)
            self._numbers[column] = _numbers(self.columns[column])
        figures, there = self._numbers[column]
        found = figures.take(rows)
        if there is not None:
            found[there.take(rows) == 0] = np.nan
        return found

    def words(self, column: str, rows: Ints) -> tuple[npt.NDArray[np.int32], list[str]]:
        """Return a text column at some rows as codes, -1 where it is null, and the words that the codes stand for."""
        if column not in self._codes:
            if column not in self.columns:
                return np.full(len(rows), -1, np.int32), []
            coded = self.columns[column]
            coded = coded if pa.types.is_dictionary(coded.type) else coded.dictionary_encode()
            self._codes[column] = np.asarray(coded.indices.fill_null(-1), dtype=np.int32), coded.dictionary.to_pylist()
        codes, words = self._codes[column]
        return codes.take(rows), words

    def has(self, column: str, rows: Ints) -> npt.NDArray[np.bool_]:
        """Return at which rows a column is not null."""
        if column not in self.columns:
            return np.zeros(len(rows), bool)
        return np.asarray(self.columns[column].take(pa.array(rows)).is_valid())

    def of_rows(self, rows: Ints, lengths: Ints) -> Trails:
        """Return trails of these rows, as many for each as `lengths` says; who they are is not said, and what is seen of them stays."""
        taken = pa.array(rows)
        return Trails(
            pa.nulls(len(lengths), pa.string()),
            np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)]),
            self.ts[rows],
            self.kind[rows],
            self.kinds,
            {name: column.take(taken) for name, column in self.columns.items()},
        )


def trails_of(table: pa.Table, *, columns: Sequence[str] = ()) -> Trails:
    """Return the activities of known customers in a table of the stream, with the typed columns asked for.

    Parameters
    ----------
    table : customer, activity, ts, _known_at, the named columns; optionally `_gone_at` (null: stays). Text may come as dictionaries.
        Sorted by customer and ts it is taken as it is, otherwise it is sorted first.
    """
    optional = [name for name in ("_gone_at",) if name in table.column_names]
    table = table.select([*_LAID, *optional, *columns])
    if table["customer"].null_count:
        table = table.filter(pc.is_valid(table["customer"]))
    customers, starts = _runs(table["customer"])
    ts = _us(table["ts"])
    if not _in_order(customers, starts, ts):
        order = pa.table({"customer": _plain(table["customer"]), "ts": ts})
        table = table.take(pc.sort_indices(order, [("customer", "ascending"), ("ts", "ascending")])).combine_chunks()
        customers, starts = _runs(table["customer"])
        ts = _us(table["ts"])
    kind, kinds = _coded(table["activity"])
    gone = _us(table["_gone_at"].fill_null(pa.scalar(FOREVER, pa.int64()).cast(table["_gone_at"].type))) if optional else None
    return Trails(
        customers,
        starts,
        ts,
        kind,
        kinds,
        {name: _whole(table[name]) for name in columns},
        _us(table["_known_at"]),
        gone,
    )


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def _plain(column: pa.ChunkedArray) -> pa.Array:
    whole = _whole(column)
    return whole.dictionary_decode() if pa.types.is_dictionary(whole.type) else whole


def _coded(column: pa.ChunkedArray) -> tuple[npt.NDArray[np.integer], tuple[str, ...]]:
    """Return words as codes, and the words that the codes stand for; chunks as they are read have codes of their own each."""
    chunks = [chunk if pa.types.is_dictionary(chunk.type) else chunk.dictionary_encode() for chunk in column.chunks]
    own = [chunk.dictionary.to_pylist() for chunk in chunks]
    code = {word: number for number, word in enumerate(dict.fromkeys(chain.from_iterable(own)))}
    least = np.int8 if len(code) < 128 else np.int32
    codes = [pa.array([code[word] for word in words], pa.from_numpy_dtype(least)) for words in own]
    parts = [code.take(chunk.indices).to_numpy() for code, chunk in zip(codes, chunks, strict=True)]
    return np.concatenate([np.zeros(0, least), *parts]), tuple(code)


def _numbers(column: pa.Array) -> tuple[Floats, npt.NDArray[np.uint8] | None]:
    """Return a column's numbers where they lie, and 1 where there is one, None if everywhere: only a few of them will be asked for."""
    column = column.cast(pa.float64())
    if not column.null_count:
        return column.to_numpy(), None
    bits, figures = column.buffers()
    whole = slice(column.offset, column.offset + len(column))
    return np.frombuffer(figures, np.float64)[whole], np.unpackbits(np.frombuffer(bits, np.uint8), bitorder="little")[whole]


def _us(column: pa.ChunkedArray) -> Ints:
    return np.asarray(_whole(column).cast(pa.int64()).to_numpy(zero_copy_only=False), dtype=np.int64)


def _runs(column: pa.ChunkedArray) -> tuple[pa.Array, Ints]:
    """Return the customer of each run of equal ones, and where the runs begin, with the end appended."""
    names, starts = [pa.array([], pa.string())], [np.zeros(0, np.int64)]
    before, end = None, 0
    for chunk in column.chunks:
        own, begins = _runs_within(chunk)
        after = int(before is not None and own[:1].to_pylist() == [before])  # who reaches into this chunk has begun already
        names.append(own[after:])
        starts.append(begins[after:] + end)
        before, end = own[-1].as_py() if len(own) else before, end + len(chunk)
    return pa.concat_arrays(names), np.append(np.concatenate(starts), end)


def _runs_within(chunk: pa.Array) -> tuple[pa.Array, Ints]:
    if pa.types.is_dictionary(chunk.type):
        codes = chunk.indices.to_numpy()
        begins = np.concatenate([np.zeros(min(1, codes.size), np.int64), np.flatnonzero(codes[1:] != codes[:-1]) + 1])
        return chunk.dictionary.take(pa.array(codes[begins])), begins
    runs = pc.run_end_encode(chunk)
    return runs.values, np.concatenate([np.zeros(1, np.int64), runs.run_ends.to_numpy()])[: len(runs.values)]


def _in_order(customers: pa.Array, starts: Ints, ts: Ints) -> bool:
    """Return whether nobody has two runs, and time falls only where a run begins."""
    rises = pc.all(pc.greater(customers[1:], customers[:-1])).as_py()
    if rises is False and len(customers) != len(customers.unique()):
        return False
    begins = np.zeros(len(ts) + 1, bool)
    begins[starts] = True
    return bool(begins[np.flatnonzero(ts[1:] < ts[:-1]) + 1].all())
