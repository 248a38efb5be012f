"""Turning rows into activities, as SQL: what each kind of activity takes from a row, and its identity as the catalogue says."""

# ruff: noqa: S608 - texts from files enter SQL only through `sql.literal` and `sql.named`

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

import duckdb
import numpy as np
import pyarrow as pa

from lakmus.connectors.files.sql import literal
from lakmus.history.activity import ACTIVITY_SCHEMA
from lakmus.history.catalogue import ActivityKind
from lakmus.history.kinds import KINDS

Columns = dict[str, str]
MOMENTS = ("ts", "_promised_at", "_known_at")
NUMBERS_OF_TABLES = count()
Hashes = np.ndarray[tuple[int], np.dtype[np.uint64]]
Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]
NUMBERS = frozenset(entry.name for entry in ACTIVITY_SCHEMA if entry.type == pa.float64())
A_LITERAL = re.compile(r"'((?:[^']|'')*)'")


@dataclass(frozen=True, slots=True)
class Emission:
    """The rows that become activities of one kind, and the SQL of each column that is not null.

    `relation` is SQL where the rows are not those of the file (None) but made of them. `who` is the SQL of the customer as the
    row itself names them, by which the identity goes where other files told more.
    """

    kind: str
    relation: str | None
    columns: Columns
    where: str = "true"
    features: Columns = field(default_factory=dict)
    who: str | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """An emission's columns: SQL of those that vary, texts of those that are the same in all rows, those that repeat another."""

    kind: ActivityKind
    columns: Columns
    constant: Columns
    same: Columns


def shape_of(emission: Emission, *, source: str, currency: str) -> Shape:
    """Return what is asked of DuckDB for an emission and what is filled in without asking."""
    kind = KINDS[emission.kind]
    columns = dict(emission.columns)
    constant = {"activity": kind.name, "_source": source}
    if "_currency" in columns:
        columns["_currency"] = f"coalesce({columns['_currency']}, {literal(currency)})"
    elif "_amount" in columns:
        columns["_currency"] = literal(currency)
    features = {name: text for name, text in emission.features.items() if text != "null"}
    if features:
        pairs = ", ".join(f"{literal(name)}, {text}" for name, text in features.items())
        some = ", ".join(f"cast({text} as varchar)" for text in features.values())
        columns["feature_json"] = f"case when coalesce({some}) is not null then cast(json_object({pairs}) as varchar) end"
    same = {} if "_known_at" in columns else {"_known_at": "ts"}
    if "_amount" in columns and kind.revenue_sign == 1:
        same["revenue_impact"] = "_amount"
    for name in ("activity_id", "activity", "revenue_impact", "_source"):
        columns.pop(name, None)
    for name, text in list(columns.items()):
        if text == "null":
            del columns[name]
        elif ACTIVITY_SCHEMA.field(name).type == pa.string() and (said := A_LITERAL.fullmatch(text)):
            constant[name] = said[1].replace("''", "'")
            del columns[name]
    return Shape(kind, columns, constant, same)


def typed(name: str, text: str) -> str:
    """SQL: a column in the type that the schema's column has (moments without zone, in UTC)."""
    kind = ACTIVITY_SCHEMA.field(name).type
    return f"{text}::{'double' if kind == pa.float64() else 'timestamp' if pa.types.is_timestamp(kind) else 'varchar'}"


def identity(shape: Shape, at: Mapping[str, str], who: str | None, repeat: str) -> str:
    """SQL: the activity's id, as `history.activity.activity_id` makes it; `at` is where each varying column stands."""
    numbers = [at[name] for name in shape.kind.own_numbers if name in at]
    parts = [repeat if name == "repeat" else _part(name, at, shape.constant, numbers, _whose(at, who)) for name in shape.kind.identity]
    # No part is null, and putting texts behind each other is quicker than `concat_ws`.
    return f"md5({' || chr(31) || '.join([literal(shape.kind.name), *parts])})"


def later_ones(connection: duckdb.DuckDBPyConnection, relation: str, emission: Emission, shape: Shape) -> tuple[Numbers, Numbers]:
    """Return the rows (`_row`, ascending) whose identity a row before them has as well, and which of the equal ones each is (2, 3, …).

    64-bit hashes of all records are sorted to find those that may be equal; only they are numbered, so that the usual file
    without equal records costs no window over all its rows.
    """
    asked = [name for name in shape.columns if name in (*shape.kind.identity, *shape.kind.own_numbers)]
    asked += [name for name in ("customer", "anonymous_customer_id") if name in shape.columns and name not in asked]
    cells = [f'{typed(name, shape.columns[name])} as "{name}"' for name in asked]
    cells += [f"{emission.who}::varchar as _who"] if emission.who else []
    inner = f"select {', '.join([*cells, '_row'])} from {relation} where {emission.where}"
    at = {name: f'"{name}"' for name in asked}
    numbers = [at[name] for name in shape.kind.own_numbers if name in at]
    whose = _whose(at, "_who" if emission.who else None)
    # Columns as they stand are equal where their texts are, and much quicker to compare.
    wanted = [name for name in shape.kind.identity if name == "customer" or name in at]
    raw = [_part(name, at, {}, numbers, whose) if name == "customer" else at[name] for name in wanted]
    repeated = _repeated_hashes(connection, f"hash({', '.join(raw)})", inner)
    if not repeated.size:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    table = f"repeated_{next(NUMBERS_OF_TABLES)}"
    connection.register(table, pa.table({"h": repeated}))
    number = f"row_number() over (partition by {', '.join(raw)} order by _row)"
    found = connection.execute(
        f"select _row, {number} as n from ({inner}) where hash({', '.join(raw)}) in (select h from {table}) qualify n > 1 order by _row"
    ).fetchnumpy()
    connection.unregister(table)
    return np.asarray(found["_row"], np.int64), np.asarray(found["n"], np.int64)


def _repeated_hashes(connection: duckdb.DuckDBPyConnection, key: str, inner: str) -> Hashes:
    """Return the hashes that more than one record has (8 bytes a record in memory, sorted)."""
    found = connection.execute(f"select {key} as h from ({inner})").fetchnumpy()["h"]
    hashes = np.asarray(found, dtype=np.uint64)
    hashes.sort()
    return np.unique(hashes[1:][hashes[1:] == hashes[:-1]])


def _whose(at: Mapping[str, str], who: str | None) -> str:
    if who:
        return f"coalesce({who}, '')"
    return f"coalesce({', '.join([at[each] for each in ('customer', 'anonymous_customer_id') if each in at] + [chr(39) * 2])})"


def _part(name: str, at: Mapping[str, str], constant: Columns, numbers: Sequence[str], whose: str) -> str:
    """One part of an identity as text, as `history.activity.activity_id` reads it; `numbers` stand for the customer, who is `whose`."""
    if name == "customer":
        return f"case when coalesce({', '.join(numbers)}) is null then {whose} else '' end" if numbers else whose
    if name in constant:
        return literal(constant[name])
    if name not in at:
        return "''"
    if name in MOMENTS:
        return f"coalesce(cast(epoch_us({at[name]}) as varchar), '')"
    return f"coalesce(cast({at[name]} as varchar), '')" if name in NUMBERS else f"coalesce({at[name]}, '')"
