"""The files agree with each other, with the summary, and with themselves when written again."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from lakmus.history.failures import WrongUsage
from lakmus.simulate import company as company_module
from lakmus.simulate.company import load_scenario, simulate_company
from lakmus.simulate.files import HEADERS
from lakmus.simulate.scenario import ERROR_CODES
from tests.simulate.conftest import Company, simulate


def money(text: str) -> int:
    return round(float(text.replace(",", ".")) * 100)


@pytest.mark.slow
def test_the_same_seed_writes_the_same_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    first, again, other = (
        simulate(tmp_path / name, "default", customers=60, months=9, seed=seed) for name, seed in (("a", 3), ("b", 3), ("c", 4))
    )
    names = sorted(path.name for path in first.directory.iterdir())
    assert len(names) == len(HEADERS) + 1
    for name in names:
        written = (first.directory / name).read_bytes()
        assert written == (again.directory / name).read_bytes()
        assert written != (other.directory / name).read_bytes()


def test_the_summary_counts_what_the_files_hold(default: Company) -> None:
    assert default.summary.rows == {name: len(rows) for name, rows in default.files.items()}
    assert default.summary.orders == len(default.files["orders"])
    paid = [money(row["Сумма"]) for row in default.files["orders"] if row["Статус"] != "отменён"]
    assert default.summary.revenue == sum(paid) / 100
    counted = Counter(error["code"] for error in default.truth["errors"])
    assert default.summary.errors == {code: counted[code] for code in ERROR_CODES}
    assert default.summary.lost == sum(customer["lost"] for customer in default.truth["customers"])


def test_every_record_points_to_records_that_exist(default: Company) -> None:
    files = default.files
    known = {
        "Номер заказа": {row["Номер заказа"] for row in files["orders"]},
        "ID клиента": {row["ID клиента"] for row in files["customers"]},
        "Номер обращения": {row["Номер обращения"] for row in files["cases"]},
    }
    for rows in files.values():
        for column, keys in known.items():
            assert {row[column] for row in rows if row.get(column)} <= keys


def test_numbers_are_given_once(default: Company) -> None:
    keys = {
        "orders": "Номер заказа",
        "deliveries": "Номер заказа",
        "cases": "Номер обращения",
        "reviews": "ID отзыва",
        "returns": "Номер возврата",
    }
    for name, column in keys.items():
        numbers = [row[column] for row in default.files[name]]
        assert len(numbers) == len(set(numbers)) > 0


def test_an_order_costs_the_sum_of_its_lines(default: Company) -> None:
    lines: Counter[str] = Counter()
    for row in default.files["order_lines"]:
        assert money(row["Цена"]) * int(row["Количество"]) == money(row["Сумма строки"])
        lines[row["Номер заказа"]] += money(row["Сумма строки"])
    assert lines == {row["Номер заказа"]: money(row["Сумма"]) for row in default.files["orders"]}


def test_nothing_is_written_from_the_end_on_or_before_the_start(default: Company) -> None:
    start, end = (datetime.fromisoformat(default.truth[name]).replace(tzinfo=None) for name in ("start", "end"))
    for name, rows in default.files.items():
        for column in rows[0]:
            if column.startswith("Дата") and column != "Дата регистрации":
                written = {row[column] for row in rows if row[column]}
                assert all(start <= datetime.strptime(at, "%d.%m.%Y %H:%M") < end for at in written), (name, column)


def test_the_state_of_an_order_agrees_with_its_delivery(default: Company) -> None:
    arrived = {row["Номер заказа"]: bool(row["Фактическая дата доставки"]) for row in default.files["deliveries"]}
    states = {(row["Статус"], arrived[row["Номер заказа"]]) for row in default.files["orders"]}
    assert states == {("выполнен", True), ("отменён", False), ("в пути", False)}


@pytest.mark.slow
def test_several_blocks_continue_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(company_module, "BLOCK", 20)
    made = simulate(tmp_path, "default", customers=70, months=9)
    assert [int(row["ID клиента"]) for row in made.files["customers"]] == list(range(1_000_001, 1_000_071))
    numbers = [int(row["Номер заказа"]) for row in made.files["orders"]]
    assert numbers == list(range(100_001, 100_001 + len(numbers)))
    assert len(made.truth["customers"]) == 70
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.slow
def test_progress_is_told_after_each_block_of_customers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(company_module, "BLOCK", 4)
    told: list[int] = []
    simulate_company(tmp_path, customers=10, months=1, seed=1, scenario=load_scenario(), progress=told.append)
    assert told == [4, 8, 10]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("size", [(1, 1), (2, 3), (5, 1)])
def test_the_smallest_companies_are_whole(tmp_path: Path, seed: int, size: tuple[int, int]) -> None:
    summary = simulate_company(tmp_path, customers=size[0], months=size[1], seed=seed, scenario=load_scenario())
    truth = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert len(truth["customers"]) == summary.customers == size[0]
    assert len(list(tmp_path.iterdir())) == len(HEADERS) + 1


@pytest.mark.parametrize("wrong", [{"customers": 0}, {"months": 0}, {"seed": -1}])
def test_impossible_numbers_are_refused_in_both_languages(tmp_path: Path, wrong: dict[str, int]) -> None:
    asked = {"customers": 10, "months": 3, "seed": 1} | wrong
    with pytest.raises(WrongUsage) as refused:
        simulate_company(tmp_path / "out", **asked, scenario=load_scenario())
    assert "Ничего не записано" in refused.value.wording.ru
    assert not (tmp_path / "out").exists()


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x")
    with pytest.raises(WrongUsage, match="could not be made"):
        simulate_company(tmp_path / "taken", customers=1, months=1, seed=1, scenario=load_scenario())


def test_a_company_s_own_files_are_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("мои заказы", encoding="utf-8")
    with pytest.raises(WrongUsage, match="holds “orders"):
        simulate_company(tmp_path, customers=2, months=1, seed=1, scenario=load_scenario(None))
    assert [(file.name, file.read_text(encoding="utf-8")) for file in tmp_path.iterdir()] == [("orders.csv", "мои заказы")]


def test_an_earlier_company_is_written_over(tmp_path: Path) -> None:
    first, again = (simulate_company(tmp_path, customers=2, months=2, seed=seed, scenario=load_scenario(None)) for seed in (1, 1))
    assert first == again
