"""Tables written as markup: the page of HTML that CRMs call `.xls`, and the XML of Excel 2003; the largest table becomes a text."""

from __future__ import annotations

import csv
from html.parser import HTMLParser
from pathlib import Path

from lakmus.connectors.files.archives import work_file
from lakmus.connectors.files.encodings import scan_text

WHOLE = 64 * 1024**2
"""Bytes of a file that is read whole."""
ROW_TAGS, CELL_TAGS, UNSEEN_TAGS = ("tr", "row"), ("td", "th", "cell"), ("style", "script", "title")
MOST_SPANNED = 1000
Row = list[str]


class _Tables(HTMLParser):
    """Collects the rows of every table; a cell that spans columns is followed by empty ones."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[Row]] = []
        self._open: list[list[Row]] = []
        self._cell: list[str] | None = None
        self._after = self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row or a cell."""
        told = dict(attrs)
        if tag == "table":
            self._end_cell()
            self._open.append([])
            self.tables.append(self._open[-1])
        elif tag in ROW_TAGS and self._open:
            self._end_cell()
            self._open[-1].append([])
        elif tag in CELL_TAGS and self._open and self._open[-1]:
            self._end_cell()
            row = self._open[-1][-1]
            row += [""] * min(_count(told.get("ss:index")) - 1 - len(row), MOST_SPANNED)
            across = _count(told.get("colspan")) - 1 if "colspan" in told else _count(told.get("ss:mergeacross"))
            self._cell, self._after = [], min(max(across, 0), MOST_SPANNED)
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")
        self._unseen += tag in UNSEEN_TAGS

    def handle_endtag(self, tag: str) -> None:
        """End a table or a cell."""
        if tag in CELL_TAGS or tag in ROW_TAGS:
            self._end_cell()
        elif tag == "table" and self._open:
            self._end_cell()
            self._open.pop()
        self._unseen = max(0, self._unseen - (tag in UNSEEN_TAGS))

    def handle_data(self, data: str) -> None:
        """Add to the cell that is open."""
        if self._cell is not None and not self._unseen:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is not None:
            self._open[-1][-1] += [" ".join("".join(self._cell).split(" ")).strip(), *[""] * self._after]
        self._cell, self._after = None, 0


def _count(written: str | None) -> int:
    return int(written) if written and written.isdecimal() else 0


def plain_markup(path: Path, work_dir: Path) -> Path:
    """Return a file of markup as a text of its largest table; any other file as it is, to be refused where it is looked into."""
    try:
        with path.open("rb") as source:
            head = source.read(4096).lstrip(b"\xef\xbb\xbf\xff\xfe\0\r\n\t ")
    except OSError:
        return path
    if head[:1] != b"<" or path.stat().st_size > WHOLE:
        return path
    copy = work_file(work_dir, path, "markup", ".markup.csv")
    if copy.exists():
        return copy
    encoding = scan_text(path).encoding
    reader = _Tables()
    reader.feed(path.read_bytes().decode(encoding or "utf-8", "replace"))
    reader.close()
    rows = max(reader.tables, key=lambda table: sum(map(len, table)), default=[])
    rows = [row for row in rows if any(row)]
    width = max(map(len, rows), default=0)
    if len(rows) < 2 or width < 2:
        return path
    part = copy.with_suffix(".part")
    with part.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target, delimiter=";").writerows([*row, *[""] * (width - len(row))] for row in rows)
    part.replace(copy)
    return copy
