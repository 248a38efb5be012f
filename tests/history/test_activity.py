"""An activity's identity, computed by hand, by Python and by SQL."""

from __future__ import annotations

import hashlib

import duckdb
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from lakmus.history.activity import ACTIVITY_SCHEMA, TYPED_COLUMNS, activity_id, empty_activities

WRITTEN = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"))


def test_an_identity_is_the_md5_of_kind_and_key_joined_by_the_unit_separator() -> None:
    assert activity_id("placed_order", "536365") == hashlib.md5(b"placed_order\x1f536365").hexdigest()


def test_an_identity_computed_once_by_hand_never_changes() -> None:
    assert activity_id("received_order", "А-17") == "860ee768605666546b1b0ab31537f37a"


def test_a_missing_part_reads_as_an_empty_one() -> None:
    assert activity_id("ordered_item", "17", None, 2) == activity_id("ordered_item", "17", "", "2")


def test_parts_do_not_run_into_each_other() -> None:
    assert activity_id("ordered_item", "17", "1") != activity_id("ordered_item", "171", "")
    assert activity_id("ordered_item", "17", "", "1") != activity_id("ordered_item", "17", "1", "")


@given(st.lists(st.one_of(st.none(), WRITTEN), max_size=5))
def test_sql_computes_the_same_identity(parts: list[str | None]) -> None:
    places = "".join(", coalesce(?, '')" for _ in parts)
    row = duckdb.execute(f"select md5(concat_ws(chr(31), 'sent_message'{places}))", parts).fetchone()
    assert row == (activity_id("sent_message", *parts),)


def test_a_whole_number_held_as_a_float_reads_alike_in_python_and_in_sql() -> None:
    row = duckdb.execute("select md5(concat_ws(chr(31), 'ordered_item', '17', cast(12::double as varchar)))").fetchone()
    assert row == (activity_id("ordered_item", "17", 12.0),)


def test_the_schema_holds_what_activity_schema_asks_for() -> None:
    asked = ["activity_id", "ts", "customer", "activity", "anonymous_customer_id", "feature_json", "revenue_impact", "link"]
    assert ACTIVITY_SCHEMA.names[: len(asked)] == asked


def test_every_further_column_begins_with_an_underscore() -> None:
    assert set(ACTIVITY_SCHEMA.names[8:]) == set(TYPED_COLUMNS)


def test_every_moment_is_utc_to_the_microsecond() -> None:
    moments = [field for field in ACTIVITY_SCHEMA if pa.types.is_timestamp(field.type)]
    assert {field.name for field in moments} == {"ts", "_known_at", "_promised_at"}
    assert {str(field.type) for field in moments} == {"timestamp[us, tz=UTC]"}


def test_only_identity_moment_and_kind_must_be_known() -> None:
    assert [field.name for field in ACTIVITY_SCHEMA if not field.nullable] == ["activity_id", "ts", "activity", "_known_at"]


def test_an_empty_table_has_the_schema() -> None:
    assert empty_activities().schema.equals(ACTIVITY_SCHEMA)
    assert empty_activities().num_rows == 0
