"""A Spark cluster on this machine: a standalone master and two workers of one core each, for the tests of the runner."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

FRUGAL = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Short runs: compiling well and collecting in parallel would cost more than it brings."""
DEFAULTS = """
spark.driver.host 127.0.0.1
spark.driver.bindAddress 127.0.0.1
spark.driver.memory 512m
spark.executor.memory 512m
spark.driver.extraJavaOptions {frugal}
spark.executor.extraJavaOptions {frugal}
spark.executorEnv.PYTHONPATH {root}:{root}/src
"""
PATIENCE_SECONDS = 180.0
ROOT = Path(__file__).parent.parent.parent


def is_possible() -> str:
    """Return why there can be no cluster here; empty where there can."""
    try:
        import pyspark  # noqa: F401
    except ImportError:
        return "pyspark is not installed"
    return "" if shutil.which("java") else "there is no Java"


class Cluster:
    """Started when made; `address` is the master's."""

    def __init__(self, folder: Path) -> None:
        import pyspark

        self.folder = folder
        self._spark = Path(pyspark.__file__).parent
        self.settings = folder / "settings"
        self.settings.mkdir()
        (self.settings / "spark-defaults.conf").write_text(DEFAULTS.format(frugal=FRUGAL, root=ROOT), encoding="utf-8")
        port = _free_port()
        self.address = f"spark://127.0.0.1:{port}"
        self.master = self._start("master.Master", "--port", str(port))
        # Who asks before the master listens asks again after ten or twenty seconds only.
        _wait_until(lambda: _listens(port), "the master does not listen")
        self.workers = [
            self._start("worker.Worker", "--cores", "1", "--memory", "1g", "--work-dir", str(folder / f"worker-{number}"), self.address)
            for number in range(2)
        ]
        _wait_until(lambda: (folder / "log").read_bytes().count(b"Registering worker") == 2, "the workers do not come")

    def _start(self, daemon: str, *options: str) -> subprocess.Popen[bytes]:
        environment = os.environ | {
            "SPARK_HOME": str(self._spark),
            "SPARK_CONF_DIR": str(self.settings),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_DAEMON_MEMORY": "192m",
            "SPARK_DAEMON_JAVA_OPTS": FRUGAL,
        }
        command = [
            str(self._spark / "bin" / "spark-class"),
            f"org.apache.spark.deploy.{daemon}",
            "--host",
            "127.0.0.1",
            "--webui-port",
            "0",
        ]
        log = (self.folder / "log").open("ab")
        return subprocess.Popen([*command, *options], env=environment, start_new_session=True, stdout=log, stderr=log)

    def kill_worker(self, number: int) -> None:
        """Kill a worker and its executor at once, as a machine that loses its power."""
        _kill(self.workers[number])

    def stop(self) -> None:
        """End everything."""
        for process in (*self.workers, self.master):
            _kill(process)


def _wait_until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
