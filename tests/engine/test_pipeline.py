"""The whole way: from activities to the verdict, and what must hold between its figures and its rows."""

from __future__ import annotations

import json
import math
import pickle
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

import polars as pl
import pyarrow as pa
import pytest

from lakmus.engine import tables
from lakmus.engine.pipeline import Analysis
from lakmus.engine.scoring import score_bucket
from lakmus.engine.verdict import plain
from lakmus.history.activity import empty_activities
from lakmus.history.company import Company
from lakmus.history.estimate import Estimate, NotEnoughEvidence
from lakmus.history.wording import Wording
from tests.engine.companies import END, shop
from tests.engine.histories import COMPANY, History, moment
from tests.engine.running import buckets_of, run


@pytest.fixture(scope="module")
def table() -> pa.Table:
    return shop().table()


@pytest.fixture(scope="module")
def analysis(table: pa.Table) -> Analysis:
    return run(table, as_of=END)


def frame(analysis: Analysis, name: str) -> pl.DataFrame:
    return pl.DataFrame(pl.from_arrow(analysis.tables[name]))


def leaves(thing: object) -> Iterator[object]:
    parts = thing.values() if isinstance(thing, dict) else thing if isinstance(thing, list) else None
    if parts is None:
        yield thing
    else:
        for part in parts:
            yield from leaves(part)


def test_the_verdict_has_the_fields_that_others_rely_on(analysis: Analysis) -> None:
    verdict = analysis.verdict.as_json("en")
    assert {"as_of", "definition", "customers", "orders", "loss", "errors", "people", "coverage"} <= verdict.keys()
    assert {"known", "active", "lost", "lost_silently"} <= verdict["customers"].keys()
    assert {"code", "exposed", "complained", "left", "left_silently", "difference", "effect", "money"} <= verdict["errors"][0].keys()
    assert {"point", "low", "high", "n", "badge"} == verdict["loss"].keys()
    json.dumps(verdict, allow_nan=False)


def test_texts_come_in_both_languages_or_in_one(analysis: Analysis) -> None:
    both = analysis.verdict.as_json()
    assert both["definition"]["text"].keys() == {"ru", "en"}
    assert analysis.verdict.as_json("ru")["definition"]["text"] == both["definition"]["text"]["ru"]
    assert plain(Wording("да", "yes"), "en") == "yes"


def test_no_figure_is_missing_without_saying_so(analysis: Analysis) -> None:
    for leaf in leaves(analysis.verdict.as_json("ru")):
        assert not isinstance(leaf, float) or math.isfinite(leaf)


def test_tables_keep_their_schemas(analysis: Analysis) -> None:
    for name, schema in tables.TABLES.items():
        assert analysis.tables[name].schema.equals(schema), name
        assert analysis.tables[name].num_rows > 0 or name == "staff", name  # the shop's last year has too few cases


def test_customers_of_the_verdict_are_rows_of_the_table(analysis: Analysis) -> None:
    counts, rows, card = analysis.verdict.customers, frame(analysis, "customers"), analysis.verdict.definition
    lost = rows.filter("lost_in_window")
    assert (counts.known, counts.lost, counts.lost_silently) == (rows.height, lost.height, lost["lost_silently"].sum())
    assert counts.active == rows.filter(pl.col("eligible") & ~pl.col("lost_in_window")).height == card.censored_count
    excluded = {part.code: part.count for part in card.excluded}
    assert card.eligible_count + excluded["one_time"] + excluded["no_orders"] + excluded["lost_before_window"] == counts.known
    assert sum(month.visible + month.silent for month in analysis.verdict.months) == counts.lost


def test_money_of_the_verdict_is_the_sum_of_its_rows_to_the_kopeck(analysis: Analysis) -> None:
    rows = frame(analysis, "customers").filter("lost_in_window")
    assert analysis.verdict.loss.point == round(rows["lost_value"].sum(), 2)
    assert round(sum(month.lost_value for month in analysis.verdict.months), 2) == analysis.verdict.loss.point
    orders = frame(analysis, "orders").filter(~pl.col("cancelled"))
    assert analysis.verdict.orders.revenue == round(orders["amount"].sum(), 2)


