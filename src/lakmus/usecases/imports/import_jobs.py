"""Imports that a person starts in the browser and the worker carries out."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

from django.db import connection

from lakmus.connectors.files import FilePlan, ImportPlan, check_plan
from lakmus.history.failures import BadInput, Busy, LakmusError, NotFound
from lakmus.history.wording import Wording
from lakmus.operations.imports import changes
from lakmus.operations.imports.models import ImportJob
from lakmus.operations.imports.queries import import_job
from lakmus.usecases.house.home import Home
from lakmus.usecases.imports.import_files import ImportReport, Progress, plan_import, run_import

REPORT_SECONDS = 0.5
BEAT_SECONDS = 15.0
NAME_LENGTH = 120
NOTHING_TO_IMPORT = Wording(
    "Загружать нечего: ни в одном файле нет событий. Ничего не изменилось; добавьте файл заказов, обращений или отзывов.",
    "There is nothing to import: no file holds activities. Nothing was changed; add a file of orders, cases or reviews.",
)
OUR_ERROR = Wording(
    "Загрузка прервалась из-за ошибки в программе. То, что уже загружено, осталось; «Повторить» добавит остальное и ничего не удвоит.",
    "The import was interrupted by an error of ours. What was imported stays; “Again” adds the rest and doubles nothing.",
)
NO_REJECTED = Wording("Файла с отклонёнными строками нет.", "There is no file of rejected rows.")


class Upload(Protocol):
    """A file as the browser sent it."""

    name: str | None

    def chunks(self) -> Iterable[bytes]:
        """Yield its bytes."""


def receive_files(home: Home, uploads: Sequence[Upload], *, actor: Any) -> ImportJob:
    """Keep the files, recognise what they hold, and open a job that waits for a person's yes.

    Raises
    ------
    BadInput : there is no file.
    """
    folder = Path(tempfile.mkdtemp(prefix="import-", dir=home.uploads))
    try:
        paths = [_keep(folder, number, upload) for number, upload in enumerate(uploads)]
        plan = plan_import(home, paths)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return changes.open_import(file_names=[path.name for path in paths], actor=actor, folder=folder.name, plan=plan.as_json())


def plan_of(job: ImportJob) -> ImportPlan:
    """Return how the files of a job would be read."""
    return ImportPlan.from_json(job.plan or {"files": []})


def _plan_here(home: Home, job: ImportJob) -> ImportPlan:
    """Return the plan with its files where they lie now: the home may have been restored, or moved, into another folder since."""
    plan = plan_of(job)
    if not job.folder:
        return plan
    folder = home.uploads / job.folder
    return ImportPlan(tuple(replace(file, path=folder / file.path.name) for file in plan.files))


def correct_plan(
    home: Home, job: ImportJob, *, kinds: Mapping[int, str], fields: Mapping[tuple[int, int], str | None], actor: Any
) -> ImportPlan:
    """Take a person's corrections: the kind of a file by its number, the field of a column by (file, column).

    A file whose kind changed is recognised anew for that kind; what the person said of its columns at the same time holds.

    Raises
    ------
    BadInput : an unknown kind. Busy : the job no longer waits.
    """
    files = list(_plan_here(home, job).files)
    for number, kind in kinds.items():
        if not 0 <= number < len(files):
            continue
        shown = files[number]
        chosen = {column: field for (file, column), field in fields.items() if file == number}
        if kind and kind != shown.kind:
            # The other columns were shown as they were recognised for the former kind: nobody said anything of them.
            chosen = {
                column: field for column, field in chosen.items() if column < len(shown.columns) and field != shown.columns[column].field
            }
            files[number] = _of_kind(home, shown, kind)
        files[number] = _with_fields(files[number], chosen)
    plan = ImportPlan(tuple(files))
    changes.keep_plan(job=job, plan=plan.as_json(), actor=actor)
    return plan


def agree(home: Home, job: ImportJob, *, actor: Any) -> ImportJob:
    """Queue the job for the worker; files with problems must be solved or left out first.

    Raises
    ------
    BadInput : a file has a problem, or nothing would be imported. Busy : the job runs or has ended.
    """
    plan = plan_of(job)
    for problem in plan.problems:
        raise BadInput(problem.code, problem.wording)
    if all(file.is_reference for file in plan.files):
        raise BadInput("nothing_to_import", NOTHING_TO_IMPORT)
    agreed = changes.agree_import(job=job, actor=actor, rows_expected=sum(file.row_estimate for file in plan.files) or None)
    from django_q.tasks import async_task

    async_task("lakmus.jobs.tasks.run_import", job.pk, task_name=f"import-{job.pk}-{agreed.attempt_count}")
    return agreed


def leave_out(job: ImportJob, number: int, *, actor: Any) -> ImportPlan:
    """Take one file out of a waiting job; the file itself stays with the person who sent it.

    Raises
    ------
    Busy : the job no longer waits.
    """
    files = [file for place, file in enumerate(plan_of(job).files) if place != number]
    plan = ImportPlan(tuple(files))
    changes.keep_plan(job=job, plan=plan.as_json(), actor=actor)
    return plan


def withdraw(home: Home, job: ImportJob, *, actor: Any) -> None:
    """Cancel a job that has not begun and drop its copies of the files.

    Raises
    ------
    Busy : it has begun or ended.
    """
    changes.withdraw_import(job=job, actor=actor)
    _drop_uploads(home, job)


def run_job(home: Home, number: int, *, runner: str) -> bool:
    """Carry a job out, if `runner` gets it; say whether it did. Once in effect, however often it is started.

    Raises
    ------
    NotFound : there is no such job.
    """
    job = import_job(number)
    if not changes.take_import(job=job, runner=runner):
        return False
    try:
        _carry_out(home, job, runner=runner)
    except (BadInput, NotFound):
        return True
    _drop_uploads(home, job)
    from lakmus.usecases.show_verdict import ask_for_verdict

    ask_for_verdict(home)
    return True


def run_here(home: Home, plan: ImportPlan, *, actor: Any, progress: Progress | None = None) -> ImportReport:
    """Import in this process, without the worker; the import stands in the list like any other.

    Raises
    ------
    BadInput : a file cannot be used; nothing was imported.
    Busy : another import is writing; nothing was imported.
    """
    runner = f"here-{os.getpid()}-{secrets.token_hex(4)}"
    job = changes.open_import(file_names=[file.path.name for file in plan.files], actor=actor, plan=plan.as_json())
    changes.agree_import(job=job, actor=actor, rows_expected=sum(file.row_estimate for file in plan.files) or None)
    changes.take_import(job=job, runner=runner)
    return _carry_out(home, import_job(job.pk), runner=runner, progress=progress)


def _carry_out(home: Home, job: ImportJob, *, runner: str, progress: Progress | None = None) -> ImportReport:
    """Import what a taken job plans and note how it ended."""

    def told(step: str, rows: int, expected: int | None) -> None:
        tell(step, rows, expected)
        if progress:
            progress(step, rows, expected)

    try:
        with _heartbeat(job, runner) as tell:
            report = run_import(home, _plan_here(home, job), actor=job.created_by, progress=told)
        changes.report_progress(job=job, runner=runner, rows_done=sum(file.read for file in report.files), step="writing")
        rejected = [str(file.rejected_file.relative_to(home.rejected)) for file in report.files if file.rejected_file]
        changes.finish_import(job=job, runner=runner, report=report.as_json(), rejected_files=rejected)
    except (BadInput, NotFound) as failure:
        changes.refuse_import(job=job, code=failure.code, wording=failure.wording, runner=runner)
        raise
    except Busy:
        raise
    except Exception as failure:
        wording = failure.wording if isinstance(failure, LakmusError) else OUR_ERROR
        code = failure.code if isinstance(failure, LakmusError) else "our_error"
        changes.crash_import(job=job, runner=runner, code=code, wording=wording)
        raise
    return report


def rejected_path(home: Home, job: ImportJob, position: int) -> Path:
    """Return a job's file of rejected rows.

    Raises
    ------
    NotFound : it has none at this position.
    """
    names = job.rejected_files
    if not 0 <= position < len(names):
        raise NotFound("no_rejected_file", NO_REJECTED)
    path = (home.rejected / str(names[position])).resolve()
    if not path.is_relative_to(home.rejected.resolve()) or not path.is_file():
        raise NotFound("no_rejected_file", NO_REJECTED)
    return path


@contextmanager
def _heartbeat(job: ImportJob, runner: str) -> Iterator[Any]:
    """Give a function that reports progress; while nothing is reported, a thread says that the runner lives."""
    rows_done, rows_expected, step_now = 0, job.rows_expected, "reading"
    stopped = threading.Event()
    last = 0.0

    def tell(step: str, rows: int, expected: int | None) -> None:
        nonlocal last, rows_done, rows_expected, step_now
        rows_done, step_now = rows, step
        rows_expected = expected if step == "reading" and expected else rows_expected
        if monotonic() - last >= REPORT_SECONDS:
            last = monotonic()
            changes.report_progress(job=job, runner=runner, rows_done=rows, step=step, rows_expected=rows_expected)

    def beat() -> None:
        try:
            while not stopped.wait(BEAT_SECONDS):
                changes.report_progress(job=job, runner=runner, rows_done=rows_done, step=step_now)
        except Busy:
            return
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name=f"heartbeat-{job.pk}", daemon=True)
    thread.start()
    try:
        yield tell
    finally:
        stopped.set()
        thread.join()


def _keep(folder: Path, number: int, upload: Upload) -> Path:
    """Write an upload under its own name, made safe; two files of one name get numbers."""
    bare = Path(str(upload.name or "file").replace("\\", "/")).name
    safe = re.sub(r"[^\w.() -]", "_", bare).strip(". ")[-NAME_LENGTH:] or f"file-{number + 1}"
    path = folder / safe
    if path.exists():
        path = folder / f"{number + 1}-{safe}"
    with path.open("wb") as kept:
        for chunk in upload.chunks():
            kept.write(chunk)
    return path


def _of_kind(home: Home, file: FilePlan, kind: str) -> FilePlan:
    if kind == "reference":
        return replace(file, kind="reference", problems=(), problem_codes=())
    seen = plan_import(home, [file.path], kinds={file.path: kind})
    same = [found for found in seen.files if found.member == file.member]
    return same[0] if same else file


def _with_fields(file: FilePlan, fields: Mapping[int, str | None]) -> FilePlan:
    changed = file
    for number, field in sorted(fields.items()):
        if 0 <= number < len(file.columns) and file.columns[number].field != field:
            changed = changed.with_column(file.columns[number].name, field)
    return check_plan(replace(changed, problems=(), problem_codes=())) if changed is not file else file


def _drop_uploads(home: Home, job: ImportJob) -> None:
    if job.folder:
        shutil.rmtree(home.uploads / Path(job.folder).name, ignore_errors=True)
