"""Parquet files of the stream: sorted by customer and time, cut into row groups so small that one customer's are cheap to read."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lakmus.stream.buckets import KEY
from lakmus.stream.durable import publish
from lakmus.stream.ledger import STORED_SCHEMA

ROWS_PER_GROUP = 8192
SORT_ORDER = (KEY, "ts", "activity_id")
# Columns in which few different words repeat; a dictionary of ids, texts and sums costs time and saves nothing.
REPETITIVE = tuple(
    "activity _source _currency _channel _staff _author _topic _reason _survey _template _page _place _status _product _name".split()
)
# Ids are random digits of one length: apart from their lengths they shrink to half in a third of the time.
# Moments of one customer are close to each other.
ENCODINGS = {"activity_id": "DELTA_LENGTH_BYTE_ARRAY"} | {
    field.name: "DELTA_BINARY_PACKED" for field in STORED_SCHEMA if pa.types.is_timestamp(field.type)
}
# Rows are sorted by customer, so least and greatest say something only of whom a row group is about.
BOUNDED = (KEY, "customer")
KINDS_NOTE = b"lakmus.kinds"
GREATEST = chr(0x10FFFF)


@dataclass(frozen=True, slots=True)
class GroupRange:
    """Row group `number` holds the customer keys from `first` to `last`."""

    number: int
    first: str
    last: str


def write_parquet(table: pa.Table, path: Path, *, kinds: dict[str, list[int | None]]) -> None:
    """Write rows, already sorted by `SORT_ORDER`, in the stored schema; `kinds` is the note from which watermarks are read.

    A file has only the columns in which it says something; to readers of the table the others are null.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Columns of few words may come as dictionaries; in the file they are the same text columns as any.
    schema = pa.schema(
        [
            pa.field(field.name, table[field.name].type, field.nullable)
            for field in STORED_SCHEMA
            if not field.nullable or table[field.name].null_count < table.num_rows
        ]
    )
    codecs = {field.name: codec_of(field) for field in schema}
    with pq.ParquetWriter(
        path,
        schema,
        compression=codecs,
        compression_level={name: 1 for name, codec in codecs.items() if codec == "zstd"},
        use_dictionary=[name for name in REPETITIVE if name in codecs],
        column_encoding={name: encoding for name, encoding in ENCODINGS.items() if name in codecs},
        write_statistics=[name for name in BOUNDED if name in codecs],
        write_batch_size=ROWS_PER_GROUP,
        store_schema=False,
    ) as writer:
        writer.write_table(table.select(schema.names).cast(schema), row_group_size=ROWS_PER_GROUP)
        writer.add_key_value_metadata({KINDS_NOTE: json.dumps(kinds).encode()})


def write_columns(path: Path) -> None:
    """Write a file without rows that has every column of the stored schema, if there is none yet."""
    if not path.exists():
        fresh = path.with_name(f".{path.name}")
        pq.write_table(STORED_SCHEMA.empty_table(), fresh)
        publish(fresh, path)


def codec_of(field: pa.Field) -> str:
    """Return the compression worth its time: none where codes or differences are small already, the quickest for sums and equal words."""
    if pa.types.is_dictionary(field.type) or ENCODINGS.get(field.name) == "DELTA_BINARY_PACKED":
        return "none"
    return "snappy" if field.name in BOUNDED or field.type == pa.float64() else "zstd"


@lru_cache(maxsize=512)
def metadata_of(path: str) -> pq.FileMetaData:
    """Return the footer of a file; files never change, so it is read once."""
    return pq.read_metadata(path)


def forget_footers() -> None:
    """Drop the footers kept in memory; they hold least and greatest customer ids."""
    metadata_of.cache_clear()
    _group_ranges.cache_clear()
    _repetitive.cache_clear()


def kinds_of(path: str) -> dict[str, list[int | None]]:
    """Return the note `kind -> [rows, rows with a customer, first ts, last ts]` (microseconds since the epoch) of a file."""
    noted: dict[str, list[int | None]] = json.loads(metadata_of(path).metadata[KINDS_NOTE])
    return noted


@lru_cache(maxsize=512)
def _group_ranges(path: str) -> tuple[GroupRange, ...]:
    footer = metadata_of(path)
    names = [footer.schema.column(place).name for place in range(footer.num_columns)]
    key_place = names.index(KEY)
    ranges = []
    for number in range(footer.num_row_groups):
        first, last = _bounds(footer.row_group(number).column(key_place).statistics)
        ranges.append(GroupRange(number, first, last))
    return tuple(ranges)


@lru_cache(maxsize=512)
def _repetitive(path: str) -> tuple[str, ...]:
    present = metadata_of(path).schema.names
    return tuple(name for name in REPETITIVE if name in present)


def _bounds(statistics: pq.Statistics | None) -> tuple[str, str]:
    """Return least and greatest key; a key of some thousand letters has no statistics, then anything may be there."""
    if statistics is None or not statistics.has_min_max:
        return "", GREATEST
    return statistics.min, statistics.max


def rows_of_keys(path: str, keys: Sequence[str]) -> pa.Table:
    """Return the rows of a few customer keys, in the stored schema and order; reads only the row groups that can hold them."""
    found = []
    file: pq.ParquetFile | None = None
    ordered = sorted(keys)
    for span in _group_ranges(path):
        wanted = ordered[bisect_left(ordered, span.first) : bisect_right(ordered, span.last)]
        if not wanted:
            continue
        file = file or pq.ParquetFile(path, metadata=metadata_of(path), read_dictionary=_repetitive(path))
        rows = file.read_row_group(span.number, use_threads=False)
        rows = rows.filter(pc.is_in(rows[KEY], pa.array(wanted, pa.string())))
        if rows.num_rows:
            found.append(in_stored_schema(rows))
    return pa.concat_tables(found).combine_chunks() if found else STORED_SCHEMA.empty_table()


def read_columns(path: str, columns: Sequence[str]) -> pa.Table:
    """Return some columns of a whole file, in the order asked for; such as the file does not have are null."""
    with pq.ParquetFile(path, metadata=metadata_of(path)) as file:
        present = set(file.schema_arrow.names)
        found = file.read(columns=[name for name in columns if name in present]).replace_schema_metadata(None)
    return found.select(list(columns)) if present.issuperset(columns) else in_stored_schema(found).select(list(columns))


def in_stored_schema(rows: pa.Table) -> pa.Table:
    """Return the rows with every column of the stored schema, absent ones as nulls."""
    present = set(rows.column_names)
    columns = [
        rows[field.name].cast(field.type) if field.name in present else pa.nulls(rows.num_rows, field.type) for field in STORED_SCHEMA
    ]
    return pa.table(columns, schema=STORED_SCHEMA)
