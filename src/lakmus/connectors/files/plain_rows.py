"""Rows as values, a batch at a time: plain cells by whole columns, the rows that are not plain by the SQL that reads any.

Nearly all rows of nearly all files are plain, and reading them so costs a fifth. What a cell means is decided in one place, the SQL:
here a row is taken only where nothing about it can be in doubt.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lakmus.connectors.files.cells import NOBODY, NOBODY_BUT_ZERO, WORDS_FOR_NOTHING
from lakmus.connectors.files.fields import DURATIONS, FIELDS, Sort
from lakmus.connectors.files.kept_rows import BATCH_ROWS, REFUSED, ROWS, VECTOR, look, streamed
from lakmus.connectors.files.names import minutes_of_unit
from lakmus.connectors.files.plain_cells import Cells, Mask, blank_at_edge, cells_of, ends_in_nothing, numbers, one_of
from lakmus.connectors.files.plain_moments import is_plain, moments, utc_of
from lakmus.connectors.files.plan import ColumnPlan, FilePlan
from lakmus.connectors.files.row_checks import TOTALS, TOTALS_WITHIN, fed_columns, moment_bounds, needs, number_bounds
from lakmus.connectors.files.row_values import OF_PEOPLE, rows_query, staged_columns, values_query
from lakmus.connectors.files.transcripts import is_transcript

NEVER_PLAIN = ("email", "phone", "feature", "clock")
MOSTLY = 0.5
BYTES_AT_ONCE = 128_000_000
BYTES_OF_CELL = 16
Values = dict[str, pa.Array]


class PlainRows:
    """Reads the rows of one planned table."""

    def __init__(self, plan: FilePlan, time_zone: str, now: datetime) -> None:
        self._plan, self._time_zone = plan, time_zone
        self._names = [*staged_columns(plan), *REFUSED]
        self._any_rows = rows_query(plan, ROWS, time_zone, now)
        self._fed = fed_columns(plan)
        self._needs = [need.fields for need in needs(plan, self._fed)]
        self._bounds: dict[str, tuple[float, float]] = {}
        for _, column in self._fed:
            field = column.field or ""
            if FIELDS[field].sort is Sort.MOMENT:
                lowest, highest = (int(bound.astype("datetime64[us]").astype(np.int64)) for bound in moment_bounds(field, now))
                self._bounds[field] = lowest, highest
            elif FIELDS[field].sort is Sort.NUMBER:
                self._bounds[field] = number_bounds(field)
        clock = any(column.field == "clock" for _, column in self._fed)
        self._plain = {index for index, column in self._fed if not (clock and column.field == "ts") and self._is_plain(column)}

    def of(self, relation: str, connection: duckdb.DuckDBPyConnection) -> pa.RecordBatchReader:
        """Return the rows of a relation as `row_values.rows_query` gives them, in their order."""
        schema = pa.schema([(name, _type_of(name)) for name in self._names])
        rest = [(index, column) for index, column in self._fed if index not in self._plain]
        written = streamed(connection, values_query(self._plan, rest, relation, self._time_zone), self._rows_at_once())
        return pa.RecordBatchReader.from_batches(schema, self._read_all(written, connection))

    def _rows_at_once(self) -> int:
        """Return how many rows a batch may have: all their cells are in memory, of columns that feed nothing, too."""
        bytes_of_row = max(self._plan.path.stat().st_size / max(self._plan.row_estimate, 1), BYTES_OF_CELL * len(self._plan.columns))
        return min(BATCH_ROWS, max(VECTOR, int(BYTES_AT_ONCE / bytes_of_row)))

    def _read_all(self, written: pa.RecordBatchReader, connection: duckdb.DuckDBPyConnection) -> Iterator[pa.RecordBatch]:
        with connection.cursor() as asked:
            for batch in written:
                yield self._read(batch, asked)

    def _read(self, batch: pa.RecordBatch, connection: duckdb.DuckDBPyConnection) -> pa.RecordBatch:
        values, odd = self._values(batch)
        count = int(odd.sum())
        if count > MOSTLY * len(odd):
            return look(connection, batch, self._any_rows).select(self._names)
        columns = [values.get(name, pa.nulls(batch.num_rows, pa.string())) for name in self._names]
        if count:
            mask = pa.array(odd)
            found = look(connection, batch.filter(mask), self._any_rows)
            columns = [pc.replace_with_mask(column, mask, found[name]) for name, column in zip(self._names, columns, strict=True)]
        return pa.RecordBatch.from_arrays(columns, names=self._names)

    def _values(self, batch: pa.RecordBatch) -> tuple[Values, Mask]:
        """Return the values of plain rows, and which rows are not plain."""
        cells = {index: cells_of(batch[f"c{index}"]) for index in {*range(min(TOTALS_WITHIN, len(self._plan.columns))), *dict(self._fed)}}
        values: Values = {}
        odd = np.zeros(batch.num_rows, bool)
        for index, column in self._fed:
            field = column.field or ""
            if index in self._plain:
                values |= self._plain_values(cells[index], column)
                odd |= self._doubtful(cells[index], field)
            else:
                values |= {name: batch[name] for name in (field, f"{field}_local") if name in batch.schema.names}
            if field in self._bounds:
                odd |= _outside(values[field], *self._bounds[field]) & cells[index].given
        for index in range(min(TOTALS_WITHIN, len(self._plan.columns))):
            if index not in self._plain:
                odd |= one_of(cells[index], TOTALS)
        # A row that has what it needs is not empty.
        wanted = [[values[field] for field in fields] for fields in self._needs] or [list(batch.columns)]
        for columns in wanted:
            if all(column.null_count for column in columns):
                odd |= np.logical_and.reduce([column.is_null().to_numpy(zero_copy_only=False) for column in columns])
        return values, odd

    def _is_plain(self, column: ColumnPlan) -> bool:
        """Say whether a column's cells are likely to be plain, from those that the plan has seen."""
        field = column.field or ""
        if field in NEVER_PLAIN or (FIELDS[field].sort is Sort.MOMENT and not is_plain(column.date_format)):
            return False
        if FIELDS[field].sort is Sort.TEXT and is_transcript(column.samples):
            return False
        if field in DURATIONS and minutes_of_unit(column.name) != 1:
            return False
        cells = cells_of(pa.array(column.samples, pa.string()))
        values = self._plain_values(cells, column)[field]
        return not self._doubtful(cells, field).any() and values.null_count == int((~cells.given).sum())

    def _plain_values(self, cells: Cells, column: ColumnPlan) -> Values:
        """Return what a column's cells mean, by name; null where a number or a moment is not plain."""
        field = column.field or ""
        sort = FIELDS[field].sort
        if sort is Sort.NUMBER:
            return {field: numbers(cells, self._plan.decimal)}
        if sort is not Sort.MOMENT:
            return {field: cells.texts}
        local, absent = moments(cells, column.date_format or "")
        times = {field: utc_of(local, self._time_zone), f"{field}_local": local}
        return {name: pa.array(time, mask=absent).view(pa.timestamp("us")) for name, time in times.items() if name in self._names}

    def _doubtful(self, cells: Cells, field: str) -> Mask:
        """Say which cells of a column of texts may mean something else than they say."""
        sort = FIELDS[field].sort
        if sort is Sort.IDENTIFIER:
            nothing = NOBODY if field in OF_PEOPLE else NOBODY_BUT_ZERO
            return blank_at_edge(cells) | ends_in_nothing(cells) | one_of(cells, [*nothing, *TOTALS])
        if sort is Sort.LABEL:
            return blank_at_edge(cells) | one_of(cells, [*WORDS_FOR_NOTHING, *TOTALS])
        return one_of(cells, TOTALS) if sort is Sort.TEXT else np.zeros(len(cells.given), bool)


def _type_of(name: str) -> pa.DataType:
    field = FIELDS.get(name.removesuffix("_local"))
    sort = field.sort if field else Sort.TEXT
    return pa.timestamp("us") if sort is Sort.MOMENT else pa.float64() if sort is Sort.NUMBER else pa.string()


def _outside(values: pa.Array, lowest: float, highest: float) -> Mask:
    """Say which values do not lie within bounds; absent ones do not."""
    numbers = (values.view(pa.int64()) if pa.types.is_timestamp(values.type) else values).fill_null(0).to_numpy()
    outside: Mask = ~((numbers >= lowest) & (numbers <= highest))
    if values.null_count:
        outside |= values.is_null().to_numpy(zero_copy_only=False)
    return outside
