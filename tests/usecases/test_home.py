"""A home of a company: what a new one holds."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OPEN = "import sys, django; django.setup(); from lakmus.usecases.house.home import open_home; open_home(sys.argv[1])"


def database_of(home: Path, *arguments: str) -> Path:
    """Run Python on a home and return its database."""
    environment = {**os.environ, "LAKMUS_HOME": str(home), "DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": "lakmus.config.settings"}
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, check=True, capture_output=True)
    return home / "lakmus.sqlite3"


def form_of(database: Path) -> dict[str, object]:
    """Return columns, indexes and references of every table, and the rows of those that migrations fill."""
    with sqlite3.connect(database) as connection:

        def rows(query: str, *chosen: int) -> list[tuple[object, ...]]:
            return sorted((tuple(row[place] for place in chosen) for row in connection.execute(query)), key=repr)

        form: dict[str, object] = {}
        for (table,) in connection.execute("select name from sqlite_master where type = 'table'").fetchall():
            indexes = connection.execute(f'pragma index_list("{table}")').fetchall()
            form[table] = (
                rows(f'pragma table_info("{table}")', 1, 2, 3, 4, 5),
                sorted((index[2], rows(f'pragma index_info("{index[1]}")', 2)) for index in indexes),
                rows(f'pragma foreign_key_list("{table}")', 2, 3, 4),
            )
        form["applied"] = rows("select app, name from django_migrations", 0, 1)
        form["permissions"] = rows("select codename from auth_permission", 0)
        return form


@pytest.mark.slow
def test_a_new_home_has_the_very_tables_that_the_migrations_make(tmp_path: Path) -> None:
    laid_out = form_of(database_of(tmp_path / "new", "-c", OPEN, str(tmp_path / "new")))
    assert laid_out == form_of(database_of(tmp_path / "migrated", "manage.py", "migrate"))


@pytest.mark.slow
def test_a_home_that_two_programs_open_at_once_is_whole(tmp_path: Path) -> None:
    environment = {**os.environ, "LAKMUS_HOME": str(tmp_path / "h"), "DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": "lakmus.config.settings"}
    command = [sys.executable, "-c", OPEN, str(tmp_path / "h")]
    programs = [subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE) for _ in range(3)]
    ended = [(program.communicate(timeout=60)[1], program.returncode) for program in programs]
    assert [code for _, code in ended] == [0, 0, 0], ended
    assert len(form_of(tmp_path / "h" / "lakmus.sqlite3")["applied"]) > 40  # type: ignore[arg-type]
