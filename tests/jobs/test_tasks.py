"""The tasks have their effect once, and nothing that waits is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django_q.models import OrmQ

from lakmus.jobs import tasks
from lakmus.jobs.tasks import compute_verdict, run_import, runner_name
from lakmus.jobs.watch import queue_alerts, queue_what_waits
from lakmus.operations.alerts.changes import note_dispatch
from lakmus.operations.imports.models import ImportJob
from lakmus.usecases import prepare_pages
from lakmus.usecases.house.home import open_home
from lakmus.usecases.imports.import_jobs import agree, receive_files
from lakmus.usecases.prepare_pages import pages_are_ready
from lakmus.usecases.show_verdict import moment_of, verdict_at_hand

ORDERS = "Номер заказа;Дата заказа;ID клиента;Сумма\n" + "".join(
    f"{n};{n % 27 + 1:02}.03.2026 10:00;К{n % 7};{n},50\n" for n in range(1, 41)
)
pytestmark = pytest.mark.django_db


@pytest.fixture
def agreed(home: Path) -> Callable[[], ImportJob]:
    """Return a function that brings a file of orders and agrees to its import."""

    def bring() -> ImportJob:
        place = open_home(home)
        job = receive_files(place, [SimpleUploadedFile("orders.csv", ORDERS.encode())], actor=None)
        return agree(place, job, actor=None)

    return bring


def test_an_import_delivered_twice_is_carried_out_once(agreed: Callable[[], ImportJob], home: Path) -> None:
    job = agreed()
    assert [run_import(job.pk), run_import(job.pk)] == [True, False]
    job.refresh_from_db()
    assert (job.state, job.attempt_count, job.report["files"][0]["accepted"]) == ("done", 1, 40)
    assert open_home(home).stream().count == job.report["activities"]["appended"]


def test_an_import_whose_worker_fell_silent_is_taken_over_and_adds_nothing_twice(agreed: Callable[[], ImportJob], home: Path) -> None:
    job = agreed()
    run_import(job.pk)
    count = open_home(home).stream().count
    again = agreed()
    ImportJob.objects.filter(pk=again.pk).update(state="running", runner="dead", heartbeat_at=timezone.now() - timedelta(minutes=5))
    assert run_import(again.pk)
    again.refresh_from_db()
    assert (again.state, again.report["files"][0]["duplicate"], open_home(home).stream().count) == ("done", 40, count)


def test_the_watch_queues_what_waits_once_and_leaves_what_lives(agreed: Callable[[], ImportJob]) -> None:
    waiting, silent, living = agreed(), agreed(), agreed()
    now = timezone.now()
    ImportJob.objects.filter(pk=silent.pk).update(state="running", runner="a", heartbeat_at=now - timedelta(minutes=5))
    ImportJob.objects.filter(pk=living.pk).update(state="running", runner="b", heartbeat_at=now)
    OrmQ.objects.all().delete()
    seen: set[tuple[int, int, str]] = set()
    assert queue_what_waits(at=now, seen=seen) == [waiting.pk, silent.pk]
    assert queue_what_waits(at=now, seen=seen) == []
    assert OrmQ.objects.count() == 2
    assert queue_what_waits(at=now + timedelta(minutes=5), seen=seen) == [living.pk]


def test_a_verdict_is_computed_once_for_a_moment(agreed: Callable[[], ImportJob], home: Path) -> None:
    run_import(agreed().pk)
    moment = moment_of(open_home(home), as_of=None).isoformat()
    first = compute_verdict(moment)
    written = (home / "results" / first / "verdict.json").stat().st_mtime_ns
    assert compute_verdict(moment) == first
    assert (home / "results" / first / "verdict.json").stat().st_mtime_ns == written


@pytest.mark.slow
def test_right_after_a_verdict_its_pages_are_prepared(agreed: Callable[[], ImportJob], home: Path) -> None:
    run_import(agreed().pk)
    OrmQ.objects.all().delete()
    compute_verdict(moment_of(open_home(home), as_of=None).isoformat())
    shown = verdict_at_hand(open_home(home))
    assert shown is not None and not pages_are_ready(shown)
    task = OrmQ.objects.get().task
    assert task["func"] == "lakmus.jobs.tasks.prepare_pages"
    tasks.prepare_pages(*task["args"])
    assert pages_are_ready(shown)
    compute_verdict(shown.as_of.isoformat())
    assert OrmQ.objects.count() == 1


@pytest.mark.slow
def test_an_error_in_preparing_pages_leaves_the_verdict_as_it_is(
    agreed: Callable[[], ImportJob], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_import(agreed().pk)
    key = compute_verdict(moment := moment_of(open_home(home), as_of=None).isoformat())
    monkeypatch.setattr(prepare_pages, "show_cohorts", lambda home, shown: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tasks.prepare_pages(moment)
    shown = verdict_at_hand(open_home(home))
    assert shown is not None and shown.key == key and not pages_are_ready(shown)


def test_no_two_calls_run_under_one_name() -> None:
    names = {runner_name() for _ in range(100)}
    assert len(names) == 100
    assert max(map(len, names)) <= 100


def test_what_fails_in_looking_for_alerts_holds_up_no_message(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = open_home(home)
    due = note_dispatch(channel="webhook", message_id="alert_1", body="{}", at=timezone.now())
    monkeypatch.setattr("lakmus.usecases.alerts.tell_alerts.look_for_alerts", lambda *_, **__: 1 / 0)
    seen: set[tuple[int, int, str]] = set()
    assert [queue_alerts(place, at=timezone.now(), seen=seen) for _ in range(2)] == [[due.pk], []]
    assert OrmQ.objects.get().task["func"] == "lakmus.jobs.tasks.deliver_alert"
