"""The audit of automatic messages, after they were sent and before."""

from __future__ import annotations

import pytest

from lakmus.engine.bucket import facts_until
from lakmus.engine.errors.message_audit import FINDINGS, audit, check_draft
from lakmus.engine.orders import order_table
from tests.engine.batteries import check_detector
from tests.engine.histories import COMPANY, History, moment

AS_OF = moment("2025-06-01")


def bought() -> History:
    history = History().customer("anna").fact("gave_details", "2025-02-01", name="Анна Ким")
    return history.order("1001", "2025-03-01 10:00", 5400.0).promise("1001", "2025-03-05", at="2025-03-01 10:00")


def sent(history: History, at: str, text: str, order: str | None = "1001") -> History:
    return history.customer("anna").fact("received_automatic_message", at, order=order, text=text, template="t", channel="sms")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("Анна, здравствуйте! Сумма заказа № 1001: 5 400 ₽, доставим 05.03.", []),
        ("Здравствуйте, {{имя}}! Заказ принят.", ["placeholder"]),
        ("$USERNAME$, заказ принят", ["placeholder"]),
        ("<имя>, заказ на %СУММА% принят, скидка 10%", ["placeholder"]),
        ("[Имя клиента], заказ принят<br>", ["placeholder"]),
        ("Здравствуйте, Роман! Заказ собран", ["wrong_name"]),
        ("Сумма заказа 5 600 ₽", ["wrong_sum"]),
        ("Сумма заказа 5 450 ₽", []),
        ("Стоимость доставки 300 ₽, сумма возврата 200 ₽, бесплатно при заказе на сумму от 3 000 ₽", []),
        ("Ваш заказ будет доставлен 6 марта", ["wrong_date"]),
        ("Доставка 4–6 марта", []),
        ("Доставка заказа № 1001 перенесена с 03.03 на 05.03", []),
        ("Your order total is 5,400.00 RUB, it will be delivered on March 7", ["wrong_date"]),
        ("Заказ № 1010 передан курьеру", ["wrong_number"]),
        ("Здравствуйте, Иван! Ваш заказ собран", ["wrong_name"]),
        ("Здравствуйте, Аня! Ваш заказ собран", []),
        ("Здравствуйте, уважаемый клиент! Ваш заказ собран", []),
    ],
)
def test_a_message_is_held_against_its_order(text: str, findings: list[str]) -> None:
    draft = check_draft(text, bought().table(), order="1001", as_of=moment("2025-03-02 12:00"), company=COMPANY)
    assert [one.finding for one in draft] == findings
    history = sent(bought(), "2025-03-02 12:00", text)
    errors = check_detector(history, "automatic_message_error", as_of=AS_OF, found=1 if findings else 0)
    assert errors["at"].to_list() == [moment("2025-03-02 12:00")] * errors.height


def test_only_what_was_known_when_the_message_went_out_counts() -> None:
    history = bought().promise("1001", "2025-03-09", at="2025-03-03 10:00")
    sent(history, "2025-03-02 12:00", "Доставим 05.03")
    sent(history, "2025-03-04 12:00", "Доставим 09.03")
    check_detector(history, "automatic_message_error", as_of=AS_OF, found=0)


@pytest.mark.slow
@pytest.mark.parametrize(("at", "found"), [("21:59", 0), ("22:00", 1), ("03:10", 1), ("07:59", 1), ("08:00", 0), ("00:00", 0)])
def test_a_message_between_ten_and_eight_comes_at_night(at: str, found: int) -> None:
    history = sent(bought(), f"2025-03-02 {at}", "Заказ собран")
    check_detector(history, "automatic_message_error", as_of=AS_OF, found=found)


@pytest.mark.slow
@pytest.mark.parametrize(("again", "found"), [("2025-03-03 12:00", 1), ("2025-03-03 12:01", 0)])
def test_the_same_text_about_the_same_order_within_a_day_is_a_duplicate(again: str, found: int) -> None:
    history = sent(sent(bought(), "2025-03-02 12:00", "Заказ собран"), again, "Заказ собран")
    errors = check_detector(history, "automatic_message_error", as_of=AS_OF, found=found)
    assert [len(proof) for proof in errors["evidence"]] == [2] * found


def test_the_audit_says_what_was_said_and_what_is_so() -> None:
    history = sent(sent(bought(), "2025-03-02 12:00", "Заказ собран"), "2025-03-02 23:30", "Иван, доставим 06.03 {order}")
    facts = facts_until(history.table(), as_of=AS_OF)
    rows = audit(facts, order_table(facts, currency="RUB"), company=COMPANY)
    assert rows["findings"].to_list() == [[], ["placeholder", "wrong_date", "wrong_name", "at_night"]]
    assert rows["said"].to_list()[1] == ["{order}", "доставим 06.03", "Иван", "23:30"]
    assert rows["fact"].to_list()[1] == ["", "2025-03-05", "Анна Ким", "08:00–22:00"]
    assert set(rows["findings"].to_list()[1]) < set(FINDINGS)


def test_a_message_that_names_the_order_in_its_text_only_speaks_of_it() -> None:
    history = sent(bought(), "2025-03-02 12:00", "Заказ № 1001: сумма 1 ₽", order=None)
    check_detector(history, "automatic_message_error", as_of=AS_OF, found=1)


def test_a_draft_that_was_sent_already_is_a_duplicate() -> None:
    history = sent(bought(), "2025-03-02 10:00", "Заказ собран").table()
    found = check_draft("Заказ собран", history, order="1001", as_of=moment("2025-03-02 12:00"), company=COMPANY)
    assert [(one.finding, one.fact) for one in found] == [("duplicate", "2025-03-02 10:00")]


def test_a_draft_to_somebody_unknown_is_judged_by_its_text_alone() -> None:
    nothing = History().table().slice(0, 0)
    found = check_draft("Здравствуйте, {{name}}! Сумма 5 400 ₽", nothing, order=None, as_of=AS_OF, company=COMPANY)
    assert [one.finding for one in found] == ["placeholder"]
