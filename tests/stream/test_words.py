"""Words as codes and back."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from lakmus.stream.words import CODE, MOST_WORDS, Words

COLUMNS = st.lists(st.lists(st.sampled_from([None, "", "a", "aa", "да", "слово"]), max_size=5), max_size=5)


@settings(max_examples=40, deadline=None)
@given(COLUMNS)
def test_codes_read_back_as_the_words_they_stand_for(columns) -> None:
    words = Words()
    for column in columns:
        plain = pa.array(["?", *column], pa.string()).slice(1)
        for given_as in (plain, plain.dictionary_encode()):
            codes = words.codes(given_as)
            assert codes.type == CODE and words.texts(codes).to_pylist() == column
            assert words.as_dictionary(codes).to_pylist() == column
            assert set(words.as_dictionary(codes).dictionary.to_pylist()) == set(column) - {None}


def test_a_column_of_many_words_stays_as_it_is() -> None:
    words = Words()
    few = words.codes(pa.array([f"w{number}" for number in range(MOST_WORDS)]))
    assert few.type == CODE and words.texts(few).to_pylist()[-1] == f"w{MOST_WORDS - 1}"
    more = pa.array(["w1", "ещё одно", None])
    assert words.codes(more).equals(more) and words.codes(more.dictionary_encode()).equals(more) and words.as_dictionary(more).equals(more)
    assert words.texts(few).to_pylist()[0] == "w0"
