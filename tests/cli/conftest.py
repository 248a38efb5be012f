"""A small shop, imported once, and a way to run the program as a person does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.once import made_once

Lakmus = Callable[..., subprocess.CompletedProcess[str]]
FOREIGN = ("PYTEST_CURRENT_TEST", "DATABASE_URL", "LAKMUS_HOME", "DJANGO_SETTINGS_MODULE")


def surroundings() -> dict[str, str]:
    """Return the environment without what belongs to the test's own process."""
    return {name: held for name, held in os.environ.items() if name not in FOREIGN and not name.startswith("LC_")}


def run_lakmus(
    *words: object, folder: Path, language: str = "en_GB.UTF-8", stdin: str | None = None, database: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run `lakmus …` in a folder, without a terminal, on the home's own database or on that of an address."""
    chosen = {"DATABASE_URL": database} if database else {}
    return subprocess.run(
        [sys.executable, "-m", "lakmus", *map(str, words)],
        cwd=folder,
        env=surroundings() | {"LANG": language} | chosen,
        input=stdin or "",
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


@pytest.fixture
def lakmus(tmp_path: Path) -> Lakmus:
    """Run the program in an empty folder of this test."""

    def run(*words: object, **settings: str) -> subprocess.CompletedProcess[str]:
        return run_lakmus(*words, folder=tmp_path, **settings)

    return run


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the files of a small simulated shop in `files`, imported into `lakmus-home`."""

    def make(folder: Path) -> None:
        made = run_lakmus("simulate", "files", "--customers", 600, "--months", 24, "--seed", 5, folder=folder)
        assert made.returncode == 0, made.stderr
        done = run_lakmus("import", *sorted((folder / "files").glob("*.csv")), "--yes", folder=folder)
        assert done.returncode == 0, done.stderr

    return made_once(tmp_path_factory, "cli-shop", make)
