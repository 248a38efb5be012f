"""Tables as CSV, whole or as far as a page shows them, safe to open in a spreadsheet."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import duckdb
import pyarrow as pa

from lakmus.engine.tables import TABLES as RESULT_TABLES
from lakmus.history.activity import ACTIVITY_SCHEMA
from lakmus.history.failures import BadInput, WrongUsage
from lakmus.history.wording import Wording
from lakmus.operations.company.queries import company_terms
from lakmus.operations.journal.changes import record
from lakmus.usecases.asking import Conditions, cursor
from lakmus.usecases.house.home import Home
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals.lay_out_people import PEOPLE

ACTIVITIES = "activities"
TABLES = (*RESULT_TABLES, ACTIVITIES)
"""What can be exported: the tables of a verdict, and the customer stream itself."""

FORMULA_STARTS = r"^[=+\-@\t\r]"
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
CHUNK = 1 << 20
NO_TABLE = Wording(
    "Таблицы «{name}» нет. Выгрузить можно: {names}.",
    "There is no table “{name}”. These can be exported: {names}.",
)
UNWRITABLE = Wording(
    "Не удалось записать «{path}»: {problem}. Ничего не потеряно; укажите другое место.",
    "Could not write “{path}”: {problem}. Nothing was lost; name another place.",
)


@dataclass(frozen=True, slots=True)
class CsvDialect:
    """How the cells of one language are written: what parts them, and the decimal point."""

    delimiter: str
    decimal: str


DIALECTS = {"ru": CsvDialect(";", ","), "en": CsvDialect(",", ".")}


@dataclass(frozen=True, slots=True)
class Part:
    """Which rows of a table are wanted, in which order, and which columns are left out; without a word, all of it as it lies there."""

    conditions: Conditions = field(default_factory=Conditions)
    order: str = ""
    without: frozenset[str] = frozenset()


WHOLE = Part()


def export_table(
    home: Home, shown: Shown, name: str, target: TextIO | Path, *, part: Part = WHOLE, language: str = "ru", actor: Any = None
) -> int:
    """Write one table, or the part of it that a page shows, and return the number of the rows written.

    A path appears under its name only when complete; it gets a byte order mark, by which Excel knows UTF-8.

    Parameters
    ----------
    part : for tables of a verdict; the customer stream is written whole.
    name : one of `TABLES`; `activities` are those known at the verdict's moment, customer after customer.
    language : "ru" writes `;` and a decimal comma, "en" `,` and a point; moments stand in the company's zone.

    Raises
    ------
    WrongUsage : there is no such table.
    BadInput : nothing can be written at this path.
    """
    if name not in TABLES:
        raise WrongUsage("no_table", NO_TABLE.filled(name=name, names=", ".join(TABLES)))
    if isinstance(target, Path):
        rows = _write_file(home, shown, name, target, part, language)
    else:
        rows = _write(home, shown, name, target, part, language)
    record(actor=actor, verb="exported_table", object_kind="table", object_key=name, details={"rows": rows})
    return rows


def _write_file(home: Home, shown: Shown, name: str, path: Path, part: Part, language: str) -> int:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("w", encoding="utf-8", newline="") as target:
            draft.chmod(0o600)
            target.write(BYTE_ORDER_MARK)
            rows = _write(home, shown, name, target, part, language)
        os.replace(draft, path)
    except OSError as problem:
        raise BadInput("export_unwritable", UNWRITABLE.filled(path=path, problem=problem.strerror)) from problem
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
    return rows


def _write(home: Home, shown: Shown, name: str, target: TextIO, part: Part, language: str) -> int:
    dialect = DIALECTS.get(language, DIALECTS["ru"])
    columns = [column for column in (ACTIVITY_SCHEMA if name == ACTIVITIES else RESULT_TABLES[name]) if column.name not in part.without]
    # The names come from our own schemas; what people wrote stands only in the rows.
    cells = ", ".join(_cell(column, dialect) for column in columns)
    rows = 0
    with cursor() as connection, tempfile.TemporaryDirectory(prefix="export-", dir=home.work) as work:
        connection.execute("SET TimeZone = ?", [company_terms().time_zone])
        target.write(dialect.delimiter.join(column.name for column in columns) + "\r\n")
        made = Path(work) / "part.csv"
        for found in _parts(connection, home, shown, name, part):
            written = found.project(cells)
            rows += len(found)
            written.write_csv(str(made), sep=dialect.delimiter, header=False, encoding="utf-8")
            with made.open(encoding="utf-8", newline="") as lines:
                shutil.copyfileobj(lines, target, CHUNK)
    return rows


def _parts(connection: duckdb.DuckDBPyConnection, home: Home, shown: Shown, name: str, part: Part) -> Iterator[duckdb.DuckDBPyRelation]:
    """Yield what fits into memory: the stream bucket after bucket, with merges resolved; a verdict's table as it lies there."""
    if name != ACTIVITIES:
        # Conditions and order are written in `results`; what was typed stands in the parameters.
        sql, parameters = f"SELECT * FROM read_parquet(?) WHERE {part.conditions.where}", [shown.table(name)]  # noqa: S608
        if name == "customers" and part is not WHOLE:
            # What lists ask for is asked of the table of people, which knows the rank, too.
            people = f"SELECT customer, rank FROM read_parquet(?) WHERE {part.conditions.where}"  # noqa: S608
            sql, parameters = f"SELECT * FROM read_parquet(?) JOIN ({people}) USING (customer)", [*parameters, shown.table(PEOPLE)]  # noqa: S608
        sql += f" ORDER BY {part.order}" if part.order else ""
        yield connection.sql(sql, params=[*parameters, *part.conditions.parameters])
        return
    stream = home.stream()
    snapshot = stream.prepare()
    for bucket in range(stream.bucket_count):
        yield connection.from_arrow(stream.read_bucket(bucket, as_of=shown.as_of, snapshot=snapshot))


def _cell(column: pa.Field, dialect: CsvDialect) -> str:
    """Return the SQL that writes a column: text that a spreadsheet would take for a formula gets an apostrophe, numbers stay numbers."""
    name = f'"{column.name}"'
    if pa.types.is_boolean(column.type):
        return f"CAST({name} AS INTEGER)"
    if pa.types.is_floating(column.type):
        return f"replace(CAST({name} AS VARCHAR), '.', '{dialect.decimal}')"
    if pa.types.is_timestamp(column.type):
        return f"strftime({name}, '%Y-%m-%d %H:%M:%S')"
    if pa.types.is_integer(column.type):
        return name
    text = f"array_to_string({name}, ' ')" if pa.types.is_list(column.type) else name
    return f"CASE WHEN regexp_matches({text}, '{FORMULA_STARTS}') THEN chr(39) || {text} ELSE {text} END"
