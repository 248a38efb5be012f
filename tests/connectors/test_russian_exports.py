"""Exports as the usual Russian programs write them: whose the rows are, what the columns mean, what is no record at all."""

# ruff: noqa: E501 - a table of exports

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from lakmus.connectors.files import ImportPlan
from lakmus.connectors.files.second_thoughts import looks_like_names
from lakmus.connectors.files.sniff import find_header_of_sheet
from tests.connectors.conftest import Reader

DAY = "13.02.2025 10:30"
EXPORTS: list[tuple[str, str, str, dict[str, str]]] = [
    # whose export, kind, header and rows, all columns that are read
    ("RetailCRM", "orders", "Номер заказа;Дата и время оформления;Статус заказа;Менеджер;Покупатель;Телефон;E-mail;Сумма по товарам/услугам;Стоимость доставки;Сумма заказа;Дата доставки\n"
     f"1C;{DAY};Доставляется;Елена Орлова;Анна Ким;89161234567;a@b.ru;100;30;130;16.02.2025\n2C;{DAY};Отменён;Елена Орлова;Иван Ким;89161234568;c@b.ru;10;30;40;17.02.2025\n",
     {"Номер заказа": "order", "Дата и время оформления": "ts", "Статус заказа": "status", "Менеджер": "staff", "Покупатель": "name", "Телефон": "phone", "E-mail": "email", "Сумма заказа": "amount", "Дата доставки": "promised_at"}),
    ("amoCRM", "orders", "ID,Название сделки,Бюджет ₽,Ответственный,Дата создания,Этап сделки,Основной контакт,Рабочий телефон (контакт),Рабочий email (контакт)\n"
     f"300,Сделка 1,4756,Иван Кузнецов,{DAY},Успешно реализовано,Ольга Иванова,'+7 (916) 169-68-72,u@m.ru\n",
     {"ID": "order", "Бюджет ₽": "amount", "Ответственный": "staff", "Дата создания": "ts", "Этап сделки": "status", "Основной контакт": "name", "Рабочий телефон (контакт)": "phone", "Рабочий email (контакт)": "email"}),
    ("Bitrix24", "orders", "ID;Стадия сделки;Название сделки;Сумма;Валюта;Контакт;Контакт: Рабочий телефон;Дата создания;Ответственный\n"
     f"5150;Сделка провалена;Заказ 151;2393.98;RUB;Ольга Орлова;+79161205894;{DAY};Иван Кузнецов\n",
     {"ID": "order", "Стадия сделки": "status", "Сумма": "amount", "Валюта": "currency", "Контакт": "name", "Контакт: Рабочий телефон": "phone", "Дата создания": "ts", "Ответственный": "staff"}),
    ("1C with codes", "orders", f"Дата;Номер;Контрагент;Код контрагента;Сумма документа\n{DAY};ЧЛ-1;Анна Ким;00-0001;10,50\n",
     {"Дата": "ts", "Номер": "order", "Контрагент": "name", "Код контрагента": "customer", "Сумма документа": "amount"}),
    ("1C with names alone", "orders", f"Дата;Номер;Контрагент;Сумма документа\n{DAY};ЧЛ-1;ООО Ромашка;10,50\n",
     {"Дата": "ts", "Номер": "order", "Контрагент": "customer", "Сумма документа": "amount"}),
    ("a till", "orders", f"Номер чека;Дата продажи;Карта клиента;Сумма чека;Кассир\nCH1;{DAY};77000001;4 756,99;Зоя\n",
     {"Номер чека": "order", "Дата продажи": "ts", "Карта клиента": "card", "Сумма чека": "amount", "Кассир": "staff"}),
    ("Usedesk", "cases", f"ID тикета;Тема;Статус;Канал;Имя клиента;Email клиента;Телефон клиента;Создан;Первый ответ;Решён;Исполнитель\n7;Где заказ?;Решён;Email;Анна Ким;a@b.ru;89161234567;{DAY};{DAY};{DAY};Ирина\n",
     {"ID тикета": "case", "Тема": "topic", "Статус": "status", "Канал": "channel", "Имя клиента": "name", "Email клиента": "email", "Телефон клиента": "phone", "Создан": "ts", "Первый ответ": "replied_at", "Решён": "resolved_at", "Исполнитель": "staff"}),
    ("Omnidesk", "cases", f"Номер обращения;Тема;Пользователь;Email;Ответственный;Группа;Дата создания;Дата первого ответа;Дата закрытия\n100-2;Брак;Ольга Орлова;o@b.ru;Ирина С.;Поддержка;{DAY};{DAY};{DAY}\n",
     {"Номер обращения": "case", "Тема": "topic", "Пользователь": "name", "Email": "email", "Ответственный": "staff", "Группа": "feature", "Дата создания": "ts", "Дата первого ответа": "replied_at", "Дата закрытия": "resolved_at"}),
    ("Yandex maps", "reviews", f"Филиал;Дата;Автор;Оценка;Текст отзыва;Ответ организации;Дата ответа\nЛенина 1;{DAY};Анна Ким;5;Хорошо;Спасибо;{DAY}\n",
     {"Филиал": "store", "Дата": "ts", "Оценка": "stars", "Текст отзыва": "text", "Ответ организации": "reply_text", "Дата ответа": "replied_at"}),
    ("2GIS", "reviews", f"Организация;Пользователь;Рейтинг;Отзыв;Дата публикации;Ответ;Дата ответа компании\nЧай;Анна Ким;5;Хорошо;{DAY};;\n",
     {"Пользователь": "name", "Рейтинг": "stars", "Отзыв": "text", "Дата публикации": "ts", "Ответ": "reply_text", "Дата ответа компании": "replied_at"}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "content", "columns"), [export[1:] for export in EXPORTS], ids=[export[0] for export in EXPORTS])
