"""Run a pure function over every bucket on this machine, in as many processes as it may use."""

from __future__ import annotations

import multiprocessing
import pickle
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime
from typing import TypeVar

import pyarrow as pa

from lakmus.history.failures import LakmusError
from lakmus.history.wording import Wording
from lakmus.runners.grouping import groups_of, on_group, read_group
from lakmus.stream.store import Snapshot, Stream

R = TypeVar("R")
Progress = Callable[[int, int], None]
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
    """Yield `function(table, first bucket)` over all buckets, in their order, all read from one version of the stream.

    Neighbouring small buckets go through the function together, about `grouping.ROWS_PER_CALL` activities a call: a bucket is no
    more than a set of whole customers, and the fixed cost of a call is that of many thousand rows. In each table the rows of one
    customer stand together, by `ts`.

    `function` must be picklable (a module's function, or a `functools.partial` of one) and pure. A single
    group, `workers=1`, and calls from a daemon process run in this process. `progress` is called
    with (buckets done, buckets).

    Raises
    ------
    LakmusError : a process died; what the function itself raises comes through as it is.
    """
    snapshot = stream.prepare()
    groups = groups_of(snapshot, stream.bucket_count)
    # A process that is itself somebody's daemon (a job worker may be) is not allowed children.
    alone = workers < 2 or multiprocessing.current_process().daemon
    if alone or len(groups) == 1:
        results = _here(stream, function, groups, snapshot, as_of, columns)
    else:
        results = _in_processes(stream, function, groups, snapshot, as_of, columns, workers)
    for group, outcome in zip(groups, results, strict=True):
        if progress:
            progress(group[-1] + 1, stream.bucket_count)
        yield outcome


def _here(
    stream: Stream,
    function: Callable[[pa.Table, int], R],
    groups: list[list[int]],
    snapshot: Snapshot,
    as_of: datetime,
    columns: Sequence[str] | None,
) -> Iterator[R]:
    for buckets in groups:
        yield function(read_group(stream, buckets, snapshot, as_of=as_of, columns=columns), buckets[0])


def _in_processes(
    stream: Stream,
    function: Callable[[pa.Table, int], R],
    groups: list[list[int]],
    snapshot: Snapshot,
    as_of: datetime,
    columns: Sequence[str] | None,
    workers: int,
) -> Iterator[R]:
    # Fresh processes rather than forks: a web server or a command line holds threads, and a fork copies their locks.
    context = multiprocessing.get_context("spawn")
    # Pickled here: a call that cannot be read over there would end the process without a word of why.
    pickled = pickle.dumps(function)
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        running: deque[Future[R]] = deque()
        try:
            # A few groups ahead and no more: results that nobody has taken yet stay bounded.
            for buckets in groups:
                running.append(pool.submit(on_group, stream.path, pickled, buckets, snapshot, as_of=as_of, columns=columns))
                if len(running) > workers + 1:
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
        except BrokenProcessPool as failure:
            if failure.__cause__ is not None:  # no process died: its answer cannot be read here
                raise
            raise LakmusError("computation_cut_off", DIED) from failure
        finally:
            for future in running:
                future.cancel()
