# ruff: noqa: S608 - the relation and the column are made by the connector, which quotes what comes from files
"""Read the texts of a file by their words: language, polarity, codes and the words that led to them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from lakmus.connectors.files import FilePlan, inspect_files
from lakmus.connectors.files.staging import connect
from lakmus.connectors.files.whole import relation_of
from lakmus.engine.text.own_labels import OwnLabels, polarity_column
from lakmus.engine.text.reader import Reading, read
from lakmus.history.failures import BadInput, NotFound
from lakmus.history.wording import Wording

BATCH = 10_000
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


def read_texts(path: Path, *, column: str, own: OwnLabels | None = None) -> Iterator[ReadText]:
    """Yield what each text of a column says, in the order of the file (CSV, XLSX, Parquet, JSON lines); `own` tells the polarity.

    Raises
    ------
    BadInput : the file cannot be read.
    NotFound : it has no such column.
    """
    with tempfile.TemporaryDirectory(prefix="lakmus-texts-") as folder:
        work = Path(folder)
        plan = inspect_files([path], work_dir=work, time_zone="UTC").files[0]
        place = _place_of(plan, column)
        with connect(work) as connection:
            found = connection.execute(f"SELECT c{place} FROM {relation_of(plan, work)}")
            row = 0
            while batch := found.fetchmany(BATCH):
                texts = [text or "" for (text,) in batch]
                told = None if own is None else polarity_column(pl.Series(texts, dtype=pl.String), own)
                for place, text in enumerate(texts):
                    row += 1
                    said = read_text(text, row=row)
                    if told is None or said.reading.kind != "own":
                        yield said
                    else:
                        confidence = round(float(told["confidence"][place]), 3)
                        yield replace(said, polarity=told["polarity"][place], confidence=confidence)


def read_text(text: str, *, row: int = 1) -> ReadText:
    """Return what the words of one text say."""
    reading = read(text)
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
