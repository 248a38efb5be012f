"""Reads of import jobs, and of the people whose rows they leave out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from lakmus.history.failures import NotFound
from lakmus.history.wording import Wording
from lakmus.operations.imports.models import ENDED, ForgottenKey, ForgottenPerson, ImportJob, State

# Longer than any pause between two progress reports, shorter than a person's patience.
SILENCE = timedelta(seconds=60)

UNKNOWN = Wording(
    "Загрузки № {number} нет. Список загрузок стоит на странице «Данные».",
    "There is no import no. {number}. The page “Data” lists the imports.",
)


def import_jobs(*, state: str = "") -> QuerySet[ImportJob]:
    """Return the jobs, latest first."""
    jobs = ImportJob.objects.select_related("created_by")
    return jobs.filter(state=state) if state else jobs


def import_job(number: int) -> ImportJob:
    """Return one job.

    Raises
    ------
    NotFound : there is none of this number.
    """
    job = import_jobs().filter(pk=number).first()
    if job is None:
        raise NotFound("import_unknown", UNKNOWN.filled(number=number))
    return job


def jobs_to_take(*, at: datetime, silence: timedelta = SILENCE) -> QuerySet[ImportJob]:
    """Return the jobs a worker may take now, eldest first: agreed ones, and running ones whose worker fell silent.

    Crashed jobs are not among them: what failed with an error waits for a person to say "again".
    """
    fallen_silent = Q(state=State.RUNNING) & (Q(heartbeat_at=None) | Q(heartbeat_at__lt=at - silence))
    return ImportJob.objects.filter(Q(state=State.PLANNED) | fallen_silent).order_by("created_at", "pk")


def jobs_with_uploads() -> QuerySet[ImportJob]:
    """Return the jobs that have not run to an end and whose files therefore still lie in the uploads folder."""
    return ImportJob.objects.exclude(state__in=ENDED).exclude(folder="")


def forgotten_people() -> QuerySet[ForgottenPerson]:
    """Return those whose rows no import takes."""
    return ForgottenPerson.objects.all()


def forgotten_digests() -> frozenset[str]:
    """Return the digests by which rows of forgotten people are known."""
    return frozenset(ForgottenKey.objects.values_list("digest", flat=True))


def person_of_digests(digests: Iterable[str]) -> ForgottenPerson | None:
    """Return the forgotten person whom one of the digests stands for."""
    return ForgottenPerson.objects.filter(keys__digest__in=list(digests)).first()


def as_json(job: ImportJob, language: str) -> dict[str, Any]:
    """Return the form in which the API and the command line show a job."""
    return {
        "id": job.pk,
        "state": job.state,
        "files": job.file_names,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "rows_done": job.rows_done,
        "rows_expected": job.rows_expected,
        "done_share": job.done_share,
        "step": job.step,
        "report": job.report,
        "error": {"code": job.error_code, "message": job.error.in_language(language)} if job.error else None,
    }
