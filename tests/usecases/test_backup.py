"""A backup holds everything of one moment; restoring checks each byte and overwrites nothing."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection

from lakmus.history.failures import BadInput
from lakmus.operations.accounts.models import User
from lakmus.operations.company.changes import set_terms
from lakmus.operations.company.queries import company_terms
from lakmus.operations.imports.changes import open_import
from lakmus.operations.journal.models import JournalEntry
from lakmus.usecases.house import database_copy
from lakmus.usecases.house.backup import DATABASE, MANIFEST, ROWS, make_backup, restore_backup, restore_database
from lakmus.usecases.house.home import Home
from lakmus.usecases.house.keep_house import give_token
from lakmus.usecases.imports.push_activities import push_activities
from tests.conftest import PASSWORD

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def kept(new_home: Home) -> Home:
    """Return a home with a few orders, a key, a database and a rejected row."""
    rows = [
        {"kind": "placed_order", "ts": f"2026-03-0{n}T00:00:00+00:00", "order": f"A{n}", "customer": "c", "amount": n} for n in (1, 2, 3)
    ]
    push_activities(new_home, rows, actor=None, now=NOW)
    (new_home.path / "keys").mkdir()
    (new_home.path / "keys" / "secret").write_text("s" * 64)
    (new_home.rejected / "rows.csv").write_text("строка")
    with closing(sqlite3.connect(new_home.path / DATABASE)) as database:
        database.execute("CREATE TABLE seen (n)")
        database.execute("INSERT INTO seen VALUES (42)")
        database.commit()
    return new_home


def test_a_restored_home_holds_what_the_first_held(kept: Home, tmp_path: Path) -> None:
    archive = make_backup(kept, tmp_path / "copy.zip")
    restored = Home(restore_backup(archive, tmp_path / "second"))
    as_of = datetime(2026, 12, 1, tzinfo=UTC)
    assert restored.stream().history_of("c", as_of=as_of).equals(kept.stream().history_of("c", as_of=as_of))
    assert (restored.path / "keys" / "secret").read_text() == "s" * 64
    assert (restored.rejected / "rows.csv").read_text() == "строка"
    with closing(sqlite3.connect(restored.path / DATABASE)) as database:
        assert database.execute("SELECT n FROM seen").fetchall() == [(42,)]


def emptied() -> None:
    """Empty our tables, as a new installation has them."""
    with connection.cursor() as cursor:
        for model in reversed(database_copy._our_models()):
            cursor.execute(f'DELETE FROM "{model._meta.db_table}"')


def test_the_rows_of_the_database_come_back_in_an_empty_one_and_only_there(kept: Home, tmp_path: Path, user_of) -> None:
    anna, owner = user_of("analyst", "anna"), user_of("owner")
    set_terms(actor=owner, name="Чай и кофе", margin_share=0.4)
    give_token(user=anna, name="отчёт", scopes=["read"])
    open_import(file_names=["заказы.csv"], actor=anna)
    written = database_copy.write_database(tmp_path / "before.jsonl")
    archive = make_backup(kept, tmp_path / "copy.zip")
    with pytest.raises(BadInput) as full:
        database_copy.read_database(tmp_path / "before.jsonl")
    assert full.value.code == "database_not_empty"
    emptied()
    restored = Home(restore_backup(archive, tmp_path / "second"))
    # One more than before: the journal says that a copy was made.
    assert restore_database(restored) == written + 1 and not (restored.path / ROWS).exists()
    assert company_terms().name == "Чай и кофе" and User.objects.get(username="anna").check_password(PASSWORD)
    assert user_of("agent").pk > anna.pk and open_import(file_names=[], actor=anna).created_by == anna
    assert JournalEntry.objects.filter(verb="made_backup").count() == 1


def test_rows_of_another_version_restore_nothing(new_home: Home) -> None:
    line = {"model": "accounts.user", "pk": 1, "fields": {"username": "anna", "unheard_of": 1}}
    (new_home.path / ROWS).write_text(json.dumps(line) + "\n", encoding="utf-8")
    with pytest.raises(BadInput) as unfit:
        restore_database(new_home)
    assert unfit.value.code == "database_copy_unfit" and not new_home.path.exists() and not User.objects.exists()


def test_the_copy_and_what_is_made_of_it_can_be_read_by_the_owner_alone(kept: Home, tmp_path: Path) -> None:
    archive = make_backup(kept, tmp_path / "copy.zip")
    restored = restore_backup(archive, tmp_path / "second")
    assert archive.stat().st_mode & 0o077 == 0
    assert (restored / "keys" / "secret").stat().st_mode & 0o077 == 0


def test_an_archive_or_a_home_that_exists_is_not_overwritten(kept: Home, tmp_path: Path) -> None:
    archive = make_backup(kept, tmp_path / "copy.zip")
    before = archive.read_bytes()
    with pytest.raises(BadInput) as again:
        make_backup(kept, archive)
    with pytest.raises(BadInput) as over:
        restore_backup(archive, kept.path)
    assert (again.value.code, over.value.code) == ("backup_exists", "home_exists")
    assert archive.read_bytes() == before and kept.stream().count == 3


def test_a_changed_byte_is_noticed_and_nothing_is_left_behind(kept: Home, tmp_path: Path) -> None:
    archive = make_backup(kept, tmp_path / "copy.zip")
    with zipfile.ZipFile(archive) as good, zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad:
        for name in good.namelist():
            bad.writestr(name, b"x" + good.read(name)[1:] if name.endswith(".parquet") else good.read(name))
    with pytest.raises(BadInput) as damage:
        restore_backup(tmp_path / "bad.zip", tmp_path / "second")
    assert damage.value.code == "backup_damaged"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.zip", "copy.zip", "home"]


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "elsewhere/file", "keys/../../outside"])
def test_an_archive_that_reaches_outside_the_home_is_refused(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr(name, b"x")
        archive.writestr(MANIFEST, json.dumps({"format": 1, "files": {name: {"size": 1, "sha256": "0"}}}))
    with pytest.raises(BadInput) as refusal:
        restore_backup(tmp_path / "evil.zip", tmp_path / "second")
    assert refusal.value.code == "not_a_backup"
    assert [path.name for path in tmp_path.iterdir()] == ["evil.zip"]


@pytest.mark.parametrize(("content", "code"), [(None, "no_backup"), (b"", "not_a_backup"), (b"PK\x03\x04 no archive", "not_a_backup")])
def test_what_is_no_backup_is_said_so(tmp_path: Path, content: bytes | None, code: str) -> None:
    if content is not None:
        (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(BadInput) as refusal:
        restore_backup(tmp_path / "x.zip", tmp_path / "second")
    assert refusal.value.code == code
