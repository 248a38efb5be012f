"""`lakmus import`: shows, asks, reports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lakmus.cli.importing import named_kinds

ORDERS = "Номер заказа;Дата заказа;ID клиента;Сумма\n" + "".join(
    f"{n};{n % 27 + 1:02}.03.2026 10:00;К{n % 7};{n},50\n" for n in range(1, 41)
)
pytestmark = pytest.mark.slow


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS, encoding="utf-8")
    return path


def test_without_a_terminal_nothing_is_imported_before_a_yes(lakmus, orders: Path) -> None:
    done = lakmus("import", orders)
    assert (done.returncode, done.stdout) == (1, "")
    assert "--yes" in done.stderr
    assert "Дата заказа" in done.stderr
    assert "nothing" in lakmus("verdict").stderr.lower()


def test_a_report_counts_every_row_and_a_second_import_adds_none(lakmus, orders: Path) -> None:
    first, second = (json.loads(lakmus("import", orders, "--yes", "--format", "json").stdout)["files"][0] for _ in range(2))
    assert (first["kind"], first["read"], first["accepted"], first["duplicate"], first["rejected"]) == ("orders", 40, 40, 0, 0)
    assert (second["read"], second["accepted"], second["duplicate"]) == (40, 0, 40)


def test_rejected_rows_stand_in_a_file_of_their_own(lakmus, orders: Path) -> None:
    orders.write_text(ORDERS + "99;не дата;К1;5,00\n", encoding="utf-8")
    report = json.loads(lakmus("import", orders, "--yes", "--format", "json").stdout)["files"][0]
    assert (report["accepted"], report["rejected"]) == (40, 1)
    assert "не дата" in Path(report["rejected_file"]).read_text(encoding="utf-8-sig")


def test_a_mapping_says_what_columns_mean(lakmus, tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text("Документ,Когда,Кто,К оплате\n1,31.03.2026,К1,100\n2,30.03.2026,К2,200\n", encoding="utf-8")
    fields = {"Документ": "order", "Когда": "ts", "Кто": "customer", "К оплате": "amount"}
    (tmp_path / "mapping.json").write_text(json.dumps({"kind": "orders", "fields": fields, "date_formats": {"Когда": "dd.mm.yyyy"}}))
    done = lakmus("import", "export.csv", "--mapping", "mapping.json", "--yes", "--format", "json")
    assert json.loads(done.stdout)["files"][0]["accepted"] == 2


def test_a_mapping_with_a_column_that_is_not_there_is_refused(lakmus, orders: Path, tmp_path: Path) -> None:
    (tmp_path / "mapping.json").write_text(json.dumps({"kind": "orders", "fields": {"Нет такой": "order"}}))
    done = lakmus("import", orders, "--mapping", "mapping.json", "--yes")
    assert done.returncode == 1
    assert "Нет такой" in done.stderr


def test_a_file_that_nobody_can_read_is_passed_over_and_named(lakmus, orders: Path, tmp_path: Path) -> None:
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")
    done = lakmus("import", orders, "picture.csv", "--yes", "--format", "json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["files"][0]["accepted"], report["skipped"][0]["name"]) == (0, 40, "picture.csv")
    alone = lakmus("import", "picture.csv", "--yes")
    assert (alone.returncode, alone.stdout) == (1, "")
    assert alone.stderr.count("picture.csv") == 1 and "--as" not in alone.stderr


def test_reviews_without_dates_are_shown_the_way_to_be_read(lakmus, tmp_path: Path) -> None:
    (tmp_path / "reviews.csv").write_text('stars,text\n1,"Ужасно, ждал неделю"\n5,"Всё отлично"\n', encoding="utf-8")
    done = lakmus("import", "reviews.csv", "--yes")
    assert done.returncode == 1 and done.stderr.count("lakmus text read") == 1


def test_a_hint_to_name_the_kind_is_given_where_it_helps(lakmus, tmp_path: Path) -> None:
    (tmp_path / "what.csv").write_text("a;b\n1;2\n3;4\n", encoding="utf-8")
    for words in (["--yes"], []):
        done = lakmus("import", "what.csv", *words, language="ru_RU.UTF-8")
        assert done.returncode == 1 and done.stderr.count("не удалось понять") <= 1 and "--as" in done.stderr


def test_a_missing_file_is_refused(lakmus) -> None:
    done = lakmus("import", "nothing.csv", "--yes")
    assert done.returncode == 1
    assert "nothing.csv" in done.stderr


def test_a_kind_may_be_named_for_all_files_or_for_one() -> None:
    files = [Path("a/one.csv"), Path("two.csv")]
    assert named_kinds(files, ["orders"]) == {files[0]: "orders", files[1]: "orders"}
    assert named_kinds(files, ["one.csv=reviews"]) == {files[0]: "reviews"}
