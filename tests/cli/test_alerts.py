"""`lakmus alerts`: to whom they go, a test, the rule; letters into a folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import run_lakmus

pytestmark = pytest.mark.slow


@pytest.fixture
def copy(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a home of this test alone, its letters going into a folder beside."""
    shutil.copytree(shop / "lakmus-home", tmp_path / "lakmus-home")
    monkeypatch.setenv("LAKMUS_MAIL", f"file://{tmp_path / 'letters'}?from=lakmus@example.org")
    return tmp_path


def test_a_test_letter_goes_out_and_an_inner_address_is_refused(copy: Path) -> None:
    assert run_lakmus("alerts", "test", "mail", folder=copy).returncode == 1
    kept = run_lakmus("alerts", "deliver-to", "--mail", "a@example.org, b@example.org", "--format", "json", folder=copy)
    assert json.loads(kept.stdout)["mail"] == ["a@example.org", "b@example.org"]
    assert run_lakmus("alerts", "test", "mail", folder=copy).returncode == 0
    letters = [path.read_text(encoding="utf-8") for path in (copy / "letters").iterdir()]
    assert sorted(line for text in letters for line in text.splitlines() if line.startswith("To:")) == [
        "To: a@example.org",
        "To: b@example.org",
    ]
    refused = run_lakmus("alerts", "deliver-to", "--webhook", "https://169.254.169.254/latest", folder=copy)
    assert refused.returncode == 1 and "inner network" in refused.stderr
    shown = json.loads(run_lakmus("alerts", "deliver-to", "--format", "json", folder=copy).stdout)
    assert shown["webhook"] is None and shown["secret"] is None


def test_a_rule_is_tried_without_a_change_and_taken_when_asked(copy: Path) -> None:
    tried = run_lakmus("alerts", "rule", "--least-change", "35", "--groups", "place", "--format", "json", folder=copy)
    told = json.loads(tried.stdout)
    assert (told["rule"]["least_change"], told["groups"], told["taken"]) == (0.35, ["place"], False)
    standing = json.loads(run_lakmus("alerts", "rule", "--format", "json", folder=copy).stdout)
    assert standing["rule"]["least_change"] == 0.2 and standing["would_be"] == standing["in_force"]
    assert run_lakmus("alerts", "rule", "--least-change", "35", "--yes", folder=copy).returncode == 0
    assert json.loads(run_lakmus("alerts", "rule", "--format", "json", folder=copy).stdout)["rule"]["least_change"] == 0.35
    assert run_lakmus("alerts", "rule", "--least-change", "350", "--yes", folder=copy).returncode == 1


def test_looking_tells_what_is_new_once(copy: Path) -> None:
    first, second = (json.loads(run_lakmus("alerts", "look", "--format", "json", folder=copy).stdout) for _ in range(2))
    assert second["told"] == 0 and first["failed"] == second["failed"] == 0
