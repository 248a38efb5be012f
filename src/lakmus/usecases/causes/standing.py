"""Whether a verdict holds what a page reads: one that was computed with fewer facts, or by an older program, may not."""

from __future__ import annotations

from lakmus.usecases.asking import ask
from lakmus.usecases.show_verdict import Shown


def has_table(shown: Shown, name: str) -> bool:
    """Say whether a verdict has this table at all."""
    return any((shown.folder / name).glob("*.parquet"))


def has_rows(shown: Shown, name: str) -> bool:
    """Say whether a verdict has this table with anything in it."""
    return has_table(shown, name) and bool(ask("SELECT 1 FROM read_parquet(?) LIMIT 1", [shown.table(name)]))
