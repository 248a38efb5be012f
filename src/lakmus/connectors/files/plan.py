"""What will be done with the files, in a form that a person can read, correct and keep."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lakmus.connectors.files.names import compact
from lakmus.history.wording import Wording

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a file cannot be read as it stands: a stable code and the sentence for people."""

    code: str
    wording: Wording


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """One column of a file: what it is called, what stands in it, which field it feeds (None: not read).

    `confidence` is 0..1; `date_format` is one of `dates.DATE_FORMATS` where the field is a date.
    """

    name: str
    samples: tuple[str, ...] = ()
    field: str | None = None
    confidence: float = 0.0
    date_format: str | None = None

    def as_json(self) -> Json:
        """Return the stable JSON form."""
        return {
            "name": self.name,
            "samples": list(self.samples),
            "field": self.field,
            "confidence": round(self.confidence, 3),
            "date_format": self.date_format,
        }

    @classmethod
    def from_json(cls, written: Json) -> ColumnPlan:
        """Read the form that `as_json` writes."""
        return cls(
            name=str(written["name"]),
            samples=tuple(str(sample) for sample in written.get("samples", ())),
            field=written.get("field"),
            confidence=float(written.get("confidence", 0.0)),
            date_format=written.get("date_format"),
        )


@dataclass(frozen=True, slots=True)
class SavedMapping:
    """What a person confirmed for files with these headers: the kind and the fields by column name."""

    signature: str
    kind: str
    fields: dict[str, str | None]
    date_formats: dict[str, str] = field(default_factory=dict)
    decimal: str | None = None

    def as_json(self) -> Json:
        """Return the stable JSON form."""
        return {
            "signature": self.signature,
            "kind": self.kind,
            "fields": dict(self.fields),
            "date_formats": dict(self.date_formats),
            "decimal": self.decimal,
        }

    @classmethod
    def from_json(cls, written: Json) -> SavedMapping:
        """Read the form that `as_json` writes; a hand-written one may leave out the signature."""
        fields = {str(name): None if target is None else str(target) for name, target in written["fields"].items()}
        return cls(
            signature=str(written.get("signature") or header_signature(list(fields))),
            kind=str(written["kind"]),
            fields=fields,
            date_formats={str(name): str(form) for name, form in (written.get("date_formats") or {}).items()},
            decimal=written.get("decimal"),
        )


@dataclass(frozen=True, slots=True)
class FilePlan:
    """One table (a file, a sheet of a workbook, a member of an archive) and how it will be read.

    `format` is csv, text (white space), xlsx, parquet, jsonl, json or unknown; `header_row` counts from 0 and is None
    where the file has no header; `kind` is None where nobody could tell, and "reference" for lists that hold no
    activities; `row_estimate` counts records; `grouped` says that only the first
    row of each order names it; a file with `problems` cannot be read until they are solved.
    """

    path: Path
    member: str | None = None
    format: str = "unknown"
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = 0
    decimal: str = "."
    kind: str | None = None
    kind_confidence: float = 0.0
    row_estimate: int = 0
    grouped: bool = False
    columns: tuple[ColumnPlan, ...] = ()
    joins: tuple[Wording, ...] = ()
    problems: tuple[Wording, ...] = ()
    problem_codes: tuple[str, ...] = ()
    notes: tuple[Wording, ...] = ()

    @property
    def name(self) -> str:
        """The name that people know the table by: the file's, with the member's or sheet's where there is one."""
        return f"{self.path.name}: {self.member}" if self.member else self.path.name

    @property
    def signature(self) -> str:
        """The header's signature, by which saved mappings are found again."""
        return header_signature([column.name for column in self.columns])

    @property
    def is_reference(self) -> bool:
        """Say whether the table is a list without activities, to be passed over."""
        return self.kind == "reference"

    def column_of(self, target: str) -> ColumnPlan | None:
        """Return the column that feeds a field."""
        return next((column for column in self.columns if column.field == target), None)

    def with_column(self, name: str, target: str | None, date_format: str | None = None) -> FilePlan:
        """Return the plan with one column sent to another field; whichever column fed that field before is freed."""
        columns = []
        for column in self.columns:
            if column.name == name:
                column = replace(column, field=target, confidence=1.0, date_format=date_format or column.date_format)
            elif target is not None and target != "feature" and column.field == target:
                column = replace(column, field=None, confidence=0.0)
            columns.append(column)
        return replace(self, columns=tuple(columns))

    def as_mapping(self) -> SavedMapping:
        """Return what is worth keeping of this plan for the next file with the same header."""
        return SavedMapping(
            signature=self.signature,
            kind=self.kind or "",
            fields={column.name: column.field for column in self.columns},
            date_formats={column.name: column.date_format for column in self.columns if column.date_format},
            decimal=self.decimal,
        )

    def as_json(self) -> Json:
        """Return the stable JSON form."""
        return {
            "path": str(self.path),
            "member": self.member,
            "format": self.format,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "header_row": self.header_row,
            "decimal": self.decimal,
            "kind": self.kind,
            "kind_confidence": round(self.kind_confidence, 3),
            "row_estimate": self.row_estimate,
            "grouped": self.grouped,
            "signature": self.signature,
            "columns": [column.as_json() for column in self.columns],
            "joins": [_wording_json(join) for join in self.joins],
            "problems": [{"code": code, **_wording_json(problem)} for code, problem in zip(self.problem_codes, self.problems, strict=True)],
            "notes": [_wording_json(note) for note in self.notes],
        }

    @classmethod
    def from_json(cls, written: Json) -> FilePlan:
        """Read the form that `as_json` writes."""
        problems = written.get("problems", ())
        return cls(
            path=Path(written["path"]),
            member=written.get("member"),
            format=written.get("format", "unknown"),
            encoding=written.get("encoding"),
            delimiter=written.get("delimiter"),
            header_row=written.get("header_row"),
            decimal=written.get("decimal", "."),
            kind=written.get("kind"),
            kind_confidence=float(written.get("kind_confidence", 0.0)),
            row_estimate=int(written.get("row_estimate", 0)),
            grouped=bool(written.get("grouped", False)),
            columns=tuple(ColumnPlan.from_json(column) for column in written.get("columns", ())),
            joins=tuple(_wording(join) for join in written.get("joins", ())),
            problems=tuple(_wording(problem) for problem in problems),
            problem_codes=tuple(str(problem["code"]) for problem in problems),
            notes=tuple(_wording(note) for note in written.get("notes", ())),
        )


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """Everything that one import will do, file by file."""

    files: tuple[FilePlan, ...]

    def as_json(self) -> Json:
        """Return the stable JSON form."""
        return {"version": 1, "files": [file.as_json() for file in self.files]}

    @classmethod
    def from_json(cls, written: Json) -> ImportPlan:
        """Read the form that `as_json` writes."""
        return cls(tuple(FilePlan.from_json(file) for file in written["files"]))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems of all files, in order."""
        return tuple(Problem(code, wording) for file in self.files for code, wording in zip(file.problem_codes, file.problems, strict=True))


def header_signature(names: list[str]) -> str:
    """Return 16 hexadecimal digits that are equal for files with the same columns in whatever order."""
    return hashlib.sha256("\x1f".join(sorted(compact(name) or name for name in names)).encode()).hexdigest()[:16]


def _wording_json(wording: Wording) -> Json:
    return {"ru": wording.ru, "en": wording.en}


def _wording(written: Json) -> Wording:
    return Wording(str(written["ru"]), str(written["en"]))
