"""States at any date: what was known then, by one definition."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pyarrow as pa

from lakmus.engine.risk.state_history import STATE_COLUMNS, states_over
from lakmus.history.activity import empty_activities
from tests.engine.histories import ZONE, History, moment
from tests.engine.running import run
from tests.engine.test_risk import COMPANY_RHYTHM

BEGIN = moment("2024-01-01")


def states(history: History, *days: float, who: str = "anna") -> list[str | None]:
    dates = [BEGIN + timedelta(days=day) for day in days]
    table = states_over(history.table(), rhythm=COMPANY_RHYTHM, horizon_days=100, time_zone=ZONE, dates=dates)
    by_date = {row["as_of"]: row["state"] for row in table.to_pylist() if row["customer"] == who}
    return [by_date.get(date) for date in dates]


def test_a_customer_cools_is_lost_and_comes_back() -> None:
    history = History().customer("anna").orders("2024-01-01", *[40] * 10, 150, 10)
    assert states(history, -1, 10, 60, 410, 445, 475, 505, 555, 565) == [
        *(None, "new", "warm", "warm", "cooling", "cold", "lost", "warm", "warm"),
    ]


def test_later_facts_change_no_earlier_state() -> None:
    history = History().customer("anna").orders("2024-01-01", *[40] * 5)
    days = (30, 90, 210, 260, 290)
    then = states(history, *days)
    history.order("later", BEGIN + timedelta(days=295)).cancel("anna-1", "2024-12-30").fact(
        "visited_site", "2024-02-01", known_at="2024-12-01"
    )
    assert states(history, *days) == then
    assert then[-2:] == ["cooling", "cold"]


def test_nobody_has_no_states() -> None:
    assert states_over(empty_activities(), rhythm=COMPANY_RHYTHM, horizon_days=100, time_zone=ZONE, dates=[BEGIN]).num_rows == 0


def test_at_the_date_of_a_verdict_the_states_are_the_verdicts(small_company: tuple[Path, dict, pa.Table, datetime]) -> None:
    _, _, table, end = small_company
    analysis = run(table, as_of=end)
    horizon, rhythm = analysis.learned.definition.horizon_days, analysis.learned.rhythm
    assert horizon is not None and rhythm is not None
    found = states_over(
        table.select(STATE_COLUMNS), rhythm=rhythm, horizon_days=horizon, time_zone=ZONE, dates=[end - timedelta(days=60), end]
    )
    here = pl.DataFrame(pl.from_arrow(found)).filter(pl.col("as_of") == end)
    verdict = pl.DataFrame(pl.from_arrow(analysis.tables["customers"])).select("customer", "state", since="state_since")
    assert here.select("customer", "state", "since").equals(verdict)
    assert found.num_rows > 1.5 * here.height
