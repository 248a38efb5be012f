"""Which buckets go through a function together, and one such call; the same here and on a cluster, so that results are."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from lakmus.stream.store import Snapshot, Stream

ROWS_PER_CALL = 250_000


def groups_of(snapshot: Snapshot, bucket_count: int) -> list[list[int]]:
    """Put neighbouring buckets together until each group but the last holds `ROWS_PER_CALL` activities."""
    groups: list[list[int]] = [[]]
    held = 0
    for bucket in range(bucket_count):
        if held >= ROWS_PER_CALL:
            groups.append([])
            held = 0
        groups[-1].append(bucket)
        held += sum(file.rows for file in snapshot.of_bucket(bucket))
    return groups


def read_group(stream: Stream, buckets: list[int], snapshot: Snapshot, *, as_of: datetime, columns: Sequence[str] | None) -> pa.Table:
    """Return the activities of a group, the rows of one customer together, by `ts`."""
    return pa.concat_tables(stream.read_bucket(bucket, as_of=as_of, columns=columns, snapshot=snapshot) for bucket in buckets)


def on_group(path: Path, pickled: bytes, buckets: list[int], snapshot: Snapshot, *, as_of: datetime, columns: Sequence[str] | None) -> Any:
    """Call a pickled function on a group, reading it from the stream at `path`; for a process that knows nothing else."""
    function = pickle.loads(pickled)  # noqa: S301 - from the process that started this one
    return function(read_group(Stream.open(path), buckets, snapshot, as_of=as_of, columns=columns), buckets[0])
