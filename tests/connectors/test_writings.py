"""However a file is written (encoding, delimiter, decimals, dates, packing), the same facts come out."""

# ruff: noqa: E501 - files as text

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lakmus.connectors.files import ImportPlan
from lakmus.connectors.files.encodings import russian_likeness, single_byte_encoding
from tests.connectors.conftest import Read, Reader

HEADER = ("Номер заказа", "Дата заказа", "Клиент", "Сумма, руб.", "Город")
ROWS = (("А-1", "13.02.2025 10:30", "Иванов Ёж", "1 234,56", "Нижний Новгород"), ("А-2", "14.02.2025 00:05", "Щукина", "99,90", "Орёл"))


def table(delimiter: str, end: str = "\r\n") -> str:
    return "".join(delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in row) + end for row in (HEADER, *ROWS))


def assert_two_orders(read: Read) -> None:
    first, second = sorted(read.of("placed_order"), key=lambda row: row["_order"])
    assert (first["_order"], first["customer"], first["_amount"], first["_place"]) == ("А-1", "Иванов Ёж", 1234.56, "Нижний Новгород")
    assert first["ts"] == datetime(2025, 2, 13, 7, 30, tzinfo=UTC), "10:30 in Moscow"
    assert (second["_amount"], second["ts"]) == (99.9, datetime(2025, 2, 13, 21, 5, tzinfo=UTC))


@pytest.mark.slow
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"], ids=["comma", "semicolon", "tab", "bar"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1251", "cp866", "koi8-r"])
def test_every_encoding_and_delimiter_reads_the_same(write: Callable[..., Path], read_files: Reader, encoding: str, delimiter: str) -> None:
    assert_two_orders(read_files(write("заказы.csv", table(delimiter), encoding)))


@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "koi8-r"])
@pytest.mark.parametrize(
    "text", ["Добрый день, где мой заказ?", "ООО «Ромашка»; ГОРОД МОСКВА; ИВАНОВ ПЁТР", "Статус: выполнен — доставлено №5"]
)
def test_cyrillic_encodings_are_told_apart_by_their_letters(encoding: str, text: str) -> None:
    sample = text.encode(encoding, "replace")
    assert single_byte_encoding(sample) == encoding
    assert russian_likeness(text) > 20


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_every_line_end_reads_the_same(write: Callable[..., Path], read_files: Reader, end: str) -> None:
    assert_two_orders(read_files(write("orders.csv", table(";", end))))


def test_title_lines_above_the_header_are_passed_over(write: Callable[..., Path], read_files: Reader) -> None:
    read = read_files(write("orders.csv", "Отчёт по продажам;;;;\nза февраль 2025;;;;\n;;;;\n" + table(";", "\n")))
    assert read.plan.files[0].header_row == 3
    assert_two_orders(read)


