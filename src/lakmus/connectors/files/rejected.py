"""The file of rows that were not taken: row number, one reason, and the row as it stood."""

# ruff: noqa: S608 - texts from files enter SQL only through `sql.literal` and `sql.named`

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from lakmus.connectors.files.kept_rows import kept
from lakmus.connectors.files.refusals import row_reason
from lakmus.connectors.files.staging import Staged
from lakmus.connectors.files.whole import relation_of

BATCH = 10_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")
A_PLAIN_NUMBER = re.compile(r"^[+-]?[\d\s.,]+$")


@dataclass(frozen=True, slots=True)
class Refused:
    """A refused row: its number (the header is row 1, as a spreadsheet counts), code, column number or None, its cells."""

    row: int
    code: str
    column: int | None
    cells: tuple[str, ...]


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet runs as a formula: an apostrophe goes before a sign that would start one."""
    return "'" + cell if cell.startswith(FORMULA) and not A_PLAIN_NUMBER.match(cell) else cell


def refused_rows(staged: Staged) -> Iterator[Refused]:
    """Yield the refused rows of a file in their order, broken ones among them."""
    offset = 1 if staged.plan.header_row is None else staged.plan.header_row + 2
    broken = iter(staged.broken)
    ahead = next(broken, None)
    passed = 0
    for batch in kept(staged.refused):
        for number, why, cells in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            while ahead is not None and ahead.line <= number + offset + passed:
                yield Refused(ahead.line, ahead.code, None, (ahead.text,))
                passed += 1
                ahead = next(broken, None)
            code, _, column = why.partition("|")
            values = tuple("" if cell is None else str(cell) for cell in json.loads(cells))
            yield Refused(number + offset + passed, code, int(column) if column else None, values)
    while ahead is not None:
        yield Refused(ahead.line, ahead.code, None, (ahead.text,))
        ahead = next(broken, None)


def late_refusals(connection: duckdb.DuckDBPyConnection, staged: Staged, where: str, code: str, work_dir: Path) -> Iterator[Refused]:
    """Yield rows that linking found wanting (`where` is SQL over the linked rows), with the cells they had in the file."""
    rows = [row for (row,) in connection.execute(f"select _row from {staged.relation} where {where} order by _row").fetchall()]
    if not rows:
        return
    offset = 1 if staged.plan.header_row is None else staged.plan.header_row + 2
    cells = ", ".join(f"c{index}" for index in range(len(staged.plan.columns)))
    connection.execute("create or replace table wanting as select unnest(?) as r", [rows])
    numbered = f"select row_number() over () - 1 as r, to_json([{cells}]) as cells from {relation_of(staged.plan, work_dir)}"
    cursor = connection.cursor().execute(
        f"select r, cast(cells as varchar) from ({numbered}) where r in (select r from wanting) order by r"
    )
    while batch := cursor.fetchmany(BATCH):
        for row, written in batch:
            yield Refused(row + offset, code, None, tuple("" if cell is None else str(cell) for cell in json.loads(written)))


def write_refused(path: Path, names: Sequence[str], refused: Iterable[Refused]) -> Counter[str]:
    """Write the refused rows as CSV (UTF-8 with mark, so that Excel opens it) and return how often each reason met.

    Nothing is written where nothing was refused.
    """
    counts: Counter[str] = Counter()
    rows = iter(refused)
    first = next(rows, None)
    if first is None:
        return counts
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(["row", "code", "причина", "reason", *(harmless(name) for name in names)])
        for row in _with_first(first, rows):
            counts[row.code] += 1
            wording = row_reason(row.code, names[row.column] if row.column is not None and row.column < len(names) else "")
            writer.writerow([row.row, row.code, wording.ru, wording.en, *(harmless(cell) for cell in row.cells)])
    return counts


def _with_first(first: Refused, rest: Iterator[Refused]) -> Iterator[Refused]:
    yield first
    yield from rest
