"""First half of reading: one pass over the file, every cell turned into its value, every wrong row marked with one reason.

What comes out is an Arrow file in the work folder, so that whatever is wrong with the file shows before anything is imported.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa

from lakmus.connectors.files.kept_rows import AHEAD, keep_taken, show
from lakmus.connectors.files.plain_rows import PlainRows
from lakmus.connectors.files.plan import FilePlan
from lakmus.connectors.files.refusals import refusal
from lakmus.connectors.files.sql import literal, named
from lakmus.connectors.files.whole import relation_of
from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording

STRUCTURE = {"MISSING COLUMNS": "too_few_cells", "TOO MANY COLUMNS": "too_many_cells", "INVALID ENCODING": "wrong_encoding"}
Ticking = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that could not be cut into cells: its line in the file, the reason's code, the text as it stood."""

    line: int
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Staged:
    """A file's rows as values, in two Arrow files.

    `path` holds the rows that were taken, one column per field and `_row`, which counts all `rows` from 0; `refused` (absent
    where there are none) the others: `_row`, `_why`, `_cells` (JSON). DuckDB sees the first as the table `relation`. `notes` say
    what was found out about the rows as a whole.
    """

    plan: FilePlan
    path: Path
    refused: Path
    rows: int
    broken: tuple[BrokenRow, ...]
    columns: frozenset[str]
    notes: tuple[Wording, ...] = ()

    @property
    def relation(self) -> str:
        """The rows that were taken, as SQL for connections that `show_to` has been called with."""
        return named(self.path.stem)

    def show_to(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Let a connection see the rows as `relation`."""
        show(connection, self.path.stem, self.path)


def connect(work_dir: Path, memory: str = "1200MB") -> duckdb.DuckDBPyConnection:
    """Return a fresh connection with bounded memory that spills into the work folder; a failed read spoils an old one."""
    spill = work_dir / "spill"
    spill.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    connection.execute(f"set memory_limit='{memory}'")
    connection.execute(f"set temp_directory={literal(spill)}")
    connection.execute("set threads=2")
    # A long list after IN would otherwise become a join that copies every row, even where a CASE seldom asks.
    connection.execute("set disabled_optimizers='in_clause'")
    connection.execute(f"set streaming_buffer_size='{AHEAD}'")
    return connection


def stage(
    connection: duckdb.DuckDBPyConnection, plan: FilePlan, target: Path, *, work_dir: Path, time_zone: str, now: datetime, ticking: Ticking
) -> Staged:
    """Turn a planned table into values.

    Raises
    ------
    BadInput : the file cannot be read to its end, or too little of it makes a table.
    """
    rows = PlainRows(plan, time_zone, now)
    even = False
    for padded in (False, True):
        relation = relation_of(plan, work_dir, padded=padded, even=even)
        try:
            staged = stage_rows(connection, plan, partial(rows.of, relation), target, ticking)
        except BadInput as failure:
            if failure.code != "broken_quotes" or plan.format != "csv":
                raise
            # Two files put together may end their lines each in its own way, which DuckDB takes for a broken quote.
            even = True
            relation = relation_of(plan, work_dir, padded=padded, even=even)
            staged = stage_rows(connection, plan, partial(rows.of, relation), target, ticking)
        few = sum(row.code == "too_few_cells" for row in staged.broken)
        if few <= 0.02 * (staged.rows + few):
            break
        # So many rows lack cells at their end that the writer must leave empty cells out.
    if len(staged.broken) > staged.rows:
        quotes = next((row for row in staged.broken if row.code == "broken_row"), None)
        raise refusal("broken_quotes", plan.name, line=quotes.line) if quotes else refusal("uneven_rows", plan.name)
    if not staged.rows:
        raise refusal("header_only", plan.name)
    return staged


def stage_rows(
    connection: duckdb.DuckDBPyConnection,
    plan: FilePlan,
    read: Callable[[duckdb.DuckDBPyConnection], pa.RecordBatchReader],
    target: Path,
    ticking: Ticking,
) -> Staged:
    """Keep a file's rows, which `read` gives with `_why` and `_cells`.

    Raises
    ------
    BadInput : the file cannot be read to its end.
    """
    refused, rows = target.with_suffix(".refused.arrow"), 0
    # A cursor of its own: what DuckDB could not read of one file is not told of another.
    with connection.cursor() as cursor:
        try:
            for rows in keep_taken(read(cursor), target, refused):
                ticking(min(1.0, rows / max(plan.row_estimate, 1)))
            broken = _broken_rows(cursor) if plan.format in ("csv", "text") else ()
        except (duckdb.Error, pa.ArrowException) as failure:
            raise _reading_failure(plan, failure) from failure
    with pa.ipc.open_file(str(target)) as written:
        return Staged(plan, target, refused, rows, broken, frozenset(written.schema.names))


def _reading_failure(plan: FilePlan, failure: Exception) -> Exception:
    written = str(failure)
    if "unterminated quote" in written.lower() or "quote" in written.lower():
        line = written.split("Line: ")[1].split("\n")[0] if "Line: " in written else "?"
        return refusal("broken_quotes", plan.name, line=line)
    if "Maximum line size" in written or "maximum_object_size" in written:
        return refusal("line_too_long", plan.name, limit=16)
    return refusal("damaged", plan.name)


def _broken_rows(connection: duckdb.DuckDBPyConnection) -> tuple[BrokenRow, ...]:
    try:
        found = connection.execute(
            "select line, min(cast(error_type as varchar)), min(csv_line) from reject_errors group by line order by line"
        ).fetchall()
    except duckdb.CatalogException:
        return ()
    return tuple(BrokenRow(int(line), STRUCTURE.get(kind, "broken_row"), (text or "")[:10_000]) for line, kind, text in found)