def test_a_workbook_reads_with_excel_dates_and_numbers(read_files: Reader, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Выгрузка"])
    book.active.append(HEADER)
    book.active.append(["А-1", datetime(2025, 2, 13, 10, 30), "Иванов Ёж", 1234.56, "Нижний Новгород"])
    book.active.append(["А-2", datetime(2025, 2, 14, 0, 5), "Щукина", "99,90", "Орёл"])
    book.create_sheet("пусто")
    book.save(tmp_path / "заказы.xlsx")
    assert_two_orders(read_files(tmp_path / "заказы.xlsx"))


def test_a_workbook_of_two_sheets_gives_two_tables(read_files: Reader, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Заказы"
    for row in (HEADER, *ROWS):
        book.active.append(row)
    reviews = book.create_sheet("Отзывы")
    for row in (("Дата отзыва", "Номер заказа", "Оценка", "Текст отзыва"), ("15.02.2025", "А-1", 2, "Опоздали на день")):
        reviews.append(row)
    book.save(tmp_path / "всё.xlsx")
    read = read_files(tmp_path / "всё.xlsx")
    assert [(file.member, file.kind) for file in read.plan.files] == [("Заказы", "orders"), ("Отзывы", "reviews")]
    assert read.of("left_review")[0]["customer"] == "Иванов Ёж"


def test_parquet_reads_with_its_own_types(read_files: Reader, tmp_path: Path) -> None:
    columns = {
        "Номер заказа": ["А-1", "А-2"],
        "Дата заказа": [datetime(2025, 2, 13, 7, 30, tzinfo=UTC), datetime(2025, 2, 13, 21, 5, tzinfo=UTC)],
        "Клиент": ["Иванов Ёж", "Щукина"],
        "Сумма": [1234.56, 99.9],
        "Город": ["Нижний Новгород", "Орёл"],
    }
    pq.write_table(pa.table(columns), tmp_path / "orders.parquet")
    assert_two_orders(read_files(tmp_path / "orders.parquet"))


@pytest.mark.parametrize("layout", ["lines", "array"])
def test_json_reads_in_lines_and_as_one_array(write: Callable[..., Path], read_files: Reader, layout: str) -> None:
    records = [dict(zip(HEADER, row, strict=True)) for row in ROWS]
    lines = "\n".join(json.dumps(record, ensure_ascii=False) for record in records) + "\n"
    read = read_files(write("orders.jsonl", lines if layout == "lines" else json.dumps(records)))
    assert_two_orders(read)


def test_a_json_line_that_is_none_is_refused_alone(write: Callable[..., Path], read_files: Reader) -> None:
    lines = [json.dumps(dict(zip(HEADER, row, strict=True))) for row in ROWS]
    read = read_files(write("orders.jsonl", "\n".join([lines[0], "{broken", lines[1]]) + "\n"))
    assert_two_orders(read)
    assert read.files[0].reasons == {"empty_row": 1}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("around", ["lines", "list", "answer"])
def test_objects_within_records_are_columns(write: Callable[..., Path], read_files: Reader, around: str, encoding: str) -> None:
    records = [
        {
            "номер": number,
            "createdAt": "2025-02-13 10:30",
            "customer": {"id": "К7", "contact": {"phone": "8 916 123-45-67"}},
            "total": {"amount": 10.5},
        }
        for number in (1, 2)
    ]
    if around == "lines":
        text = "\n".join(json.dumps(record, ensure_ascii=False) for record in records)
    else:
        text = json.dumps(
            records if around == "list" else {"success": True, "data": {"orders": records, "tags": [1]}}, ensure_ascii=False, indent=1
        )
    read = read_files(write("orders.json", text, encoding))
    assert {column.name: column.field for column in read.plan.files[0].columns if column.field} == {
        "номер": "order", "createdAt": "ts", "customer.id": "customer", "customer.contact.phone": "phone", "total.amount": "amount",
    }  # fmt: skip
    assert [(row["_order"], row["customer"], row["_amount"]) for row in read.of("placed_order")] == [("1", "К7", 10.5), ("2", "К7", 10.5)]


def test_an_object_in_a_cell_is_nobodys_number(write: Callable[..., Path], plan_files: Callable[..., ImportPlan]) -> None:
    rows = "".join(f'{n};13.02.2025;"{{""id"": {n}}}";10\n' for n in range(6))
    plan = plan_files(write("orders.csv", f"Номер заказа;Дата заказа;Клиент;Сумма\n{rows}")).files[0]
    assert plan.column_of("customer") is None


@pytest.mark.parametrize("around", ['="{}"', '"=""{}"""'])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
def test_a_cell_that_keeps_its_zeros_as_a_formula_is_its_text(
    write: Callable[..., Path], read_files: Reader, around: str, encoding: str
) -> None:
    rows = "".join(";".join(around.format(cell) for cell in (f"00{n}", "13.02.2025 10:30", "К7", "10,50")) + "\r\n" for n in (1, 2))
    read = read_files(write("orders.csv", f"Номер заказа;Дата заказа;Код клиента;Сумма\r\n{rows}", encoding))
    assert [(row["_order"], row["customer"], row["_amount"]) for row in read.of("placed_order")] == [
        ("001", "К7", 10.5),
        ("002", "К7", 10.5),
    ]


HTML = (
    "<html><head><meta charset='UTF-8'><title>Сделки</title><style>td {color: red}</style></head><body><table><tr><td>меню</td></tr></table>"
    "<table border=1><tr><th>Номер заказа<th>Дата заказа</th><th>Клиент</th><th>Сумма</th></tr>"
    "<tr><td>1</td><td>13.02.2025 10:30</td><td>ООО &laquo;Чай&raquo;</td><td>10,50&nbsp;&#8381;</td></tr>"
    "<tr><td>2<td>13.02.2025 10:30<td>К8<td>20</table></body></html>"
)
XML = (
    '<?xml version="1.0"?><Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Л"><Table><Column ss:Width="9"/>'
    "<Row><Cell><Data>Номер заказа</Data></Cell><Cell><Data>Дата заказа</Data></Cell><Cell><Data>Клиент</Data></Cell><Cell><Data>Сумма</Data></Cell></Row>"
    '<Row><Cell><Data ss:Type="Number">1</Data></Cell><Cell><Data>2025-02-13T10:30:00.000</Data></Cell><Cell><Data>ООО «Чай»</Data></Cell><Cell><Data>10.5</Data></Cell></Row>'
    '<Row><Cell><Data>2</Data></Cell><Cell><Data>2025-02-13T10:30:00.000</Data></Cell><Cell ss:Index="4"><Data>20</Data></Cell></Row></Table></Worksheet></Workbook>'
)


@pytest.mark.parametrize(("content", "encoding"), [(HTML, "utf-8"), (HTML, "cp1251"), (XML, "utf-8"), (XML, "utf-16")])
def test_a_table_of_markup_that_calls_itself_a_workbook_is_read(
    write: Callable[..., Path], read_files: Reader, content: str, encoding: str
) -> None:
    read = read_files(write("DEAL.xls", content.replace("\u20bd", "руб."), encoding))
    placed = {row["_order"]: (row["customer"], row["_amount"], row["ts"].hour) for row in read.of("placed_order")}
    assert placed == {"1": ("ООО «Чай»", 10.5, 7), "2": (None if content == XML else "К8", 20, 7)}


def test_a_workbook_of_libreoffice_is_read(read_files: Reader, tmp_path: Path) -> None:
    cells = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in (HEADER, *ROWS))
    name = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0"
    spaces = " ".join(f'xmlns:{space}="{name.format(space)}"' for space in ("office", "table", "text"))
    table = f'<table:table table:name="Лист1">{cells}</table:table>'
    content = f"<office:document-content {spaces}><office:body><office:spreadsheet>{table}</office:spreadsheet></office:body></office:document-content>"
    with zipfile.ZipFile(tmp_path / "orders.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml", '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
        )
    assert_two_orders(read_files(tmp_path / "orders.ods"))


def _ods_cell(written: str) -> str:
    return f'<table:table-cell office:value-type="string"><text:p>{written}</text:p></table:table-cell>'


@pytest.mark.parametrize("packing", ["zip", "gzip"])
def test_packed_files_read_as_they_are(write: Callable[..., Path], read_files: Reader, packing: str) -> None:
    content = table(";").encode("cp1251")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("папка/заказы.csv", content)
        archive.writestr("__MACOSX/._заказы.csv", b"litter")
    path = write("orders.zip", packed.getvalue()) if packing == "zip" else write("orders.csv.gz", gzip.compress(content))
    assert_two_orders(read_files(path))


DATES = [
    ("2025-02-13", datetime(2025, 2, 12, 21)),
    ("2025-02-13 10:30", datetime(2025, 2, 13, 7, 30)),
    ("2025-02-13T10:30:00", datetime(2025, 2, 13, 7, 30)),
    ("2025-02-13T10:30:00Z", datetime(2025, 2, 13, 10, 30)),
    ("2025-02-13T10:30:00+05:00", datetime(2025, 2, 13, 5, 30)),
    ("2025-02-13 10:30:00.250", datetime(2025, 2, 13, 7, 30, 0, 250000)),
    ("13.02.2025", datetime(2025, 2, 12, 21)),
    ("13.02.2025 10:30", datetime(2025, 2, 13, 7, 30)),
    ("13.02.2025 10:30:15", datetime(2025, 2, 13, 7, 30, 15)),
    ("13.02.2025, 10:30", datetime(2025, 2, 13, 7, 30)),
    ("3.2.2025 9:05", datetime(2025, 2, 3, 6, 5)),
    ("13.02.25", datetime(2025, 2, 12, 21)),
    ("13/02/2025 10:30", datetime(2025, 2, 13, 7, 30)),
    ("02/13/2025 10:30", datetime(2025, 2, 13, 7, 30)),
    ("02/13/2025 10:30 PM", datetime(2025, 2, 13, 19, 30)),
    ("13-02-2025", datetime(2025, 2, 12, 21)),
    ("2025/02/13 10:30", datetime(2025, 2, 13, 7, 30)),
    ("13-Feb-25", datetime(2025, 2, 12, 21)),
    ("13 февраля 2025 г.", datetime(2025, 2, 12, 21)),
    ("13 фев 2025 10:30", datetime(2025, 2, 13, 7, 30)),
    ("3 мая 2025", datetime(2025, 5, 2, 21)),
    ("February 13, 2025", datetime(2025, 2, 12, 21)),
    ("2025-02-13 10:30:00 +0500", datetime(2025, 2, 13, 5, 30)),
    ("13.02.2025 в 10:30", datetime(2025, 2, 13, 7, 30)),
    ("13.02.2025 - 10:30", datetime(2025, 2, 13, 7, 30)),
    ("чт, 13.02.2025 10:30", datetime(2025, 2, 13, 7, 30)),
    ("Четверг, 13 февраля 2025 г. в 10:30", datetime(2025, 2, 13, 7, 30)),
    ("20250213", datetime(2025, 2, 12, 21)),
    ("45701", datetime(2025, 2, 12, 21)),
    ("45701.4375", datetime(2025, 2, 13, 7, 30)),
    ("1739431800", datetime(2025, 2, 13, 7, 30)),
    ("1739431800000", datetime(2025, 2, 13, 7, 30)),
]


@pytest.mark.slow
@pytest.mark.parametrize(("written", "moment"), DATES, ids=[written for written, _ in DATES])
def test_every_way_of_writing_a_date_is_read(write: Callable[..., Path], read_files: Reader, written: str, moment: datetime) -> None:
    read = read_files(write("orders.csv", f"Номер заказа;Дата заказа;Клиент;Сумма\n1;{written};7;10\n"))
    assert read.of("placed_order")[0]["ts"] == moment.replace(tzinfo=UTC)


@pytest.mark.parametrize(("deciding", "month"), [("25/01/2025", 4), ("01/25/2025", 3)], ids=["day first", "month first"])
def test_day_and_month_are_told_apart_by_the_whole_column(
    write: Callable[..., Path], read_files: Reader, deciding: str, month: int
) -> None:
    doubtful = "".join(f"{number};03/04/2025;7;1\n" for number in range(1000))
    read = read_files(write("orders.csv", f"order;order date;customer;amount\n{doubtful}9999;{deciding};7;1\n"))
    assert {row["ts"].month for row in read.of("placed_order") if row["_order"] == "5"} == {month}


def test_the_clock_in_a_column_of_its_own_joins_the_date(write: Callable[..., Path], read_files: Reader) -> None:
    read = read_files(write("orders.csv", "Номер заказа;Дата;Время;Клиент;Сумма\n1;13.02.2025;10:30;7;10\n"))
    assert read.of("placed_order")[0]["ts"] == datetime(2025, 2, 13, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "written", "moment"),
    [
        ("Europe/Moscow", "2009-07-01 12:00", datetime(2009, 7, 1, 8)),
        ("Europe/Moscow", "2012-07-01 12:00", datetime(2012, 7, 1, 8)),
        ("Europe/Moscow", "2015-07-01 12:00", datetime(2015, 7, 1, 9)),
        ("Europe/Berlin", "2025-07-01 12:00", datetime(2025, 7, 1, 10)),
        ("Europe/Berlin", "2025-10-26 02:30", datetime(2025, 10, 26, 0, 30)),
        ("Asia/Vladivostok", "2025-07-01 12:00", datetime(2025, 7, 1, 2)),
        ("UTC", "2025-07-01 12:00", datetime(2025, 7, 1, 12)),
    ],
)
def test_naive_times_belong_to_the_company_s_zone(
    write: Callable[..., Path], read_files: Reader, zone: str, written: str, moment: datetime
) -> None:
    read = read_files(write("orders.csv", f"order,order date,customer,amount\n1,{written},7,1\n"), zone=zone)
    assert read.of("placed_order")[0]["ts"] == moment.replace(tzinfo=UTC)


