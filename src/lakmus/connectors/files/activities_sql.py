"""Turning rows into activities, as SQL: one SELECT per kind of activity, identities made where the catalogue says how."""

# ruff: noqa: S608 - texts from files enter SQL only through `sql.literal` and `sql.named`

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count

import duckdb
import numpy as np
import pyarrow as pa

from lakmus.connectors.files.sql import literal
from lakmus.history.activity import ACTIVITY_SCHEMA
from lakmus.history.kinds import KINDS

Columns = dict[str, str]
MOMENTS = ("ts", "_promised_at", "_known_at")
CONSTANT_ROWS = 100_000
NUMBERS_OF_TABLES = count()
Hashes = np.ndarray[tuple[int], np.dtype[np.uint64]]
NUMBERS = frozenset(entry.name for entry in ACTIVITY_SCHEMA if entry.type == pa.float64())


@dataclass(frozen=True, slots=True)
class Emission:
    """The rows of a relation that become activities of one kind, and the SQL of each column that is not null.

    `who` is the SQL of the customer as the row itself names them, by which the identity goes where other files told more.
    """

    kind: str
    relation: str
    columns: Columns
    where: str = "true"
    features: Columns = field(default_factory=dict)
    who: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """An emission ready to run: its SELECT, columns that are the same text in all rows, and columns that repeat another."""

    sql: str
    constant: Columns
    same: Columns


def emission_query(connection: duckdb.DuckDBPyConnection, emission: Emission, *, source: str, currency: str) -> Query:
    """Return how to run an emission: only columns that vary are asked of DuckDB, the rest is filled in by `as_schema`.

    Where the identity counts equal records (`repeat`), 64-bit hashes of all records are sorted to find those that may be
    equal; only they are numbered, so that the usual file without equal records costs no window over all its rows.
    """
    kind = KINDS[emission.kind]
    columns = _filled(emission, currency)
    constant = {"activity": kind.name, "_source": source}
    same = {} if "_known_at" in columns else {"_known_at": "ts"}
    if "_amount" in columns:
        if "_currency" not in columns:
            constant["_currency"] = currency
        if kind.revenue_sign == 1:
            same["revenue_impact"] = "_amount"
    inner = _inner(emission, columns)
    numbers = [name for name in kind.own_numbers if name in columns]
    whose = "coalesce(_who, '')" if emission.who else _whose(columns)
    parts = [_part(name, columns, constant, numbers, whose) for name in kind.identity if name != "repeat"]
    repeat: list[str] = []
    if "repeat" in kind.identity:
        raw = [
            _raw(name, columns, numbers, whose) for name in kind.identity if name != "repeat" and (name in columns or name == "customer")
        ]
        repeated = _repeated_hashes(connection, inner, raw)
        repeat = ["'1'"]
        if repeated.size:
            inner, repeat = _numbered(connection, inner, raw, repeated), ["_repeat"]
    made = [f"md5(concat_ws(chr(31), {', '.join([literal(kind.name), *parts, *repeat])})) as activity_id"]
    if "_amount" in columns and kind.revenue_sign != 1:
        made.append(f"{kind.revenue_sign} * _amount + 0.0 as revenue_impact")
    varying = [f'"{name}"' for name in columns]
    return Query(f"select {', '.join([*made, *varying])} from ({inner})", constant, same)


def _filled(emission: Emission, currency: str) -> Columns:
    """The SQL of the columns that vary."""
    columns = dict(emission.columns)
    if "_currency" in columns:
        columns["_currency"] = f"coalesce({columns['_currency']}, {literal(currency)})"
    features = {name: text for name, text in emission.features.items() if text != "null"}
    if features:
        pairs = ", ".join(f"{literal(name)}, {text}" for name, text in features.items())
        some = ", ".join(f"cast({text} as varchar)" for text in features.values())
        columns["feature_json"] = f"case when coalesce({some}) is not null then cast(json_object({pairs}) as varchar) end"
    for name in ("activity_id", "activity", "revenue_impact", "_source"):
        columns.pop(name, None)
    return {name: text for name, text in columns.items() if text != "null"}


