"""The DuckDB of this process: in memory, opened once, asked by everybody through a cursor of their own."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb
from django.conf import settings

MEMORY = "2GB"
"""What queries may hold at once; what a sort of millions of rows needs beyond lies on the disk while it runs."""
_instances: dict[int, duckdb.DuckDBPyConnection] = {}
_one_at_a_time = threading.Lock()


def cursor() -> duckdb.DuckDBPyConnection:
    """Return a cursor of this process's DuckDB, in memory; an instance costs some 40 ms of CPU, a cursor next to nothing."""
    process = os.getpid()
    with _one_at_a_time:
        if process not in _instances:
            # A forked process must not touch what its parent opened.
            spilled = str(Path(settings.LAKMUS_HOME) / "work" / "spilled")
            _instances[process] = duckdb.connect(config={"threads": 2, "memory_limit": MEMORY, "temp_directory": spilled})
            _instances[process].execute("SET GLOBAL TimeZone = 'UTC'")
        return _instances[process].cursor()


def ask(sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """Return the rows that a query finds."""
    with cursor() as connection:
        rows: list[dict[str, Any]] = connection.sql(sql, params=list(parameters)).to_arrow_table().to_pylist()
    return rows


class Conditions:
    """Conditions of a WHERE clause with their parameters; what a person typed never becomes SQL."""

    def __init__(self) -> None:
        self._parts: list[str] = ["true"]
        self.parameters: list[Any] = []

    def add(self, sql: str, *parameters: Any) -> None:
        """Require `sql`, whose question marks stand for `parameters`."""
        self._parts.append(f"({sql})")
        self.parameters.extend(parameters)

    def of_ranks(self, ranks: Iterable[int]) -> None:
        """Require one of these ranks, at most some ten thousand; as one text they are read in half the time of as many parameters."""
        self.add("rank IN (SELECT unnest(string_split(nullif(?, ''), ',')::INTEGER[]))", ",".join(map(str, ranks)))

    @property
    def where(self) -> str:
        """All conditions joined."""
        return " AND ".join(self._parts)
