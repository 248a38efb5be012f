"""Words that decide something on their own."""

from __future__ import annotations

import polars as pl
import pytest

from lakmus.engine.bucket import facts_until
from lakmus.engine.text.reading import complains, complaint_topic, cries_for_help, is_only_thanks, only_thanks
from lakmus.engine.text.voice import voiced
from tests.engine.histories import History, moment


@pytest.mark.parametrize(
    "text",
    [
        "Спасибо!",
        "спасибо большое, всё понятно",
        "Благодарю за помощь",
        "Спасибо, хорошего дня!",
        "Thank you very much",
        "ок, спс",
        "Спасибо, вопрос решён",
    ],
)
def test_mere_thanks_are_thanks(text: str) -> None:
    assert is_only_thanks(text)


@pytest.mark.parametrize(
    "text",
    ["Спасибо, а когда привезут?", "Спасибо, но заказ не пришёл", "Спасибо, жду", "Верните деньги, спасибо", "Где заказ 10482, спасибо",
     "Thanks, but where is my order", "Здравствуйте", "", None],
)  # fmt: skip
def test_thanks_with_another_matter_are_not_only_thanks(text: str | None) -> None:
    assert not is_only_thanks(text)


def test_a_column_of_texts_is_read_as_each_text_is() -> None:
    texts = pl.Series(["Спасибо!", None, "Где заказ?", "Спасибо!", "спасибо, а где он"], dtype=pl.String)
    assert only_thanks(texts).to_list() == [True, False, False, True, False]
    assert only_thanks(texts.clear()).to_list() == []


def test_displeasure_is_found_at_the_beginning_of_words_only() -> None:
    texts = pl.DataFrame({"_text": ["Это УЖАСНО!", "Возмущён вашей работой", "неужасно", "Третий раз пишу", "уже третий раз", None]})
    assert texts.select(complains().alias("x"))["x"].to_list() == [
        True, True, False, False, True, False,
    ]  # fmt: skip


def test_a_cry_for_help_and_a_complaint_topic_are_told_from_a_question() -> None:
    frame = pl.DataFrame(
        {"_text": ["Больше никогда не закажу у вас", "Можно ли вернуть?"], "_topic": ["Опоздание доставки", "Вопрос о товаре"]}
    )
    assert frame.select(cries_for_help().alias("x"))["x"].to_list() == [True, False]
    assert frame.select(complaint_topic().alias("x"))["x"].to_list() == [True, False]


def test_who_only_asks_has_voiced_no_displeasure() -> None:
    history = History().customer("anna").case("1", "2025-01-02", topic="Вопрос о товаре", text="Есть ли синий?")
    history.says("1", "2025-01-02 10:00", "Какой размер?").review("2025-01-03", 4)
    assert voiced(facts_until(history.table(), as_of=moment("2025-02-01"))).height == 0


def test_complaints_reopenings_and_bad_stars_are_voices() -> None:
    history = (
        History().customer("anna").case("1", "2025-01-02", topic="Брак или повреждение").reopen("1", "2025-01-05").review("2025-01-06", 2)
    )
    history.fact("complained", "2025-01-07").says("1", "2025-01-08", "Больше никогда!")
    said = voiced(facts_until(history.table(), as_of=moment("2025-02-01")))
    assert said["activity"].to_list() == ["opened_case", "case_reopened", "left_review", "complained", "sent_message"]
    assert said["cry"].to_list() == [False, False, False, False, True]
