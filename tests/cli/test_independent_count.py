"""The verdict's figures, counted again from the files by plain code that knows nothing of the product."""

from __future__ import annotations

import csv
import json
import math
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import run_lakmus

CUSTOMERS = 20_000


def lakmus(folder: Path, *words: object) -> dict[str, Any]:
    done = run_lakmus(*words, "--format", "json", folder=folder)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def rows_of(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def amount(written: str) -> float:
    return float(written.replace("\N{NO-BREAK SPACE}", "").replace(" ", "").replace(",", ".") or 0)


def moment(written: str) -> datetime:
    return datetime.strptime(written, "%d.%m.%Y %H:%M")


def purchases_of(orders: list[dict[str, str]]) -> dict[str, list[datetime]]:
    """Return each customer's moments of purchase, cancelled orders apart."""
    moments: dict[str, list[datetime]] = defaultdict(list)
    for order in orders:
        if order["Статус"] != "отменён":
            moments[order["ID клиента"]].append(moment(order["Дата заказа"]))
    return moments


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Return the files of a company of 20,000 customers and the verdict that the command line gives on them."""
    folder = tmp_path_factory.mktemp("shop")
    lakmus(folder, "simulate", "files", "--customers", CUSTOMERS, "--months", 24, "--seed", 7)
    lakmus(folder, "import", *sorted((folder / "files").glob("*.csv")), "--yes")
    return folder / "files", lakmus(folder, "verdict")


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_customers_orders_and_revenue_are_those_of_the_files(shop: tuple[Path, dict[str, Any]]) -> None:
    folder, verdict = shop
    orders = rows_of(folder, "orders")
    kept = {order["Номер заказа"]: amount(order["Сумма"]) for order in orders if order["Статус"] != "отменён"}
    returned = sum(amount(row["Сумма возврата"]) for row in rows_of(folder, "returns") if row["Номер заказа"] in kept)
    assert verdict["customers"]["known"] == len(rows_of(folder, "customers")) == CUSTOMERS
    assert verdict["orders"]["count"] == len(orders)
    assert verdict["orders"]["cancelled"] == len(orders) - len(kept)
    assert verdict["orders"]["revenue"] == pytest.approx(sum(kept.values()) - returned, abs=0.01)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_lost_customers_are_those_whom_the_label_card_describes(shop: tuple[Path, dict[str, Any]]) -> None:
    folder, verdict = shop
    card = verdict["definition"]
    horizon = timedelta(days=card["horizon_days"])
    local = timedelta(hours=3)
    first, last = (datetime.fromisoformat(card[f"window_{end}_at"]).replace(tzinfo=None) + local for end in ("start", "end"))
    lost = active = 0
    for moments in purchases_of(rows_of(folder, "orders")).values():
        gone_at = max(moments) + horizon
        if len({at.date() for at in moments}) < 2 or gone_at <= first:
            continue
        lost, active = (lost + 1, active) if gone_at <= last else (lost, active + 1)
    assert (verdict["customers"]["lost"], verdict["customers"]["active"]) == (lost, active)
    assert math.isclose(verdict["loss"]["n"], lost)
