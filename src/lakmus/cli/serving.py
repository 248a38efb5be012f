"""`lakmus serve` and `lakmus worker`: the pages, and the process that imports and computes for them."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser, Namespace
from pathlib import Path

from lakmus.cli.options import Commands
from lakmus.cli.voice import Voice
from lakmus.history.failures import LakmusError
from lakmus.history.wording import Wording

ABOUT_SERVE = Wording("открыть страницы в браузере; Ctrl-C останавливает", "serve the pages; Ctrl-C stops it")
ABOUT_WORKER = Wording("только рабочий процесс: загрузки и расчёты для страниц", "only the worker: imports and computations for the pages")
PORT = Wording("порт (8000)", "port (8000)")
HOST = Wording("адрес, на котором слушать (127.0.0.1: только эта машина)", "address to listen on (127.0.0.1: this machine only)")
NO_WORKER = Wording(
    "без рабочего процесса: его запускают отдельно, lakmus worker", "without the worker, which is then run apart: lakmus worker"
)
PORT_TAKEN = Wording(
    "Порт {port} уже занят другой программой. Ничего не запущено; возьмите другой: --port {other}.",
    "Port {port} is used by another program. Nothing was started; take another one: --port {other}.",
)
READY = Wording("Лакмус открыт: {address}  (Ctrl-C останавливает)", "Lakmus is open at {address}  (Ctrl-C stops it)")
NO_USERS = Wording(
    "Входить пока некому. Добавьте пользователя: lakmus user add ИМЯ --role owner",
    "Nobody can log in yet. Add a user: lakmus user add NAME --role owner",
)
DIED = Wording(
    "Процесс «{name}» остановился сам (код {code}), поэтому остановлено всё. Загруженное цело; смотрите сообщения выше.",
    "The process “{name}” ended by itself (code {code}), so everything was stopped. The data are unharmed; see the messages above.",
)
STOPPED = Wording("Остановлено.", "Stopped.")
PATIENCE_SECONDS = 10.0
START_SECONDS = 60.0
THREADS = 4
PR_SET_PDEATHSIG = 1


def add_to(commands: Commands) -> None:
    """Add the commands."""
    parser = commands.add("serve", ABOUT_SERVE, serve, formats=("text",))
    add_address(parser, commands)
    parser.add_argument("--no-worker", action="store_true", help=commands.say(NO_WORKER))
    commands.add("worker", ABOUT_WORKER, worker, formats=("text",))


def add_address(parser: ArgumentParser, commands: Commands) -> None:
    """Add --port and --host."""
    parser.add_argument("--port", type=int, default=8000, metavar="PORT", help=commands.say(PORT))
    parser.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help=commands.say(HOST))


def worker(asked: Namespace, voice: Voice) -> None:
    """Become the worker: this process goes on as `python -m lakmus.jobs`."""
    from lakmus.cli.home import home_at

    home = home_at(asked.home, create=True)
    sys.stdout.flush()
    os.execve(sys.executable, [sys.executable, "-m", "lakmus.jobs"], _environment(home.path))  # noqa: S606


def serve(asked: Namespace, voice: Voice) -> int:
    """Serve the pages and work for them until Ctrl-C, SIGTERM, or until one of the two ends."""
    from lakmus.cli.home import home_at

    home = home_at(asked.home, create=True)
    check_port(asked.host, asked.port)
    if not _has_users():
        voice.message(NO_USERS)
    return run_servers(home.path, asked, voice)


def run_servers(home: Path, asked: Namespace, voice: Voice) -> int:
    """Start web and worker, say the address when it answers, wait for the end of either or a signal, stop both."""
    signal.signal(signal.SIGTERM, lambda number, frame: _interrupt())
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        if not getattr(asked, "no_worker", False):
            running["worker"] = _start([sys.executable, "-m", "lakmus.jobs"], home)
        running["web"] = _start(_web(asked), home)
        address = f"http://{'localhost' if asked.host in ('127.0.0.1', '0.0.0.0') else asked.host}:{asked.port}/"  # noqa: S104
        if _answers(f"http://127.0.0.1:{asked.port}/api/health" if asked.host == "0.0.0.0" else f"{address}api/health", running):  # noqa: S104
            voice.text(voice.word(READY.filled(address=address)))
        while all(process.poll() is None for process in running.values()):
            time.sleep(0.2)
        name, ended = next((name, process) for name, process in running.items() if process.poll() is not None)
        raise LakmusError("server_ended", DIED.filled(name=name, code=ended.returncode))
    except KeyboardInterrupt:
        voice.message(STOPPED)
        return 0
    finally:
        stop(list(running.values()))


def check_port(host: str, port: int) -> None:
    """Make sure that nobody listens on the port.

    Raises
    ------
    LakmusError : somebody does, or the port cannot be used.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as problem:
            raise LakmusError("port_taken", PORT_TAKEN.filled(port=port, other=port + 1 if port < 65535 else 8000)) from problem


def stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """Ask processes to end, and end those that do not: whatever they were at is finished by the next start."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + PATIENCE_SECONDS
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.1, deadline - time.monotonic()))
        # Each stands at the head of a group of its own, with the processes it started.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _start(command: list[str], home: Path) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C in the terminal reaches only us, and we end both in order.
    return subprocess.Popen(command, env=_environment(home), start_new_session=True, preexec_fn=_end_with_parent)


def _end_with_parent() -> None:
    """Have Linux end this child when we are killed, so that no server stays behind and holds the port."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _web(asked: Namespace) -> list[str]:
    place = f"[{asked.host}]:{asked.port}" if ":" in asked.host else f"{asked.host}:{asked.port}"
    options = [
        "--bind",
        place,
        "--workers",
        "2",
        "--threads",
        str(THREADS),
        "--timeout",
        "120",
        # Longer than a waiting page leaves between two questions (2 s), so that none meets a connection that is just being closed.
        "--keep-alive",
        "75",
        "--log-level",
        "warning",
        "--no-control-socket",
    ]
    return [sys.executable, "-m", "gunicorn", "lakmus.config.wsgi", *options]


def _environment(home: Path) -> dict[str, str]:
    return {**os.environ, "LAKMUS_HOME": str(home), "DJANGO_SETTINGS_MODULE": "lakmus.config.settings"}


def _answers(address: str, running: dict[str, subprocess.Popen[bytes]]) -> bool:
    """Wait until the pages answer; False when a process ends before."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and all(process.poll() is None for process in running.values()):
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310  # always http to ourselves
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            time.sleep(0.1)
    return False


def _has_users() -> bool:
    from lakmus.usecases.house.keep_house import anybody_may_log_in

    return anybody_may_log_in()


def _interrupt() -> None:
    raise KeyboardInterrupt
