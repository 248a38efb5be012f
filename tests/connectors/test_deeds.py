"""Calls, charges, offers, preferences and checkouts, counted by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.connectors.conftest import Reader
from tests.connectors.test_activities import moment, only

Write = Callable[..., Path]


def test_a_log_of_calls_tells_who_got_through_and_whom_we_called(write: Write, read_files: Reader) -> None:
    header = "Дата звонка;ID клиента;Направление;Результат звонка;Длительность разговора;Оператор;Тема\n"
    rows = (
        "10.02.2025 12:00;7;входящий;отвечен;2,5;Ким;Где заказ\n"
        "10.02.2025 12:10;7;входящий;не отвечен;0;;\n"
        "10.02.2025 12:20;7;входящий;клиент не дождался;0;;\n"
        "10.02.2025 12:30;7;исходящий;успешный;1;Ким;\n"
        "10.02.2025 12:40;7;исходящий;нет ответа;0;Ким;\n"
        "10.02.2025 12:50;7;входящий;непонятно что;0;;\n"
    )
    read = read_files(write("log.csv", header + rows))
    called = only(read.of("called"))
    assert (called["_minutes"], called["_staff"], called["_topic"], called["_channel"]) == (2.5, "Ким", "Где заказ", "phone")
    assert only(read.of("missed_call"))["ts"] == moment(10, 12, 10)
    assert only(read.of("abandoned_queue"))["ts"] == moment(10, 12, 20)
    assert only(read.of("was_contacted"))["ts"] == moment(10, 12, 30)
    outcome = read.files[0]
    assert (outcome.kind, outcome.read, outcome.accepted, outcome.reasons) == ("calls", 6, 5, {"unknown_operation": 1})
    assert len(read.activities) == 4


def test_charges_and_refunds_find_their_customer_by_the_order(write: Write, read_files: Reader) -> None:
    orders = write("orders.csv", "Номер заказа;Дата заказа;ID клиента;Сумма\n1;10.02.2025;7;100\n")
    rows = "1;10.02.2025 12:00;списание;110\n1;11.02.2025 12:00;возврат;10\n1;12.02.2025 12:00;списание;-5\n;12.02.2025 12:00;списание;5\n"
    read = read_files(orders, write("charges.csv", "Номер заказа;Дата операции;Операция;Сумма операции\n" + rows))
    charged = only(read.of("was_charged"))
    assert (charged["customer"], charged["_order"], charged["_amount"], charged["revenue_impact"]) == ("7", "1", 110.0, 0.0)
    assert sorted(row["_amount"] for row in read.of("was_refunded")) == [5.0, 10.0]
    assert next(file for file in read.files if file.kind == "charges").reasons == {"missing_key": 1}


def test_an_offer_names_its_product_and_channel(write: Write, read_files: Reader) -> None:
    header = "ID клиента;Дата предложения;Акция;Артикул;Товар;Канал;Текст предложения\n"
    read = read_files(write("offers.csv", header + "7;10.02.2025 12:00;весна;А-1;Чай;смс;Чай дешевле\n"))
    offer = only(read.of("received_offer"))
    assert (offer["_template"], offer["_product"], offer["_channel"], offer["_text"]) == ("весна", "А-1", "смс", "Чай дешевле")


def test_preferences_are_stated_or_violated(write: Write, read_files: Reader) -> None:
    header = "ID клиента;Дата пожелания;Вид пожелания;Пожелание;Что произошло;Номер заказа\n"
    rows = "7;10.02.2025;канал связи;не звонить;записано;\n7;12.02.2025;канал связи;не звонить;нарушено;1\n"
    read = read_files(write("preferences.csv", header + rows))
    stated, violated = only(read.of("stated_preference")), only(read.of("preference_violated"))
    assert (stated["_topic"], stated["_text"], stated["ts"]) == ("канал связи", "не звонить", moment(10))
    assert (violated["_topic"], violated["_order"], violated["ts"]) == ("канал связи", "1", moment(12))


def test_checkouts_are_started_and_abandoned_for_a_reason(write: Write, read_files: Reader) -> None:
    header = "Дата события;ID клиента;Событие оформления;Страница;Сумма корзины;Причина отказа\n"
    rows = "10.02.2025 12:00;7;начало оформления;/oplata;100,50;\n10.02.2025 12:05;7;оформление брошено;/oplata;100,50;ошибка оплаты\n"
    read = read_files(write("checkout.csv", header + rows))
    assert (only(read.of("started_checkout"))["_amount"], only(read.of("started_checkout"))["_page"]) == (100.5, "/oplata")
    assert only(read.of("abandoned_checkout"))["_reason"] == "ошибка оплаты"


def test_an_answer_to_a_survey_comment_is_a_reply_outside_any_case(write: Write, read_files: Reader) -> None:
    header = "ID клиента;Дата отправки;Опрос;Дата ответа;Оценка;Комментарий;Номер обращения;Дата ответа компании;Ответ компании\n"
    read = read_files(write("surveys.csv", header + "7;10.02.2025;CSAT;11.02.2025;2;Долго;О-1;12.02.2025 10:00;Простите\n"))
    reply = only(read.of("received_reply"))
    assert (reply["customer"], reply["_author"], reply["_case"], reply["_text"]) == ("7", "person", None, "Простите")
    assert Counter(row["activity"] for row in read.activities) == {"was_surveyed": 1, "answered_survey": 1, "received_reply": 1}
