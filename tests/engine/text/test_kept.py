"""A promise that was not kept, told in two sentences."""

from __future__ import annotations

import pytest

from lakmus.engine.text.reader import HALVES, read


@pytest.mark.parametrize(
    "text",
    [
        "Сказали, в течение трёх дней деньги вернут. Прошло две недели.",
        "Оператор заверил, что заявку рассмотрят до пятницы. Сегодня среда, ответа нет.",
        "Срок изготовления карты десять дней. Прошёл месяц.",
        "Ипотеку предварительно одобрили. Собрали документы, заплатили за оценку. И отказ.",
        "Мастер говорил, что позвонит утром. Так и не позвонил.",
        "Мне обещали вернуть деньги. Однако...",
        "They told me it would arrive within two days. It never came.",
    ],
)
def test_a_promise_and_what_did_not_come_of_it_make_a_broken_one(text: str) -> None:
    assert "broken_promise" in read(text).codes


@pytest.mark.parametrize(
    "text",
    [
        "Сказали, в течение трёх дней деньги вернут. Вернули на второй.",
        "Сказали, что мастер приедет к пяти. Приехал ровно в пять.",
        "Прошло две недели после покупки.",
        "Срок доставки три дня.",
        "They told me it would arrive within two days. It did.",
    ],
)
def test_half_of_it_breaks_nothing(text: str) -> None:
    assert "broken_promise" not in read(text).codes


def test_neither_half_is_told_as_a_code() -> None:
    assert not {*HALVES} & set(read("Сказали, вернут через три дня. Прошла неделя. Срок ответа пять дней.").codes)
