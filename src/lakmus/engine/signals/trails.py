"""A bucket's activities laid out for the prefix sums: customer after customer, each in order of time, as plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

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
    _numbers: dict[str, Floats] = field(default_factory=dict, compare=False, repr=False)
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
            self._numbers[column] = np.asarray(self.columns[column].to_numpy(zero_copy_only=False), dtype=np.float64)
        return self._numbers[column].take(rows)

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
    table = table.combine_chunks()
    customers, starts = _runs(table)
    ts = _us(table["ts"])
    if not _in_order(customers, starts, ts):
        order = pa.table({"customer": _plain(table["customer"]), "ts": ts})
        table = table.take(pc.sort_indices(order, [("customer", "ascending"), ("ts", "ascending")])).combine_chunks()
        customers, starts = _runs(table)
        ts = _us(table["ts"])
    codes = _coded(table["activity"])
    late = _us(table["_known_at"])
    gone = _us(table["_gone_at"].fill_null(pa.scalar(FOREVER, pa.int64()).cast(table["_gone_at"].type))) if optional else None
    return Trails(
        customers,
        starts,
        ts,
        codes.indices.to_numpy().astype(np.int8 if len(codes.dictionary) < 128 else np.int32),
        tuple(codes.dictionary.to_pylist()),
        {name: _whole(table[name]) for name in columns},
        late if (late > ts).any() else None,
        gone,
    )


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def _plain(column: pa.ChunkedArray) -> pa.Array:
    whole = _whole(column)
    return whole.dictionary_decode() if pa.types.is_dictionary(whole.type) else whole


def _coded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    whole = _whole(column)
    return whole if pa.types.is_dictionary(whole.type) else whole.dictionary_encode()


def _us(column: pa.ChunkedArray) -> Ints:
    return np.asarray(_whole(column).cast(pa.int64()).to_numpy(zero_copy_only=False), dtype=np.int64)


def _runs(table: pa.Table) -> tuple[pa.Array, Ints]:
    """Return the customer of each run of equal ones, and where the runs begin, with the end appended."""
    column = _whole(table["customer"])
    if pa.types.is_dictionary(column.type):
        codes = column.indices.to_numpy()
        begins = np.flatnonzero(codes[1:] != codes[:-1]) + 1
        starts = np.array([0, *([len(codes)] if len(codes) else [])], dtype=np.int64)
        starts = np.insert(starts, 1, begins)
        return column.dictionary.take(pa.array(codes[starts[:-1]])), starts
    runs = pc.run_end_encode(column)
    ends = np.asarray(runs.run_ends.to_numpy(), dtype=np.int64)
    return runs.values, np.concatenate([np.zeros(1, np.int64), ends])


def _in_order(customers: pa.Array, starts: Ints, ts: Ints) -> bool:
    """Return whether nobody has two runs, and time falls only where a run begins."""
    rises = pc.all(pc.greater(customers[1:], customers[:-1])).as_py()
    if rises is False and len(customers) != len(customers.unique()):
        return False
    begins = np.zeros(len(ts) + 1, bool)
    begins[starts] = True
    return bool(begins[np.flatnonzero(ts[1:] < ts[:-1]) + 1].all())
