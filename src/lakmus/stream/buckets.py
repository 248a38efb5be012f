"""Which bucket a customer belongs to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from lakmus.stream.fingerprints import in_one_length, letters_of

KEY = "customer_key"
"""Physical column of the stream's files: `coalesce(customer, anonymous_customer_id, '')`, by which they are sorted."""

BucketNumbers = np.ndarray[tuple[int], np.dtype[np.uint8]]
FEW_KEYS = 5_000
REMEMBERED = 1 << 24


def bucket_of(key: str, buckets: int) -> int:
    """Return the bucket of a customer key: first byte of its MD5 modulo the number of buckets (1..256)."""
    return hashlib.md5(key.encode(), usedforsecurity=False).digest()[0] % buckets


def keys_of(columns: Mapping[str, pa.Array], rows: int) -> pa.Array:
    """Return the key of every row from such of the columns `customer` and `anonymous_customer_id` as there are."""
    customer, anonymous = columns.get("customer"), columns.get("anonymous_customer_id")
    if customer is not None and not customer.null_count:
        return customer
    known = [column for column in (customer, anonymous) if column is not None]
    return pc.coalesce(*known, "") if known else pa.repeat("", rows)


class Bucketing:
    """Assigns the keys of an import to buckets.

    MD5 costs more than all else that is done with a key, and the same customers come again and again. So buckets found are remembered
    in a table of fixed size, at a place that a quick 64-bit hash of the key names; a newer key takes the place of an older. An entry
    is the hash with the bucket as its lowest byte, which the place tells already. That two keys share a hash, so that one may land
    in a bucket where nobody looks for it, has probability n² / 2⁶⁵: 10⁻⁷ for two million customers.
    """

    def __init__(self, buckets: int, *, remembered: int = REMEMBERED) -> None:
        self._buckets = buckets
        self._table = np.zeros(remembered, np.uint64)
        self._connection: duckdb.DuckDBPyConnection | None = None

    def of_keys(self, keys: pa.StringArray) -> BucketNumbers:
        """Return the bucket of every key, shape (rows,); `keys` has no nulls."""
        if not len(keys):
            return np.empty(0, np.uint8)
        hashes = pl.Series(keys).hash().to_numpy()
        low, high = np.uint64(255), ~np.uint64(255)
        places = (hashes & np.uint64(len(self._table) - 1)).astype(np.intp)
        entries = self._table[places]
        strangers = np.flatnonzero((entries ^ hashes) & high)
        if len(strangers):
            fresh = (hashes[strangers] & high) | self._computed(keys.take(pa.array(strangers)))
            entries[strangers] = fresh
            self._table[places[strangers]] = fresh
        return (entries & low).astype(np.uint8)

    def _computed(self, keys: pa.StringArray) -> BucketNumbers:
        """Hash keys one by one where they are few; whole columns by DuckDB, which takes a moment to open."""
        if len(keys) < FEW_KEYS:
            return np.fromiter((bucket_of(key, self._buckets) for key in keys.to_pylist()), np.uint8, len(keys))
        self._connection = self._connection or duckdb.connect(config={"threads": 1})
        digests = self._connection.from_arrow(pa.table({"key": keys})).project("md5(key) AS digest").to_arrow_table()["digest"]
        digits = np.concatenate([letters_of(in_one_length(chunk))[:, :2] for chunk in digests.chunks])
        # Codes of hexadecimal digits: 48 to 57, then 97 to 102.
        halves = np.where(digits > 57, digits - 87, digits - 48)
        first_bytes: BucketNumbers = halves[:, 0] * np.uint8(16) + halves[:, 1]
        return first_bytes % np.uint8(self._buckets) if self._buckets < 256 else first_bytes
