"""First half of reading: one pass over the file, every cell turned into its value, every wrong row marked with one reason.

What comes out is a Parquet file in the work folder, so that whatever is wrong with the file shows before anything is imported.
"""

# ruff: noqa: S608 - texts from files enter SQL only through `sql.literal` and `sql.named`

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread

import duckdb

from lakmus.connectors.files import cells
from lakmus.connectors.files.fields import FIELDS, Sort
from lakmus.connectors.files.file_kinds import FILE_KINDS
from lakmus.connectors.files.plan import ColumnPlan, FilePlan
from lakmus.connectors.files.refusals import refusal
from lakmus.connectors.files.sql import literal, utc_of_local
from lakmus.connectors.files.whole import relation_of

LARGEST_NUMBER = 1e12
EARLIEST = "1970-01-01"
MAY_BE_FUTURE = ("promised_at", "ended_at")
MAY_BE_OLD = ("registered_at",)
NEVER_MOMENT = "timestamp '1900-01-01'"  # what programs write for "no date" lies before it
NEVER = "'(0001-01-01|0000-00-00|01\\.01\\.0001|00\\.00\\.0000|1900-01-00).*'"
STRUCTURE = {"MISSING COLUMNS": "too_few_cells", "TOO MANY COLUMNS": "too_many_cells", "INVALID ENCODING": "wrong_encoding"}
KEYS = {
    "deliveries": ("order",),
    "payments": ("order",),
    "order_lines": ("order",),
    "automatic_messages": ("template",),
    "invoices": ("amount",),
}

TOTALS = ", ".join(
    f"'{word}'" for word in ("Итого", "Итого:", "ИТОГО", "ИТОГО:", "Всего", "Всего:", "ВСЕГО", "Total", "TOTAL", "Total:", "Grand Total")
)
TOTALS_WITHIN = 2
"""In which first columns reports write the word."""

Ticking = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that could not be cut into cells: its line in the file, the reason's code, the text as it stood."""

    line: int
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Staged:
    """A file's rows as values: a Parquet file with one column per field, `_why` (null: taken), `_cells` (JSON, where refused)."""

    plan: FilePlan
    path: Path
    rows: int
    broken: tuple[BrokenRow, ...]
    columns: frozenset[str]

    @property
    def relation(self) -> str:
        """The rows that were taken, as SQL, with `_row` counting all rows from 0."""
        if "_row" in self.columns:
            return f"(select * from read_parquet({literal(self.path)}))"
        return (
            f"(select * rename (file_row_number as _row) from read_parquet({literal(self.path)}, file_row_number=true) where _why is null)"
        )


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
    return connection


def stage(plan: FilePlan, target: Path, *, work_dir: Path, time_zone: str, now: datetime, ticking: Ticking) -> Staged:
    """Turn a planned table into values.

    Raises
    ------
    BadInput : the file cannot be read to its end, or too little of it makes a table.
    """
    try:
        return _stage_once(plan, target, work_dir=work_dir, time_zone=time_zone, now=now, ticking=ticking, padded=False)
    except _Uneven:
        return _stage_once(plan, target, work_dir=work_dir, time_zone=time_zone, now=now, ticking=ticking, padded=True)


class _Uneven(Exception):
    """So many rows lack cells at their end that the writer must leave empty cells out."""


def _stage_once(plan: FilePlan, target: Path, *, work_dir: Path, time_zone: str, now: datetime, ticking: Ticking, padded: bool) -> Staged:
    relation = relation_of(plan, work_dir, padded=padded)
    query = staging_query(plan, relation, time_zone, now)
    with connect(work_dir) as connection:
        try:
            run_with_ticks(
                connection, f"copy ({query}) to {literal(target)} (format parquet, compression lz4_raw, row_group_size 100000)", ticking
            )
            broken = _broken_rows(connection) if plan.format in ("csv", "text") else ()
            rows = connection.execute(f"select count(*) from read_parquet({literal(target)})").fetchall()[0][0]
        except duckdb.Error as failure:
            raise _reading_failure(plan, failure) from failure
        columns = frozenset(connection.sql(f"from read_parquet({literal(target)}) limit 0").columns)
    few = sum(row.code == "too_few_cells" for row in broken)
    if few > 0.02 * (rows + few) and not padded:
        raise _Uneven
    if len(broken) > rows:
        quotes = next((row for row in broken if row.code == "broken_row"), None)
        raise refusal("broken_quotes", plan.name, line=quotes.line) if quotes else refusal("uneven_rows", plan.name)
    if not rows:
        raise refusal("header_only", plan.name)
    return Staged(plan, target, rows, broken, columns)


