"""The secret key of an installation."""

from __future__ import annotations

import stat
from multiprocessing import get_context
from pathlib import Path

from lakmus.usecases.house.home_keys import secret_key


def test_the_key_is_made_once_for_its_owners_eyes_only(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "secret"
    first = secret_key(path)
    assert len(first) >= 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert secret_key(path) == first
    assert [one.name for one in path.parent.iterdir()] == ["secret"]


def test_two_homes_have_two_keys(tmp_path: Path) -> None:
    assert secret_key(tmp_path / "a" / "secret") != secret_key(tmp_path / "b" / "secret")


def test_processes_that_start_together_end_up_with_one_key(tmp_path: Path) -> None:
    with get_context("fork").Pool(4) as pool:
        keys = pool.map(secret_key, [tmp_path / "keys" / "secret"] * 16, chunksize=1)
    assert len(set(keys)) == 1


def test_the_running_site_uses_the_key_of_its_home(settings: object) -> None:
    path = settings.LAKMUS_HOME / "keys" / "secret"
    assert path.read_text() == settings.SECRET_KEY
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
