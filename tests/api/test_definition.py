"""What "lost" means, for programs: read by whoever reads, decided by owner and analyst with a token for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_a_program_looks_ahead_decides_and_goes_back(program: Any, shop: Path) -> None:
    card = program("get", "/api/definition", language="en").json()
    assert (card["definition"]["version"], card["versions"][0]["number"]) == ("loss-1", 0)
    told = program("post", "/api/definition/preview", {"least_purchases": 5}).json()
    assert told["before"]["counted"] == card["definition"]["eligible_count"]
    assert program("post", "/api/definition", {"basis": "contract", "note": "probe"}, scopes=["read"]).status_code == 403
    assert program("post", "/api/definition", {"basis": "contract"}, role="marketer", scopes=["decide"]).status_code == 403
    said = program("post", "/api/definition", {"basis": "contract", "note": "probe"}, role="analyst", scopes=["decide"])
    assert (said.status_code, said.json()["terms"]["version"]) == (200, 1)
    now = program("get", "/api/definition").json()
    assert (now["definition"]["version"], now["definition"]["basis"]) == ("loss-1.1", "contract")
    assert program("post", "/api/definition/take-up?number=0", scopes=["decide"]).json()["terms"]["version"] == 0
    assert program("get", "/api/verdict").json()["definition"]["version"] == "loss-1"


def test_terms_that_cannot_be_are_refused(program: Any, shop: Path) -> None:
    assert program("post", "/api/definition/preview", {"horizon_days": 1}).status_code == 422
    assert program("post", "/api/definition/take-up?number=7", scopes=["decide"]).status_code == 404
