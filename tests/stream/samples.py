"""Small histories for the tests of the stream, and one view of everything that a stream says."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from lakmus.history.activity import ACTIVITY_SCHEMA, activity_id
from lakmus.stream.store import Stream

START = datetime(2024, 1, 1, tzinfo=UTC)
LATER = datetime(2100, 1, 1, tzinfo=UTC)


def order(number: int, customer: str | None = "anna", day: float = 0, **more: object) -> dict[str, object]:
    """An order of a customer, `day` days after the start."""
    ts = START + timedelta(days=day)
    anonymous = None if customer else f"order:{number}"
    return {
        "activity_id": activity_id("placed_order", number),
        "ts": ts,
        "_known_at": ts,
        "customer": customer,
        "anonymous_customer_id": anonymous,
        "activity": "placed_order",
        "_order": str(number),
        "_amount": 100.0 + number,
        **more,
    }


def table(rows: list[dict[str, object]]) -> pa.Table:
    """Rows as a table in the stream's schema, absent fields null."""
    return pa.Table.from_pylist([{name: row.get(name) for name in ACTIVITY_SCHEMA.names} for row in rows], schema=ACTIVITY_SCHEMA)


def reader(rows: list[dict[str, object]]) -> pa.RecordBatchReader:
    """Rows as an import hands them over."""
    return table(rows).to_reader()


def content(stream: Stream, as_of: datetime = LATER) -> list[dict[str, object]]:
    """Every activity that reading gives, bucket after bucket."""
    return [row for bucket in range(stream.bucket_count) for row in stream.read_bucket(bucket, as_of=as_of).to_pylist()]


def copied(stream: Stream, folder: Path) -> Stream:
    """The same stream in a folder of one's own: copying costs a hundredth of making."""
    return Stream.open(shutil.copytree(stream.path, folder / "copy"))


def orders_of(stream: Stream, customer: str, as_of: datetime = LATER) -> list[str]:
    """The numbers of a customer's orders, in time."""
    return stream.history_of(customer, as_of=as_of)["_order"].to_pylist()


def made_up(rows: int, first: int = 0) -> pa.Table:
    """A larger table: `rows` orders of some hundred customers, numbered from `first`."""
    numbers = range(first, first + rows)
    return table(
        [order(number, f"c{number * 7919 % 311}", number % 900 + number / 1e6, _text="слово " * (number % 5)) for number in numbers]
    )
