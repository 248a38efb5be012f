"""A small shop in which every name is a figure, so that its pages can be held to one language; it is imported as any other."""

from __future__ import annotations

import csv
import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction

from lakmus.usecases.house.home import open_home
from lakmus.usecases.imports.import_files import plan_import, run_import
from lakmus.usecases.prepare_pages import prepare_pages
from lakmus.usecases.show_verdict import show_verdict
from tests.once import made_once

LAST = datetime(2026, 3, 1, 20)
DAYS = 900
CUSTOMERS = 200
FELL_SINCE = LAST - timedelta(days=28)
FILES = {
    "customers": "ID клиента;Город;Дата регистрации",
    "orders": "Номер заказа;Дата заказа;ID клиента;Сумма;Канал",
    "order_lines": "Номер заказа;Артикул;Товар;Количество;Сумма строки",
    "cases": "Номер обращения;Дата обращения;ID клиента;Номер заказа;Канал;Тема;Сотрудник;Дата первого ответа",
}


def write_shop(folder: Path) -> None:
    """Write the files. Everybody of city 2 all but stops buying four weeks before the end."""
    draw = random.Random(5)
    rows: dict[str, list[tuple[object, ...]]] = {name: [] for name in FILES}
    for number in range(1, CUSTOMERS + 1):
        city, gap = 1 + number % 4, draw.uniform(9, 30)
        moment = LAST - timedelta(days=draw.uniform(200, DAYS))
        end = LAST - timedelta(days=draw.uniform(0, 400)) if number % 5 == 0 else LAST
        rows["customers"].append((number, city, f"{moment:%d.%m.%Y}"))
        while moment < end:
            if city != 2 or moment < FELL_SINCE or draw.random() < 0.1:
                _order(rows, draw, number, moment)
            moment += timedelta(days=gap * draw.uniform(0.5, 1.5))
    for place in range(6):
        rows["cases"].append((f"9{place}", f"{LAST - timedelta(days=place + 3):%d.%m.%Y %H:%M}", "", "", 3, 1, 12, ""))
    for name, head in FILES.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter=";")
            writer.writerows([head.split(";"), *rows[name]])


def _order(rows: dict[str, list[tuple[object, ...]]], draw: random.Random, customer: int, moment: datetime) -> None:
    order = 10_000 + len(rows["orders"])
    rows["orders"].append((order, f"{moment:%d.%m.%Y %H:%M}", customer, draw.randrange(500, 9000), draw.choice((3, 4))))
    rows["order_lines"].append((order, product := draw.choice((501, 502, 503)), product, 1, 500))
    if draw.random() < 0.06:
        asked = moment + timedelta(days=2)
        replied = asked + timedelta(minutes=draw.choice((15, 40, 900)))
        rows["cases"].append(
            (order, f"{asked:%d.%m.%Y %H:%M}", customer, order, 3, draw.choice((1, 2)), draw.choice((12, 13)), f"{replied:%d.%m.%Y %H:%M}")
        )


@pytest.fixture(scope="session")
def shop_of_figures(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker) -> Path:
    """Return the home of the shop, imported and computed once; tests do not change it."""

    def bring_in(folder: Path) -> None:
        write_shop(folder)
        # What the tests look at lies in the home; the rows of the database are taken back, for other tests count them.
        with django_db_blocker.unblock(), transaction.atomic():
            place = open_home(folder / "home")
            run_import(place, plan_import(place, [folder / f"{name}.csv" for name in FILES]), actor=None)
            prepare_pages(place, show_verdict(place))
            transaction.set_rollback(True)

    return made_once(tmp_path_factory, "shop-of-figures", bring_in) / "home"
