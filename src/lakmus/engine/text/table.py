"""Read a column of texts: one row per text, the same whoever reads it and in whatever parts."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import polars as pl
import pyarrow as pa

from lakmus.engine.text.reader import read

SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "language": pl.String,
    "kind": pl.String,
    "polarity": pl.String,
    "confidence": pl.Float32,
    "codes": pl.List(pl.String),
    "sayings": pl.List(pl.Struct({"code": pl.String, "start": pl.UInt32, "end": pl.UInt32})),
    "cries_for_help": pl.Boolean,
    "attempts": pl.UInt16,
    "questions": pl.UInt16,
}
_PLAIN = ("language", "kind", "polarity", "confidence", "cries_for_help", "attempts", "questions")
_MOST = 65_535
_PART = 20_000


def read_column(texts: pl.Series) -> pl.DataFrame:
    """Return what each text of a column says; equal texts are read once.

    Returns
    -------
    pl.DataFrame : language, kind, polarity, confidence (0.5..1), codes, sayings (code, start, end in signs of the text), cries_for_help,
        attempts, questions, as `Reading` has them; one row per text in its order; a null text reads as an empty one.
    """
    named = texts.cast(pl.String).fill_null("").to_frame("text")
    unique = named["text"].unique(maintain_order=True)
    parts = [_rows(unique.slice(first, _PART)) for first in range(0, len(unique), _PART)]
    readings = pl.concat(parts) if parts else pl.DataFrame(schema=SCHEMA)
    return named.join(readings.with_columns(unique.alias("text")), on="text", how="left", maintain_order="left").drop("text")


def _rows(texts: pl.Series) -> pl.DataFrame:
    """Read the texts; everything is laid out flat as it comes, so that no text's objects outlive it."""
    columns: dict[str, list[Any]] = {name: [] for name in _PLAIN}
    appends = [(attrgetter(name), column.append) for name, column in columns.items()]
    codes: list[str] = []
    code_ends, saying_ends = [0], [0]
    said: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for text in texts:
        reading = read(text)
        for get, append in appends:
            append(get(reading))
        codes += reading.codes
        code_ends.append(len(codes))
        for one in reading.sayings:
            said.append(one.code)
            starts.append(one.start)
            ends.append(one.end)
        saying_ends.append(len(said))
    places = [pa.array(said, pa.string()), pa.array(starts, pa.uint32()), pa.array(ends, pa.uint32())]
    sayings = pa.StructArray.from_arrays(places, ["code", "start", "end"])
    nested = {"codes": _lists(code_ends, pa.array(codes, pa.string())), "sayings": _lists(saying_ends, sayings)}
    counts = {name: [min(count, _MOST) for count in columns[name]] for name in ("attempts", "questions")}
    return pl.DataFrame({**columns, **counts, **nested}, schema_overrides=SCHEMA).select(*SCHEMA)


def _lists(ends: list[int], values: pa.Array) -> pl.Series:
    return pl.Series(pl.from_arrow(pa.ListArray.from_arrays(pa.array(ends, pa.int32()), values)))
