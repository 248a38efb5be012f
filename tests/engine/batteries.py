"""What every detector and every signal must keep, whatever it finds."""

from __future__ import annotations

import functools
import random
from datetime import datetime, timedelta

import polars as pl
import pyarrow as pa

from lakmus.engine.bucket import facts_until
from lakmus.engine.errors.detector import Found, Scene
from lakmus.engine.errors.search import DETECTORS, detectors_of, find_errors
from lakmus.engine.feeds import feeds_of
from lakmus.history.activity import empty_activities
from tests.engine.histories import COMPANY, History


def errors_of(table: pa.Table, as_of: datetime, code: str | None = None) -> pl.DataFrame:
    """The errors of a table that is the whole company, of one code or of all."""
    return _found(table, as_of, code).errors


def moments_of(table: pa.Table, as_of: datetime, code: str) -> pl.DataFrame:
    """The moments at which the error could have happened."""
    return _found(table, as_of, code).moments


def _found(table: pa.Table, as_of: datetime, code: str | None) -> Found:
    facts = facts_until(table, as_of=as_of)
    return find_errors(Scene(facts, feeds_of(facts), COMPANY, as_of), DETECTORS if code is None else detectors_of(code))


def check_detector(history: History, code: str, *, as_of: datetime, found: int) -> pl.DataFrame:
    """Check the count, and: empty input, order of rows, a fact known later, evidence that exists. Return the rows."""
    table = history.table()
    errors = errors_of(table, as_of, code)
    assert errors.height == found, errors
    assert _found_in_nothing(as_of) == 0
    late = _with_late_facts(table, as_of)
    shuffled = late.take(random.Random(7).sample(range(late.num_rows), late.num_rows))
    assert errors_of(shuffled, as_of, code).equals(errors), "neither order nor what nobody knew yet may change anything"
    known = set(table["activity_id"].to_pylist())
    for row in errors.iter_rows(named=True):
        assert row["evidence"] and set(row["evidence"]) <= known
        assert row["at"] <= as_of and 0 <= row["severity"] <= 1 and 0 < row["confidence"] <= 1
        assert row["summary_ru"] and row["summary_en"]
    return errors


@functools.cache
def _found_in_nothing(as_of: datetime) -> int:
    """How many errors, of all codes, are found where nothing happened."""
    return errors_of(empty_activities(), as_of).height


def _with_late_facts(table: pa.Table, as_of: datetime) -> pa.Table:
    """The table with copies of every row that came later: one after as_of, one known after as_of."""
    frame = pl.DataFrame(pl.from_arrow(table))
    later = as_of + timedelta(days=1)
    after = frame.with_columns(
        pl.lit(later).cast(frame["ts"].dtype).alias("ts"), pl.lit(later).cast(frame["ts"].dtype).alias("_known_at"),
        ("a" + pl.col("activity_id")).alias("activity_id"),
    )  # fmt: skip
    learned = frame.with_columns(
        pl.lit(later).cast(frame["ts"].dtype).alias("_known_at"),
        ("k" + pl.col("activity_id")).alias("activity_id"),
        (pl.col("ts") - pl.duration(days=1)).alias("ts"),
    )
    return pl.concat([frame, after, learned]).to_arrow().cast(table.schema)
