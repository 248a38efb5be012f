"""Reading the stream as of a moment: a bucket of customers, or one customer's history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from lakmus.history.activity import ACTIVITY_SCHEMA, TIMESTAMP
from lakmus.history.failures import WrongUsage
from lakmus.history.wording import Wording
from lakmus.stream.ledger import STORED_SCHEMA, StoredFile
from lakmus.stream.parquet import SORT_ORDER, read_columns, rows_of_keys

NO_TIME_ZONE = Wording(
    "Момент, на который смотрим, указан без часового пояса. Укажите пояс.", "The moment to look from has no time zone. Give it one."
)
UNKNOWN_COLUMN = Wording("В истории клиентов нет столбца: {names}.", "The customer history has no such column: {names}.")


def moment(as_of: datetime) -> pa.Scalar:
    """Return `as_of` as the stream writes moments.

    Raises
    ------
    WrongUsage : `as_of` has no time zone.
    """
    if as_of.tzinfo is None:
        raise WrongUsage("as_of_without_time_zone", NO_TIME_ZONE)
    return pa.scalar(as_of, TIMESTAMP)


def visible(rows: pa.Table, as_of: pa.Scalar) -> pa.Table:
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


def read_files(root: Path, files: Iterable[StoredFile], *, as_of: pa.Scalar, columns: Sequence[str]) -> pa.Table:
    """Return the visible rows of some files of one bucket in order, with at least `columns` and the sort columns."""
    needed = [name for name in STORED_SCHEMA.names if name in {*columns, *SORT_ORDER, "_known_at"}]
    empty = pa.schema([STORED_SCHEMA.field(name) for name in needed]).empty_table()
    parts = [visible(read_columns(str(root / file.path), needed), as_of) for file in files]
    return in_order(parts) if parts else empty


def read_keys(root: Path, files: Iterable[StoredFile], keys: Sequence[str], *, as_of: pa.Scalar) -> pa.Table:
    """Return the visible rows of a few customer keys from the files of their bucket, in stored schema and order."""
    parts = [rows_of_keys(str(root / file.path), keys) for file in files]
    filled = [part for part in parts if part.num_rows]
    if not filled:
        return STORED_SCHEMA.empty_table()
    return visible(in_order(filled), as_of)
