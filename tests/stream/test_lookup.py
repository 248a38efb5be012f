"""Finding texts, and parts of texts, in a column."""

from __future__ import annotations

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakmus.stream.lookup import Lookup, Parts

WORDS = st.lists(st.one_of(st.none(), st.text("аbя1", max_size=5)), max_size=12)


@given(WORDS, WORDS, st.text("аbя1", min_size=1, max_size=3))
def test_parts_are_found_where_a_look_into_every_text_finds_them(first: list[str | None], second: list[str | None], part: str) -> None:
    column = pa.chunked_array([pa.array(first, pa.string()), pa.array(second, pa.string())])

    assert list(Parts(column).rows(part)) == [row for row, text in enumerate(first + second) if text and part in text]


def test_parts_of_a_slice_are_numbered_within_it() -> None:
    column = pa.chunked_array([pa.array(["Анна", "Иван", "Анна"]).slice(1)])

    assert list(Parts(column).rows("нн")) == [1]


@pytest.mark.parametrize("texts", [["b", "a", "b", None], []])
def test_rows_of_a_text_are_found(texts: list[str | None]) -> None:
    column = pl.Series(texts, dtype=pl.String)

    assert Lookup(column).rows(["b", "c"]) == [row for row, text in enumerate(texts) if text == "b"]
