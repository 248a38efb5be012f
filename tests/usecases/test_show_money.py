"""Money: the bridge sums to the hundredth and each bar to its rows; readings of a loss; the cheapest repair first."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from lakmus.engine.harm import Removal
from lakmus.history.estimate import Badge, Estimate
from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording
from lakmus.operations.company.changes import set_terms
from lakmus.usecases.money.show_money import repairs, say_weeks, show_worth
from lakmus.usecases.money.show_money_bridge import bridge_rows, parts_of, revenue_bridge
from lakmus.usecases.show_stages import Segment, show_money
from lakmus.usecases.show_verdict import Shown
from tests.web.invented import error
from tests.web.shop_of_money import orders, put, shop_of_money

HARM = Estimate(5200.0, 4000.0, 6000.0, 300, Badge.ADJUSTED)


@pytest.fixture
def shop(tmp_path: Path, db: None) -> Shown:
    return shop_of_money(tmp_path)


def test_the_bridge_leads_from_one_year_to_the_other_to_the_hundredth(shop: Shown) -> None:
    bridge = revenue_bridge(shop)
    assert bridge is not None and (bridge.before, bridge.now) == (405.01, 250.88)
    assert round(100 * bridge.before) + sum(round(100 * bar.change) for bar in bridge.bars) == round(100 * bridge.now)
    steps = {bar.code: (bar.change, bar.customers) for bar in bridge.bars}
    # 199.96 lost by two customers, two thirds of each to the broken promise; one who stayed: one order of 100 less, two of 70 for 100.
    assert steps["lost:broken_promise"] == (pytest.approx(-133.31, abs=0.011), 2)
    assert steps["lost:unknown"][0] == pytest.approx(-199.96 - steps["lost:broken_promise"][0])
    assert (steps["fewer_orders"], steps["order_size"]) == ((0.0, 1), (-60.0, 1))
    assert (steps["new"], steps["not_linked"]) == ((103.33, 2), (2.5, None))


def test_each_bar_is_the_sum_of_its_customers(shop: Shown) -> None:
    bridge = revenue_bridge(shop)
    assert bridge is not None
    for bar in bridge.bars:
        behind = bridge_rows(shop, parts_of(shop, bridge, bar.code))
        if bar.customers is not None:
            assert (behind.customers, behind.change) == (bar.customers, bar.change)
            assert sum(row["change"] for row in behind.rows) == pytest.approx(bar.change)
    assert parts_of(shop, bridge, "'; drop") == []


def test_without_a_year_before_there_is_no_bridge(shop: Shown) -> None:
    put(shop.folder, "orders", orders("1002", now=(5.0,)))
    assert revenue_bridge(shop) is None


def test_a_loss_costs_its_margin_first_and_the_articles_multiply_it_only_as_an_assumption(shop: Shown) -> None:
    worth = show_worth(shop)
    assert isinstance(shop.verdict.loss, Estimate) and isinstance(worth.clv, Estimate)
    assert [(cost.code, cost.assumed) for cost in worth.costs] == [
        ("margin", False), ("clv", False), ("x3", True), ("x5", True), ("x5_25", True),
    ]  # fmt: skip
    assert worth.costs[0].cost == shop.verdict.loss
    assert worth.ratio is None
    set_terms(actor=None, acquisition_cost=100)
    told = show_worth(shop)
    named = {cost.code: cost.cost for cost in told.costs}
    assert isinstance(named["margin_and_new"], Estimate) and isinstance(told.ratio, Estimate)
    assert named["margin_and_new"].point == pytest.approx(shop.verdict.loss.point + 100 * (shop.verdict.customers.lost or 0))
    assert told.ratio.point == pytest.approx(worth.clv.point / worth.clv.n / 100, abs=0.011)


def test_the_repair_that_keeps_most_per_week_comes_first_and_those_without_weeks_last(shop: Shown) -> None:
    errors = (
        error("rudeness", "а", "a", replace(HARM, point=5500.0), 90, 9),
        error("no_reply", "б", "b", HARM, 90, 9),
        error("slow_reply", "в", "c", replace(HARM, point=4500.0), 90, 9),
        error("hidden_charge", "г", "d", replace(HARM, low=-1.0), 90, 9),
    )
    loss = Estimate(9000.0, 8000.0, 10000.0, 20, Badge.ADJUSTED)
    removal = (Removal("no_reply", Wording("", ""), loss, Estimate(6000.0, 5000.0, 7000.0, 20, Badge.ADJUSTED)),)
    shown = replace(shop, verdict=replace(shop.verdict, errors=errors, loss=loss, removal=removal))
    assert [row.error.code for row in repairs(shown)] == ["rudeness", "slow_reply", "no_reply"]
    say_weeks({"no_reply": 2.0, "slow_reply": 30.0, "no_such_error": 1.0}, actor=None)
    found = repairs(shown)
    assert [row.error.code for row in found] == ["no_reply", "slow_reply", "rudeness"]
    assert found[0].per_week == Estimate(1500.0, 1000.0, 2000.0, 20, Badge.ADJUSTED)
    with pytest.raises(BadInput):
        say_weeks({"no_reply": 0.0}, actor=None)
    say_weeks({"no_reply": None}, actor=None)
    assert repairs(shown)[-1].per_week is None


def test_the_command_tells_the_same_money_as_the_page(shop: Shown) -> None:
    told = show_money(None, shop, Segment(limit=1))["worth"]  # type: ignore[arg-type]
    bridge = revenue_bridge(shop)
    assert bridge is not None and (told["bridge"]["before"], told["bridge"]["now"]) == (bridge.before, bridge.now)
    assert [cost["code"] for cost in told["costs"]][:2] == ["margin", "clv"]
    assert (told["acquisition_cost"], told["discount_is_assumed"], len(told["gains"])) == (None, True, 10)
    assert json.dumps(told)


def by_hand(yearly: float, *, lost: float, days: float, months: int, more: float = 0.0, rate: float = 0.15) -> float:
    """The margin of some months, month after month: who is there at its end pays for it, in money of today."""
    yearly_retention = min((1 - lost) ** (365 / days) + more, 1.0)
    return sum(yearly / 12 * yearly_retention ** (month / 12) / (1 + rate) ** (month / 12) for month in range(1, months + 1))


def test_worth_and_what_retention_brings_are_sums_written_out_over_the_listed_customers(shop: Shown) -> None:
    rows = [row for row in pq.read_table(shop.folder / "customers" / "0000.parquet").to_pylist() if row["churn_probability"]]
    living = [row["value_at_risk"] for row in rows if row["value_at_risk"] is not None and row["state"] != "lost"]
    worth = show_worth(shop)
    assert isinstance(worth.clv, Estimate) and worth.clv.n == len(living) > 0
    for end, lost in (("point", 0.5), ("low", 0.6), ("high", 0.4)):
        whole = sum(by_hand(yearly, lost=lost, days=90, months=36) for yearly in living)
        assert getattr(worth.clv, end) == pytest.approx(whole, abs=0.01)
    for gain in worth.gains:
        for figure, months in ((gain.clv, 36), (gain.year, 12)):
            kept = [by_hand(yearly, lost=0.5, days=90, months=months, more=gain.points / 100) for yearly in living]
            as_is = [by_hand(yearly, lost=0.5, days=90, months=months) for yearly in living]
            assert isinstance(figure, Estimate) and figure.point == pytest.approx(sum(kept) - sum(as_is), abs=0.02)


def test_money_stands_on_the_terms_that_were_stated_and_says_which_were_not(shop: Shown) -> None:
    before = show_worth(shop)
    assert before.terms.discount_is_assumed and before.terms.acquisition_cost is None
    set_terms(actor=None, discount_rate=0.0)
    after = show_worth(shop)
    assert isinstance(before.clv, Estimate) and isinstance(after.clv, Estimate)
    assert after.clv.point > before.clv.point and not after.terms.discount_is_assumed
