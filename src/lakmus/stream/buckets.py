"""Which bucket a customer belongs to."""

from __future__ import annotations

import hashlib

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

KEY = "customer_key"
"""Physical column of the stream's files: `coalesce(customer, anonymous_customer_id, '')`, by which they are sorted."""

BucketNumbers = np.ndarray[tuple[int], np.dtype[np.uint8]]
FEW_ROWS = 20_000
BUCKET_SQL = "(('0x' || substr(md5(coalesce(customer, anonymous_customer_id, '')), 1, 2))::INTEGER % {buckets})::UTINYINT"


def bucket_of(key: str, buckets: int) -> int:
    """Return the bucket of a customer key: first byte of its MD5 modulo the number of buckets (1..256)."""
    return hashlib.md5(key.encode(), usedforsecurity=False).digest()[0] % buckets


class Bucketing:
    """Assigns rows to buckets; opens DuckDB, which hashes whole columns, only when there are many of them."""

    def __init__(self, buckets: int) -> None:
        self._buckets = buckets
        self._connection: duckdb.DuckDBPyConnection | None = None

    def of_rows(self, activities: pa.Table) -> BucketNumbers:
        """Return the bucket of every row, shape (rows,), from its `customer` and `anonymous_customer_id`."""
        narrow = activities.select(["customer", "anonymous_customer_id"])
        if narrow.num_rows < FEW_ROWS:
            keys = pc.coalesce(narrow["customer"], narrow["anonymous_customer_id"], "").to_pylist()
            return np.fromiter((bucket_of(key, self._buckets) for key in keys), np.uint8, len(keys))
        self._connection = self._connection or duckdb.connect(config={"threads": 2})
        relation = self._connection.from_arrow(narrow).project(f"{BUCKET_SQL.format(buckets=self._buckets)} AS bucket")
        column: BucketNumbers = relation.fetchnumpy()["bucket"]
        return column
