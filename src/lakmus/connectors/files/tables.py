"""Whatever the format, one table of texts: what stands in it at a glance, and the SQL that reads it whole."""

# ruff: noqa: S608 - texts from files enter SQL only through `sql.literal` and `sql.named`

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import fastexcel
import pyarrow as pa
import pyarrow.parquet as pq

from lakmus.connectors.files.archives import Unpacked, unpack_gzip, unpack_zip, work_file
from lakmus.connectors.files.encodings import LONGEST_LINE, SAMPLE, scan_text, transcode
from lakmus.connectors.files.formats import detect_format
from lakmus.connectors.files.formula_cells import without_formulas
from lakmus.connectors.files.json_tables import UTF8, json_keys, json_relation, plain_json
from lakmus.connectors.files.markup_tables import plain_markup
from lakmus.connectors.files.refusals import refusal
from lakmus.connectors.files.sniff import SAMPLE_ROWS, WHITE_SPACE, cut_text, find_header_of_sheet
from lakmus.connectors.files.sql import literal, named

COLUMNS = 1000
READ_AT_ONCE = 2 * LONGEST_LINE
"""Bytes of text that a thread reads at a time: what becomes of them must fit twice into `kept_rows.AHEAD`, or threads wait in turn."""
LARGEST_SHEET = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Glance:
    """What stands in a table, from its beginning: enough to recognise it."""

    member: str | None
    format: str
    encoding: str | None
    delimiter: str | None
    header_row: int | None
    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    row_estimate: int


def tables_of(path: Path, work_dir: Path) -> list[Unpacked]:
    """Return the tables' bytes of a file: itself, or what an archive holds.

    Raises
    ------
    BadInput : see `formats.detect_format` and `archives`.
    """
    plain = plain_markup(path, work_dir)
    found = detect_format(plain, path.name)
    if found == "zip":
        places = unpack_zip(path, work_dir)
    else:
        places = [unpack_gzip(path, work_dir)] if found == "gzip" else [Unpacked(plain)]
    return [replace(place, path=_plain(place.path, work_dir)) for place in places]


def _plain(path: Path, work_dir: Path) -> Path:
    for made_plain in (plain_markup, plain_json, without_formulas):
        path = made_plain(path, work_dir)
    return path


def glance(place: Unpacked, name: str) -> list[Glance]:
    """Return what stands in each table of a file (a workbook has several).

    Raises
    ------
    BadInput : the file cannot be read as a table.
    """
    found = detect_format(place.path, name)
    if found == "xlsx":
        sheets = _sheets(place, name)
    elif found == "parquet":
        sheets = [_glance_parquet(place, name)]
    elif found in ("jsonl", "json"):
        sheets = [_glance_json(place, name, found)]
    elif found == "csv":
        sheets = [_glance_text(place, name)]
    else:
        raise refusal("archive_nested", name, found=place.path.name)
    for sheet in sheets:
        if len(sheet.names) > COLUMNS:
            raise refusal("too_many_columns", name, found=len(sheet.names), limit=COLUMNS)
    return sheets


