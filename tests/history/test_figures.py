"""Money, estimates, wordings and errors: what figures and sentences carry with them."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakmus.history import failures
from lakmus.history.estimate import Badge, Estimate, NotEnoughEvidence
from lakmus.history.money import Money
from lakmus.history.wording import Wording, written_fact

AMOUNTS = st.decimals(Decimal(-(10**9)), Decimal(10**9), places=2)


def test_money_of_two_currencies_is_not_added() -> None:
    with pytest.raises(ValueError, match="USD"):
        Money(Decimal(1), "RUB") + Money(Decimal(1), "USD")


@given(AMOUNTS, AMOUNTS)
def test_money_is_added_to_the_kopeck(one: Decimal, other: Decimal) -> None:
    assert (Money(one, "RUB") + Money(other, "RUB")).amount == one + other


@pytest.mark.parametrize(("written", "rounded"), [("0.005", "0.01"), ("-0.005", "-0.01"), ("2.675", "2.68"), ("1.004", "1.00")])
def test_halves_of_a_kopeck_are_rounded_away_from_zero(written: str, rounded: str) -> None:
    assert str(Money(Decimal(written), "RUB").rounded().amount) == rounded


def test_a_currency_shows_its_sign_or_its_code() -> None:
    assert [Money(Decimal(1), code).sign for code in ("RUB", "USD", "CHF")] == ["₽", "$", "CHF"]


def test_an_estimate_says_where_it_comes_from() -> None:
    estimate = Estimate(0.2, 0.1, 0.3, 57, Badge.DIFFERENCE)
    assert json.loads(json.dumps(estimate.as_json())) == {
        "point": 0.2,
        "low": 0.1,
        "high": 0.3,
        "n": 57,
        "badge": "difference_by_exposure",
    }


@given(st.floats(-10, 10), st.floats(0, 10), st.floats(0, 10), st.floats(-100, 100))
def test_an_estimate_in_another_unit_keeps_its_point_within_its_bounds(point: float, down: float, up: float, factor: float) -> None:
    scaled = Estimate(point, point - down, point + up, 3, Badge.ADJUSTED).scaled(factor)
    assert scaled.low <= scaled.point <= scaled.high
    assert (scaled.n, scaled.badge) == (3, Badge.ADJUSTED)


def test_too_little_data_says_how_much_is_missing_in_the_readers_language() -> None:
    short = NotEnoughEvidence(Wording("мало заказов", "too few orders"), needed=30, available=4)
    assert short.as_json("ru") == {"status": "not_enough_evidence", "reason": "мало заказов", "needed": 30, "available": 4}
    assert short.as_json()["reason"] == "too few orders"


def test_the_badges_of_claims_about_why_are_three_and_counting_is_apart() -> None:
    assert {badge.value for badge in Badge} == {"difference_by_exposure", "adjusted_association", "randomised_effect", "counted"}


def test_a_wording_is_filled_in_both_languages() -> None:
    filled = Wording("найдено {n}", "{n} found").filled(n=5)
    assert (filled.in_language("ru"), filled.in_language("en")) == ("найдено 5", "5 found")


def test_a_part_that_is_a_wording_itself_is_read_in_each_language() -> None:
    filled = Wording("с {day}", "since {day}").filled(day=Wording("05.03.2025", "2025-03-05"))
    assert (filled.ru, filled.en) == ("с 05.03.2025", "since 2025-03-05")


def test_an_unknown_language_reads_russian() -> None:
    assert Wording("да", "yes").in_language("kk") == "да"


@pytest.mark.parametrize(
    ("failure", "exit_code", "http_status"),
    [
        (failures.WrongUsage, 2, 400),
        (failures.BadInput, 1, 422),
        (failures.NotFound, 1, 404),
        (failures.NotAllowed, 1, 403),
        (failures.Busy, 1, 409),
        (failures.Damaged, 1, 500),
    ],
)
def test_each_failure_says_what_it_means_to_a_face(failure: type[failures.LakmusError], exit_code: int, http_status: int) -> None:
    raised = failure("some_code", Wording("что случилось", "what happened"))
    assert (raised.exit_code, raised.http_status, raised.code, str(raised)) == (exit_code, http_status, "some_code", "what happened")


def test_a_fact_of_a_check_is_written_as_the_language_writes_days_and_sums() -> None:
    facts = ("2026-02-26", "2025-12-05 10:21", "1978.00", "109421", "08:00–22:00")
    assert [written_fact(each, "ru") for each in facts] == ["26.02.2026", "05.12.2025 10:21", "1978,00", "109421", "08:00–22:00"]
    assert [written_fact(each, "en") for each in facts] == list(facts)
