"""The cases behind an effect: regulars whose outcome is known, without what went wrong otherwise, too."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lakmus.engine.tables import MOMENTS
from lakmus.usecases.causes.compared import list_compared
from tests.web.invented_tables import write_tables

FIRST = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def shown(tmp_path: Path) -> Any:
    write_tables(tmp_path)
    # Of customer 3 the outcome is not known yet; with customer 4 the same case had gone wrong before.
    told = [("1", 30.0, True, True), ("2", 90.0, True, False), ("3", 90.0, False, None), ("4", 90.0, True, True), ("5", 60.0, True, False)]
    met = [
        {"code": "slow_reply", "detector": "late", "customer": who, "at": FIRST, "exposed": True, "observed": observed, "left": left}
        | {"order": None, "case": f"c{who}", "stratum": 0, "tangled": who == "4", "delay": delay}
        for who, delay, observed, left in told
    ]
    met += [one | {"exposed": False} for one in met]
    pq.write_table(pa.Table.from_pylist(met, MOMENTS), tmp_path / "moments" / "0000.parquet")
    return SimpleNamespace(folder=tmp_path, table=lambda name: str(tmp_path / name / "*.parquet"))


def test_cases_compared_are_those_whose_outcome_is_known_and_that_tell_of_this_error_alone(shown: Any) -> None:
    found = list_compared(shown, "slow_reply")
    assert (found.total, found.left, {row["customer"] for row in found.rows}) == (3, 1, {"1", "2", "5"})
    left = list_compared(shown, "slow_reply", left=True)
    assert (left.total, left.left, [row["customer"] for row in left.rows]) == (3, 1, ["1"])


def test_a_step_of_the_tolerance_curve_opens_to_delays_above_its_foot_and_up_to_its_top(shown: Any) -> None:
    assert {row["customer"] for row in list_compared(shown, "slow_reply", over=15, up_to=60).rows} == {"1", "5"}
    assert {row["customer"] for row in list_compared(shown, "slow_reply", over=60).rows} == {"2"}
