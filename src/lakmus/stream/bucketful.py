"""One bucket's share of an import: gathered from the stage, sorted by customer and time, ready to be written.

Columns of few words travel as dictionaries, so that gathering, sorting and writing them handle small numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from lakmus.stream.buckets import KEY
from lakmus.stream.ledger import STORED_SCHEMA

MICROSECONDS = 1_000_000
Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]


def sorted_bucketful(pieces: Sequence[pa.Table]) -> pa.Table:
    """Return the staged rows of one bucket as one table in the stored columns, sorted by `SORT_ORDER`.

    Columns that no piece has are null; columns of few words stay dictionaries.
    """
    rows = sum(piece.num_rows for piece in pieces)
    columns = {name: _joined(pieces, name) for name in STORED_SCHEMA.names if any(name in piece.column_names for piece in pieces)}
    key = _key(columns, rows)
    words, codes = _ranked(key)
    order = _order(codes, columns["ts"].cast(pa.int64()).to_numpy(), columns["activity_id"])
    sorted_key = words.take(pa.array(codes[order]))
    places = pa.array(order)
    made = []
    for field in STORED_SCHEMA:
        if field.name == KEY or (field.name == "customer" and columns.get("customer") is key):
            made.append(sorted_key)
        elif field.name in columns:
            made.append(_without_strangers(columns[field.name].take(places)))
        else:
            made.append(pa.nulls(rows, field.type))
    return pa.table(made, names=STORED_SCHEMA.names)


def _joined(pieces: Sequence[pa.Table], name: str) -> pa.Array:
    """Return one column of all pieces as one array; pieces without it give nulls."""
    kind = STORED_SCHEMA.field(name).type
    parts = [piece[name] if name in piece.column_names else pa.chunked_array([pa.nulls(piece.num_rows, kind)]) for piece in pieces]
    if all(pa.types.is_dictionary(part.type) for part in parts):
        column = pa.chunked_array([chunk for part in parts for chunk in part.chunks]).unify_dictionaries()
    else:
        column = pa.chunked_array([chunk for part in parts for chunk in part.cast(kind).chunks], kind)
    joined = column.combine_chunks()
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def _key(columns: dict[str, pa.Array], rows: int) -> pa.Array:
    customer, anonymous = columns.get("customer"), columns.get("anonymous_customer_id")
    if customer is not None and not customer.null_count:
        return customer
    known = [column for column in (customer, anonymous) if column is not None]
    return pc.coalesce(*known, "") if known else pa.array([""] * rows, pa.string())


def _ranked(key: pa.Array) -> tuple[pa.Array, Numbers]:
    """Return the different keys in order, and for each row the number of its key among them."""
    encoded = key.dictionary_encode()
    order = pc.sort_indices(encoded.dictionary)
    rank = np.empty(len(order), np.int64)
    rank[order.to_numpy()] = np.arange(len(order))
    return encoded.dictionary.take(order), rank[encoded.indices.to_numpy()]


def _order(codes: Numbers, ts: Numbers, ids: pa.Array) -> Numbers:
    """Return the row numbers sorted by key, time and activity id."""
    times = ts // MICROSECONDS if not (ts % MICROSECONDS).any() else ts
    first, span = int(times.min()), int(times.max()) - int(times.min()) + 1
    if (int(codes.max()) + 1) * span < 2**63:
        # Key and time fit into one number, which sorts several times faster than two.
        together = codes * span + (times - first)
        order = np.argsort(together)
        same = together[order[1:]] == together[order[:-1]]
    else:
        order = np.lexsort((times, codes))
        same = (codes[order[1:]] == codes[order[:-1]]) & (times[order[1:]] == times[order[:-1]])
    return _ties_by_id(order, same, ids) if same.any() else order


def _ties_by_id(order: Numbers, same: np.ndarray[tuple[int], np.dtype[np.bool_]], ids: pa.Array) -> Numbers:
    """Sort the rows of one customer and moment by activity id; `same[i]` says that row i + 1 ties with row i."""
    tied = np.zeros(len(order), bool)
    tied[1:] |= same
    tied[:-1] |= same
    run = np.cumsum(np.concatenate([[True], ~same]))[tied]
    rows = order[tied]
    frame = pl.DataFrame({"run": run, "id": pl.Series(ids.take(pa.array(rows)))})
    order[tied] = rows[frame.select(pl.arg_sort_by("run", "id")).to_series().to_numpy()]
    return order


def _without_strangers(column: pa.Array) -> pa.Array:
    """Drop words of a dictionary that no row of this bucket uses: they may name a customer of another one."""
    if not pa.types.is_dictionary(column.type):
        return column
    codes = column.indices
    used = pc.unique(codes.drop_null())
    if len(used) == len(column.dictionary):
        return column
    return pa.DictionaryArray.from_arrays(pc.index_in(codes, used), column.dictionary.take(used))
