"""Which database holds the state, and how it is opened."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from lakmus.config.database import database_settings

ROOT = Path(__file__).resolve().parents[2]


def test_without_an_address_the_state_lies_in_the_home(tmp_path: Path) -> None:
    chosen = database_settings(tmp_path, "")
    assert chosen["ENGINE"].endswith("sqlite3")
    assert chosen["NAME"] == tmp_path / "lakmus.sqlite3"


def test_an_address_is_read_with_its_escapes(tmp_path: Path) -> None:
    chosen = database_settings(tmp_path, "postgres://anna:p%40ss%2Fword@db.local:5433/lakmus?sslmode=require")
    assert (chosen["USER"], chosen["PASSWORD"], chosen["HOST"], chosen["PORT"], chosen["NAME"]) == (
        "anna", "p@ss/word", "db.local", "5433", "lakmus",
    )  # fmt: skip
    assert chosen["OPTIONS"] == {"sslmode": "require"}


def test_a_socket_folder_is_read_from_the_query(tmp_path: Path) -> None:
    chosen = database_settings(tmp_path, "postgresql://postgres:@/postgres?host=/tmp/data")
    assert (chosen["HOST"], chosen["OPTIONS"]) == ("/tmp/data", {})


@pytest.mark.parametrize("url", ["mysql://localhost/x", "lakmus", "postgres://localhost", "postgres://localhost/"])
def test_another_kind_of_address_is_refused_in_words(tmp_path: Path, url: str) -> None:
    with pytest.raises(ValueError, match="DATABASE_URL must"):
        database_settings(tmp_path, url)


@pytest.mark.django_db
def test_sqlite_is_durable_patient_and_lets_readers_go_on() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("this run is about PostgreSQL")
    said = {}
    with connection.cursor() as cursor:
        for pragma in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys"):
            cursor.execute(f"PRAGMA {pragma}")
            said[pragma] = cursor.fetchone()[0]
    assert said == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 20000, "foreign_keys": 1}
    assert connection.transaction_mode == "IMMEDIATE"


@pytest.mark.django_db
def test_the_models_need_no_further_migration() -> None:
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.slow
def test_a_fresh_home_is_migrated_by_one_command(tmp_path: Path) -> None:
    home = tmp_path / "h"
    environment = {**os.environ, "LAKMUS_HOME": str(home), "DATABASE_URL": ""}
    done = subprocess.run([sys.executable, "manage.py", "migrate"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (home / "lakmus.sqlite3").exists()
    assert (home / "keys" / "secret").exists()
    assert oct(home.stat().st_mode)[-3:] == "700"