def test_an_export_is_read_as_its_program_means_it(
    write: Callable[..., Path], plan_files: Callable[..., ImportPlan], kind: str, content: str, columns: dict[str, str]
) -> None:
    plan = plan_files(write("export-1.csv", content)).files[0]
    assert (plan.kind, plan.problems) == (kind, ())
    assert {column.name: column.field for column in plan.columns if column.field} == columns


def test_whoever_is_known_by_name_alone_is_said_to_be(write: Callable[..., Path], plan_files: Callable[..., ImportPlan]) -> None:
    (note,) = plan_files(write("export-1.csv", EXPORTS[4][2])).files[0].notes
    assert "«Контрагент»" in note.ru and "“Контрагент”" in note.en


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        (["Анна Ким", "ООО «Ромашка»", "Пётр"], True),
        (["Ann Lee", "O'Neil John"], True),
        (["00-0001", "К17"], False),
        (["alice", "bob"], False),
        (["a@b.ru"], False),
        (["", " "], False),
    ],
)
def test_names_of_people_are_told_from_codes(cells: list[str], names: bool) -> None:
    assert looks_like_names(cells) is names


def test_a_header_of_two_rows_is_read_as_one() -> None:
    rows = [
        ["Реализация товаров", "", "", "", ""],
        ["Документ", "", "Контрагент", "", "Сумма"],
        ["Номер", "Дата", "Наименование", "Код", ""],
        ["ЧЛ-1", "2025-01-06", "Анна Ким", "00-1", "10.5"],
    ]
    assert find_header_of_sheet(rows) == (2, ("Документ Номер", "Документ Дата", "Контрагент Наименование", "Контрагент Код", "Сумма"))
    assert find_header_of_sheet([["Номер", "Дата", "Код", "Имя", "Сумма"], rows[3]])[0] == 0
    assert find_header_of_sheet([["Номер", "Дата", "Сумма"], ["А", "", ""], ["Б", "x", "y"]])[0] == 0


def test_a_report_of_1c_brings_its_lines_without_the_row_of_totals(
    tmp_path: Path, plan_files: Callable[..., ImportPlan], read_files: Reader
) -> None:
    sheet = openpyxl.Workbook()
    for row in (
        ["Реализация товаров"],
        [],
        ["Документ", None, "Контрагент", None, "Номенклатура", "Количество", "Цена", "Сумма"],
        ["Номер", "Дата", "Наименование", "Код"],
        ["ЧЛ-1", "06.01.2025 10:00:00", "Анна Ким", "00-1", "Чай", 2, 10.5, 21],
        ["ЧЛ-1", "06.01.2025 10:00:00", "Анна Ким", "00-1", "Кофе", 1, 5, 5],
        ["Итого", None, None, None, None, None, None, 26],
    ):
        sheet.active.append(row)
    sheet.save(tmp_path / "отчёт.xlsx")
    plan = plan_files(tmp_path / "отчёт.xlsx").files[0]
    assert plan.kind == "order_lines"
    read = read_files(tmp_path / "отчёт.xlsx")
    assert [outcome.reasons for outcome in read.files] == [{"total_row": 1}]
    assert [(row["_order"], row["customer"], row["_amount"]) for row in read.of("ordered_item")] == [
        ("ЧЛ-1", "00-1", 21.0),
        ("ЧЛ-1", "00-1", 5.0),
    ]


def test_orders_with_a_name_beside_the_phone_tell_what_the_customer_is_called(write: Callable[..., Path], read_files: Reader) -> None:
    text = f"Номер заказа;Дата заказа;Клиент;Телефон;Сумма\n1;{DAY};Анна Ким;8 916 123-45-67;10\n2;{DAY};Анна Ким;+7 (916) 123-45-67;20\n"
    read = read_files(write("orders.csv", text))
    assert [(row["customer"], row["_name"]) for row in read.of("gave_details")] == [("phone:+79161234567", "Анна Ким")]
    assert {row["customer"] for row in read.of("placed_order")} == {"phone:+79161234567"}


def test_a_promise_is_not_kept_of_an_order_that_arrived_nobody_says_when(write: Callable[..., Path], read_files: Reader) -> None:
    head = "Номер заказа;Дата заказа;Телефон;Сумма;Статус;Плановая дата доставки\n"
    rows = [
        f"{number};{DAY};89161234567;10;{status};16.02.2025\n" for number, status in enumerate(["Выполнен", "В пути", "Не доставлен"], 1)
    ]
    read = read_files(write("orders.csv", head + "".join(rows)))
    assert [row["_order"] for row in read.of("was_promised_delivery")] == ["2", "3"]
