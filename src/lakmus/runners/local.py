"""Run a pure function over every bucket on this machine, in as many processes as it may use."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import pyarrow as pa

from lakmus.history.failures import LakmusError
from lakmus.history.wording import Wording
from lakmus.stream.store import Snapshot, Stream

R = TypeVar("R")
Progress = Callable[[int, int], None]
SMALL_STREAM = 200_000
DIED = Wording(
    "Расчёт прерван: системе не хватило памяти или процесс остановили. История клиентов не изменена; повторите, закрыв другие программы.",
    "The computation was cut off: memory ran out or the process was stopped. The history is unchanged; close other programs and repeat.",
)


def map_buckets(
    stream: Stream,
    function: Callable[[pa.Table, int], R],
    *,
    as_of: datetime,
    columns: Sequence[str] | None = None,
    workers: int = 2,
    progress: Progress | None = None,
) -> Iterator[R]:
    """Yield `function(table, bucket)` for every bucket, in the order of buckets, all read from one version of the stream.

    `function` must be picklable (a module's function, or a `functools.partial` of one) and pure. Streams below
    `SMALL_STREAM` activities, `workers=1`, and calls from a daemon process run in this process. `progress` is called
    with (buckets done, buckets).

    Raises
    ------
    LakmusError : a process died; what the function itself raises comes through as it is.
    """
    snapshot = stream.prepare()
    # A process that is itself somebody's daemon (a job worker may be) is not allowed children.
    alone = workers < 2 or multiprocessing.current_process().daemon
    if alone or sum(file.rows for file in snapshot.files) < SMALL_STREAM:
        results = _here(stream, function, snapshot, as_of, columns)
    else:
        results = _in_processes(stream, function, snapshot, as_of, columns, workers)
    for done, outcome in enumerate(results, start=1):
        if progress:
            progress(done, stream.bucket_count)
        yield outcome


def _here(
    stream: Stream, function: Callable[[pa.Table, int], R], snapshot: Snapshot, as_of: datetime, columns: Sequence[str] | None
) -> Iterator[R]:
    for bucket in range(stream.bucket_count):
        yield function(stream.read_bucket(bucket, as_of=as_of, columns=columns, snapshot=snapshot), bucket)


def _in_processes(
    stream: Stream, function: Callable[[pa.Table, int], R], snapshot: Snapshot, as_of: datetime, columns: Sequence[str] | None, workers: int
) -> Iterator[R]:
    # Fresh processes rather than forks: a web server or a command line holds threads, and a fork copies their locks.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        buckets = iter(range(stream.bucket_count))
        running: deque[Future[R]] = deque()
        try:
            # A few buckets ahead and no more: results that nobody has taken yet stay bounded.
            for bucket in buckets:
                running.append(pool.submit(_one_bucket, stream.path, function, bucket, snapshot, as_of, columns))
                if len(running) > workers + 1:
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
        except BrokenProcessPool as failure:
            raise LakmusError("computation_cut_off", DIED) from failure
        finally:
            for future in running:
                future.cancel()


def _one_bucket(
    path: Path, function: Callable[[pa.Table, int], R], bucket: int, snapshot: Snapshot, as_of: datetime, columns: Sequence[str] | None
) -> R:
    stream = Stream.open(path)
    return function(stream.read_bucket(bucket, as_of=as_of, columns=columns, snapshot=snapshot), bucket)