NUMBERS = [
    ("1234,56", 1234.56), ("1 234,56", 1234.56), ("1\xa0234,56", 1234.56), ("1\u202f234,56 ₽", 1234.56), ("1234,56 руб.", 1234.56),
    ("1.234,56", 1234.56), ("12.345.678,90", 12345678.9), ("1234", 1234.0), ("0,5", 0.5), ("1'234,56", 1234.56), ("15", 15.0),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("written", "amount"), NUMBERS, ids=[written for written, _ in NUMBERS])
def test_numbers_with_a_decimal_comma_are_read(write: Callable[..., Path], read_files: Reader, written: str, amount: float) -> None:
    read = read_files(write("orders.csv", f"Номер заказа;Дата заказа;Клиент;Сумма\n1;13.02.2025;7;{written}\n2;13.02.2025;7;7,25\n"))
    assert read.of("placed_order")[0]["_amount"] == amount


@pytest.mark.parametrize(("written", "amount"), [("1234.56", 1234.56), ("1,234.56", 1234.56), ("$1,234.56", 1234.56), ("1,234", 1234.0)])
def test_numbers_with_a_decimal_point_are_read(write: Callable[..., Path], read_files: Reader, written: str, amount: float) -> None:
    read = read_files(write("orders.csv", f'order,order date,customer,amount\n1,2025-02-13,7,"{written}"\n2,2025-02-13,7,7.25\n'))
    assert read.of("placed_order")[0]["_amount"] == amount


