"""Take activities that a program sends, row by row: what is right goes into the stream, what is wrong comes back with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from django.utils import timezone

from lakmus.history.activity import ACTIVITY_SCHEMA
from lakmus.operations.company.queries import company_terms
from lakmus.operations.journal.changes import record
from lakmus.usecases.house.home import Home
from lakmus.usecases.imports import push_wordings as say
from lakmus.usecases.imports.pushed_rows import RowProblem, Told, read_row
from lakmus.usecases.people.forgotten_people import LeftOut, erase_latecomers, people_left_out

WAIT_SECONDS = 20.0  # a program that pushes waits for an answer; it gets "busy" and comes again


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was not accepted: its place in the batch, from 0, and why."""

    index: int
    code: str
    problem: RowProblem

    def as_json(self, language: str) -> dict[str, object]:
        """Return the form that the API promises."""
        return {"index": self.index, "code": self.code, "field": self.problem.field, "message": self.problem.wording.in_language(language)}


@dataclass(frozen=True, slots=True)
class PushReport:
    """What became of a batch: `received = accepted + duplicate + rejected`. A duplicate is a fact the stream already holds."""

    received: int
    accepted: int
    duplicate: int
    refused: tuple[RefusedRow, ...]

    @property
    def rejected(self) -> int:
        """Rows that were not accepted."""
        return len(self.refused)

    def as_json(self, language: str) -> dict[str, object]:
        """Return the form that the API promises."""
        return {
            "received": self.received,
            "accepted": self.accepted,
            "duplicate": self.duplicate,
            "rejected": self.rejected,
            "errors": [row.as_json(language) for row in self.refused],
        }


def push_activities(home: Home, rows: Sequence[Any], *, actor: Any, now: datetime | None = None) -> PushReport:
    """Append the rows that can be used, once each, and say of every other why not.

    Safe to repeat: an activity has the same identity each time it comes, so a batch sent twice counts once.

    Parameters
    ----------
    rows : objects in the stream's schema or in the friendly form, see `pushed_rows`.
    now : the moment of the call; nothing may lie in its future.

    Raises
    ------
    Busy : another import is writing; nothing of the batch was accepted.
    """
    moment = now or timezone.now()
    company = company_terms()
    told: list[tuple[int, Told]] = []
    refused: list[RefusedRow] = []
    seen: Counter[tuple[object, ...]] = Counter()
    for index, row in enumerate(rows):
        try:
            told.append((index, read_row(row, now=moment, currency=company.currency, seen=seen)))
        except RowProblem as problem:
            refused.append(RefusedRow(index, problem.code, problem))
    left_out = people_left_out(home)
    taken = _without_forgotten(home, left_out, told, refused, actor=actor)
    appended_count = duplicate_count = 0
    if taken:
        appended_count, duplicate_count = _append(home, taken, moment)
        erase_latecomers(home, left_out)
    if appended_count:
        details = {"accepted": appended_count, "duplicate": duplicate_count, "rejected": len(refused)}
        record(actor=actor, verb="pushed_activities", object_kind="stream", details=details)
    return PushReport(len(rows), appended_count, duplicate_count, tuple(refused))


def _append(home: Home, taken: Sequence[Told], moment: datetime) -> tuple[int, int]:
    """Append and link; return how many activities were new and how many the stream held."""
    stream = home.stream()
    stream.wait_seconds = WAIT_SECONDS
    appended = stream.append(_batches(taken))
    links = [(identifier, one.customer) for one in taken for identifier in one.identifiers if one.customer]
    if links:
        stream.identity.link(links, source="api", at=moment.astimezone(UTC))
    return appended.appended, appended.duplicate


def _without_forgotten(
    home: Home, left_out: LeftOut | None, told: Sequence[tuple[int, Told]], refused: list[RefusedRow], *, actor: Any
) -> list[Told]:
    """Return the rows that may be taken; those of forgotten people go to `refused`."""
    if left_out is None:
        return [one for _, one in told]
    named = ((each.kind, each.written, one.customer) for _, one in told for each in one.identifiers if one.customer)
    left_out.recognise(named, home.stream(), actor=actor)
    taken = []
    for index, one in told:
        if left_out.knows_row(one.activity):
            refused.append(RefusedRow(index, "forgotten", RowProblem("forgotten", say.FORGOTTEN, "customer")))
        else:
            taken.append(one)
    refused.sort(key=lambda row: row.index)
    return taken


def _batches(told: Sequence[Told]) -> pa.RecordBatchReader:
    def one() -> Iterator[pa.RecordBatch]:
        yield pa.RecordBatch.from_pylist([row.activity for row in told], schema=ACTIVITY_SCHEMA)

    return pa.RecordBatchReader.from_batches(ACTIVITY_SCHEMA, one())
