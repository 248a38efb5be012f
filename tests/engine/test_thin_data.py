"""Bad and thin data: what cannot be said is said plainly, with what is needed; nothing is guessed."""

from __future__ import annotations

import random
from datetime import timedelta

import polars as pl
import pytest

from lakmus.engine.pipeline import Analysis
from lakmus.history.estimate import Estimate, NotEnoughEvidence
from tests.engine.companies import END
from tests.engine.histories import History
from tests.engine.running import run


def buyers(customers: int, days: float, gap: float = 30, amount: float = 100.0) -> History:
    """Customers who buy without a rhythm, about every `gap` days, in files that cover so many days."""
    rng, history = random.Random(1), History()
    for number in range(customers):
        history.customer(f"c{number:03}")
        at = END - timedelta(days=days) + timedelta(days=rng.random() * min(gap, days))
        while at < END:
            history.order(f"{number}-{len(history.rows)}", at, amount)
            at += timedelta(days=rng.expovariate(1 / gap) + 0.5)
    return history


def seen(history: History) -> Analysis:
    return run(history.table(), as_of=END)


def missing(analysis: Analysis) -> dict[str, str]:
    return {gap.code: gap.title.en for gap in analysis.verdict.coverage.not_measured}


@pytest.mark.parametrize(
    ("history", "needed", "available", "word"),
    [
        (buyers(30, 400), 50, 30, "at least twice"),
        (buyers(200, 30, gap=8), 60, 29, "too short"),
        (History(), 50, 0, "no purchases"),
    ],
    ids=["thirty customers", "one month", "nobody"],
)
def test_who_is_lost_is_not_said_while_gaps_cannot_be_seen(history: History, needed: int, available: int, word: str) -> None:
    analysis = seen(history)
    verdict = analysis.verdict
    shortage = verdict.definition.horizon
    assert isinstance(shortage, NotEnoughEvidence) and word in shortage.reason.en
    assert (shortage.needed, shortage.available) == (needed, available)
    assert verdict.customers.lost is None and verdict.loss == shortage and verdict.silent_to_vocal == shortage and not verdict.people
    customers = pl.DataFrame(pl.from_arrow(analysis.tables["customers"]))
    assert customers["churn_probability"].null_count() == customers.height and customers["lost_at"].null_count() == customers.height
    assert verdict.backtest.shortage is not None


def test_buyers_who_bought_once_are_not_called_lost() -> None:
    history, rng = History(), random.Random(3)
    for number in range(300):
        history.customer(f"c{number:03}").order(f"{number}", END - timedelta(days=rng.random() * 500))
    verdict = seen(history).verdict
    assert verdict.customers.one_time == 300 and verdict.customers.lost is None
    assert isinstance(verdict.loss, NotEnoughEvidence) and verdict.loss.available == 0


@pytest.mark.slow
def test_one_customer_with_nearly_all_orders_moves_no_horizon_and_is_named_as_a_limit() -> None:
    few = buyers(60, 400)
    alone = seen(few).verdict
    few.customer("whale")
    count = 9 * len(few.rows)
    for number in range(count):
        few.order(f"w{number}", END - timedelta(days=400 * (number + 1) / count))
    analysis = seen(few)
    whole = analysis.verdict.definition
    assert whole.horizon_days == pytest.approx(alone.definition.horizon_days, abs=3)
    assert "90%" in missing(analysis)["one_customer"] and analysis.verdict.customers.lost == alone.customers.lost


@pytest.mark.slow
def test_dates_of_a_wrong_clock_neither_lengthen_the_history_nor_stay_unnamed() -> None:
    right = buyers(120, 400)
    before = seen(right).verdict
    wrong = buyers(120, 400)
    for number in range(8):
        wrong.customer(f"x{number}").order(f"x{number}", END - timedelta(days=9000)).order(f"y{number}", END + timedelta(days=3000))
    analysis = seen(wrong)
    after = analysis.verdict
    assert missing(analysis)["odd_dates"].startswith("When some orders were placed: the dates of 8 ")
    assert after.definition.horizon_days == before.definition.horizon_days and after.customers.lost == before.customers.lost
    assert [cut.as_of for cut in after.backtest.cuts] == [cut.as_of for cut in before.backtest.cuts]
    assert after.orders.count == before.orders.count + 8  # what lies ahead is not there yet


@pytest.mark.slow
def test_without_positive_amounts_losses_have_no_price() -> None:
    verdict = seen(buyers(120, 400, amount=-50.0)).verdict
    assert isinstance(verdict.loss, NotEnoughEvidence) and "positive amounts" in verdict.loss.reason.en
    assert verdict.value_at_risk is None and verdict.customers.lost is not None
    assert isinstance(seen(buyers(120, 400)).verdict.loss, Estimate)


def test_amounts_that_are_all_returns_are_named_with_what_to_do() -> None:
    history = History().customer("c1")
    for day in range(1, 20):
        history.fact("returned_item", f"2025-01-{day:02}", order=str(day), amount=40.0)
    analysis = seen(history)
    assert next(iter(missing(analysis))) == "mostly_returns" and "19 records with a negative amount" in missing(analysis)["mostly_returns"]
    assert analysis.verdict.value_at_risk is None and "mostly_returns" not in missing(seen(buyers(60, 100)))


@pytest.mark.slow
def test_no_month_is_shown_in_which_nobody_could_have_been_missed_yet() -> None:
    verdict = seen(buyers(120, 400)).verdict
    assert verdict.definition.horizon_days is not None
    begin = END - timedelta(days=400 - verdict.definition.horizon_days)
    assert verdict.months[0].month >= f"{begin:%Y-%m}" > f"{END - timedelta(days=365):%Y-%m}"
    assert sum(month.visible + month.silent for month in verdict.months) == verdict.customers.lost
    nobody_lost = seen(buyers(120, 120, gap=4)).verdict
    assert nobody_lost.customers.lost == 0 and len(nobody_lost.months) == 4
