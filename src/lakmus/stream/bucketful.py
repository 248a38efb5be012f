"""One bucket's share of an import: gathered from the stage, sorted by customer and time, ready to be written.

Columns of few words travel as codes, so that gathering, sorting and writing them handle single bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from lakmus.stream.buckets import KEY, keys_of
from lakmus.stream.fingerprints import FIXED, as_text
from lakmus.stream.ledger import STORED_SCHEMA
from lakmus.stream.words import Words

Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]


def sorted_bucketful(pieces: Sequence[pa.RecordBatch], words: Mapping[str, Words]) -> pa.Table:
    """Return the staged rows of one bucket as one table in the stored columns, sorted by `SORT_ORDER`.

    Columns that no piece has are null; columns staged as codes of `words` become dictionaries.
    """
    rows = sum(piece.num_rows for piece in pieces)
    present = {name for piece in pieces for name in piece.schema.names}
    columns = {name: _joined(pieces, name, words.get(name)) for name in STORED_SCHEMA.names if name in present}
    key = keys_of(columns, rows)
    ranked, codes = _ranked(key)
    order = _order(codes, columns["ts"].cast(pa.int64()).to_numpy(), columns["activity_id"])
    sorted_key = ranked.take(pa.array(codes[order]))
    places = pa.array(order)
    made = []
    for field in STORED_SCHEMA:
        if field.name == KEY or (field.name == "customer" and columns.get("customer") is key):
            made.append(sorted_key)
        elif field.name in columns:
            made.append(_stored(pc.take(columns[field.name], places, boundscheck=False), words.get(field.name)))
        else:
            made.append(pa.nulls(rows, field.type))
    return pa.table(made, names=STORED_SCHEMA.names)


def _joined(pieces: Sequence[pa.RecordBatch], name: str, words: Words | None) -> pa.Array:
    """Return one column of all pieces as one array; pieces without it give nulls."""
    given = {piece.schema.field(name).type for piece in pieces if name in piece.schema.names}
    kind = given.pop() if len(given) == 1 else STORED_SCHEMA.field(name).type
    parts = [piece[name] if name in piece.schema.names else pa.nulls(piece.num_rows, kind) for piece in pieces]
    return pa.concat_arrays([part if part.type == kind else words.texts(part) if words else as_text(part) for part in parts])


def _stored(column: pa.Array, words: Words | None) -> pa.Array:
    if words:
        return words.as_dictionary(column)
    return as_text(column) if column.type == FIXED else column


def _ranked(key: pa.Array) -> tuple[pa.Array, Numbers]:
    """Return the different keys in order, and for each row the number of its key among them."""
    encoded = key.dictionary_encode()
    order = pc.sort_indices(encoded.dictionary)
    rank = np.empty(len(order), np.int64)
    rank[order.to_numpy()] = np.arange(len(order))
    return encoded.dictionary.take(order), rank[encoded.indices.to_numpy()]


def _order(codes: Numbers, ts: Numbers, ids: pa.Array) -> Numbers:
    """Return the row numbers sorted by key, time and activity id."""
    first, last = int(ts.min()), int(ts.max())
    unit = int(np.gcd.reduce(ts - first)) or 1 if last - first < 2**63 else 1
    span, bits = (last - first) // unit + 1, len(codes).bit_length()
    if (int(codes.max()) + 1) * span < 1 << (64 - bits):
        # Key, time and row number fit into one number, which sorts several times faster than row numbers by key and time.
        together = ((codes * span + (ts - first) // unit).view(np.uint64) << np.uint64(bits)) | np.arange(len(codes), dtype=np.uint64)
        together.sort()
        order = (together & np.uint64((1 << bits) - 1)).view(np.int64)
        together >>= np.uint64(bits)
        same = together[1:] == together[:-1]
    else:
        order = np.lexsort((ts, codes))
        same = (codes[order[1:]] == codes[order[:-1]]) & (ts[order[1:]] == ts[order[:-1]])
    return _ties_by_id(order, same, ids) if same.any() else order


def _ties_by_id(order: Numbers, same: np.ndarray[tuple[int], np.dtype[np.bool_]], ids: pa.Array) -> Numbers:
    """Sort the rows of one customer and moment by activity id; `same[i]` says that row i + 1 ties with row i."""
    tied = np.zeros(len(order), bool)
    tied[1:] |= same
    tied[:-1] |= same
    run = np.cumsum(np.concatenate([[True], ~same]))[tied]
    rows = order[tied]
    frame = pl.DataFrame({"run": run, "id": pl.Series(as_text(ids.take(pa.array(rows))))})
    order[tied] = rows[frame.select(pl.arg_sort_by("run", "id")).to_series().to_numpy()]
    return order
