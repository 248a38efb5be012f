"""How often one error was seen to follow another: the cases are those within the days of the edge, of regulars whose outcome is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from lakmus.engine.errors.search import FACTS_DETECTORS
from lakmus.usecases.causes.dominoes import count_followed, list_followed
from tests.web.invented_tables import write_tables

LATER = [("1", 3), ("1", 9), ("2", 31), ("3", 3), ("4", 3), ("5", 30)]
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def shown(tmp_path: Path) -> Any:
    write_tables(tmp_path)
    moments = [("1", 0, True, True), ("2", 0, True, True), ("3", 0, False, True), ("4", 0, True, False), ("5", 0, True, True)]
    met = [
        {"code": "slow_reply", "customer": who, "at": FIRST, "exposed": exposed, "observed": observed, "order": None, "case": "c"}
        for who, _, exposed, observed in moments
    ]
    unanswered = next(detector.name for detector in FACTS_DETECTORS if detector.code == "no_reply")
    later = [("1", 1, "told_in_words"), *((who, days, unanswered) for who, days in LATER)]
    errors = [
        {"error_id": f"e{number}", "code": "no_reply", "customer": who, "at": FIRST + timedelta(days=days), "detector": detector}
        for number, (who, days, detector) in enumerate(later)
    ]
    pl.DataFrame(met, schema_overrides={"order": pl.String}).write_parquet(tmp_path / "met.parquet")
    pl.DataFrame(errors).write_parquet(tmp_path / "erred.parquet")
    tables = {"moments": str(tmp_path / "met.parquet"), "errors": str(tmp_path / "erred.parquet")}
    edge = SimpleNamespace(cause_code="slow_reply", effect_code="no_reply", within_days=30)
    people = str(tmp_path / "people" / "*.parquet")
    return SimpleNamespace(verdict=SimpleNamespace(domino=(edge,)), folder=tmp_path, table=lambda name: tables.get(name, people))


def test_a_pair_counts_once_within_its_days_and_opens_to_as_many_cases(shown: Any) -> None:
    assert count_followed(shown) == {("slow_reply", "no_reply"): 2}
    found = list_followed(shown, cause="slow_reply", effect="no_reply")
    assert (found.total, {row["customer"] for row in found.rows}) == (2, {"1", "5"})
    assert next(row for row in found.rows if row["customer"] == "1")["second_at"] == FIRST + timedelta(days=3)
    assert list_followed(shown, cause="no_reply", effect="slow_reply").total == 0
