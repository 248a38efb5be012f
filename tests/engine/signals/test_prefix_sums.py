"""The machine of prefix sums: by hand, against a plain computation, and blind to the future."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakmus.engine.signals.aggregates import (
    ALWAYS,
    Aggregate,
    Measure,
    Selection,
    Test,
    Where,
    Window,
    count,
    days,
    first,
    gap_squares,
    gaps,
    last,
    selected,
    squares,
    total,
)
from lakmus.engine.signals.binning import Binning
from lakmus.engine.signals.prefix_sums import measured
from lakmus.engine.signals.trails import trails_of
from lakmus.history.activity import ACTIVITY_SCHEMA
from tests.engine.histories import History, moment

ZONE = "Europe/Moscow"
US = 1_000_000
ORDERS = selected("placed_order")
VISITS = selected("visited_site", "logged_in")
BAD = selected("left_review", where=[Where("_stars", Test.AT_MOST, 2.0)])
HUMAN = selected("received_reply", where=[Where("_author", Test.AMONG_OR_ABSENT, ("person",))])
COLUMNS = ("_amount", "_stars", "_author")
LAST_90, BEFORE_90 = Window(0, 90), Window(90, 180)


def us(text: str) -> int:
    return round(moment(text).timestamp() * US)


def read(history: History, aggregates: list[Aggregate], *dates: str) -> dict[Aggregate, list[list[float]]]:
    trails = trails_of(history.table(), columns=COLUMNS)
    found = measured(trails, aggregates, as_of=[moment(date) for date in dates], time_zone=ZONE)
    return {aggregate: found.of(aggregate).tolist() for aggregate in aggregates}


def test_windows_of_two_dates_by_hand() -> None:
    history = History().customer("anna").orders("2025-01-01", 30, 60, 31)  # 1 and 31 January, 1 April, 2 May
    history.customer("boris").order("b1", "2025-04-01", 250.0)
    asked = [
        count(ORDERS),
        count(ORDERS, LAST_90),
        total("_amount", ORDERS, LAST_90),
        squares("_amount", ORDERS),
        last(ORDERS),
        first(ORDERS),
    ]
    found = read(history, asked, "2025-04-01", "2025-06-01")
    assert found[asked[0]] == [[3, 1], [4, 1]]
    assert found[asked[1]] == [[2, 1], [2, 1]]  # 1 January lies 90 days before 1 April: the earlier bound is excluded
    assert found[asked[2]] == [[200.0, 250.0], [200.0, 250.0]]
    assert found[asked[3]] == [[30_000.0, 62_500.0], [40_000.0, 62_500.0]]
    assert found[asked[4]] == [[us("2025-04-01"), us("2025-04-01")], [us("2025-05-02"), us("2025-04-01")]]
    assert found[asked[5]][1] == [us("2025-01-01"), us("2025-04-01")]


def test_gaps_reach_back_over_the_edge_of_the_window() -> None:
    history = History().customer("anna").orders("2025-01-01", 30, 60, 31)
    asked = [gaps(ORDERS), gaps(ORDERS, LAST_90), gap_squares(ORDERS, LAST_90)]
    found = read(history, asked, "2025-06-01")
    assert [found[one][0][0] for one in asked] == [121.0, 91.0, 60.0**2 + 31**2]


def test_days_are_local_and_counted_once() -> None:
    history = History().customer("anna")
    for at in ("2025-05-01 00:10", "2025-05-01 23:50", "2025-05-02 00:10"):
        history.order(None, at)
    assert read(history, [days(ORDERS), count(ORDERS)], "2025-06-01") == {days(ORDERS): [[2.0]], count(ORDERS): [[3.0]]}
    half = Window(30.25)  # until noon of 1 May in Moscow, and the day's rest from there on
    after = Window(0, 30.25)
    found = read(history, [days(ORDERS, half), days(ORDERS, after)], "2025-05-31 18:00")
    assert (found[days(ORDERS, half)], found[days(ORDERS, after)]) == ([[1.0]], [[2.0]])


def test_conditions_look_at_typed_columns() -> None:
    history = History().customer("anna").review("2025-05-01", 1).review("2025-05-02", 5).review("2025-05-03", 2)
    history.reply("1", "2025-05-04").reply("1", "2025-05-05", author="bot").fact("received_reply", "2025-05-06")
    found = read(history, [count(BAD), count(HUMAN), last(HUMAN)], "2025-06-01")
    assert (found[count(BAD)], found[count(HUMAN)], found[last(HUMAN)]) == ([[2]], [[2]], [[us("2025-05-06")]])


def test_what_nobody_did_is_zero_and_has_no_moment() -> None:
    history = History().customer("anna").fact("visited_site", "2025-05-01")
    asked = [count(ORDERS), total("_amount", ORDERS), last(ORDERS), first(ORDERS), days(ORDERS), total("_nowhere", VISITS)]
    assert np.nan_to_num([part[0] for part in read(history, asked, "2025-06-01").values()], nan=-7).ravel().tolist() == [0, 0, -7, -7, 0, 0]
    nobody = measured(trails_of(ACTIVITY_SCHEMA.empty_table()), asked, as_of=[moment("2025-06-01")])
    assert all(nobody.of(one).shape == (1, 0) for one in asked)


def test_a_fact_learned_late_counts_from_the_day_it_was_known() -> None:
    history = History().customer("anna").order("1", "2025-01-10").order("2", "2025-02-10", known_at="2025-03-10").order("3", "2025-02-20")
    history.customer("boris").order("4", "2025-02-10")
    dates = ("2025-02-15", "2025-03-01", "2025-04-01")
    found = read(history, [count(ORDERS), last(ORDERS), gaps(ORDERS)], *dates)
    assert found[count(ORDERS)] == [[1, 1], [2, 1], [3, 1]]
    assert found[gaps(ORDERS)] == [[0, 0], [41, 0], [41, 0]]
    assert found[last(ORDERS)][0] == [us("2025-01-10"), us("2025-02-10")]


def test_what_goes_counts_until_the_day_it_went() -> None:
    table = History().customer("anna").order("1", "2025-01-10").order("2", "2025-02-10").table()
    goes = pa.array([None, moment("2025-03-01")], ACTIVITY_SCHEMA.field("ts").type)
    trails = trails_of(table.append_column("_gone_at", goes), columns=("_amount",))
    dates = [moment(date) for date in ("2025-02-28", "2025-03-01", "2025-03-02")]
    assert measured(trails, [count(ORDERS)], as_of=dates).whole(count(ORDERS)).ravel().tolist() == [2, 1, 1]


def test_sums_are_exact_in_any_order() -> None:
    history = History().customer("anna")
    for n, amount in enumerate([0.1] * 10 + [1e9, -1e9 + 0.3]):
        history.order(str(n), "2025-05-01", amount)
    assert read(history, [total("_amount", ORDERS)], "2025-06-01")[total("_amount", ORDERS)] == [[1.3]]


def test_a_date_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        measured(trails_of(ACTIVITY_SCHEMA.empty_table()), [], as_of=[datetime(2025, 1, 1)])


@given(
    st.lists(st.integers(-50, 50), min_size=1, max_size=9, unique=True),
    st.lists(st.integers(-60, 60)),
    st.sampled_from([1, 7, 3600, 10**9]),
)
def test_a_binning_is_bisection(edges: list[int], moments: list[int], width: int) -> None:
    edges = sorted(edge * width for edge in edges)
    placed = np.array([one * max(1, width - 1) for one in moments], dtype=np.int64)
    assert Binning.of(edges).place(placed).tolist() == np.searchsorted(edges, placed, side="left").tolist()


# --- against a plain computation ------------------------------------------------------------------------------------

BEGIN = datetime(2024, 12, 20, tzinfo=UTC)
HOURS = st.integers(0, 24 * 200)
facts = st.lists(
    st.tuples(
        st.sampled_from(["anna", "boris", "vera", None]),
        st.sampled_from(["placed_order", "visited_site", "logged_in", "left_review", "received_reply"]),
        HOURS,
        st.sampled_from([0, 0, 0, 30, 900]),
        st.one_of(st.none(), st.integers(0, 10**7).map(lambda hundredths: hundredths / 100)),
        st.one_of(st.none(), st.integers(1, 5).map(float)),
        st.sampled_from([None, "person", "bot"]),
    ),
    max_size=40,
)
windows = st.sampled_from([ALWAYS, LAST_90, BEFORE_90, Window(0, 1), Window(30), Window(12.5, 47.25)])
aggregates = st.lists(
    st.builds(Aggregate, st.sampled_from(Measure), st.sampled_from([ORDERS, VISITS, BAD, HUMAN]), windows, st.just("_amount")), min_size=1
)


def table_of(rows: list[tuple]) -> pa.Table:
    history = History()
    for who, kind, hour, late, amount, stars, author in rows:
        at = BEGIN + timedelta(hours=hour)
        known = (at + timedelta(hours=late)).strftime("%Y-%m-%d %H:%M")
        history.customer(who).fact(kind, at, known_at=known, anonymous=None if who else "site:1", amount=amount, stars=stars, author=author)
    return history.table()


def plainly(table: pa.Table, who: str, aggregate: Aggregate, as_of: datetime) -> float:
    """One aggregate of one customer at one date, read off the rows with Polars."""
    rows = pl.DataFrame(pl.from_arrow(table)).filter(pl.col("customer") == who, pl.col("ts") <= as_of, pl.col("_known_at") <= as_of)
    rows = rows.filter(pl.col("activity").is_in(aggregate.of.kinds)).sort("ts", maintain_order=True)
    if aggregate.of == BAD:
        rows = rows.filter(pl.col("_stars") <= 2)
    if aggregate.of == HUMAN:
        rows = rows.filter(pl.col("_author").is_null() | (pl.col("_author") == "person"))
    rows = rows.with_columns((pl.col("ts").diff().dt.total_microseconds() / 86_400_000_000).alias("gap"))
    rows = rows.filter(pl.col("ts") <= as_of - timedelta(days=aggregate.window.newest_days))
    if aggregate.window.oldest_days is not None:
        rows = rows.filter(pl.col("ts") > as_of - timedelta(days=aggregate.window.oldest_days))
    amount, gap, ts = rows["_amount"].fill_null(0), rows["gap"].fill_null(0), rows["ts"]
    moments = {Measure.FIRST: ts.min, Measure.LAST: ts.max}
    if aggregate.measure in moments:
        return round(moments[aggregate.measure]().timestamp() * US) if rows.height else -1
    return {
        Measure.COUNT: lambda: rows.height,
        Measure.SUM: amount.sum,
        Measure.SQUARES: lambda: (amount * amount).round().sum(),
        Measure.DAYS: lambda: ts.dt.convert_time_zone(ZONE).dt.date().n_unique(),
        Measure.GAPS: gap.sum,
        Measure.GAP_SQUARES: lambda: (gap * gap).sum(),
    }[aggregate.measure]()


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(facts, aggregates, st.lists(HOURS, min_size=1, max_size=3), st.sampled_from([1, 7, 10_000]))
def test_every_aggregate_is_what_a_plain_query_says(rows: list[tuple], wanted: list[Aggregate], hours: list[int], block_rows: int) -> None:
    table = table_of(rows)
    dates = [BEGIN + timedelta(hours=hour) for hour in hours]
    found = measured(trails_of(table, columns=COLUMNS), wanted, as_of=dates, time_zone=ZONE, block_rows=block_rows)
    for aggregate in wanted:
        figure = np.nan_to_num(found.of(aggregate), nan=-1)
        for place, date in enumerate(dates):
            for number, who in enumerate(found.customers.to_pylist()):
                assert figure[place, number] == pytest.approx(plainly(table, who, aggregate, date), abs=1e-5), (aggregate, who, date)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(facts, facts, aggregates, HOURS)
def test_no_later_fact_changes_anything(rows: list[tuple], more: list[tuple], wanted: list[Aggregate], hour: int) -> None:
    as_of = BEGIN + timedelta(hours=hour)
    later = [(who, kind, hour + 1 + at, *rest) for who, kind, at, *rest in more]
    learned = [(who, kind, min(at, hour), 10_000, *rest[1:]) for who, kind, at, *rest in more]
    then, now = (
        measured(trails_of(table_of(part), columns=COLUMNS), wanted, as_of=[as_of], time_zone=ZONE)
        for part in (rows, rows + later + learned)
    )
    place = {who: number for number, who in enumerate(now.customers.to_pylist())}
    for aggregate in wanted:
        own = [place[who] for who in then.customers.to_pylist()]
        assert now.whole(aggregate)[0, own].tolist() == then.whole(aggregate)[0].tolist()


def test_rows_in_any_order_give_the_same() -> None:
    table = table_of(
        [("anna", "placed_order", hour, 0, 10.0, None, None) for hour in range(30)] + [("boris", "placed_order", 5, 0, 1.0, None, None)]
    )
    mixed = table.take(np.random.default_rng(3).permutation(table.num_rows))
    as_of = [BEGIN + timedelta(days=2)]
    parts = [measured(trails_of(part, columns=COLUMNS), [total("_amount", ORDERS)], as_of=as_of) for part in (table, mixed)]
    assert [dict(zip(part.customers.to_pylist(), part.of(total("_amount", ORDERS))[0], strict=True)) for part in parts] == [
        {"anna": 300.0, "boris": 1.0}
    ] * 2


def test_kinds_that_no_selection_names_are_passed_over() -> None:
    history = History().customer("anna").order("1", "2025-05-01").fact("read_article", "2025-05-02")
    assert read(history, [count(Selection(("placed_order", "gave_notice")))], "2025-06-01") == {
        count(Selection(("placed_order", "gave_notice"))): [[1]]
    }
