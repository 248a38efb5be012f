"""Exports as the usual Russian programs write them: whose the rows are, what the columns mean, what is no record at all."""

# ruff: noqa: E501 - a table of exports

from __future__ import annotations

from collections.abc import Callable, Sequence
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
    ("1C journal", "orders", f"Дата;Номер;Вид документа;Контрагент;ИНН;Сумма документа\n{DAY};ЦБ-1;Реализация;Анна Ким;7701234500;10,50\n{DAY};ЦБ-2;Возврат от покупателя;Анна Ким;7701234500;10,50\n",
     {"Дата": "ts", "Номер": "order", "Вид документа": "operation", "Контрагент": "name", "ИНН": "customer", "Сумма документа": "amount"}),
    ("a clinic", "orders", "Дата приёма;Время приёма;Пациент;Телефон;Номер амбулаторной карты;Врач;Услуга;Стоимость;Статус приёма;Филиал\n13.02.2025;10:30;Анна Ким;89161234567;101;Павлов И.;Осмотр;2500;Состоялся;Тверская\n",
     {"Дата приёма": "ts", "Время приёма": "clock", "Пациент": "name", "Телефон": "phone", "Номер амбулаторной карты": "card", "Врач": "staff", "Услуга": "product_name", "Стоимость": "amount", "Статус приёма": "status", "Филиал": "store"}),
    ("YCLIENTS", "orders", "Дата визита;Время;Клиент;Телефон;Сотрудник;Услуги;Статус визита;Стоимость услуг\n13.02.2025;10:30;Анна Ким;89161234567;Зоя;Стрижка;Пришел;1500\n",
     {"Дата визита": "ts", "Время": "clock", "Клиент": "name", "Телефон": "phone", "Сотрудник": "staff", "Услуги": "product_name", "Статус визита": "status", "Стоимость услуг": "amount"}),
    ("iiko", "orders", "Учетный день,Номер чека,Торговое предприятие,Официант,Номер карты гостя,Сумма со скидкой\n13.02.2025,7,Кафе,Зоя,77001,1234.50\n",
     {"Учетный день": "ts", "Номер чека": "order", "Торговое предприятие": "store", "Официант": "staff", "Номер карты гостя": "card", "Сумма со скидкой": "amount"}),
    ("Tilda", "orders", "Name,Email,Phone,orderid,products,price,sent\nАнна Ким,a@b.ru,89161234567,7,Чай - 2,1000,2025-02-13 10:30:00\n",
     {"Name": "name", "Email": "email", "Phone": "phone", "orderid": "order", "products": "product_name", "price": "price", "sent": "ts"}),
    ("a provider's contracts", "contracts", "Лицевой счёт;ФИО абонента;Контактный телефон;Тарифный план;Дата подключения;Дата отключения;Причина отключения;Абонентская плата, руб./мес.\n7700001;Анна Ким;89161234567;Сто;13.02.2025;;;500\n",
     {"Лицевой счёт": "customer", "ФИО абонента": "name", "Контактный телефон": "phone", "Тарифный план": "product_name", "Дата подключения": "ts", "Дата отключения": "ended_at", "Причина отключения": "reason", "Абонентская плата, руб./мес.": "amount"}),
    ("a provider's payments", "invoices", "Лицевой счёт;Месяц;Начислено;Оплачено;Дата платежа\n7700001;01.2025;600,00;600,00;13.02.2025\n",
     {"Лицевой счёт": "customer", "Оплачено": "amount", "Дата платежа": "ts"}),
    ("a telephone station", "calls", "Дата,Время,Кто звонил,Кому звонил,Направление,Статус\n13.02.2025,10:30:05,89161234567,Продажи,Входящий,Пропущенный\n13.02.2025,10:31:05,89161234568,Продажи,Входящий,Успешный\n",
     {"Дата": "ts", "Время": "clock", "Кто звонил": "phone", "Направление": "author", "Статус": "result"}),
    ("a carrier", "deliveries", "Номер заказа ИМ;Номер СДЭК;Дата создания;Плановая дата доставки;Дата вручения;Статус;Получатель\n7;11;13.02.2025;14.02.2025;15.02.2025;Вручен;Анна Ким\n",
     {"Номер заказа ИМ": "order", "Дата создания": "ts", "Плановая дата доставки": "promised_at", "Дата вручения": "delivered_at"}),
    ("Zendesk", "cases", "Ticket ID,Ticket subject,Ticket status,Ticket channel,Requester name,Requester email,Assignee name,Ticket created - Timestamp,Ticket solved - Timestamp\n5,Where is my order,Solved,Web,Ann Lee,ANN@mail.ru,Irina,2025-02-13T10:30:00+03:00,2025-02-14T10:30:00+03:00\n",
     {"Ticket ID": "case", "Ticket subject": "topic", "Ticket status": "status", "Ticket channel": "channel", "Requester name": "name", "Requester email": "email", "Assignee name": "staff", "Ticket created - Timestamp": "ts", "Ticket solved - Timestamp": "resolved_at"}),
    ("Jivo", "cases", f"Номер диалога;Дата начала;Канал;Имя клиента;Телефон клиента;Оператор\n7;{DAY};Чат на сайте;Анна Ким;89161234567;Ирина\n",
     {"Номер диалога": "case", "Дата начала": "ts", "Канал": "channel", "Имя клиента": "name", "Телефон клиента": "phone", "Оператор": "staff"}),
    ("notes of a CRM", "contacts", f"ID,Тип примечания,Сделка ID,Контакт,Дата создания,Кем создано,Текст примечания\n9,Звонок,300,Анна Ким,{DAY},Ирина,Просила перезвонить\n",
     {"Сделка ID": "order", "Контакт": "name", "Дата создания": "ts", "Кем создано": "staff", "Текст примечания": "text"}),
    ("a branch's queue", "visits", f"Талон;Отделение;Услуга;Время выдачи талона;Время вызова;Результат;ID клиента\nA1;Центр;Кредит;{DAY};{DAY};Обслужен;CL7\n",
     {"Отделение": "store", "Время выдачи талона": "ts", "ID клиента": "customer"}),
    ("hundreds of columns", "orders", "Номер заказа;Дата заказа;ID клиента;Сумма;" + ";".join(f"Поле {n}" for n in range(300)) + f"\n1;{DAY};К7;10;" + ";".join("x" * 300) + "\n",
     {"Номер заказа": "order", "Дата заказа": "ts", "ID клиента": "customer", "Сумма": "amount"}),
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


