"""The state machine of an import job, and the list of people whose rows no import takes.

Each function moves a job by one step, under a lock of its row, and may be repeated: asking for a state the job is in
already changes nothing and writes no second row in the journal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from lakmus.history.failures import Busy, LakmusError
from lakmus.history.wording import Wording
from lakmus.operations.imports.models import ENDED, ForgottenKey, ForgottenPerson, ImportJob, State
from lakmus.operations.imports.queries import SILENCE, import_job
from lakmus.operations.journal.changes import record

NOT_NOW = Wording(
    "Загрузка № {number} сейчас в состоянии «{ru}», поэтому это действие не для неё. Ничего не изменилось; обновите страницу.",
    "Import no. {number} is now “{en}”, so this does not apply to it. Nothing was changed; reload the page.",
)
WITHDRAWN = Wording("Загрузку отменили до начала; ничего не загружено.", "The import was cancelled before it began; nothing was imported.")


@transaction.atomic
def open_import(*, file_names: Sequence[str], actor: Any, folder: str = "", plan: Mapping[str, Any] | None = None) -> ImportJob:
    """Add a job for files that lie ready; it waits until a person agrees on how they are read."""
    job = ImportJob.objects.create(file_names=list(file_names), folder=folder, plan=plan, created_by=actor)
    _write_down(job, "opened_import", actor, files=len(job.file_names))
    return job


@transaction.atomic
def keep_plan(*, job: ImportJob, plan: Mapping[str, Any], actor: Any) -> ImportJob:
    """Keep what was recognised in the files, or what a person corrected in it, while the job waits.

    Raises
    ------
    Busy : the job no longer waits.
    """
    job = _locked(job, State.WAITING)
    if job.plan != plan:
        job.plan = dict(plan)
        job.save(update_fields=["plan"])
        _write_down(job, "changed_import_plan", actor)
    return job


@transaction.atomic
def agree_import(*, job: ImportJob, actor: Any, plan: Mapping[str, Any] | None = None, rows_expected: int | None = None) -> ImportJob:
    """Queue a waiting (or interrupted) job for the worker.

    Raises
    ------
    Busy : the job runs or has ended.
    """
    job = _locked(job, State.WAITING, State.PLANNED, State.CRASHED)
    if job.state != State.PLANNED:
        job.state, job.plan = State.PLANNED, job.plan if plan is None else dict(plan)
        job.rows_expected = job.rows_expected if rows_expected is None else rows_expected
        _clear_error(job)
        job.save()
        _write_down(job, "agreed_import", actor)
    return job


@transaction.atomic
def take_import(*, job: ImportJob, runner: str, at: datetime | None = None, silence: timedelta = SILENCE) -> bool:
    """Let `runner` (a name no other process has) run the job; say whether it may.

    Of any number of runners that ask at once, one gets the job. A job that somebody runs is given away only after its
    heartbeat was silent for `silence`; from then on the former runner's reports are refused.
    """
    moment = at or timezone.now()
    free = Q(state__in=[State.PLANNED, State.CRASHED]) | Q(state=State.RUNNING) & (
        Q(runner=runner) | Q(heartbeat_at=None) | Q(heartbeat_at__lt=moment - silence)
    )
    held = ImportJob.objects.select_for_update().filter(free, pk=job.pk).first()
    if held is None:
        return False
    if held.state == State.RUNNING and held.runner == runner:
        return True
    held.state, held.runner, held.heartbeat_at = State.RUNNING, runner, moment
    held.started_at = held.started_at or moment
    held.attempt_count += 1
    held.rows_done, held.step, held.finished_at = 0, "", None
    _clear_error(held)
    held.save()
    _write_down(held, "started_import", None, attempt=held.attempt_count)
    return True


def report_progress(*, job: ImportJob, runner: str, rows_done: int, step: str = "", rows_expected: int | None = None) -> None:
    """Move the progress bar and the heartbeat; no row in the journal, for nobody decided anything.

    Raises
    ------
    Busy : the job was given to another runner or ended meanwhile; the caller must stop.
    """
    fields: dict[str, Any] = {"rows_done": rows_done, "heartbeat_at": timezone.now(), "step": step}
    if rows_expected is not None:
        fields["rows_expected"] = rows_expected
    if not ImportJob.objects.filter(pk=job.pk, state=State.RUNNING, runner=runner).update(**fields):
        raise _not_now(import_job(job.pk))


@transaction.atomic
def finish_import(*, job: ImportJob, runner: str, report: Mapping[str, Any], rejected_files: Sequence[str] = ()) -> ImportJob:
    """Close a job whose rows all stand in the stream.

    Raises
    ------
    Busy : the job was given to another runner meanwhile.
    """
    job = ImportJob.objects.select_for_update().get(pk=job.pk)
    if job.state == State.DONE:
        return job
    _must_run(job, runner)
    job.state, job.report, job.rejected_files = State.DONE, dict(report), list(rejected_files)
    job.finished_at = job.heartbeat_at = timezone.now()
    _drop_samples(job)
    job.save()
    _write_down(job, "finished_import", None)
    return job


@transaction.atomic
def refuse_import(
    *, job: ImportJob, code: str, wording: Wording, actor: Any = None, runner: str = "", report: Mapping[str, Any] | None = None
) -> ImportJob:
    """Close a job that cannot be done; nothing of it was imported. A runner names itself, a person does not.

    Raises
    ------
    Busy : the job is done, or another runner has it.
    """
    job = ImportJob.objects.select_for_update().get(pk=job.pk)
    if job.state == State.REFUSED:
        return job
    if runner or job.state == State.RUNNING:
        _must_run(job, runner)
    elif job.state == State.DONE:
        raise _not_now(job)
    job.report = job.report if report is None else dict(report)
    _end_badly(job, State.REFUSED, code, wording)
    _write_down(job, "refused_import", actor, code=code)
    return job


def withdraw_import(*, job: ImportJob, actor: Any) -> ImportJob:
    """Cancel a job that has not begun.

    Raises
    ------
    Busy : it has begun or ended.
    """
    return refuse_import(job=job, code="withdrawn", wording=WITHDRAWN, actor=actor)


@transaction.atomic
def crash_import(*, job: ImportJob, runner: str, code: str, wording: Wording) -> ImportJob:
    """Note that a run ended with an error of ours. What it had added stays; running it again adds only the rest.

    Raises
    ------
    Busy : the job was given to another runner meanwhile.
    """
    job = ImportJob.objects.select_for_update().get(pk=job.pk)
    if job.state == State.CRASHED:
        return job
    _must_run(job, runner)
    _end_badly(job, State.CRASHED, code, wording)
    _write_down(job, "crashed_import", None, code=code)
    return job


@transaction.atomic
def keep_forgotten(*, digests: Iterable[str], actor: Any, person: ForgottenPerson | None = None) -> ForgottenPerson:
    """Put a person on the list of those whose rows no import takes, or add further digests to one who stands there."""
    wanted = set(digests)
    listed = person or ForgottenPerson.objects.filter(keys__digest__in=wanted).first()
    listed = listed or ForgottenPerson.objects.create(forgotten_by=actor)
    wanted -= set(ForgottenKey.objects.filter(digest__in=wanted).values_list("digest", flat=True))
    ForgottenKey.objects.bulk_create([ForgottenKey(person=listed, digest=digest) for digest in sorted(wanted)], ignore_conflicts=True)
    if wanted:
        record(actor=actor, verb="listed_forgotten", object_kind="forgotten_person", object_key=listed.pk, details={"keys": len(wanted)})
    return listed


@transaction.atomic
def lift_forgotten(*, person: ForgottenPerson, actor: Any) -> None:
    """Take a person off the list: the next import of their rows is taken again."""
    number = person.pk
    person.delete()
    record(actor=actor, verb="lifted_forgotten", object_kind="forgotten_person", object_key=number)


@transaction.atomic
def drop_samples(*, actor: Any) -> int:
    """Take the sample cells out of the plans of all jobs that no longer wait for a person; return how many had some."""
    changed = 0
    for job in ImportJob.objects.select_for_update().exclude(state=State.WAITING).exclude(plan=None):
        changed += _drop_samples(job)
        job.save(update_fields=["plan"])
    if changed:
        record(actor=actor, verb="dropped_samples", object_kind="import", details={"imports": changed})
    return changed


def _drop_samples(job: ImportJob) -> bool:
    """Sample cells are for the person who judges the plan; they are a customer's data, so they go when the job ends."""
    files = [file for file in (job.plan or {}).get("files", ()) if isinstance(file, dict)]
    columns = [column for file in files for column in file.get("columns", ()) if column.get("samples")]
    for column in columns:
        column["samples"] = []
    return bool(columns)


def _locked(job: ImportJob, *states: State) -> ImportJob:
    held = ImportJob.objects.select_for_update().get(pk=job.pk)
    if held.state not in states:
        raise _not_now(held)
    return held


def _must_run(job: ImportJob, runner: str) -> None:
    if job.state != State.RUNNING or job.runner != runner:
        raise _not_now(job)


def _not_now(job: ImportJob) -> LakmusError:
    title = State(job.state).title
    return Busy("import_not_in_state", NOT_NOW.filled(number=job.pk, ru=title.ru, en=title.en))


def _end_badly(job: ImportJob, state: State, code: str, wording: Wording) -> None:
    job.state, job.finished_at = state, timezone.now()
    job.error_code, job.error_ru, job.error_en = code[:60], wording.ru, wording.en
    if state in ENDED:
        _drop_samples(job)
    job.save()


def _clear_error(job: ImportJob) -> None:
    job.error_code = job.error_ru = job.error_en = ""


def _write_down(job: ImportJob, verb: str, actor: Any, **details: Any) -> None:
    record(actor=actor, verb=verb, object_kind="import", object_key=job.pk, details=details)
