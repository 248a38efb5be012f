"""What the writer did not write now is set aside, and the same text sent twice is one."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from lakmus.engine.text.cleaning import LONGEST_TEXT, cleaned, near_duplicates
from lakmus.engine.text.reader import read
from lakmus.engine.text.words import COMMA, STOP, words_of

LONG = "Здравствуйте, заказывала у вас диван ещё в прошлом месяце, обещали привезти через две недели, но до сих пор никто не позвонил"


@given(st.text(max_size=300))
def test_cleaning_keeps_every_sign_in_its_place(text: str) -> None:
    own = cleaned(text).text
    assert len(own) == len(text)
    assert all(kept in (sign, " ", "\n") for kept, sign in zip(own, text, strict=True))


@given(st.text(max_size=300))
def test_words_stand_where_they_are_said_to_stand(text: str) -> None:
    words = words_of(text)
    spans = [words.span(at) for at, word in enumerate(words.texts) if word not in (STOP, COMMA)]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(start >= end for (start, _), (_, end) in zip(spans[1:], spans, strict=False))


@given(st.text(alphabet="неждалв ё'.,!\n12:;()АB", max_size=60))
def test_a_text_cut_chunk_by_chunk_has_the_words_of_the_text_cut_as_a_whole(text: str) -> None:
    lines = [word for line in text.split("\n") for word in [*words_of(line).texts, STOP]]
    assert [word for word in words_of(f"{text}\n").texts if word != STOP] == [word for word in lines if word != STOP]


@given(st.text(alphabet="не ждалчасхмиЁIİßﬁ.,!?-'’\n<>&;@:/0123456789\u00ad\u0301", max_size=200))
def test_no_text_breaks_the_reading(text: str) -> None:
    assert all(0 <= one.start < one.end <= len(text) for one in read(text).sayings)


def test_of_a_text_without_end_the_beginning_is_read() -> None:
    assert len(cleaned("а" * 10 * LONGEST_TEXT).text) == LONGEST_TEXT


def test_a_text_sent_again_with_another_number_is_a_near_duplicate() -> None:
    texts = pl.Series(
        [LONG, "Спасибо!", f"{LONG}, заказ 123", LONG.upper() + "!!!", "спасибо", None, "Где заказ 17?", "Где заказ 18?", "Где чек?"]
    )
    assert near_duplicates(texts).to_list()[:2] == [0, 1]
    assert near_duplicates(texts).to_list()[3:] == [0, 1, None, 6, 6, 8]


def test_texts_that_share_a_greeting_are_not_near_duplicates() -> None:
    texts = pl.Series(
        [LONG, "Здравствуйте, заказывала у вас стол, доставили вовремя и собрали аккуратно, большое спасибо мастерам за их работу"]
    )
    assert near_duplicates(texts).to_list() == [0, 1]
