"""How far the stream's knowledge reaches: how many activities of each kind, from when to when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Note = dict[str, list[int | None]]


@dataclass(frozen=True, slots=True)
class KindWatermark:
    """What the stream holds of one kind; `linked_count` are those whose customer is known. Moments are null for undated kinds."""

    count: int
    linked_count: int
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Watermarks:
    """First and last moment of the whole stream (null when it holds nothing dated), and the same by kind."""

    first_at: datetime | None = None
    last_at: datetime | None = None
    by_kind: dict[str, KindWatermark] = field(default_factory=dict)


def noted_kinds(rows: pa.Table) -> Note:
    """Return the note of a file's rows: kind -> [rows, rows with a customer, first ts, last ts] in microseconds.

    Activities at the epoch itself are undated ("since always") and do not move the moments.
    """
    ts = rows["ts"].cast(pa.int64())
    dated = pc.if_else(pc.greater(ts, 0), ts, pa.scalar(None, pa.int64()))
    narrow = pa.table({"kind": rows["activity"], "linked": pc.is_valid(rows["customer"]), "ts": dated})
    counted = narrow.group_by("kind").aggregate([([], "count_all"), ("linked", "sum"), ("ts", "min"), ("ts", "max")])
    notes = {row["kind"]: [row["count_all"], row["linked_sum"], row["ts_min"], row["ts_max"]] for row in counted.to_pylist()}
    return dict(sorted(notes.items()))


def summed(notes: Iterable[Note]) -> Watermarks:
    """Return the watermarks of many files' notes together."""
    totals: Note = {}
    for note in notes:
        for kind, (count, linked, low, high) in note.items():
            so_far, linked_so_far, lowest, highest = totals.get(kind, [0, 0, None, None])
            sums = [(so_far or 0) + (count or 0), (linked_so_far or 0) + (linked or 0)]
            totals[kind] = [*sums, _least(lowest, low), _most(highest, high)]
    by_kind = {
        kind: KindWatermark(count or 0, linked or 0, _moment(low), _moment(high))
        for kind, (count, linked, low, high) in sorted(totals.items())
    }
    starts = [mark.first_at for mark in by_kind.values() if mark.first_at]
    ends = [mark.last_at for mark in by_kind.values() if mark.last_at]
    return Watermarks(min(starts, default=None), max(ends, default=None), by_kind)


def _least(one: int | None, other: int | None) -> int | None:
    return min((number for number in (one, other) if number is not None), default=None)


def _most(one: int | None, other: int | None) -> int | None:
    return max((number for number in (one, other) if number is not None), default=None)


def _moment(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else EPOCH + timedelta(microseconds=microseconds)
