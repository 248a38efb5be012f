"""`lakmus import` killed at random moments and repeated: the history equals that of an undisturbed import."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lakmus.simulate.company import simulate_company
from lakmus.simulate.scenario import load_scenario
from tests.cli.conftest import surroundings
from tests.content import content_of

KILLS = int(os.environ.get("LAKMUS_KILLS", "5"))
SEED = int(os.environ.get("LAKMUS_KILL_SEED", "50"))
BROUGHT = ("customers", "orders", "order_lines", "deliveries", "cases", "messages", "reviews")


def start_import(home: Path, files: list[str]) -> subprocess.Popen[bytes]:
    """Start an import in a process group of its own, so that all of it can be killed."""
    command = [sys.executable, "-m", "lakmus", "import", *files, "--yes", "--home", str(home)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=surroundings(), start_new_session=True)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_an_import_killed_at_any_moment_and_repeated_equals_an_undisturbed_one(tmp_path: Path) -> None:
    simulate_company(tmp_path / "files", customers=80, months=8, seed=5, scenario=load_scenario())
    files = [str(tmp_path / "files" / f"{name}.csv") for name in BROUGHT]
    began = time.monotonic()
    assert start_import(tmp_path / "calm", files).wait() == 0
    took, calm = time.monotonic() - began, content_of(tmp_path / "calm")
    assert len(calm[0]) > 500
    moments, alive = random.Random(SEED), 0
    for kill in range(KILLS):
        home = tmp_path / f"home{kill}"
        process = start_import(home, files)
        time.sleep(moments.uniform(0.2, 0.98) * took)
        if process.poll() is None:
            alive += 1
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        assert start_import(home, files).wait() == 0, f"the import after kill {kill} failed"
        assert content_of(home) == calm, f"kill {kill}"
    assert alive > KILLS / 2, "most kills must meet a running import"
