"""Detectors that hold one record against another: charges, calls, checkouts, returns, offers, statements, survey comments."""

from __future__ import annotations

import pytest

from lakmus.engine.bucket import facts_until
from lakmus.engine.errors import checkout_obstacle
from lakmus.engine.errors.detector import Scene
from lakmus.engine.errors.preferences import register, violations
from tests.engine.batteries import COMPANY, check_detector, feeds_of
from tests.engine.histories import History, moment

AS_OF = moment("2025-06-01")


# -- hidden_charge -----------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(("charged", "found"), [(1000.0, 0), (1010.0, 0), (1010.5, 1), (900.0, 0)])
def test_a_charge_above_the_order_is_hidden(charged: float, found: int) -> None:
    history = History().customer("anna").order("1", "2025-03-01", 1000.0).fact("was_charged", "2025-03-02", order="1", amount=charged)
    check_detector(history, "hidden_charge", as_of=AS_OF, found=found)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("at", "back", "found"), [("2025-03-03", 200.0, 0), ("2025-03-03 00:01", 200.0, 1), ("2025-03-02 10:00", 100.0, 1)]
)
def test_a_difference_given_back_within_a_day_is_none(at: str, back: float, found: int) -> None:
    history = History().customer("anna").order("1", "2025-03-01", 1000.0).fact("was_charged", "2025-03-02", order="1", amount=1200.0)
    check_detector(history.fact("was_refunded", at, order="1", amount=back), "hidden_charge", as_of=AS_OF, found=found)


def test_two_charges_of_one_order_add_up() -> None:
    history = History().customer("anna").order("1", "2025-03-01", 1000.0)
    history.fact("was_charged", "2025-03-02", order="1", amount=600.0).fact("was_charged", "2025-03-03", order="1", amount=600.0)
    errors = check_detector(history, "hidden_charge", as_of=AS_OF, found=1)
    assert errors["at"].to_list() == [moment("2025-03-03")]
    assert errors["summary_ru"].to_list() == ["Заказ на 1000,00, списали 1200,00: больше на 200,00"]


# -- hard_to_reach -----------------------------------------------------------------------------------------------


def calls(*failed: str, then: tuple[str, str] | None = None) -> History:
    history = History().customer("anna")
    for at in failed:
        history.fact("missed_call", at, channel="phone")
    if then is not None:
        history.fact(then[0], then[1], channel="phone")
    return history.customer("bob").fact("called", "2025-05-30 10:00", channel="phone")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("then", "found"),
    [(None, 1), (("called", "2025-03-02 10:00"), 0), (("was_contacted", "2025-03-01 18:00"), 0), (("called", "2025-03-02 10:01"), 1)],
)
def test_a_call_wants_a_way_through_within_a_day(then: tuple[str, str] | None, found: int) -> None:
    errors = check_detector(calls("2025-03-01 10:00", then=then), "hard_to_reach", as_of=AS_OF, found=found)
    assert errors["at"].to_list() == [moment("2025-03-01 10:00")] * found


def test_a_second_failed_call_is_the_moment_of_the_error() -> None:
    errors = check_detector(
        calls("2025-03-01 10:00", "2025-03-01 11:00", then=("called", "2025-03-01 12:00")), "hard_to_reach", as_of=AS_OF, found=1
    )
    assert errors["at"].to_list() == [moment("2025-03-01 11:00")]


def test_failed_calls_after_the_end_of_the_feed_are_not_judged() -> None:
    check_detector(History().customer("anna").fact("missed_call", "2025-03-01 10:00"), "hard_to_reach", as_of=AS_OF, found=0)


# -- checkout_obstacle -------------------------------------------------------------------------------------------


