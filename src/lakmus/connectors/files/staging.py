"""First half of reading: one pass over the file, every cell turned into its value, every wrong row marked with one reason.

What comes out is an Arrow file in the work folder, so that whatever is wrong with the file shows before anything is imported.
"""

# ruff: noqa: S608 - texts from files enter SQL only through `sql.literal` and `sql.named`

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from lakmus.connectors.files import cells
from lakmus.connectors.files.fields import FIELDS, Sort
from lakmus.connectors.files.file_kinds import FILE_KINDS
from lakmus.connectors.files.kept_rows import AHEAD, keep_taken, show, streamed
from lakmus.connectors.files.plan import ColumnPlan, FilePlan
from lakmus.connectors.files.refusals import refusal
from lakmus.connectors.files.sql import literal, named, utc_of_local
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

TOTALS = ("Итого", "Итого:", "ИТОГО", "ИТОГО:", "Всего", "Всего:", "ВСЕГО", "Total", "TOTAL", "Total:", "Grand Total")
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
    """A file's rows as values, in two Arrow files.

    `path` holds the rows that were taken, one column per field and `_row`, which counts all `rows` from 0; `refused` (absent
    where there are none) the others: `_row`, `_why`, `_cells` (JSON). DuckDB sees the first as the table `relation`.
    """

    plan: FilePlan
    path: Path
    refused: Path
    rows: int
    broken: tuple[BrokenRow, ...]
    columns: frozenset[str]

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
    for padded in (False, True):
        relation = relation_of(plan, work_dir, padded=padded)
        staged = stage_rows(connection, plan, staging_query(plan, relation, time_zone, now), target, ticking)
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


def stage_rows(connection: duckdb.DuckDBPyConnection, plan: FilePlan, query: str, target: Path, ticking: Ticking) -> Staged:
    """Run a query of a file's rows with `_why` and `_cells`, and keep what it gives.

    Raises
    ------
    BadInput : the file cannot be read to its end.
    """
    refused, rows = target.with_suffix(".refused.arrow"), 0
    # A cursor of its own: what DuckDB could not read of one file is not told of another.
    with connection.cursor() as cursor:
        try:
            for rows in keep_taken(streamed(cursor, query), target, refused):
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
        values.append(f"cast(json_object({pairs}) as varchar) as feature")
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
    cells_of = f"case when _why is not null then cast(to_json([{raw}]) as varchar) end as _cells"
    return f"select {', '.join([*kept, '_why'])}, {cells_of} from ({third})"


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
    totals = " or ".join(f"coalesce({cells.among(f'c{index}', TOTALS)}, false)" for index in range(min(TOTALS_WITHIN, len(plan.columns))))
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
    # A row that has what it needs is not empty.
    fine += [f"not ({wrong})" for wrong, _ in [*needed, *checks[bool(needed) : 2]]]
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
