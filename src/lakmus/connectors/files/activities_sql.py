"""Turning rows into activities, as SQL: one SELECT per kind of activity, identities made where the catalogue says how."""

# ruff: noqa: S608 - texts from files enter SQL only through `sql.literal` and `sql.named`

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb
import numpy as np
import pyarrow as pa

from lakmus.connectors.files.sql import literal
from lakmus.history.activity import ACTIVITY_SCHEMA
from lakmus.history.kinds import KINDS

Columns = dict[str, str]
MOMENTS = ("ts", "_promised_at", "_known_at")
NUMBERS = frozenset(entry.name for entry in ACTIVITY_SCHEMA if entry.type == pa.float64())


@dataclass(frozen=True, slots=True)
class Emission:
    """The rows of a relation that become activities of one kind, and the SQL of each column that is not null."""

    kind: str
    relation: str
    columns: Columns
    where: str = "true"
    features: Columns = field(default_factory=dict)


def emission_query(connection: duckdb.DuckDBPyConnection, emission: Emission, *, source: str, currency: str) -> str:
    """Return the SELECT of an emission in the stream's schema.

    Where the identity counts equal records (`repeat`), 64-bit hashes of all records are sorted to find those that may be
    equal; only they are numbered, so that the usual file without equal records costs no window over all its rows.
    """
    kind = KINDS[emission.kind]
    inner = _inner(emission, source, currency)
    parts = [_part(name) for name in kind.identity if name != "repeat"]
    if "repeat" not in kind.identity:
        return _outer(inner, [literal(kind.name), *parts], kind.revenue_sign)
    repeated = _repeated_hashes(connection, inner, parts)
    if not repeated.size:
        return _outer(inner, [literal(kind.name), *parts, "'1'"], kind.revenue_sign)
    table = f"repeated_{abs(hash((emission.kind, source, emission.where))):x}"
    connection.register(table, pa.table({"h": repeated}))
    key = _hash(parts)
    single = f"select *, '1' as _repeat from ({inner}) where {key} not in (select h from {table})"
    number = f"cast(row_number() over (partition by {', '.join(parts)} order by _row) as varchar)"
    several = f"select *, {number} as _repeat from ({inner}) where {key} in (select h from {table})"
    return _outer(f"{single} union all {several}", [literal(kind.name), *parts, "_repeat"], kind.revenue_sign)


def _inner(emission: Emission, source: str, currency: str) -> str:
    columns = dict(emission.columns)
    columns.setdefault("_known_at", columns["ts"])
    columns["_source"] = literal(source)
    if "_amount" in columns:
        columns.setdefault("_currency", literal(currency))
    filled = {name: text for name, text in emission.features.items() if text != "null"}
    if filled:
        pairs = ", ".join(f"{literal(name)}, {text}" for name, text in filled.items())
        some = ", ".join(f"cast({text} as varchar)" for text in filled.values())
        columns["feature_json"] = f"case when coalesce({some}) is not null then cast(json_object({pairs}) as varchar) end"
    cells = [
        f'{columns.get(entry.name, "null")}::{_sql_type(entry)} as "{entry.name}"'
        for entry in ACTIVITY_SCHEMA
        if entry.name not in ("activity_id", "activity", "revenue_impact")
    ]
    return f"select {', '.join(cells)}, _row from {emission.relation} where {emission.where}"


def _outer(inner: str, parts: list[str], revenue_sign: int) -> str:
    made = {
        "activity_id": f"md5(concat_ws(chr(31), {', '.join(parts)}))",
        "activity": parts[0],
        "revenue_impact": f"{revenue_sign} * _amount" if revenue_sign else "case when _amount is not null then 0.0 end",
    }
    cells = ", ".join(f'{made[entry.name]} as "{entry.name}"' if entry.name in made else f'"{entry.name}"' for entry in ACTIVITY_SCHEMA)
    return f"select {cells} from ({inner})"


def _part(name: str) -> str:
    """One part of an identity as text, as `history.activity.activity_id` reads it."""
    if name == "customer":
        return "coalesce(customer, anonymous_customer_id, '')"
    if name in MOMENTS:
        return f"coalesce(cast(epoch_us({name}) as varchar), '')"
    return f"coalesce(cast(\"{name}\" as varchar), '')" if name in NUMBERS else f"coalesce({name}, '')"


def _hash(parts: list[str]) -> str:
    return f"hash(concat_ws(chr(31), {', '.join(parts)}))"


def _repeated_hashes(connection: duckdb.DuckDBPyConnection, inner: str, parts: list[str]) -> np.ndarray:
    """Return the hashes that more than one record has (8 bytes a record in memory, sorted)."""
    found = connection.execute(f"select {_hash(parts)} as h from ({inner})").fetchnumpy()["h"]
    hashes = np.asarray(found, dtype=np.uint64)
    hashes.sort()
    return np.unique(hashes[1:][hashes[1:] == hashes[:-1]])


def _sql_type(entry: pa.Field) -> str:
    if entry.type == pa.float64():
        return "double"
    return "timestamp" if pa.types.is_timestamp(entry.type) else "varchar"


def as_schema(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch of DuckDB (UTC timestamps without zone) in the stream's schema, without copying."""
    arrays = []
    for entry, column in zip(ACTIVITY_SCHEMA, batch.columns, strict=True):
        if column.type != entry.type:
            column = column.view(entry.type) if pa.types.is_timestamp(entry.type) and column.type.unit == "us" else column.cast(entry.type)
        arrays.append(column)
    return pa.RecordBatch.from_arrays(arrays, schema=ACTIVITY_SCHEMA)
