"""Rows between the steps of a read: Arrow files in the work folder, seen by DuckDB as tables and read by Python batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

BATCH_ROWS = 245_760
AHEAD = "128MB"
REFUSED = ("_why", "_cells")
ROWS = "rows_here"
"""What a batch of rows is called in SQL."""
VECTOR = 2048
PARTS = 2


class RowWriter:
    """Writes batches into one Arrow file, which is there (empty) even when no batch comes."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._open = ExitStack()
        sink = self._open.enter_context(pa.OSFile(str(path), "wb"))
        self._writer = self._open.enter_context(pa.ipc.new_file(sink, schema))

    def write(self, batch: pa.RecordBatch) -> None:
        """Add a batch."""
        self._writer.write_batch(batch)

    def close(self) -> None:
        """Finish the file."""
        self._open.close()


def streamed(connection: duckdb.DuckDBPyConnection, query: str, rows: int = BATCH_ROWS) -> pa.RecordBatchReader:
    """Return the rows of a query as they come, in order, so many at a time; DuckDB works on while a batch is looked at."""
    return connection.sql(query).to_arrow_reader(rows)


def keep(reader: pa.RecordBatchReader, target: Path) -> frozenset[str]:
    """Write all batches of a reader into a file and return the names of its columns."""
    writer = RowWriter(target, reader.schema)
    try:
        for batch in reader:
            writer.write(batch)
    finally:
        writer.close()
    return frozenset(reader.schema.names)


def keep_taken(reader: pa.RecordBatchReader, taken: Path, refused: Path) -> Iterator[int]:
    """Write rows without `_why` into one file, with `_row` (counted from 0 over all), the others into another; yield rows done."""
    schema = pa.schema([field for field in reader.schema if field.name not in REFUSED] + [pa.field("_row", pa.int64(), nullable=False)])
    writer, apart, done = RowWriter(taken, schema), None, 0
    try:
        for batch in reader:
            batch = batch.append_column("_row", pa.array(np.arange(done, done + batch.num_rows)))
            done += batch.num_rows
            if batch["_why"].null_count < batch.num_rows:
                wrong = batch.filter(pc.is_valid(batch["_why"])).select(["_row", *REFUSED])
                apart = apart or RowWriter(refused, wrong.schema)
                apart.write(wrong)
                batch = batch.filter(pc.is_null(batch["_why"]))
            writer.write(pa.RecordBatch.from_arrays([batch[name] for name in schema.names], schema=schema))
            yield done
    finally:
        writer.close()
        if apart:
            apart.close()


def kept(path: Path) -> Iterator[pa.RecordBatch]:
    """Yield the batches of a file in their order; nothing where the file was never written."""
    if not path.exists():
        return
    with pa.OSFile(str(path)) as source, pa.ipc.open_file(source) as reader:
        for number in range(reader.num_record_batches):
            yield reader.get_batch(number)


def show(connection: duckdb.DuckDBPyConnection, name: str, path: Path) -> None:
    """Let a connection see a file as the table `name`; other cursors of the same instance do not see it."""
    connection.register(name, ds.dataset(path, format="ipc"))


def look(connection: duckdb.DuckDBPyConnection, rows: pa.RecordBatch, query: str) -> pa.RecordBatch:
    """Return what a query tells of each of the `ROWS`, in their order."""
    # In parts, since DuckDB gives each batch to one thread.
    size = -(-rows.num_rows // PARTS // VECTOR) * VECTOR
    connection.register(ROWS, pa.Table.from_batches([rows.slice(first, size) for first in range(0, rows.num_rows, size)]))
    found = connection.sql(query).to_arrow_table().combine_chunks().to_batches()[0]
    connection.unregister(ROWS)
    return found
