"""The customer stream: one object over its folder, for everyone above."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from lakmus.history.failures import Busy, Damaged, NotFound, WrongUsage
from lakmus.history.wording import Wording
from lakmus.stream.appending import Appended, first_of_each, write_buckets
from lakmus.stream.buckets import bucket_of
from lakmus.stream.durable import remove_folder, write_json
from lakmus.stream.fingerprints import Fingerprints
from lakmus.stream.folder import FORMAT, StreamFolder
from lakmus.stream.identity import Identity
from lakmus.stream.lease import lease
from lakmus.stream.ledger import Ledger, Snapshot, StoredFile
from lakmus.stream.parquet import forget_footers, kinds_of, write_columns
from lakmus.stream.reading import columns_wanted, moment, read_files, read_person, read_settled
from lakmus.stream.resolution import Merged
from lakmus.stream.rewriting import Replacement, alike_files, all_files, joined, keys_of_matters, without_keys
from lakmus.stream.seen import Seen, fingerprints_of_files
from lakmus.stream.staging import Origin, Stage, stage, sweep_stages
from lakmus.stream.sweeping import sweep_files
from lakmus.stream.watermarks import Watermarks, summed

__all__ = ["Appended", "Busy", "Snapshot", "Stream", "Watermarks"]

MOST_BUCKETS = 256
NO_STREAM = Wording(
    "В папке «{path}» нет истории клиентов. Проверьте путь или начните с загрузки файлов.",
    "There is no customer history in “{path}”. Check the path, or begin by importing files.",
)
ALREADY_THERE = Wording("В папке «{path}» уже есть история клиентов.", "There is a customer history in “{path}” already.")
OTHER_FORMAT = Wording(
    "История клиентов в «{path}» записана другой версией программы. Ничего не изменено; обновите программу.",
    "The customer history in “{path}” was written by another version of the program. Nothing was changed; update the program.",
)
WRONG_BUCKETS = Wording("Число частей должно быть от 1 до 256.", "The number of buckets must lie between 1 and 256.")


_MARKS: dict[Path, tuple[tuple[StoredFile, ...], Watermarks]] = {}
"""By stream: the files of the state that was last asked about (the ledger gives the same ones while nothing changes), and their sum."""


class Stream:
    """The history of all customers of one company, in one folder.

    Many processes may read while one writes; writers wait for each other (at most `wait_seconds`, then `Busy`).
    """

    def __init__(self, path: Path, *, buckets: int, wait_seconds: float = 600.0) -> None:
        self.path = Path(path)
        self.bucket_count = buckets
        self.wait_seconds = wait_seconds
        self._folder = StreamFolder(self.path)
        self._ledger = Ledger(self._folder)
        self._seen = Seen(self._folder.seen)
        self.identity = Identity(self._folder.identity, self._lease)
        self._merged = Merged(self._folder, self.identity, buckets)

    @classmethod
    def create(cls, path: Path, *, buckets: int = 32) -> Stream:
        """Make an empty stream of `buckets` buckets (1..256; 32 serve some millions of customers).

        Raises
        ------
        WrongUsage : the folder holds a stream already, or `buckets` is out of range.
        """
        folder = StreamFolder(Path(path))
        if not 1 <= buckets <= MOST_BUCKETS:
            raise WrongUsage("bucket_count", WRONG_BUCKETS)
        folder.root.mkdir(parents=True, exist_ok=True)
        with lease(folder.lease, wait_seconds=60):
            if folder.mark.exists():
                raise WrongUsage("stream_exists", ALREADY_THERE.filled(path=path))
            if not folder.log.is_dir() or not any(folder.log.glob("*.json")):
                Ledger(folder).create()
            write_json(folder.mark, {"format": FORMAT, "buckets": buckets})
        return cls(folder.root, buckets=buckets)

    @classmethod
    def open(cls, path: Path) -> Stream:
        """Open an existing stream.

        Raises
        ------
        NotFound : there is none in this folder.
        Damaged : the folder was written in a form this program does not know.
        """
        folder = StreamFolder(Path(path))
        try:
            mark = json.loads(folder.mark.read_text(encoding="utf-8"))
        except FileNotFoundError as failure:
            raise NotFound("no_stream", NO_STREAM.filled(path=path)) from failure
        except ValueError as failure:
            raise Damaged("stream_mark_unreadable", OTHER_FORMAT.filled(path=path)) from failure
        if mark.get("format") != FORMAT:
            raise Damaged("stream_format", OTHER_FORMAT.filled(path=path))
        return cls(folder.root, buckets=int(mark["buckets"]))

    @classmethod
    def open_or_create(cls, path: Path, buckets: int = 32) -> Stream:
        """Open the stream in this folder, or make an empty one."""
        try:
            return cls.open(path)
        except NotFound:
            pass
        try:
            return cls.create(path, buckets=buckets)
        except WrongUsage:
            return cls.open(path)

    def append(self, batches: pa.RecordBatchReader, *, progress: Callable[[int], None] | None = None) -> Appended:
        """Add activities that the stream does not hold yet, all of them in one step; done means on the disk.

        Reads the whole of `batches` (columns of `ACTIVITY_SCHEMA`, any number of rows) in bounded memory, then takes
        the writer's lease. `progress` is called with the number of rows read so far.

        Raises
        ------
        BadInput : wrong columns, or nulls where an activity needs a value; nothing was written.
        Busy : another writer held the lease longer than `wait_seconds`; nothing was written.
        """
        with stage(self._folder.staging, self.bucket_count) as staged:
            staged.fill(batches, progress)
            with self._lease():
                return self._commit(staged)

    def read_bucket(
        self, bucket: int, *, as_of: datetime, columns: Sequence[str] | None = None, snapshot: Snapshot | None = None
    ) -> pa.Table:
        """Return what was known at `as_of` about the customers of one bucket (0..bucket_count-1).

        Rows come sorted by customer key (`customer`, else `anonymous_customer_id`), `ts`, `activity_id`; the columns
        are `columns`, or all of `ACTIVITY_SCHEMA`. A `snapshot` reads several buckets of the same version.

        Raises
        ------
        WrongUsage : an unknown column, or `as_of` without time zone.
        """
        wanted, until = columns_wanted(columns), moment(as_of=as_of)

        def read(state: Snapshot) -> pa.Table:
            files, merged = state.of_bucket(bucket), self._merged.at(state)
            return read_files(self._folder.activities, files, bucket, merged, as_of=until, columns=wanted).select(wanted)

        return read_settled(read, self.snapshot, snapshot)

    def history_of(self, customer: str, *, as_of: datetime) -> pa.Table:
        """Return what was known at `as_of` about one customer, sorted by `ts`, in `ACTIVITY_SCHEMA`; takes milliseconds.

        `customer` may be any key that stands for the customer: an id merged into another, `email:…`, `phone:…`.

        Raises
        ------
        WrongUsage : `as_of` has no time zone.
        """
        until = moment(as_of=as_of)

        def read(state: Snapshot) -> pa.Table:
            canonical, keys = self._merged.keys_of(customer, state)
            files = {key: state.of_bucket(bucket_of(key, self.bucket_count)) for key in keys}
            return read_person(self._folder.activities, canonical, files, as_of=until).select(columns_wanted(None))

        return read_settled(read, self.snapshot)

    def snapshot(self) -> Snapshot:
        """Return the present state, for reading several buckets of one version."""
        return replace(self._ledger.snapshot(), identity=self.identity.version)

    def prepare(self) -> Snapshot:
        """Return the present state with all that is derived from it in place, so that processes only read."""
        state = self.snapshot()
        read_settled(self._merged.at, self.snapshot, state)
        return state

    def erase(self, customer: str) -> int:
        """Forget a person: every activity under any of their keys, their identifiers and links; return the activities erased.

        Their bytes are gone from every file of the folder when this returns. Activities known only by an order or a
        case of theirs go too. What is asked again after a crash is finished.

        Raises
        ------
        Busy : somebody else is writing.
        """
        with self._lease():
            self._sweep()
            state = self.snapshot()
            self._seen.contains(np.empty(0, np.uint64), version=state.version, rebuild=self._fingerprints)
            who = self.identity.state()
            keys = sorted({customer, *who.keys_of(who.canonical(customer))})
            keys += keys_of_matters(self._folder, state, keys, self.bucket_count)
            change = without_keys(self._folder, state, keys, self.bucket_count)
            self._replace(state, change)
            self.identity.forget(keys)
            remove_folder(self._folder.moved)
            self._ledger.checkpoint()
            forget_footers()
        return len(change.gone)

    def compact(self) -> None:
        """Join the files of each bucket into one and shorten the log; what the stream says stays the same.

        Raises
        ------
        Busy : somebody else is writing.
        """
        with self._lease():
            self._sweep()
            state = self.snapshot()
            self._replace(state, joined(self._folder, state, all_files))
            self._ledger.checkpoint()
            self.identity.compact()

    def watermarks(self) -> Watermarks:
        """Return how many activities of each kind the stream holds, and from when to when."""

        def read(state: Snapshot) -> Watermarks:
            known = _MARKS.get(self.path)
            if known is None or known[0] is not state.files:
                known = (state.files, summed(kinds_of(str(self._folder.activities / file.path)) for file in state.files))
                _MARKS[self.path] = known
            return known[1]

        return read_settled(read, self.snapshot)

    def files(self) -> list[str]:
        """Return the Parquet files of the stream, for ad-hoc reading with DuckDB's `read_parquet(…, union_by_name = true)`.

        The first has no rows and every column; the others have the columns that they fill.
        """
        columns = [str(self._folder.columns)] if self._folder.columns.exists() else []
        return columns + [str(self._folder.activities / file.path) for file in self.snapshot().files]

    @property
    def version(self) -> int:
        """A number that grows with every change of what the stream says."""
        state = self.snapshot()
        return state.version + state.identity

    @property
    def count(self) -> int:
        """The number of activities."""
        return sum(file.rows for file in self.snapshot().files)

    def _commit(self, staged: Stage) -> Appended:
        self._sweep()
        write_columns(self._folder.columns)
        before = self.snapshot()
        incoming = staged.all_fingerprints()
        already = self._seen.contains(incoming, version=before.version, rebuild=self._fingerprints)
        ordered = np.sort(incoming)
        keep = first_of_each(incoming, ordered, already)
        written = list(write_buckets(self._folder, staged, keep, self.bucket_count)) if keep.any() else []
        added = [bucket.file for bucket in written if bucket.file]
        if added:
            after = self._ledger.commit(added)
            self._seen.add(ordered if keep.all() else np.sort(incoming[keep]), version=after.version)
            self._replace(after, joined(self._folder, after, alike_files))
        repeated: Counter[Origin] = sum((bucket.repeated for bucket in written), Counter()) if written else staged.origins
        fresh = staged.origins - repeated
        kinds = sorted({kind for _, kind in staged.origins})
        by_kind = {kind: (_of_kind(fresh, kind), _of_kind(repeated, kind)) for kind in kinds}
        appended = int(np.count_nonzero(keep))
        return Appended(len(keep), appended, len(keep) - appended, by_kind, dict(repeated))

    def _fingerprints(self) -> Fingerprints:
        return fingerprints_of_files(str(self._folder.activities / file.path) for file in self.snapshot().files)

    def _sweep(self) -> None:
        self._ledger.repair()
        sweep_stages(self._folder.staging)
        sweep_files(self._folder, self._ledger.snapshot())
        self.identity.sweep()

    def _replace(self, state: Snapshot, change: Replacement) -> None:
        if not change.removed:
            return
        after = self._ledger.commit(change.added, change.removed)
        if len(change.gone):
            self._seen.forget(change.gone, version=after.version)
        else:
            self._seen.follow(before=state.version, version=after.version)
        sweep_files(self._folder, after)

    def _lease(self) -> AbstractContextManager[None]:
        return lease(self._folder.lease, wait_seconds=self.wait_seconds)


def _of_kind(counts: Counter[Origin], kind: str) -> int:
    return sum(count for (_, one), count in counts.items() if one == kind)
