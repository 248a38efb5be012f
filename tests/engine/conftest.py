"""A simulated company that several tests look at."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest

from tests.once import made_once


@pytest.fixture(scope="session")
def small_company(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict, pa.Table, datetime]:
    """A simulated company of 1,000 customers: folder, truth, activities, end."""
    from tests.engine.simulated import activities, write_company

    folder = made_once(tmp_path_factory, "engine-company", lambda made: write_company(made, customers=1000, months=18, seed=11))
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return folder, truth, activities(folder), datetime.fromisoformat(truth["end"])
