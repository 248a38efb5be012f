"""`lakmus serve` and `lakmus demo`: start, answer, stop without leaving anything behind."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import FOREIGN, run_lakmus

pytestmark = pytest.mark.slow


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def served(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """Yield a server that has said its address."""
    surroundings = {name: held for name, held in os.environ.items() if name not in FOREIGN}
    command = [sys.executable, "-m", "lakmus", "serve", "--port", str(port), "--language", "en"]
    process = subprocess.Popen(command, cwd=tmp_path, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        assert f"http://localhost:{port}/" in process.stdout.readline()
        yield process
    finally:
        process.terminate()
        process.wait(60)


def processes_naming(word: str) -> list[str]:
    """Return the command lines of living processes that hold a word."""
    lines = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if word.encode() in entry.read_bytes():
                lines.append(entry.with_name("cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return lines


def test_the_pages_answer_and_ctrl_c_leaves_no_process(served: subprocess.Popen[str], port: int, tmp_path: Path) -> None:
    with urllib.request.urlopen(f"http://localhost:{port}/api/health", timeout=30) as answer:
        assert answer.status == 200
    home = f"LAKMUS_HOME={tmp_path / 'lakmus-home'}"
    assert any("gunicorn" in line for line in processes_naming(home))
    assert any("lakmus.jobs" in line for line in processes_naming(home))
    served.send_signal(signal.SIGINT)
    assert served.wait(60) == 0
    time.sleep(0.5)
    assert processes_naming(home) == []
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"http://localhost:{port}/", timeout=5)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's end")
def test_a_killed_server_takes_its_processes_along(served: subprocess.Popen[str], tmp_path: Path) -> None:
    served.kill()
    served.wait()
    deadline = time.monotonic() + 30
    while (left := processes_naming(f"LAKMUS_HOME={tmp_path / 'lakmus-home'}")) and time.monotonic() < deadline:
        time.sleep(0.3)
    assert left == []


@pytest.mark.skipif(sys.platform != "linux", reason="the worker's processes are counted in /proc")
def test_a_worker_asked_to_end_many_times_at_once_ends(tmp_path: Path) -> None:
    surroundings = {name: held for name, held in os.environ.items() if name not in FOREIGN}
    command = [sys.executable, "-m", "lakmus", "worker"]
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    worker = subprocess.Popen(command, cwd=tmp_path, env=surroundings, start_new_session=True, **silent)
    home = f"LAKMUS_HOME={tmp_path / 'lakmus-home'}"
    deadline = time.monotonic() + 60
    while len(processes_naming(home)) < 5 and time.monotonic() < deadline:
        time.sleep(0.1)
    for number in [signal.SIGTERM, signal.SIGINT] * 200:
        worker.send_signal(number)
        time.sleep(0.00005)
    try:
        assert worker.wait(30) == 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGKILL)
    assert processes_naming(home) == []


def test_a_port_that_is_taken_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run_lakmus("serve", "--port", taken.getsockname()[1], folder=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "--port" in done.stderr


def test_the_demonstration_goes_on_with_what_it_made_before(tmp_path: Path) -> None:
    words = ("demo", "--home", "demo/home", "--customers", 250, "--no-serve")
    first = run_lakmus(*words, folder=tmp_path)
    assert first.returncode == 0, first.stderr
    assert "head_of_service" in first.stdout
    orders = (tmp_path / "demo/files/orders.csv").stat().st_mtime_ns
    second = run_lakmus(*words, folder=tmp_path)
    assert second.returncode == 0, second.stderr
    assert "head_of_service" not in second.stdout
    assert first.stdout.splitlines()[1] == second.stdout.splitlines()[1]
    assert (tmp_path / "demo/files/orders.csv").stat().st_mtime_ns == orders