def test_of_a_conversation_in_one_cell_a_case_keeps_what_the_customer_wrote(write: Callable[..., Path], read_files: Reader) -> None:
    talks = [
        "[10:17:05] Клиент: Где мой заказ?\n[10:18:00] Ирина: Здравствуйте: сейчас проверю\n[10:30:00] Клиент: Жду уже: час",
        "[11:00:00] Ирина: Добрый день!",
        "[12:00] Посетитель 77: Спасибо",
    ]
    rows = "".join(f'{n};{DAY};89161234567;"{talk}"\n' for n, talk in enumerate(talks))
    read = read_files(write("export-1.csv", f"Номер диалога;Дата начала;Телефон клиента;Диалог\n{rows}"))
    assert [row["_text"] for row in read.of("opened_case")] == ["Где мой заказ?\nЖду уже: час", None, "Спасибо"]


@pytest.mark.parametrize("text", ["Клиент недоволен: ждал час", "10 дней жду", "Заказ: не привезли"])
def test_a_text_with_a_colon_is_no_conversation(write: Callable[..., Path], read_files: Reader, text: str) -> None:
    read = read_files(write("cases.csv", f"Номер обращения;Дата обращения;Код клиента;Текст обращения\n1;{DAY};К7;{text}\n"))
    assert [row["_text"] for row in read.of("opened_case")] == [text]


GROUPED = (
    "Реестр реализаций;;;;;\r\n;;;;;\r\n"
    "Документ;;Контрагент;;Номенклатура;Сумма\r\nНомер;Дата;Наименование;Код;;\r\n"
    "ЦБ-1;06.01.2025 10:00:00;Анна Ким;К1;Чай;1 234,56 руб.\r\n;;;;Кофе;500,00 руб.\r\n"
    "ЦБ-2;07.01.2025 10:00:00;Иван Ким;;Чай;10,00 руб.\r\n;;;;Мёд;20,00 руб.\r\nИтого за январь;;;;;1 764,56 руб.\r\nИтого;;;;;1 764,56 руб.\r\n"
)


