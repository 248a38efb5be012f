"""The Delta log of a stream: which files hold its activities, and the one atomic step from one state to the next."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from deltalake import DeltaTable, PostCommitHookProperties
from deltalake.exceptions import DeltaError
from deltalake.transaction import AddAction, RemoveAction

from lakmus.history.activity import ACTIVITY_SCHEMA
from lakmus.history.failures import Damaged
from lakmus.history.wording import Wording
from lakmus.stream.buckets import KEY
from lakmus.stream.durable import sync_folder
from lakmus.stream.folder import StreamFolder

STORED_SCHEMA = ACTIVITY_SCHEMA.append(pa.field(KEY, pa.string(), nullable=False))
TABLE_SCHEMA = STORED_SCHEMA.append(pa.field("bucket", pa.int32()))
COMMITS_BETWEEN_CHECKPOINTS = 40
COMMIT_NAME = re.compile(r"^(\d{20})\.json$")
READ_ATTEMPTS = 5
# The log of an import is not needed for looking back (that is what `_known_at` is for), so it is kept short.
CONFIGURATION = {
    "delta.logRetentionDuration": "interval 0 seconds",
    "delta.deletedFileRetentionDuration": "interval 0 seconds",
}
NO_HOOKS = PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)
DAMAGED = Wording(
    "Журнал истории клиентов не читается. Данные на диске не изменены; восстановите папку из резервной копии.",
    "The log of the customer history cannot be read. Nothing on the disk was changed; restore the folder from a backup.",
)


Stands = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One Parquet file of the stream: its path within the table, its bucket, its number of rows and bytes."""

    path: str
    bucket: int
    rows: int
    size: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The files that make up the stream at one version of its log, and the version of who is who that goes with them."""

    version: int
    files: tuple[StoredFile, ...]
    identity: int = 0

    def of_bucket(self, bucket: int) -> tuple[StoredFile, ...]:
        """Return the files of one bucket."""
        return tuple(file for file in self.files if file.bucket == bucket)


_READ: dict[Path, tuple[Stands, Snapshot]] = {}
"""By log: how its newest commit stood on the disk (inode, time, size), and what the log said then. Commits are never altered, and a folder
that was restored has other files."""


class Ledger:
    """Reads and extends the Delta log; the caller holds the lease while it extends."""

    def __init__(self, folder: StreamFolder) -> None:
        self._folder = folder
        self._latest: Snapshot | None = None

    def create(self) -> None:
        """Write version 0, a table without files."""
        self._folder.activities.mkdir(parents=True, exist_ok=True)
        DeltaTable.create(str(self._folder.activities), TABLE_SCHEMA, partition_by=["bucket"], configuration=CONFIGURATION)
        self._sync_log()

    def snapshot(self) -> Snapshot:
        """Return the newest committed state; cheap when nothing changed since the last call.

        Raises
        ------
        Damaged : the log cannot be read.
        """
        for attempt in range(READ_ATTEMPTS):
            try:
                newest = self._newest_version()
                if self._latest is None or self._latest.version != newest:
                    self._latest = self._load()
                return self._latest
            except (DeltaError, OSError, ValueError) as failure:
                # A checkpoint by the writer may take log files away between our listing and our reading.
                if attempt == READ_ATTEMPTS - 1:
                    raise Damaged("stream_log_unreadable", DAMAGED) from failure
                time.sleep(0.02 * (attempt + 1))
        raise AssertionError("unreachable")

    def commit(self, added: Sequence[StoredFile], removed: Sequence[StoredFile] = ()) -> Snapshot:
        """Add and remove files in one step: after a crash either all of it happened or none.

        The files and their folders must be on the disk already; the log is when this returns.
        """
        now = int(time.time() * 1000)
        actions: list[AddAction | RemoveAction] = [
            RemoveAction(file.path, True, now, size=file.size, partition_values={"bucket": str(file.bucket)}) for file in removed
        ]
        # Statistics of columns stay out of the log on purpose: they would hold customers' ids and texts.
        actions += [
            AddAction(file.path, file.size, {"bucket": str(file.bucket)}, now, True, json.dumps({"numRecords": file.rows}))
            for file in added
        ]
        table = DeltaTable(str(self._folder.activities))
        table.create_write_transaction(actions, "append", TABLE_SCHEMA, ["bucket"], post_commithook_properties=NO_HOOKS)
        self._sync_log()
        if len(self._commit_names()) > COMMITS_BETWEEN_CHECKPOINTS:
            self.checkpoint()
        return self.snapshot()

    def checkpoint(self) -> None:
        """Write the present state as one file and drop the commits before it, with all they mention."""
        table = DeltaTable(str(self._folder.activities))
        table.create_checkpoint()
        self._sync_log()
        version = table.version()
        for name in os.listdir(self._folder.log):
            if name[:20].isdigit() and int(name[:20]) < version:
                (self._folder.log / name).unlink()
        sync_folder(self._folder.log)

    def repair(self) -> None:
        """Drop a last commit that a power cut left half written; nobody was told that it succeeded."""
        names = self._commit_names()
        if len(names) < 2:
            return
        last = self._folder.log / names[-1]
        if not _is_whole(last):
            last.unlink()
            sync_folder(self._folder.log)
            self._latest = None

    def _load(self) -> Snapshot:
        """Read the log, unless this process has read it as it stands; every request opens the stream anew."""
        newest = os.stat(self._folder.log / self._commit_names()[-1])
        stands = (newest.st_ino, newest.st_mtime_ns, newest.st_size)
        known = _READ.get(self._folder.log)
        if known is not None and known[0] == stands:
            return known[1]
        read = self._read()
        _READ[self._folder.log] = (stands, read)
        return read

    def _read(self) -> Snapshot:
        table = self._table()
        actions = pa.table(table.get_add_actions(flatten=True)).to_pydict()
        files = zip(actions["path"], actions["partition.bucket"], actions["num_records"], actions["size_bytes"], strict=True)
        ordered = sorted((StoredFile(*file) for file in files), key=lambda file: (file.bucket, file.path))
        return Snapshot(table.version(), tuple(ordered))

    def _table(self) -> DeltaTable:
        """Open the table; a last commit that a power cut left half written never happened."""
        names = self._commit_names()
        whole = len(names) < 2 or _is_whole(self._folder.log / names[-1])
        return DeltaTable(str(self._folder.activities), version=None if whole else int(names[-2][:20]))

    def _newest_version(self) -> int:
        return max(int(name[:20]) for name in self._commit_names())

    def _commit_names(self) -> list[str]:
        return sorted(name for name in os.listdir(self._folder.log) if COMMIT_NAME.match(name))

    def _sync_log(self) -> None:
        newest = sorted(path for path in self._folder.log.iterdir() if path.is_file())[-3:]
        for path in newest:
            descriptor = os.open(path, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
        sync_folder(self._folder.log)
        sync_folder(self._folder.activities)


def _is_whole(commit: Path) -> bool:
    lines = commit.read_text(encoding="utf-8", errors="replace").splitlines()
    try:
        return bool(lines) and all(isinstance(json.loads(line), dict) for line in lines)
    except ValueError:
        return False
