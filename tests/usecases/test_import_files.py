"""Importing: every fact once, whatever comes again."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from lakmus.usecases.house.home import Home
from lakmus.usecases.imports.import_files import plan_import, run_import
from tests.usecases.conftest import bring_in, empty_home


def content(home) -> list[tuple]:
    """Every activity of a stream, in one order; `_known_at` apart, which says when it was brought."""
    import polars as pl

    rows = pl.read_parquet(home.stream().files(), missing_columns="insert").drop("_known_at", strict=False)
    return sorted(rows.select("activity_id", "ts", "customer", "activity", "_order", "_amount").rows(), key=repr)


@pytest.mark.slow
def test_the_same_files_again_change_nothing(new_home, few_files) -> None:
    first = bring_in(new_home, few_files / "orders.csv", few_files / "reviews.csv")
    version, before = new_home.stream().version, content(new_home)
    again = bring_in(new_home, few_files / "orders.csv", few_files / "reviews.csv")
    assert [(file.accepted, file.duplicate) for file in again.files] == [(0, file.accepted) for file in first.files]
    assert again.appended == 0 and new_home.stream().version == version and content(new_home) == before


@pytest.mark.slow
def test_an_overlapping_file_adds_only_its_new_rows(new_home, few_files, tmp_path) -> None:
    lines = (few_files / "orders.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    for name, part in (("early.csv", lines[:100]), ("late.csv", [lines[0], *lines[80:]])):
        (tmp_path / name).write_text("".join(part), encoding="utf-8")
    bring_in(new_home, tmp_path / "early.csv")
    report = bring_in(new_home, tmp_path / "late.csv").files[0]
    assert (report.duplicate, report.accepted) == (20, len(lines) - 100) > (20, 20)
    whole = empty_home(tmp_path / "whole")
    bring_in(whole, few_files / "orders.csv")
    assert content(new_home) == content(whole)


def test_a_row_that_cannot_be_used_is_set_aside_with_its_reason_and_the_rest_goes_in(new_home, tmp_path) -> None:
    path = tmp_path / "заказы.csv"
    path.write_text(
        "Номер заказа;Дата заказа;ID клиента;Сумма\n1;01.02.2026;10;100,50\n2;не дата;10;70\n3;03.02.2026;11;1 200,00\n", encoding="cp1251"
    )
    report = bring_in(new_home, path).files[0]
    assert (report.read, report.accepted, report.rejected) == (3, 2, 1)
    rows = list(csv.reader(report.rejected_file.open(encoding="utf-8-sig", newline="")))
    assert any("не дата" in cell for row in rows for cell in row) and sum(report.reasons.values()) == 1


def test_tickets_brought_before_the_customers_find_them_afterwards(new_home, tmp_path) -> None:
    cases, customers = tmp_path / "обращения.csv", tmp_path / "клиенты.csv"
    cases.write_text("Номер обращения;Дата обращения;E-mail;Тема\n7;01.02.2026 10:00;a@b.ru;Доставка\n", encoding="utf-8")
    customers.write_text("ID клиента;ФИО;E-mail\n55;Анна Каренина;A@B.ru\n", encoding="utf-8")
    bring_in(new_home, cases)
    bring_in(new_home, customers)
    stream = new_home.stream()
    kinds = stream.history_of("55", as_of=stream.watermarks().last_at)["activity"].to_pylist()
    assert "opened_case" in kinds


@pytest.mark.slow
def test_what_came_before_its_orders_and_cases_does_not_come_twice_after_them(new_home, few_files) -> None:
    late = [few_files / name for name in ("messages.csv", "reviews.csv", "surveys.csv", "deliveries.csv")]
    bring_in(new_home, few_files / "reviews.csv", few_files / "surveys.csv", few_files / "messages.csv")
    bring_in(new_home, few_files / "orders.csv", few_files / "cases.csv", few_files / "customers.csv")
    before = new_home.stream().count
    again = bring_in(new_home, *late)
    assert {name: count for name, count in ((file.name, file.accepted) for file in again.files) if count} == {
        "deliveries.csv": again.files[-1].read
    }
    assert new_home.stream().count > before


def test_what_was_confirmed_for_a_header_is_used_for_the_next_file_with_it(new_home, tmp_path) -> None:
    first, second = tmp_path / "one.csv", tmp_path / "two.csv"
    for path, number in ((first, 1), (second, 2)):
        path.write_text(f"a;b;c;d\n{number};02.03.2026;77;10\n{number + 10};03.03.2026;78;20\n", encoding="utf-8")
    plan = plan_import(new_home, [first], kinds={first: "orders"})
    file = plan.files[0]
    for name, target in (("a", "order"), ("b", "ts"), ("c", "customer"), ("d", "amount")):
        file = file.with_column(name, target)
    from dataclasses import replace

    from lakmus.connectors.files import check_plan

    run_import(new_home, replace(plan, files=(check_plan(replace(file, problems=(), problem_codes=())),)), actor=None)
    recognised = plan_import(new_home, [second]).files[0]
    assert recognised.kind == "orders" and [column.field for column in recognised.columns] == ["order", "ts", "customer", "amount"]


VISITS = "E-mail;Дата визита;Страница\nanna@x.ru;01.03.2026 12:00;/\nanna@x.ru;01.03.2026 12:00;/\nOLEG@x.ru;02.03.2026 12:00;/tea\n"
CONTACTS = "Номер заказа;Дата контакта;Канал;Сотрудник;Тема\nA-1;05.03.2026 12:00;телефон;Ирина;Как чай\n"
WISHES = "Телефон;Дата обращения;Текст обращения\n8 916 123-45-67;03.03.2026 12:00;Где чай?\n"
PEOPLE = "ID клиента;ФИО;E-mail;Телефон\n71;Анна;anna@x.ru;+7 916 123-45-67\n72;Олег;oleg@x.ru;\n"
ONE_ORDER = "Номер заказа;Дата заказа;ID клиента;Сумма\nA-1;01.03.2026 12:00;71;10\n"


@pytest.mark.slow
@pytest.mark.parametrize("together_first", [False, True])
def test_who_is_known_later_does_not_make_another_fact_of_a_row(new_home: Home, tmp_path: Path, together_first: bool) -> None:
    texts = {"visits.csv": VISITS, "contacts.csv": CONTACTS, "cases.csv": WISHES}
    known = {"customers.csv": PEOPLE, "orders.csv": ONE_ORDER}
    for name, text in (texts | known).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    alone, together = [tmp_path / name for name in texts], [tmp_path / name for name in texts | known]
    kinds = {tmp_path / "contacts.csv": "contacts"}
    first, second = (together, alone) if together_first else (alone, together)
    run_import(new_home, plan_import(new_home, first, kinds=kinds), actor=None)
    report = run_import(new_home, plan_import(new_home, second, kinds=kinds), actor=None)
    told = {file.name: (file.accepted, file.duplicate) for file in report.files if file.name in texts}
    assert told == {"visits.csv": (0, 3), "contacts.csv": (0, 1), "cases.csv": (0, 1)}


def test_a_name_that_two_files_of_one_import_tell_is_no_fact_known_before(new_home: Home, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(
        "Номер заказа;Дата заказа;Клиент;Телефон;Сумма\n1;01.03.2026;Анна Ким;89161234567;5\n", encoding="utf-8"
    )
    (tmp_path / "cases.csv").write_text(
        "Номер обращения;Дата обращения;Имя клиента;Телефон\n7;02.03.2026;Анна Ким;89161234567\n", encoding="utf-8"
    )
    paths = [tmp_path / "orders.csv", tmp_path / "cases.csv"]
    assert (report := run_import(new_home, plan_import(new_home, paths), actor=None)).duplicate == 0
    assert report.appended == 3 and run_import(new_home, plan_import(new_home, paths), actor=None).duplicate == 2


def test_returns_among_orders_are_known_again(new_home: Home, tmp_path: Path) -> None:
    path = tmp_path / "заказы.csv"
    path.write_text(
        "Номер заказа;Дата заказа;ID клиента;Вид документа;Сумма\n"
        "1;01.02.2026;К1;Реализация;100\n2;02.02.2026;К1;Возврат;40\n3;02.02.2026;К2;Реализация;-5\n",
        encoding="utf-8",
    )
    assert bring_in(new_home, path).files[0].accepted == 3
    again = bring_in(new_home, path)
    assert (again.files[0].accepted, again.files[0].duplicate, again.appended) == (0, 3, 0)
