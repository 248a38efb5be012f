"""A fact that came in a file and comes again through the API is one fact."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lakmus.history.activity import ACTIVITY_SCHEMA
from lakmus.usecases.house.home import open_home
from lakmus.usecases.imports.import_files import plan_import, run_import
from lakmus.usecases.imports.push_activities import push_activities

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FILES = {
    "orders.csv": "Номер заказа;Дата заказа;ID клиента;Сумма\nA-1;01.03.2026 12:00;17850;1 200,50\nA-2;02.03.2026 09:30;;300,00\n",
    "order_lines.csv": "Номер заказа;Дата заказа;ID клиента;Артикул;Количество;Цена;Сумма строки\n"
    "A-1;01.03.2026 12:00;17850;ЧАЙ;2;100,25;200,50\nA-1;01.03.2026 12:00;17850;ЧАЙ;2;100,25;200,50\n",
    "deliveries.csv": "Номер заказа;Обещанная дата доставки;Фактическая дата доставки\nA-1;05.03.2026;06.03.2026 15:00\n",
    "messages.csv": "Номер обращения;Дата;ID клиента;Автор;Канал;Текст\nC-1;03.03.2026 10:00;17850;клиент;чат;Где заказ?\n",
    "reviews.csv": "Дата;ID клиента;Номер заказа;Оценка;Текст\n07.03.2026 12:00;17850;A-1;2;Долго\n",
    "visits.csv": "ID клиента;Дата;Страница\n17850;01.03.2026 11:50;/tea\n",
}


def pushed_form(row: dict[str, Any]) -> dict[str, Any]:
    return {name: held.isoformat() if isinstance(held, datetime) else held for name, held in row.items() if name != "activity_id"}


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_what_a_file_brought_is_known_when_a_program_pushes_it(name: str, tmp_path: Path) -> None:
    home = open_home(tmp_path / "home")
    path = tmp_path / name
    path.write_text(FILES[name], encoding="utf-8")
    run_import(home, plan_import(home, [path]), actor=None)
    stream = home.stream()
    rows = [row for bucket in range(stream.bucket_count) for row in stream.read_bucket(bucket, as_of=NOW).to_pylist()]
    assert rows and set(rows[0]) == set(ACTIVITY_SCHEMA.names)
    report = push_activities(home, [pushed_form(row) for row in rows], actor=None, now=NOW)
    assert report.refused == ()
    assert (report.accepted, report.duplicate) == (0, len(rows))


def test_a_friendly_row_is_the_order_that_stood_in_a_file(tmp_path: Path) -> None:
    home = open_home(tmp_path / "home")
    path = tmp_path / "orders.csv"
    path.write_text(FILES["orders.csv"], encoding="utf-8")
    run_import(home, plan_import(home, [path]), actor=None)
    row = {"kind": "placed_order", "ts": "2026-03-01T12:00:00+03:00", "customer": "17850", "order": "A-1", "amount": 1200.5}
    assert push_activities(home, [row], actor=None, now=NOW).duplicate == 1