def test_errors_of_the_verdict_are_rows_of_the_table(analysis: Analysis) -> None:
    rows = frame(analysis, "errors").filter("in_window")
    for finding in analysis.verdict.errors:
        own = rows.filter((pl.col("code") == finding.code) & pl.col("customer").is_not_null())
        assert finding.exposed == own["customer"].n_unique()
        for name in ("complained", "left", "left_silently"):
            assert getattr(finding, name) == own.filter(name)["customer"].n_unique(), (finding.code, name)
        assert finding.left_silently <= finding.left <= finding.exposed


def test_a_bad_review_left_without_an_answer_is_itself_the_complaint() -> None:
    history = History()
    for number in range(60):
        history.customer(f"c{number}").orders("2024-01-01", *[20.0] * (20 if number < 52 else 34))
    for number in range(51):
        history.customer(f"c{number}").review("2025-02-02 12:00", 1 if number < 17 else 5, order=f"x{number}")
        order = f"{number}-0"
        history.order(order, "2025-01-28").promise(order, "2025-02-01", at="2025-01-28").receive(order, "2025-02-09")
    history.customer("c55").review("2025-10-30 12:00", 1, order="y").fact("review_answered", "2025-10-30 13:00", order="y")
    found = run(history.table(), as_of=moment("2025-11-30"))
    unanswered = frame(found, "errors").filter(pl.col("code") == "no_reply")
    assert (unanswered.height, unanswered["complained"].sum(), unanswered["left_silently"].sum()) == (17, 17, 0)
    assert isinstance(found.verdict.silent_to_vocal, Estimate) and found.verdict.silent_to_vocal.point == 34 / 17


def test_a_planted_cause_is_seen_with_its_sign(analysis: Analysis) -> None:
    broken = next(finding for finding in analysis.verdict.errors if finding.code == "broken_promise")
    assert isinstance(broken.difference, Estimate) and broken.difference.low > 0.05 and broken.difference.high < 0.35
    assert isinstance(broken.money, Estimate) and broken.money.point > 0


@pytest.mark.slow
def test_buckets_and_order_of_rows_change_nothing(table: pa.Table, analysis: Analysis) -> None:
    shuffled = table.take(random.Random(1).sample(range(table.num_rows), table.num_rows))
    parted = run(*buckets_of(shuffled, 5), as_of=END)
    assert same(parted.verdict.as_json(), analysis.verdict.as_json())
    for name in ("customers", "errors", "orders"):
        keys = {"customers": ["customer"], "errors": ["error_id"], "orders": ["customer", "order"]}[name]
        assert frame(parted, name).sort(keys).equals(frame(analysis, name).sort(keys)), name