def test_a_promise_given_as_a_date_lasts_until_that_day_ends(write: Callable[..., Path], read_files: Reader) -> None:
    header = "Номер заказа;Обещанная дата доставки;Фактическая дата доставки\n"
    dates = read_files(write("deliveries.csv", header + "1;13.02.2025;13.02.2025 18:00\n2;14.02.2025;\n"))
    assert dates.of("was_promised_delivery")[0]["_promised_at"] == datetime(2025, 2, 13, 20, 59, 59, 999999, UTC)
    times = read_files(write("deliveries2.csv", header + "1;13.02.2025 00:00;\n2;14.02.2025 12:00;\n"))
    assert times.of("was_promised_delivery")[0]["_promised_at"] == datetime(2025, 2, 12, 21, tzinfo=UTC)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(
        st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t;\",|'="), min_size=1, max_size=60),
        min_size=1,
        max_size=8,
    )
)
def test_any_text_comes_back_as_it_was_written(write: Callable[..., Path], read_files: Reader, texts: list[str]) -> None:
    quoted = ['"' + text.replace('"', '""') + '"' for text in texts]
    rows = "".join(f"{number};13.02.2025;5;{text}\n" for number, text in enumerate(quoted))
    read = read_files(write("reviews.csv", "ID отзыва;Дата отзыва;Оценка;Текст отзыва\n" + rows))
    found = sorted(read.of("left_review"), key=lambda row: int(json.loads(row["feature_json"])["review"]) if row["feature_json"] else 0)
    assert [row["_text"] for row in found] == texts


