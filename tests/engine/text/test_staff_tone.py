"""How staff answer."""

from __future__ import annotations

import polars as pl
import pytest

from lakmus.engine.text.staff_tone import placeholders_in, repeated_replies, tone_of


def test_a_living_reply_is_told_from_a_formal_one() -> None:
    living = tone_of(
        "Анна, добрый день! Правильно понимаю, что не подошёл размер? Простите нас. Какой вам нужен?", customer_name="Анна Иванова"
    )
    formal = tone_of(
        "Сообщаем Вам, что Ваше обращение зарегистрировано. В соответствии с регламентом данный вопрос рассмотрен.", customer_name="Анна"
    )
    assert (living.name_used, living.question_asked, living.understanding_confirmed, living.apology) == (True, True, True, True)
    assert living.officialese == 0
    assert (formal.name_used, formal.question_asked, formal.understanding_confirmed, formal.apology) == (False, False, False, False)
    assert formal.officialese >= 3


def test_the_same_holds_in_english() -> None:
    living = tone_of("Hi Kate, I understand that the parcel is late. I am sorry. Shall I send another?", customer_name="Kate")
    formal = tone_of("Please be advised that in accordance with our policy your call is important to us.", customer_name="Kate")
    assert (living.name_used, living.understanding_confirmed, living.apology, living.officialese) == (True, True, True, 0)
    assert formal.officialese >= 2


@pytest.mark.parametrize(
    ("name", "text", "used"),
    [("Анна", "Добрый день, Анну нашли", True), ("Иван", "Уважаемый Иван!", True), ("Ян", "Янтарь", False),
     (None, "Анна", None), (" ", "Анна", None)],
)  # fmt: skip
def test_a_name_is_found_in_its_cases(name: str | None, text: str, used: bool | None) -> None:
    assert tone_of(text, customer_name=name).name_used is used


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Здравствуйте, {{имя}}! Заказ {order_id} готов", 2),
        ("Уважаемый , ваш заказ undefined собран", 2),
        ("Dear [first name], your order %ORDER_NUMBER% is ready", 2),
        ("Здравствуйте, Анна! Заказ 12 на 5 000 ₽ со скидкой 10 % готов {до 18:00}", 0),
        ("", 0),
    ],
)
def test_unfilled_places_of_a_template_are_found(text: str, count: int) -> None:
    assert len(placeholders_in(text)) == count


def test_a_reply_that_its_writer_sent_before_is_repeated() -> None:
    sent = "Здравствуйте! Ваш вопрос передан специалистам, они ответят вам в самое ближайшее время, спасибо за терпение и понимание"
    texts = pl.Series([sent, sent + " №5", "Анна, диван привезут завтра", sent, None])
    staff = pl.Series(["a", "a", "a", "b", "a"])
    assert repeated_replies(texts, staff).to_list() == [False, True, False, False, None]
