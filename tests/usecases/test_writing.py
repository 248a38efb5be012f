"""Figures as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakmus.usecases import writing


def plain(written: str) -> str:
    return written.replace("\N{NO-BREAK SPACE}", " ").replace("\N{MINUS SIGN}", "-")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (writing.number(1234.56, digits=2), "1 234,56"),
        (writing.number(1234.56, "en", digits=2), "1,234.56"),
        (writing.number(-0.4), "0"),
        (writing.number(None), "–"),
        (writing.money(84300, "RUB"), "84 300 ₽"),
        (writing.money(-84300, "USD", "en"), "-$84,300"),
        (writing.short_money(14_234_567, "RUB"), "14,2 млн ₽"),
        (writing.short_money(999_999, "RUB"), "999 999 ₽"),
        (writing.short_money(2_100_000_000, "RUB", "en"), "₽2.1bn"),
        (writing.money_between(1.9e6, 2.2e6, "RUB"), "от 1,9 до 2,2 млн ₽"),
        (writing.money_between(900, 2.2e6, "RUB"), "от 900 ₽ до 2,2 млн ₽"),
        (writing.percent(0.071, digits=1), "7,1 %"),
        (writing.percent(0.071, "en", digits=1), "7.1%"),
        (writing.points(-0.021), "-2,1 п. п."),
        (writing.month(date(2025, 3, 1), with_year=True), "мар 2025"),
    ],
)
def test_a_figure_reads_as_people_write_it(written: str, expected: str) -> None:
    assert plain(written) == expected


@pytest.mark.parametrize(
    ("count", "expected"), [(1, "1 клиент"), (3, "3 клиента"), (11, "11 клиентов"), (1021, "1 021 клиент"), (112, "112 клиентов")]
)
def test_a_noun_agrees_with_its_number(count: int, expected: str) -> None:
    assert plain(writing.counted(count, writing.CUSTOMERS)) == expected


def test_a_moment_late_in_the_utc_day_is_the_next_day_in_moscow() -> None:
    at = datetime(2026, 2, 28, 22, 30, tzinfo=UTC)
    assert writing.day(at, time_zone="Europe/Moscow") == "01.03.2026"
    assert writing.moment(at, "en", time_zone="Europe/Moscow") == "2026-03-01 01:30"


@given(st.floats(-1e12, 1e12), st.sampled_from(["ru", "en"]))
def test_a_number_read_back_is_the_number(figure: float, language: str) -> None:
    written = plain(writing.number(figure, language, digits=2))
    marks = {" ": "", ",": "."} if language == "ru" else {",": ""}
    for mark, meant in marks.items():
        written = written.replace(mark, meant)
    assert float(written) == pytest.approx(round(figure, 2), abs=0.011)


@pytest.mark.parametrize(
    ("estimate", "expected"),
    [
        ((386_507, 284_814, 488_200), ("390 000 ₽", "от 280 000 до 490 000 ₽")),
        ((116_635, 67_463, 165_807), ("120 000 ₽", "от 70 000 до 170 000 ₽")),
        ((2_083_000, 1_931_000, 2_240_000), ("2,1 млн ₽", "от 1,9 до 2,2 млн ₽")),
        ((950_000, 880_000, 1_020_000), ("950 000 ₽", "от 880 000 ₽ до 1,0 млн ₽")),
        ((84.4, 81.0, 87.8), ("84 ₽", "от 81 до 88 ₽")),
        ((1234.0, 1234.0, 1234.0), ("1 230 ₽", "от 1 230 до 1 230 ₽")),
    ],
)
def test_an_estimate_is_written_no_finer_than_its_interval_supports(estimate, expected) -> None:
    assert tuple(map(plain, writing.estimated_money(*estimate, "RUB"))) == expected


@given(st.floats(1, 1e12), st.floats(0.001, 1))
def test_rounding_moves_no_end_of_an_interval_by_more_than_a_sixth_of_its_half_width(point: float, relative: float) -> None:
    half = point * relative
    step = writing.supported_step(point, point - half, point + half)
    assert step <= 1 or step / 2 <= half / 6


@pytest.mark.parametrize(
    ("amount", "expected"), [(29_421.7, "29 400 ₽"), (10_600_000, "10,6 млн ₽"), (84.26, "84 ₽"), (0, "0 ₽"), (None, "–")]
)
def test_a_forecast_is_written_to_three_figures(amount, expected) -> None:
    assert plain(writing.about_money(amount, "RUB")) == expected
