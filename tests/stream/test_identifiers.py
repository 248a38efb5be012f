"""One form for every way to write an e-mail, a phone, a card."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lakmus.stream.identifiers import (
    KINDS,
    Identifier,
    is_provisional,
    key_of,
    keys,
    normalise_email,
    normalise_identifier,
    normalise_phone,
    provisional,
    with_normal,
)


@pytest.mark.parametrize(
    "written",
    ["+7 916 123-45-67", "8 (916) 123-45-67", "89161234567", "916 123 45 67", " 7 916 123 45 67 ", "+7\N{NO-BREAK SPACE}9161234567"],
)
def test_one_russian_phone_however_written(written) -> None:
    assert normalise_phone(written) == "+79161234567"


@pytest.mark.parametrize(("written", "normal"), [("+44 20 7946 0958", "+442079460958"), ("+375 29 123-45-67", "+375291234567")])
def test_foreign_phones_keep_their_country(written, normal) -> None:
    assert normalise_phone(written) == normal


@pytest.mark.parametrize("written", ["", "нет", "123", "0000000000", "+7 (000) 000-00-00", "8-999-999-99-99", "12345678901234567890"])
def test_what_is_nobodys_phone_is_none(written) -> None:
    assert normalise_phone(written) is None


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        (" Anna@Mail.RU ", "anna@mail.ru"),
        ("mailto:a@b.ru", "a@b.ru"),
        ("a.b+c@d.ru", "a.b+c@d.ru"),
        ("нет", None),
        ("a@b", None),
        ("a b@c.ru", None),
    ],
)
def test_emails_are_compared_in_small_letters_and_otherwise_as_they_are(written, normal) -> None:
    assert normalise_email(written) == normal


def test_cards_lose_their_blanks_and_empty_ids_mean_nobody() -> None:
    assert normalise_identifier(Identifier("card", "12 34 ab")) == "1234AB"
    assert [normalise_identifier(Identifier("external", text)) for text in ("0", "nan", " - ", "17")] == [None, None, None, "17"]


WRITTEN = st.one_of(
    st.text(alphabet="0123456789+()- 78\N{NO-BREAK SPACE}", max_size=18),
    st.from_regex(r"(\+7|8|7|)[ (-]?[3489]\d{2}[) -]?\d{3}[ -]?\d{4}", fullmatch=True),
    st.text(max_size=8),
    st.emails(),
    st.sampled_from(["", "0", "nan", "Неизвестно", "mailto:A@b.ru", "+375 29 123-45-67"]),
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(KINDS), WRITTEN), max_size=12))
@example([("phone", "8 916 123 45 67 доб. 5"), ("phone", "79161234567"), ("phone", "+7+9161234567"), ("card", "\x1c1")])
def test_whole_columns_read_as_single_values_do(pairs) -> None:
    rows = with_normal(pl.DataFrame(pairs, schema={"kind": pl.String, "written": pl.String}, orient="row"))
    assert rows["normal"].to_list() == [normalise_identifier(Identifier(kind, written)) for kind, written in pairs]


def test_the_key_of_an_identifier_says_its_kind_unless_it_is_an_id_itself() -> None:
    kinds = pl.DataFrame({"kind": ["email", "external", "site"], "normal": ["a@b.ru", "17", "x1"]})
    assert kinds.select(keys().alias("key"))["key"].to_list() == ["email:a@b.ru", "17", "site:x1"]
    assert [key_of(*row) for row in kinds.iter_rows()] == ["email:a@b.ru", "17", "site:x1"]
    assert [is_provisional(key) for key in ("email:a@b.ru", "17")] == [True, False]
    assert pl.DataFrame({"key": ["phone:+7", "c1"]}).select(provisional("key"))["key"].to_list() == [True, False]
