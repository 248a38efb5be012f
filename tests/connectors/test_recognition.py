"""Exports of well-known programs are recognised without help; the same facts under other names are the same."""

# ruff: noqa: E501 - a table of exports

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lakmus.connectors.files import ImportPlan
from lakmus.connectors.files.fields import FIELDS
from lakmus.connectors.files.file_kinds import FILE_KINDS
from lakmus.connectors.files.names import compact
from lakmus.connectors.files.plan import header_signature

DAY = "13.02.2025 10:30"
EXPORTS: list[tuple[str, str, str, dict[str, str]]] = [
    # whose export, kind, header and a row, the columns that matter
    ("1C sales", "orders", f"Номер;Дата;Контрагент;Сумма документа;Склад\nУТ-1;{DAY};ООО Ромашка;100,50;Основной\n",
     {"Номер": "order", "Дата": "ts", "Контрагент": "customer", "Сумма документа": "amount"}),
    ("1C lines", "order_lines", f"Номер документа;Дата документа;Контрагент;Номенклатура;Количество;Цена\nУТ-1;{DAY};Иванов;Чайник;2;50,25\n",
     {"Номер документа": "order", "Номенклатура": "product_name", "Цена": "price"}),
    ("RetailCRM orders", "orders", f"Номер заказа;Дата оформления;Внешний ID клиента;ФИО клиента;Телефон;E-mail;Сумма заказа;Статус заказа;Способ оформления\n12А;{DAY};7;Анна;+79001112233;a@b.ru;10;новый;сайт\n",
     {"Дата оформления": "ts", "Внешний ID клиента": "customer", "Сумма заказа": "amount", "E-mail": "email", "Телефон": "phone"}),
    ("Olist orders", "orders", "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,order_delivered_customer_date,order_estimated_delivery_date\no,c,delivered,2017-07-09 21:57:05,2017-07-09 22:10:13,2017-07-26 10:57:55,2017-08-01 00:00:00\n",
     {"order_purchase_timestamp": "ts", "order_estimated_delivery_date": "promised_at", "order_delivered_customer_date": "delivered_at"}),
    ("Online Retail", "order_lines", "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n536365,85123A,LANTERN,6,2010-12-01 08:26:00,2.55,17850.0,France\n",
     {"InvoiceNo": "order", "InvoiceDate": "ts", "CustomerID": "customer", "UnitPrice": "price"}),
    ("Online Retail II", "order_lines", "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country\n536365,85123A,LANTERN,6,2010-12-01 08:26:00,2.55,17850.0,France\n",
     {"Invoice": "order", "InvoiceDate": "ts", "Customer ID": "customer", "Price": "price"}),
    ("help desk", "cases", "Ticket ID,Created at,Requester ID,Subject,Status,Assignee,First response at,Solved at\n1,2025-02-13 10:00,7,Where,solved,Ann,2025-02-13 11:00,2025-02-14 11:00\n",
     {"Ticket ID": "case", "Created at": "ts", "Requester ID": "customer", "First response at": "replied_at", "Solved at": "resolved_at"}),
    ("help desk in Russian", "cases", f"№ заявки;Дата заявки;Клиент;Тема обращения;Исполнитель;Дата первого ответа;Закрыто\n1;{DAY};7;Возврат;Анна;{DAY};{DAY}\n",
     {"№ заявки": "case", "Исполнитель": "staff", "Дата первого ответа": "replied_at", "Закрыто": "resolved_at"}),
    ("reviews of a marketplace", "reviews", f"Дата отзыва;Артикул;Количество звёзд;Текст отзыва\n{DAY};А-1;5;Хорошо\n", {"Текст отзыва": "text", "Артикул": "product"}),
    ("app reviews", "reviews", "review_id,date,rating,title,text\n1,2025-02-13,5,Good,Very good\n", {"rating": "stars", "text": "text", "date": "ts"}),
    ("chat", "messages", f"Диалог;Дата;Отправитель;Сообщение\nд1;{DAY};клиент;Где заказ?\n", {"Диалог": "case", "Отправитель": "author", "Сообщение": "text"}),
    ("survey", "surveys", f"Клиент;Дата опроса;NPS;Комментарий\n7;{DAY};9;Спасибо\n", {"NPS": "score", "Дата опроса": "answered_at"}),
    ("customer list", "customers", "Код клиента;Наименование клиента;Электронная почта;Мобильный телефон;Карта\n7;Анна;a@b.ru;89001112233;77\n",
     {"Электронная почта": "email", "Мобильный телефон": "phone", "Карта": "card", "Наименование клиента": "name"}),
    ("payments", "payments", f"Номер заказа;Дата оплаты;Способ оплаты;Сумма оплаты\n1;{DAY};карта;10\n", {"Сумма оплаты": "amount", "Дата оплаты": "ts"}),
    ("contracts", "contracts", f"Номер договора;Дата заключения;Клиент;Абонентская плата;Дата расторжения\nД-1;{DAY};7;500;{DAY}\n",
     {"Номер договора": "contract", "Дата заключения": "ts", "Дата расторжения": "ended_at"}),
    ("telephony", "calls", f"Дата звонка;Номер телефона;Направление;Результат звонка;Длительность разговора\n{DAY};89001112233;входящий;пропущен;0\n",
     {"Дата звонка": "ts", "Номер телефона": "phone", "Направление": "author", "Результат звонка": "result", "Длительность разговора": "minutes"}),
    ("telephony in English", "calls", "Call date,Customer phone,Direction,Call status,Agent\n2025-02-13 10:00,+79001112233,inbound,answered,Ann\n",
     {"Call date": "ts", "Customer phone": "phone", "Call status": "result", "Agent": "staff"}),
    ("acquiring", "charges", f"Номер заказа;Дата операции;Тип операции;Сумма операции;Способ оплаты\n1;{DAY};списание;10,50;карта\n",
     {"Дата операции": "ts", "Тип операции": "operation", "Сумма операции": "amount", "Номер заказа": "order"}),
    ("offers", "offers", f"ID клиента;Дата предложения;Акция;Артикул;Товар;Канал\n7;{DAY};весна;А-1;Чай;смс\n",
     {"Дата предложения": "ts", "Акция": "template", "Артикул": "product", "Канал": "channel"}),
    ("preferences", "preferences", f"ID клиента;Дата пожелания;Вид пожелания;Пожелание;Что произошло\n7;{DAY};канал связи;не звонить;записано\n",
     {"Дата пожелания": "ts", "Вид пожелания": "topic", "Пожелание": "text", "Что произошло": "operation"}),
    ("checkout", "checkouts", f"Дата события;ID клиента;Событие оформления;Страница;Сумма корзины;Причина отказа\n{DAY};7;начало;/pay;10,5;\n",
     {"Дата события": "ts", "Событие оформления": "operation", "Сумма корзины": "amount", "Причина отказа": "reason"}),
    ("goods", "reference", "product_id,product_category_name,product_weight_g\n1,toys,100\n", {}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "content", "columns"), [export[1:] for export in EXPORTS], ids=[export[0] for export in EXPORTS])
