"""What a home knows, in a form that two homes can be compared by."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lakmus.stream.store import Stream

LATER = datetime(2100, 1, 1, tzinfo=UTC)


def content_of(home: Path) -> tuple[list[dict[str, Any]], list[tuple[Any, ...]]]:
    """Return every activity with all it says, and who holds which identifier; no activity may stand twice."""
    stream = Stream.open(home / "stream")
    rows = [row for bucket in range(stream.bucket_count) for row in stream.read_bucket(bucket, as_of=LATER).to_pylist()]
    assert len({row["activity_id"] for row in rows}) == len(rows) == stream.count
    held = stream.identity.state().held.select("kind", "normal", "customer")
    return sorted(rows, key=lambda row: row["activity_id"]), sorted(held.iter_rows())
