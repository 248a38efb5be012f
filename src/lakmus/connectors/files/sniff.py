"""How a text is cut into rows and cells: the delimiter, the row of the header, the mark of decimals."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

DELIMITERS = (";", "\t", "|", ",")
SAMPLE_ROWS = 300
HEADER_WITHIN = 25
WHITE_SPACE = "white space"
A_NUMBER = re.compile(r"^[-+]?[\d\s\xa0.,']+$")
Rows = list[list[str]]


@dataclass(frozen=True, slots=True)
class Cut:
    """A text's delimiter (`WHITE_SPACE` for runs of blanks), the header's row (None: there is none), names and sample rows."""

    delimiter: str
    header_row: int | None
    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def cut_text(sample: str, complete: bool) -> Cut:
    """Find out how a text is cut from its beginning; `complete` says that the sample is the whole file."""
    best, rows = _best_delimiter(sample, complete)
    header, names = find_header_of_sheet(rows) if best != WHITE_SPACE else find_header(rows)
    after = rows[header + 1 :] if header is not None else rows
    return Cut(best, header, names, tuple(tuple(row) for row in after if any(cell.strip() for cell in row)))


def split_rows(sample: str, delimiter: str, complete: bool) -> Rows:
    """Cut the sample; its last row is left out where the sample may have cut it in two."""
    if delimiter == WHITE_SPACE:
        rows = [line.split() for line in sample.splitlines() if line.strip()][: SAMPLE_ROWS + 1]
    else:
        rows = []
        try:
            for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
                if len(rows) > SAMPLE_ROWS:
                    break
                rows.append(row)
        except csv.Error:
            pass
    return rows if complete or len(rows) > SAMPLE_ROWS else rows[:-1] or rows


def _best_delimiter(sample: str, complete: bool) -> tuple[str, Rows]:
    """Return the delimiter under which most rows have the same, largest number of cells."""
    found: list[tuple[float, str, Rows]] = []
    for delimiter in (*DELIMITERS, WHITE_SPACE):
        rows = split_rows(sample, delimiter, complete)
        filled = [len(row) for row in rows if any(cell.strip() for cell in row)]
        if not filled:
            continue
        width, count = max(Counter(filled).items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
        evenness = count / len(filled)
        likeness = evenness * min(width - 1, 4) if width > 1 else 0.0
        if delimiter == WHITE_SPACE:
            # Prose has blanks too; a table of them has the same number of cells in nearly every row.
            likeness *= 0.5 * (evenness > 0.9)
        found.append((likeness, delimiter, rows))
    if not found:
        return ",", []
    best = max(found, key=lambda entry: entry[0])
    return best[1], best[2]


def find_header(rows: Sequence[Sequence[str]]) -> tuple[int | None, tuple[str, ...]]:
    """Return the header's row and its names; a report's title lines above it are passed over.

    The header is the first row as wide as the table whose cells are names: filled, mostly different, none of them a
    number or a date. Without one the columns are called `column 1`, `column 2`, …
    """
    widths = Counter(len([cell for cell in row if cell.strip()]) for row in rows if any(cell.strip() for cell in row))
    if not widths:
        return None, ()
    usual = max(widths, key=lambda width: (widths[width], width))
    columns = max(len(row) for row in rows[:HEADER_WITHIN])
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        cells = [cell.strip().lstrip("\ufeff") for cell in row]
        filled = [cell for cell in cells if cell]
        if len(filled) < max(1, min(usual, columns) * 0.7):
            continue
        if any(_is_value(cell) for cell in filled):
            return None, tuple(f"column {number}" for number in range(1, columns + 1))
        return index, unique_names(cells)
    return None, tuple(f"column {number}" for number in range(1, columns + 1))


def find_header_of_sheet(rows: Sequence[Sequence[str]]) -> tuple[int | None, tuple[str, ...]]:
    """Return the last row of a sheet's header and its names; a header of two rows, its upper cells merged, gives joined names.

    The upper row stands over several columns ("Документ") or over both rows ("Цена"); the lower one names what the first left open.
    """
    header, names = find_header(rows)
    places = [header] if header is not None else []
    places += [index for index in range(min(HEADER_WITHIN, len(rows) - 1)) if index not in places]
    for index in places:
        upper, lower = ([cell.strip() for cell in row] for row in rows[index : index + 2]) if index + 1 < len(rows) else ([], [])
        width = max((len(row) for row in rows[index : index + 8]), default=0)
        both = [place for place in range(min(len(upper), len(lower))) if upper[place] or lower[place]]
        spans = [place for place in both if not upper[place]]
        merged = [place for place in both if upper[place] and not lower[place]]
        texts = [cell for cell in (*upper, *lower) if cell]
        if spans and merged and len(both) > max(2, 0.8 * width) and upper[0] and not any(_is_value(cell) for cell in texts):
            return index + 1, unique_names(_joined(upper, lower))
    return header, names


def _joined(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    names, over = [], ""
    for above, below in zip(upper, lower, strict=True):
        over = above or over
        names.append(" ".join(part for part in ((over, below) if below else (above,)) if part))
    return names


def unique_names(cells: Sequence[str]) -> tuple[str, ...]:
    """Return the header's names, empty ones called by their place and repeated ones numbered."""
    seen: Counter[str] = Counter()
    names = []
    for number, cell in enumerate(cells, start=1):
        name = " ".join(cell.split()) or f"column {number}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(names)


def _is_value(cell: str) -> bool:
    return bool(A_NUMBER.match(cell)) or "@" in cell or bool(re.match(r"^\d{1,4}[-./]\d{1,2}[-./]\d{1,4}", cell))


def decimal_mark(cells: Sequence[str]) -> str:
    """Return "," or ".", whichever the numbers among the cells use; both marks in one number: the later one is it."""
    votes: Counter[str] = Counter()
    for cell in cells:
        text = re.sub(r"[^\d.,]", "", cell) if A_NUMBER.match(cell.strip()) else ""
        last = max(text.rfind(","), text.rfind("."))
        if last < 0 or text.count(".") + text.count(",") == 0:
            continue
        mark, other = text[last], "." if text[last] == "," else ","
        if other in text:
            votes[mark] += 3
        elif text.count(mark) > 1:
            votes[other] += 2
        elif len(text) - last - 1 != 3:
            votes[mark] += 2
        else:
            votes[mark] += 0
    return "," if votes[","] > votes["."] else "."
