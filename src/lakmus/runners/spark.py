"""Run the same pure function over every bucket on a Spark cluster: the executors read the stream's files from shared storage.

No rows travel through Spark: a task is the numbers of a group of buckets, its result what the function returned. So the groups, the
function and the order are those of `local`, and so is the result, to the bit. A task whose worker dies is run again elsewhere.

Every machine of the cluster sees the stream under the same path and has this program under the same path. Memory, cores and the rest
are Spark's own settings (`SPARK_CONF_DIR`).
"""

from __future__ import annotations

import logging
import os
import pickle
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa

from lakmus.history.failures import BadInput, LakmusError
from lakmus.history.wording import Wording
from lakmus.runners.grouping import groups_of, on_group
from lakmus.stream.store import Stream

if TYPE_CHECKING:
    from pyspark import SparkContext

R = TypeVar("R")
Progress = Callable[[int, int], None]
LEAST_AHEAD = 4
MOST_AHEAD = 64
MISSING = Wording(
    "Для расчёта на Spark нужен пакет pyspark: pip install 'lakmus[spark]'. История клиентов не изменена; "
    "без --runner и LAKMUS_RUNNER расчёт идёт на этой машине.",
    "Computing on Spark needs the package pyspark: pip install 'lakmus[spark]'. The history is unchanged; "
    "without --runner and LAKMUS_RUNNER this machine computes.",
)
UNREACHED = Wording(
    "Кластер Spark {address} не отвечает, или на этой машине нет Java 17. История клиентов не изменена; проверьте адрес и Java.",
    "The Spark cluster {address} does not answer, or this machine has no Java 17. The history is unchanged; check the address and Java.",
)
CUT_OFF = Wording(
    "Кластер Spark прервал расчёт: {problem}. История клиентов не изменена; посмотрите журналы кластера и повторите.",
    "The Spark cluster cut the computation off: {problem}. The history is unchanged; look at the cluster's logs and repeat.",
)


@contextmanager
def on_cluster(address: str) -> Iterator[SparkContext]:
    """Hold an application on the cluster at `address` (`spark://host:7077`, or any other master that Spark knows) for a while.

    Raises
    ------
    BadInput : pyspark is not installed. LakmusError : the cluster does not answer, or there is no Java.
    """
    try:
        from pyspark import SparkConf, SparkContext
    except ImportError as failure:
        raise BadInput("spark_missing", MISSING) from failure
    logging.getLogger("py4j").setLevel(logging.WARNING)  # tells of every connection to Java it opens and closes
    # The executors run what runs here: the same interpreter, and with it the same packages.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    quiet = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.log.level": "ERROR"}
    conf = SparkConf().setMaster(address).setAppName("Lakmus").setAll(list(quiet.items()))
    try:
        context = SparkContext(conf=conf)
    except Exception as failure:
        raise LakmusError("spark_unreached", UNREACHED.filled(address=address)) from failure
    try:
        yield context
    finally:
        context.stop()


def map_buckets(
    context: SparkContext,
    stream: Stream,
    function: Callable[[pa.Table, int], R],
    *,
    as_of: datetime,
    columns: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Iterator[R]:
    """Yield `function(table, first bucket)` over all buckets, in their order; see `local.map_buckets`, which gives the same.

    Raises
    ------
    LakmusError : the cluster gave a task up; what the function itself raises comes through as it is.
    """
    snapshot = stream.prepare()
    groups = groups_of(snapshot, stream.bucket_count)
    pickled = pickle.dumps(function)
    # A few groups ahead of whoever takes the results and no more, so that results that nobody has taken yet stay bounded.
    ahead = min(MOST_AHEAD, max(LEAST_AHEAD, 2 * context.defaultParallelism))
    running: deque[tuple[list[int], Future[Any]]] = deque()
    with ThreadPoolExecutor(ahead) as threads:
        try:
            for buckets in groups:
                call = partial(on_group, stream.path.resolve(), pickled, buckets, snapshot, as_of=as_of, columns=columns)
                running.append((buckets, threads.submit(_answer, context, _Task(call))))
                if len(running) >= ahead:
                    yield from _first(running, stream.bucket_count, progress)
            while running:
                yield from _first(running, stream.bucket_count, progress)
        finally:
            for _, waiting in running:
                waiting.cancel()
            if running:
                context.cancelAllJobs()


def _first(running: deque[tuple[list[int], Future[Any]]], bucket_count: int, progress: Progress | None) -> Iterator[Any]:
    buckets, waiting = running.popleft()
    outcome = waiting.result()
    if progress:
        progress(buckets[-1] + 1, bucket_count)
    yield outcome


class _Task:
    """What an executor has to do: make a call. It comes back as bytes, whatever was returned."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self.call = call

    def __call__(self, _: int) -> bytes:
        try:
            return pickle.dumps((True, self.call()))
        except MemoryError:
            raise
        except Exception as failure:
            # What is wrong with the function or the data is wrong on every worker: it is told once, not tried four times.
            return pickle.dumps((False, failure))


def _answer(context: SparkContext, task: _Task) -> Any:
    try:
        ((answer,),) = (context.parallelize([0], 1).map(task).collect(),)
    except Exception as failure:
        problem = " ".join(str(failure).split())[:200]
        raise LakmusError("computation_cut_off", CUT_OFF.filled(problem=problem)) from failure
    is_done, outcome = pickle.loads(answer)  # noqa: S301 - from the executor that was sent the function
    if not is_done:
        raise outcome
    return outcome
