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
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.cli.conftest import run_lakmus, surroundings
from tests.content import content_of

pytestmark = pytest.mark.slow
KILLS = int(os.environ.get("LAKMUS_KILLS", "5"))
SEED = int(os.environ.get("LAKMUS_KILL_SEED", "20261122"))
LONGEST_SECONDS = 180.0
BRING = """
import sys
from pathlib import Path
from lakmus.cli.home import home_at
home = home_at(Path(sys.argv[1]), create=True)
from django.core.files import File
from lakmus.usecases.imports.import_jobs import agree, receive_files
files = [File(open(path, "rb"), name=Path(path).name) for path in sys.argv[2:]]
print(agree(home, receive_files(home, files, actor=None), actor=None).pk)
"""


@dataclass(frozen=True)
class Place:
    """A home, and the address of its database on the suite's PostgreSQL; empty for the home's own SQLite."""

    home: Path
    database: str

    @property
    def environment(self) -> dict[str, str]:
        return surroundings() | ({"DATABASE_URL": self.database} if self.database else {})

    @contextmanager
    def rows(self) -> Iterator[Any]:
        """Open the database for one transaction."""
        opened = psycopg.connect(self.database) if self.database else sqlite3.connect(self.home / "lakmus.sqlite3", timeout=20)
        with closing(opened), opened:
            yield opened

    def state(self) -> str:
        with self.rows() as database:
            return str(database.execute("select state from imports_importjob").fetchone()[0])

    def attempts(self) -> int:
        with self.rows() as database:
            return int(database.execute("select attempt_count from imports_importjob").fetchone()[0])

    def seconds_taken(self) -> float:
        with self.rows() as database:
            moments = database.execute("select started_at, finished_at from imports_importjob").fetchone()
        started, finished = (datetime.fromisoformat(str(moment)) for moment in moments)
        return (finished - started).total_seconds()

    def fall_silent(self) -> None:
        """Let the minute of silence after which a job is given away pass at once."""
        with self.rows() as database:
            database.execute("update imports_importjob set heartbeat_at = '2026-01-01 00:00:00' where state = 'running'")

    def bring(self, files: list[Path]) -> None:
        """Agree to the import of files, as a person does in the browser."""
        subprocess.run(
            [sys.executable, "-c", BRING, str(self.home), *map(str, files)], check=True, env=self.environment, capture_output=True
        )

    def lakmus(self, *words: object) -> str:
        done = run_lakmus(*words, "--home", self.home, folder=self.home.parent, database=self.database)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Callable[[str], Place]]:
    """Return a function that gives a place by its name, its database new, on whatever the suite runs."""
    server = os.environ.get("DATABASE_URL", "")
    made: list[str] = []

    def new(name: str) -> Place:
        if not server:
            return Place(tmp_path / name, "")
        made.append(f"worker_{os.getpid()}_{name}")
        with closing(psycopg.connect(server, autocommit=True)) as connection:
            connection.execute(f'create database "{made[-1]}"')
        return Place(tmp_path / name, urlsplit(server)._replace(path=f"/{made[-1]}").geturl())

    yield new
    for name in made:
        with closing(psycopg.connect(server, autocommit=True)) as connection:
            connection.execute(f'drop database "{name}" with (force)')


@contextmanager
def worker(place: Place) -> Iterator[subprocess.Popen[bytes]]:
    """Run the worker at the head of a process group of its own; whatever is left of the group is killed at the end."""
    command = [sys.executable, "-m", "lakmus", "worker", "--home", str(place.home)]
    process = subprocess.Popen(command, env=place.environment, start_new_session=True, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until_taken(place: Place) -> None:
    """Wait until a runner has the job: the state alone may still be that of a runner that was killed."""
    before, deadline = place.attempts(), time.monotonic() + 60
    while place.attempts() == before and place.state() != "done":
        assert time.monotonic() < deadline, "no worker took the job"
        time.sleep(0.02)


def wait_until_done(place: Place) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while (seen := place.state()) != "done":
        assert seen in {"planned", "running"}, seen
        assert time.monotonic() < deadline, "the worker did not finish in time"
        time.sleep(0.3)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return the files of a shop that takes some seconds to import."""
    folder = tmp_path_factory.mktemp("files")
    assert run_lakmus("simulate", folder, "--customers", 1500, "--months", 18, "--seed", 3, folder=folder).returncode == 0
    return sorted(folder.glob("*.csv"))


def test_the_worker_imports_what_was_agreed_on_and_stops_when_told(files: list[Path], place: Callable[[str], Place]) -> None:
    here = place("here")
    here.bring(files)
    with worker(here) as process:
        wait_until_done(here)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert list((here.home / "uploads").glob("import-*")) == []


@pytest.mark.timeout(3600)
def test_a_worker_killed_at_any_moment_leaves_a_job_that_ends_as_if_undisturbed(files: list[Path], place: Callable[[str], Place]) -> None:
    calm, disturbed = place("calm"), place("disturbed")
    calm.lakmus("import", *files, "--yes")
    took, met, moments = calm.seconds_taken(), 0, random.Random(SEED)
    disturbed.bring(files)
    for number in range(KILLS):
        if disturbed.state() == "done":
            check_same(disturbed, calm)
            disturbed = place(f"disturbed{number}")
            disturbed.bring(files)
        with worker(disturbed) as process:
            wait_until_taken(disturbed)
            time.sleep(moments.uniform(0, 0.9) * took)
            met += disturbed.state() == "running"
            kill(process)
        disturbed.fall_silent()
    with worker(disturbed):
        wait_until_done(disturbed)
    check_same(disturbed, calm)
    print(f"{met} of {KILLS} kills met a running import")
    assert met > KILLS / 3


def check_same(disturbed: Place, calm: Place) -> None:
    assert content_of(disturbed.home) == content_of(calm.home)
    assert json.loads(disturbed.lakmus("verdict", "--format", "json")) == json.loads(calm.lakmus("verdict", "--format", "json"))
