"""Cleaning up after writers that were killed, and after files that a newer version no longer needs."""

from __future__ import annotations

from lakmus.stream.durable import sync_folder
from lakmus.stream.folder import StreamFolder
from lakmus.stream.ledger import Snapshot


def sweep_files(folder: StreamFolder, snapshot: Snapshot) -> None:
    """Remove Parquet files that are not part of the stream; the caller holds the lease, so nobody is writing them."""
    wanted = {file.path for file in snapshot.files}
    for bucket in folder.activities.glob("bucket=*"):
        stray = [path for path in bucket.iterdir() if f"{bucket.name}/{path.name}" not in wanted]
        for path in stray:
            path.unlink()
        if stray:
            sync_folder(bucket)
