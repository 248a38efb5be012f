"""Reading plain cells by whole columns gives what the SQL gives, whatever stands in the cells."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lakmus.connectors.files import plain_rows
from lakmus.connectors.files.cells import NOBODY, WORDS_FOR_NOTHING
from lakmus.connectors.files.plain_moments import is_plain
from lakmus.connectors.files.plain_rows import PlainRows
from lakmus.connectors.files.plan import ColumnPlan, FilePlan
from lakmus.connectors.files.row_checks import TOTALS
from lakmus.connectors.files.row_values import rows_query
from lakmus.connectors.files.staging import connect

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FORMATS = ("dd.mm.yyyy", "mm/dd/yyyy", "dd-mm-yyyy", "yyyy-mm-dd")
DATES = ("ts", "promised_at")
COLUMNS = ("order", "ts", "customer", "amount", "city", "text", "stars", "promised_at", None)


def plan(date_format: str, decimal: str) -> FilePlan:
    columns = tuple(
        ColumnPlan(f"column {index}", (), field, 1.0, date_format if field in DATES else None) for index, field in enumerate(COLUMNS)
    )
    return FilePlan(Path("orders.csv"), format="csv", kind="orders", columns=columns, decimal=decimal)


def read(cells: list[tuple[str | None, ...]], how: FilePlan, time_zone: str, folder: Path) -> tuple[list[Any], list[Any]]:
    """Return the rows as read by columns, and by the SQL."""
    written = pa.table({f"c{index}": pa.array(column, pa.string()) for index, column in enumerate(zip(*cells, strict=True))})
    how = replace(how, path=folder / "orders.csv")
    how.path.touch()
    with connect(folder) as connection:
        connection.register("cells_here", written)
        plainly = PlainRows(how, time_zone, NOW).of("cells_here", connection).read_all().to_pylist()
        by_sql = connection.sql(rows_query(how, "cells_here", time_zone, NOW)).to_arrow_table().to_pylist()
    return plainly, by_sql


def on(day: int, month: int, year: int, date_format: str) -> str:
    return date_format.replace("dd", f"{day:02}").replace("mm", f"{month:02}").replace("yyyy", f"{year:04}")


def odd_dates(date_format: str) -> list[str]:
    days = [
        (31, 2, 2024),
        (0, 1, 2024),
        (29, 2, 2023),
        (1, 13, 2024),
        (1, 0, 2024),
        (1, 1, 1),
        (1, 1, 1900),
        (1, 1, 1969),
        (2, 3, 2026),
        (9, 9, 2099),
    ]
    clocks = " 24:00| 23:59| 10:60| 10:00:60| 10:00:59|T10:00| 1:00|  1:00| 10:00+03| 10:00:00.5|T10:00:00Z|г.| 10.00| ab:cd|".split("|")
    written = [on(*day, date_format) for day in days] + [on(29, 2, 2024, date_format) + clock for clock in clocks]
    return [*written, " " + on(1, 2, 2024, date_format)[1:], "1.2.2024", "45000", "-", "вчера", "01.02.24", "0:.02.2024", "0/.02.2024"]


def odd_texts() -> list[str]:
    words = ["З-1", "17850.0", "00", "1.0.0", ".0", "x.0", "Нижний Новгород", "а" * 40, "нету", "Р", *NOBODY, *WORDS_FOR_NOTHING, *TOTALS]
    blanks = (" ", "\t", "\n", "\r", "\u00a0", "\u2009", "\x1f", "'")
    return [*words, *(blank + "К1" for blank in blanks), *("К1" + blank for blank in blanks), *("К" + blank + "1" for blank in blanks)]


ODD_NUMBERS = (
    "0|0.0|0,0|-5|1e5|inf|nan|-|--5|5-|1-2|1 234,56|1.234,56|1,234.56|1.2.3|1,2,3|(5)|" + "9" * 400 + "|-0|0,|,5|.5|5.|.|,|1_000|+5|5%|"
    "100 руб.|1000000000001|-1000000000001|5,5|0,4|0.4|abc|0x10|½"
).split("|")


def odd_cells(field: str | None, date_format: str) -> list[str]:
    """Cells over which the two ways of reading might part."""
    return odd_dates(date_format) if field in DATES else list(ODD_NUMBERS) if field in ("amount", "stars") else odd_texts()


def plain_row(date_format: str) -> tuple[str | None, ...]:
    day = on(29, 2, 2024, date_format)
    return ("З-1", day, "К1", "750", "Омск", "спасибо", "5", day, None)


def cells_of(field: str | None, date_format: str) -> st.SearchStrategy[str]:
    if field in DATES:
        pattern = on(1, 2, 3, date_format).replace("01", "%d").replace("02", "%m").replace("0003", "%Y")
        day = st.datetimes(datetime(2009, 1, 1), datetime(2026, 3, 5))
        return st.tuples(day, st.sampled_from(("", " %H:%M", " %H:%M:%S"))).map(lambda drawn: drawn[0].strftime(pattern + drawn[1]))
    if field in ("amount", "stars"):
        return st.one_of(st.decimals(-100_000, 100_000, places=2).map(str), st.text("0123456789.,- _+eEinfa()₽ руб", max_size=8))
    return st.text(max_size=6)


def rows(date_format: str) -> st.SearchStrategy[list[tuple[str | None, ...]]]:
    """Rows that are plain but for one or two cells."""
    cell = st.sampled_from(range(len(COLUMNS))).flatmap(lambda index: st.tuples(st.just(index), cells_of(COLUMNS[index], date_format)))
    changed = st.lists(cell, max_size=2).map(dict)
    return st.lists(changed.map(lambda cells: with_cells(cells, date_format)), min_size=1, max_size=120)


def with_cells(cells: dict[int, str | None], date_format: str) -> tuple[str | None, ...]:
    return tuple(cells.get(index, usual) for index, usual in enumerate(plain_row(date_format)))


@pytest.fixture
def never_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read every batch by columns, however many of its rows are odd."""
    monkeypatch.setattr(plain_rows, "MOSTLY", 1.0)