def test_a_saved_plan_reads_the_same(write: Callable[..., Path], read_files: Reader, plan_files: Callable[..., ImportPlan]) -> None:
    plan = plan_files(write("orders.csv", table(";")))
    written = json.loads(json.dumps(plan.as_json(), ensure_ascii=False))
    again = ImportPlan.from_json(written)
    assert again == plan
    assert_two_orders(read_files(plan=again))


@pytest.mark.parametrize(
    ("written", "stars"), [("4", 4), ("4,5", 4.5), ("4 из 5", 4), ("5/5", 5), ("★★★☆☆", 3), ("⭐⭐", 2), ("3 звезды", 3), ("4 out of 5", 4)]
)
def test_every_way_of_writing_stars_is_read(write: Callable[..., Path], read_files: Reader, written: str, stars: float) -> None:
    read = read_files(write("reviews.csv", f"Дата;Оценка;Текст отзыва\n13.02.2025;{written};Ждал час\n"))
    assert [(row["_stars"], row["_text"]) for row in read.of("left_review")] == [(stars, "Ждал час")]


@pytest.mark.parametrize(
    ("name", "written", "minutes"),
    [
        ("First reply time (min)", "15", 15),
        ("Время первого ответа, сек", "90", 1.5),
        ("Время первого ответа (ч)", "2", 120),
        ("Время первого ответа", "0:12:30", 12.5),
        ("Время реакции", "2 ч 15 мин", 135),
    ],
)
def test_a_first_reply_told_as_how_long_it_took_is_a_reply(
    write: Callable[..., Path], read_files: Reader, name: str, written: str, minutes: float
) -> None:
    read = read_files(
        write("cases.csv", f"Номер обращения;Дата обращения;ID клиента;{name}\n5;13.02.2025 10:30;К7;{written}\n6;13.02.2025;К7;\n")
    )
    (reply,) = read.of("received_reply")
    assert (reply["_case"], reply["ts"]) == ("5", datetime(2025, 2, 13, 7, 30, tzinfo=UTC) + timedelta(minutes=minutes))


