"""What was known at a moment: about a bucket, about one customer, about the whole."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyarrow as pa
import pytest

from lakmus.history.failures import WrongUsage
from lakmus.stream.buckets import bucket_of
from lakmus.stream.store import Stream
from lakmus.stream.watermarks import KindWatermark
from tests.stream.samples import LATER, START, content, copied, made_up, order, orders_of, reader


@pytest.fixture(scope="module")
def original(tmp_path_factory) -> Stream:
    made = Stream.create(tmp_path_factory.mktemp("reading") / "s", buckets=4)
    made.append(reader([order(1, day=0), order(2, day=5), order(3, day=9), order(4, "борис", 2), order(5, None, 3)]))
    return made


@pytest.fixture
def stream(original, tmp_path) -> Stream:
    return copied(original, tmp_path)


@pytest.mark.parametrize(("day", "seen"), [(-1, []), (0, ["1"]), (4.9, ["1"]), (5, ["1", "2"]), (100, ["1", "2", "3"])])
def test_a_past_moment_shows_what_had_happened_by_then(stream, day, seen) -> None:
    assert orders_of(stream, "anna", START + timedelta(days=day)) == seen


def test_a_fact_learned_later_is_not_seen_before_it_was_known(stream) -> None:
    stream.append(reader([order(6, day=1, _known_at=START + timedelta(days=30))]))
    assert orders_of(stream, "anna", START + timedelta(days=29)) == ["1", "2", "3"]
    assert orders_of(stream, "anna", START + timedelta(days=30)) == ["1", "6", "2", "3"]


def test_a_planted_future_fact_changes_nothing_before_it(stream) -> None:
    moment = START + timedelta(days=9)
    before = content(stream, moment)
    stream.append(reader([order(7, day=9.0001), order(8, "борис", 400), order(9, "новый", 400)]))
    assert content(stream, moment) == before and len(before) == 5


@pytest.mark.slow
def test_history_of_agrees_with_reading_the_bucket_for_every_customer(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("lakmus.stream.parquet.ROWS_PER_GROUP", 90)
    stream = Stream.create(tmp_path / "s", buckets=4)
    stream.append(made_up(2000).to_reader())
    stream.append(made_up(600, first=2000).to_reader())
    for customer in ("c0", "c17", "c310"):
        bucket = stream.read_bucket(bucket_of(customer, 4), as_of=LATER)
        mine = bucket.filter(pa.compute.equal(bucket["customer"], customer))
        assert mine.num_rows > 5 and stream.history_of(customer, as_of=LATER).equals(mine)


def test_a_customer_nobody_knows_has_an_empty_history_in_the_full_schema(stream) -> None:
    history = stream.history_of("кто это", as_of=LATER)
    assert history.num_rows == 0 and history.schema == stream.read_bucket(0, as_of=LATER).schema


def test_activities_without_a_customer_are_found_by_the_key_that_keeps_them_apart(stream) -> None:
    history = stream.history_of("order:5", as_of=LATER).to_pylist()
    assert [(row["customer"], row["_order"]) for row in history] == [(None, "5")]


def test_only_the_columns_asked_for_are_read_in_that_order(stream) -> None:
    tables = [stream.read_bucket(bucket, as_of=LATER, columns=["_amount", "customer"]) for bucket in range(4)]
    assert {tuple(table.column_names) for table in tables} == {("_amount", "customer")}
    assert sorted(pa.concat_tables(tables)["_amount"].to_pylist()) == [101.0, 102.0, 103.0, 104.0, 105.0]


def test_a_moment_without_time_zone_and_an_unknown_column_are_refused(stream) -> None:
    with pytest.raises(WrongUsage):
        stream.read_bucket(0, as_of=datetime(2024, 1, 1))
    with pytest.raises(WrongUsage, match="colour"):
        stream.read_bucket(0, as_of=LATER, columns=["colour"])


def test_watermarks_count_each_kind_and_leave_undated_details_out_of_the_period(stream) -> None:
    epoch = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
    stream.append(reader([order(99, day=1) | {"activity": "gave_details", "ts": epoch, "_known_at": epoch}]))
    marks = stream.watermarks()
    assert (marks.first_at, marks.last_at) == (START, START + timedelta(days=9))
    assert marks.by_kind["gave_details"] == KindWatermark(1, 1, None, None)
    assert marks.by_kind["placed_order"] == KindWatermark(5, 4, START, START + timedelta(days=9))


def test_a_snapshot_reads_one_version_while_others_write(stream) -> None:
    snapshot = stream.snapshot()
    Stream.open(stream.path).append(reader([order(50 + n, f"c{n}") for n in range(20)]))
    rows = [stream.read_bucket(bucket, as_of=LATER, snapshot=snapshot).num_rows for bucket in range(4)]
    assert sum(rows) == 5 and stream.count == 25


def test_a_reader_whose_files_were_compacted_away_reads_the_new_ones(stream) -> None:
    stream.append(reader([order(50 + n, f"c{n}") for n in range(20)]))
    snapshot = stream.snapshot()
    Stream.open(stream.path).compact()
    assert snapshot.files != stream.snapshot().files
    rows = [stream.read_bucket(bucket, as_of=LATER, snapshot=snapshot).num_rows for bucket in range(4)]
    assert sum(rows) == 25


def test_the_version_grows_with_every_change_and_only_then(stream) -> None:
    versions = [stream.version]
    stream.append(reader([order(1)]))
    assert stream.version == versions[0]
    stream.append(reader([order(60)]))
    versions.append(stream.version)
    stream.identity.link([("email", "a@b.ru", "anna")], source="test", at=LATER)
    versions.append(stream.version)
    stream.identity.merge("борис", "anna", actor="test", at=LATER)
    versions.append(stream.version)
    stream.erase("anna")
    versions.append(stream.version)
    assert versions == sorted(set(versions)) and Stream.open(stream.path).version == versions[-1]
