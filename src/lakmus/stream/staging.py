"""An import on its way in: activities of any number, split by bucket on the disk, so that memory stays bounded."""

from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lakmus.history.activity import ACTIVITY_SCHEMA
from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording
from lakmus.stream.buckets import Bucketing
from lakmus.stream.durable import remove_folder
from lakmus.stream.fingerprints import Fingerprints, fingerprints
from lakmus.stream.lease import hold, is_held
from lakmus.stream.parquet import REPETITIVE

ROWS_PER_CHUNK = 500_000
BYTES_PER_CHUNK = 160_000_000
SAMPLE = 5000
MOST_WORDS = 256
ROW = "row"
"""Staged column: the number of the row within its chunk, as it came."""

WRONG_COLUMNS = Wording(
    "Столбцы не совпадают с устройством истории клиентов: {names}. Ничего не записано; проверьте, откуда пришли данные.",
    "The columns do not match the form of the customer history: {names}. Nothing was written; check where the data came from.",
)
EMPTY_REQUIRED = Wording(
    "В столбце «{name}» есть пустые значения, а без него событие записать нельзя. Ничего не записано; исправьте источник и повторите.",
    "Column “{name}” has empty values, and without it an activity cannot be stored. Nothing was written; mend the source and repeat.",
)
Progress = Callable[[int], None]


class Stage:
    """What one import has read: chunk files, each cut into one record batch per bucket."""

    def __init__(self, folder: Path, buckets: int) -> None:
        self._folder = folder
        self._buckets = buckets
        self._starts: list[int] = []
        self._fingerprints: list[Fingerprints] = []
        self._bucketing = Bucketing(buckets)
        self.rows = 0
        self.origins: Counter[tuple[str, str]] = Counter()

    def fill(self, batches: pa.RecordBatchReader, progress: Progress | None = None) -> None:
        """Read everything; one thread writes a chunk while the next is read.

        Raises
        ------
        BadInput : the columns differ from `ACTIVITY_SCHEMA`, or a required one has nulls.
        """
        check_columns(batches.schema)
        with ThreadPoolExecutor(1, thread_name_prefix="stage") as writer:
            previous: Future[None] | None = None
            for chunk in _chunks(batches):
                if previous:
                    previous.result()
                start, self.rows = self.rows, self.rows + chunk.num_rows
                previous = writer.submit(self._write, chunk, start)
                if progress:
                    progress(self.rows)
            if previous:
                previous.result()

    def all_fingerprints(self) -> Fingerprints:
        """Return the fingerprint of each row in the order in which rows came, shape (rows,); may be called once."""
        joined = np.concatenate(self._fingerprints) if self._fingerprints else np.empty(0, np.uint64)
        self._fingerprints = []
        return joined

    def bucket(self, bucket: int) -> Iterator[tuple[pa.Table, np.ndarray[tuple[int], np.dtype[np.int64]]]]:
        """Yield the staged rows of a bucket chunk by chunk, each with the numbers of its rows in the order of arrival."""
        for number, start in enumerate(self._starts):
            with pa.OSFile(str(self._chunk_path(number))) as source:
                rows = pa.Table.from_batches([pa.ipc.open_file(source).get_batch(bucket)])
            if rows.num_rows:
                yield rows.drop_columns([ROW]), rows[ROW].to_numpy().astype(np.int64) + start

    def _write(self, chunk: pa.Table, start: int) -> None:
        chunk = checked(chunk)
        self._fingerprints.append(fingerprints(chunk["activity_id"]))
        grouped = chunk.select(["_source", "activity"]).group_by(["_source", "activity"]).aggregate([([], "count_all")])
        for row in grouped.to_pylist():
            self.origins[row["_source"] or "", row["activity"]] += row["count_all"]
        bucket_of_row = self._bucketing.of_rows(chunk)
        order = pa.array(np.argsort(bucket_of_row, kind="stable").astype(np.uint32))
        filled = chunk.select([name for name in chunk.column_names if chunk[name].null_count < chunk.num_rows])
        columns = {name: _few_words(_one_piece(filled[name]), name).take(order) for name in filled.column_names} | {ROW: order}
        # One batch, cut by slices: all of them then share the dictionaries that an Arrow file can hold only once.
        whole = pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))
        ends = np.cumsum(np.bincount(bucket_of_row, minlength=self._buckets)).tolist()
        path = self._chunk_path(len(self._starts))
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, whole.schema) as writer:
            for first, last in zip([0, *ends[:-1]], ends, strict=True):
                writer.write_batch(whole.slice(first, last - first))
        self._starts.append(start)

    def _chunk_path(self, number: int) -> Path:
        return self._folder / f"chunk-{number:05}.arrow"


