"""Which bucket a customer belongs to."""

from __future__ import annotations

import hashlib

import duckdb
import numpy as np
import pyarrow as pa

KEY = "customer_key"
"""Physical column of the stream's files: `coalesce(customer, anonymous_customer_id, '')`, by which they are sorted."""

BUCKET_SQL = "(('0x' || substr(md5(coalesce(customer, anonymous_customer_id, '')), 1, 2))::INTEGER % {buckets})::UTINYINT"


def bucket_of(key: str, buckets: int) -> int:
    """Return the bucket of a customer key: first byte of its MD5 modulo the number of buckets (1..256)."""
    return hashlib.md5(key.encode(), usedforsecurity=False).digest()[0] % buckets


def buckets_of(activities: pa.Table, buckets: int, connection: duckdb.DuckDBPyConnection) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """Return the bucket of every row, shape (rows,), from its `customer` and `anonymous_customer_id`."""
    narrow = activities.select(["customer", "anonymous_customer_id"])
    relation = connection.from_arrow(narrow).project(f"{BUCKET_SQL.format(buckets=buckets)} AS bucket")
    column: np.ndarray[tuple[int], np.dtype[np.uint8]] = relation.fetchnumpy()["bucket"]
    return column
