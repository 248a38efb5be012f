"""The five fact detectors, each on histories short enough to judge by eye; the battery runs on every one of them."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from lakmus.engine.errors.catalogue import ERROR_CODES, OTHER_REASONS
from lakmus.engine.errors.search import DETECTORS
from tests.engine.batteries import check_detector, errors_of, moments_of
from tests.engine.histories import History, day_end, moment

AS_OF = moment("2025-06-01")


def chat(*turns: tuple[str, str, str]) -> History:
    """A chat of anna opened on 1 March at 10:00, and another one later that shows the feed goes on."""
    history = History().customer("anna").case("1", "2025-03-01 10:00").says("1", "2025-03-01 10:00")
    for who, at, text in turns:
        history = history.says("1", at, text) if who == "customer" else history.reply("1", at, author=who, text=text)
    return history.customer("bob").case("9", "2025-05-30 10:00").says("9", "2025-05-30 10:00").reply("9", "2025-05-30 10:05")


# -- slow_reply --------------------------------------------------------------------------------------------------


def test_a_reply_after_the_target_is_slow() -> None:
    errors = check_detector(chat(("person", "2025-03-01 13:00", "Уточню")), "slow_reply", as_of=AS_OF, found=1)
    row = errors.row(0, named=True)
    assert (row["customer"], row["case"], row["staff"], row["channel"]) == ("anna", "1", "Олег", "chat")
    assert row["at"] == moment("2025-03-01 11:00")
    assert (row["amount_of_delay"], row["delay_unit"]) == (120.0, "minutes")


def test_a_reply_at_the_target_is_in_time() -> None:
    check_detector(chat(("person", "2025-03-01 11:00", "Да")), "slow_reply", as_of=AS_OF, found=0)


@pytest.mark.parametrize("author", ["bot", "system"])
def test_a_bot_and_the_system_stop_no_clock(author: str) -> None:
    turns = ((author, "2025-03-01 10:01", "Ваше обращение принято"), ("person", "2025-03-01 12:30", "Да"))
    check_detector(chat(*turns), "slow_reply", as_of=AS_OF, found=1)


def test_thanks_open_no_clock() -> None:
    turns = (
        ("person", "2025-03-01 10:10", "Да"),
        ("customer", "2025-03-01 10:20", "Спасибо!"),
        ("person", "2025-03-01 15:00", "Рады помочь"),
    )
    check_detector(chat(*turns), "slow_reply", as_of=AS_OF, found=0)


def test_a_reminder_does_not_start_the_clock_anew() -> None:
    turns = (("customer", "2025-03-01 10:50", "вы тут?"), ("person", "2025-03-01 11:20", "Да"))
    assert check_detector(chat(*turns), "slow_reply", as_of=AS_OF, found=1)["amount_of_delay"].to_list() == [20.0]


def test_the_next_question_has_its_own_clock() -> None:
    turns = (("person", "2025-03-01 10:10", "Да"), ("customer", "2025-03-01 12:00", "А где он?"), ("person", "2025-03-01 14:00", "Везём"))
    errors = check_detector(chat(*turns), "slow_reply", as_of=AS_OF, found=1)
    assert errors["at"].to_list() == [moment("2025-03-01 13:00")]


def test_each_reopening_is_an_episode_with_its_own_clock() -> None:
    history = chat(("person", "2025-03-01 10:10", "Да")).customer("anna").resolve("1", "2025-03-01 11:00").reopen("1", "2025-03-02 09:00")
    history.reply("1", "2025-03-02 12:00")
    errors = check_detector(history, "slow_reply", as_of=AS_OF, found=1)
    assert errors["at"].to_list() == [moment("2025-03-02 10:00")]


def test_channels_have_their_own_targets_under_any_spelling() -> None:
    for channel, found in (("почта", 0), ("Чат", 1), ("email", 0), ("сова", 0)):
        history = History().customer("anna").case("1", "2025-03-01 10:00", channel=channel).reply("1", "2025-03-01 20:00")
        check_detector(history, "slow_reply", as_of=AS_OF, found=found)


def test_an_anonymous_case_still_gets_its_error() -> None:
    history = History().customer(None)
    history.fact("opened_case", "2025-03-01 10:00", anonymous="case:5", case="5", channel="chat")
    history.fact("received_reply", "2025-03-01 20:00", anonymous="case:5", case="5", author="person")
    assert check_detector(history, "slow_reply", as_of=AS_OF, found=1)["customer"].to_list() == [None]


# -- no_reply ----------------------------------------------------------------------------------------------------


def test_a_message_that_nobody_answers_is_an_error_after_the_limit() -> None:
    errors = check_detector(chat(), "no_reply", as_of=AS_OF, found=1)
    assert errors["at"].to_list() == [moment("2025-03-04 10:00")]
    assert errors_of(chat().table(), moment("2025-03-04 09:00"), "no_reply").height == 0


def test_an_answer_after_the_limit_is_no_reply_and_not_slow() -> None:
    history = chat(("person", "2025-03-05 10:00", "Простите"))
    check_detector(history, "no_reply", as_of=AS_OF, found=1)
    check_detector(history, "slow_reply", as_of=AS_OF, found=0)


def test_closing_a_case_is_not_an_answer() -> None:
    check_detector(chat().customer("anna").resolve("1", "2025-03-01 12:00"), "no_reply", as_of=AS_OF, found=1)


def test_silence_after_the_end_of_the_feed_is_not_judged() -> None:
    history = History().customer("anna").case("1", "2025-03-01 10:00").reply("1", "2025-03-01 10:05").says("1", "2025-03-01 12:00")
    check_detector(history, "no_reply", as_of=AS_OF, found=0)


def reviews(answered: bool) -> History:
    history = History().customer("anna").review("2025-03-01", 1, "Плохо").customer("bob").review("2025-03-01", 5, "Хорошо")
    history.customer("carl").review("2025-03-01", 1, None).customer("dora").review("2025-03-01", 2, "Так себе").fact(
        "review_answered", "2025-03-02"
    )
    return history if answered else History().customer("anna").review("2025-03-01", 1, "Плохо")


def test_a_bad_review_with_a_text_wants_an_answer() -> None:
    history = reviews(answered=True).customer("eve").review("2025-05-01", 5)
    errors = check_detector(history, "no_reply", as_of=AS_OF, found=1)
    assert errors["customer"].to_list() == ["anna"]


def test_a_company_that_answers_no_reviews_in_its_data_is_not_accused() -> None:
    check_detector(reviews(answered=False), "no_reply", as_of=AS_OF, found=0)


# -- unresolved_problem ------------------------------------------------------------------------------------------


def test_a_reopened_case_is_unresolved() -> None:
    history = (
        History()
        .customer("anna")
        .case("1", "2025-03-01")
        .reply("1", "2025-03-01 00:30")
        .resolve("1", "2025-03-02")
        .reopen("1", "2025-03-05")
    )
    errors = check_detector(history, "unresolved_problem", as_of=AS_OF, found=1)
    assert errors["at"].to_list() == [moment("2025-03-05")]
    assert len(errors["evidence"][0]) == 2


@pytest.mark.parametrize(
    ("later", "topic", "found"), [("2025-03-20", "Возврат", 1), ("2025-03-20", "Бонусы", 0), ("2025-04-20", "Возврат", 0)]
)
def test_coming_back_on_the_same_topic_soon_is_unresolved(later: str, topic: str, found: int) -> None:
    history = History().customer("anna").case("1", "2025-03-01", topic="Возврат").reply("1", "2025-03-01 00:30").resolve("1", "2025-03-02")
    errors = check_detector(history.case("2", later, topic=topic), "unresolved_problem", as_of=AS_OF, found=found)
    assert errors["case"].to_list() == ["2"] * found


def test_a_matter_is_one_moment_however_often_the_customer_comes_back_with_it() -> None:
    history = History().customer("anna")
    for number, day in (("1", "2025-03-01"), ("2", "2025-03-10"), ("3", "2025-03-20"), ("4", "2025-06-01")):
        history = history.case(number, day, topic="Возврат").reply(number, f"{day} 00:30").resolve(number, f"{day} 12:00")
    found = moments_of(history.table(), AS_OF, "unresolved_problem").select("case", "at", "exposed").rows()
    assert found == [("1", moment("2025-03-01"), True), ("4", moment("2025-06-01"), False)]


def test_closings_before_the_opening_lead_round_in_no_circle() -> None:
    history = History().customer("anna")
    for number, opened, closed in (("1", "2025-03-10", "2025-03-05"), ("2", "2025-03-06", "2025-03-09")):
        history = history.case(number, opened, topic="Возврат").resolve(number, closed)
    assert moments_of(history.table(), AS_OF, "unresolved_problem")["case"].to_list() == ["2"]


def test_a_topic_that_says_nothing_is_not_the_same_matter() -> None:
    history = (
        History()
        .customer("anna")
        .case("1", "2025-03-01", topic="Прочее")
        .resolve("1", "2025-03-02")
        .case("2", "2025-03-04", topic="Прочее")
    )
    check_detector(history, "unresolved_problem", as_of=AS_OF, found=0)


def test_closing_without_an_answer_is_unresolved_once() -> None:
    history = chat().customer("anna").resolve("1", "2025-03-01 12:00").reopen("1", "2025-03-09")
    errors = check_detector(history, "unresolved_problem", as_of=AS_OF, found=1)
    assert errors["at"].to_list() == [moment("2025-03-01 12:00")]


# -- broken_promise ----------------------------------------------------------------------------------------------


def parcel(received: str | None) -> History:
    history = History().customer("anna").order("1", "2025-03-01").promise("1", "2025-03-05", at="2025-03-01")
    if received is not None:
        history.receive("1", received)
    return history.customer("bob").order("2", "2025-05-20").promise("2", "2025-05-25", at="2025-05-20").receive("2", "2025-05-25 23:59")


def test_a_promise_given_as_a_date_holds_until_that_day_ends() -> None:
    check_detector(parcel("2025-03-05 23:30"), "broken_promise", as_of=AS_OF, found=0)


def test_an_order_after_the_promised_day_is_late() -> None:
    errors = check_detector(parcel("2025-03-06 12:00"), "broken_promise", as_of=AS_OF, found=1)
    assert errors["at"].to_list() == [day_end("2025-03-05")]
    assert errors["summary_ru"].to_list() == ["Обещали до 05.03.2025, получен 06.03.2025: опоздание 1 дн."]
    assert errors["summary_en"].to_list() == ["Promised by 2025-03-05, received on 2025-03-06: 1 day late"]


def test_an_order_that_never_came_is_late_once_its_day_is_over() -> None:
    check_detector(parcel(None), "broken_promise", as_of=AS_OF, found=1)
    assert errors_of(parcel(None).table(), moment("2025-03-04"), "broken_promise").height == 0


def test_a_cancelled_order_breaks_no_promise() -> None:
    check_detector(parcel(None).customer("anna").cancel("1", "2025-03-04"), "broken_promise", as_of=AS_OF, found=0)


def test_a_parcel_that_came_late_was_late_whatever_was_cancelled_afterwards() -> None:
    check_detector(parcel("2025-03-08 12:00").customer("anna").cancel("1", "2025-03-10"), "broken_promise", as_of=AS_OF, found=1)


def test_orders_after_the_end_of_the_delivery_feed_are_not_judged() -> None:
    history = parcel("2025-03-04").customer("carl").order("3", "2025-05-26").promise("3", "2025-05-28", at="2025-05-26")
    check_detector(history, "broken_promise", as_of=AS_OF, found=0)


# -- no_aftersales -----------------------------------------------------------------------------------------------


def delivery(contact: str | None) -> History:
    history = History().customer("anna").order("1", "2025-03-01").receive("1", "2025-03-03 12:00")
    if contact is not None:
        history.fact("was_contacted", contact, order="other")
    return history.customer("bob").fact("was_contacted", "2025-03-02").fact("was_contacted", "2025-05-30")


@pytest.mark.parametrize(("contact", "found"), [("2025-03-17 12:00", 0), ("2025-03-17 12:01", 1), ("2025-03-03 11:00", 1), (None, 1)])
def test_a_delivery_wants_a_contact_within_the_days_allowed(contact: str | None, found: int) -> None:
    errors = check_detector(delivery(contact), "no_aftersales", as_of=AS_OF, found=found)
    assert errors["at"].to_list() == [moment("2025-03-03 12:00") + timedelta(days=14)] * found


def test_no_after_sales_is_not_measured_without_a_feed_of_contacts() -> None:
    history = History().customer("anna").order("1", "2025-03-01").receive("1", "2025-03-03")
    check_detector(history, "no_aftersales", as_of=AS_OF, found=0)


# -- all ---------------------------------------------------------------------------------------------------------


def test_every_detector_speaks_of_a_catalogued_code() -> None:
    assert {detector.code for detector in DETECTORS} <= ERROR_CODES.keys()
    assert len(ERROR_CODES) == 18 and len(OTHER_REASONS) == 8


def test_an_error_keeps_its_name_when_more_is_known() -> None:
    early = errors_of(chat(("person", "2025-03-01 13:00", "Да")).table(), moment("2025-03-02"), "slow_reply")
    late = errors_of(chat(("person", "2025-03-01 13:00", "Да")).table(), AS_OF, "slow_reply")
    assert early["error_id"].to_list() == late["error_id"].to_list() != []


def test_every_error_opens_to_rows_in_the_order_of_time() -> None:
    errors = errors_of(chat().customer("anna").resolve("1", "2025-03-01 12:00").table(), AS_OF)
    assert set(errors["code"]) == {"no_reply", "unresolved_problem"}
    assert errors.filter(pl.col("error_id").is_duplicated()).height == 0
