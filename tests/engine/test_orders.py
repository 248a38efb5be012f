"""The order table: what an order was worth, and what became of it."""

from __future__ import annotations

import polars as pl

from lakmus.engine.bucket import facts_until
from lakmus.engine.orders import order_table, purchases
from tests.engine.histories import History, day_end, moment

AS_OF = moment("2025-06-01")


def orders_of(history: History) -> pl.DataFrame:
    return order_table(facts_until(history.table(), as_of=AS_OF), currency="RUB")


def test_an_order_is_worth_its_own_amount_or_else_its_lines() -> None:
    history = History().customer("anna").order("1", "2025-01-01", 500).order("2", "2025-01-02", None)
    for number, amount in (("1", 90.0), ("2", 30.5), ("2", 30.5)):
        history.fact("ordered_item", "2025-01-02", order=number, amount=amount)
    assert dict(orders_of(history).select("order", "amount").iter_rows()) == {"1": 500.0, "2": 61.0}


def test_lines_without_an_order_make_one_where_the_customer_is_known() -> None:
    history = History().customer("anna").fact("ordered_item", "2025-01-02", order="7", amount=10.0)
    history.customer(None).fact("ordered_item", "2025-01-02", order="8", amount=10.0, anonymous="order:8")
    assert orders_of(history)["order"].to_list() == ["7"]


def test_an_unknown_amount_stays_unknown() -> None:
    history = History().customer("anna").order("1", "2025-01-01", None).order("2", "2025-01-02", 100, currency="USD")
    assert orders_of(history)["amount"].to_list() == [None, None]


def test_lateness_is_counted_from_the_promise_known_last() -> None:
    history = (
        History()
        .customer("anna")
        .order("1", "2025-01-01")
        .promise("1", "2025-01-05", at="2025-01-01")
        .promise("1", "2025-01-10", at="2025-01-04")
    )
    row = orders_of(history.receive("1", "2025-01-12 12:00")).row(0, named=True)
    assert row["promised_at"] == day_end("2025-01-10")
    assert round(row["late_days"], 6) == 1.5


def test_receipt_cancellation_returns_and_stars_join_their_order() -> None:
    history = (
        History().customer("anna").order("1", "2025-01-01").receive("1", "2025-01-04").order("2", "2025-01-02").cancel("2", "2025-01-03")
    )
    history.fact("returned_item", "2025-01-06", order="1", amount=40.0).review("2025-01-07", 2, order="1").review(
        "2025-01-09", 5, order="1"
    )
    first, second = orders_of(history).iter_rows(named=True)
    assert (first["cancelled"], first["returned_amount"], first["stars"], len(first["evidence"])) == (False, 40.0, 5.0, 2)
    assert (second["cancelled"], second["returned_amount"], second["received_at"]) == (True, None, None)


def test_purchases_are_uncancelled_orders_of_known_customers_by_local_day() -> None:
    history = History().customer("anna").order("1", "2025-01-01 00:30").order("2", "2025-01-02").cancel("2", "2025-01-02")
    history.customer(None).order("3", "2025-01-03", anonymous="order:3")
    bought = purchases(facts_until(history.table(), as_of=AS_OF), time_zone="Europe/Moscow")
    assert bought["customer"].to_list() == ["anna"]
    assert bought["day"].to_list() == [20089]


def test_the_order_table_of_nothing_is_empty() -> None:
    assert orders_of(History()).height == 0


def test_two_customers_with_the_same_order_number_keep_their_own_fates() -> None:
    history = History().customer("anna").order("1", "2025-01-01").customer("bob").order("1", "2025-01-01").cancel("1", "2025-01-02")
    assert orders_of(history)["cancelled"].to_list() == [False, True]
