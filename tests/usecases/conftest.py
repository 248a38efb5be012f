"""A small company, simulated and imported once for all tests of the use cases."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from django.db import transaction

from lakmus.simulate.company import simulate_company
from lakmus.simulate.scenario import load_scenario
from lakmus.usecases.house.home import FOLDERS, Home
from lakmus.usecases.imports.import_files import ImportReport, plan_import, run_import
from lakmus.usecases.show_verdict import Shown, show_verdict
from tests.once import made_once

CITIES = ("Казань", "Пермь", "Тверь", "Омск", "Уфа")
CITY_END = datetime(2026, 2, 28, 12)


def empty_home(folder: Path) -> Home:
    """Return a home with its folders; the database is the test's."""
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    return Home(folder)


def bring_in(home: Home, *paths: Path) -> ImportReport:
    """Recognise and import files."""
    return run_import(home, plan_import(home, list(paths)), actor=None)


@pytest.fixture(scope="session")
def company_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a simulated company's files."""

    def simulate(folder: Path) -> None:
        simulate_company(folder, customers=300, months=18, seed=11, scenario=load_scenario())

    return made_once(tmp_path_factory, "usecases-files", simulate)


@pytest.fixture(scope="session")
def few_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of files of a company of a few dozen customers."""

    def simulate(folder: Path) -> None:
        simulate_company(folder, customers=40, months=9, seed=11, scenario=load_scenario())

    return made_once(tmp_path_factory, "usecases-few-files", simulate)


@pytest.fixture
def new_home(tmp_path: Path, db: None) -> Home:
    """Return an empty home of this test alone."""
    return empty_home(tmp_path / "home")


@pytest.fixture(scope="session")
def company_home(company_files: Path, tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker) -> Home:
    """Return a home into which the whole company was imported; tests must not change it."""

    def bring_in_everything(folder: Path) -> None:
        home = empty_home(folder)
        # The rows of the database are taken back, for other tests count them; what the tests look at lies in the home.
        with django_db_blocker.unblock(), transaction.atomic():
            bring_in(home, *sorted(company_files.glob("*.csv")))
            show_verdict(home)
            transaction.set_rollback(True)

    return Home(made_once(tmp_path_factory, "usecases-home", bring_in_everything))


@pytest.fixture
def shown(company_home: Home, db: None) -> Shown:
    """Return the verdict on the whole company."""
    return show_verdict(company_home)


@pytest.fixture(scope="session")
def failing_city(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker) -> Home:
    """Five cities whose regulars buy every week or so for two years; in the last four weeks those of Tver buy half as often."""

    def bring_in_cities(folder: Path) -> None:
        chance = np.random.default_rng(5)
        orders, people = ["Номер заказа;Дата заказа;ID клиента;Сумма"], ["ID клиента;Город"]
        for person in range(200):
            city = CITIES[person % 5]
            people.append(f"К{person};{city}")
            for week in range(104):
                late = week >= 100 and city == "Тверь"
                if chance.random() < (0.35 if late else 0.7):
                    at = CITY_END - timedelta(weeks=104 - week) + timedelta(hours=int(chance.integers(1, 160)))
                    orders.append(f"З{len(orders)};{at:%d.%m.%Y %H:%M};К{person};1000,00")
        home = empty_home(folder)
        (folder / "orders.csv").write_text("\n".join(orders), encoding="utf-8")
        (folder / "customers.csv").write_text("\n".join(people), encoding="utf-8")
        with django_db_blocker.unblock(), transaction.atomic():
            bring_in(home, folder / "orders.csv", folder / "customers.csv")
            show_verdict(home)
            transaction.set_rollback(True)

    return Home(made_once(tmp_path_factory, "usecases-failing-city", bring_in_cities))