def test_a_usual_export_is_recognised_whatever_its_file_is_called(
    write: Callable[..., Path], plan_files: Callable[..., ImportPlan], kind: str, content: str, columns: dict[str, str]
) -> None:
    plan = plan_files(write("export-1.csv", content)).files[0]
    assert plan.kind == kind and not plan.problems
    assert {name: field for column in plan.columns if (name := column.name) in columns and (field := column.field)} == columns


@pytest.mark.parametrize("name", ["Номер заказа", "НОМЕР ЗАКАЗА", " номер_заказа ", "Номер  заказа:", "№ заказа", "«Номер заказа»"])
def test_case_blanks_and_punctuation_of_names_do_not_count(name: str) -> None:
    assert compact(name) == "номерзаказа"


def test_units_after_a_name_do_not_count() -> None:
    assert compact("Сумма, руб.") == compact("сумма") and compact("Длительность, мин") == "длительность" and compact("Звёзды") == "звезды"


def test_the_signature_of_a_header_does_not_depend_on_order() -> None:
    assert header_signature(["A b", "c"]) == header_signature(["C", "a_b"]) != header_signature(["a"])


def test_columns_without_telling_names_are_told_by_their_cells(write: Callable[..., Path], plan_files: Callable[..., ImportPlan]) -> None:
    rows = "".join(f"{number % 3 + 10} 199701{number + 10} {number}.50\n" for number in range(9))
    plan = plan_files(write("purchases.txt", rows)).files[0]
    assert plan.header_row is None and [column.field for column in plan.columns] == ["customer", "ts", "amount"]