def _glance_text(place: Unpacked, name: str) -> Glance:
    scan = scan_text(place.path)
    if scan.longest_line > LONGEST_LINE:
        raise refusal("line_too_long", name, limit=LONGEST_LINE // 1024**2)
    if scan.zeros:
        raise refusal("binary", name)
    if scan.encoding is None:
        raise refusal("unknown_encoding", name)
    with place.path.open("rb") as source:
        head = source.read(SAMPLE)
        complete = not source.read(1)
    sample = codecs.getincrementaldecoder(scan.encoding)("replace").decode(head).lstrip("\ufeff")
    if sum(sign < " " and sign not in "\r\n\t\f\x1f" for sign in sample[:20000]) > 20:
        raise refusal("binary", name)
    cut = cut_text(sample, complete)
    if not cut.names or not any(any(cell.strip() for cell in row) for row in (cut.names, *cut.rows)):
        raise refusal("empty", name)
    if len(cut.names) < 2:
        raise refusal("one_column", name)
    if not cut.rows:
        raise refusal("header_only", name)
    above = 0 if cut.header_row is None else cut.header_row + 1
    rows = len(cut.rows) if complete and len(cut.rows) < SAMPLE_ROWS else max(scan.lines - above, len(cut.rows))
    form = "text" if cut.delimiter == WHITE_SPACE else "csv"
    delimiter = None if form == "text" else cut.delimiter
    return Glance(place.member, form, scan.encoding, delimiter, cut.header_row, cut.names, cut.rows, rows)


def _sheets(place: Unpacked, name: str) -> list[Glance]:
    try:
        book = fastexcel.read_excel(place.path)
        names = book.sheet_names
        tables = [(sheet, load_sheet(place.path, sheet, SAMPLE_ROWS + 25)) for sheet in names]
    except Exception as failure:  # the reader has no error family of its own and some damage shows as a panic
        raise refusal("damaged", name) from failure
    found = []
    for sheet, table in tables:
        rows = [["" if cell is None else cell for cell in row.values()] for row in table.to_pylist()]
        header, titles = find_header_of_sheet(rows)
        below = rows[header + 1 :] if header is not None else rows
        filled = tuple(tuple(row) for row in below if any(cell.strip() for cell in row))
        if titles and filled:
            total = len(filled) if len(filled) < SAMPLE_ROWS else load_sheet(place.path, sheet, None).num_rows - (header or 0) - 1
            label = sheet if len(names) > 1 else None
            member = " / ".join(part for part in (place.member, label) if part) or None
            found.append(Glance(member, "xlsx", None, None, header, titles, filled, total))
    if not found:
        has_titles = any(table.num_rows for _, table in tables)
        raise refusal("header_only" if has_titles else "empty", name)
    return found


def load_sheet(path: Path, sheet: str, rows: int | None) -> pa.Table:
    """Return a sheet (the first one for "") as texts, formulas by their last computed values."""
    loaded = fastexcel.read_excel(path).load_sheet(sheet or 0, header_row=None, n_rows=rows, dtypes="string").to_arrow()
    return pa.Table.from_batches([loaded])


def _glance_parquet(place: Unpacked, name: str) -> Glance:
    try:
        file = pq.ParquetFile(place.path)
        names = tuple(file.schema_arrow.names)
        rows = file.metadata.num_rows
    except (pa.ArrowException, OSError) as failure:
        raise refusal("damaged", name) from failure
    if not rows:
        raise refusal("header_only", name)
    return Glance(place.member, "parquet", None, None, 0, names, _first_rows(parquet_relation(place.path, names), name), rows)


def _glance_json(place: Unpacked, name: str, form: str) -> Glance:
    scan = scan_text(place.path)
    if form == "jsonl" and scan.longest_line > LONGEST_LINE:
        raise refusal("line_too_long", name, limit=LONGEST_LINE // 1024**2)
    if scan.encoding not in UTF8:
        raise refusal("unknown_encoding", name)
    names = json_keys(place.path, name, form)
    rows = _first_rows(json_relation(place.path, names, form), name)
    if not rows:
        raise refusal("header_only", name)
    return Glance(place.member, form, scan.encoding, None, 0, names, rows, max(scan.lines, len(rows)))


def _first_rows(relation: str, name: str) -> tuple[tuple[str, ...], ...]:
    with duckdb.connect() as connection:
        try:
            found = connection.execute(f"select * from {relation} limit {SAMPLE_ROWS}").fetchall()
        except duckdb.Error as failure:
            raise refusal("damaged", name) from failure
    return tuple(tuple("" if cell is None else cell for cell in row) for row in found)


def parquet_relation(path: Path, names: Sequence[str]) -> str:
    """Return the SQL of a Parquet file with every column as text, called c0, c1, …"""
    cells = ", ".join(f"cast({named(name)} as varchar) as c{index}" for index, name in enumerate(names))
    return f"(select {cells} from read_parquet({literal(path)}))"


def csv_relation(path: Path, count: int, delimiter: str, header_row: int | None, *, padded: bool, quoted: bool = True) -> str:
    """Return the SQL of a UTF-8 text with every column as text, called c0, c1, …

    Rows that do not fit are kept apart by DuckDB (`reject_errors`). `padded` takes rows with cells missing at their end,
    at the price of a single thread.
    """
    columns = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(count))
    header = "header=false" if header_row is None else f"header=true, skip={header_row}"
    spare = ", null_padding=true, parallel=false" if padded else ""
    quotes = "quote='\"', escape='\"'" if quoted else "quote='', escape=''"
    return (
        f"read_csv({literal(path)}, auto_detect=false, {header}, delim={literal(delimiter)}, {quotes},"
        f" columns={{{columns}}}, store_rejects=true, rejects_limit=1000000, max_line_size={LONGEST_LINE},"
        f" buffer_size={READ_AT_ONCE}{spare})"
    )


def utf8_copy(source: Path, work_dir: Path, encoding: str, *, white_space: bool) -> Path:
    """Return the text as UTF-8: itself, or a copy in the work folder; runs of blanks become tabs where asked."""
    path = source
    if encoding not in UTF8:
        path = work_file(work_dir, source, encoding, ".utf8.csv")
        if not path.exists():
            transcode(source, path, encoding)
    if not white_space:
        return path
    target = work_file(work_dir, source, "tabs", ".tabs.csv")
    if not target.exists():
        part = target.with_suffix(".part")
        with path.open(encoding="utf-8-sig") as reading, part.open("w", encoding="utf-8", newline="\n") as writing:
            writing.writelines("\t".join(line.split()) + "\n" for line in reading if line.strip())
        part.replace(target)
    return target


def even_lines(source: Path, work_dir: Path) -> Path:
    """Return a copy of a text whose lines all end in a line feed."""
    target = work_file(work_dir, source, "even", ".even.csv")
    if not target.exists():
        part = target.with_suffix(".part")
        with source.open("rb") as reading, part.open("wb") as writing:
            writing.writelines(line.replace(b"\r\n", b"\n") for line in reading)
        part.replace(target)
    return target


def sheet_copy(source: Path, work_dir: Path, sheet: str, header_row: int | None) -> Path:
    """Return a Parquet file of a sheet's rows below its header, every column as text."""
    target = work_file(work_dir, source, f"{sheet}|{header_row}", ".sheet.parquet")
    if not target.exists():
        table = load_sheet(source, sheet, None)
        rows = table.slice(0 if header_row is None else header_row + 1)
        part = target.with_suffix(".part")
        pq.write_table(rows.rename_columns([f"c{index}" for index in range(rows.num_columns)]), part)
        part.replace(target)
    return target
