"""A worker that is killed while it sends: the message comes again under its id, and a receiver that looks at ids has it once."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.cli.conftest import run_lakmus, surroundings

pytestmark = pytest.mark.slow
PATIENCE_SECONDS = 60.0
QUEUE = """
import sys
from pathlib import Path
from lakmus.cli.home import home_at
home_at(Path(sys.argv[1]), create=True)
from django.utils import timezone
from lakmus.operations.alerts import changes
from lakmus.usecases.alerts.deliver_alerts import change_delivery
change_delivery(actor=None, webhook_is_on=True, webhook_address=sys.argv[2])
for number in range(3):
    changes.note_dispatch(channel="webhook", message_id=f"alert_{number}", body="{}", at=timezone.now())
"""


class Receiver(ThreadingHTTPServer):
    """Counts what comes by its id; holds every answer back while it is told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.came: Counter[str] = Counter()
        self.answers = threading.Event()


class Answering(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        self.server.came[self.headers["webhook-id"]] += 1
        if self.server.answers.wait(20):
            self.send_response(204)
            self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.answers.set()
    server.shutdown()
    server.server_close()


def wait_until(true, what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def test_messages_of_a_killed_worker_reach_their_receiver_once_in_effect(tmp_path: Path, receiver: Receiver) -> None:
    home = tmp_path / "home"
    surrounding = surroundings() | {"LAKMUS_HOME": str(home), "LAKMUS_WEBHOOK_HOSTS": "127.0.0.1"}
    address = f"http://127.0.0.1:{receiver.server_port}/"
    subprocess.run([sys.executable, "-c", QUEUE, str(home), address], check=True, env=surrounding, capture_output=True)
    start = [sys.executable, "-m", "lakmus.jobs"]
    with subprocess.Popen(start, env=surrounding, start_new_session=True, stderr=subprocess.DEVNULL) as worker:
        wait_until(lambda: sum(receiver.came.values()) >= 2, "the worker sends nothing")
        subprocess.run(["kill", "-9", "--", f"-{worker.pid}"], check=True)
        worker.wait()
    receiver.answers.set()
    with closing(sqlite3.connect(home / "lakmus.sqlite3", timeout=20)) as database, database:
        # The two minutes of silence after which a message is given away pass at once.
        database.execute("update alerts_dispatch set taken_at = '2026-01-01 00:00:00' where state = 'sending'")
    with subprocess.Popen(start, env=surrounding, start_new_session=True, stderr=subprocess.DEVNULL) as worker:
        wait_until(lambda: states(home) == {"sent": 3}, f"{states(home)}")
        worker.send_signal(signal.SIGTERM)
        worker.wait()
    assert set(receiver.came) == {"alert_0", "alert_1", "alert_2"} and max(receiver.came.values()) == 2
    told = json.loads(run_lakmus("alerts", "log", "--format", "json", "--home", home, folder=tmp_path).stdout)["messages"]
    assert sorted((row["message_id"], row["outcome"]) for row in told) == [(f"alert_{number}", "sent") for number in range(3)]


def states(home: Path) -> dict[str, int]:
    with closing(sqlite3.connect(home / "lakmus.sqlite3", timeout=20)) as database:
        return dict(database.execute("select state, count(*) from alerts_dispatch group by state").fetchall())
