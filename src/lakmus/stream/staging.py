"""An import on its way in: activities of any number, split by bucket on the disk, so that memory stays bounded."""

from __future__ import annotations

import os
import secrets
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lakmus.history.activity import ACTIVITY_SCHEMA
from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording
from lakmus.stream.buckets import Bucketing, BucketNumbers, keys_of
from lakmus.stream.durable import remove_folder
from lakmus.stream.fingerprints import Fingerprints, fingerprints, in_one_length
from lakmus.stream.lease import hold, is_held
from lakmus.stream.parquet import REPETITIVE
from lakmus.stream.words import Words

ROWS_PER_CHUNK = 500_000
BYTES_PER_CHUNK = 160_000_000
CHUNKS_AHEAD = 2
ROW = "row"
"""Staged column: the number of the row within its chunk, as it came."""
Origin = tuple[str, str]
"""(`_source`, kind) of a row; the source is "" where a row names none."""

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
    """What one import has read: chunk files, each cut into one record batch per bucket.

    A staged chunk has only the columns in which it holds anything. Columns of few words stand in it as codes (see `words`),
    ids as 32 bytes where all of them are that long.
    """

    def __init__(self, folder: Path, buckets: int) -> None:
        self._folder = folder
        self._buckets = buckets
        self._starts: list[int] = []
        self._fingerprints: list[Fingerprints] = []
        self._bucketing = Bucketing(buckets)
        self.words = {name: Words() for name in REPETITIVE}
        self.rows = 0
        self.origins: Counter[Origin] = Counter()

    def fill(self, batches: pa.RecordBatchReader, progress: Progress | None = None) -> None:
        """Read everything; while a chunk is read, one thread parts the one before and another writes the one before that.

        Raises
        ------
        BadInput : the columns differ from `ACTIVITY_SCHEMA`, or a required one has nulls.
        """
        check_columns(batches.schema)
        with ThreadPoolExecutor(1, thread_name_prefix="part") as parting, ThreadPoolExecutor(1, thread_name_prefix="stage") as writing:
            written: deque[Future[None]] = deque()
            for chunk in _chunks(batches):
                if len(written) == CHUNKS_AHEAD:
                    written.popleft().result()
                written.append(writing.submit(self._write, len(self._starts), parting.submit(self._part, chunk)))
                self._starts.append(self.rows)
                self.rows += sum(batch.num_rows for batch in chunk)
                if progress:
                    progress(self.rows)
            for each in written:
                each.result()

    def all_fingerprints(self) -> Fingerprints:
        """Return the fingerprint of each row in the order in which rows came, shape (rows,); may be called once."""
        joined = np.concatenate(self._fingerprints) if self._fingerprints else np.empty(0, np.uint64)
        self._fingerprints = []
        return joined

    def bucket(self, bucket: int) -> Iterator[pa.RecordBatch]:
        """Yield the staged rows of a bucket chunk by chunk; their last column, `ROW`, numbers all rows in the order of arrival."""
        for number, start in enumerate(self._starts):
            # Mapped, not read: the rows are copied once, into the sorted whole.
            with pa.memory_map(str(self._chunk_path(number))) as source:
                rows = pa.ipc.open_file(source).get_batch(bucket)
            if rows.num_rows:
                numbers = pa.array(rows[ROW].to_numpy().astype(np.int64) + start)
                yield rows.set_column(rows.num_columns - 1, ROW, numbers)

    def counted(self, rows: pa.RecordBatch) -> Counter[Origin]:
        """Count staged rows by (source, kind)."""
        names = [name for name in ("_source", "activity") if name in rows.schema.names]
        counted: Counter[Origin] = Counter()
        groups = pa.table({name: rows[name] for name in names}).group_by(names).aggregate([([], "count_all")])
        texts = {name: self.words[name].texts(groups[name].combine_chunks()).to_pylist() for name in names}
        sources = texts.get("_source", [None] * groups.num_rows)
        for source, kind, count in zip(sources, texts["activity"], groups["count_all"].to_pylist(), strict=True):
            counted[source or "", kind] += count
        return counted

    def _part(self, batches: Sequence[pa.RecordBatch]) -> tuple[dict[str, pa.Array], BucketNumbers]:
        """Return a chunk's columns as they are staged, and the bucket of each row."""
        made = {field.name: self._column([batch[field.name] for batch in batches], field) for field in ACTIVITY_SCHEMA}
        columns = {name: column for name, column in made.items() if column is not None}
        ids = columns["activity_id"]
        self._fingerprints.append(fingerprints(ids))
        return columns, self._bucketing.of_keys(keys_of(columns, len(ids)))

    def _write(self, number: int, parted: Future[tuple[dict[str, pa.Array], BucketNumbers]]) -> None:
        columns, bucket_of_row = parted.result()
        order = pa.array(np.argsort(bucket_of_row, kind="stable").astype(np.uint32))
        taken = {name: pc.take(column, order, boundscheck=False) for name, column in columns.items()} | {ROW: order}
        whole = pa.RecordBatch.from_arrays(list(taken.values()), names=list(taken))
        self.origins += self.counted(whole)
        ends = np.cumsum(np.bincount(bucket_of_row, minlength=self._buckets)).tolist()
        with pa.OSFile(str(self._chunk_path(number)), "wb") as sink, pa.ipc.new_file(sink, whole.schema) as writer:
            for first, last in zip([0, *ends[:-1]], ends, strict=True):
                writer.write_batch(whole.slice(first, last - first))

    def _column(self, parts: Sequence[pa.Array], field: pa.Field) -> pa.Array | None:
        """Return one column of a chunk as it is staged, nothing where it holds nothing.

        Raises
        ------
        BadInput : a required column holds nulls, or a column cannot be read as its type.
        """
        if field.nullable and all(part.null_count == len(part) for part in parts):
            return None
        try:
            column = self._joined(parts, field)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as failure:
            raise BadInput("activity_columns", WRONG_COLUMNS.filled(names=f"{field.name}: {failure}".splitlines()[0])) from failure
        if column.null_count and not field.nullable:
            raise BadInput("activity_incomplete", EMPTY_REQUIRED.filled(name=field.name))
        return column

    def _joined(self, parts: Sequence[pa.Array], field: pa.Field) -> pa.Array:
        if field.name not in REPETITIVE:
            column = pa.concat_arrays([part.cast(field.type) for part in parts])
            fixed = in_one_length(column) if field.name == "activity_id" else None
            return column if fixed is None else fixed
        words = self.words[field.name]
        coded = [words.codes(part if pa.types.is_dictionary(part.type) else part.cast(field.type)) for part in parts]
        return pa.concat_arrays(coded if len({part.type for part in coded}) == 1 else [words.texts(part) for part in coded])

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


def _chunks(batches: pa.RecordBatchReader) -> Iterator[list[pa.RecordBatch]]:
    """Yield the reader's rows, some batches at a time, about `ROWS_PER_CHUNK` rows."""
    waiting: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        for first in range(0, batch.num_rows, ROWS_PER_CHUNK):
            waiting.append(batch.slice(first, ROWS_PER_CHUNK))
            rows += waiting[-1].num_rows
            size += waiting[-1].nbytes
            if rows >= ROWS_PER_CHUNK or size >= BYTES_PER_CHUNK:
                yield waiting
                waiting, rows, size = [], 0, 0
    if rows:
        yield waiting
