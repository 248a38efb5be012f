"""The map of the engine: which stage follows which, and what crosses customers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import pyarrow as pa

from lakmus.engine.verdict import Verdict

R = TypeVar("R", covariant=True)
Keep = Callable[[str, pa.Table], None]


class MapBuckets(Protocol):
    """Run a picklable function over every bucket as of the moment bound beforehand; results come in bucket order."""

    def __call__(self, function: Callable[[pa.Table, int], R], *, columns: Sequence[str]) -> Iterator[R]:
        """Call `function(table, bucket)` for every bucket."""
        ...


@dataclass(frozen=True)
class Analysis:
    """What `analyse` returns: the verdict, what was learned from all customers, and the tables (empty when kept elsewhere)."""

    verdict: Verdict
    learned: object
    tables: dict[str, pa.Table]