def _inner(emission: Emission, columns: Columns) -> str:
    cells = [f'{text}::{_sql_type(ACTIVITY_SCHEMA.field(name))} as "{name}"' for name, text in columns.items()]
    cells += [f"{emission.who}::varchar as _who"] if emission.who else []
    return f"select {', '.join(cells)}, _row from {emission.relation} where {emission.where}"


def _numbered(connection: duckdb.DuckDBPyConnection, inner: str, raw: list[str], repeated: Hashes) -> str:
    """The rows with `_repeat`: 1 for the single ones, a running number for those whose hash others have too."""
    table = f"repeated_{next(NUMBERS_OF_TABLES)}"
    connection.register(table, pa.table({"h": repeated}))
    key = _hash(raw)
    number = f"cast(row_number() over (partition by {', '.join(raw)} order by _row) as varchar)"
    single = f"select *, '1' as _repeat from ({inner}) where {key} not in (select h from {table})"
    several = f"select *, {number} as _repeat from ({inner}) where {key} in (select h from {table})"
    return f"{single} union all {several}"


def _whose(columns: Columns) -> str:
    return f"coalesce({', '.join([each for each in ('customer', 'anonymous_customer_id') if each in columns] + [chr(39) * 2])})"


def _part(name: str, columns: Columns, constant: Columns, numbers: Sequence[str], whose: str) -> str:
    """One part of an identity as text, as `history.activity.activity_id` reads it; `numbers` stand for the customer, who is `whose`."""
    if name == "customer":
        return f"case when coalesce({', '.join(numbers)}) is null then {whose} else '' end" if numbers else whose
    if name in constant:
        return literal(constant[name])
    if name not in columns:
        return "''"
    if name in MOMENTS:
        return f"coalesce(cast(epoch_us({name}) as varchar), '')"
    return f"coalesce(cast(\"{name}\" as varchar), '')" if name in NUMBERS else f"coalesce({name}, '')"


def _raw(name: str, columns: Columns, numbers: Sequence[str], whose: str) -> str:
    """One part of an identity as it stands: equal where the texts are equal, and much quicker to compare than they."""
    return _part(name, columns, {}, numbers, whose) if name == "customer" else f'"{name}"'


def _hash(raw: list[str]) -> str:
    return f"hash({', '.join(raw)})"


def _repeated_hashes(connection: duckdb.DuckDBPyConnection, inner: str, raw: list[str]) -> Hashes:
    """Return the hashes that more than one record has (8 bytes a record in memory, sorted)."""
    found = connection.execute(f"select {_hash(raw)} as h from ({inner})").fetchnumpy()["h"]
    hashes = np.asarray(found, dtype=np.uint64)
    hashes.sort()
    return np.unique(hashes[1:][hashes[1:] == hashes[:-1]])


def _sql_type(entry: pa.Field) -> str:
    if entry.type == pa.float64():
        return "double"
    return "timestamp" if pa.types.is_timestamp(entry.type) else "varchar"


def as_schema(batch: pa.RecordBatch, query: Query) -> pa.RecordBatch:
    """Return a batch of DuckDB (UTC timestamps without zone) in the stream's schema; constant columns are shared slices."""
    given = dict(zip(batch.schema.names, batch.columns, strict=True))
    arrays: dict[str, pa.Array] = {}
    for entry in ACTIVITY_SCHEMA:
        column = given.get(entry.name)
        if column is None and entry.name not in query.same:
            column = _constant(entry, query.constant.get(entry.name), batch.num_rows)
        elif column is not None and column.type != entry.type:
            column = column.view(entry.type) if pa.types.is_timestamp(entry.type) and column.type.unit == "us" else column.cast(entry.type)
        arrays[entry.name] = column
    for name, other in query.same.items():
        arrays[name] = arrays[other]
    return pa.RecordBatch.from_arrays(list(arrays.values()), schema=ACTIVITY_SCHEMA)


def _constant(entry: pa.Field, text: str | None, rows: int) -> pa.Array:
    return _long_constant(entry.type, text, -(-rows // CONSTANT_ROWS) * CONSTANT_ROWS).slice(0, rows)


@lru_cache(maxsize=256)
def _long_constant(sort: pa.DataType, text: str | None, rows: int) -> pa.Array:
    return pa.nulls(rows, sort) if text is None else pa.repeat(pa.scalar(text, sort), rows)
