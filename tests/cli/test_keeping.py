"""Backup, restore, forget, doctor: what was kept comes back, what was erased is gone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import run_lakmus

pytestmark = pytest.mark.slow


@pytest.fixture
def copy(shop: Path, tmp_path: Path) -> Path:
    """Return a folder with a home of this test alone."""
    shutil.copytree(shop / "lakmus-home", tmp_path / "lakmus-home")
    return tmp_path


def verdict(folder: Path, home: str = "lakmus-home") -> dict[str, object]:
    return json.loads(run_lakmus("verdict", "--format", "json", "--home", home, folder=folder).stdout)


def test_a_restored_home_gives_the_same_verdict_and_is_not_written_over(copy: Path) -> None:
    assert run_lakmus("backup", "b.zip", folder=copy).returncode == 0
    assert run_lakmus("restore", "b.zip", "--home", "again", folder=copy).returncode == 0
    assert verdict(copy, "again") == verdict(copy)
    assert run_lakmus("restore", "b.zip", "--home", "again", folder=copy).returncode == 1
    assert run_lakmus("backup", "b.zip", folder=copy).returncode == 1


def test_a_file_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_bytes(b"PK nonsense")
    done = run_lakmus("restore", "b.zip", "--home", "again", folder=tmp_path)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "again").exists()


def test_a_forgotten_customer_is_gone_from_every_file_and_answer(copy: Path) -> None:
    before = verdict(copy)
    person = before["people"][0]  # type: ignore[index]
    done = run_lakmus("forget", person["customer"], "--yes", "--format", "json", folder=copy)
    assert json.loads(done.stdout)["activities"] > 0
    after = verdict(copy)
    assert after["customers"]["known"] == before["customers"]["known"] - 1  # type: ignore[index]
    key, name = person["customer"].encode(), person["name"].encode()
    holding = [path for path in (copy / "lakmus-home").rglob("*") if path.is_file() and {key, name} & set(_found(path, key, name))]
    assert holding == []
    assert run_lakmus("forget", person["customer"], "--yes", folder=copy).returncode == 1
    assert run_lakmus("risk", "--customer", person["customer"], folder=copy).returncode == 1


def _found(path: Path, *sought: bytes) -> list[bytes]:
    """Return what stands in a file as plain bytes, or in a Parquet file as a value of a customer's column."""
    if path.suffix != ".parquet":
        held = path.read_bytes()
        return [word for word in sought if word in held]
    import pyarrow.parquet as pq

    names = set(pq.read_schema(path).names) & {"customer", "_name", "name"}
    held = pq.read_table(path, columns=sorted(names))
    values = {str(value).encode() for column in held.columns for value in column.unique().to_pylist()}
    return [word for word in sought if word in values]


def test_the_doctor_finds_what_is_not_in_order(copy: Path) -> None:
    run_lakmus("user", "add", "anna", "--role", "owner", folder=copy)
    assert run_lakmus("doctor", "--deep", folder=copy).returncode == 0
    (copy / "lakmus-home/keys/secret").chmod(0o644)
    done = run_lakmus("doctor", "--format", "json", folder=copy)
    found = {finding["code"]: finding["ok"] for finding in json.loads(done.stdout)["findings"]}
    assert (done.returncode, found["keys"], found["stream"]) == (1, False, True)
