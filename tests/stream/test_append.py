"""Each activity once, whatever is imported, in whatever pieces."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakmus.history.activity import ACTIVITY_SCHEMA
from lakmus.history.failures import BadInput, Damaged, NotFound, WrongUsage
from lakmus.stream.ledger import StoredFile
from lakmus.stream.rewriting import alike_files
from lakmus.stream.store import Stream
from tests.stream.samples import content, made_up, order, orders_of, reader, table

ORDERS = [order(number, [None, "anna", "борис", "c3"][number % 4], day=number * 7 % 11) for number in range(40)]


def test_the_same_file_again_adds_nothing(tmp_path) -> None:
    stream = Stream.create(tmp_path / "s", buckets=4)
    first, again = stream.append(reader(ORDERS)), stream.append(reader(ORDERS))
    assert (first.read, first.appended, first.duplicate) == (40, 40, 0)
    assert (again.read, again.appended, again.duplicate) == (40, 0, 40)
    assert again.by_kind == {"placed_order": (0, 40)}
    assert stream.count == 40 and len(content(stream)) == 40


def test_an_overlapping_file_adds_only_what_is_new(tmp_path) -> None:
    stream = Stream.create(tmp_path / "s", buckets=4)
    stream.append(reader(ORDERS[:25]))
    assert stream.append(reader(ORDERS[10:])).by_kind == {"placed_order": (15, 15)}
    assert sorted(row["_order"] for row in content(stream)) == sorted(row["_order"] for row in ORDERS)


def test_the_same_order_with_and_without_its_customer_counts_once(tmp_path) -> None:
    stream = Stream.create(tmp_path / "s", buckets=8)
    report = stream.append(reader([order(1, None), order(1, "anna")]))
    again = stream.append(reader([order(1, "борис")]))
    assert (report.appended, report.duplicate, again.appended) == (1, 1, 0)
    assert [row["customer"] for row in content(stream)] == [None]


@pytest.mark.slow
@settings(max_examples=8, deadline=None)
@given(st.lists(st.lists(st.integers(0, 39), max_size=60), min_size=1, max_size=3), st.integers(1, 3))
def test_any_split_into_overlapping_batches_gives_the_same_content(tmp_path_factory, batches, buckets) -> None:
    folder = tmp_path_factory.mktemp("split")
    split, whole = Stream.create(folder / "split", buckets=buckets), Stream.create(folder / "whole", buckets=buckets)
    for batch in batches:
        split.append(reader([ORDERS[number] for number in batch]))
    whole.append(reader([ORDERS[number] for number in {number for batch in batches for number in batch}]))
    assert content(split) == content(whole)
    assert split.watermarks() == whole.watermarks()


def test_rows_come_sorted_by_customer_and_time_with_every_column_intact(tmp_path) -> None:
    stream = Stream.create(tmp_path / "s", buckets=3)
    shuffled = random.Random(5).sample(ORDERS, len(ORDERS))
    stream.append(reader(shuffled[:20]))
    stream.append(reader(shuffled[20:]))
    for bucket in range(3):
        rows = stream.read_bucket(bucket, as_of=order(0, day=99)["ts"]).to_pylist()
        keys = [(row["customer"] or row["anonymous_customer_id"], row["ts"], row["activity_id"]) for row in rows]
        assert keys == sorted(keys) and rows
    assert sorted(content(stream), key=lambda row: row["activity_id"]) == sorted(
        table(ORDERS).to_pylist(), key=lambda row: row["activity_id"]
    )


def test_more_rows_than_one_chunk_holds_arrive_whole(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("lakmus.stream.staging.ROWS_PER_CHUNK", 200)
    rows, steps = made_up(1500), []
    stream = Stream.create(tmp_path / "s", buckets=3)
    assert stream.append(rows.to_reader(90), progress=steps.append).appended == 1500
    assert steps[-1] == 1500 and steps == sorted(steps) and len(steps) > 5
    assert sorted(row["activity_id"] for row in content(stream)) == sorted(rows["activity_id"].to_pylist())


def test_an_empty_import_changes_nothing(tmp_path) -> None:
    stream = Stream.create(tmp_path / "s", buckets=2)
    before = stream.version
    assert stream.append(reader([])).read == 0
    assert (stream.version, stream.count, content(stream)) == (before, 0, [])


def test_ids_of_any_form_are_told_apart(tmp_path) -> None:
    stream = Stream.create(tmp_path / "s", buckets=2)
    ids = ["1", "2", "заказ-1", "x" * 32, "x" * 31 + "y", "x" * 300]
    stream.append(reader([order(1) | {"activity_id": name} for name in ids]))
    assert stream.append(reader([order(1) | {"activity_id": name} for name in [*ids, "3"]])).appended == 1


def test_a_table_of_another_form_is_refused_and_nothing_is_written(tmp_path) -> None:
    stream = Stream.create(tmp_path / "s")
    with pytest.raises(BadInput, match="colour"):
        stream.append(pa.table({"colour": ["red"]}).to_reader())
    with pytest.raises(BadInput, match="ts: timestamp"):
        naive = pa.Table.from_pylist([order(1)]).column("ts").cast(pa.timestamp("us"))
        rows = table([order(1)])
        stream.append(rows.set_column(rows.schema.get_field_index("ts"), "ts", naive).to_reader())
    with pytest.raises(BadInput, match="activity_id"):
        loose = pa.schema([field.with_nullable(True) for field in ACTIVITY_SCHEMA])
        stream.append(pa.Table.from_pylist([order(1), order(2) | {"activity_id": None}], schema=loose).to_reader())
    with pytest.raises(BadInput, match="activity"):
        rows = table([order(1)])
        nameless = pa.DictionaryArray.from_arrays(pa.array([0]), pa.array([None], pa.string()))
        stream.append(rows.set_column(rows.column_names.index("activity"), "activity", nameless).to_reader())
    assert stream.count == 0 and not list((tmp_path / "s" / "staging").iterdir())


def test_many_small_appends_are_joined_on_the_way(tmp_path) -> None:
    stream = Stream.create(tmp_path / "s", buckets=1)
    for number in range(7):
        stream.append(reader([order(number, day=number)]))
    assert len(stream.snapshot().files) <= 4
    assert orders_of(stream, "anna") == [str(number) for number in range(7)]
    assert stream.append(reader([order(3), order(40)])).appended == 1


def test_large_files_are_joined_with_files_of_their_size() -> None:
    file = StoredFile("", 0, 0, 0)
    nightly = [replace(file, path=str(number), rows=2_000) for number in range(3)]
    history = [replace(file, path=f"year {number}", rows=900_000) for number in range(4)]
    assert alike_files([history[0], *nightly]) == [] and alike_files([*history, *nightly]) == history
    assert alike_files([replace(one, rows=1_100_000) for one in history]) == []


def test_compacting_changes_files_and_not_what_they_say(tmp_path) -> None:
    stream = Stream.create(tmp_path / "s", buckets=4)
    for first in range(0, 40, 10):
        stream.append(reader(ORDERS[first : first + 10]))
    before, marks = content(stream), stream.watermarks()
    stream.compact()
    assert len(stream.snapshot().files) == 4 and content(stream) == before and stream.watermarks() == marks
    assert stream.append(reader(ORDERS)).appended == 0


def test_a_stream_is_opened_where_it_was_made_and_nowhere_else(tmp_path) -> None:
    Stream.create(tmp_path / "s", buckets=7)
    assert Stream.open(tmp_path / "s").bucket_count == 7
    assert Stream.open_or_create(tmp_path / "s", buckets=3).bucket_count == 7
    with pytest.raises(NotFound):
        Stream.open(tmp_path / "other")
    with pytest.raises(WrongUsage):
        Stream.create(tmp_path / "s")
    with pytest.raises(WrongUsage):
        Stream.create(tmp_path / "many", buckets=257)
    (tmp_path / "s" / "stream.json").write_text(json.dumps({"format": 99, "buckets": 1}))
    with pytest.raises(Damaged):
        Stream.open(tmp_path / "s")


def test_texts_that_come_as_dictionaries_are_stored_as_texts(tmp_path) -> None:
    words = [order(number, f"c{number % 3}", _channel=["сайт", None, "магазин"][number % 3], _order=str(number)) for number in range(30)]
    plain, coded = Stream.create(tmp_path / "plain", buckets=2), Stream.create(tmp_path / "coded", buckets=2)
    rows = table(words)
    for name in ("activity", "_channel", "_order", "customer", "activity_id"):
        rows = rows.set_column(rows.column_names.index(name), name, rows[name].dictionary_encode())
    plain.append(reader(words))
    assert coded.append(rows.to_reader(7)).by_kind == {"placed_order": (30, 0)}
    assert content(coded) == content(plain)


def test_a_column_may_turn_out_to_hold_many_words_in_the_middle_of_an_import(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("lakmus.stream.staging.ROWS_PER_CHUNK", 200)
    rows = [order(number, _channel="сайт", _place=f"место {number if number > 300 else number % 2}") for number in range(900)]
    stream = Stream.create(tmp_path / "s", buckets=1)
    stream.append(table(rows).to_reader(70))
    assert [row["_place"] for row in sorted(content(stream), key=lambda row: row["_amount"])] == [row["_place"] for row in rows]


def test_duplicates_are_told_apart_by_the_file_they_came_from(tmp_path) -> None:
    stream = Stream.create(tmp_path / "s", buckets=2)
    stream.append(reader([order(1), order(2)]))
    told = [order(1, _source="file:a"), order(2, _source="file:b"), order(2, _source="file:b"), order(3, _source="file:b")]
    expected = {("file:a", "placed_order"): 1, ("file:b", "placed_order"): 2}
    assert stream.append(reader(told)).duplicates == expected
    assert stream.append(reader(told)).duplicates == expected | {("file:b", "placed_order"): 3}
