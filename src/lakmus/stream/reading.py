"""Reading the stream as of a moment: a bucket of customers, or one customer's history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from lakmus.history.activity import ACTIVITY_SCHEMA, TIMESTAMP
from lakmus.history.failures import WrongUsage
from lakmus.history.wording import Wording
from lakmus.stream.buckets import KEY
from lakmus.stream.ledger import STORED_SCHEMA, Snapshot, StoredFile
from lakmus.stream.parquet import SORT_ORDER, read_columns, rows_of_keys
from lakmus.stream.resolution import Resolution, relabelled

R = TypeVar("R")
READ_ATTEMPTS = 4
NO_TIME_ZONE = Wording(
    "Момент, на который смотрим, указан без часового пояса. Укажите пояс.", "The moment to look from has no time zone. Give it one."
)
UNKNOWN_COLUMN = Wording("В истории клиентов нет столбца: {names}.", "The customer history has no such column: {names}.")


def moment(*, as_of: datetime) -> pa.Scalar:
    """Return `as_of` as the stream writes moments.

    Raises
    ------
    WrongUsage : `as_of` has no time zone.
    """
    if as_of.tzinfo is None:
        raise WrongUsage("as_of_without_time_zone", NO_TIME_ZONE)
    return pa.scalar(as_of, TIMESTAMP)


def visible(rows: pa.Table, *, as_of: pa.Scalar) -> pa.Table:
    """Return the rows that had happened and were known at `as_of`: `ts <= as_of and _known_at <= as_of`."""
    shown = pc.and_(pc.less_equal(rows["ts"], as_of), pc.less_equal(rows["_known_at"], as_of))
    return rows if pc.all(shown, min_count=0).as_py() else rows.filter(shown)


def columns_wanted(columns: Sequence[str] | None) -> list[str]:
    """Return the columns to hand out, all of `ACTIVITY_SCHEMA` when none are named.

    Raises
    ------
    WrongUsage : a column that the stream does not have.
    """
    wanted = list(ACTIVITY_SCHEMA.names if columns is None else columns)
    unknown = [name for name in wanted if name not in STORED_SCHEMA.names]
    if unknown:
        raise WrongUsage("unknown_column", UNKNOWN_COLUMN.filled(names=", ".join(unknown)))
    return wanted


def in_order(parts: Sequence[pa.Table]) -> pa.Table:
    """Return the rows of several sorted tables as one sorted table."""
    filled = [part for part in parts if part.num_rows]
    if len(filled) < 2:
        return filled[0] if filled else parts[0]
    return sorted_table(pa.concat_tables(filled))


def sorted_table(rows: pa.Table) -> pa.Table:
    """Return the rows sorted by `SORT_ORDER`."""
    order = pl.DataFrame(rows.select(list(SORT_ORDER))).select(pl.arg_sort_by(SORT_ORDER)).to_series()
    return rows.take(order.to_arrow())


def read_settled(read: Callable[[Snapshot], R], newest: Callable[[], Snapshot], snapshot: Snapshot | None = None) -> R:
    """Read from a snapshot; where erasure or compaction took its files away meanwhile, from the newest one."""
    for _ in range(READ_ATTEMPTS):
        try:
            return read(snapshot or newest())
        except FileNotFoundError:
            snapshot = None
    return read(newest())


def read_files(
    root: Path, files: Iterable[StoredFile], bucket: int, merged: Resolution, *, as_of: pa.Scalar, columns: Sequence[str]
) -> pa.Table:
    """Return the visible rows of one bucket in order, merges resolved, with at least `columns` and the sort columns."""
    needed = [name for name in STORED_SCHEMA.names if name in {*columns, *SORT_ORDER, "_known_at"}]
    leaving = merged.leaving(bucket)
    parts = [pa.schema([STORED_SCHEMA.field(name) for name in needed]).empty_table()]
    for file in files:
        rows = visible(read_columns(str(root / file.path), needed), as_of=as_of)
        parts.append(rows.filter(pc.invert(pc.is_in(rows[KEY], leaving.to_arrow().cast(pa.string())))) if len(leaving) else rows)
    parts += [visible(rows.select(needed), as_of=as_of) for rows in merged.arriving(bucket)]
    return in_order(parts)


def read_person(root: Path, customer: str, files_of_key: Mapping[str, Iterable[StoredFile]], *, as_of: pa.Scalar) -> pa.Table:
    """Return the visible rows of all keys of one customer, as that customer's, in stored schema and order."""
    found = [STORED_SCHEMA.empty_table()]
    for key, files in files_of_key.items():
        parts = [rows_of_keys(str(root / file.path), [key]) for file in files]
        found += [rows if key == customer else relabelled(rows, customer) for rows in parts]
    return visible(in_order(found), as_of=as_of)
