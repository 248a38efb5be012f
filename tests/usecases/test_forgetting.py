"""A forgotten customer stays away: no file, no program brings them back, and nothing of them lies about."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from lakmus.history.failures import Damaged, NotFound
from lakmus.operations.imports.queries import import_job
from lakmus.operations.journal.models import JournalEntry
from lakmus.usecases.house.check_health import check_health
from lakmus.usecases.house.home import Home
from lakmus.usecases.imports import import_jobs
from lakmus.usecases.imports.import_files import ImportReport, plan_import, run_import
from lakmus.usecases.imports.push_activities import push_activities
from lakmus.usecases.people import forgotten_people
from lakmus.usecases.people.forget_customer import forget_customer

pytestmark = pytest.mark.django_db
CUSTOMERS = "ID клиента;ФИО;E-mail;Телефон\nK-71;Анна Ильина;anna@x.ru;+7 916 123-45-67\n72;Олег Ким;oleg@x.ru;+7 916 765-43-21\n"
ORDERS = (
    "Номер заказа;Дата заказа;ID клиента;Сумма\nA-1;01.02.2026;K-71;100\nA-2;02.02.2026;72;200\nA-3;не дата;K-71;300\nA-4;не дата;72;400\n"
)
DELIVERIES = "Номер заказа;Обещанная дата доставки;Фактическая дата доставки\nA-1;05.02.2026;04.02.2026\nA-2;05.02.2026;07.02.2026\n"
TEXTS = {"customers.csv": CUSTOMERS, "orders.csv": ORDERS, "deliveries.csv": DELIVERIES}


def written(folder: Path, **texts: str) -> list[Path]:
    """Write files and return them."""
    folder.mkdir(exist_ok=True)
    paths = [folder / name for name in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def bring_in(home: Home, paths: list[Path]) -> ImportReport:
    return run_import(home, plan_import(home, paths), actor=None)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Return three files about two customers."""
    return written(tmp_path / "files", **TEXTS)


@pytest.fixture
def without_anna(new_home: Home, files: list[Path]) -> Home:
    """Return a home from which customer K-71 was erased."""
    bring_in(new_home, files)
    forget_customer(new_home, "K-71", actor=None)
    return new_home


def keys_in_order(home: Home) -> bool:
    """Return what the doctor says of the keys."""
    return next(finding.ok for finding in check_health(home) if finding.code == "keys")


def everything(home: Home) -> str:
    """Return what the stream says, as text."""
    import pyarrow.parquet as pq

    return "".join(str(pq.read_table(file).to_pylist()) for file in home.stream().files()) + str(home.stream().identity.state().links)


@pytest.mark.slow
def test_the_same_files_do_not_bring_a_forgotten_customer_back(without_anna: Home, files: list[Path]) -> None:
    before = without_anna.stream().count
    report = {file.name: file for file in bring_in(without_anna, files).files}
    assert without_anna.stream().count == before and "K-71" not in everything(without_anna) and "anna" not in everything(without_anna)
    orders = report["orders.csv"]
    assert (orders.read, orders.accepted, orders.duplicate, orders.rejected) == (4, 0, 1, 3)
    assert orders.reasons == {"bad_date": 2, "forgotten": 1}
    assert [report[name].reasons for name in ("customers.csv", "deliveries.csv")] == [{"forgotten": 1}] * 2
    assert forgotten_people.forgotten_count() == 1


@pytest.mark.slow
def test_a_file_that_names_only_the_order_of_a_forgotten_customer_brings_nothing(without_anna: Home, files: list[Path]) -> None:
    before = without_anna.stream().count
    assert bring_in(without_anna, files[2:]).files[0].reasons == {"forgotten": 1}
    assert without_anna.stream().count == before and "A-1" not in everything(without_anna)


@pytest.mark.slow
def test_a_new_number_with_the_phone_of_a_forgotten_customer_alone_is_the_same_customer(without_anna: Home, tmp_path: Path) -> None:
    renumbered = CUSTOMERS.replace("K-71;", "900;").replace("anna@x.ru", "")
    assert bring_in(without_anna, written(tmp_path / "new", **{"customers.csv": renumbered})).files[0].reasons == {"forgotten": 1}
    later = written(
        tmp_path / "later", **{"orders.csv": "Номер заказа;Дата заказа;ID клиента;Сумма\nB-1;01.03.2026;900;1\nB-2;01.03.2026;72;1\n"}
    )
    assert bring_in(without_anna, later).files[0].reasons == {"forgotten": 1}
    assert "900" not in everything(without_anna)


@pytest.mark.slow
def test_an_address_that_many_share_keeps_nobody_else_out(without_anna: Home, tmp_path: Path) -> None:
    shared = "ID клиента;ФИО;E-mail\n" + "".join(f"{number};Имя {number};anna@x.ru\n" for number in range(500, 520))
    report = bring_in(without_anna, written(tmp_path / "new", **{"customers.csv": shared})).files[0]
    assert (report.accepted, report.rejected) == (20, 0)


@pytest.mark.slow
def test_a_program_is_told_row_by_row_that_the_customer_is_forgotten(without_anna: Home) -> None:
    rows = [
        {"kind": "placed_order", "ts": "2026-03-01T12:00:00+03:00", "customer": customer, "order": order, "amount": 5, **more}
        for customer, order, more in [("K-71", "C-1", {}), ("72", "C-2", {}), (None, "C-3", {"email": "ANNA@x.ru"}), (None, "A-1", {})]
    ]
    report = push_activities(without_anna, rows, actor=None)
    assert (report.accepted, [(row.index, row.code) for row in report.refused]) == (1, [(index, "forgotten") for index in (0, 2, 3)])


