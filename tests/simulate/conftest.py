"""Small simulated companies, made once for all tests of the simulator."""

from __future__ import annotations

import csv
import json
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lakmus.simulate.company import Summary, load_scenario, simulate_company
from tests.once import made_once

CUSTOMERS, MONTHS, SEED = 1500, 18, 11


@dataclass(frozen=True)
class Company:
    """A simulated company as a stranger reads it: rows of text by file, and the truth."""

    directory: Path
    summary: Summary
    files: dict[str, list[dict[str, str]]]
    truth: dict[str, Any]


def simulate(directory: Path, name: str, *, customers: int = CUSTOMERS, months: int = MONTHS, seed: int = SEED) -> Company:
    """Simulate into a folder and read what was written."""
    summary = simulate_company(directory, customers=customers, months=months, seed=seed, scenario=load_scenario(name))
    return read_back(directory, summary)


def read_back(directory: Path, summary: Summary) -> Company:
    files = {}
    for path in sorted(directory.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as opened:
            files[path.stem] = list(csv.DictReader(opened, delimiter=";"))
    return Company(directory, summary, files, json.loads((directory / "truth.json").read_text(encoding="utf-8")))


def simulated_once(factory: pytest.TempPathFactory, name: str) -> Company:
    def make(folder: Path) -> None:
        summary = simulate_company(folder / "files", customers=CUSTOMERS, months=MONTHS, seed=SEED, scenario=load_scenario(name))
        (folder / "summary.pickle").write_bytes(pickle.dumps(summary))

    folder = made_once(factory, f"simulate-{name}", make)
    return read_back(folder / "files", pickle.loads((folder / "summary.pickle").read_bytes()))


@pytest.fixture(scope="session")
def default(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return simulated_once(tmp_path_factory, "default")


@pytest.fixture(scope="session")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return simulated_once(tmp_path_factory, "quiet")


@pytest.fixture(scope="session")
def slow_desk(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return simulated_once(tmp_path_factory, "slow_desk")
