"""What takes seconds to make is made once for a whole run, however many processes share its tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lakmus.stream.lease import lease


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return the folder `name` of this run, which `make` filled for whoever asked first. Nobody may change it."""
    run = factory.getbasetemp()
    # Each process of xdist has a folder of its own below that of the run.
    run = run.parent if "PYTEST_XDIST_WORKER" in os.environ else run
    folder, whole = run / name, run / f"{name}.whole"
    with lease(run / f"{name}.lock", wait_seconds=300):
        if not whole.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            whole.touch()
    return folder
