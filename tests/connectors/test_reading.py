"""A read as a process: progress, streaming, nothing left behind, any size of batch."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from lakmus.connectors.files import ImportPlan, read_plan
from lakmus.connectors.files.kept_rows import BATCH_ROWS
from lakmus.history.activity import ACTIVITY_SCHEMA
from lakmus.history.failures import BadInput
from tests.connectors.conftest import MOSCOW, NOW


@pytest.fixture
def large_plan(write: Callable[..., Path], plan_files: Callable[..., ImportPlan]) -> ImportPlan:
    rows = "".join(f"{number};01.02.2025;{number % 97};{number},5\n" for number in range(250_000))
    return plan_files(write("orders.csv", "Номер заказа;Дата заказа;ID клиента;Сумма\n" + rows))


def test_progress_grows_to_the_number_of_rows(large_plan: ImportPlan, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    result = read_plan(
        large_plan,
        work_dir=tmp_path / "work",
        rejected_dir=tmp_path / "rejected",
        time_zone=MOSCOW,
        currency="RUB",
        now=NOW,
        progress=lambda *report: told.append(report),
    )
    sizes = [batch.num_rows for batch in result.batches]
    assert sum(sizes) == 250_000 and len(sizes) > 1 and max(sizes) <= BATCH_ROWS, "it comes in pieces"
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
    assert told[-1] == ("orders.csv", 250_000, 250_000)


def test_batches_are_in_the_stream_s_schema_and_nothing_is_left_behind(large_plan: ImportPlan, tmp_path: Path) -> None:
    work = tmp_path / "work"
    result = read_plan(large_plan, work_dir=work, rejected_dir=tmp_path / "rejected", time_zone=MOSCOW, currency="RUB", now=NOW)
    assert result.batches.schema.equals(ACTIVITY_SCHEMA)
    assert result.batches.read_all().schema.equals(ACTIVITY_SCHEMA)
    assert list(result.links) == []
    assert not list(work.glob("read-*"))


def test_a_read_that_is_dropped_half_way_tidies_up(large_plan: ImportPlan, tmp_path: Path) -> None:
    work = tmp_path / "work"
    result = read_plan(large_plan, work_dir=work, rejected_dir=tmp_path / "rejected", time_zone=MOSCOW, currency="RUB", now=NOW)
    result.batches.read_next_batch()
    result.batches.close()
    del result
    assert not list(work.glob("read-*"))


def test_leftovers_of_a_killed_read_go_after_a_day(large_plan: ImportPlan, tmp_path: Path) -> None:
    old, young = tmp_path / "work" / "read-old", tmp_path / "work" / "read-young"
    for folder, age in ((old, 2 * 86400), (young, 60)):
        folder.mkdir(parents=True)
        os.utime(folder, (NOW.timestamp() - age,) * 2)
    read_plan(large_plan, work_dir=tmp_path / "work", rejected_dir=tmp_path / "r", time_zone=MOSCOW, currency="RUB", now=NOW)
    assert young.exists() and not old.exists()


def test_a_file_that_changes_after_the_look_is_refused(large_plan: ImportPlan, tmp_path: Path) -> None:
    path = large_plan.files[0].path
    options = {"work_dir": tmp_path / "work", "rejected_dir": tmp_path / "r", "time_zone": MOSCOW, "currency": "RUB", "now": NOW}
    path.write_text("Номер заказа;Сумма;ID клиента;Дата заказа\n1;5;7;01.02.2025\n", encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        read_plan(large_plan, **options)
    assert refused.value.code == "changed"
    path.unlink()
    with pytest.raises(BadInput) as refused:
        read_plan(large_plan, **options)
    assert refused.value.code == "not_found"
