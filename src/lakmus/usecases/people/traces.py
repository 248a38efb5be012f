"""Where a person stands besides the stream: files of rejected rows, uploads that wait, copies, results and reports."""

from __future__ import annotations

import csv
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from django.db import DatabaseError, connection
from django.utils import timezone

from lakmus.connectors.files import FilePlan, ImportPlan
from lakmus.connectors.files.staging import connect
from lakmus.connectors.files.whole import relation_of
from lakmus.history.failures import BadInput, Busy
from lakmus.history.wording import Wording
from lakmus.operations.imports import changes
from lakmus.operations.imports.models import ImportJob, State
from lakmus.operations.imports.queries import SILENCE, jobs_with_uploads
from lakmus.stream.identifiers import key_of, normalise_email, normalise_phone
from lakmus.usecases.house.home import Home
from lakmus.usecases.people.forgotten_people import LeftOut

ABANDONED_SECONDS = 24 * 3600.0
"""Whoever runs keeps copies of files in the work folder; what is older was left by one that was killed."""
FIRST_CELL = 4
"""A file of rejected rows begins each row with its number, code, and reason in two languages."""
PARTS = re.compile(r"[^\s;,|\"'<>()]+")
PHONE_SHAPE = re.compile(r"[+0-9][0-9 ().\xa0-]{8,20}")
DIGITS = 10
CELLS_AT_ONCE = 1000
HELD_A_FORGOTTEN = Wording(
    "В файлах стоял клиент, которого попросили забыть, поэтому они стёрты до загрузки. Ничего не загружено; приложите файлы заново.",
    "The files held a customer who was to be forgotten, so they were erased before the import. Nothing was imported; attach them anew.",
)
Recognised = Callable[[str], bool]
"""Says whether a customer key, as `keys_in` finds them in a cell, is the person's."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What was cut out of files of rejected rows: how many files, how many rows."""

    files: int = 0
    rows: int = 0


def keys_in(cell: str) -> Iterator[str]:
    """Yield the customer keys that a cell may hold: the cell and its words as ids, orders, cases, cards, e-mails, phones."""
    whole = cell.strip()
    for part in dict.fromkeys([whole, *(PARTS.findall(whole) if len(whole) <= 10_000 else ())]):
        bare = part.removesuffix(".0")
        yield from (bare, f"order:{bare}", f"case:{bare}", f"site:{bare}", f"messenger:{bare}")
        yield key_of("card", bare.replace(" ", "").upper())
        if "@" in part and (email := normalise_email(part.strip(".:"))):
            yield key_of("email", email)
    for written in PHONE_SHAPE.findall(whole):
        if sum(sign.isdigit() for sign in written) >= DIGITS and (phone := normalise_phone(written)):
            yield key_of("phone", phone)


def without_forgotten(path: Path, left_out: LeftOut) -> Path | None:
    """Cut the rows of forgotten people out of a file of rejected rows; None when nothing is left of it."""
    cut_rows(path, left_out.knows)
    return path if path.exists() else None


def cut_rows(path: Path, recognised: Recognised) -> int:
    """Write a file of rejected rows anew without the rows that name a person; return how many went. An empty file goes whole."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    kept = gone = 0
    csv.field_size_limit(2**31 - 1)
    try:
        with path.open(encoding="utf-8-sig", newline="") as source, draft.open("w", encoding="utf-8-sig", newline="") as target:
            draft.chmod(0o600)
            rows, writer = csv.reader(source), csv.writer(target)
            writer.writerow(next(rows, []))
            for row in rows:
                if any(recognised(key) for cell in row[FIRST_CELL:] for key in keys_in(cell.removeprefix("'"))):
                    gone += 1
                else:
                    kept += 1
                    writer.writerow(row)
        if gone and kept:
            os.replace(draft, path)
        elif gone:
            path.unlink()
    finally:
        draft.unlink(missing_ok=True)
    return gone


def cut_rejected(home: Home, recognised: Recognised) -> Cut:
    """Cut a person's rows out of every file of rejected rows; what cannot be read as one is removed whole."""
    files = rows = 0
    for path in sorted(path for path in home.rejected.rglob("*") if path.is_file() and path.suffix != ".lock"):
        try:
            gone = cut_rows(path, recognised)
        except (OSError, ValueError, csv.Error):
            path.unlink(missing_ok=True)
            gone = 1
        files, rows = files + bool(gone), rows + gone
    return Cut(files, rows)


def withdraw_uploads(home: Home, recognised: Recognised, *, actor: Any) -> int:
    """Erase the files of imports that wait and hold a person, and those imports with them; return how many.

    An import that runs ends first: it leaves the person out, and its files go when it is done.
    """
    withdrawn = 0
    for job in jobs_with_uploads():
        if _runs(job) or not _holds(home, job, recognised):
            continue
        try:
            changes.refuse_import(job=job, code="held_a_forgotten", wording=HELD_A_FORGOTTEN, actor=actor, runner=job.runner)
        except Busy:
            continue
        shutil.rmtree(home.uploads / Path(job.folder).name, ignore_errors=True)
        withdrawn += 1
    changes.drop_samples(actor=actor)
    waiting = {Path(job.folder).name for job in jobs_with_uploads()}
    for folder in home.uploads.iterdir() if home.uploads.is_dir() else ():
        if folder.name not in waiting and folder.stat().st_mtime < timezone.now().timestamp() - ABANDONED_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
    return withdrawn


def emptied(folder: Path, *, older_than_seconds: float = 0.0) -> int:
    """Remove everything in a folder but locks that somebody may hold and what is too young; return how many things went."""
    removed = 0
    latest = timezone.now().timestamp() - older_than_seconds
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.suffix == ".lock" or path.stat().st_mtime > latest:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        removed += 1
    return removed


def drop_copies(home: Home) -> None:
    """Remove what reading files left in the work folder: at once where no import runs, else what is a day old."""
    running = any(_runs(job) for job in ImportJob.objects.filter(state=State.RUNNING))
    emptied(home.work, older_than_seconds=ABANDONED_SECONDS if running else 0.0)


def wipe_database() -> None:
    """Have the database let go of the bytes of what was deleted from it, where it can do so now."""
    if connection.in_atomic_block:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except DatabaseError:
        # Somebody reads just now; the next one to forget a person, or the database's own habit, does it.
        return


def _runs(job: ImportJob) -> bool:
    return job.state == State.RUNNING and job.heartbeat_at is not None and job.heartbeat_at > timezone.now() - SILENCE


def _holds(home: Home, job: ImportJob, recognised: Recognised) -> bool:
    """Say whether the uploads of a job name a person; what cannot be read may."""
    plan = ImportPlan.from_json(job.plan or {"files": []})
    folder = home.uploads / Path(job.folder).name
    read = {file.path.name for file in plan.files if file.columns}
    if any(path.name not in read for path in folder.rglob("*") if path.is_file()):
        return True
    try:
        return any(_names(file, home.work, recognised) for file in plan.files if file.columns)
    except (BadInput, OSError, duckdb.Error):
        return True


def _names(file: FilePlan, work: Path, recognised: Recognised) -> bool:
    with connect(work) as reading:
        cells = [f"c{number}" for number in range(len(file.columns))]
        cursor = reading.execute(f"select {', '.join(cells)} from {relation_of(file, work)}")  # noqa: S608  # our own names
        while rows := cursor.fetchmany(CELLS_AT_ONCE):
            if any(recognised(key) for row in rows for cell in row if cell is not None for key in keys_in(str(cell))):
                return True
    return False