def same(one: object, other: object) -> bool:
    """Equal, but for the last digits of floating sums."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
    return one == other


@pytest.mark.slow
def test_a_future_fact_changes_nothing(table: pa.Table) -> None:
    then = moment("2025-06-01")
    until = table.filter(pa.compute.less_equal(table["ts"], pa.scalar(then, table["ts"].type)))
    assert run(table, as_of=then).verdict.as_json() == run(until, as_of=then).verdict.as_json()


@pytest.mark.slow
def test_the_page_of_one_customer_agrees_with_the_whole(table: pa.Table, analysis: Analysis) -> None:
    rows = frame(analysis, "customers")
    for who in ("c000", "c017", "c101"):
        alone = score_bucket(table.filter(pa.compute.equal(table["customer"], who)), learned=analysis.learned, company=COMPANY, as_of=END)
        assert pl.DataFrame(pl.from_arrow(alone.tables["customers"])).equals(rows.filter(pl.col("customer") == who))


@pytest.mark.slow
def test_what_was_learned_travels_between_processes(analysis: Analysis, table: pa.Table) -> None:
    function = partial(score_bucket, learned=analysis.learned, company=COMPANY, as_of=END)
    part = table.filter(pa.compute.equal(table["customer"], "c003"))
    assert pickle.loads(pickle.dumps(function))(part, 0).counts == function(part, 0).counts


def test_monday_is_short_sorted_by_money_and_opens_to_evidence(analysis: Analysis, table: pa.Table) -> None:
    people, known = analysis.verdict.people, set(table["activity_id"].to_pylist())
    assert 0 < len(people) <= 20
    assert [person.money_at_stake for person in people] == sorted((person.money_at_stake for person in people), reverse=True)
    for person in people:
        assert person.state != "lost" and person.happened and person.draft.ru and person.draft.en
        assert person.money_at_stake == round(person.value_at_risk * person.churn.point, 2)
        for chip in person.happened:
            assert set(chip.evidence) <= known and (chip.sort == "signal" or chip.evidence)
    assert not {person.customer for person in people} & {one.customer for one in analysis.verdict.do_not_touch}


def test_contributions_add_up_to_the_probability(analysis: Analysis) -> None:
    told = frame(analysis, "customers").drop_nulls("churn_probability")
    for row in told.filter(pl.col("risk_group") != "regular").iter_rows(named=True):
        assert 0 < row["churn_probability"] - sum(part["points"] for part in row["contributions"]) < 1
    rows = told.filter(pl.col("risk_group") == "regular")
    whole = analysis.learned.risk.mean + rows["gap_points"] + rows["experience_points"]
    assert ((whole - rows["churn_probability"]).abs() < 1e-9).all()
    assert ((rows["churn_low"] <= rows["churn_probability"]) & (rows["churn_probability"] <= rows["churn_high"])).all()


@pytest.mark.slow
def test_tables_can_be_kept_elsewhere(table: pa.Table, analysis: Analysis) -> None:
    from lakmus.engine.pipeline import analyse

    kept: list[tuple[str, int]] = []
    found = analyse(
        lambda function, *, columns: iter([function(table.select(columns), 0)]),
        company=COMPANY, as_of=END, keep=lambda name, part: kept.append((name, part.num_rows)),
    )  # fmt: skip
    assert dict(kept) == {name: part.num_rows for name, part in analysis.tables.items()}
    assert all(part.num_rows == 0 for part in found.tables.values())


# -- too little --------------------------------------------------------------------------------------------------


def one_order() -> History:
    return History().customer("anna").order("1", "2025-12-01")


@pytest.mark.slow
@pytest.mark.parametrize(
    "history",
    [
        History(),
        one_order(),
        History().customer("anna").orders("2025-01-01", 10, 10),
        History().customer("anna").fact("gave_details", moment("1970-01-01"), name="Анна"),
        History().customer(None).order("1", "2025-12-01", anonymous="order:1"),
        History().customer("anna").order("1", "2025-12-01", None),
        History().customer("anna").review("2025-12-01", 1),
        History().customer("anna").case("1", "2025-12-01"),
        one_order().cancel("1", "2025-12-02"),
    ],
)
def test_too_little_is_a_state_and_never_an_exception(history: History) -> None:
    verdict = run(history.table(), as_of=END).verdict
    assert isinstance(verdict.loss, NotEnoughEvidence) and verdict.definition.horizon_days is None
    assert verdict.customers.lost is None and verdict.people == ()
    assert all(isinstance(finding.difference, NotEnoughEvidence) for finding in verdict.errors)
    json.dumps(verdict.as_json("ru"), allow_nan=False)


def test_no_buckets_at_all_give_an_empty_verdict() -> None:
    analysis = run(as_of=END)
    assert analysis.verdict.orders.count == 0 and analysis.tables["orders"].schema.equals(tables.ORDERS)
    assert run(empty_activities(), as_of=END).verdict.as_json() == analysis.verdict.as_json()


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        run(as_of=datetime(2025, 1, 1))


def test_orders_count_whoever_placed_them_and_returns_reduce_revenue() -> None:
    history = History().customer("anna").order("1", "2025-12-01", 100.1).order("2", "2025-12-02", 50).cancel("2", "2025-12-03")
    history.fact("returned_item", "2025-12-04", order="1", amount=30.05).fact("returned_item", "2025-12-04", order="2", amount=50.0)
    history.customer(None).order("3", "2025-12-05", 10, anonymous="order:3")
    orders = run(history.table(), as_of=END).verdict.orders
    assert (orders.count, orders.cancelled, orders.without_customer) == (3, 1, 1)
    assert (orders.revenue, orders.returned_amount) == (80.05, 30.05)


@pytest.mark.slow
def test_contracts_alone_tell_who_left() -> None:
    history = History()
    for number in range(5):
        history.customer(f"c{number}").fact("started_contract", "2024-01-01", contract=str(number))
    history.customer("c0").fact("ended_contract", "2025-06-01", contract="0").customer("c1").fact("gave_notice", "2025-07-01", contract="1")
    history.customer("c2").fact("gave_notice", "2025-07-01", contract="2").fact("renewed_contract", "2025-08-01", contract="2")
    verdict = run(history.table(), as_of=END).verdict
    assert verdict.definition.basis == "contract"
    assert (verdict.customers.lost, verdict.customers.active, verdict.customers.lost_silently) == (2, 3, 1)


@pytest.mark.slow
def test_the_terms_of_the_company_move_the_money_only(table: pa.Table, analysis: Analysis) -> None:
    dearer = run(table, as_of=END, company=Company(margin_share=0.6, margin_is_assumed=False)).verdict
    assert dearer.loss.point == pytest.approx(2 * analysis.verdict.loss.point, rel=1e-4)
    assert dearer.customers == analysis.verdict.customers and not dearer.margin_is_assumed


@pytest.mark.slow
def test_nobody_is_called_silent_where_nobody_could_have_spoken(table: pa.Table) -> None:
    kinds = pa.array(["placed_order", "cancelled_order"])
    deaf = table.filter(pa.compute.is_in(table["activity"], kinds))
    verdict = run(deaf, as_of=END).verdict
    assert verdict.customers.lost and verdict.customers.lost_silently is None
    assert "complaints" in {part.code for part in verdict.coverage.not_measured}


@pytest.mark.slow
def test_reviews_of_late_orders_stand_beside_those_of_orders_on_time() -> None:
    history = History().customer("anna")
    for number in range(30):
        history.order(str(number), "2025-06-01").promise(str(number), "2025-06-05", at="2025-06-01")
        history.receive(str(number), "2025-06-05 20:00" if number < 15 else "2025-06-07")
        history.review("2025-06-08", 5 if number < 12 else 1, order=str(number))
    on_time, late = run(history.table(), as_of=END).verdict.deliveries
    assert (on_time.code, on_time.orders, on_time.reviews, on_time.stars.point) == ("on_time", 15, 15, (12 * 5 + 3) / 15)
    assert (late.code, late.stars.point, late.one_star.point) == ("late", 1.0, 1.0)
    assert late.one_star.low < 0.8 and late.stars.low == 1.0


def test_coverage_counts_the_orders_that_the_verdict_counts_also_those_of_which_only_lines_are_known() -> None:
    history = History().customer("anna").orders("2024-01-01", *[20] * 20)
    for number in range(3):
        history.fact("ordered_item", f"2025-03-0{number + 1}", order=f"line-{number}", amount=10.0)
    history.customer(None).fact("placed_order", "2025-03-05", anonymous="order:9", order="9", amount=1.0)
    verdict = run(history.table(), as_of=END).verdict
    orders = next(line for line in verdict.coverage.lines if line.code == "orders")
    assert (orders.total, orders.linked) == (verdict.orders.count, 24) == (25, 24)


@pytest.mark.slow
def test_missing_feeds_are_named_as_not_measured() -> None:
    history = History().customer("anna").orders("2024-01-01", *[20] * 20)
    verdict = run(history.table(), as_of=END).verdict
    assert {"no_reply", "broken_promise", "visits"} <= {part.code for part in verdict.coverage.not_measured}
    assert not any(finding.measured for finding in verdict.errors)
    assert verdict.coverage.lines[0].share == 1.0 and verdict.coverage.lines[1].share is None


@pytest.mark.slow
def test_a_past_date_sees_the_feeds_of_that_date(table: pa.Table) -> None:
    early = run(table, as_of=moment("2024-01-20")).verdict
    assert early.coverage.last_at < moment("2024-01-20") + timedelta(days=1)