def test_a_kind_that_a_person_names_is_not_doubted(write: Callable[..., Path], plan_files: Callable[..., ImportPlan]) -> None:
    path = write("x.csv", f"Номер заказа;Дата;Клиент;Сумма\n1;{DAY};7;10\n")
    assert plan_files(path, kinds={path: "invoices"}).files[0].kind == "invoices"


def test_the_catalogue_names_only_fields_that_there_are() -> None:
    for kind in FILE_KINDS.values():
        assert kind.fields <= set(FIELDS) and kind.title.ru and kind.title.en
        assert {field for group in kind.required for field in group} <= kind.fields


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("Сумма", "1,5 тыс. руб.", "«Сумма»"),
        ("Плановая дата доставки", "скоро", "«Плановая дата доставки»"),
        ("Сумма", "", "«Сумма»"),
        ("Телефон", "7,91612E+10", "«Телефон»"),
        ("Комментарий", "скоро", None),
        ("Оплачено", "1000", None),
    ],
)
def test_a_column_that_is_not_what_it_is_called_is_told(
    write: Callable[..., Path], plan_files: Callable[..., ImportPlan], column: str, cell: str, said: str | None
) -> None:
    notes = plan_files(write("orders.csv", f"Номер заказа;Дата заказа;Код клиента;{column}\n1;{DAY};К7;{cell}\n")).files[0].notes
    assert [said in note.ru and cell in note.en for note in notes if said] == [True] if said else notes == ()


def test_orders_of_nobody_are_told(write: Callable[..., Path], plan_files: Callable[..., ImportPlan]) -> None:
    (note,) = plan_files(write("orders.csv", f"Номер заказа;Дата заказа;Сумма\n1;{DAY};10\n")).files[0].notes
    assert "кто ушёл" in note.ru and "who left" in note.en


@pytest.mark.parametrize(("cells", "told"), [(["3/4/2025", "5/6/2025"], True), (["3/4/2025", "25/6/2025"], False)])
def test_a_day_that_can_be_read_both_ways_is_told(
    write: Callable[..., Path], plan_files: Callable[..., ImportPlan], cells: list[str], told: bool
) -> None:
    rows = "".join(f"{n};{cell};К7;10\n" for n, cell in enumerate(cells))
    notes = plan_files(write("orders.csv", f"Номер заказа;Дата заказа;Код клиента;Сумма\n{rows}")).files[0].notes
    assert [("3/4/2025" in note.ru, "day/month" in note.en) for note in notes] == ([(True, True)] if told else [])


@pytest.mark.parametrize(("word", "kind"), [("Отзыв", "reviews"), ("Комментарий", "surveys")])
def test_what_customers_write_by_themselves_is_told_from_what_they_answer(
    write: Callable[..., Path], plan_files: Callable[..., ImportPlan], word: str, kind: str
) -> None:
    rows = "".join(f"{DAY};{n};Всё хорошо;К{n}\n" for n in range(1, 6))
    assert plan_files(write("export.csv", f"Дата;Оценка;{word};Клиент\n{rows}")).files[0].kind == kind