def test_rows_of_a_register_take_what_only_the_first_row_of_their_document_says(write: Callable[..., Path], read_files: Reader) -> None:
    read = read_files(write("реестр.csv", GROUPED, "cp1251"))
    assert [(row["_order"], row["customer"], row["_product"], row["_amount"]) for row in read.of("ordered_item")] == [
        ("ЦБ-1", "К1", "Чай", 1234.56),
        ("ЦБ-1", "К1", "Кофе", 500.0),
        ("ЦБ-2", None, "Чай", 10.0),
        ("ЦБ-2", None, "Мёд", 20.0),
    ]
    assert {row["_order"] for row in read.of("placed_order")} == {"ЦБ-1", "ЦБ-2"}
    assert read.files[0].rejected == 2 and "первая строка" in read.files[0].notes[0].ru


def test_a_header_of_two_rows_is_found_again_when_the_file_is_read(
    write: Callable[..., Path], plan_files: Callable[..., ImportPlan]
) -> None:
    plan = plan_files(write("реестр.csv", GROUPED, "cp1251"))
    assert [column.name for column in plan.files[0].columns][:3] == ["Документ Номер", "Документ Дата", "Контрагент Наименование"]
    assert plan.files[0].grouped and ImportPlan.from_json(plan.as_json()).files[0].grouped


def test_a_sum_of_some_rows_is_told_as_such(write: Callable[..., Path], read_files: Reader) -> None:
    text = f"Дата;Номер;Код клиента;Сумма\n{DAY};1;К1;10\nИтого за январь;;;10\n;;Всего по складу:;10\n"
    assert read_files(write("orders.csv", text)).files[0].reasons == {"total_row": 2}


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


def test_what_the_kind_of_a_document_calls_a_return_is_no_sale(write: Callable[..., Path], read_files: Reader) -> None:
    journal = next(export for export in EXPORTS if export[0] == "1C journal")
    read = read_files(write("export-1.csv", journal[2]))
    assert [(row["_order"], row["_amount"]) for row in read.of("placed_order")] == [("ЦБ-1", 10.5)]
    assert [(row["_order"], row["_amount"]) for row in read.of("was_refunded")] == [("ЦБ-2", 10.5)]


def test_a_visit_that_nobody_came_to_is_an_order_cancelled(write: Callable[..., Path], read_files: Reader) -> None:
    rows = "".join(f"13.02.2025;1{n}:30;7;1500;{status}\n" for n, status in enumerate(["Состоялся", "Не пришёл", "Неявка"]))
    read = read_files(write("visits.csv", "Дата приёма;Время приёма;ID пациента;Стоимость;Статус приёма\n" + rows))
    assert {row["ts"].hour for row in read.of("cancelled_order")} == {8, 9} and len(read.of("placed_order")) == 3


@pytest.mark.parametrize(
    ("name", "numbers", "told"),
    [("№ п/п", "123", False), ("№", "123", False), ("№", ["00001", "00002", "00003"], True), ("№", ["7", "12", "31"], True)],
)
def test_a_count_of_rows_is_no_number_of_an_order(
    write: Callable[..., Path], plan_files: Callable[..., ImportPlan], name: str, numbers: Sequence[str], told: bool
) -> None:
    rows = "".join(f"{number};{DAY};К7;10\n" for number in numbers)
    plan = plan_files(write("orders.csv", f"{name};Дата;Код клиента;Сумма\n{rows}")).files[0]
    assert (plan.kind, plan.columns[0].field) == ("orders", "order" if told else None)


def test_few_words_that_repeat_are_nobodys_number(write: Callable[..., Path], plan_files: Callable[..., ImportPlan]) -> None:
    rows = "".join(f"{n};{DAY};{word};10\n" for n, word in enumerate(["да", "нет", "да", "да", "нет", "нет"]))
    plan = plan_files(write("orders.csv", f"Номер заказа;Дата заказа;Упаковка;Сумма\n{rows}")).files[0]
    assert plan.column_of("customer") is None
