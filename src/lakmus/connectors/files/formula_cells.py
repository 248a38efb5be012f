"""Cells written as formulas so that a spreadsheet keeps their zeros (`="00123"`): in a text they are what stands between the quotes."""

from __future__ import annotations

import re
from pathlib import Path

from lakmus.connectors.files.archives import work_file

SAMPLE = 64 * 1024
BARE = re.compile(rb'(^|[;,\t|])="([^"\r\n]*)"(?=[;,\t|\r\n]|$)')
QUOTED = re.compile(rb'(^|[;,\t|])"=""([^"\r\n]*)"""(?=[;,\t|\r\n]|$)')


def without_formulas(path: Path, work_dir: Path) -> Path:
    """Return a text without such cells: itself, or a copy in which they are quoted texts."""
    try:
        with path.open("rb") as source:
            head = source.read(SAMPLE)
    except OSError:
        return path
    if b'="' not in head or head.startswith((b"PK", b"PAR1", b"\x1f\x8b", b"<", b"{", b"[")) or not _written(head):
        return path
    copy = work_file(work_dir, path, "formulas", ".texts.csv")
    if not copy.exists():
        part = copy.with_suffix(".part")
        with path.open("rb") as source, part.open("wb") as target:
            target.writelines(_plain(line) for line in source)
        part.replace(copy)
    return copy


def _written(head: bytes) -> bool:
    return any(BARE.search(line) or QUOTED.search(line) for line in head.splitlines())


def _plain(line: bytes) -> bytes:
    return QUOTED.sub(rb'\1"\2"', BARE.sub(rb'\1"\2"', line))
