"""Figures on the pages read as people write them, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import translation

from lakmus.usecases import writing
from lakmus.web import formats
from lakmus.web.answers import chips_of
from lakmus.web.templatetags import written
from lakmus.web.templatetags.written import foremost

NBSP = "\N{NO-BREAK SPACE}"


def test_an_interval_of_money_names_its_unit_once_in_russian() -> None:
    assert writing.money_between(12.9e6, 15.6e6, "RUB", "ru") == f"от{NBSP}12,9 до{NBSP}15,6{NBSP}млн{NBSP}₽"


def test_an_interval_of_money_in_two_scales_names_both_units() -> None:
    assert writing.money_between(900_000, 1.2e6, "RUB", "ru") == f"от{NBSP}900{NBSP}000{NBSP}₽ до{NBSP}1,2{NBSP}млн{NBSP}₽"


def test_an_interval_of_money_in_english_keeps_the_sign_at_each_end() -> None:
    assert writing.money_between(12.9e6, 15.6e6, "RUB", "en") == "₽12.9m to ₽15.6m"


@pytest.mark.parametrize(("language", "shown"), [("ru", f"−0,4…+4,6{NBSP}п.{NBSP}п."), ("en", f"−0.4…+4.6{NBSP}pp")])
def test_a_difference_of_shares_carries_signs_and_its_unit_once(language: str, shown: str) -> None:
    assert formats.points_span(-0.004, 0.046, language) == shown


@pytest.mark.parametrize(
    ("minutes", "shown"), [(0, f"0{NBSP}мин"), (135, f"2{NBSP}ч{NBSP}15{NBSP}мин"), (4561, f"3{NBSP}дн.{NBSP}4{NBSP}ч"), (None, "–")]
)
def test_a_duration_shows_its_two_largest_units(minutes: float | None, shown: str) -> None:
    assert formats.duration(minutes, "ru") == shown


@pytest.mark.parametrize(
    ("number", "shown"), [(1, "1 день"), (2, "2 дня"), (5, "5 дней"), (11, "11 дней"), (21, "21 день"), (1000, "1 000 дней")]
)
def test_a_number_of_days_agrees_with_its_word(number: int, shown: str) -> None:
    with translation.override("ru"):
        assert written.days(number).replace(NBSP, " ") == shown


def test_a_moment_stands_on_the_companys_clock() -> None:
    with translation.override("ru"):
        assert written.moment(datetime(2026, 11, 20, 22, 30, tzinfo=UTC), "Europe/Moscow") == f"21.11.2026{NBSP}01:30"


def test_what_is_not_known_is_a_dash_and_not_a_zero() -> None:
    with translation.override("en"):
        assert {written.money(None, "RUB"), written.percent(None), written.days(float("nan")), written.count(None)} == {"–"}


def test_a_list_of_a_sign_shows_that_sign_with_everybody() -> None:
    row = {"error_codes": ["slow_reply", "rudeness", "hidden_charge"], "reasons": ["purchase_gap", "visits"]}
    assert [chip["title"].en for chip in chips_of(row, "visits") if chip["sort"] == "sign"] == ["visits less often"]


def test_of_many_chips_a_sign_is_shown_beside_our_errors() -> None:
    errors, signs = [{"sort": "error", "n": n} for n in range(4)], [{"sort": "sign", "n": n} for n in range(2)]
    assert foremost([*errors, *signs]) == [*errors[:2], signs[0]]
    assert foremost(errors) == errors[:3] and foremost([errors[0], *signs]) == [errors[0], *signs]
