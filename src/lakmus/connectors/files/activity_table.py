"""Files in our own schema: exported activities come back as they went."""

# ruff: noqa: S608 - texts from files enter SQL only through `sql.literal` and `sql.named`

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from lakmus.connectors.files import cells
from lakmus.connectors.files.activities_sql import Emission
from lakmus.connectors.files.kept_rows import streamed
from lakmus.connectors.files.plan import ColumnPlan, FilePlan
from lakmus.connectors.files.refusals import refusal
from lakmus.connectors.files.row_checks import EARLIEST, latest
from lakmus.connectors.files.sql import literal
from lakmus.connectors.files.staging import Staged, Ticking, stage_rows
from lakmus.connectors.files.whole import relation_of
from lakmus.history.activity import ACTIVITY_SCHEMA
from lakmus.history.kinds import KINDS

NEEDED = {"ts", "activity"}
MADE_HERE = ("activity_id", "revenue_impact")


def is_activity_table(names: Sequence[str]) -> bool:
    """Say whether a table has the columns of our own schema."""
    present = set(names) & set(ACTIVITY_SCHEMA.names)
    return set(names) >= NEEDED and len(present) >= max(4, 0.6 * len(names))


def as_activity_columns(names: Sequence[str], cells: Sequence[Sequence[str]]) -> tuple[ColumnPlan, ...]:
    """Return the columns, each fed into the schema's column of its own name."""
    columns = []
    for name, column in zip(names, cells, strict=True):
        samples = tuple(dict.fromkeys(cell.strip()[:80] for cell in column if cell.strip()))[:5]
        columns.append(ColumnPlan(name, samples, name if name in ACTIVITY_SCHEMA.names else None, 1.0))
    return tuple(columns)


def stage_activities(
    connection: duckdb.DuckDBPyConnection, plan: FilePlan, target: Path, *, work_dir: Path, now: datetime, ticking: Ticking
) -> Staged:
    """Turn a table of activities into values; times without offset are UTC, as we write them.

    Raises
    ------
    BadInput : the file cannot be read to its end.
    """
    fed = {column.field: index for index, column in enumerate(plan.columns) if column.field}
    values = []
    for entry in ACTIVITY_SCHEMA:
        if entry.name in fed and entry.name not in MADE_HERE:
            cell = f"c{fed[entry.name]}"
            if pa.types.is_timestamp(entry.type):
                value = f"coalesce({cells.aware_moment(cell, 'yyyy-mm-dd')}, {cells.local_moment(cell, 'yyyy-mm-dd')})"
            else:
                value = f"try_cast({cell} as double)" if entry.type == pa.float64() else f"nullif({cell}, '')"
            values.append(f'{value} as "{entry.name}"')
    raw = ", ".join(f"c{index}" for index in range(len(plan.columns)))
    known = ", ".join(literal(kind) for kind in KINDS)
    why = (
        f"case when ts is null then 'missing_date|{fed['ts']}' when ts > timestamp '{latest(now)}' then 'future_date|{fed['ts']}'"
        f" when ts < timestamp '{EARLIEST}' then 'impossible_date|{fed['ts']}'"
        f" when activity is null or activity not in ({known}) then 'unknown_activity|{fed['activity']}' end"
    )
    first = f"select {raw}, {', '.join(values)} from {relation_of(plan, work_dir)}"
    cells_of = f"case when _why is not null then cast(to_json([{raw}]) as varchar) end as _cells"
    query = f"select * exclude ({raw}), {cells_of} from (select *, {why} as _why from ({first}))"
    staged = stage_rows(connection, plan, lambda cursor: streamed(cursor, query), target, ticking)
    if not staged.rows:
        raise refusal("header_only", plan.name)
    return staged


def activity_emissions(connection: duckdb.DuckDBPyConnection, staged: Staged) -> list[Emission]:
    """Return one emission for each kind of activity that the table holds; identities are made anew from the facts."""
    present = [kind for (kind,) in connection.execute(f"select distinct activity from {staged.relation} order by 1").fetchall()]
    columns = {name: f'"{name}"' for name in staged.columns if name in ACTIVITY_SCHEMA.names and name not in ("activity", "_source")}
    return [Emission(kind, None, dict(columns), f"activity = {literal(kind)}") for kind in present]
