"""Wrong things sent, offers against history, failed checkouts and comments left alone can be found from the files, exactly."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.simulate.conftest import Company
from tests.simulate.recount_deeds import DETECTORS, key_of


@pytest.mark.slow
@pytest.mark.parametrize("code", DETECTORS)
@pytest.mark.parametrize("name", ["default", "slow_desk", "quiet"])
def test_every_planted_error_is_found_from_the_files_and_nothing_else(request: pytest.FixtureRequest, name: str, code: str) -> None:
    company: Company = request.getfixturevalue(name)
    end = datetime.fromisoformat(company.truth["end"]).replace(tzinfo=None)
    planted = [error for error in company.truth["errors"] if error["code"] == code]
    truth = {key_of(error) for error in planted if code != "no_reply" or error["finding"] == "survey"}
    assert truth or name != "default"
    assert DETECTORS[code](company.files, end) == truth
