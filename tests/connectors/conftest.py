"""Files written for a test and read back as activities."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from lakmus.connectors.files import FileOutcome, ImportPlan, SavedMapping, inspect_files, read_plan

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
MOSCOW = "Europe/Moscow"
DATA = Path(__file__).parents[3] / "shared" / "data"


@dataclass
class Read:
    """What came of reading files: activities, outcomes, links, and the rows of the files of refused rows."""

    table: pa.Table
    files: list[FileOutcome]
    links: list[tuple[str, str, str]]
    refused: list[list[str]]
    plan: ImportPlan

    @cached_property
    def activities(self) -> list[dict[str, Any]]:
        return list(self.table.to_pylist())

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [row for row in self.activities if row["activity"] == kind]

    def kinds(self) -> set[str]:
        return {row["activity"] for row in self.activities}


Reader = Callable[..., Read]


@pytest.fixture
def plan_files(tmp_path: Path) -> Callable[..., ImportPlan]:
    def plan(*paths: Path, kinds: dict[Path, str] | None = None, mappings: Iterable[SavedMapping] = (), zone: str = MOSCOW) -> ImportPlan:
        return inspect_files(list(paths), kinds=kinds, mappings=list(mappings), work_dir=tmp_path / "work", time_zone=zone)

    return plan


@pytest.fixture
def read_files(tmp_path: Path, plan_files: Callable[..., ImportPlan]) -> Reader:
    def read(*paths: Path, plan: ImportPlan | None = None, zone: str = MOSCOW, known: list[str] | None = None, **options: Any) -> Read:
        plan = plan or plan_files(*paths, zone=zone, **options)
        result = read_plan(
            plan,
            work_dir=tmp_path / "work",
            rejected_dir=tmp_path / "rejected",
            time_zone=zone,
            currency="RUB",
            now=NOW,
            known_activities=known or [],
        )
        table = result.batches.read_all()
        refused = [row for file in result.files if file.rejected_file for row in rows_of(file.rejected_file)]
        return Read(table, result.files, list(result.links), refused, plan)

    return read


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as source:
        return list(csv.reader(source))[1:]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def write_file(name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write_file


@pytest.fixture
def shared_data() -> Path:
    if not DATA.exists():
        pytest.skip(f"the real data are not there: {DATA}")
    return DATA
