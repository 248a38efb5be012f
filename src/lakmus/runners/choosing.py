"""Where a computation runs: on this machine, or on the cluster that an address names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Protocol, TypeVar

import pyarrow as pa

from lakmus.history.failures import WrongUsage
from lakmus.history.wording import Wording
from lakmus.runners import local, spark
from lakmus.stream.store import Stream

R = TypeVar("R")
HERE = ("", "local")
SPARK = ("spark://", "local[", "k8s://", "yarn")
UNKNOWN = Wording(
    "Не понятно, где считать: «{address}». Ничего не посчитано; годится local или адрес кластера вида spark://узел:7077.",
    "It is not clear where to compute: “{address}”. Nothing was computed; local will do, or the address of a cluster, "
    "such as spark://host:7077.",
)


class Run(Protocol):
    """`map_buckets` of a runner that is ready."""

    def __call__(
        self,
        stream: Stream,
        function: Callable[[pa.Table, int], R],
        *,
        as_of: datetime,
        columns: Sequence[str] | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Iterator[R]:
        """Yield `function(table, first bucket)` over all buckets, in their order."""


@contextmanager
def runner_at(address: str) -> Iterator[Run]:
    """Hold a runner: this machine's processes for an empty address or `local`, else the Spark cluster at the address.

    Raises
    ------
    WrongUsage : the address names no runner. BadInput : pyspark is not installed. LakmusError : the cluster does not answer.
    """
    if address in HERE:
        yield local.map_buckets
        return
    if not address.startswith(SPARK):
        raise WrongUsage("unknown_runner", UNKNOWN.filled(address=address[:80]))

    with spark.on_cluster(address) as context:

        def run(
            stream: Stream,
            function: Callable[[pa.Table, int], R],
            *,
            as_of: datetime,
            columns: Sequence[str] | None = None,
            progress: Callable[[int, int], None] | None = None,
        ) -> Iterator[R]:
            return spark.map_buckets(context, stream, function, as_of=as_of, columns=columns, progress=progress)

        yield run
