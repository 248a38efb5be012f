# ruff: noqa: S608 - the relation and the column are made by the connector, which quotes what comes from files
"""Read the texts of a file by their words: language, polarity, codes and the words that led to them."""

from __future__ import annotations

import csv
import gc
import multiprocessing
import os
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

import polars as pl

from lakmus.connectors.files import FilePlan, inspect_files
from lakmus.connectors.files.encodings import LONGEST_LINE, scan_text, transcode
from lakmus.connectors.files.staging import connect
from lakmus.connectors.files.whole import relation_of
from lakmus.engine.text.company_reading import CompanyReading, taught
from lakmus.engine.text.finding import Saying
from lakmus.engine.text.reader import Reading, read
from lakmus.engine.text.table import SCHEMA
from lakmus.history.failures import BadInput, NotFound
from lakmus.history.wording import Wording

BATCH, ALONE = 5_000, 20_000
"""Texts that are read in one go; texts from which on several processes read: to start one costs a second."""
LONGEST_NAME = 1_000
ONE_COLUMN, NO_DELIMITER = "one_column", "\x1f"
"""How the import refuses a file of one column; a sign that separates units in no file that we were sent."""
NO_COLUMN = Wording(
    "В файле «{name}» нет колонки «{column}». Есть: {known}. Ничего не изменилось.",
    "The file “{name}” has no column “{column}”. There are: {known}. Nothing was changed.",
)
UNREADABLE = Wording("Файл «{name}» не читается: {problem}", "The file “{name}” cannot be read: {problem}")


@dataclass(frozen=True, slots=True)
class ReadText:
    """What the words of one text say; `row` counts records from 1.

    `polarity` is `negative`, `positive`, or None where no word decides; `confidence` the probability that a reader would call it
    so. `codes`: service errors, other reasons, and `leaving`, `complaint`, `poor_service`, `praise`, `thanks`. `words` led to them.
    """

    row: int
    polarity: str | None
    confidence: float | None
    codes: tuple[str, ...]
    words: tuple[str, ...]
    reading: Reading

    def as_json(self) -> dict[str, Any]:
        """Return the line that `lakmus text read --format json` promises."""
        return {
            "row": self.row,
            "polarity": self.polarity,
            "confidence": self.confidence,
            "codes": list(self.codes),
            "words": list(self.words),
            "sayings": [{"code": one.code, "start": one.start, "end": one.end} for one in self.reading.sayings],
            "language": self.reading.language,
            "kind": self.reading.kind,
            "cries_for_help": self.reading.cries_for_help,
            "attempts": self.reading.attempts,
            "questions": self.reading.questions,
        }