@pytest.mark.slow
def test_rejected_rows_of_the_customer_are_cut_and_others_stay(new_home: Home, files: list[Path]) -> None:
    bring_in(new_home, files)
    forgotten = forget_customer(new_home, "anna@x.ru", actor=None)
    (left,) = [path.read_text(encoding="utf-8-sig") for path in new_home.rejected.glob("*.csv")]
    assert "A-4" in left and "A-3" not in left
    assert (forgotten.rejected_rows, forgotten.rejected_files) == (1, 1)
    bring_in(new_home, files)
    assert not any("A-3" in path.read_text(encoding="utf-8-sig") for path in new_home.rejected.glob("*.csv"))


@pytest.mark.slow
def test_uploads_that_wait_with_the_customer_go_and_others_wait_on(new_home: Home, files: list[Path], user_of) -> None:
    bring_in(new_home, files)
    owner = user_of("owner")
    with_anna = import_jobs.receive_files(new_home, [SimpleUploadedFile("orders.csv", ORDERS.encode("cp1251"))], actor=owner)
    without = import_jobs.receive_files(
        new_home,
        [SimpleUploadedFile("orders.csv", "Номер заказа;Дата заказа;ID клиента;Сумма\nD-1;01.03.2026;72;5\n".encode())],
        actor=owner,
    )
    assert forget_customer(new_home, "K-71", actor=owner).imports == 1
    assert [path.name for path in new_home.uploads.iterdir()] == [without.folder]
    gone = import_job(with_anna.pk)
    assert gone.state == "refused" and gone.error_code == "held_a_forgotten" and "K-71" not in str(gone.plan["files"][0]["columns"])
    assert import_job(without.pk).state == "waiting"


@pytest.mark.slow
def test_the_plan_of_an_ended_import_holds_no_cells(new_home: Home, files: list[Path]) -> None:
    import_jobs.run_here(new_home, plan_import(new_home, files), actor=None)
    from lakmus.operations.imports.models import ImportJob

    assert "anna@x.ru" not in str(ImportJob.objects.get().plan)


@pytest.mark.slow
def test_the_list_holds_no_identifier_and_needs_the_key_of_the_home(without_anna: Home, files: list[Path]) -> None:
    from lakmus.operations.imports.models import ForgottenKey

    digests = set(ForgottenKey.objects.values_list("digest", flat=True))
    digest = forgotten_people.digest_maker(without_anna)
    assert {digest(key) for key in ("K-71", "email:anna@x.ru", "phone:+79161234567", "order:A-1")} <= digests
    (without_anna.path / "keys" / "secret").write_text("s" * 64)
    (without_anna.path / "keys" / "secret").chmod(0o600)
    assert keys_in_order(without_anna)
    (without_anna.path / "keys" / "forgotten").unlink()
    assert not keys_in_order(without_anna)
    with pytest.raises(Damaged) as lost:
        bring_in(without_anna, files)
    assert lost.value.code == "forgotten_key_lost" and "K-71" not in everything(without_anna)
    forgotten_people.lift_forgetting(without_anna, "*", actor=None)
    assert bring_in(without_anna, files).files[0].accepted == 1 and forgotten_people.digest_maker(without_anna)("K-71") not in digests


@pytest.mark.slow
def test_an_administrator_lifts_it_and_the_next_import_takes_the_rows(without_anna: Home, files: list[Path], user_of) -> None:
    administrator = user_of("administrator")
    forgotten_people.lift_forgetting(without_anna, "+7 (916) 123-45-67", actor=administrator)
    assert JournalEntry.objects.filter(verb="lifted_forgotten", actor=administrator).count() == 1
    assert bring_in(without_anna, files).files[0].accepted == 1 and "anna" in everything(without_anna)
    with pytest.raises(NotFound):
        forgotten_people.lift_forgetting(without_anna, "K-71", actor=administrator)


@pytest.mark.slow
def test_who_was_forgotten_while_an_import_ran_is_erased_when_it_ends(new_home: Home, files: list[Path], monkeypatch) -> None:
    bring_in(new_home, files)
    asked = forgotten_people.people_left_out

    def forget_right_after(home: Home) -> object:
        # The import has looked at the list; the person is forgotten before it writes.
        seen = asked(home)
        monkeypatch.setattr("lakmus.usecases.imports.import_files.people_left_out", asked)
        forget_customer(home, "K-71", actor=None)
        return seen

    monkeypatch.setattr("lakmus.usecases.imports.import_files.people_left_out", forget_right_after)
    import_jobs.run_here(new_home, plan_import(new_home, files), actor=None)
    assert "K-71" not in everything(new_home)


@pytest.mark.slow
def test_nobody_is_forgotten_twice_and_a_stranger_is_not_put_on_the_list(without_anna: Home) -> None:
    with pytest.raises(NotFound) as before:
        forget_customer(without_anna, "K-71", actor=None)
    assert before.value.code == "customer_forgotten_before"
    with pytest.raises(NotFound) as never:
        forget_customer(without_anna, "nobody", actor=None)
    assert never.value.code == "customer_unknown" and forgotten_people.forgotten_count() == 1
