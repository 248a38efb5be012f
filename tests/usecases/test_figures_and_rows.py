"""Each figure of the verdict is the number (or the sum) of the rows it opens to."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from lakmus.history.failures import NotFound
from lakmus.usecases.people.show_customer import show_customer
from lakmus.usecases.people.state_path import state_path
from lakmus.usecases.results import counts_by_state, list_customers, list_errors, list_orders
from lakmus.usecases.show_verdict import has_data, show_verdict, verdict_at_hand

ALL = 10_000


def test_lost_customers_open_to_as_many_rows_whose_money_is_the_loss(shown, company_home) -> None:
    lost = list_customers(shown, home=company_home, filters={"lost_in_window": True}, size=ALL)
    assert lost.total == shown.verdict.customers.lost == len(lost.rows) > 0
    assert sum(row["lost_value"] for row in lost.rows) == pytest.approx(shown.verdict.loss.point, abs=0.005)
    silent = list_customers(shown, home=company_home, filters={"lost_in_window": True, "lost_silently": True})
    assert silent.total == shown.verdict.customers.lost_silently


def test_the_counts_of_an_error_are_counts_of_customers_among_its_rows(shown) -> None:
    for error in shown.verdict.errors:
        rows = list_errors(shown, filters={"code": error.code, "in_window": True}, size=ALL).rows
        known = [row for row in rows if row["customer"]]
        assert len(rows) == error.found and len({row["customer"] for row in known}) == error.exposed
        for flag in ("complained", "left", "left_silently"):
            assert len({row["customer"] for row in known if row[flag]}) == getattr(error, flag)


def test_orders_sum_to_the_revenue_and_their_late_ones_to_the_late(shown) -> None:
    orders = list_orders(shown, size=ALL).rows
    earned = sum((row["amount"] or 0) - (row["returned_amount"] or 0) for row in orders if not row["cancelled"])
    assert earned == pytest.approx(shown.verdict.orders.revenue, abs=0.01) and len(orders) == shown.verdict.orders.count


def test_states_are_counted_as_they_are_listed(shown, company_home) -> None:
    counts = counts_by_state(shown)
    listed = {state: list_customers(shown, home=company_home, filters={"states": (state,)}).total for state in counts}
    assert counts == listed


def test_a_search_reads_what_was_typed_as_text_and_never_as_sql(shown, company_home) -> None:
    row = list_customers(shown, home=company_home, size=1).rows[0]
    assert row["customer"] in [found["customer"] for found in list_customers(shown, home=company_home, query=row["customer"]).rows]
    assert list_customers(shown, home=company_home, query="' OR 1=1 --").total == 0
    assert list_customers(shown, home=company_home, filters={"place": "x' OR 'a'='a"}).total == 0


def test_a_customers_page_says_what_their_row_says(shown, company_home) -> None:
    for row in list_customers(shown, home=company_home, size=2).rows + list_customers(shown, home=company_home, sort="name", size=1).rows:
        view = show_customer(company_home, shown, row["customer"])
        assert {name: view.row[name] for name in row} == row
        in_rows = list_errors(shown, filters={"customer": row["customer"]}, size=ALL).rows
        assert {error["error_id"] for error in view.errors} == {error["error_id"] for error in in_rows}
        known = {happening.activity_id for happening in view.timeline}
        assert all(set(error["evidence"]) <= known for error in view.errors)


def test_the_path_of_states_begins_with_the_verdicts_and_only_goes_back(shown, company_home) -> None:
    for row in list_customers(shown, home=company_home, size=12).rows:
        path = state_path(company_home, shown, row["customer"])
        assert (path[0].state, path[0].since) == (row["state"], row["lost_at"] if row["state"] == "lost" else row["state_since"])
        days = [step.since for step in path]
        assert days == sorted(days, reverse=True)
        assert all(one.state != other.state for one, other in pairwise(path))


def test_nobody_of_that_name_is_a_plain_refusal(shown, company_home) -> None:
    with pytest.raises(NotFound) as refused:
        show_customer(company_home, shown, "nobody-at-all")
    assert refused.value.code == "customer_unknown"


def test_the_verdict_is_computed_once_and_changes_with_the_moment(shown, company_home, monkeypatch) -> None:
    monkeypatch.setattr("lakmus.usecases.show_verdict.analyse", None)
    assert show_verdict(company_home).verdict == shown.verdict
    earlier = (shown.as_of - timedelta(days=200)).date()
    assert verdict_at_hand(company_home, as_of=earlier) is None
    monkeypatch.undo()
    before = show_verdict(company_home, as_of=earlier)
    assert before.verdict.orders.count < shown.verdict.orders.count and before.as_of < shown.as_of


def test_without_data_there_is_a_next_step_and_no_figure(new_home) -> None:
    assert not has_data(new_home)
    with pytest.raises(NotFound) as refused:
        show_verdict(new_home)
    assert refused.value.code == "no_data"


def test_the_money_at_stake_is_that_of_the_regulars_who_are_listed(shown, company_home) -> None:
    rows = list_customers(shown, home=company_home, size=ALL).rows
    assert sum(row["value_at_risk"] or 0 for row in rows if row["eligible"]) == pytest.approx(shown.verdict.value_at_risk, abs=0.01)