@pytest.mark.parametrize(("name", "minutes"), [("Длительность, сек", 1.5), ("Длительность, мин", 90), ("Длительность", 90)])
def test_a_duration_is_in_the_unit_that_its_column_names(write: Callable[..., Path], read_files: Reader, name: str, minutes: float) -> None:
    read = read_files(write("calls.csv", f"Дата звонка;Телефон;Результат звонка;{name}\n13.02.2025 10:30;89161234567;отвечен;90\n"))
    assert [row["_minutes"] for row in read.of("called")] == [minutes]


def test_two_files_put_together_that_end_their_lines_differently_are_read(write: Callable[..., Path], read_files: Reader) -> None:
    rows = "".join(f"{n};13.02.2025;К7;10" + ("\r\n" if n < 5 else "\n") for n in range(9))
    assert len(read_files(write("orders.csv", f"Номер заказа;Дата заказа;Код клиента;Сумма\r\n{rows}")).of("placed_order")) == 9


@pytest.mark.parametrize("written", ["#Н/Д", "#N/A", "н/д", "(null)", "-"])
def test_words_for_nothing_are_no_wrong_dates_and_numbers(write: Callable[..., Path], read_files: Reader, written: str) -> None:
    text = f"Номер заказа;Дата заказа;Код клиента;Сумма;Дата доставки\n1;13.02.2025;К7;{written};{written}\n2;13.02.2025;К7;5;14.02.2025\n"
    assert [row["_amount"] for row in read_files(write("orders.csv", text)).of("placed_order")] == [None, 5]


@pytest.mark.parametrize(
    ("name", "written", "customer"),
    [
        ("Телефон", "+7 (495) 123-45-60 доб. 12", "phone:+74951234560"),
        ("Телефон", "89161234560, 84951234560", "phone:+79161234560"),
        ("Телефон", "тел. 916 123‑45–60 / +7 495 1234560", "phone:+79161234560"),
        ("Телефон", "79161234560.0", "phone:+79161234560"),
        ("E-mail", "Анна <Ann@Mail.RU>", "email:ann@mail.ru"),
        ("E-mail", "mailto:ann@mail.ru; b@c.ru", "email:ann@mail.ru"),
    ],
)
def test_the_first_of_what_stands_in_a_cell_of_contacts_is_who_it_is(
    write: Callable[..., Path], read_files: Reader, name: str, written: str, customer: str
) -> None:
    read = read_files(write("orders.csv", f'Номер заказа,Дата заказа,{name},Сумма\n1,13.02.2025,"{written}",10\n'))
    assert [row["customer"] for row in read.of("placed_order")] == [customer]
