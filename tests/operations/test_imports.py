"""The state machine of an import job."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from lakmus.history.failures import Busy, NotFound
from lakmus.history.wording import Wording
from lakmus.operations.imports import changes, queries
from lakmus.operations.imports.models import ImportJob
from lakmus.operations.journal.models import JournalEntry

WHY = Wording("файл пуст", "the file is empty")


def waiting() -> ImportJob:
    return changes.open_import(file_names=["orders.csv"], folder="uploads/1", plan={"files": []}, actor=None)


def running(runner: str = "w1") -> ImportJob:
    job = changes.agree_import(job=waiting(), actor=None)
    assert changes.take_import(job=job, runner=runner)
    job.refresh_from_db()
    return job


def verbs() -> list[str]:
    return list(JournalEntry.objects.order_by("id").values_list("verb", flat=True))


@pytest.mark.django_db
def test_a_job_goes_from_waiting_to_done_with_one_row_for_each_step() -> None:
    job = changes.keep_plan(job=waiting(), plan={"files": [1]}, actor=None)
    job = changes.agree_import(job=job, actor=None, rows_expected=200)
    assert changes.take_import(job=job, runner="w1")
    changes.report_progress(job=job, runner="w1", rows_done=50, step="reading")
    job.refresh_from_db()
    assert (job.state, job.done_share, job.step, job.attempt_count) == ("running", 0.25, "reading", 1)
    job = changes.finish_import(job=job, runner="w1", report={"files": []}, rejected_files=["a.csv"])
    assert (job.state, job.done_share, job.rejected_files) == ("done", 1.0, ["a.csv"])
    assert verbs() == ["opened_import", "changed_import_plan", "agreed_import", "started_import", "finished_import"]


@pytest.mark.django_db
def test_every_step_may_be_repeated_without_a_second_row() -> None:
    job = waiting()
    for _ in range(2):
        changes.keep_plan(job=job, plan={"files": [1]}, actor=None)
    for _ in range(2):
        changes.agree_import(job=job, actor=None)
    for _ in range(2):
        assert changes.take_import(job=job, runner="w1")
    for _ in range(2):
        changes.finish_import(job=job, runner="w1", report={"n": 1})
    assert verbs() == ["opened_import", "changed_import_plan", "agreed_import", "started_import", "finished_import"]


@pytest.mark.django_db
def test_a_job_with_a_living_worker_is_not_given_away() -> None:
    job = running("w1")
    assert not changes.take_import(job=job, runner="w2")
    assert queries.jobs_to_take(at=timezone.now()).count() == 0


@pytest.mark.django_db
def test_a_job_whose_worker_fell_silent_is_taken_and_the_former_worker_is_stopped() -> None:
    job = running("w1")
    later = timezone.now() + timedelta(minutes=5)
    assert queries.jobs_to_take(at=later).get() == job
    assert changes.take_import(job=job, runner="w2", at=later)
    for late_report in (
        lambda: changes.report_progress(job=job, runner="w1", rows_done=99),
        lambda: changes.finish_import(job=job, runner="w1", report={}),
        lambda: changes.crash_import(job=job, runner="w1", code="x", wording=WHY),
        lambda: changes.refuse_import(job=job, runner="w1", code="x", wording=WHY),
    ):
        with pytest.raises(Busy):
            late_report()
    job.refresh_from_db()
    assert (job.state, job.runner, job.attempt_count) == ("running", "w2", 2)


@pytest.mark.django_db
def test_a_crashed_job_says_why_and_runs_again_only_when_asked() -> None:
    job = changes.crash_import(job=running(), runner="w1", code="our_error", wording=WHY)
    assert (job.state, job.error) == ("crashed", WHY)
    assert queries.jobs_to_take(at=timezone.now() + timedelta(days=1)).count() == 0
    job = changes.agree_import(job=job, actor=None)
    assert (job.state, job.error) == ("planned", None)
    assert changes.take_import(job=job, runner="w2")


@pytest.mark.django_db
def test_a_refused_job_stays_refused() -> None:
    job = changes.refuse_import(job=running(), runner="w1", code="empty_file", wording=WHY, report={"files": []})
    assert (job.state, job.error_code, job.report) == ("refused", "empty_file", {"files": []})
    assert not changes.take_import(job=job, runner="w2")
    with pytest.raises(Busy) as refused:
        changes.agree_import(job=job, actor=None)
    assert "не загружено" in refused.value.wording.ru


@pytest.mark.django_db
def test_a_job_is_withdrawn_before_it_begins_and_not_after() -> None:
    assert changes.withdraw_import(job=waiting(), actor=None).error_code == "withdrawn"
    with pytest.raises(Busy):
        changes.withdraw_import(job=running(), actor=None)
    with pytest.raises(Busy):
        changes.withdraw_import(job=changes.finish_import(job=running(), runner="w1", report={}), actor=None)


@pytest.mark.django_db
def test_a_plan_cannot_change_once_agreed() -> None:
    job = changes.agree_import(job=waiting(), actor=None)
    with pytest.raises(Busy):
        changes.keep_plan(job=job, plan={"files": [2]}, actor=None)


@pytest.mark.django_db
def test_a_job_is_shown_in_the_language_asked_for() -> None:
    job = changes.refuse_import(job=waiting(), code="empty_file", wording=WHY)
    assert queries.as_json(job, "en")["error"] == {"code": "empty_file", "message": "the file is empty"}
    assert queries.as_json(job, "ru")["error"] == {"code": "empty_file", "message": "файл пуст"}
    with pytest.raises(NotFound):
        queries.import_job(job.pk + 1)


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_that_ask_at_once_one_gets_the_job() -> None:
    job = changes.agree_import(job=waiting(), actor=None)
    answers: list[bool] = []
    start = threading.Barrier(6)

    def ask(name: str) -> None:
        start.wait()
        answers.append(changes.take_import(job=job, runner=name))
        connection.close()

    workers = [threading.Thread(target=ask, args=(f"w{n}",)) for n in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(answers) == [False] * 5 + [True]
    job.refresh_from_db()
    assert job.attempt_count == 1
