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
from lakmus.history.estimate import Badge, Estimate
from lakmus.history.failures import NotFound
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
    steps = (SimpleNamespace(low=0.0, high=60.0, effect=Estimate(0.1, 0.0, 0.2, 1, Badge.ADJUSTED)),)
    effect = Estimate(0.1, 0.0, 0.2, 2, Badge.ADJUSTED)
    error = SimpleNamespace(code="slow_reply", effect=effect, customers_lost=effect, dose=steps)
    return SimpleNamespace(folder=tmp_path, verdict=SimpleNamespace(errors=(error,)), table=lambda name: str(tmp_path / name / "*.parquet"))


def test_cases_compared_are_those_whose_outcome_is_known_and_that_tell_of_this_error_alone(shown: Any) -> None:
    found = list_compared(shown, "slow_reply")
    assert (found.total, found.left, {row["customer"] for row in found.rows}) == (3, 1, {"1", "2", "5"})
    left = list_compared(shown, "slow_reply", left=True)
    assert (left.total, left.left, [row["customer"] for row in left.rows]) == (3, 1, ["1"])


def test_a_step_of_the_tolerance_curve_opens_to_delays_above_its_foot_and_up_to_its_top(shown: Any) -> None:
    assert {row["customer"] for row in list_compared(shown, "slow_reply", over=15, up_to=60).rows} == {"1", "5"}
    assert {row["customer"] for row in list_compared(shown, "slow_reply", over=60).rows} == {"2"}


def test_how_many_cases_the_figure_stands_on_is_told_for_the_whole_and_for_a_step_of_the_curve(shown: Any) -> None:
    asked = ((None, None), (0.0, 60.0), (15, 60.0))
    found = [list_compared(shown, "slow_reply", over=over, up_to=up_to) for over, up_to in asked]
    # The last names no step: its cases are all there is.
    assert [(each.total, each.used, each.unit) for each in found] == [(3, 2, "minutes"), (2, 1, "minutes"), (2, 2, "minutes")]


def test_an_error_that_the_catalogue_does_not_hold_is_refused(shown: Any) -> None:
    with pytest.raises(NotFound, match="moon"):
        list_compared(shown, "moon")
