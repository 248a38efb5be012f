"""Promises in messages and the moment they run out."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from lakmus.engine.text.promises import promises_in

# A Wednesday, 15:00 in Moscow.
SAID_AT = datetime(2025, 3, 12, 12, 0, tzinfo=UTC)


def deadline(text: str, zone: str = "Europe/Moscow", said_at: datetime = SAID_AT) -> datetime | None:
    (promise,) = promises_in(text, said_at=said_at, time_zone=zone)
    return promise.deadline_at


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("Перезвоним до 18:00.", datetime(2025, 3, 12, 15, 0, tzinfo=UTC)),
        ("Перезвоним завтра до 18:00", datetime(2025, 3, 13, 15, 0, tzinfo=UTC)),
        ("Мы перезвоним Вам в 11:30", datetime(2025, 3, 13, 8, 30, tzinfo=UTC)),
        ("Доставим завтра.", datetime(2025, 3, 13, 21, 0, tzinfo=UTC)),
        ("Деньги вернём в течение 3 дней", datetime(2025, 3, 15, 21, 0, tzinfo=UTC)),
        ("Деньги поступят в течение 3-5 рабочих дней", datetime(2025, 3, 19, 21, 0, tzinfo=UTC)),
        ("Ответим через два часа", datetime(2025, 3, 12, 14, 0, tzinfo=UTC)),
        ("Ответим в течение дня", datetime(2025, 3, 12, 21, 0, tzinfo=UTC)),
        ("Заказ привезём в пятницу", datetime(2025, 3, 14, 21, 0, tzinfo=UTC)),
        ("Отправим 15 марта", datetime(2025, 3, 15, 21, 0, tzinfo=UTC)),
        ("Отправим до 02.04", datetime(2025, 4, 2, 21, 0, tzinfo=UTC)),
        ("Решим вопрос до конца недели", datetime(2025, 3, 16, 21, 0, tzinfo=UTC)),
        ("We will call you back by 6 pm", datetime(2025, 3, 12, 15, 0, tzinfo=UTC)),
        ("We'll refund you within 24 hours", datetime(2025, 3, 13, 12, 0, tzinfo=UTC)),
        ("Your order will be delivered tomorrow", datetime(2025, 3, 13, 21, 0, tzinfo=UTC)),
        ("I will get back to you by Friday", datetime(2025, 3, 14, 21, 0, tzinfo=UTC)),
        ("You will receive it on March 20", datetime(2025, 3, 20, 21, 0, tzinfo=UTC)),
        ("We will resolve this within two business days", datetime(2025, 3, 14, 21, 0, tzinfo=UTC)),
        ("Свяжемся с Вами", None),
    ],
)
def test_a_promise_runs_out_when_its_words_say(text: str, until: datetime | None) -> None:
    assert deadline(text) == until


def test_a_day_ends_where_the_company_is() -> None:
    assert deadline("Доставим завтра", "Asia/Vladivostok") == datetime(2025, 3, 13, 14, 0, tzinfo=UTC)
    late = datetime(2025, 3, 12, 20, 0, tzinfo=UTC)  # already the 13th in Vladivostok, still the 12th in Moscow
    assert deadline("Доставим завтра", "Asia/Vladivostok", late) == datetime(2025, 3, 14, 14, 0, tzinfo=UTC)
    assert deadline("Доставим завтра", "Europe/Moscow", late) == datetime(2025, 3, 13, 21, 0, tzinfo=UTC)


def test_a_day_with_a_change_of_clocks_is_counted_by_the_calendar_and_hours_by_the_clock() -> None:
    before = datetime(2025, 3, 29, 12, 0, tzinfo=UTC)  # clocks in Berlin go forward in the night
    assert deadline("We will call you tomorrow", "Europe/Berlin", before) == datetime(2025, 3, 30, 22, 0, tzinfo=UTC)
    assert deadline("We will call you in 24 hours", "Europe/Berlin", before) == datetime(2025, 3, 30, 12, 0, tzinfo=UTC)


def test_working_days_are_those_of_the_calendar_that_is_given() -> None:
    (promise,) = promises_in(
        "Ответим в течение 2 рабочих дней",
        said_at=SAID_AT,
        time_zone="Europe/Moscow",
        is_working=lambda day: day not in {date(2025, 3, 13), date(2025, 3, 14), date(2025, 3, 15)},
    )
    assert promise.deadline_at == datetime(2025, 3, 17, 21, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["Мы не перезвоним", "Когда вы перезвоните?", "Если доставим завтра, то скажите", "Спасибо за обращение", "",
     "We will not call you back", "Will you call?"],
)  # fmt: skip
def test_what_is_asked_denied_or_conditional_is_no_promise(text: str) -> None:
    assert promises_in(text, said_at=SAID_AT, time_zone="Europe/Moscow") == []


def test_the_words_of_a_promise_are_found_in_their_place() -> None:
    text = "Здравствуйте! Мы перезвоним завтра до 18:00. Спасибо"
    (promise,) = promises_in(text, said_at=SAID_AT, time_zone="Europe/Moscow")
    assert promise.action == "call"
    assert text[promise.start : promise.end] == "перезвоним завтра до 18:00"


def test_dates_that_do_not_exist_name_no_deadline() -> None:
    assert deadline("Отправим 31 февраля") is None
    assert deadline("Отправим 45.13") is None
