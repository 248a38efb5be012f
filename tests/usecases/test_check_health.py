"""The doctor finds what is wrong and says what to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from lakmus.operations.imports.models import ImportJob, State
from lakmus.usecases.house.check_health import CHECKS, HealthFinding, check_health
from lakmus.usecases.house.home import Home
from lakmus.usecases.imports.push_activities import push_activities


@pytest.fixture
def well(new_home: Home, user_of) -> Home:
    """Return a home in which everything is in order."""
    order = {"kind": "placed_order", "ts": "2026-03-01T00:00:00+00:00", "order": "A", "customer": "c", "amount": 1}
    push_activities(new_home, [order], actor=None, now=datetime(2026, 11, 22, tzinfo=UTC))
    (new_home.path / "keys").mkdir()
    (new_home.path / "keys" / "secret").write_text("s")
    (new_home.path / "keys" / "secret").chmod(0o600)
    user_of("owner")
    return new_home


def wrong(findings: list[HealthFinding]) -> dict[str, str]:
    return {finding.code: finding.words.ru for finding in findings if not finding.ok}


def test_a_home_in_order_has_nothing_to_say_against(well: Home) -> None:
    findings = check_health(well, deep=True)
    assert wrong(findings) == {}
    assert {finding.code for finding in findings} == {*CHECKS, "activities_once"}
    assert all(finding.words.ru and finding.words.en for finding in findings)


def test_a_key_that_others_can_read_is_named_with_the_remedy(well: Home) -> None:
    (well.path / "keys" / "secret").chmod(0o644)
    assert "chmod 600" in wrong(check_health(well))["keys"]


def test_a_lost_file_of_the_stream_is_found(well: Home) -> None:
    Path(well.stream().files()[-1]).unlink()
    assert list(wrong(check_health(well))) == ["stream"]


def test_an_import_whose_worker_died_is_found(well: Home) -> None:
    ImportJob.objects.create(state=State.RUNNING, heartbeat_at=timezone.now() - timedelta(hours=1))
    assert "lakmus worker" in wrong(check_health(well))["imports"]


def test_one_failing_look_does_not_hide_the_others(well: Home) -> None:
    (well.path / "stream" / "stream.json").write_text("{")
    found = wrong(check_health(well))
    assert "stream" in found and "keys" not in found
