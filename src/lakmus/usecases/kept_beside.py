"""What pages compute once from a verdict and keep beside it, so that opening them reads little."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from lakmus.stream.lease import lease
from lakmus.usecases.asking import cursor
from lakmus.usecases.show_verdict import WAIT_SECONDS, Shown


def kept_table(shown: Shown, name: str, make: Callable[[duckdb.DuckDBPyConnection], duckdb.DuckDBPyRelation]) -> str:
    """Return the path of a table kept beside a verdict; who comes first makes it, whoever comes meanwhile waits."""

    def write(draft: Path) -> None:
        with cursor() as connection:
            make(connection).write_parquet(str(draft), compression="zstd")

    return str(_kept(shown, Path(name) / "0000.parquet", write))


def kept_json(shown: Shown, name: str, make: Callable[[], Any]) -> Any:
    """Return figures kept beside a verdict as JSON; see `kept_table`."""
    path = _kept(shown, Path(f"{name}.json"), lambda draft: draft.write_text(json.dumps(make(), ensure_ascii=False), encoding="utf-8"))
    return json.loads(path.read_text(encoding="utf-8"))


def _kept(shown: Shown, name: Path, write: Callable[[Path], object]) -> Path:
    kept = shown.folder / name
    if kept.exists():
        return kept
    kept.parent.mkdir(parents=True, exist_ok=True)
    with lease(kept.with_suffix(".lock"), wait_seconds=WAIT_SECONDS):
        if not kept.exists():
            with tempfile.TemporaryDirectory(prefix=".draft-", dir=kept.parent) as work:
                draft = Path(work) / name.name
                write(draft)
                # Under its name stands only what is complete.
                os.replace(draft, kept)
    return kept