def tries(*minutes: int, ordered: str | None = None) -> History:
    history = History().customer("anna")
    for minute in minutes:
        history.fact("started_checkout", f"2025-03-01 {10 + minute // 60}:{minute % 60:02}")
    return history.order("1", ordered) if ordered else history.customer("bob").order("2", "2025-05-01")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("minutes", "ordered", "found"),
    [
        ((0, 10, 60), None, 1),
        ((0, 10), None, 0),
        ((0, 10, 61), None, 0),
        ((0, 5, 10), "2025-03-02 10:00", 0),
        ((0, 5, 10), "2025-03-02 10:01", 1),
    ],
)
def test_three_tries_within_an_hour_without_an_order_are_an_obstacle(minutes: tuple[int, ...], ordered: str | None, found: int) -> None:
    check_detector(tries(*minutes, ordered=ordered), "checkout_obstacle", as_of=AS_OF, found=found)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("reason", "found"), [("Ошибка оплаты", 1), ("не прошла оплата", 1), ("payment declined", 1), ("дорого", 0), (None, 0)]
)
def test_a_checkout_left_because_of_an_error_is_an_obstacle(reason: str | None, found: int) -> None:
    history = History().customer("anna").fact("abandoned_checkout", "2025-03-01 10:00", reason=reason)
    check_detector(history, "checkout_obstacle", as_of=AS_OF, found=found)


def test_a_checkout_that_an_order_followed_is_compared_with_nothing() -> None:
    history = tries(0, ordered="2025-03-01 10:05").fact("started_checkout", "2025-03-09 10:00")
    facts = facts_until(history.table(), as_of=AS_OF)
    found = checkout_obstacle.find(Scene(facts, feeds_of(facts), COMPANY, AS_OF))
    assert found.moments.select("at", "exposed").rows() == [(moment("2025-03-09 10:00"), False)]


# -- inattention -------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("reason", "found"),
    [
        ("Прислали не тот размер", 1),
        ("не доложили чехол", 1),
        ("ошиблись адресом", 1),
        ("wrong item", 1),
        ("не подошёл размер", 0),
        ("передумал", 0),
    ],
)
def test_a_thing_mixed_up_is_inattention(reason: str, found: int) -> None:
    history = (
        History()
        .customer("anna")
        .order("1", "2025-03-01")
        .receive("1", "2025-03-03")
        .fact("returned_item", "2025-03-05", order="1", reason=reason)
    )
    check_detector(history, "inattention", as_of=AS_OF, found=found)


def test_a_violated_preference_is_inattention_with_the_wish_as_proof() -> None:
    history = History().customer("anna").fact("stated_preference", "2025-03-01", topic="упаковка", text="без пакета")
    errors = check_detector(history.fact("preference_violated", "2025-03-05", topic="упаковка"), "inattention", as_of=AS_OF, found=1)
    assert len(errors["evidence"][0]) == 2


# -- no_personal_approach ----------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(("product", "found"), [("Чайник", 1), ("чайник ", 1), ("Лампа", 0), (None, 0)])
def test_what_came_back_is_not_offered_again(product: str | None, found: int) -> None:
    history = History().customer("anna").fact("returned_item", "2025-03-01", order="1", product="Чайник")
    check_detector(
        history.fact("received_offer", "2025-04-01", product=product, channel="email"), "no_personal_approach", as_of=AS_OF, found=found
    )


def test_a_complaint_about_the_only_product_of_an_order_is_about_that_product() -> None:
    history = History().customer("anna").fact("ordered_item", "2025-03-01", order="1", product="Чайник").review("2025-03-09", 1, order="1")
    check_detector(history.fact("received_offer", "2025-04-01", product="Чайник"), "no_personal_approach", as_of=AS_OF, found=1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wish", "channel", "found"),
    [
        ("не звонить", "phone", 1),
        ("не звонить", "email", 0),
        ("звонить нельзя, лучше писать", "email", 0),
        ("звонить нельзя", "phone", 1),
        ("только почта", "sms", 1),
        ("email", "email", 0),
        ("только email", "телефон", 1),
    ],
)
def test_an_offer_keeps_to_the_channels_that_the_customer_wants(wish: str, channel: str, found: int) -> None:
    history = History().customer("anna").fact("stated_preference", "2025-03-01", topic="канал", text=wish)
    check_detector(history.fact("received_offer", "2025-04-01", channel=channel), "no_personal_approach", as_of=AS_OF, found=found)


