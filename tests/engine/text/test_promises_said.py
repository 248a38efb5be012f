"""How support promises in Russian and English: verbs and nouns, orders of words, and the ways in which time is named."""

from __future__ import annotations

from datetime import datetime

import pytest

from lakmus.engine.text.promises import promises_in
from tests.engine.histories import moment

SAID_AT = moment("2025-03-12 15:00")
"""A Wednesday, 15:00 in Moscow."""

DAYS = {"today": "2025-03-13 00:00", "tomorrow": "2025-03-14 00:00", "friday": "2025-03-15 00:00", "sunday": "2025-03-17 00:00"}
"""When days are over."""


def until(text: str) -> datetime:
    return moment(DAYS.get(text, text))


def said(text: str) -> list[tuple[str, datetime | None]]:
    return [(one.action, one.deadline_at) for one in promises_in(text, said_at=SAID_AT, time_zone="Europe/Moscow")]


RUSSIAN = [
    ("Вам перезвонят сегодня до 18:00", "call", "2025-03-12 18:00"),
    ("Завтра до 12:00 вам перезвонит менеджер", "call", "2025-03-13 12:00"),
    ("Не позже 20 марта с вами свяжется специалист", "reply", "2025-03-21 00:00"),
    ("Ожидайте звонка в течение часа", "call", "2025-03-12 16:00"),
    ("Ждите обратного звонка завтра", "call", "tomorrow"),
    ("Наберу вас через полчаса", "call", "2025-03-12 15:30"),
    ("Обещаю перезвонить до вечера", "call", "today"),
    ("Попрошу коллегу перезвонить вам до конца рабочего дня", "call", "today"),
    ("Отзвонимся минут через двадцать", "call", "2025-03-12 15:20"),
    ("Звонок поступит в ближайшие два часа", "call", "2025-03-12 17:00"),
    ("Вернёмся к вам с решением в понедельник", "reply", "2025-03-18 00:00"),
    ("Вернусь с ответом до конца дня", "reply", "today"),
    ("Менеджер вернётся к вам с информацией завтра", "reply", "tomorrow"),
    ("Ответ будет дан в течение 24 часов", "reply", "2025-03-13 15:00"),
    ("Ответ направим не позднее чем через 2 рабочих дня", "reply", "friday"),
    ("Дадим обратную связь к пятнице", "reply", "friday"),
    ("Отпишемся завтра утром", "reply", "2025-03-13 12:00"),
    ("Проинформируем вас до 15 числа", "reply", "2025-03-16 00:00"),
    ("Срок рассмотрения заявки — до 3 рабочих дней", "reply", "2025-03-18 00:00"),
    ("Уточню и напишу вам до 17-00", "reply", "2025-03-12 17:00"),
    ("Сообщим о результате в течение 2-х дней", "reply", "friday"),
    ("Отвечу вам до пяти вечера", "reply", "2025-03-12 17:00"),
    ("Свяжемся с вами до обеда", "reply", "2025-03-13 13:00"),
    ("Дам знать до 12 завтра", "reply", "2025-03-13 12:00"),
    ("Решение будет принято до конца недели", "reply", "sunday"),
    ("Деньги придут на карту в течение 3-5 рабочих дней", "refund", "2025-03-20 00:00"),
    ("Возврат будет произведён до 20.03.2025", "refund", "2025-03-21 00:00"),
    ("Средства вернутся через пару дней", "refund", "friday"),
    ("Возврат займёт до 10 дней", "refund", "2025-03-23 00:00"),
    ("Компенсируем стоимость доставки на этой неделе", "refund", "sunday"),
    ("Курьер приедет завтра с утра", "deliver", "2025-03-13 12:00"),
    ("Заказ будет у вас в пятницу", "deliver", "friday"),
    ("Доставка состоится 14 марта", "deliver", "friday"),
    ("Посылка прибудет в четверг", "deliver", "tomorrow"),
    ("Сможете забрать заказ с 13-го, доставим до 14-го", "deliver", "friday"),
    ("Отправка запланирована на завтра", "send", "tomorrow"),
    ("Завтра отгрузим ваш заказ", "send", "tomorrow"),
    ("Вышлем новый товар в течение суток", "send", "tomorrow"),
    ("Всё исправим к понедельнику", "solve", "2025-03-18 00:00"),
    ("Курьер заберёт товар послезавтра", "solve", "friday"),
    ("Проблема будет решена в ближайший час", "solve", "2025-03-12 16:00"),
    ("Разберёмся за 2 часа", "solve", "2025-03-12 17:00"),
    ("Максимум через час восстановим доступ", "solve", "2025-03-12 16:00"),
    ("Займёмся вашим вопросом во второй половине дня", "solve", "2025-03-12 18:00"),
    ("Починим не позднее пятницы", "solve", "friday"),
]
ENGLISH = [
    ("We'll get back to you by EOD", "reply", "today"),
    ("Someone from our team will be in touch within 2 business days", "reply", "friday"),
    ("You'll hear from us no later than Friday", "reply", "friday"),
    ("I'll let you know by noon tomorrow", "reply", "2025-03-13 12:00"),
    ("We aim to respond within 24 hours", "reply", "2025-03-13 15:00"),
    ("Expect a reply in the next 2 hours", "reply", "2025-03-12 17:00"),
    ("My colleague will follow up first thing tomorrow", "reply", "2025-03-13 12:00"),
    ("A manager is going to contact you by 5pm", "reply", "2025-03-12 17:00"),
    ("You can expect to hear back by close of business", "reply", "today"),
    ("We will revert by tomorrow", "reply", "tomorrow"),
    ("I will give you a call in half an hour", "call", "2025-03-12 15:30"),
    ("You should receive a call this afternoon", "call", "2025-03-12 18:00"),
    ("Expect our call by six", "call", "2025-03-12 18:00"),
    ("Your refund will be processed within 5-7 business days", "refund", "2025-03-22 00:00"),
    ("Refunds take up to 5 days", "refund", "2025-03-18 00:00"),
    ("The money will be back in your account by the 20th", "refund", "2025-03-21 00:00"),
    ("Your parcel is due to arrive on Thursday", "deliver", "tomorrow"),
    ("The order will be with you on 14 March", "deliver", "friday"),
    ("Delivery is scheduled for tomorrow", "deliver", "tomorrow"),
    ("We're shipping it today", "send", "today"),
    ("I'll email you the label tonight", "send", "today"),
    ("This will be fixed by the end of the week", "solve", "sunday"),
    ("We plan to resolve it by 2025-03-14", "solve", "friday"),
    ("Our engineer will look into it next week", "solve", "2025-03-24 00:00"),
]


