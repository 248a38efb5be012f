"""Imports by the worker: looked at, corrected, agreed, run once in effect."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from lakmus.history.failures import BadInput, Busy, NotFound
from lakmus.operations.imports.queries import import_job
from lakmus.operations.imports.queries import import_jobs as import_jobs_listed
from lakmus.usecases.house.home import Home
from lakmus.usecases.imports import import_jobs
from lakmus.usecases.imports.import_files import plan_import

ORDERS = "Номер заказа;Дата заказа;ID клиента;Сумма\n1;01.02.2026;10;100,50\n2;не дата;10;70\n".encode()
pytestmark = pytest.mark.django_db


@pytest.fixture
def queued(monkeypatch) -> list[tuple]:
    """Return what was handed to the queue, which nobody works off here."""
    handed: list[tuple] = []
    monkeypatch.setattr("django_q.tasks.async_task", lambda *task, **_: handed.append(task))
    return handed


def test_a_job_goes_from_upload_to_rows_in_the_stream_and_running_it_again_does_nothing(new_home, user_of, queued) -> None:
    owner = user_of("owner")
    job = import_jobs.receive_files(new_home, [SimpleUploadedFile("заказы.csv", ORDERS)], actor=owner)
    import_jobs.agree(new_home, job, actor=owner)
    assert queued[0] == ("lakmus.jobs.tasks.run_import", job.pk)
    assert import_jobs.run_job(new_home, job.pk, runner="one") and not import_jobs.run_job(new_home, job.pk, runner="two")
    done = import_job(job.pk)
    assert done.rows_done == 2
    assert done.state == "done" and done.report["files"][0]["accepted"] == 1 and new_home.stream().count == 1
    assert "не дата" in import_jobs.rejected_path(new_home, done, 0).read_text(encoding="utf-8-sig")
    assert not list(new_home.uploads.iterdir())


def test_a_job_that_waits_finds_its_files_where_the_home_was_moved_to(new_home, user_of, queued, tmp_path, settings) -> None:
    owner = user_of("owner")
    job = import_jobs.receive_files(new_home, [SimpleUploadedFile("заказы.csv", ORDERS)], actor=owner)
    moved = Home(new_home.path.rename(tmp_path / "moved"))
    settings.LAKMUS_HOME = moved.path
    import_jobs.correct_plan(moved, job, kinds={}, fields={}, actor=owner)
    import_jobs.agree(moved, import_job(job.pk), actor=owner)
    assert import_jobs.run_job(moved, job.pk, runner="one") and moved.stream().count == 1


def test_an_upload_keeps_to_its_folder_whatever_it_is_called(new_home, user_of) -> None:
    upload = SimpleUploadedFile("x.csv", ORDERS)
    upload._name = "../../../etc/x.csv"
    job = import_jobs.receive_files(new_home, [upload], actor=user_of("owner"))
    paths = [file.path for file in import_jobs.plan_of(job).files]
    assert all(path.is_relative_to(new_home.uploads) and path.exists() for path in paths)


def test_a_file_that_cannot_be_read_is_not_agreed_to_and_can_be_left_out(new_home, user_of, queued) -> None:
    owner = user_of("owner")
    files = [SimpleUploadedFile("заказы.csv", ORDERS), SimpleUploadedFile("пусто.csv", b"a;b\n")]
    job = import_jobs.receive_files(new_home, files, actor=owner)
    with pytest.raises(BadInput):
        import_jobs.agree(new_home, job, actor=owner)
    broken = next(number for number, file in enumerate(import_jobs.plan_of(job).files) if file.problems)
    import_jobs.leave_out(job, broken, actor=owner)
    import_jobs.agree(new_home, import_job(job.pk), actor=owner)
    assert len(queued) == 1


def test_a_corrected_column_is_read_as_the_person_said(new_home, user_of, queued) -> None:
    owner = user_of("owner")
    text = "Номер;Когда;Кто;Итог\n1;01.02.2026;10;100\n2;02.02.2026;11;70\n".encode()
    job = import_jobs.receive_files(new_home, [SimpleUploadedFile("x.csv", text)], actor=owner)
    import_jobs.correct_plan(new_home, job, kinds={0: "orders"}, fields={}, actor=owner)
    fields = {(0, 0): "order", (0, 1): "ts", (0, 2): "customer", (0, 3): "amount"}
    plan = import_jobs.correct_plan(new_home, import_job(job.pk), kinds={0: "orders"}, fields=fields, actor=owner)
    assert [column.field for column in plan.files[0].columns] == ["order", "ts", "customer", "amount"] and not plan.files[0].problems


def test_a_kind_and_the_columns_may_be_said_at_once(new_home, user_of, queued) -> None:
    owner = user_of("owner")
    text = b"f1;f2;f3;f4\nORD-1;01.02.2026;C-10;100\nORD-2;02.02.2026;C-11;70\n"
    job = import_jobs.receive_files(new_home, [SimpleUploadedFile("x.csv", text)], actor=owner)
    fields = {(0, 0): "order", (0, 1): "ts", (0, 2): "customer", (0, 3): "amount"}
    plan = import_jobs.correct_plan(new_home, job, kinds={0: "orders"}, fields=fields, actor=owner)
    assert [column.field for column in plan.files[0].columns] == ["order", "ts", "customer", "amount"] and not plan.files[0].problems


def test_a_withdrawn_job_leaves_no_copy_and_cannot_be_run(new_home, user_of, queued) -> None:
    owner = user_of("owner")
    job = import_jobs.receive_files(new_home, [SimpleUploadedFile("заказы.csv", ORDERS)], actor=owner)
    import_jobs.withdraw(new_home, job, actor=owner)
    assert not list(new_home.uploads.iterdir()) and not import_jobs.run_job(new_home, job.pk, runner="one")
    with pytest.raises(Busy):
        import_jobs.agree(new_home, import_job(job.pk), actor=owner)


def test_a_rejected_file_is_only_given_from_the_folder_of_rejected_rows(new_home, user_of) -> None:
    job = import_jobs.receive_files(new_home, [SimpleUploadedFile("заказы.csv", ORDERS)], actor=user_of("owner"))
    job.rejected_files = ["../keys/secret"]
    (new_home.path / "keys").mkdir()
    (new_home.path / "keys" / "secret").write_text("x")
    with pytest.raises(NotFound):
        import_jobs.rejected_path(new_home, job, 0)


def test_an_import_in_this_process_stands_in_the_list_as_done_or_as_refused(new_home, user_of, tmp_path) -> None:
    good, empty = tmp_path / "заказы.csv", tmp_path / "пусто.csv"
    good.write_bytes(ORDERS)
    empty.write_bytes(b"")
    report = import_jobs.run_here(new_home, plan_import(new_home, [good]), actor=None)
    with pytest.raises(BadInput):
        import_jobs.run_here(new_home, plan_import(new_home, [empty]), actor=None)
    assert report.files[0].accepted == 1
    assert [(job.state, job.file_names) for job in import_jobs_listed()] == [("refused", ["пусто.csv"]), ("done", ["заказы.csv"])]
