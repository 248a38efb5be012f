"""The writer's lease: one writer at a time, and a lock that dies with the process that holds it."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lakmus.history.failures import Busy
from lakmus.history.wording import Wording

POLL_SECONDS = 0.02
BUSY = Wording(
    "Сейчас в историю клиентов пишет кто-то другой. Ничего не потеряно и ничего не изменено; повторите через несколько минут.",
    "Somebody else is writing to the customer history. Nothing was lost and nothing was changed; try again in a few minutes.",
)


@contextmanager
def lease(path: Path, *, wait_seconds: float) -> Iterator[None]:
    """Hold the lock at `path` for the length of a `with` block.

    The operating system releases the lock when the process ends in whichever way, so a killed writer blocks nobody.

    Raises
    ------
    Busy : another writer held the lock for all of `wait_seconds`.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        deadline = time.monotonic() + wait_seconds
        while not _locked(descriptor):
            if time.monotonic() >= deadline:
                raise Busy("stream_busy", BUSY)
            time.sleep(POLL_SECONDS)
        yield
    finally:
        os.close(descriptor)


def hold(path: Path) -> int:
    """Lock a file that nobody else holds yet and return its descriptor; closing it gives the lock up."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def is_held(path: Path) -> bool:
    """Say whether a living process holds the lock at `path`; a file that is not there is held by nobody."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        return not _locked(descriptor)
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
