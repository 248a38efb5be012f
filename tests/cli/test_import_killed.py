"""`lakmus import` killed at random moments and repeated: the history equals that of an undisturbed import."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lakmus.simulate.company import simulate_company
from lakmus.simulate.scenario import load_scenario
from lakmus.stream.store import Stream
from tests.cli.conftest import FOREIGN

KILLS = int(os.environ.get("LAKMUS_KILLS", "5"))
BROUGHT = ("customers", "orders", "order_lines", "deliveries", "cases", "messages", "reviews")
LATER = datetime(2100, 1, 1, tzinfo=UTC)


def start_import(home: Path, files: list[str]) -> subprocess.Popen[bytes]:
    """Start an import in a process group of its own, so that all of it can be killed."""
    command = [sys.executable, "-m", "lakmus", "import", *files, "--yes", "--home", str(home)]
    surroundings = {name: held for name, held in os.environ.items() if name not in FOREIGN}
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=surroundings, start_new_session=True)


def history(home: Path) -> tuple[list[dict[str, Any]], list[tuple[Any, ...]]]:
    """Return every activity, and who holds which identifier."""
    stream = Stream.open(home / "stream")
    rows = [row for bucket in range(stream.bucket_count) for row in stream.read_bucket(bucket, as_of=LATER).to_pylist()]
    assert len({row["activity_id"] for row in rows}) == len(rows) == stream.count
    held = stream.identity.state().held.select("kind", "normal", "customer")
    return sorted(rows, key=lambda row: row["activity_id"]), sorted(held.iter_rows())


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_an_import_killed_at_any_moment_and_repeated_equals_an_undisturbed_one(tmp_path: Path) -> None:
    simulate_company(tmp_path / "files", customers=80, months=8, seed=5, scenario=load_scenario())
    files = [str(tmp_path / "files" / f"{name}.csv") for name in BROUGHT]
    began = time.monotonic()
    assert start_import(tmp_path / "calm", files).wait() == 0
    took, calm = time.monotonic() - began, history(tmp_path / "calm")
    assert len(calm[0]) > 500
    moments, alive = random.Random(50), 0
    for kill in range(KILLS):
        home = tmp_path / f"home{kill}"
        process = start_import(home, files)
        time.sleep(moments.uniform(0.2, 0.98) * took)
        if process.poll() is None:
            alive += 1
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        assert start_import(home, files).wait() == 0, f"the import after kill {kill} failed"
        assert history(home) == calm, f"kill {kill}"
    assert alive > KILLS / 2, "most kills must meet a running import"