def read_lines(
    path: Path,
    *,
    column: str,
    line: Callable[[ReadText], str],
    company: CompanyReading | None = None,
    workers: int | None = None,
    broken: Callable[[int], None] | None = None,
) -> Iterator[str]:
    """Yield what `line` makes of each text of a column, in the order of the file (CSV, XLSX, Parquet, JSON lines), many lines at once.

    A file of more than `ALONE` texts is read by several processes.

    Parameters
    ----------
    line : a function that other processes can import; it is called where the text is read. company : what the company taught the reading.
    workers : processes, None for as many as there are processors for us.
    broken : told at the end how many lines of the file were no records (cells too many or too few, a quote left open), if any were;
        they have no line and no number.

    Raises
    ------
    BadInput : the file cannot be read.
    NotFound : it has no such column.
    """
    with tempfile.TemporaryDirectory(prefix="lakmus-texts-") as folder:
        batches = texts_of_column(path, column, Path(folder), broken)
        count = workers or processors()
        first = list(islice(batches, ALONE // BATCH))
        if count == 1 or len(first) < ALONE // BATCH:
            yield from (_lines(texts, row, line, company) for row, texts in chain(first, batches))
        else:
            yield from _by_processes(chain(first, batches), line, company, count)


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def texts_of_column(path: Path, column: str, work: Path, broken: Callable[[int], None] | None = None) -> Iterator[tuple[int, list[str]]]:
    """Yield texts of a column, some thousands at once, with the number of the first one's record; copies are made in the `work` folder.

    `broken` as in `read_lines`.

    Raises
    ------
    BadInput : the file cannot be read. NotFound : it has no such column.
    """
    plan = inspect_files([path], work_dir=work, time_zone="UTC").files[0]
    if ONE_COLUMN in plan.problem_codes or _is_list(plan, path, column):  # no table of orders or cases, but a list of texts all the same
        yield from _only_column(path, column, work)
        return
    place = _place_of(plan, column)
    with connect(work) as connection:
        found = connection.execute(f"SELECT c{place} FROM {relation_of(plan, work)}")
        row = 1
        while batch := found.fetchmany(BATCH):
            yield row, [text or "" for (text,) in batch]
            row += len(batch)
        if broken and (lines := _broken_lines(connection)):
            broken(lines)


def _broken_lines(connection: Any) -> int:
    """Return how many lines of the text file just read were no records; DuckDB keeps them apart."""
    kept = connection.execute("SELECT count(*) FROM information_schema.tables WHERE table_name = 'reject_errors'").fetchone()
    return int(connection.execute("SELECT count(DISTINCT line) FROM reject_errors").fetchone()[0]) if kept[0] else 0


def _is_list(plan: FilePlan, path: Path, column: str) -> bool:
    """Say whether the first line of a text file is the column's name alone; a text as long as a book hides that from the inspection."""
    if plan.format not in ("csv", "text") or column in [each.name for each in plan.columns]:
        return False
    with path.open(encoding=plan.encoding or "utf-8", errors="replace", newline="") as file:
        return file.readline(LONGEST_NAME).lstrip("\ufeff").strip().strip('"') == column


def _only_column(path: Path, column: str, work: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the texts of a CSV file that holds nothing else, as `texts_of_column` does."""
    copy = work / "one-column.csv"
    transcode(path, copy, scan_text(path).encoding or "utf-8")
    csv.field_size_limit(LONGEST_LINE)
    with copy.open(encoding="utf-8", newline="") as file:
        cells = (cell for cell, *_ in filter(None, csv.reader(file, delimiter=NO_DELIMITER)))
        name = next(cells, "").strip()
        if name != column:
            raise NotFound("column_unknown", NO_COLUMN.filled(name=path.name, column=column, known=name))
        row = 1
        while batch := list(islice(cells, BATCH)):
            yield row, batch
            row += len(batch)


def _by_processes(
    batches: Iterator[tuple[int, list[str]]], line: Callable[[ReadText], str], company: CompanyReading | None, count: int
) -> Iterator[str]:
    """Read batches in `count` processes, a few ahead of what was taken, so that what waits stays bounded."""
    # Fresh processes rather than forks: DuckDB's threads hold locks that a fork would copy.
    context = multiprocessing.get_context("spawn")
    running: deque[Future[str]] = deque()
    with ProcessPoolExecutor(count, mp_context=context, initializer=_begin, initargs=(line, company)) as pool:
        for row, texts in batches:
            running.append(pool.submit(_lines_there, texts, row))
            if len(running) > 2 * count:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()


_there: dict[str, Any] = {}


def _begin(line: Callable[[ReadText], str], company: CompanyReading | None) -> None:
    """Keep in a new process what all its batches need."""
    _there.update(line=line, company=company)
    gc.set_threshold(50_000)  # a text leaves no circles behind: to look for them again and again is in vain


def _lines_there(texts: list[str], row: int) -> str:
    return _lines(texts, row, _there["line"], _there["company"])


def _lines(texts: list[str], row: int, line: Callable[[ReadText], str], company: CompanyReading | None) -> str:
    """Return the lines of a batch."""
    readings = [read(text) for text in texts]
    if company is not None:
        readings = _taught(texts, readings, company)
    return "\n".join(line(_said(text, reading, row + place)) for place, (text, reading) in enumerate(zip(texts, readings, strict=True)))


def _taught(texts: list[str], readings: list[Reading], company: CompanyReading) -> list[Reading]:
    """Return the readings with what the company taught; what nobody wrote as a text of their own stays."""
    places = [place for place, reading in enumerate(readings) if reading.kind == "own"]
    rows = [
        {
            "text": texts[place],
            "polarity": readings[place].polarity,
            "confidence": readings[place].confidence,
            "codes": list(readings[place].codes),
            "sayings": [{"code": one.code, "start": one.start, "end": one.end} for one in readings[place].sayings],
        }
        for place in places
    ]
    columns = {"text": pl.String, **{name: SCHEMA[name] for name in ("polarity", "confidence", "codes", "sayings")}}
    found = list(readings)
    for place, told in zip(places, taught(pl.DataFrame(rows, schema=columns), company).iter_rows(named=True), strict=True):
        sayings = tuple(Saying(**one) for one in told["sayings"])
        said = {"polarity": told["polarity"], "confidence": told["confidence"], "codes": tuple(told["codes"]), "sayings": sayings}
        found[place] = replace(readings[place], **said)
    return found


def read_text(text: str, *, row: int = 1) -> ReadText:
    """Return what the words of one text say."""
    return _said(text, read(text), row)


def _said(text: str, reading: Reading, row: int) -> ReadText:
    words = dict.fromkeys(" ".join(text[one.start : one.end].split()) for one in reading.sayings)
    confidence = None if reading.confidence is None else round(reading.confidence, 3)
    return ReadText(row, reading.polarity, confidence, reading.codes, tuple(words), reading)


def _place_of(plan: FilePlan, column: str) -> int:
    if not plan.columns:
        problem = plan.problems[0] if plan.problems else Wording("нет колонок", "no columns")
        raise BadInput(
            "texts_unreadable",
            Wording(*(UNREADABLE.in_language(at).format(name=plan.name, problem=problem.in_language(at)) for at in ("ru", "en"))),
        )
    names = [each.name for each in plan.columns]
    if column not in names:
        raise NotFound("column_unknown", NO_COLUMN.filled(name=plan.name, column=column, known=", ".join(names)))
    return names.index(column)
