"""The facts behind who is who: one small file per change, never rewritten except to forget a person."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from lakmus.stream.durable import publish, sync_folder

FACT_SCHEMA: dict[str, pl.DataType] = {
    "action": pl.String(),
    "kind": pl.String(),
    "normal": pl.String(),
    "written": pl.String(),
    "customer": pl.String(),
    "other": pl.String(),
    "fact_id": pl.String(),
    "source": pl.String(),
    "at": pl.Datetime("us", "UTC"),
}
"""`link` (identifier of `customer`), `claim` (`customer` claims what `other` holds), `merge` (`customer` into `other`),
`undo` (of merge `fact_id`, which had put `customer` into `other`), `decide` (claim `fact_id`; `other` is the decision).
`source` is the file or the person that said so."""
Stands = tuple[str, int, int, int]
WHOLE = "-whole"
MOST_FILES = 64


def facts(rows: list[dict[str, object]]) -> pl.DataFrame:
    """Return rows as a table of facts, absent fields null."""
    return pl.DataFrame(rows, schema=FACT_SCHEMA)


def in_fact_schema(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of facts, absent ones as nulls."""
    return rows.select(
        (pl.col(name) if name in rows.columns else pl.lit(None)).cast(kind).alias(name) for name, kind in FACT_SCHEMA.items()
    )


class FactFiles:
    """Numbered files of facts in one folder; a file `…-whole` stands for all before it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def version(self) -> int:
        """Return the number of the newest file, 0 when there is none."""
        return max((_number(path) for path in self._paths()), default=0)

    def current(self) -> list[Path]:
        """Return the files that hold the facts, in the order in which they were written."""
        paths = self._paths()
        whole = [place for place, path in enumerate(paths) if WHOLE in path.name]
        return paths[whole[-1] :] if whole else paths

    def stands(self, files: list[Path]) -> tuple[Stands, ...]:
        """Return what tells each of these files from any other: none is ever altered, and a folder that was restored has others."""
        found = [path.stat() for path in files]
        return tuple((path.name, one.st_ino, one.st_mtime_ns, one.st_size) for path, one in zip(files, found, strict=True))

    def read(self, files: list[Path] | None = None) -> pl.DataFrame:
        """Return the facts of these files, or of all, in the order in which they were written."""
        tables = [pl.read_parquet(path) for path in (self.current() if files is None else files)]
        return pl.concat(tables) if tables else facts([])

    def add(self, fresh: pl.DataFrame) -> int:
        """Append facts durably and return the new version; the caller holds the lease."""
        number = self.version() + 1
        self._write(in_fact_schema(fresh), f"{number:010}.parquet")
        if len(self.current()) > MOST_FILES:
            return self.rewrite(lambda everything: everything)
        return number

    def rewrite(self, change: Callable[[pl.DataFrame], pl.DataFrame]) -> int:
        """Replace all facts by what `change` makes of them, in one step, and remove the old files."""
        everything = change(self.read())
        number = self.version() + 1
        self._write(everything, f"{number:010}{WHOLE}.parquet")
        self.sweep()
        return number

    def join(self) -> None:
        """Put all facts into one file; the version, and what the facts say, stay as they are to a reader."""
        if len(self.current()) > 1:
            self.rewrite(lambda everything: everything)

    def sweep(self) -> None:
        """Remove files that a newer whole one stands for, and unfinished ones."""
        if not self.folder.is_dir():
            return
        current = set(self.current())
        for path in self.folder.iterdir():
            if path not in current:
                path.unlink()
        sync_folder(self.folder)

    def _write(self, rows: pl.DataFrame, name: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = self.folder / f".{name}.{os.getpid()}"
        rows.write_parquet(fresh, compression="zstd", compression_level=1)
        publish(fresh, self.folder / name)

    def _paths(self) -> list[Path]:
        return sorted(self.folder.glob("[0-9]*.parquet"))


def _number(path: Path) -> int:
    return int(path.name[:10])


def utc(moment: datetime) -> datetime:
    """Return an aware moment in UTC."""
    return moment.astimezone(UTC)
