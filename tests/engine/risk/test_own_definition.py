"""A company that decides itself what "lost" means: its horizon, its basis, whom it counts, segments with a horizon of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pyarrow as pa
import pytest

from lakmus.engine.pipeline import Analysis
from lakmus.engine.risk.state_history import states_over
from lakmus.history.company import LossTerms
from tests.engine.histories import COMPANY, History, moment
from tests.engine.running import run

Analysed = Callable[[LossTerms], Analysis]
END = moment("2026-03-01 12:00")
TVER = LossTerms(version=2, horizon_days=60, horizon_by="place", horizons={"Tver": 40})


@pytest.fixture(scope="module")
def table() -> pa.Table:
    """An order every tenth day; c00 to c09 stopped 100 days ago (c00 after three), c10 to c19 of Tver 50 days ago; c20 ended a contract."""
    history = History()
    for number in range(60):
        history.customer(f"c{number:02}")
        silent, place = (100, "Omsk") if number < 10 else (50, "Tver") if number < 20 else (3, "Omsk")
        for back in range(12 if number else 3):
            history.order(f"{number}-{back}", END - timedelta(days=silent + 10 * back), place=place)
    return history.customer("c20").fact("ended_contract", END - timedelta(days=2)).table()


@pytest.fixture(scope="module")
def analysed(table: pa.Table) -> Analysed:
    """Analyse the company under terms of its own; under the same terms once."""
    known: dict[str, Analysis] = {}

    def under(terms: LossTerms) -> Analysis:
        if repr(terms) not in known:
            known[repr(terms)] = run(table, as_of=END, company=replace(COMPANY, loss=terms))
        return known[repr(terms)]

    return under


@pytest.mark.slow
def test_the_data_choose_until_the_company_does(analysed: Analysed) -> None:
    by_data, own = analysed(LossTerms()).verdict.definition, analysed(LossTerms(version=1, horizon_days=60)).verdict.definition
    assert (by_data.version, by_data.chosen_by, by_data.horizon_days, by_data.found_days) == ("loss-1", "data", 14, 14)
    assert (own.version, own.chosen_by, own.horizon_days, own.found_days) == ("loss-1.1", "company", 60, 14)
    assert "60" in own.text.ru and "60" in own.text.en


def test_a_longer_horizon_loses_fewer_and_a_segment_may_have_its_own(analysed: Analysed) -> None:
    assert analysed(LossTerms()).verdict.customers.lost == 21
    assert analysed(LossTerms(version=1, horizon_days=60)).verdict.customers.lost == 11
    assert analysed(TVER).verdict.customers.lost == 21


def test_who_bought_on_too_few_days_is_left_out_and_counted_as_such(analysed: Analysed) -> None:
    verdict = analysed(LossTerms(version=1, horizon_days=60, least_purchases=4)).verdict
    assert (verdict.customers.eligible, verdict.customers.lost) == (59, 10)
    assert {left.code: left.count for left in verdict.definition.excluded}["few_purchases"] == 1


@pytest.mark.slow
def test_silence_or_the_contract_may_count_alone(analysed: Analysed) -> None:
    silence = analysed(LossTerms(version=1, basis="purchases", horizon_days=60)).verdict
    contract = analysed(LossTerms(version=1, basis="contract")).verdict
    assert (silence.customers.lost, silence.definition.basis) == (10, "purchases")
    assert (contract.customers.lost, contract.customers.eligible, contract.definition.horizon_days) == (1, 1, None)
    assert {left.code: left.count for left in contract.definition.excluded}["no_contract"] == 59


def test_the_history_of_states_keeps_to_the_same_definition(table: pa.Table, analysed: Analysed) -> None:
    analysis = analysed(TVER)
    assert analysis.learned.rhythm is not None
    then = states_over(table, rhythm=analysis.learned.rhythm, horizon_days=60, time_zone=COMPANY.time_zone, dates=[END], loss=TVER)
    now = analysis.tables["customers"]
    assert dict(zip(*(then[name].to_pylist() for name in ("customer", "state")), strict=True)) == dict(
        zip(*(now[name].to_pylist() for name in ("customer", "state")), strict=True)
    )


def test_a_regular_who_is_not_lost_is_told_when_they_will_be_if_they_buy_nothing(analysed: Analysed) -> None:
    rows = analysed(TVER).tables["customers"].select(["customer", "loss_due_at"]).to_pylist()
    due = {row["customer"]: row["loss_due_at"] for row in rows}
    assert due["c30"] == END + timedelta(days=60 - 3)
    assert (due["c00"], due["c15"], due["c20"]) == (
        None,
        None,
        None,
    )  # silent for 100 of 60 days, for 50 of 40 in Tver; an ended contract
