"""A daily refresh: trails that were laid out once, and the few activities that came since.

Reading, decoding and ordering a bucket costs more than measuring it at one date, and none of it changes from day to day. So the
trails are kept as two tables that can be mapped into memory, without what no window can reach any more, and what is new is measured
together with the histories it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lakmus.engine.signals.aggregates import Aggregate, Measure
from lakmus.engine.signals.prefix_sums import Measured, measured
from lakmus.engine.signals.rhythm import DAY_US, Ints
from lakmus.engine.signals.trails import Trails

_KNOWN = "known"
SEEN_FROM = "seen_from"
"""Column of the kept customers: the moment from which each is known, in microseconds."""


def tables_of(trails: Trails, aggregates: Iterable[Aggregate], *, since: datetime) -> tuple[pa.Table, pa.Table]:
    """Return what some aggregate can still count at `since` or later, as a table of activities and one of customers, to be kept.

    Windows only move forward: a visit older than the oldest window that counts visits is never looked at again.

    Raises
    ------
    ValueError : the trails hold activities that count no more from some moment on.
    """
    if trails.gone is not None:
        raise ValueError("activities that go cannot be kept")
    lasting = _lasting(trails, aggregates, since=since)
    rows: dict[str, Any] = {"ts": trails.ts[lasting], "kind": trails.kind[lasting]}
    rows |= {name: column.take(pa.array(lasting)) for name, column in trails.columns.items()}
    if trails.known is not None:
        rows[_KNOWN] = trails.known[lasting]
    counts = np.diff(np.searchsorted(lasting, trails.starts))
    customers = pa.table({"customer": trails.customers, "count": counts, SEEN_FROM: trails.seen_from()})
    return pa.table(rows).replace_schema_metadata({"kinds": "\x1f".join(trails.kinds)}), customers


def _lasting(trails: Trails, aggregates: Iterable[Aggregate], *, since: datetime) -> Ints:
    """Return the rows that some aggregate can still count; a gap needs the activity before it, however old."""
    now_us = round(since.timestamp() * 1_000_000)
    oldest = np.full(len(trails.kinds), np.iinfo(np.int64).max)
    for aggregate in aggregates:
        reach = None if aggregate.measure in (Measure.GAPS, Measure.GAP_SQUARES) else aggregate.window.oldest_days
        edge = np.iinfo(np.int64).min if reach is None else now_us - round(reach * DAY_US)
        of = np.array([kind in aggregate.of.kinds for kind in trails.kinds], dtype=bool)
        oldest[of] = np.minimum(oldest[of], edge)
    return np.flatnonzero(trails.ts > oldest.take(trails.kind)) if trails.ts.size else np.zeros(0, np.int64)


def trails_from(rows: pa.Table, customers: pa.Table) -> Trails:
    """Return the trails behind the tables of `tables_of`; nothing is copied where each column is in one piece."""
    columns = {name: _whole(rows[name]) for name in rows.column_names}
    ts, kind, known = (columns.pop(name, None) for name in ("ts", "kind", _KNOWN))
    kinds = (rows.schema.metadata or {}).get(b"kinds", b"").decode().split("\x1f")
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(customers["count"].to_numpy())])
    known_us = None if known is None else known.to_numpy()
    return Trails(_whole(customers["customer"]), starts, ts.to_numpy(), kind.to_numpy(), tuple(kinds), columns, known_us)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return (
        column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    )


def measured_after(
    kept: Trails, new: Trails, aggregates: Iterable[Aggregate], *, as_of: Sequence[datetime], time_zone: str = "UTC"
) -> Measured:
    """Return what `measured` returns for both together: the kept customers in their order, then those who are new.

    Parameters
    ----------
    kept, new : one bucket's trails, the same columns in both; no activity in both. aggregates : among those of `tables_of`.
    as_of : the `since` of `tables_of`, or later.
    """
    wanted = list(dict.fromkeys(aggregates))
    whole = measured(kept, wanted, as_of=as_of, time_zone=time_zone)
    if not new.count:
        return whole
    place = pc.index_in(new.customers, kept.customers).fill_null(-1).to_numpy().astype(np.int64)
    touched = measured(_together(kept, new, place), wanted, as_of=as_of, time_zone=time_zone)
    known, unknown = np.flatnonzero(place >= 0), np.flatnonzero(place < 0)
    figures = {}
    for aggregate in wanted:
        figure, fresh = whole.figures[aggregate], touched.figures[aggregate]
        figure[:, place[known]] = fresh[:, known]
        figures[aggregate] = np.concatenate([figure, fresh[:, unknown]], axis=1)
    return Measured(pa.concat_arrays([kept.customers, new.customers.take(pa.array(unknown))]), whole.as_of, figures)


def _together(kept: Trails, new: Trails, place: Ints) -> Trails:
    """Return the new trails with what was kept of the same customers before each, in order of time."""
    spans = [np.arange(kept.starts[own], kept.starts[own + 1]) if own >= 0 else np.zeros(0, np.int64) for own in place.tolist()]
    before = kept.of_rows(np.concatenate(spans), np.array([span.size for span in spans]))
    kinds = tuple(dict.fromkeys((*kept.kinds, *new.kinds)))
    code = np.array([kinds.index(kind) for kind in new.kinds], dtype=np.int64)
    owner = np.concatenate([np.repeat(np.arange(new.count), np.diff(part.starts)) for part in (before, new)])
    ts = np.concatenate([before.ts, new.ts])
    order = np.lexsort((ts, owner))
    old_known = before.ts if kept.known is None else kept.known[np.concatenate(spans)]
    known = np.concatenate([old_known, new.ts if new.known is None else new.known])
    columns = {name: pa.concat_arrays([before.columns[name], new.columns[name]]).take(pa.array(order)) for name in before.columns}
    kind = np.concatenate([before.kind.astype(np.int64), code[new.kind]])
    starts = np.searchsorted(owner[order], np.arange(new.count + 1)).astype(np.int64)
    return Trails(new.customers, starts, ts[order], kind[order], kinds, columns, known[order])
