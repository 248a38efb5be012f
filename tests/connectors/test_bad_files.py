"""A table of files that nobody should have to read: each refused with a code and a sentence in both languages."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lakmus.connectors.files import ImportPlan
from lakmus.connectors.files.refusals import FILE_REFUSALS, ROW_REFUSALS, row_reason
from lakmus.history.failures import BadInput
from tests.connectors.conftest import Reader

HEADER = "Номер заказа;Дата заказа;ID клиента;Сумма\n"
GOOD = "1;01.02.2025;7;100,50\n2;02.02.2025;8;200\n"
ORDERS = HEADER + GOOD


def zipped(*members: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()


def encrypted_zip() -> bytes:
    content = bytearray(zipped(("orders.csv", ORDERS.encode())))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(mark) + place] |= 1
    return bytes(content)


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def parquet(**columns: list[object]) -> bytes:
    packed = io.BytesIO()
    pq.write_table(pa.table(columns), packed)
    return packed.getvalue()


Content = bytes | str | Callable[[], bytes]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
MANY = ";".join(f"столбец {number}" for number in range(10_000))

REFUSED: list[tuple[str, str, Content, str]] = [
    # name of the case, file name, content (as a function where making it takes long), code
    ("empty file", "orders.csv", b"", "empty"),
    ("only a mark", "orders.csv", b"\xef\xbb\xbf", "empty"),
    ("only blank lines", "orders.csv", b"\r\n\r\n   \n", "empty"),
    ("only delimiters", "orders.csv", b";;;;\n;;;;\n", "empty"),
    ("header only", "orders.csv", HEADER, "header_only"),
    ("header and blank lines", "orders.csv", HEADER + "\n\n\n", "header_only"),
    ("header and empty rows", "orders.csv", HEADER + ";;;\n;;;\n", "header_only"),
    ("random bytes", "orders.csv", bytes(range(256)) * 40, "binary"),
    ("zeros", "orders.csv", b"\0" * 5000, "binary"),
    ("control signs", "orders.csv", b"a;b\n" + b"\x01\x02\x03;\x04\n" * 30, "binary"),
    ("PDF called CSV", "orders.csv", b"%PDF-1.7\n" + ORDERS.encode(), "binary"),
    ("picture called CSV", "orders.csv", b"\x89PNG\r\n\x1a\n" + b"x" * 90, "binary"),
    ("JPEG called XLSX", "orders.xlsx", b"\xff\xd8\xff\xe0" + b"x" * 90, "binary"),
    ("database file", "orders.db", b"SQLite format 3\0" + b"x" * 90, "binary"),
    ("program", "orders.exe", b"MZ\x90\0" + b"x" * 90, "binary"),
    ("text document", "orders.docx", zipped(("[Content_Types].xml", b"<x/>"), ("word/document.xml", b"<x/>")), "binary"),
    ("HTML called XLS", "orders.xls", b"<html><table><tr><td>1</td></tr></table></html>", "markup"),
    ("XML", "orders.xml", b"<?xml version='1.0'?><orders/>", "markup"),
    ("7z archive", "orders.7z", b"7z\xbc\xaf\x27\x1c" + b"x" * 90, "unknown_archive"),
    ("rar archive", "orders.rar", b"Rar!\x1a\x07\0" + b"x" * 90, "unknown_archive"),
    ("bzip2", "orders.bz2", b"BZh91AY&SY" + b"x" * 90, "unknown_archive"),
    ("zstd", "orders.zst", b"\x28\xb5\x2f\xfd" + b"x" * 90, "unknown_archive"),
    ("workbook with a password", "orders.xlsx", OLE + "EncryptedPackage".encode("utf-16-le") + b"\0" * 90, "password"),
    ("old container of something else", "orders.xls", OLE, "binary"),
    ("old workbook, damaged", "orders.xls", OLE + "Workbook".encode("utf-16-le") + b"\0" * 90, "damaged"),
    ("workbook cut short", "orders.xlsx", workbook(("a", "b"), (1, 2))[:-200], "damaged"),
    ("workbook without workbook", "orders.xlsx", zipped(("xl/workbook.xml", b"nonsense")), "damaged"),
    ("workbook with a header only", "orders.xlsx", workbook(("Номер заказа", "Дата заказа", "Сумма")), "header_only"),
    ("empty workbook", "orders.xlsx", workbook(), "empty"),
    ("Parquet cut short", "orders.parquet", parquet(order=[1, 2])[:-6], "damaged"),
    ("Parquet without rows", "orders.parquet", parquet(order=pa.array([], pa.int64())), "header_only"),
    ("Parquet by its mark only", "orders.parquet", b"PAR1", "damaged"),
    ("gzip cut short", "orders.csv.gz", gzip.compress(ORDERS.encode() * 400)[:-20], "damaged"),
    ("gzip of nothing", "orders.csv.gz", gzip.compress(b""), "empty"),
    ("gzip with damage", "orders.csv.gz", gzip.compress(ORDERS.encode())[:10] + b"\xff" * 40, "damaged"),
    ("gzip bomb", "orders.csv.gz", lambda: gzip.compress(b"0" * 1_000_000) * 80, "archive_bomb"),
    ("zip bomb", "orders.zip", lambda: zipped(("orders.csv", b"0" * 80_000_000)), "archive_bomb"),
    ("zip cut short", "orders.zip", zipped(("orders.csv", ORDERS.encode()))[:-30], "damaged"),
    ("zip of nothing", "orders.zip", zipped(), "archive_empty"),
    ("zip of an empty file", "orders.zip", zipped(("orders.csv", b"")), "empty"),
    ("zip with a way out", "orders.zip", zipped(("../../orders.csv", ORDERS.encode())), "archive_path"),
    ("zip with an absolute path", "orders.zip", zipped(("/etc/orders.csv", ORDERS.encode())), "archive_path"),
    ("zip with a Windows path", "orders.zip", zipped(("C:\\orders.csv", ORDERS.encode())), "archive_path"),
    ("zip in a zip", "orders.zip", zipped(("inside.zip", zipped(("orders.csv", b"x")))), "archive_nested"),
    ("zip with a password", "orders.zip", encrypted_zip(), "password"),
    ("zip of a thousand files", "orders.zip", lambda: zipped(*((f"{n}.csv", b"a;b\n1;2\n") for n in range(1000))), "archive_too_many"),
    ("a line of 20 MB", "orders.csv", lambda: b"a;b;" + b"x" * 20_000_000, "line_too_long"),
    ("a quoted cell of 20 MB", "orders.csv", lambda: b'a;b\n1;"' + b"x" * 20_000_000 + b'"\n', "line_too_long"),
    ("JSON line of 20 MB", "orders.jsonl", lambda: b'{"order": "' + b"x" * 20_000_000 + b'"}\n', "line_too_long"),
    ("ten thousand columns", "orders.csv", f"{MANY}\n{MANY}\n", "too_many_columns"),
    ("one column", "orders.csv", "Номер заказа\n1\n2\n", "one_column"),
    ("prose", "readme.txt", "Всё.\nНичего.\nСовсем.\n", "one_column"),
    ("a quote never closed", "orders.csv", HEADER + '1;01.02.2025;7;"100\n' + "2;02.02.2025;8;200\n" * 50, "broken_quotes"),
    ("JSON of a single object", "orders.json", b'{"orders": 5,\n "list":\n [1,\n 2,\n 3]}', "not_json_lines"),
    ("JSON lines cut to pieces", "orders.jsonl", b'{"order": 1,\n{"order": 2,\n{"order": 3,\n', "not_json_lines"),
    ("JSON deeper than deep", "orders.json", b'[{"a":' + b"[" * 100_000, "not_json_lines"),
    ("no date", "orders.csv", "Номер заказа;ID клиента;Сумма заказа;Статус заказа\n1;7;100;новый\n2;8;50;новый\n", "no_dates"),
    ("numbers and nothing else", "orders.csv", "order_id,customer_id\n1,c7\n2,c8\n", "no_dates"),
    ("stars and texts without dates", "reviews.csv", "stars,text\n5,Отлично\n1,Плохо\n", "no_dates"),
    ("deliveries without orders", "deliveries.csv", "Обещано до;Дата доставки\n01.02.2025;02.02.2025\n", "missing_column"),
    ("nothing known", "stuff.csv", "foo;bar\nx;y\nz;w\n", "unknown_kind"),
    ("numbers only", "stuff.csv", "1;2\n3;4\n5;6\n", "unknown_kind"),
    ("dates both ways", "orders.csv", "order;order date;customer;amount\n1;13/01/2025;7;1\n2;01/25/2025;8;2\n", "contradicting_dates"),
    ("all dates in the future", "orders.csv", HEADER + "1;01.02.2035;7;1\n2;01.02.2036;8;2\n", "no_usable_rows"),
    ("all dates impossible", "orders.csv", HEADER + "1;41.02.2025;7;1\n2;42.02.2025;8;2\n", "no_usable_rows"),
    ("lines of unknown orders", "order_lines.csv", "Номер заказа;Артикул;Количество;Цена\n1;А-1;1;10\n", "no_usable_rows"),
    ("only a reference list", "products.csv", "product_id,product_category_name,product_weight_g\np1,toys,100\n", "only_reference"),
]  # fmt: skip

assert len(REFUSED) >= 60


@pytest.mark.parametrize(("name", "content", "code"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_a_file_that_cannot_be_used_is_refused_whole_and_says_why(
    write: Callable[..., Path], read_files: Reader, tmp_path: Path, name: str, content: Content, code: str
) -> None:
    with pytest.raises(BadInput) as refused:
        read_files(write(name, content() if callable(content) else content))
    assert refused.value.code == code
    assert_for_people(refused.value)
    assert not list(tmp_path.glob("rejected/*")) and not list(tmp_path.glob("work/read-*")), "something was left behind"


def assert_for_people(failure: BadInput) -> None:
    """A sentence in each language, nothing of a program in it, and the promise that nothing was lost."""
    for text in (failure.wording.ru, failure.wording.en):
        assert not re.search(r"Traceback|Exception|Error:|duckdb|Invalid Input|\{|\}", text), text
    assert re.search("[А-Яа-я]", failure.wording.ru) and "ничего не потеряно" in failure.wording.ru
    assert "nothing was lost" in failure.wording.en and not re.search("[а-яё]{6}", re.sub("“[^”]*”", "", failure.wording.en))


def test_a_missing_file_and_a_folder_are_refused(read_files: Reader, tmp_path: Path) -> None:
    for path, code in ((tmp_path / "absent.csv", "not_found"), (tmp_path, "not_a_file")):
        with pytest.raises(BadInput) as refused:
            read_files(path)
        assert refused.value.code == code
        assert_for_people(refused.value)


def test_no_files_and_unknown_kinds_are_refused(write: Callable[..., Path], read_files: Reader) -> None:
    with pytest.raises(BadInput) as refused:
        read_files()
    assert refused.value.code == "no_files"
    path = write("orders.csv", ORDERS)
    with pytest.raises(BadInput) as refused:
        read_files(path, kinds={path: "spells"})
    assert refused.value.code == "no_such_kind" and "orders" in refused.value.wording.en


def test_one_unusable_file_keeps_all_from_being_read(write: Callable[..., Path], read_files: Reader) -> None:
    with pytest.raises(BadInput) as refused:
        read_files(write("orders.csv", ORDERS), write("reviews.csv", b""))
    assert refused.value.code == "empty" and "reviews.csv" in refused.value.wording.ru


def test_a_plan_shows_a_file_that_cannot_be_used_beside_those_that_can(
    write: Callable[..., Path], plan_files: Callable[..., ImportPlan]
) -> None:
    plan = plan_files(write("orders.csv", ORDERS), write("broken.csv", b""))
    assert [file.kind for file in plan.files] == ["orders", None]
    assert [problem.code for problem in plan.problems] == ["empty"]


def test_a_sparse_file_of_2_gigabytes_is_refused_without_reading_it(read_files: Reader, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    with path.open("wb") as target:
        target.write(b"a;b\n" + b"x" * 70_000_000)
        target.truncate(2 * 1024**3)
    with pytest.raises(BadInput) as refused:
        read_files(path)
    assert refused.value.code in ("line_too_long", "binary")


BAD_ROWS: list[tuple[str, str, str]] = [
    # name of the case, row, code
    ("a date that is none", "3;вчера;9;1", "bad_date"),
    ("the 31st of February", "3;31.02.2025;9;1", "bad_date"),
    ("a date in the future", "3;01.02.2027;9;1", "future_date"),
    ("a date before computers", "3;01.02.1925;9;1", "impossible_date"),
    ("no date", "3;;9;1", "missing_date"),
    ("the empty date of accounting programs", "3;01.01.0001;9;1", "missing_date"),
    ("an amount that is none", "3;01.02.2025;9;много", "bad_number"),
    ("an enormous amount", "3;01.02.2025;9;99999999999999999", "enormous_number"),
    ("an infinite amount", "3;01.02.2025;9;1e999", "enormous_number"),
    ("not a number by name", "3;01.02.2025;9;NaN", "enormous_number"),
    ("no number of the order", ";01.02.2025;9;1", "missing_key"),
    ("too few cells", "3;01.02.2025", "too_few_cells"),
    ("too many cells", "3;01.02.2025;9;1;2;3", "too_many_cells"),
    ("a quote in the middle of nowhere", '3;01.02.2025;"9"x;1', "broken_row"),
    ("a formula as an amount", "3;01.02.2025;9;=1+1", "bad_number"),
    ("nothing but delimiters", ";;;", "empty_row"),
]


@pytest.mark.parametrize(("row", "code"), [case[1:] for case in BAD_ROWS], ids=[case[0] for case in BAD_ROWS])
def test_a_bad_row_is_put_aside_with_one_reason_and_the_rest_is_read(
    write: Callable[..., Path], read_files: Reader, row: str, code: str
) -> None:
    more = "".join(f"{number};03.02.2025;{number};5\n" for number in range(10, 110))
    read = read_files(write("orders.csv", HEADER + GOOD + row + "\n" + more))
    outcome = read.files[0]
    assert (outcome.read, outcome.accepted, outcome.rejected) == (103, 102, 1)
    assert outcome.reasons == {code: 1}
    assert len(read.of("placed_order")) == 102
    number, written, russian, english, *_ = read.refused[0]
    assert (number, written) == ("4", code)
    assert re.search("[а-я]{3}", russian) and re.search("[a-z]{3}", english)


def test_formulas_in_refused_rows_are_made_harmless(write: Callable[..., Path], read_files: Reader) -> None:
    read = read_files(write("orders.csv", HEADER + GOOD + "=HYPERLINK(1);вчера;@SUM(A1);-5\n"))
    assert read.refused[0][4:] == ["'=HYPERLINK(1)", "вчера", "'@SUM(A1)", "-5"]


def test_equal_rows_are_read_twice_with_one_identity(write: Callable[..., Path], read_files: Reader) -> None:
    read = read_files(write("orders.csv", ORDERS + GOOD))
    assert read.files[0].accepted == 4 and len({row["activity_id"] for row in read.activities}) == 2


def test_every_reason_has_both_languages() -> None:
    for wording in (*FILE_REFUSALS.values(), *(row_reason(code, "Дата") for code in ROW_REFUSALS)):
        assert re.search("[а-я]{3}", wording.ru) and re.search("[a-z]{3}", wording.en)
