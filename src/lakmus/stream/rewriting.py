"""The two operations that replace files by others: joining many into one, and forgetting a customer."""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lakmus.stream.appending import write_rows
from lakmus.stream.buckets import KEY, bucket_of
from lakmus.stream.fingerprints import Fingerprints, fingerprints
from lakmus.stream.folder import StreamFolder
from lakmus.stream.ledger import STORED_SCHEMA, Snapshot, StoredFile
from lakmus.stream.parquet import read_columns, rows_of_keys
from lakmus.stream.reading import in_order

MOST_ALIKE, FOLD = 4, 4
LEAST_ROWS, MOST_ROWS = 1_000, 4_000_000


@dataclass(frozen=True, slots=True)
class Replacement:
    """Files to take out of the stream and files to put in; `gone` are the fingerprints of the activities that end with it."""

    removed: tuple[StoredFile, ...]
    added: tuple[StoredFile, ...]
    gone: Fingerprints


def joined(folder: StreamFolder, snapshot: Snapshot, choose: Callable[[Sequence[StoredFile]], list[StoredFile]]) -> Replacement:
    """Write the files that `choose` names of each bucket as one sorted file a bucket."""
    removed: list[StoredFile] = []
    added: list[StoredFile] = []
    token = secrets.token_hex(8)
    for bucket in sorted({file.bucket for file in snapshot.files}):
        chosen = choose(snapshot.of_bucket(bucket))
        if len(chosen) > 1:
            rows = in_order([_whole(folder, file) for file in chosen])
            removed += chosen
            added.append(write_rows(folder, rows, bucket, token))
    return Replacement(tuple(removed), tuple(added), np.empty(0, np.uint64))


def all_files(files: Sequence[StoredFile]) -> list[StoredFile]:
    """Choose every file of a bucket."""
    return list(files)


def alike_files(files: Sequence[StoredFile]) -> list[StoredFile]:
    """Choose the smallest files of a bucket that are alike in size, once there are so many that reading one customer grows slow.

    Alike: within `FOLD` times (powers of it from `LEAST_ROWS` on). So a bucket has a few files for each power, however often something is
    appended, and a row is written anew about as often as there are powers (size-tiered compaction; O'Neil et al., 1996). Files of more than
    `MOST_ROWS` together are left: joining needs them in memory.
    """
    tiers: dict[int, list[StoredFile]] = {}
    for file in files:
        tiers.setdefault(int(math.log(max(file.rows, LEAST_ROWS) / LEAST_ROWS, FOLD)), []).append(file)
    for _, alike in sorted(tiers.items()):
        if len(alike) >= MOST_ALIKE and sum(file.rows for file in alike) <= MOST_ROWS:
            return alike
    return []


def without_keys(folder: StreamFolder, snapshot: Snapshot, keys: Sequence[str], buckets: int) -> Replacement:
    """Write the files that hold rows of these customer keys again without them."""
    removed: list[StoredFile] = []
    added: list[StoredFile] = []
    gone: list[Fingerprints] = []
    token = secrets.token_hex(8)
    for bucket in sorted({bucket_of(key, buckets) for key in keys}):
        for place, file in enumerate(snapshot.of_bucket(bucket)):
            theirs = rows_of_keys(str(folder.activities / file.path), keys)
            if not theirs.num_rows:
                continue
            removed.append(file)
            gone.append(fingerprints(theirs["activity_id"]))
            rows = _whole(folder, file)
            rest = rows.filter(pc.invert(pc.is_in(rows[KEY], pa.array(list(keys), pa.string()))))
            if rest.num_rows:
                added.append(write_rows(folder, rest, bucket, f"{token}-{place}"))
    return Replacement(tuple(removed), tuple(added), np.concatenate(gone) if gone else np.empty(0, np.uint64))


def keys_of_matters(folder: StreamFolder, snapshot: Snapshot, keys: Sequence[str], buckets: int) -> list[str]:
    """Return the keys of activities known only by an order or a case that these customers' activities name."""
    matters: set[str] = set()
    for bucket in {bucket_of(key, buckets) for key in keys}:
        for file in snapshot.of_bucket(bucket):
            theirs = rows_of_keys(str(folder.activities / file.path), keys)
            matters |= {f"order:{order}" for order in pc.unique(theirs["_order"]).to_pylist() if order}
            matters |= {f"case:{case}" for case in pc.unique(theirs["_case"]).to_pylist() if case}
    return sorted(matters)


def _whole(folder: StreamFolder, file: StoredFile) -> pa.Table:
    return read_columns(str(folder.activities / file.path), STORED_SCHEMA.names)
