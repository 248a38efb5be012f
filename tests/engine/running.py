"""Runs the engine over tables as a runner would over buckets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from lakmus.engine.pipeline import Analysis, analyse
from lakmus.history.company import Company
from tests.engine.histories import COMPANY


def run(*buckets: pa.Table, as_of: datetime, company: Company = COMPANY) -> Analysis:
    """Analyse the buckets one after another, each read with the columns asked for only."""

    def map_buckets(function: Callable, *, columns: tuple[str, ...]) -> Iterator:
        return (function(table.select(columns), bucket) for bucket, table in enumerate(buckets))

    return analyse(map_buckets, company=company, as_of=as_of)


def buckets_of(table: pa.Table, count: int) -> list[pa.Table]:
    """Part a table into buckets so that nobody's history is cut."""
    keys = pc.coalesce(table["customer"], table["anonymous_customer_id"]).to_pylist()
    places = [sum(key.encode()) % count for key in keys]
    return [table.filter(pa.array([place == bucket for place in places])) for bucket in range(count)]
