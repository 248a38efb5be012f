"""States against the simulator's truth: who had begun to leave, who had left, who stayed."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from tests.engine.running import run

Company = tuple[Path, dict, pa.Table, datetime]
LONG_GONE_DAYS = 120


def states_by_truth(company: Company, as_of: datetime) -> pl.DataFrame:
    """Regulars by what was true of them at a moment (`stays`, `begun`, `left`, `long_gone`) and by their state."""
    _, truth, table, _ = company
    rows = pl.DataFrame(pl.from_arrow(run(table, as_of=as_of).tables["customers"])).filter(pl.col("purchase_days_count") >= 2)
    told = {one["customer"]: one for one in truth["customers"]}

    def true_of(customer: str) -> str:
        one = told[customer]
        left = datetime.fromisoformat(one["lost_at"]) if one["lost"] else None
        began = datetime.fromisoformat(one["cooling_since"]) if one["cooling_since"] else left
        if left is not None and left <= as_of:
            return "long_gone" if left <= as_of - timedelta(days=LONG_GONE_DAYS) else "left"
        return "stays" if began is None or began > as_of else "begun"

    return rows.select("customer", "state", pl.col("customer").map_elements(true_of, return_dtype=pl.String).alias("truth"))


@pytest.mark.slow
def test_states_tell_the_gone_from_those_who_stay(small_company: Company) -> None:
    as_of = small_company[3]
    found = states_by_truth(small_company, as_of)
    share = {
        truth: {state: count / own.height for state, count in own.group_by("state").len().iter_rows()}
        for (truth,), own in found.partition_by("truth", as_dict=True).items()
    }
    assert share["long_gone"].get("lost", 0) > 0.8
    assert share["stays"].get("warm", 0) > 0.7 and share["stays"].get("lost", 0) < 0.15
    cooled = {truth: sum(part.get(state, 0) for state in ("cooling", "cold", "lost")) for truth, part in share.items()}
    assert cooled["left"] > 2 * cooled["stays"] and cooled["begun"] > cooled["stays"]
