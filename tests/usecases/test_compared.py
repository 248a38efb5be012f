"""The cases behind an effect: regulars whose outcome is known, by the detector that leads, without what went wrong otherwise, too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from lakmus.engine.errors.search import DETECTORS, FACTS_DETECTORS
from lakmus.usecases.causes.compared import list_compared
from tests.web.invented_tables import write_tables

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
LEADING = next(detector.name for detector in DETECTORS if detector.code == "slow_reply")
UNANSWERED = next(detector.name for detector in FACTS_DETECTORS if detector.code == "no_reply")


@pytest.fixture
def shown(tmp_path: Path) -> Any:
    write_tables(tmp_path)
    told = [("1", 30.0, True, True), ("2", 90.0, True, False), ("3", 90.0, False, False), ("4", 90.0, True, True), ("5", 60.0, True, False)]
    met = [
        {"code": "slow_reply", "customer": who, "at": FIRST, "exposed": True, "observed": observed, "left": left, "detector": LEADING}
        | {"order": None, "case": f"c{who}"}
        for who, _, observed, left in told
    ]
    errors = [
        {"error_id": f"e{who}", "code": "slow_reply", "customer": who, "at": FIRST, "amount_of_delay": delay, "detector": LEADING}
        | {"order": None, "case": f"c{who}"}
        for who, delay, _, _ in told
    ]
    # With customer 4 the same case had gone unanswered before: that moment tells nothing of slowness.
    before = {"error_id": "f", "code": "no_reply", "customer": "4", "at": FIRST - timedelta(days=1), "amount_of_delay": None}
    errors.append(before | {"detector": UNANSWERED, "order": None, "case": "c4"})
    texts = {"order": pl.String}
    pl.DataFrame(met, schema_overrides=texts).write_parquet(tmp_path / "met.parquet")
    pl.DataFrame(errors, schema_overrides=texts).write_parquet(tmp_path / "erred.parquet")
    tables = {"moments": str(tmp_path / "met.parquet"), "errors": str(tmp_path / "erred.parquet")}
    people = str(tmp_path / "people" / "*.parquet")
    return SimpleNamespace(folder=tmp_path, table=lambda name: tables.get(name, people))


def test_cases_compared_are_those_whose_outcome_is_known_and_that_tell_of_this_error_alone(shown: Any) -> None:
    found = list_compared(shown, "slow_reply")
    assert (found.total, found.left, {row["customer"] for row in found.rows}) == (3, 1, {"1", "2", "5"})
    left = list_compared(shown, "slow_reply", left=True)
    assert (left.total, left.left, [row["customer"] for row in left.rows]) == (3, 1, ["1"])


def test_a_step_of_the_tolerance_curve_opens_to_delays_above_its_foot_and_up_to_its_top(shown: Any) -> None:
    assert {row["customer"] for row in list_compared(shown, "slow_reply", over=15, up_to=60).rows} == {"1", "5"}
    assert {row["customer"] for row in list_compared(shown, "slow_reply", over=60).rows} == {"2"}
