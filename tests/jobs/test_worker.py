"""The worker as a process: it takes what waits, stops when told, and may be killed at any moment."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from tests.cli.conftest import FOREIGN, run_lakmus

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.environ.get("LAKMUS_TEST_DATABASE") == "postgres", reason="these processes use SQLite whatever the suite uses"),
]
KILLS = int(os.environ.get("LAKMUS_KILLS", "5"))
LONGEST_SECONDS = 180.0
BRING = """
import sys
from pathlib import Path
from lakmus.cli.home import home_at
home = home_at(Path(sys.argv[1]), create=True)
from django.core.files import File
from lakmus.usecases.import_jobs import agree, receive_files
files = [File(open(path, "rb"), name=Path(path).name) for path in sys.argv[2:]]
print(agree(home, receive_files(home, files, actor=None), actor=None).pk)
"""


def surroundings() -> dict[str, str]:
    return {name: held for name, held in os.environ.items() if name not in FOREIGN}


def bring(home: Path, files: list[Path]) -> None:
    """Agree to the import of files, as a person does in the browser."""
    subprocess.run([sys.executable, "-c", BRING, str(home), *map(str, files)], check=True, env=surroundings(), capture_output=True)


@contextmanager
def worker(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the worker at the head of a process group of its own; whatever is left of the group is killed at the end."""
    command = [sys.executable, "-m", "lakmus", "worker", "--home", str(home)]
    process = subprocess.Popen(command, env=surroundings(), start_new_session=True, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def state(home: Path) -> str:
    with closing(sqlite3.connect(home / "lakmus.sqlite3", timeout=20)) as database:
        return str(database.execute("select state from imports_importjob").fetchone()[0])


def fall_silent(home: Path) -> None:
    """Let the minute of silence after which a job is given away pass at once."""
    with closing(sqlite3.connect(home / "lakmus.sqlite3", timeout=20)) as database, database:
        database.execute("update imports_importjob set heartbeat_at = '2026-01-01 00:00:00' where state = 'running'")


def wait_until_done(home: Path) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while (seen := state(home)) != "done":
        assert seen in {"planned", "running"}, seen
        assert time.monotonic() < deadline, "the worker did not finish in time"
        time.sleep(0.3)


def verdict(home: Path) -> object:
    done = run_lakmus("verdict", "--format", "json", "--home", home, folder=home.parent)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return the files of a shop that takes some seconds to import."""
    folder = tmp_path_factory.mktemp("files")
    assert run_lakmus("simulate", folder, "--customers", 1500, "--months", 18, "--seed", 3, folder=folder).returncode == 0
    return sorted(folder.glob("*.csv"))


def test_the_worker_imports_what_was_agreed_on_and_stops_when_told(files: list[Path], tmp_path: Path) -> None:
    home = tmp_path / "home"
    bring(home, files)
    with worker(home) as process:
        wait_until_done(home)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert list((home / "uploads").glob("import-*")) == []


def test_a_worker_killed_at_any_moment_leaves_a_job_that_ends_as_if_undisturbed(files: list[Path], tmp_path: Path) -> None:
    calm, disturbed = tmp_path / "calm", tmp_path / "disturbed"
    done = run_lakmus("import", *files, "--yes", "--home", calm, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    bring(disturbed, files)
    moments = random.Random(20261122)
    for _ in range(KILLS):
        with worker(disturbed) as process:
            deadline = time.monotonic() + 60
            while state(disturbed) != "running" and time.monotonic() < deadline:
                time.sleep(0.02)
            time.sleep(moments.uniform(0, 6))
            kill(process)
        fall_silent(disturbed)
    with worker(disturbed):
        wait_until_done(disturbed)
    assert verdict(disturbed) == verdict(calm)
