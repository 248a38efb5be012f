"""Errors in conversations: promises of staff, how they answer, and what customers tell of in their own words."""

from __future__ import annotations

import pytest

from lakmus.engine.bucket import facts_until
from lakmus.engine.errors.detector import Scene
from lakmus.engine.errors.search import CODES, detectors_of, find_errors, leading
from lakmus.engine.feeds import feeds_of
from tests.engine.batteries import check_detector, errors_of
from tests.engine.histories import COMPANY, History, moment

AS_OF = moment("2025-06-01")


def talk(question: str, reply: str, *more: tuple[str, str, str], order: str | None = None) -> History:
    """Anna asks at 10:00 on 3 March (a Monday), a person answers at 10:10; another talk later shows that the feed goes on."""
    history = History().customer("anna").fact("gave_details", "2025-02-01", name="Анна")
    history.case("1", "2025-03-03 10:00", order=order).says("1", "2025-03-03 10:00", question).reply("1", "2025-03-03 10:10", text=reply)
    for who, at, text in more:
        history = history.says("1", at, text) if who == "customer" else history.reply("1", at, text=text)
    return (
        history.customer("bob").case("9", "2025-05-30 10:00").says("9", "2025-05-30 10:00").reply("9", "2025-05-30 10:05", text="Анна, да")
    )


def scene_of(history: History) -> Scene:
    facts = facts_until(history.table(), as_of=AS_OF)
    return Scene(facts, feeds_of(facts), COMPANY, AS_OF)


# -- promises ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kept", "status"),
    [
        ("2025-03-03 15:00", "kept"),
        ("2025-03-03 18:30", "late"),
        ("2025-03-10 18:00", "late"),
        ("2025-03-10 18:01", "broken"),
        (None, "broken"),
    ],
)
def test_a_promise_to_call_is_kept_by_a_contact_in_time(kept: str | None, status: str) -> None:
    history = talk("Где заказ?", "Перезвоним до 18:00")
    if kept:
        history.customer("anna").fact("was_contacted", kept, channel="phone")
    row = scene_of(history).promises.row(0, named=True)
    assert (row["status"], row["source"], row["action"], row["due_at"]) == (status, "message", "call", moment("2025-03-03 18:00"))
    assert row["quote"] == "Перезвоним до 18:00"
    errors = check_detector(history, "broken_promise", as_of=AS_OF, found=int(status != "kept"))
    assert errors["at"].to_list() == [moment("2025-03-03 18:00")] * errors.height


def test_each_promise_is_kept_by_its_own_deed() -> None:
    history = talk("Верните деньги", "Вернём деньги до 05.03", order="A")
    history.customer("anna").fact("was_refunded", "2025-03-04", order="B", amount=1.0).fact(
        "was_refunded", "2025-03-08", order="A", amount=1.0
    )
    history.customer("bob").fact("was_refunded", "2025-05-01", order="C", amount=1.0)
    assert scene_of(history).promises.select("status", "late_days").rows() == [("late", 2.0)]


def test_a_promise_is_open_where_nothing_could_show_it_kept() -> None:
    assert scene_of(talk("Верните деньги", "Вернём деньги до 05.03")).promises["status"].to_list() == ["open"]


def test_an_hour_beforehand_is_no_deadline() -> None:
    assert scene_of(talk("Когда привезут?", "Курьер позвонит за час до приезда")).promises.is_empty()


def test_promises_of_orders_stand_in_the_same_ledger() -> None:
    history = (
        History().customer("anna").order("1", "2025-03-01").promise("1", "2025-03-05", at="2025-03-01").receive("1", "2025-03-07 12:00")
    )
    history.order("2", "2025-05-28").promise("2", "2025-06-05", at="2025-05-28")
    assert scene_of(history).promises.select("source", "status").rows() == [("order", "late"), ("order", "open")]