def run_with_ticks(connection: duckdb.DuckDBPyConnection, query: str, ticking: Ticking) -> None:
    """Run a long statement in a thread and report its share done (0..1) twice a second from the caller's thread."""
    failures: list[BaseException] = []

    def work() -> None:
        try:
            connection.execute(query)
        except BaseException as failure:
            failures.append(failure)

    thread = Thread(target=work, daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(0.5)
            share = connection.query_progress() if thread.is_alive() else 100.0
            ticking(min(max(float(share), 0.0), 100.0) / 100)
    except BaseException:
        connection.interrupt()
        thread.join()
        raise
    if failures:
        raise failures[0]


def _reading_failure(plan: FilePlan, failure: duckdb.Error) -> Exception:
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


def staging_query(plan: FilePlan, relation: str, time_zone: str, now: datetime) -> str:
    """Return the SQL that turns texts into values and marks the rows that cannot be taken."""
    fed = [(index, column) for index, column in enumerate(plan.columns) if column.field and column.field in FIELDS]
    values, moments = [], []
    for index, column in fed:
        field = column.field or ""
        if FIELDS[field].sort is Sort.MOMENT:
            moments.append((index, column))
            written = _written_moment(plan, f"c{index}", field)
            local = cells.local_moment(written, column.date_format or "")
            values.append(f"nullif(greatest({local}, {NEVER_MOMENT}), {NEVER_MOMENT}) as {field}_local")
            values.append(f"{cells.aware_moment(written, column.date_format or '')} as {field}_aware")
        elif field not in ("feature", "clock"):
            values.append(f'{_value(column, f"c{index}", plan.decimal)} as "{field}"')
    if any(column.field == "feature" for _, column in fed):
        pairs = ", ".join(f"{literal(column.name)}, {cells.label(f'c{index}')}" for index, column in fed if column.field == "feature")
        values.append(f"json_object({pairs}) as feature")
    raw = ", ".join(f"c{index}" for index in range(len(plan.columns)))
    first = f"select {', '.join([raw, *values])} from {relation}"
    in_utc = [
        f"coalesce({column.field}_aware, {utc_of_local(f'{column.field}_local', time_zone)}) as {column.field}" for _, column in moments
    ]
    apart = f"* exclude ({', '.join(f'{column.field}_aware' for _, column in moments)})" if moments else "*"
    second = f"select {', '.join([apart, *in_utc])} from ({first})"
    third = f"select *, {_why(plan, fed, now)} as _why from ({second})"
    kept = [f'"{column.field}"' for _, column in fed if column.field not in ("feature", "clock")]
    kept += [f"{column.field}_local" for _, column in moments if column.field == "promised_at"]
    kept += ["feature"] if any(column.field == "feature" for _, column in fed) else []
    return f"select {', '.join([*kept, '_why'])}, case when _why is not null then to_json([{raw}]) end as _cells from ({third})"


def _written_moment(plan: FilePlan, cell: str, field: str) -> str:
    """The cell of a date; the column with the time of day is put behind that of `ts`."""
    clock = next((index for index, column in enumerate(plan.columns) if column.field == "clock"), None)
    if field == "ts" and clock is not None:
        return f"({cell} || coalesce(' ' || {cells.label(f'c{clock}')}, ''))"
    return cell


def _value(column: ColumnPlan, cell: str, decimal: str) -> str:
    field = FIELDS[column.field or ""]
    if field.sort is Sort.NUMBER:
        return cells.number(cell, decimal)
    if field.sort is Sort.TEXT:
        return cells.text(cell)
    if field.name == "email":
        return f"case when contains({cell}, '@') then lower({cells.label(cell)}) end"
    if field.name == "phone":
        digits = f"regexp_replace({cell}, '(\\.0$|\\D)', '', 'g')"
        return (
            f"case when length({digits}) = 11 and prefix({digits}, '8') then '+7' || substr({digits}, 2)"
            f" when length({digits}) = 10 and not prefix(trim({cell}), '+') then '+7' || {digits}"
            f" when length({digits}) between 9 and 15 then '+' || {digits} end"
        )
    if field.sort is Sort.IDENTIFIER:
        return cells.identifier(cell, of_person=field.name in ("customer", "customer_master", "card", "anonymous"))
    return cells.label(cell)


Check = tuple[str, str]
"""SQL that is true for a wrong row, and SQL of the reason as code|column number."""


def _why(plan: FilePlan, fed: list[tuple[int, ColumnPlan]], now: datetime) -> str:
    """SQL: the first reason why a row cannot be taken, as code|column number; null where there is none.

    A few comparisons tell nearly all rows to be fine; the checks that find the reason run for the rest only.
    """
    every = " and ".join(f"c{index} is null" for index in range(len(plan.columns)))
    latest = f"timestamp '{now + timedelta(days=1):%Y-%m-%d %H:%M:%S}'"
    fine: list[str] = []
    totals = " or ".join(f"coalesce(c{index} in ({TOTALS}), false)" for index in range(min(TOTALS_WITHIN, len(plan.columns))))
    checks: list[Check] = [(every, "'empty_row|'"), (totals, "'total_row|'")]
    for index, column in fed:
        field, cell = column.field or "", f"c{index}"
        if FIELDS[field].sort is Sort.MOMENT:
            lowest = "timestamp '0001-01-01'" if field in MAY_BE_OLD else f"timestamp '{EARLIEST}'"
            highest = "timestamp '9999-12-31'" if field in MAY_BE_FUTURE else latest
            bad = f"{field} is null and {cells.present(cell)} and not regexp_full_match({cell}, {NEVER})"
            checks += [(bad, f"'bad_date|{index}'"), (f"{field} < {lowest}", f"'impossible_date|{index}'")]
            checks += [(f"{field} > {highest}", f"'future_date|{index}'")]
        elif FIELDS[field].sort is Sort.NUMBER:
            lowest, highest = ("0.5", "5") if field == "stars" else (f"-{LARGEST_NUMBER}", f"{LARGEST_NUMBER}")
            nan = "" if field in ("amount", "price", "quantity") else f' and not isnan("{field}")'
            checks += [(f'"{field}" is null and {cells.present(cell)}', f"'bad_number|{index}'")]
            checks += [(f'(not isfinite("{field}") or abs("{field}") > {LARGEST_NUMBER}){nan}', f"'enormous_number|{index}'")]
            checks += [("stars not between 0.5 and 5", f"'stars_out_of_range|{index}'")] if field == "stars" else []
        else:
            continue
        fine.append(f'coalesce("{field}" between {lowest} and {highest}, {cell} is null)')
    needed = _needed(plan, {column.field or "": index for index, column in fed})
    fine += [f"not ({wrong})" for wrong, _ in [*needed, *checks[:2]]]
    reasons = " ".join(f"when {wrong} then {reason}" for wrong, reason in [*checks, *needed])
    return f"case when {' and '.join(fine)} then null else case {reasons} end end"


def _needed(plan: FilePlan, fed: dict[str, int]) -> list[Check]:
    """The checks that a row has what its kind cannot do without."""
    kind = FILE_KINDS[plan.kind or ""]
    checks: list[Check] = []
    if ("ts",) in kind.required:
        checks.append(("ts is null", f"'missing_date|{fed['ts']}'"))
    numbered = [field for field in ("order", "case") if kind.name == f"{field}s" and field in fed]
    checks += [(f'"{field}" is null', f"'missing_key|{fed[field]}'") for field in (*KEYS.get(kind.name, ()), *numbered)]
    if kind.name == "deliveries":
        checks.append(_nothing(fed, "promised_at", "delivered_at", code="nothing_said"))
    elif kind.name == "surveys":
        checks.append(_nothing(fed, "sent_at", "answered_at", "ts", code="missing_date"))
        checks.append(_nothing(fed, "customer", "case", "order", "email", "phone", code="nobody"))
    elif kind.name in ("customers", "loyalty", "contacts", "automatic_messages", "visits", "messages"):
        checks.append(_nothing(fed, "customer", "case", "order", "email", "phone", "card", "anonymous", code="nobody"))
    elif kind.name == "reviews":
        checks.append(_nothing(fed, "stars", "text", "title", code="nothing_said"))
    return checks


def _nothing(fed: dict[str, int], *fields: str, code: str) -> Check:
    return " and ".join(f'"{field}" is null' for field in fields if field in fed), f"'{code}|'"
