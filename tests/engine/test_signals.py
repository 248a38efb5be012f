"""Signals against the own past, and lamps with the dates on which they went out."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import numpy as np
import pytest

from lakmus.engine.signals.catalogue import BY_CODE, SIGNALS
from lakmus.engine.signals.lamps import CELLS
from lakmus.engine.signals.readings import fell_beyond_noise
from lakmus.engine.signals.sight import SignalReading
from lakmus.history.activity import empty_activities
from tests.engine.histories import History, moment
from tests.engine.seeing import seen_of

AS_OF = moment("2025-06-01")


def read(history: History, as_of: datetime = AS_OF) -> dict[str, SignalReading]:
    readings = seen_of(history.table(), as_of=as_of).signals
    return {reading.signal.code: reading for reading in readings}


def every(days: float, kind: str, since_days: float, until_days: float = 0.0, history: History | None = None, **columns: object) -> History:
    """Facts of anna every so many days, from `since_days` to `until_days` before AS_OF."""
    history = (history or History()).customer("anna")
    age = since_days
    while age > until_days:
        history.fact(kind, AS_OF - timedelta(days=age), **columns)
        age -= days
    return history


def orders_every(days: float, since_days: float, until_days: float = 0.0, amount: float = 100.0, history: History | None = None) -> History:
    history = (history or History()).customer("anna")
    age = since_days
    while age > until_days:
        history.order(f"o{age}", AS_OF - timedelta(days=age), amount)
        age -= days
    return history


def test_silence_beyond_the_personal_percentile_warns() -> None:
    assert read(orders_every(10, 400, 50))["purchase_gap"].warns
    reading = read(orders_every(10, 400, 5))["purchase_gap"]
    assert not reading.warns and reading.now == pytest.approx(10.0) and reading.usual < 15


def test_frequency_counts_now_previous_and_usual_in_the_same_unit() -> None:
    reading = read(orders_every(10, 455, 90, history=orders_every(45, 89)))["purchase_frequency"]
    assert (reading.now, reading.previous) == (2, 9)
    assert reading.usual == pytest.approx(9.0, rel=0.03)
    assert reading.change == pytest.approx(2 / 9 - 1) and reading.warns


def test_a_fall_within_noise_does_not_warn() -> None:
    reading = read(orders_every(45, 455, 90, history=orders_every(80, 89)))["purchase_frequency"]
    assert reading.now == 2 and not reading.warns


def test_a_smaller_bill_warns_against_the_own_past() -> None:
    reading = read(orders_every(10, 400, 90, amount=1000, history=orders_every(20, 85, amount=300)))["mean_order_amount"]
    assert (reading.now, reading.previous, reading.warns) == (300.0, 1000.0, True)


def test_cancellations_and_returns_are_shares_of_orders() -> None:
    history = History().customer("anna")
    for n in range(4):
        history.order(str(n), AS_OF - timedelta(days=40 - n))
    history.cancel("0", "2025-05-20").cancel("1", "2025-05-20").fact("returned_item", "2025-05-21", order="2", amount=5.0)
    found = read(history)
    assert (found["cancellations_share"].now, found["returns_share"].now) == (0.5, 0.25)
    assert found["cancellations_share"].warns and not found["returns_share"].warns


def test_visits_complaints_and_reviews_are_counted() -> None:
    history = every(3, "visited_site", 400, 90).case("1", "2025-05-01", topic="Жалоба").review("2025-05-02", 1).review("2025-05-03", 5)
    found = read(history)
    assert found["visits"].now == 0 and found["visits"].warns
    assert found["complaints"].now == 1 and found["negative_reviews"].now == 1


def test_a_frozen_relation_warns_and_a_bots_reply_is_no_contact() -> None:
    history = every(1, "received_reply", 200, 199, author="person")
    assert read(history)["days_since_contact"].warns
    assert read(every(1, "received_reply", 9, 8, history=history, author="bot"))["days_since_contact"].now == pytest.approx(200)


def test_an_unknown_past_says_nothing() -> None:
    reading = read(History().customer("anna").order("1", "2025-05-25"))["purchase_frequency"]
    assert (reading.usual, reading.change, reading.warns) == (None, None, False)


def check_signal(history: History) -> None:
    """Order of rows and later facts change nothing; nobody gives nothing."""
    table = history.table()
    found = seen_of(table, as_of=AS_OF).signals
    shuffled = table.take(random.Random(3).sample(range(table.num_rows), table.num_rows))
    assert seen_of(shuffled, as_of=AS_OF).signals == found
    history.order("future", AS_OF + timedelta(days=1)).fact("visited_site", "2025-05-30", known_at="2025-06-02")
    assert seen_of(history.table(), as_of=AS_OF).signals == found
    assert seen_of(empty_activities(), as_of=AS_OF).signals == ()
    assert all(np.isfinite([part for part in (r.now, r.previous, r.usual, r.change) if part is not None]).all() for r in found)


def test_every_signal_keeps_the_battery() -> None:
    history = (
        every(3, "visited_site", 400, 10, history=orders_every(12, 500, 30)).case("1", "2025-05-01", topic="Жалоба").review("2025-05-02", 1)
    )
    check_signal(history.cancel("o56", "2025-05-01"))


def test_every_entry_of_the_catalogue_is_described_in_both_languages() -> None:
    assert len(SIGNALS) == len(BY_CODE) >= 20
    for signal in SIGNALS:
        assert signal.title.ru and signal.title.en and signal.definition.ru and signal.definition.en and signal.source


def test_noise_is_the_tail_of_poisson() -> None:
    from scipy import stats

    now, usual = np.array([0.0, 0, 3, 3, 10]), np.array([2.9, 3.1, 7.7, 7.8, np.nan])
    exact = [stats.poisson.cdf(n, u) < 0.05 if not np.isnan(u) else False for n, u in zip(now, usual, strict=True)]
    assert fell_beyond_noise(now, usual).tolist() == exact


def test_a_lamp_goes_out_at_the_cell_in_which_visits_fell() -> None:
    shown = {lamp.dimension: lamp for lamp in seen_of(every(5, "visited_site", 700, 200).table(), as_of=AS_OF).lamps}
    visits = shown["visits"]
    assert visits.cells[-1] == "out" and visits.cells[10] == "lit" and len(visits.cells) == CELLS
    assert 110 <= (AS_OF - visits.went_out_at).days <= 200
    assert shown["points"].cells == ("none",) * CELLS and shown["points"].went_out_at is None


def test_a_lamp_is_lit_again_when_the_customer_is_back() -> None:
    history = every(5, "visited_site", 80, 0, history=every(5, "visited_site", 700, 300))
    visits = {lamp.dimension: lamp for lamp in seen_of(history.table(), as_of=AS_OF).lamps}["visits"]
    assert "out" in visits.cells and visits.cells[-1] == "lit" and visits.went_out_at is None


def test_rare_habits_have_no_lamp_to_lose() -> None:
    visits = {lamp.dimension: lamp for lamp in seen_of(every(60, "visited_site", 700, 100).table(), as_of=AS_OF).lamps}["visits"]
    assert "out" not in visits.cells


def test_lamps_of_nobody_are_none() -> None:
    assert seen_of(empty_activities(), as_of=AS_OF).lamps == ()
