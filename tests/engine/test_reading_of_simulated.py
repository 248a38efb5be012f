"""The short way of reading a simulated company, which tests and benchmarks take, against the import that the product ships."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from lakmus.connectors.files import inspect_files, read_plan
from lakmus.history.activity import ACTIVITY_SCHEMA
from tests.engine.simulated import ZONE, activities, write_company

MADE_THERE = ("activity_id", "_source", "feature_json", "revenue_impact", "link", "_known_at")
SAME = [name for name in ACTIVITY_SCHEMA.names if name not in MADE_THERE]


def imported(folder: Path, work: Path) -> pl.DataFrame:
    plan = inspect_files(sorted(folder.glob("*.csv")), work_dir=work, time_zone=ZONE)
    read = read_plan(plan, work_dir=work, rejected_dir=work / "refused", time_zone=ZONE, currency="RUB", now=datetime.now(UTC))
    frame = pl.DataFrame(pl.from_arrow(read.batches.read_all()))
    assert sum(file.rejected for file in read.files) == 0
    return frame


@pytest.mark.slow
def test_a_simulated_company_is_read_as_the_import_reads_it(tmp_path: Path) -> None:
    write_company(tmp_path / "files", customers=300, months=18, seed=3)
    theirs, ours = imported(tmp_path / "files", tmp_path / "work"), pl.DataFrame(pl.from_arrow(activities(tmp_path / "files")))
    assert dict(ours["activity"].value_counts().iter_rows()) == dict(theirs["activity"].value_counts().iter_rows())
    for (kind,), mine in ours.group_by("activity"):
        other = theirs.filter(pl.col("activity") == kind)
        assert mine.select(SAME).sort(SAME).equals(other.select(SAME).sort(SAME)), kind