@pytest.mark.parametrize(("text", "action", "over"), RUSSIAN + ENGLISH)
def test_a_promise_is_heard_however_it_is_put(text: str, action: str, over: str) -> None:
    assert said(text) == [(action, until(over))]


@pytest.mark.parametrize(
    "text",
    [
        "Мы не сможем перезвонить до 18:00",
        "Если деньги не придут в течение 3 дней, напишите нам",
        "Вы писали нам вчера до 18:00",
        "Магазин работает до 22:00",
        "Вчера мы отправили вам ответ в течение часа",
        "Надеемся, доставим завтра",
        "Заказ был доставлен 10 марта",
        "Оплатите заказ до 18:00",
        "Once we receive the item, we will refund you within 3 days",
        "We can't deliver it tomorrow",
        "Unless you reply, we will close the case tomorrow",
        "The shop is open until 6pm",
        "We delivered it within 2 days",
        "Please send us a photo by Friday",
    ],
)
def test_what_is_denied_past_or_asked_of_the_customer_is_no_promise(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize(
    "text", ["Доставим в ближайшие дни", "Вернём деньги через несколько дней", "We'll reply in a few hours", "Скоро ответим"]
)
def test_a_vague_time_is_no_deadline(text: str) -> None:
    ((_, deadline),) = said(text)
    assert deadline is None


def test_words_of_time_before_the_promise_belong_to_it() -> None:
    text = "Здравствуйте! Завтра до 12:00 вам перезвонит менеджер."
    (promise,) = promises_in(text, said_at=SAID_AT, time_zone="Europe/Moscow")
    assert text[promise.start : promise.end] == "Завтра до 12:00 вам перезвонит"


def test_a_day_of_the_month_that_is_over_is_of_the_next_month() -> None:
    assert said("Ответим до 5 числа") == [("reply", moment("2025-04-06"))]
    (promise,) = promises_in("Ответим до 31 числа", said_at=moment("2025-04-01 10:00"), time_zone="Europe/Moscow")
    assert promise.deadline_at == moment("2025-06-01")
