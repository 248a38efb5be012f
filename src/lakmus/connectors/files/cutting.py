"""Cutting batches of rows into activities: DuckDB looks at a batch once for all the kinds that its rows become.

What an activity takes from a row as it stands is never copied: it stays the batch's own column.
"""

# ruff: noqa: S608 - texts from files enter SQL only through `sql.literal` and `sql.named`

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count

import duckdb
import numpy as np
import pyarrow as pa

from lakmus.connectors.files.activities_sql import Columns, Emission, Numbers, Shape, identity, later_ones, shape_of, typed
from lakmus.connectors.files.kept_rows import BATCH_ROWS
from lakmus.connectors.files.sql import named
from lakmus.history.activity import ACTIVITY_SCHEMA

A_COLUMN = re.compile(r'"?([a-z_]+)"?')
VECTOR = 2048
PARTS = 2
NUMBERS_OF_CUTTERS = count()


@dataclass(frozen=True, slots=True)
class _Cut:
    """One kind of activity: where each column stands in what was looked up, and which rows become it (None: all)."""

    shape: Shape
    columns: Columns
    mask: str | None


class Cutter:
    """Cuts batches of one schema; `relation` is the SQL of all their rows, asked once for records that are equal."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, relation: str, emissions: Sequence[Emission], *, source: str, currency: str
    ) -> None:
        self._connection = connection
        self._name = f"batch_{next(NUMBERS_OF_CUTTERS)}"
        self._rows = {entry.name: entry.type for entry in connection.sql(f"from {relation} limit 0").to_arrow_table().schema}
        self._inner: dict[str, str] = {}
        self._outer: dict[str, str] = {}
        self._later: dict[str, tuple[Numbers, Numbers]] = {}
        self._cuts = [self._cut(relation, emission, source, currency) for emission in emissions]
        inner = "".join(f", {text} as {name}" for text, name in self._inner.items())
        outer = ", ".join(f"{text} as {name}" for name, text in self._outer.items())
        self._query = f"select {outer} from (select *{inner} from {self._name})"

    def activities(self, batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
        """Yield what the rows of a batch become, in the stream's schema, kind by kind."""
        if not batch.num_rows:
            return
        looked = self._look(batch)
        for cut in self._cuts:
            arrays = {name: looked[place] for name, place in cut.columns.items()}
            taken = pa.RecordBatch.from_arrays(list(arrays.values()), names=list(arrays))
            if cut.mask and (mask := looked[cut.mask]).true_count < batch.num_rows:
                if not mask.true_count:
                    continue
                taken = taken.filter(mask)
            yield as_schema(taken, cut.shape)

    def _cut(self, relation: str, emission: Emission, source: str, currency: str) -> _Cut:
        shape = shape_of(emission, source=source, currency=currency)
        mask = None if emission.where == "true" else self._given(f"coalesce({emission.where}, false)")
        at = {name: self._place(name, text) for name, text in shape.columns.items()}
        who = self._given(f"{emission.who}::varchar") if emission.who else None
        repeat = "'1'"
        if "repeat" in shape.kind.identity:
            rows, numbers = later_ones(self._connection, relation, emission, shape)
            if rows.size:
                repeat = f"cast(repeat_{len(self._later)} as varchar)"
                self._later[f"repeat_{len(self._later)}"] = rows, numbers
        made = identity(shape, at, who, repeat)
        columns = {name: place.strip('"') for name, place in at.items()}
        columns["activity_id"] = self._asked(f"case when {mask} then {made} end" if mask else made)
        if "_amount" in at and shape.kind.revenue_sign != 1:
            columns["revenue_impact"] = self._asked(f"{shape.kind.revenue_sign} * {at['_amount']} + 0.0")
        if mask:
            self._outer[mask] = mask
        return _Cut(shape, columns, mask)

    def _place(self, name: str, text: str) -> str:
        """Return where a column stands: in the batch, where it is taken as it is, else among what is looked up."""
        plain = A_COLUMN.fullmatch(text)
        if plain and plain[1] in self._rows and _stands_for(self._rows[plain[1]], ACTIVITY_SCHEMA.field(name).type):
            return named(plain[1])
        place = self._given(typed(name, text))
        self._outer[place] = place
        return place

    def _given(self, text: str) -> str:
        return self._inner.setdefault(text, f"x{len(self._inner)}_")

    def _asked(self, text: str) -> str:
        place = f"y{len(self._outer)}_"
        self._outer[place] = text
        return place

    def _look(self, batch: pa.RecordBatch) -> dict[str, pa.Array]:
        arrays = {name: batch[name] for name in batch.schema.names}
        for name, (rows, numbers) in self._later.items():
            arrays[name] = pa.array(_numbered(batch["_row"].to_numpy(), rows, numbers))
        whole = pa.RecordBatch.from_arrays(list(arrays.values()), names=list(arrays))
        # In parts, since DuckDB gives each batch to one thread.
        size = -(-batch.num_rows // PARTS // VECTOR) * VECTOR
        parts = [whole.slice(first, size) for first in range(0, batch.num_rows, size)]
        self._connection.register(self._name, pa.Table.from_batches(parts))
        found = self._connection.sql(self._query).to_arrow_table().combine_chunks()
        self._connection.unregister(self._name)
        return arrays | {name: found[name].chunk(0) for name in found.column_names}


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


def as_schema(taken: pa.RecordBatch, shape: Shape) -> pa.RecordBatch:
    """Return columns of DuckDB (UTC timestamps without zone) in the stream's schema; constant columns are shared slices."""
    given = dict(zip(taken.schema.names, taken.columns, strict=True))
    arrays: dict[str, pa.Array] = {}
    for entry in ACTIVITY_SCHEMA:
        column = given.get(entry.name)
        if column is None and entry.name not in shape.same:
            column = _constant(entry, shape.constant.get(entry.name), taken.num_rows)
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
