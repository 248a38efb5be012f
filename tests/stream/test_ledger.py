"""The log is read once for each state of it, however often the stream is opened, and never for another folder's."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lakmus.stream.ledger import Ledger
from lakmus.stream.store import Stream
from tests.stream.samples import order, reader


def test_opening_the_stream_again_reads_the_log_only_where_it_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Stream.create(tmp_path / "stream", buckets=2)
    stream.append(reader([order(number) for number in range(3)]))
    assert stream.count == 3
    read: list[int] = []
    whole = Ledger._read
    monkeypatch.setattr(Ledger, "_read", lambda self: read.append(1) or whole(self))
    assert [Stream.open(tmp_path / "stream").count for _ in range(3)] == [3, 3, 3]
    assert read == []
    Stream.open(tmp_path / "stream").append(reader([order(number) for number in (7, 8)]))
    assert Stream.open(tmp_path / "stream").count == 5 and read


def test_a_folder_put_in_the_place_of_another_is_read_anew(tmp_path: Path) -> None:
    for name, orders in (("one", 3), ("two", 4)):
        Stream.create(tmp_path / name, buckets=2).append(reader([order(number) for number in range(orders)]))
    assert Stream.open(tmp_path / "one").count == 3
    shutil.rmtree(tmp_path / "one")
    shutil.copytree(tmp_path / "two", tmp_path / "one")
    assert Stream.open(tmp_path / "one").count == 4
