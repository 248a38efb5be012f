"""A company without orders: contracts, payments and cases say who is lost, because of what, and at what cost."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import numpy as np
import pytest

from lakmus.engine.pipeline import Analysis
from lakmus.history.estimate import Estimate
from tests.engine.histories import History, moment
from tests.engine.test_thin_data import seen

pytestmark = pytest.mark.slow
CUSTOMERS, DRIVEN, OTHERWISE = 600, 0.5, 0.05


@cache
def telecom() -> Analysis:
    """Everybody pays 500 a month and asks once; half of the questions are left unsolved, which drives away half of whom it meets."""
    chance, history = np.random.default_rng(8), History()
    for number in range(CUSTOMERS):
        history.customer(f"t{number}")
        begins = moment("2024-01-10") + timedelta(days=number % 28)
        asked = begins + timedelta(days=int(chance.integers(100, 380)))
        unsolved = number % 2 == 0
        history.fact("started_contract", begins)
        history.case(f"C{number}", asked, text="не работает интернет")
        history.fact("case_resolved", asked + timedelta(hours=5), case=f"C{number}")
        if unsolved:
            history.fact("case_reopened", asked + timedelta(days=2), case=f"C{number}")
        leaves = chance.random() < (DRIVEN if unsolved else OTHERWISE)
        ends = asked + timedelta(days=20) if leaves else moment("2025-06-01")
        for month in range(18):
            if (paid := begins + timedelta(days=30 * month)) < ends:
                history.fact("paid_invoice", paid, amount=500.0)
        if leaves:
            history.fact("ended_contract", ends)
    return seen(history)


def test_the_effect_of_an_error_is_found_by_who_ends_the_contract() -> None:
    error = next(one for one in telecom().verdict.errors if one.code == "unresolved_problem")
    effect = error.effect
    assert isinstance(effect, Estimate) and effect.low <= DRIVEN - OTHERWISE <= effect.high and effect.high - effect.low < 0.2
    assert isinstance(error.difference, Estimate) and isinstance(error.money, Estimate)


def test_a_contract_is_worth_a_years_payments_in_margin() -> None:
    customers = telecom().tables["customers"].to_pylist()
    assert {row["value_at_risk"] or row["lost_value"] for row in customers} == {round(500 * 365 / 30 * 0.3, 2)}


def test_losses_money_and_people_are_told_without_a_single_order() -> None:
    verdict = telecom().verdict
    assert verdict.definition.basis == "contract" and verdict.customers.lost and isinstance(verdict.loss, Estimate)
    assert verdict.loss.point == pytest.approx(verdict.customers.lost * 1825, rel=1e-6)
    assert sum(row.money.point for row in verdict.ledger_year if row.code) > 0 and verdict.value_at_risk


def test_the_check_on_the_past_is_that_of_contracts() -> None:
    judged = telecom().verdict.backtest
    assert judged.shortage is None and judged.used in ("survival", "share") and "договор" in judged.words.ru
