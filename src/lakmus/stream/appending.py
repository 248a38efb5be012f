"""From a stage to committed files: each activity once, sorted, on the disk before anyone is told."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lakmus.stream.bucketful import sorted_bucketful
from lakmus.stream.durable import sync_file, sync_folder
from lakmus.stream.fingerprints import Fingerprints
from lakmus.stream.folder import StreamFolder
from lakmus.stream.ledger import StoredFile
from lakmus.stream.parquet import write_parquet
from lakmus.stream.staging import ROW, Origin, Stage
from lakmus.stream.watermarks import noted_kinds

WRITERS = 3
Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]


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
    """One bucket's outcome: its new file, if anything was new, and by (source, kind) the rows that were not."""

    file: StoredFile | None
    repeated: Counter[Origin]


def first_of_each(wanted: Fingerprints, ordered: Fingerprints, already: Mask) -> Mask:
    """Say which rows are new: not in the stream already, and the first with their fingerprint in this import; shape (rows,).

    `ordered` is `wanted`, sorted.
    """
    keep = ~already
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
        chosen = None if keep.all() else keep
        yield from writers.map(lambda bucket: _write_bucket(folder, staged, chosen, bucket, token), range(buckets))
    sync_folder(folder.activities)


def write_rows(folder: StreamFolder, rows: pa.Table, bucket: int, token: str) -> StoredFile:
    """Write sorted rows in the stored columns as one durable file of a bucket."""
    path = f"bucket={bucket}/part-{token}.parquet"
    full = folder.activities / path
    full.parent.mkdir(exist_ok=True)
    write_parquet(rows, full, kinds=noted_kinds(rows))
    sync_file(full)
    sync_folder(full.parent)
    return StoredFile(path, bucket, rows.num_rows, full.stat().st_size)


def _write_bucket(folder: StreamFolder, staged: Stage, keep: Mask | None, bucket: int, token: str) -> Written:
    pieces: list[pa.RecordBatch] = []
    repeated: Counter[Origin] = Counter()
    for staged_piece in staged.bucket(bucket):
        piece = staged_piece
        if keep is not None:
            fresh = pa.array(keep[piece[ROW].to_numpy()])
            repeated += staged.counted(piece.filter(pc.invert(fresh)))
            piece = piece.filter(fresh)
        if piece.num_rows:
            pieces.append(piece)
    file = write_rows(folder, sorted_bucketful(pieces, staged.words), bucket, token) if pieces else None
    return Written(file, repeated)
