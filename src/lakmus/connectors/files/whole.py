"""The whole of a planned table as SQL: every cell a text, columns c0, c1, … in the order of the plan."""

# ruff: noqa: S608 - texts from files enter SQL only through `sql.literal` and `sql.named`

from __future__ import annotations

import codecs
from pathlib import Path

from lakmus.connectors.files.archives import Unpacked
from lakmus.connectors.files.encodings import SAMPLE
from lakmus.connectors.files.json_tables import json_relation
from lakmus.connectors.files.plan import FilePlan
from lakmus.connectors.files.refusals import refusal
from lakmus.connectors.files.sniff import WHITE_SPACE, find_header_of_sheet, split_rows, unique_names
from lakmus.connectors.files.sql import literal
from lakmus.connectors.files.tables import (
    csv_relation,
    even_lines,
    parquet_relation,
    sheet_copy,
    tables_of,
    utf8_copy,
)

OF_THE_ORDER = ("order", "ts", "clock", "customer", "name", "email", "phone", "city", "store", "currency", "operation")


def relation_of(plan: FilePlan, work_dir: Path, *, padded: bool = False, even: bool = False) -> str:
    """Return the SQL relation of a planned table; copies that reading needs are made in the work folder.

    `even` reads a copy of a text in which all lines end alike.

    Raises
    ------
    BadInput : the file is gone, or no longer what was looked at.
    """
    written = _written(plan, work_dir, padded=padded, even=even)
    key = next((index for index, column in enumerate(plan.columns) if column.field == "order"), None)
    if not plan.grouped or key is None:
        return written
    told = ", ".join(
        f"first_value(nullif(c{index}, '')) over (partition by _order_ order by _place_) as c{index}"
        for index, column in enumerate(plan.columns)
        if column.field in OF_THE_ORDER
    )
    placed = f"select *, row_number() over () as _place_ from {written}"
    grouped = f"select *, count(nullif(c{key}, '')) over (order by _place_ rows unbounded preceding) as _order_ from ({placed})"
    return f"(select * exclude (_place_, _order_) replace ({told}) from ({grouped}) order by _place_)"


def _written(plan: FilePlan, work_dir: Path, *, padded: bool, even: bool) -> str:
    """Return the SQL relation of a table as it is written.

    Raises
    ------
    BadInput : the file is gone, or no longer what was looked at.
    """
    place, sheet = place_of(plan, work_dir)
    names = [column.name for column in plan.columns]
    if plan.format == "parquet":
        return parquet_relation(place.path, names)
    if plan.format in ("jsonl", "json"):
        return json_relation(place.path, names, plan.format)
    if plan.format == "xlsx":
        copy = sheet_copy(place.path, work_dir, sheet, plan.header_row)
        return f"(select * from read_parquet({literal(copy)}))"
    white_space = plan.format == "text"
    try:
        path = utf8_copy(place.path, work_dir, plan.encoding or "utf-8", white_space=white_space)
    except UnicodeDecodeError as failure:
        raise refusal("unknown_encoding", plan.name) from failure
    _check_header(plan, place.path)
    path = even_lines(path, work_dir) if even else path
    delimiter = "\t" if white_space else plan.delimiter or ","
    return csv_relation(path, len(names), delimiter, plan.header_row, padded=padded, quoted=not white_space)


def _check_header(plan: FilePlan, path: Path) -> None:
    """Columns are read by their place, so a header that is no longer what the plan saw must not pass."""
    if plan.header_row is None:
        return
    with path.open("rb") as source:
        head = source.read(SAMPLE)
    sample = codecs.getincrementaldecoder(plan.encoding or "utf-8")("replace").decode(head).lstrip("\ufeff")
    rows = split_rows(sample, plan.delimiter or WHITE_SPACE, complete=True)
    seen = unique_names([cell.strip() for cell in rows[plan.header_row]]) if len(rows) > plan.header_row else ()
    if tuple(column.name for column in plan.columns) not in (seen, find_header_of_sheet(rows)[1]):
        raise refusal("changed", plan.name)


def place_of(plan: FilePlan, work_dir: Path) -> tuple[Unpacked, str]:
    """Return where the bytes of a planned table lie, and the sheet's name (that of the first where there is one only).

    Raises
    ------
    BadInput : the file or its member is gone.
    """
    places = tables_of(plan.path, work_dir)
    member = plan.member or ""
    for place in places:
        inside = place.member or ""
        if plan.format == "xlsx" and (member == inside or member.startswith(f"{inside} / ") or not inside):
            sheet = member.removeprefix(inside).removeprefix(" / ")
            return place, sheet
        if member == inside:
            return place, ""
    raise refusal("changed", plan.name)
