"""Writing that survives a power cut: what was acknowledged is on the disk, what was not leaves no trace under its final name."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any


def sync_file(path: Path) -> None:
    """Return once the bytes of the file are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Return once the names in the folder are on the disk; a new file is not there after a power cut without this."""
    sync_file(path)


def write_json(path: Path, content: Any) -> None:
    """Write JSON so that a reader sees either the old file or the whole new one, also after a power cut."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    publish(fresh, path)


def publish(fresh: Path, path: Path) -> None:
    """Give a finished file its final name, durably and at once."""
    sync_file(fresh)
    fresh.replace(path)
    sync_folder(path.parent)


def remove_folder(path: Path) -> None:
    """Remove a folder with all it holds; a folder that is gone already is fine."""
    shutil.rmtree(path, ignore_errors=True)
