"""Read a column of texts: one row per text, the same whoever reads it and in whatever parts."""

from __future__ import annotations

import numpy as np
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
    """Read the texts; the nested columns are laid out flat with offsets, which is quicker than rows of lists."""
    readings = [read(text) for text in texts]
    sayings = pa.ListArray.from_arrays(
        pa.array(np.cumsum([0, *(len(one.sayings) for one in readings)]), pa.int32()),
        pa.StructArray.from_arrays(
            [
                pa.array([saying.code for one in readings for saying in one.sayings], pa.string()),
                pa.array([saying.start for one in readings for saying in one.sayings], pa.uint32()),
                pa.array([saying.end for one in readings for saying in one.sayings], pa.uint32()),
            ],
            ["code", "start", "end"],
        ),
    )
    codes = pa.ListArray.from_arrays(
        pa.array(np.cumsum([0, *(len(one.codes) for one in readings)]), pa.int32()),
        pa.array([code for one in readings for code in one.codes], pa.string()),
    )
    columns: dict[str, list[object]] = {
        name: [getattr(one, name) for one in readings] for name in ("language", "kind", "polarity", "confidence", "cries_for_help")
    }
    columns["attempts"] = [min(one.attempts, _MOST) for one in readings]
    columns["questions"] = [min(one.questions, _MOST) for one in readings]
    nested = {"codes": pl.Series(pl.from_arrow(codes)), "sayings": pl.Series(pl.from_arrow(sayings))}
    return pl.DataFrame({**columns, **nested}, schema_overrides=SCHEMA).select(*SCHEMA)
