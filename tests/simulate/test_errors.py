"""The planted errors can be found from the files, exactly."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.simulate.conftest import Company
from tests.simulate.recount import DETECTORS, Found

ELSEWHERE = ("promise_late", "promise_broken", "survey")
"""Findings of these codes that other tests recount."""


def planted(company: Company, code: str) -> Found:
    by_order = code in ("broken_promise", "no_aftersales")
    return {
        (code, error["order"] if by_order else error["case"] or error["review"])
        for error in company.truth["errors"]
        if error["code"] == code and error["finding"] not in ELSEWHERE
    }


@pytest.mark.slow
@pytest.mark.parametrize("code", DETECTORS)
@pytest.mark.parametrize("name", ["default", "slow_desk"])
@pytest.mark.parametrize("back", [timedelta(minutes=1), timedelta(days=1)])
def test_every_planted_error_is_found_from_the_files_and_nothing_else(
    request: pytest.FixtureRequest, name: str, code: str, back: timedelta
) -> None:
    company: Company = request.getfixturevalue(name)
    end = datetime.fromisoformat(company.truth["end"]).replace(tzinfo=None) - back
    truth = planted(company, code)
    assert len(truth) > 10
    assert DETECTORS[code](company.files, end) == truth


@pytest.mark.parametrize("code", DETECTORS)
def test_the_quiet_company_has_nothing_to_find(quiet: Company, code: str) -> None:
    end = datetime.fromisoformat(quiet.truth["end"]).replace(tzinfo=None)
    assert DETECTORS[code](quiet.files, end) == set()
    assert quiet.truth["errors"] == []
    assert quiet.summary.errors[code] == 0


def test_an_error_stands_once_per_order_case_or_review(slow_desk: Company) -> None:
    keys = [
        (error["code"], error["finding"], error["review"] or error["case"] or error["order"] or (error["customer"], error["at"]))
        for error in slow_desk.truth["errors"]
    ]
    assert len(keys) == len(set(keys))


def test_moments_of_errors_follow_the_definitions(default: Company) -> None:
    sent = {row["ID отзыва"]: row["Дата"] for row in default.files["reviews"]}
    promised = {row["Номер заказа"]: row["Обещанная дата доставки"] for row in default.files["deliveries"]}
    for error in default.truth["errors"]:
        at = datetime.fromisoformat(error["at"]).replace(tzinfo=None)
        if error["finding"] == "delivery":
            assert f"{at:%d.%m.%Y %H:%M:%S}" == f"{promised[error['order']]} 23:59:59"
        if error["review"]:
            assert f"{at - timedelta(hours=72):%d.%m.%Y %H:%M}" == sent[error["review"]]


def test_a_review_that_names_nobody_is_marked_as_not_linked(default: Company) -> None:
    names = {row["ID отзыва"]: bool(row["ID клиента"] or row["Номер заказа"]) for row in default.files["reviews"]}
    of_reviews = [error for error in default.truth["errors"] if error["review"]]
    assert {error["linked"] for error in of_reviews} == {True, False}
    assert all(error["linked"] == names[error["review"]] for error in of_reviews)
