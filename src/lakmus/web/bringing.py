"""Bringing files in: one call for each step, and its answer in the words of the templates."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.urls import reverse

from lakmus.history.wording import Wording
from lakmus.usecases import titles
from lakmus.usecases.imports import import_jobs
from lakmus.web.answers import home

UNSURE = 0.6
DELIMITERS = {
    ",": Wording("через запятую", "separated by commas"),
    ";": Wording("через точку с запятой", "separated by semicolons"),
    "\t": Wording("через табуляцию", "separated by tabs"),
    " ": Wording("через пробел", "separated by spaces"),
}


def receive(files: Sequence[Any], *, actor: Any) -> int:
    """Keep the files that the browser sent and return the number of the import that now waits."""
    return int(import_jobs.receive_files(home(), files, actor=actor).pk)


def planned(job: Any) -> dict[str, Any]:
    """Return what was recognised in the files of a waiting import."""
    plan = import_jobs.plan_of(job)
    files = [_file(number, file) for number, file in enumerate(plan.files)]
    joins = list(dict.fromkeys(join for file in plan.files for join in file.joins))
    preview = [
        {"title": file["title"], "words": file["kind_title"], "rows": file["row_estimate"], "problem": bool(file["problems"])}
        for file in files
    ]
    return {
        "files": files,
        "joins": joins,
        "kind_choices": titles.kind_choices(),
        "preview": preview,
        "blocked": any(file["problems"] for file in files),
        "readable": any(file["columns"] for file in files),
    }


def _file(number: int, file: Any) -> dict[str, Any]:
    delimiter = DELIMITERS.get(file.delimiter or "", Wording(file.delimiter or "", file.delimiter or ""))
    choices = titles.field_choices(file.kind)
    return {
        "number": number,
        "title": file.name,
        "format": file.format if file.format != "unknown" else "",
        "encoding": file.encoding,
        "delimiter_title": delimiter,
        "row_estimate": file.row_estimate,
        "kind": file.kind,
        "kind_title": titles.title_of_kind(file.kind) if file.kind else Wording("не распознан", "not recognised"),
        "unsure": file.kind is not None and file.kind_confidence < UNSURE,
        "problems": file.problems,
        "notes": file.notes,
        "columns": [_column(column, choices) for column in file.columns],
    }


def _column(column: Any, choices: tuple[titles.Choice, ...]) -> dict[str, Any]:
    known = {choice.code for choice in choices}
    extra = () if column.field is None or column.field in known else (titles.Choice(column.field, Wording(column.field, column.field)),)
    return {
        "name": column.name,
        "samples": column.samples[:3],
        "field": column.field,
        "date_format": column.date_format,
        "unsure": column.field is not None and column.confidence < UNSURE,
        "choices": (*choices, *extra),
    }


def correct(job: Any, given: Mapping[str, str], *, actor: Any) -> None:
    """Keep the corrections that the form of columns gives."""
    kinds = {int(name.removeprefix("kind-")): kind for name, kind in given.items() if re.fullmatch(r"kind-\d{1,4}", name)}
    fields = {}
    for name, field in given.items():
        found = re.fullmatch(r"field-(\d{1,4})-(\d{1,5})", name)
        if found:
            fields[int(found[1]), int(found[2])] = field or None
    import_jobs.correct_plan(home(), job, kinds=kinds, fields=fields, actor=actor)


def leave_out(job: Any, number: int, *, actor: Any) -> None:
    """Take one file out of a waiting import."""
    import_jobs.leave_out(job, number, actor=actor)


def agree(job: Any, *, actor: Any) -> None:
    """Queue the import for the worker."""
    import_jobs.agree(home(), job, actor=actor)


def withdraw(job: Any, *, actor: Any) -> None:
    """Cancel an import that has not begun."""
    import_jobs.withdraw(home(), job, actor=actor)


def outcome(job: Any) -> dict[str, Any]:
    """Return what came of an import, file by file; nothing while it runs."""
    files = (job.report or {}).get("files", [])
    names = [Path(name).name for name in job.rejected_files]
    return {
        "outcomes": [_outcome(job, file, names) for file in files],
        "totals": {part: sum(file.get(part) or 0 for file in files) for part in ("read", "accepted", "duplicate", "rejected")},
        "activities": (job.report or {}).get("activities"),
    }


def _outcome(job: Any, file: dict[str, Any], rejected_names: list[str]) -> dict[str, Any]:
    written = Path(file["rejected_file"]).name if file.get("rejected_file") else ""
    place = rejected_names.index(written) if written in rejected_names else None
    return {
        "name": file["name"],
        "kind_title": titles.title_of_kind(file["kind"]),
        "read": file["read"],
        "accepted": file["accepted"],
        "duplicate": file.get("duplicate", 0),
        "rejected": file["rejected"],
        "reasons": [{"title": titles.title_of_refusal(code), "count": count} for code, count in (file.get("reasons") or {}).items()],
        "notes": file.get("notes") or [],
        "rejected_link": reverse("import_rejected", args=[job.pk, place]) if place is not None else "",
    }


def rejected_file(job: Any, place: int) -> Path:
    """Return one of an import's files of rows that were not taken."""
    return import_jobs.rejected_path(home(), job, place)
