"""Alerts on a company's own segments: one shop fails, and only its city is named, with the people behind."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from lakmus.history.estimate import NotEnoughEvidence
from lakmus.usecases.alerts.show_alerts import SHORT_PAST, customers_behind, show_alerts
from lakmus.usecases.house.home import Home
from lakmus.usecases.show_verdict import Shown, show_verdict
from tests.usecases.conftest import CITIES, CITY_END, bring_in


def test_the_city_whose_regulars_fell_off_is_named_and_opens_to_them(failing_city: Home, db: None) -> None:
    shown = show_verdict(failing_city)
    told = show_alerts(failing_city, shown)
    assert {(alert.measure, alert.dimension, alert.segment) for alert in told.alerts} == {("purchases", "place", "Тверь")}
    assert -0.7 < told.alerts[0].change < -0.1
    behind = customers_behind(failing_city, shown, told.alerts[0])
    assert behind.total > 10
    assert all(int(row["customer"][1:]) % 5 == CITIES.index("Тверь") and row["now"] < row["before"] for row in behind.rows)


def test_before_it_happened_nothing_was_told(failing_city: Home, db: None) -> None:
    shown = show_verdict(failing_city, as_of=(CITY_END - timedelta(weeks=5)).date())
    assert show_alerts(failing_city, shown).alerts == ()


@pytest.mark.slow
def test_a_short_past_is_said_to_be_short(new_home: Home, tmp_path: Path) -> None:
    lines = ["Номер заказа;Дата заказа;ID клиента;Сумма", *(f"З{n};{1 + n % 28:02}.01.2026 10:00;К{n % 9};100" for n in range(90))]
    (tmp_path / "orders.csv").write_text("\n".join(lines), encoding="utf-8")
    bring_in(new_home, tmp_path / "orders.csv")
    told = show_alerts(new_home, show_verdict(new_home))
    assert isinstance(told.shortage, NotEnoughEvidence) and told.shortage.reason == SHORT_PAST and told.alerts == ()


def test_a_company_of_the_simulator_has_segments_to_look_at(company_home: Home, shown: Shown) -> None:
    assert show_alerts(company_home, shown).segments > 10
