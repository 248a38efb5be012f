"""What messages state of an order: which sums count, and where nothing is stated."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from lakmus.engine.errors.statements import days_in, sums_in


def texts(*written: str) -> pl.DataFrame:
    at = pl.lit(datetime(2026, 1, 1, tzinfo=UTC)).cast(pl.Datetime("us", "UTC"))
    return pl.DataFrame({"text": pl.Series(written, dtype=pl.String)}).with_columns(at.alias("at"))


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("Сумма заказа 1 234,50 ₽, доставка 300 ₽", [1234.5]),
        ("Итого 5 руб. Стоимость 7 руб", [5.0, 7.0]),
        ("Возврат: сумма 100 ₽", []),
        ("Возврат оформлен. Сумма заказа 100 ₽", [100.0]),
        ("Вернём вам после проверки товара на складе всю сумму: 100 ₽", [100.0]),
        ("Order total $12", []),
        ("Заказ № 17 на 900 рублей", [900.0]),
    ],
)
def test_a_sum_counts_unless_just_before_it_in_its_sentence_it_is_called_another(text: str, sums: list[float]) -> None:
    assert sums_in(texts(text), currency="RUB")["sum_said"].to_list() == sums


@pytest.mark.parametrize("written", [(), ("Спасибо за покупку",)])
def test_where_nothing_is_stated_the_columns_are_the_same(written: tuple[str, ...]) -> None:
    stated = texts("Сумма заказа 5 ₽, доставим 12.03")
    assert sums_in(texts(*written), currency="RUB").schema == sums_in(stated, currency="RUB").schema
    assert days_in(texts(*written), time_zone="UTC").schema == days_in(stated, time_zone="UTC").schema
