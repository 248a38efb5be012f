"""One bucket's rows out of many pieces: all of them, in order, and no word of somebody else's."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lakmus.stream.bucketful import sorted_bucketful
from lakmus.stream.fingerprints import in_one_length
from lakmus.stream.ledger import STORED_SCHEMA
from lakmus.stream.words import Words
from tests.stream.samples import START, table

MOMENTS = st.integers(-(10**15), 10**15)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["", "a", "б", "a\x00", "я" * 40, None]), st.one_of(MOMENTS, st.sampled_from([0, 10**6])), st.text(max_size=3)
    ),
    min_size=1,
    max_size=30,
)


def piece(rows: list[tuple[str | None, int, str]]) -> pa.RecordBatch:
    made = table([{"activity_id": name, "customer": who, "activity": "called", "_known_at": START, "ts": START} for who, _, name in rows])
    moments = pa.array([moment for _, moment, _ in rows], pa.int64()).cast(pa.timestamp("us", tz="UTC"))
    made = made.set_column(made.schema.get_field_index("ts"), "ts", moments)
    filled = made.select([name for name in made.column_names if made[name].null_count < made.num_rows])
    return filled.combine_chunks().to_batches()[0]


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=3))
@example([[("a", 2**62, "x"), ("a", -(2**62), "y"), ("б", 0, "z")]])
@example([[("a", 5, "2"), ("a", 5, "1")], [("a", 5, "0"), (None, 5, "3")]])
def test_rows_of_all_pieces_come_once_sorted_by_key_time_and_id(pieces) -> None:
    sorted_rows = sorted_bucketful([piece(rows) for rows in pieces], {})
    found = zip(*(sorted_rows[name].to_pylist() for name in ("customer_key", "customer", "activity_id")), strict=True)
    moments = sorted_rows["ts"].cast(pa.int64()).to_pylist()
    expected = sorted((who or "", moment, name, who or "~") for rows in pieces for who, moment, name in rows)
    assert [(key, at, name, who or "~") for (key, who, name), at in zip(found, moments, strict=True)] == expected
    assert sorted_rows.column_names == STORED_SCHEMA.names


def test_words_of_rows_in_other_buckets_do_not_travel_in_a_dictionary() -> None:
    words = Words()
    codes = words.codes(pa.array(["Анна Тайная", "Борис", None, "Борис"])).slice(1)
    rows = piece([("a", 3, "1"), ("b", 2, "2"), ("c", 1, "3")]).append_column("_name", codes)
    column = sorted_bucketful([rows], {"_name": words})["_name"].combine_chunks()
    assert column.to_pylist() == ["Борис", None, "Борис"] and column.dictionary.to_pylist() == ["Борис"]


def test_pieces_that_were_staged_differently_come_together() -> None:
    words = Words()
    coded = piece([("a", 1, "x" * 32)]).append_column("_place", words.codes(pa.array(["Пермь"])))
    ids = in_one_length(coded["activity_id"])
    assert ids is not None
    coded = coded.set_column(coded.schema.get_field_index("activity_id"), "activity_id", ids)
    plain = piece([("a", 2, "короткий")]).append_column("_place", pa.array(["Тверь"]))
    rows = sorted_bucketful([plain, coded, piece([("b", 0, "y")])], {"_place": words})
    assert rows["activity_id"].to_pylist() == ["x" * 32, "короткий", "y"] and rows["_place"].to_pylist() == ["Пермь", "Тверь", None]