@pytest.mark.usefixtures("never_whole")
@pytest.mark.parametrize(
    ("date_format", "decimal"),
    [("dd.mm.yyyy", ","), *(pytest.param(name, ".", marks=pytest.mark.slow) for name in FORMATS[1:])],
)
def test_both_ways_of_reading_agree_on_every_odd_cell(decimal: str, date_format: str, tmp_path: Path) -> None:
    changed = [{index: cell} for index, field in enumerate(COLUMNS) for cell in (None, "", *odd_cells(field, date_format))]
    changed += [dict.fromkeys(range(len(COLUMNS)), nothing) for nothing in (None, "", " ")]
    plainly, by_sql = read([with_cells(cells, date_format) for cells in changed], plan(date_format, decimal), "Europe/Moscow", tmp_path)
    assert [(cells, row) for cells, row, other in zip(changed, plainly, by_sql, strict=True) if repr(row) != repr(other)] == []


@pytest.mark.slow
@pytest.mark.usefixtures("never_whole")
@pytest.mark.parametrize("date_format", FORMATS)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), decimal=st.sampled_from([",", "."]), time_zone=st.sampled_from(["Europe/Moscow", "Europe/Berlin", "UTC"]))
def test_whatever_stands_in_the_cells_both_ways_of_reading_agree(
    data: st.DataObject, decimal: str, time_zone: str, date_format: str, tmp_path: Path
) -> None:
    plainly, by_sql = read(data.draw(rows(date_format)), plan(date_format, decimal), time_zone, tmp_path)
    assert repr(plainly) == repr(by_sql)


def test_rows_keep_their_order_when_some_of_them_are_odd(tmp_path: Path) -> None:
    cells = [
        (f"З-{i}", "30.04.2022 08:52", "К1" if i % 7 else " К1 ", "750,35" if i % 5 else "1 750,35", None, None, None, None, None)
        for i in range(5000)
    ]
    plainly, by_sql = read(cells, plan("dd.mm.yyyy", ","), "Europe/Moscow", tmp_path)
    assert plainly == by_sql
    assert [row["order"] for row in plainly] == [f"З-{i}" for i in range(5000)]
    assert {row["customer"] for row in plainly} == {"К1"}


def test_a_row_refused_among_plain_ones_says_why(tmp_path: Path) -> None:
    fine = ("З-1", "30.04.2022 08:52", "К1", "750,35", None, None, None, None, "прочее")
    wrong = ("З-2", "31.04.2022 08:52", "К1", "750,35", None, None, None, None, "прочее")
    plainly, _ = read([fine, wrong, fine], plan("dd.mm.yyyy", ","), "Europe/Moscow", tmp_path)
    assert [row["_why"] for row in plainly] == [None, "bad_date|1", None]
    assert '"прочее"' in plainly[1]["_cells"]


@pytest.mark.parametrize("date_format", ["dd.mm.yy", "dd mon yyyy", "excel", "unix", "yyyymmdd", None])
def test_dates_without_one_width_are_left_to_the_sql(date_format: str | None) -> None:
    assert not is_plain(date_format)


@pytest.mark.slow
def test_rows_of_many_or_long_cells_are_read_fewer_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_rows, "BYTES_AT_ONCE", 300_000)
    cells = [(f"З-{i}", "30.04.2022", "К1", "750", None, None, None, None, None) for i in range(5000)]
    how = plan("dd.mm.yyyy", ",")
    assert read(cells, how, "UTC", tmp_path)[0] == read(cells, how, "UTC", tmp_path)[1]
    (tmp_path / "orders.csv").touch()
    with connect(tmp_path) as connection:
        connection.register(
            "cells_here", pa.table({f"c{i}": pa.array(column, pa.string()) for i, column in enumerate(zip(*cells, strict=True))})
        )
        batches = list(PlainRows(replace(how, path=tmp_path / "orders.csv"), "UTC", NOW).of("cells_here", connection))
    assert [batch.num_rows for batch in batches] == [2083, 2083, 834], "300,000 bytes, 9 cells of 16 a row"
