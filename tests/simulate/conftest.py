"""Small simulated companies, made once for all tests of the simulator."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lakmus.simulate.company import Summary, load_scenario, simulate_company

CUSTOMERS, MONTHS, SEED = 1500, 18, 11


@dataclass(frozen=True)
class Company:
    """A simulated company as a stranger reads it: rows of text by file, and the truth."""

    directory: Path
    summary: Summary
    files: dict[str, list[dict[str, str]]]
    truth: dict[str, Any]


def simulate(directory: Path, name: str, *, customers: int = CUSTOMERS, months: int = MONTHS, seed: int = SEED) -> Company:
    summary = simulate_company(directory, customers=customers, months=months, seed=seed, scenario=load_scenario(name))
    files = {}
    for path in sorted(directory.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as opened:
            files[path.stem] = list(csv.DictReader(opened, delimiter=";"))
    return Company(directory, summary, files, json.loads((directory / "truth.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def default(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return simulate(tmp_path_factory.mktemp("default"), "default")


@pytest.fixture(scope="session")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return simulate(tmp_path_factory.mktemp("quiet"), "quiet")


@pytest.fixture(scope="session")
def slow_desk(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return simulate(tmp_path_factory.mktemp("slow_desk"), "slow_desk")