# -- how staff answer --------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "reply", "found"),
    [
        ("indifference", "Ожидайте.", 1),
        ("indifference", "Анна, ожидайте.", 0),
        ("indifference", "Извините за ожидание.", 0),
        ("indifference", "Отправили вам новый.", 0),
        ("indifference", "Разберёмся и сообщим.", 0),
        ("indifference", "Какой номер заказа?", 0),
        ("indifference", "Нам очень жаль, что так вышло.", 0),
        ("indifference", "Сами виноваты, читать надо было", 0),
        ("indifference", "Настоящим сообщаем, что в соответствии с регламентом обращение рассмотрено.", 0),
        ("indifference", "Не знаю.", 0),
        ("rudeness", "Сами виноваты, читать надо было внимательно", 1),
        ("rudeness", "Понимаю вас, сейчас всё исправим", 0),
        ("formal_script", "Настоящим сообщаем, что в соответствии с регламентом обращение рассмотрено.", 1),
        ("formal_script", "Благодарим за обращение! Курьер приедет сегодня.", 0),
        ("inflexibility", "К сожалению, ничем не можем помочь.", 1),
        ("inflexibility", "Обменять не можем, но можем предложить скидку.", 0),
        ("inflexibility", "Это не положено, но для вас сделаем исключение.", 0),
        ("inflexibility", "Это не положено, исключений не делаем.", 1),
        ("untrained_staff", "Не знаю.", 1),
        ("untrained_staff", "Не знаю, уточню и напишу вам.", 0),
        ("untrained_staff", "I have no idea", 1),
    ],
)
def test_a_reply_is_judged_by_what_it_does(code: str, reply: str, found: int) -> None:
    errors = check_detector(talk("Это ужасно, безобразие!", reply), code, as_of=AS_OF, found=found)
    assert errors["at"].to_list() == [moment("2025-03-03 10:10")] * found


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Есть ли этот товар в красном цвете?", 0),
        ("Сколько ждать возврата?", 0),
        ("Можно перенести доставку? Планы изменились.", 0),
        ("Заказ не привезли, это ужасно. Когда его ждать?", 1),
        ("Сколько можно ждать? Безобразие.", 1),
    ],
)
def test_only_complaints_can_be_answered_with_indifference(question: str, found: int) -> None:
    check_detector(talk(question, "Ожидайте."), "indifference", as_of=AS_OF, found=found)


def test_a_greeting_by_a_name_is_no_indifference_where_nobody_knows_the_name() -> None:
    history = History().customer("anna").case("1", "2025-03-03 10:00").says("1", "2025-03-03 10:00", "Это ужасно, безобразие!")
    history.reply("1", "2025-03-03 10:10", text="Здравствуйте, Анна! Ожидайте.")
    check_detector(history, "indifference", as_of=AS_OF, found=0)


def test_a_reply_with_another_fault_is_no_moment_of_indifference() -> None:
    scene = scene_of(talk("Это ужасно, безобразие!", "Ничем не можем помочь."))
    assert find_errors(scene, detectors_of("indifference")).moments.is_empty()


@pytest.mark.slow
@pytest.mark.parametrize(("after", "found"), [("Вы не поняли, я не об этом спрашивала", 1), ("Спасибо, поняла", 0)])
def test_a_customer_says_that_another_question_was_answered(after: str, found: int) -> None:
    history = talk("Когда приедет курьер?", "Баллы начислены", ("customer", "2025-03-03 10:20", after))
    errors = check_detector(history, "misunderstanding", as_of=AS_OF, found=found)
    assert errors["at"].to_list() == [moment("2025-03-03 10:20")] * found


# -- customers' words --------------------------------------------------------------------------------------------


def test_words_of_a_customer_are_an_error_of_their_own_where_no_fact_shows_it() -> None:
    errors = check_detector(History().customer("anna").review("2025-03-01", 1, "Нахамили на кассе"), "rudeness", as_of=AS_OF, found=1)
    assert errors["detector"].to_list() == ["rudeness_in_words"]
    assert errors["summary_ru"].to_list() == ["Клиент сам пишет об этом 01.03.2025: «Нахамили»"]


def test_words_about_an_error_that_facts_show_become_its_proof() -> None:
    history = (
        History().customer("anna").order("1", "2025-03-01").promise("1", "2025-03-05", at="2025-03-01").receive("1", "2025-03-09 12:00")
    )
    history.review("2025-03-10", 1, "Обещали пятого и не привезли", order="1")
    errors = check_detector(history, "broken_promise", as_of=AS_OF, found=1)
    assert errors["detector"].to_list() == ["delivered_after_promise"]
    assert len(errors["evidence"][0]) == 4


def test_a_case_tells_of_an_error_once() -> None:
    history = talk("Мне нахамили", "Простите, Анна", ("customer", "2025-03-03 10:20", "Нахамили, говорю вам"))
    check_detector(history, "rudeness", as_of=AS_OF, found=1)


def test_every_code_has_a_detector_of_facts_and_one_of_words() -> None:
    assert len(CODES) == 18
    assert all({detector.source for detector in detectors_of(code)} == {"facts", "words"} for code in CODES)


def test_the_effect_of_a_code_is_taken_from_facts_where_there_are_any() -> None:
    talking, reviewing = talk("Нахамили", "Да"), History().customer("anna").review("2025-03-01", 1, "Нахамили")
    for history, leader in ((talking, "rude_words_of_staff"), (reviewing, "rudeness_in_words")):
        scene = scene_of(history)
        moments = find_errors(scene).moments
        assert leading(scene.feeds)["rudeness"] == leader
        assert set(moments.filter(moments["code"] == "rudeness")["detector"]) == {leader}


def test_two_detectors_of_one_code_name_their_errors_apart() -> None:
    history = talk("Где?", "Перезвоним до 18:00").customer("carl").order("1", "2025-03-01").promise("1", "2025-03-05", at="2025-03-01")
    history.receive("1", "2025-03-09 12:00")
    errors = errors_of(history.table(), AS_OF, "broken_promise")
    assert errors["error_id"].n_unique() == 2
    assert sum(name.count(":") > 1 for name in errors["error_id"]) == 1
