"""Cutting batches of rows into activities, kind by kind.

What an activity takes from a row as it stands is never copied, and what few rows become is worked out for those rows alone.
"""

# ruff: noqa: S608 - texts from files enter SQL only through `sql.literal` and `sql.named`

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lakmus.connectors.files.activities_sql import Emission, Numbers, Shape, identity, later_ones, shape_of, typed
from lakmus.connectors.files.kept_rows import BATCH_ROWS, ROWS, look
from lakmus.connectors.files.sql import named
from lakmus.history.activity import ACTIVITY_SCHEMA

A_COLUMN = re.compile(r'"?([a-z_]+)"?')
ALL = "true"


class Cutter:
    """Cuts batches of one schema; `relation` is the SQL of all their rows, in their order, asked once for what concerns them all."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, relation: str, emissions: Sequence[Emission], *, source: str, currency: str
    ) -> None:
        rows = {entry.name: entry.type for entry in connection.sql(f"from {relation} limit 0").to_arrow_table().schema}
        self._masks = _masks(connection, relation, list(dict.fromkeys(each.where for each in emissions if each.where != ALL)))
        self._cuts = [
            (each.where, _Cut(connection, relation, each, shape_of(each, source=source, currency=currency), rows))
            for each in emissions
            if each.where == ALL or self._masks[each.where].true_count
        ]

    def activities(self, batch: pa.RecordBatch, first: int) -> Iterator[pa.RecordBatch]:
        """Yield what the rows of a batch become, in the stream's schema, kind by kind; `first` is the place of its first row among all."""
        for where, cut in self._cuts:
            taken = batch
            if where != ALL:
                mask = self._masks[where].slice(first, batch.num_rows)
                taken = batch if mask.true_count == batch.num_rows else batch.filter(mask)
            if taken.num_rows:
                yield cut.activities(taken)


class _Cut:
    """One kind of activity, and what is looked up for the rows that become it."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, relation: str, emission: Emission, shape: Shape, rows: Mapping[str, pa.DataType]
    ) -> None:
        self._connection, self._shape, self._rows = connection, shape, rows
        inner: dict[str, str] = {}
        at = {name: self._place(name, text, inner) for name, text in shape.columns.items()}
        self._columns = {name: place.strip('"') for name, place in at.items()}
        outer = list(inner.values())
        who = inner.setdefault(f"{emission.who}::varchar", f"x{len(inner)}_") if emission.who else None
        self._later: tuple[Numbers, Numbers] | None = None
        if "repeat" in shape.kind.identity:
            later = later_ones(connection, relation, emission, shape)
            self._later = later if later[0].size else None
        made = identity(shape, at, who, "cast(repeat_ as varchar)" if self._later else "'1'")
        self._columns["activity_id"] = "id_"
        texts = "".join(f", {text} as {name}" for text, name in inner.items())
        self._query = f"select {', '.join([*outer, f'{made} as id_'])} from (select *{texts} from {ROWS})"

    def activities(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """Return what rows become, in the stream's schema."""
        if self._later:
            rows = rows.append_column("repeat_", pa.array(_numbered(rows["_row"].to_numpy(), *self._later)))
        looked = look(self._connection, rows, self._query)
        names = set(looked.schema.names)
        arrays = {name: looked[place] if place in names else rows[place] for name, place in self._columns.items()}
        if "_amount" in arrays and "revenue_impact" not in self._shape.same:
            # Plus nothing: no sum is minus nothing.
            arrays["revenue_impact"] = pc.add(pc.multiply(arrays["_amount"], float(self._shape.kind.revenue_sign)), 0.0)
        return as_schema(arrays, rows.num_rows, self._shape)

    def _place(self, name: str, text: str, inner: dict[str, str]) -> str:
        """Return where a column stands: in the rows, where it is taken as it is, else among what is looked up."""
        plain = A_COLUMN.fullmatch(text)
        if plain and plain[1] in self._rows and _stands_for(self._rows[plain[1]], ACTIVITY_SCHEMA.field(name).type):
            return named(plain[1])
        return inner.setdefault(typed(name, text), f"x{len(inner)}_")


def _masks(connection: duckdb.DuckDBPyConnection, relation: str, wheres: Sequence[str]) -> dict[str, pa.BooleanArray]:
    """Say for each condition which rows meet it: a bit a row."""
    if not wheres:
        return {}
    asked = ", ".join(f"coalesce({where}, false) as m{place}" for place, where in enumerate(wheres))
    found = connection.sql(f"select {asked} from {relation}").to_arrow_table()
    return {where: column.combine_chunks() for where, column in zip(wheres, found.columns, strict=True)}


def _stands_for(found: pa.DataType, wanted: pa.DataType) -> bool:
    return bool(found == wanted or (pa.types.is_timestamp(wanted) and found == pa.timestamp("us")))


def _numbered(here: Numbers, rows: Numbers, numbers: Numbers) -> Numbers:
    """Return for each row which of the equal records it is; 1 where it is the first or only one."""
    made = np.ones(len(here), np.int64)
    places = np.searchsorted(rows, here)
    places[places == len(rows)] = 0
    found = rows[places] == here
    made[found] = numbers[places[found]]
    return made


def as_schema(given: Mapping[str, pa.Array], rows: int, shape: Shape) -> pa.RecordBatch:
    """Return columns of DuckDB (UTC timestamps without zone) in the stream's schema; constant columns are shared slices."""
    arrays: dict[str, pa.Array] = {}
    for entry in ACTIVITY_SCHEMA:
        column = given.get(entry.name)
        if column is None and entry.name not in shape.same:
            column = _constant(entry, shape.constant.get(entry.name), rows)
        elif column is not None and column.type != entry.type:
            column = column.view(entry.type) if pa.types.is_timestamp(entry.type) else column.cast(entry.type)
        arrays[entry.name] = column
    for name, other in shape.same.items():
        arrays[name] = arrays[other]
    return pa.RecordBatch.from_arrays(list(arrays.values()), schema=ACTIVITY_SCHEMA)


def _constant(entry: pa.Field, text: str | None, rows: int) -> pa.Array:
    return _long_constant(entry.type, text, -(-rows // BATCH_ROWS) * BATCH_ROWS).slice(0, rows)


@lru_cache(maxsize=256)
def _long_constant(sort: pa.DataType, text: str | None, rows: int) -> pa.Array:
    return pa.nulls(rows, sort) if text is None else pa.repeat(pa.scalar(text, sort), rows)
