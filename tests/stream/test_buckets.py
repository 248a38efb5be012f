"""The same key goes to the same bucket, by whichever way that is found."""

from __future__ import annotations

import pyarrow as pa
import pytest

from lakmus.stream import buckets
from lakmus.stream.buckets import Bucketing, bucket_of, keys_of

KEYS = [f"клиент {number % 97}" if number % 5 else f"cookie-{number}" for number in range(3000)] + ["", "x" * 300]


@pytest.mark.parametrize("few", [0, 10_000])
def test_whole_columns_go_where_single_keys_go(monkeypatch, few) -> None:
    monkeypatch.setattr(buckets, "FEW_KEYS", few)
    expected = [bucket_of(key, 32) for key in KEYS]
    bucketing = Bucketing(32, remembered=256)
    for column in (pa.array(KEYS), pa.array(["", *KEYS]).slice(1)):
        for _ in range(2):
            assert bucketing.of_keys(column).tolist() == expected
    assert len(set(expected)) == 32 and Bucketing(7).of_keys(pa.array([], pa.string())).tolist() == []


def test_the_key_is_the_customer_or_else_what_keeps_strangers_apart() -> None:
    customer, anonymous = pa.array(["anna", None, None]), pa.array(["cookie", "order:1", None])
    assert keys_of({"customer": customer, "anonymous_customer_id": anonymous}, 3).to_pylist() == ["anna", "order:1", ""]
    assert keys_of({"anonymous_customer_id": anonymous}, 3).to_pylist() == ["cookie", "order:1", ""]
    assert keys_of({}, 2).to_pylist() == ["", ""]
