"""From a stage to committed files: each activity once, sorted, on the disk before anyone is told."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import pyarrow as pa

from lakmus.stream.buckets import KEY
from lakmus.stream.durable import sync_file, sync_folder
from lakmus.stream.fingerprints import Fingerprints
from lakmus.stream.folder import StreamFolder
from lakmus.stream.ledger import STORED_SCHEMA, StoredFile
from lakmus.stream.parquet import SORT_ORDER, write_parquet
from lakmus.stream.staging import Stage
from lakmus.stream.watermarks import noted_kinds

WRITERS = 2
Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]
Origin = tuple[str, str]
"""(`_source`, kind) of a row; the source is "" where a row names none."""


@dataclass(frozen=True, slots=True)
class Appended:
    """What an append did, in rows: `read == appended + duplicate`.

    `by_kind` gives (appended, duplicate) of each kind; `duplicates` the duplicates of each (`_source`, kind).
    """

    read: int = 0
    appended: int = 0
    duplicate: int = 0
    by_kind: dict[str, tuple[int, int]] = field(default_factory=dict)
    duplicates: dict[tuple[str, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """One bucket's outcome: its new file, if anything was new, and its rows by (source, kind)."""

    file: StoredFile | None
    fresh: Counter[Origin]
    repeated: Counter[Origin]


def first_of_each(wanted: Fingerprints, already: Mask) -> Mask:
    """Say which rows are new: not in the stream already, and the first with their fingerprint in this import; shape (rows,)."""
    keep = ~already
    ordered = np.sort(wanted)
    repeated = ordered[1:][ordered[1:] == ordered[:-1]]
    if len(repeated):
        candidates = np.flatnonzero(np.isin(wanted, repeated))
        _, first = np.unique(wanted[candidates], return_index=True)
        later = np.ones(len(candidates), bool)
        later[first] = False
        keep[candidates[later]] = False
    return keep


def write_buckets(folder: StreamFolder, staged: Stage, keep: Mask, buckets: int) -> Iterator[Written]:
    """Write one sorted file for each bucket that got something new; files and folders are on the disk when the iterator ends."""
    token = secrets.token_hex(8)
    with ThreadPoolExecutor(WRITERS, thread_name_prefix="write") as writers:
        for bucket in range(buckets):
            (folder.activities / f"bucket={bucket}").mkdir(exist_ok=True)
        yield from writers.map(lambda bucket: _write_bucket(folder, staged, keep, bucket, token), range(buckets))
    sync_folder(folder.activities)


def sorted_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows in the order in which files hold them."""
    return rows.sort(SORT_ORDER)


def write_rows(folder: StreamFolder, rows: pl.DataFrame, bucket: int, token: str) -> StoredFile:
    """Write sorted rows in the stored columns as one durable file of a bucket."""
    path = f"bucket={bucket}/part-{token}.parquet"
    full = folder.activities / path
    full.parent.mkdir(exist_ok=True)
    table = pa.table(
        [
            rows[name].to_arrow(compat_level=pl.CompatLevel.oldest()).cast(kind) if name in rows.columns else pa.nulls(rows.height, kind)
            for name, kind in zip(STORED_SCHEMA.names, STORED_SCHEMA.types, strict=True)
        ],
        schema=STORED_SCHEMA,
    )
    write_parquet(table, full, kinds=noted_kinds(with_customer(rows)))
    sync_file(full)
    sync_folder(full.parent)
    return StoredFile(path, bucket, rows.height, full.stat().st_size)


def with_customer(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with both columns that say whose they are, null where a chunk had none."""
    absent = [pl.lit(None, pl.String).alias(name) for name in ("customer", "anonymous_customer_id") if name not in rows.columns]
    return rows.with_columns(absent) if absent else rows


def _write_bucket(folder: StreamFolder, staged: Stage, keep: Mask, bucket: int, token: str) -> Written:
    parts: list[pl.DataFrame] = []
    repeated: Counter[Origin] = Counter()
    for table, numbers in staged.bucket(bucket):
        part = pl.DataFrame(table)
        fresh = keep[numbers]
        if not fresh.all():
            repeated.update(by_origin(part.filter(~pl.Series(fresh))))
            part = part.filter(pl.Series(fresh))
        parts.append(part)
    rows = pl.concat(parts, how="diagonal") if parts else pl.DataFrame()
    if not rows.height:
        return Written(None, Counter(), repeated)
    rows = with_customer(rows)
    rows = sorted_rows(rows.with_columns(pl.coalesce("customer", "anonymous_customer_id", pl.lit("")).alias(KEY)))
    return Written(write_rows(folder, rows, bucket, token), by_origin(rows), repeated)


def by_origin(rows: pl.DataFrame) -> Counter[Origin]:
    """Count rows by (source, kind)."""
    source = pl.col("_source").fill_null("") if "_source" in rows.columns else pl.lit("")
    counted = rows.group_by(source.alias("_source"), "activity").len()
    return Counter({(source, kind): count for source, kind, count in counted.iter_rows()})