EVERYWHERE = ["phone", "sms", "email", "messenger", "push", "chat", "social"]


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("звонить нельзя, лучше писать", ["phone"]),
        ("Не звоните, пишите в мессенджер", ["phone"]),
        ("только почта", [one for one in EVERYWHERE if one != "email"]),
        ("без звонков и смс", ["phone", "sms"]),
        ("no calls please, email is fine", ["phone"]),
        ("лучше писать", []),
        ("please don't text me", ["sms"]),
        ("звонить можно, письма не нужны", ["email"]),
        ("не звонить до 12:00", []),
        ("never phone before noon", []),
        ("не звонить, только SMS", ["phone"]),
    ],
)
def test_a_wish_refuses_the_channels_that_it_says_no_to(text: str, refused: list[str]) -> None:
    history = History().customer("anna").fact("stated_preference", "2025-03-01", topic="Канал связи", text=text)
    assert register(facts_until(history.table(), as_of=AS_OF))["refused"].to_list() == [refused]


def test_the_register_says_which_wishes_were_violated() -> None:
    history = History().customer("anna").fact("stated_preference", "2025-03-01", topic="канал", text="не звонить")
    history.fact("was_contacted", "2025-03-03", channel="phone").customer("bob").fact(
        "stated_preference", "2025-03-01", topic="канал", text="email"
    )
    facts = facts_until(history.table(), as_of=AS_OF)
    assert register(facts)["refused"].to_list()[0] == ["phone"]
    assert violations(facts, as_of=AS_OF)["violated_at"].to_list() == [moment("2025-03-03"), None]


# -- wrong_information -------------------------------------------------------------------------------------------


def answered(text: str, at: str = "2025-03-02 12:00") -> History:
    history = History().customer("anna").order("1", "2025-03-01", 1000.0).promise("1", "2025-03-05", at="2025-03-01")
    return history.case("7", "2025-03-02 11:00", order="1").says("7", "2025-03-02 11:00").reply("7", at, text=text)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Сумма заказа 1 200 ₽", 1), ("Стоимость заказа 1 000 ₽", 0), ("Доставим 07.03", 1), ("Привезём 5 марта", 0),
        ("Ваш заказ на сумму 1 000 ₽ доставим 6 марта", 1), ("Вернём 300 ₽ до 09.03", 0), ("Your order total is 990 RUB", 0),
    ],
)  # fmt: skip
def test_a_reply_is_held_against_the_order_of_its_case(text: str, found: int) -> None:
    check_detector(answered(text), "wrong_information", as_of=AS_OF, found=found)


def test_a_day_promised_anew_before_the_reply_is_right() -> None:
    check_detector(
        answered("Доставим 07.03", "2025-03-04 12:00").promise("1", "2025-03-07", at="2025-03-03"),
        "wrong_information",
        as_of=AS_OF,
        found=0,
    )


# -- no_reply: comments of surveys -------------------------------------------------------------------------------


COMMENTS = [
    ("Ужасное обслуживание", "nps", 3.0, None, 1),
    ("Почему так долго?", "nps", 10.0, None, 1),
    ("Всё отлично, спасибо", "nps", 9.0, None, 0),
    ("Ужасное обслуживание", "nps", 3.0, "2025-03-04", 0),
    ("Долго.", "nps", 4.0, None, 1),
    ("Бывало и хуже", "nps", 9.0, None, 0),
    ("Ужасное обслуживание", "nps", 8.0, None, 1),
    ("Могло быть быстрее", "csat", 1.0, None, 1),
    ("Ужасное обслуживание", "csat", None, None, 1),
    ("Без комментариев", "nps", 1.0, None, 0),
    ("N/A", "csat", 1.0, None, 0),
]


@pytest.mark.slow
@pytest.mark.parametrize(("text", "survey", "points", "contact", "found"), COMMENTS)
def test_a_comment_that_displeases_or_asks_wants_an_answer(
    text: str, survey: str, points: float | None, contact: str | None, found: int
) -> None:
    history = History().customer("anna").fact("answered_survey", "2025-03-01", survey=survey, score=points, text=text)
    if contact:
        history.fact("was_contacted", contact)
    history.customer("bob").fact("was_contacted", "2025-05-20")
    errors = check_detector(history, "no_reply", as_of=AS_OF, found=found)
    assert errors["detector"].to_list() == ["comment_never_taken_up"] * found
