"""One pushed row at a time: what is read from it, and why it cannot be used."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lakmus.history.activity import ACTIVITY_SCHEMA
from lakmus.history.kinds import KINDS
from lakmus.usecases.imports.pushed_rows import EPOCH, RowProblem, Told, read_row

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ORDER = {"kind": "placed_order", "ts": "2026-03-01T12:00:00+03:00", "customer": "17850", "order": "A-1", "amount": 1200.5}


def read(**changed: object) -> Told:
    row = {name: written for name, written in (ORDER | changed).items() if written is not ...}
    return read_row(row, now=NOW, currency="RUB", seen=Counter())


def problem_of(row: object) -> RowProblem:
    with pytest.raises(RowProblem) as refused:
        read_row(row, now=NOW, currency="RUB", seen=Counter())
    return refused.value


def test_a_friendly_row_fills_the_columns_of_the_stream() -> None:
    told = read(features={"promo": "весна"}).activity
    assert list(told) == ACTIVITY_SCHEMA.names
    assert {name: held for name, held in told.items() if held is not None} == {
        "activity_id": told["activity_id"], "ts": datetime(2026, 3, 1, 9, tzinfo=UTC), "customer": "17850", "activity": "placed_order",
        "feature_json": '{"promo": "весна"}', "revenue_impact": 1200.5, "_known_at": datetime(2026, 3, 1, 9, tzinfo=UTC), "_source": "api",
        "_amount": 1200.5, "_currency": "RUB", "_order": "A-1",
    }  # fmt: skip
    assert pa.RecordBatch.from_pylist([told], schema=ACTIVITY_SCHEMA).num_rows == 1


def test_the_streams_own_form_tells_the_same_fact() -> None:
    theirs = read().activity
    ours = {"activity": "placed_order", "ts": ORDER["ts"], "customer": 17850, "_order": "A-1", "_amount": 1200.5, "_known_at": ORDER["ts"]}
    assert read_row(ours, now=NOW, currency="RUB", seen=Counter()).activity == theirs
    back = {**theirs, "ts": theirs["ts"].isoformat(), "_known_at": theirs["_known_at"].isoformat()}
    assert read_row(back, now=NOW, currency="RUB", seen=Counter()).activity == theirs


@pytest.mark.parametrize("kind", ["ordered_item", "was_promised_delivery", "returned_item", "left_review", "sent_message"])
def test_the_identity_is_the_one_that_sql_gives_the_same_record(kind: str) -> None:
    row = {"kind": kind, "ts": "2026-03-01T12:00:00.123456+03:00", "customer": "17850.0", "order": "A-1"}
    for column in KINDS[kind].columns:
        name = column.lstrip("_")
        row.setdefault(
            name, {"promised_at": "2026-03-05T00:00:00Z", "author": "customer", "stars": 3, "quantity": 2, "amount": 10.25}.get(name, "x")
        )
    row["currency"] = "RUB" if "currency" in row else None
    made = read_row(row, now=NOW, currency="RUB", seen=Counter()).activity
    told = pa.Table.from_pylist([made], schema=ACTIVITY_SCHEMA)  # noqa: F841  # read by DuckDB
    written = {
        "ts": "epoch_us(ts)",
        "_promised_at": "epoch_us(_promised_at)",
        "repeat": "'1'",
        "customer": "case when coalesce(_case, _order) is null then coalesce(customer, anonymous_customer_id) end",
    }
    parts = [f"coalesce({written.get(part, part)}::varchar, '')" for part in KINDS[kind].identity]
    said = duckdb.connect().execute(f"select md5(concat_ws(chr(31), '{kind}', {', '.join(parts)})) from told").fetchall()
    assert made["activity_id"] == said[0][0]


def test_two_equal_lines_of_one_batch_are_two_and_come_out_the_same_next_time() -> None:
    line = {"kind": "ordered_item", "ts": ORDER["ts"], "customer": "1", "order": "A-1", "product": "чай", "quantity": 1, "amount": 5}
    batches = []
    for _ in range(2):
        seen: Counter[tuple[object, ...]] = Counter()
        batches.append([read_row(line, now=NOW, currency="RUB", seen=seen).activity["activity_id"] for _ in range(2)])
    assert batches[0] == batches[1]
    assert len(set(batches[0])) == 2


@pytest.mark.parametrize(
    ("written", "customer"), [("17850.0", "17850"), (17850, "17850"), (17850.0, "17850"), (" ab ", "ab"), ("0017", "0017")]
)
def test_the_ways_to_write_a_customer(written: object, customer: str) -> None:
    assert read(customer=written).customer == customer


@pytest.mark.parametrize("written", [None, "", "0", 0, "NaN", "null", "-", "Неизвестно", "N/A"])
def test_the_ways_to_write_nobody_leave_the_order_as_key(written: object) -> None:
    told = read(customer=written)
    assert (told.customer, told.activity["anonymous_customer_id"]) == (None, "order:A-1")


def test_an_address_stands_in_for_a_customer_nobody_named() -> None:
    told = read(customer=None, email=" Anna@Example.com ", phone="8 916 123-45-67")
    assert told.customer == "email:anna@example.com"
    assert [identifier.kind for identifier in told.identifiers] == ["email", "phone", "order"]
    assert read(phone="8 916 123-45-67").customer == "17850"


def test_details_without_a_date_hold_since_always() -> None:
    row = {"kind": "gave_details", "customer": "1", "name": "Анна"}
    assert read_row(row, now=NOW, currency="RUB", seen=Counter()).activity["ts"] == EPOCH


def test_a_return_takes_money_back_and_an_order_line_moves_none() -> None:
    common = {"ts": ORDER["ts"], "customer": "1", "order": "A-1", "amount": 10}
    impacts = {
        kind: read_row({"kind": kind, **common}, now=NOW, currency="RUB", seen=Counter()).activity["revenue_impact"]
        for kind in ("placed_order", "returned_item", "ordered_item")
    }
    assert impacts == {"placed_order": 10, "returned_item": -10, "ordered_item": 0}
    assert read(amount=...).activity["revenue_impact"] is None


BAD = [
    ("not_an_object", []), ("not_an_object", "x"), ("not_an_object", None), ("kind_missing", {}), ("kind_missing", {"kind": 5}),
    ("kind_unknown", ORDER | {"kind": "placed_ordr"}), ("two_kinds", ORDER | {"activity": "paid_order"}),
    ("field_unknown", ORDER | {"amout": 5}), ("field_unknown", ORDER | {"stars": 5}), ("field_twice", ORDER | {"_amount": 5}),
    ("ts_missing", ORDER | {"ts": None}), ("moment_without_zone", ORDER | {"ts": "2026-03-01T12:00:00"}),
    ("moment_unreadable", ORDER | {"ts": "вчера"}), ("moment_unreadable", ORDER | {"ts": 1700000000}),
    ("moment_unreadable", ORDER | {"ts": "0001-01-01T00:00:00+14:00"}), ("ts_in_future", ORDER | {"ts": "2026-11-24T00:00:00Z"}),
    ("ts_too_early", ORDER | {"ts": "1969-12-31T23:00:00Z"}), ("known_at_impossible", ORDER | {"known_at": "2026-02-01T00:00:00Z"}),
    ("number_unreadable", ORDER | {"amount": "1 200,50"}), ("number_unreadable", ORDER | {"amount": True}),
    ("number_unreadable", ORDER | {"amount": float("nan")}), ("number_unreadable", ORDER | {"amount": float("inf")}),
    ("number_too_large", ORDER | {"amount": 10**400}), ("number_too_large", ORDER | {"amount": 1e13}),
    ("amount_negative", ORDER | {"amount": -1}), ("currency_unknown", ORDER | {"currency": "руб"}),
    ("text_expected", ORDER | {"order": {"no": 1}}), ("text_expected", ORDER | {"customer": True}),
    ("text_too_long", ORDER | {"order": "x" * 501}), ("text_broken", ORDER | {"order": "\ud800"}),
    ("field_missing", ORDER | {"order": None}), ("features_unreadable", ORDER | {"features": [1]}),
    ("features_unreadable", ORDER | {"features": {"a": float("nan")}}), ("features_unreadable", ORDER | {"feature_json": "{"}),
    ("activity_id_differs", ORDER | {"activity_id": "0" * 32}), ("identifier_unreadable", ORDER | {"email": "нет"}),
    ("nobody", {"kind": "visited_site", "ts": ORDER["ts"], "page": "/"}),
    ("stars_impossible", {"kind": "left_review", "ts": ORDER["ts"], "customer": "1", "stars": 6}),
    ("author_unknown", {"kind": "sent_message", "ts": ORDER["ts"], "customer": "1", "author": "Олег"}),
    ("field_missing", {"kind": "was_promised_delivery", "ts": ORDER["ts"], "customer": "1", "order": "A-1"}),
    ("field_missing", {"kind": "opened_case", "ts": ORDER["ts"], "customer": "1"}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "row"), BAD, ids=[f"{n}-{code}" for n, (code, _) in enumerate(BAD)])
def test_a_row_that_cannot_be_used_says_why_in_both_languages(code: str, row: object) -> None:
    problem = problem_of(row)
    assert problem.code == code
    assert problem.wording.ru != problem.wording.en and "{" not in problem.wording.ru.replace("{…}", "")


def test_a_misspelt_kind_gets_a_suggestion() -> None:
    assert "placed_order" in problem_of(ORDER | {"kind": "placed_ordr"}).wording.en


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda part: st.lists(part) | st.dictionaries(st.text(), part),
    max_leaves=4,
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.sampled_from(["ts", "customer", "order", "amount", "features", "email", "case", "_order", "known_at"]), JSON),
    st.sampled_from(sorted(KINDS)),
)
def test_whatever_comes_is_read_or_refused_and_never_breaks(row: dict[str, object], kind: str) -> None:
    try:
        told = read_row({"kind": kind, "ts": ORDER["ts"], **row}, now=NOW, currency="RUB", seen=Counter())
    except RowProblem:
        return
    assert pa.RecordBatch.from_pylist([told.activity], schema=ACTIVITY_SCHEMA).num_rows == 1
    assert told.activity["ts"] <= NOW + timedelta(days=1)
    json.loads(told.activity["feature_json"] or "{}")
