"""A simulated company that several tests look at."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest


@pytest.fixture(scope="session")
def small_company(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict, pa.Table, datetime]:
    """A simulated company of 1,000 customers: folder, truth, activities, end."""
    from tests.engine.simulated import activities, write_company

    folder = tmp_path_factory.mktemp("small-company")
    truth = write_company(folder, customers=1000, months=18, seed=11)
    return folder, truth, activities(folder), datetime.fromisoformat(truth["end"])