@contextmanager
def stage(staging: Path, buckets: int) -> Iterator[Stage]:
    """Give a stage in a folder of its own that vanishes at the end; a killed process leaves it to `sweep_stages`."""
    folder = staging / f"{os.getpid()}-{secrets.token_hex(6)}"
    folder.mkdir(parents=True)
    lock = hold(folder / "lock")
    try:
        yield Stage(folder, buckets)
    finally:
        remove_folder(folder)
        os.close(lock)


def sweep_stages(staging: Path) -> None:
    """Remove what killed imports left behind; living ones hold their lock."""
    if staging.is_dir():
        for folder in staging.iterdir():
            if not is_held(folder / "lock"):
                remove_folder(folder)


def check_columns(schema: pa.Schema) -> None:
    """Refuse a schema whose columns are not those of `ACTIVITY_SCHEMA`, in whatever order.

    Raises
    ------
    BadInput : a column is missing, unknown or of a type that does not hold what the stream's column holds.
    """
    different = set(schema.names) ^ set(ACTIVITY_SCHEMA.names)
    for field in ACTIVITY_SCHEMA:
        if field.name not in different and pa.types.is_timestamp(field.type) and getattr(schema.field(field.name).type, "tz", None) is None:
            different.add(f"{field.name}: {schema.field(field.name).type}")
    if different:
        raise BadInput("activity_columns", WRONG_COLUMNS.filled(names=", ".join(sorted(different))))


def checked(chunk: pa.Table) -> pa.Table:
    """Return the rows in the stream's schema.

    Raises
    ------
    BadInput : a required column holds nulls, or a column cannot be read as its type.
    """
    for field in ACTIVITY_SCHEMA:
        if not field.nullable and chunk[field.name].null_count:
            raise BadInput("activity_incomplete", EMPTY_REQUIRED.filled(name=field.name))
    chunk = chunk.select(ACTIVITY_SCHEMA.names)
    if chunk.schema.types == ACTIVITY_SCHEMA.types:
        return chunk
    try:
        return chunk.cast(ACTIVITY_SCHEMA)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as failure:
        raise BadInput("activity_columns", WRONG_COLUMNS.filled(names=str(failure).splitlines()[0])) from failure


def _chunks(batches: pa.RecordBatchReader) -> Iterator[pa.Table]:
    """Yield the reader's rows in tables of about `ROWS_PER_CHUNK`, each column one piece."""
    waiting: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        for first in range(0, batch.num_rows, ROWS_PER_CHUNK):
            waiting.append(batch.slice(first, ROWS_PER_CHUNK))
            rows += waiting[-1].num_rows
            size += waiting[-1].nbytes
            if rows >= ROWS_PER_CHUNK or size >= BYTES_PER_CHUNK:
                yield pa.Table.from_batches(waiting).combine_chunks()
                waiting, rows, size = [], 0, 0
    if rows:
        yield pa.Table.from_batches(waiting).combine_chunks()


def _one_piece(column: pa.ChunkedArray) -> pa.Array:
    joined = column.combine_chunks()
    return joined.chunk(0) if isinstance(joined, pa.ChunkedArray) else joined


def _few_words(column: pa.Array, name: str) -> pa.Array:
    """Return a column in which few different words repeat as a dictionary, any other as it is."""
    if name not in REPETITIVE:
        return column
    if len(column) > SAMPLE and len(pc.unique(column.slice(0, SAMPLE))) > MOST_WORDS:
        return column
    encoded = column.dictionary_encode()
    return encoded if len(encoded.dictionary) <= MOST_WORDS else column
