"""A bucket's activities laid out for the prefix sums: customer after customer, each in order of time, as plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from lakmus.engine.signals.rhythm import Floats, Ints

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

    @property
    def count(self) -> int:
        """Number of customers n."""
        return len(self.starts) - 1

    def floats(self, column: str, rows: Ints) -> Floats:
        """Return a number column at some rows, 0 where it is null; all 0 where no activity has it."""
        if column not in self.columns:
            return np.zeros(len(rows))
        whole = self.columns[column]
        if whole.null_count:
            taken = whole.take(pa.array(rows))
            return np.asarray(taken.fill_null(0).to_numpy(zero_copy_only=False), dtype=np.float64)
        return np.asarray(whole.to_numpy(zero_copy_only=False)).take(rows).astype(np.float64, copy=False)

    def of_rows(self, rows: Ints, owners: Ints) -> Trails:
        """Return only these rows (ascending) of these customers (ascending); every row belongs to one of them."""
        places = np.searchsorted(rows, self.starts)
        starts = np.append(places[owners], len(rows)).astype(np.int64)
        taken = pa.array(rows)
        return Trails(
            self.customers.take(pa.array(owners)),
            starts,
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
        order = pl.DataFrame({"customer": pl.from_arrow(_plain(table["customer"])), "ts": ts})
        table = table.take(order.select(pl.arg_sort_by("customer", "ts", maintain_order=True)).to_series().to_arrow())
        table = table.combine_chunks()
        customers, starts = _runs(table)
        ts = _us(table["ts"])
    codes = _coded(table["activity"])
    late = _us(table["_known_at"])
    gone = _us(table["_gone_at"].fill_null(pa.scalar(FOREVER, pa.int64()).cast(table["_gone_at"].type))) if optional else None
    return Trails(
        customers,
        starts,
        ts,
        codes.indices.to_numpy(),
        tuple(codes.dictionary.to_pylist()),
        {name: _whole(table[name]) for name in columns},
        None if np.array_equal(late, ts) or not (late > ts).any() else late,
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
        starts = np.concatenate([[0], begins, [len(codes)]]) if len(codes) else np.zeros(1)
        starts = starts.astype(np.int64)
        return column.dictionary.take(pa.array(codes[starts[:-1]])), starts
    runs = pc.run_end_encode(column)
    ends = np.asarray(runs.run_ends.to_numpy(), dtype=np.int64)
    return runs.values, np.concatenate([np.zeros(1, np.int64), ends])


def _in_order(customers: pa.Array, starts: Ints, ts: Ints) -> bool:
    if len(customers) != len(pl.Series(pl.from_arrow(customers)).unique()):
        return False
    falls = np.flatnonzero(ts[1:] < ts[:-1]) + 1
    return bool(np.isin(falls, starts).all()) if falls.size < len(starts) else False
