"""The one place where the command line chooses the home folder and starts Django."""

from __future__ import annotations

import logging
import logging.handlers
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lakmus.usecases.house.home import Home

LOG_BYTES = 5_000_000
_log: Path | None = None


def home_at(path: Path, *, create: bool = False, keep_stderr: bool = False) -> Home:
    """Return the home in a folder, with Django running on its database and the log in its folder `logs`.

    Raises
    ------
    NotFound : there is no such folder and `create` is off.
    """
    start_django(path, create=create, keep_stderr=keep_stderr)
    from lakmus.usecases.house.home import open_home

    return open_home(path)


def start_django(path: Path, *, create: bool = False, keep_stderr: bool = False) -> None:
    """Run Django on the database of a home folder.

    Raises
    ------
    NotFound : there is no such folder and `create` is off.
    """
    whole = Path(path).expanduser().resolve()
    if not create and not whole.is_dir():
        from lakmus.history.failures import NotFound
        from lakmus.usecases.house.home import NO_HOME

        raise NotFound("no_home", NO_HOME.filled(path=path))
    os.environ["LAKMUS_HOME"] = str(whole)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lakmus.config.settings")
    import django

    django.setup()
    _log_into(whole / "logs", keep_stderr=keep_stderr)


def log_file(path: Path) -> Path | None:
    """Return the log of the home that is open, None when none is."""
    return _log


def _log_into(folder: Path, *, keep_stderr: bool) -> None:
    """Send the log to a file of the home; a command speaks to people in its own words, only servers also log to standard error."""
    global _log
    if _log is not None:
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    root = logging.getLogger()
    file = logging.handlers.RotatingFileHandler(folder / "lakmus.log", maxBytes=LOG_BYTES, backupCount=3, encoding="utf-8", delay=True)
    for handler in list(root.handlers):
        # The settings' own form of a line keeps persons out of the log.
        file.setFormatter(handler.formatter)
        if not keep_stderr:
            root.removeHandler(handler)
    root.addHandler(file)
    _log = folder / "lakmus.log"
