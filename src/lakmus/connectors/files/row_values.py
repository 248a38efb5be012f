"""Rows as values, as SQL: every cell of a planned table turned into what its field holds."""

# ruff: noqa: S608 - texts from files enter SQL only through `sql.literal` and `sql.named`

from __future__ import annotations

from datetime import datetime

from lakmus.connectors.files import cells
from lakmus.connectors.files.fields import DURATIONS, FIELDS, Sort
from lakmus.connectors.files.names import minutes_of_unit
from lakmus.connectors.files.plan import ColumnPlan, FilePlan
from lakmus.connectors.files.row_checks import Fed, fed_columns, why_sql
from lakmus.connectors.files.sql import literal, utc_of_local
from lakmus.connectors.files.transcripts import is_transcript, said_by_customer

NEVER_MOMENT = "timestamp '1900-01-01'"  # what programs write for "no date" lies before it
ADDRESS = '[^\\s<>,;:"()]+@[^\\s<>,;:"()]+'
FIRST_PHONE = "[+\\d(][+\\d\\s().\\x{00A0}\\x{2010}-\\x{2015}-]*"
"""Up to what begins another or names an extension: a comma, a slash, a letter."""
OF_PEOPLE = ("customer", "customer_master", "card", "anonymous")
"""Identifiers of which 0 means nobody."""


def rows_query(plan: FilePlan, relation: str, time_zone: str, now: datetime) -> str:
    """Return the SQL of a table's rows: `staged_columns`, `_why` a row cannot be taken, and `_cells` of such rows (JSON)."""
    fed = fed_columns(plan)
    raw = ", ".join(f"c{index}" for index in range(len(plan.columns)))
    kept = ", ".join(f'"{name}"' for name in staged_columns(plan))
    told = f"select *, {why_sql(plan, fed, now)} as _why from ({values_query(plan, fed, relation, time_zone)})"
    return f"select {kept}, _why, case when _why is not null then cast(to_json([{raw}]) as varchar) end as _cells from ({told})"


def staged_columns(plan: FilePlan) -> list[str]:
    """Return what is kept of a row: its fields, and where promises may be dates their local time."""
    fields = [column.field or "" for _, column in fed_columns(plan)]
    kept = [field for field in fields if field not in ("feature", "clock")]
    kept += ["promised_at_local"] if "promised_at" in fields else []
    return [*kept, "feature"] if "feature" in fields else kept


def values_query(plan: FilePlan, fed: Fed, relation: str, time_zone: str) -> str:
    """Return the SQL of all cells of a table's rows and the values of some columns; moments in UTC and as `…_local`."""
    values, moments = [], []
    for index, column in fed:
        field = column.field or ""
        if FIELDS[field].sort is Sort.MOMENT:
            moments.append(field)
            written = _written_moment(plan, f"c{index}", field)
            local = cells.local_moment(written, column.date_format or "")
            values.append(f"nullif(greatest({local}, {NEVER_MOMENT}), {NEVER_MOMENT}) as {field}_local")
            values.append(f"{cells.aware_moment(written, column.date_format or '')} as {field}_aware")
        elif field not in ("feature", "clock"):
            values.append(f'{_value(column, f"c{index}", plan.decimal)} as "{field}"')
    if any(column.field == "feature" for _, column in fed):
        pairs = ", ".join(f"{literal(column.name)}, {cells.label(f'c{index}')}" for index, column in fed if column.field == "feature")
        values.append(f"cast(json_object({pairs}) as varchar) as feature")
    raw = [f"c{index}" for index in range(len(plan.columns))]
    first = f"select {', '.join([*raw, *values])} from {relation}"
    if not moments:
        return first
    in_utc = [f"coalesce({field}_aware, {utc_of_local(f'{field}_local', time_zone)}) as {field}" for field in moments]
    apart = f"* exclude ({', '.join(f'{field}_aware' for field in moments)})"
    return f"select {', '.join([apart, *in_utc])} from ({first})"


def _written_moment(plan: FilePlan, cell: str, field: str) -> str:
    """The cell of a date; the column with the time of day is put behind that of `ts`."""
    clock = next((index for index, column in enumerate(plan.columns) if column.field == "clock"), None)
    if field == "ts" and clock is not None:
        return f"({cell} || coalesce(' ' || {cells.label(f'c{clock}')}, ''))"
    return cell


def _value(column: ColumnPlan, cell: str, decimal: str) -> str:
    field = FIELDS[column.field or ""]
    if field.name == "stars":
        return cells.stars(cell, decimal)
    if field.name in DURATIONS:
        return cells.minutes(cell, decimal, minutes_of_unit(column.name))
    if field.sort is Sort.NUMBER:
        return cells.number(cell, decimal)
    if field.sort is Sort.TEXT:
        return said_by_customer(cell) if is_transcript(column.samples) else cells.text(cell)
    if field.name == "email":
        return f"nullif(lower(regexp_extract({cell}, '{ADDRESS}')), '')"
    if field.name == "phone":
        first = f"regexp_extract({cell}, '{FIRST_PHONE}')"
        digits = f"regexp_replace(trim({first}), '(\\.0$|\\D)', '', 'g')"
        return (
            f"case when length({digits}) = 11 and prefix({digits}, '8') then '+7' || substr({digits}, 2)"
            f" when length({digits}) = 10 and not prefix({first}, '+') then '+7' || {digits}"
            f" when length({digits}) between 9 and 15 then '+' || {digits} end"
        )
    if field.sort is Sort.IDENTIFIER:
        return cells.identifier(cell, of_person=field.name in OF_PEOPLE)
    return cells.label(cell)
