"""Planted errors of machines, of the till and of the telephone can be found from the files, exactly."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.simulate.conftest import Company
from tests.simulate.recount_facts import DETECTORS, key_of


@pytest.mark.slow
@pytest.mark.parametrize("code", DETECTORS)
@pytest.mark.parametrize("name", ["default", "slow_desk", "quiet"])
def test_every_planted_error_is_found_from_the_files_and_nothing_else(request: pytest.FixtureRequest, name: str, code: str) -> None:
    company: Company = request.getfixturevalue(name)
    end = datetime.fromisoformat(company.truth["end"]).replace(tzinfo=None)
    truth = {key_of(error) for error in company.truth["errors"] if error["code"] == code}
    assert len(truth) > 10 or name != "default"
    assert DETECTORS[code](company.files, end) == truth


def test_every_contradiction_of_an_automatic_message_is_planted(default: Company) -> None:
    found = {error["finding"] for error in default.truth["errors"] if error["code"] == "automatic_message_error"}
    assert found == {"placeholder", "wrong_sum", "wrong_date", "wrong_number", "wrong_name", "duplicate", "at_night"}
