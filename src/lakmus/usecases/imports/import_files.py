"""Files into the stream: recognise, then take each fact once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils import timezone

from lakmus.connectors.files import FileOutcome, ImportPlan, SavedMapping, inspect_files, read_plan
from lakmus.history.wording import Wording
from lakmus.operations.company.changes import keep_mapping, note_mapping_use
from lakmus.operations.company.queries import company_terms, mapping_profiles
from lakmus.operations.journal.changes import record
from lakmus.stream.store import Appended
from lakmus.usecases.house.home import Home
from lakmus.usecases.people.forgotten_people import LeftOut, erase_latecomers, people_left_out
from lakmus.usecases.people.traces import without_forgotten

Progress = Callable[[str, int, int | None], None]
"""Told (step, rows done, rows expected or None)."""

ROW_KINDS = {
    "orders": ("placed_order", "returned_item"),
    "order_lines": ("ordered_item", "returned_item"),
    "deliveries": ("was_promised_delivery",),
    "cases": ("opened_case",),
    "reviews": ("left_review",),
    "surveys": ("was_surveyed",),
    "customers": ("gave_details",),
}
"""The activities that stand for a row of a file one to one, where a row can yield several."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file: `read == accepted + duplicate + rejected`.

    `duplicate`: rows all of whose facts the stream (or this import) already held. Rows of forgotten people count as
    rejected, with the reason `forgotten`; they stand in no file.
    """

    name: str
    kind: str
    read: int
    accepted: int
    duplicate: int
    rejected: int
    rejected_file: Path | None
    reasons: dict[str, int]
    notes: tuple[Wording, ...] = ()

    def as_json(self, language: str | None = None) -> dict[str, Any]:
        """Return the form that `lakmus import --format json` promises."""
        notes = [{"ru": note.ru, "en": note.en} if language is None else note.in_language(language) for note in self.notes]
        return {
            "name": self.name,
            "kind": self.kind,
            "read": self.read,
            "accepted": self.accepted,
            "duplicate": self.duplicate,
            "rejected": self.rejected,
            "rejected_file": str(self.rejected_file) if self.rejected_file else None,
            "reasons": self.reasons,
            "notes": notes,
        }


@dataclass(frozen=True, slots=True)
class ImportReport:
    """One import: its files, the activities added and those that stood in the stream already, identifiers linked."""

    files: tuple[FileReport, ...]
    appended: int
    duplicate: int
    linked: int
    conflicts: int

    def as_json(self, language: str | None = None) -> dict[str, Any]:
        """Return the form that `lakmus import --format json` promises."""
        return {
            "files": [file.as_json(language) for file in self.files],
            "activities": {"appended": self.appended, "duplicate": self.duplicate},
            "identities": {"linked": self.linked, "conflicts": self.conflicts},
        }


def plan_import(
    home: Home, paths: Sequence[Path], *, kinds: Mapping[Path, str] | None = None, mappings: Sequence[SavedMapping] = ()
) -> ImportPlan:
    """Look into files and say how each would be read; nothing is imported.

    Mappings saved before are used for files with the same headers; `mappings` come before those.

    Raises
    ------
    BadInput : no file, or an unknown kind.
    """
    saved = [SavedMapping.from_json({"signature": profile.signature, **profile.mapping}) for profile in mapping_profiles()]
    return inspect_files(paths, kinds=kinds, mappings=[*mappings, *saved], work_dir=home.work, time_zone=company_terms().time_zone)


def run_import(home: Home, plan: ImportPlan, *, actor: Any, progress: Progress | None = None) -> ImportReport:
    """Import the planned files. Safe to repeat: what a run that was cut off had added is not added again.

    Raises
    ------
    BadInput : a file cannot be used; nothing was imported.
    Busy : another import is writing; nothing was imported.
    """
    told = progress or (lambda step, done, expected: None)
    company = company_terms()
    left_out = people_left_out(home)
    stream = home.stream()
    expected = sum(file.row_estimate for file in plan.files) or None
    result = read_plan(
        plan,
        work_dir=home.work,
        rejected_dir=home.rejected,
        time_zone=company.time_zone,
        currency=company.currency,
        now=timezone.now(),
        progress=lambda name, done, total: told("reading", done, total or None),
        known_activities=stream.files(),
    )
    batches, named = result.batches, result.links
    if left_out:
        left_out.recognise(result.named(), stream, actor=actor)
        batches, named = left_out.batches(batches), left_out.links(named)
    appended = stream.append(batches, progress=lambda rows: told("writing", rows, expected))
    # Links last: they are as repeatable as the activities, so a cut between the two is mended by importing again.
    links = stream.identity.link(named, source="files", at=timezone.now())
    erase_latecomers(home, left_out)
    files = tuple(_file_report(outcome, appended, left_out) for outcome in result.files)
    for file in plan.files:
        if file.kind and not file.is_reference:
            keep_mapping(signature=file.signature, mapping=file.as_mapping().as_json(), actor=actor, kind=file.kind, name=file.name)
            note_mapping_use(signature=file.signature)
    duplicate = appended.duplicate - _names_again(result.files, appended)
    counts = {"appended": appended.appended, "duplicate": duplicate, "rejected": sum(file.rejected for file in files)}
    record(actor=actor, verb="imported_files", object_kind="stream", details={"files": len(files), **counts})
    return ImportReport(files, appended.appended, duplicate, links.linked, links.conflicts)


def _file_report(outcome: FileOutcome, appended: Appended, left_out: LeftOut | None) -> FileReport:
    duplicate = min(outcome.accepted, _rows(outcome, appended.duplicates))
    forgotten = min(outcome.accepted - duplicate, _rows(outcome, left_out.dropped)) if left_out else 0
    rejected_file = outcome.rejected_file
    if left_out and rejected_file:
        rejected_file = without_forgotten(rejected_file, left_out)
    return FileReport(
        outcome.name,
        outcome.kind,
        outcome.read,
        outcome.accepted - duplicate - forgotten,
        duplicate,
        outcome.rejected + forgotten,
        rejected_file,
        outcome.reasons | ({"forgotten": forgotten} if forgotten else {}),
        outcome.notes,
    )


def _names_again(outcomes: Sequence[FileOutcome], appended: Appended) -> int:
    """How often files that are no lists of customers said once more what one is called: nothing that anybody brought twice."""
    others = {f"file:{outcome.name}" for outcome in outcomes if outcome.kind != "customers"}
    return sum(count for (source, kind), count in appended.duplicates.items() if kind == "gave_details" and source in others)


def _rows(outcome: FileOutcome, counted: Mapping[tuple[str, str], int]) -> int:
    """Return to how many rows of a file the counted activities amount, by (`_source`, kind)."""
    kinds = ROW_KINDS.get(outcome.kind)
    return sum(count for (source, kind), count in counted.items() if source == f"file:{outcome.name}" and (kinds is None or kind in kinds))
