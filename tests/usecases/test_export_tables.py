"""Exported tables: every row once, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lakmus.history.failures import BadInput, WrongUsage
from lakmus.operations.journal.models import JournalEntry
from lakmus.usecases.export_tables import TABLES, Part, export_table
from lakmus.usecases.house.home import Home
from lakmus.usecases.imports.push_activities import push_activities
from lakmus.usecases.results import ORDERS, list_customers, list_orders, order_conditions
from lakmus.usecases.show_verdict import Shown, show_verdict

WICKED = ("=cmd|'/c calc'!A1", "+7916", "-2+3", "@SUM(A1)", "\t=1", "\r=1")
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def read_back(path: Path, delimiter: str = ";") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""), delimiter=delimiter))


def test_customers_come_out_with_their_figures(company_home: Home, shown: Shown, tmp_path: Path) -> None:
    count = export_table(company_home, shown, "customers", tmp_path / "c.csv")
    rows = {row["customer"]: row for row in read_back(tmp_path / "c.csv")}
    listed = list_customers(shown, home=company_home, size=1000).rows
    assert count == len(rows) == len(listed)
    for row in listed:
        assert float(rows[row["customer"]]["revenue"].replace(",", ".")) == row["revenue"]
        assert rows[row["customer"]]["state"] == (row["state"] or "")


def test_activities_come_out_each_once(company_home: Home, shown: Shown) -> None:
    target = io.StringIO()
    count = export_table(company_home, shown, "activities", target, language="en")
    rows = list(csv.DictReader(io.StringIO(target.getvalue(), newline="")))
    assert count == len(rows) == len({row["activity_id"] for row in rows}) > 1000


@pytest.mark.slow
def test_a_cell_that_begins_like_a_formula_gets_an_apostrophe(new_home: Home, tmp_path: Path) -> None:
    at = {"ts": "2026-03-01T00:00:00+00:00", "customer": "c1"}
    complaints = [{"kind": "complained", "text": f"{start};\"'", **at} for start in WICKED]
    push_activities(new_home, [{"kind": "placed_order", "order": "A-1", "amount": 5, **at}, *complaints], actor=None, now=NOW)
    export_table(new_home, show_verdict(new_home), "activities", tmp_path / "a.csv")
    texts = [row["_text"] for row in read_back(tmp_path / "a.csv") if row["_text"]]
    assert len(texts) == len(WICKED)
    assert all(text.startswith("'") and text.endswith(";\"'") for text in texts)


def test_an_export_leaves_a_row_in_the_journal_and_no_draft(company_home: Home, shown: Shown, tmp_path: Path) -> None:
    export_table(company_home, shown, "errors", tmp_path / "e.csv")
    entry = JournalEntry.objects.get(verb="exported_table")
    assert (entry.object_key, entry.details["rows"]) == ("errors", len(read_back(tmp_path / "e.csv")))
    assert [path.name for path in tmp_path.iterdir()] == ["e.csv"]


def test_an_unknown_table_and_a_place_that_cannot_be_written_are_refused(company_home: Home, shown: Shown, tmp_path: Path) -> None:
    with pytest.raises(WrongUsage) as unknown:
        export_table(company_home, shown, "secrets", tmp_path / "x.csv")
    assert ", ".join(TABLES) in unknown.value.wording.ru
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput):
        export_table(company_home, shown, "errors", tmp_path / "file" / "x.csv")


def test_the_part_that_a_page_shows_is_exported_in_its_order_without_hidden_columns(
    company_home: Home, shown: Shown, tmp_path: Path
) -> None:
    part = Part(order_conditions({"late": True}), ORDERS["orders"], frozenset({"amount"}))
    path = tmp_path / "orders.csv"
    rows = export_table(company_home, shown, "orders", path, part=part, language="en")
    written = read_back(path, ",")
    assert 0 < rows == len(written) == list_orders(shown, filters={"late": True}).total
    assert all(float(row["late_days"]) > 0 for row in written)
    assert "amount" not in written[0]
    assert [row["ts"] for row in written] == sorted((row["ts"] for row in written), reverse=True)
