"""The same pure function over every bucket, here or in processes."""

from __future__ import annotations

import multiprocessing
import os
import sys
import types
from itertools import chain

import pytest

from lakmus.history.failures import BadInput, LakmusError
from lakmus.runners import grouping
from lakmus.runners.local import map_buckets
from lakmus.stream.store import Stream
from tests.runners import functions
from tests.stream.samples import LATER, START, made_up, order, reader


@pytest.fixture
def stream(tmp_path) -> Stream:
    made = Stream.create(tmp_path / "s", buckets=5)
    made.append(made_up(500).to_reader())
    return made


@pytest.fixture
def in_processes(monkeypatch) -> None:
    monkeypatch.setattr(grouping, "ROWS_PER_CALL", 1)


def test_small_buckets_go_through_the_function_together(stream, monkeypatch) -> None:
    together = list(map_buckets(stream, functions.ids, as_of=LATER))
    monkeypatch.setattr(grouping, "ROWS_PER_CALL", 250)
    in_groups = list(map_buckets(stream, functions.ids, as_of=LATER, workers=1))
    monkeypatch.setattr(grouping, "ROWS_PER_CALL", 1)
    one_by_one = list(map_buckets(stream, functions.ids, as_of=LATER, workers=1))
    assert [len(together), len(one_by_one)] == [1, 5] and 1 < len(in_groups) < 5
    assert list(chain(*together)) == list(chain(*in_groups)) == list(chain(*one_by_one))


def test_every_bucket_comes_once_and_in_order_with_the_columns_asked_for(stream, monkeypatch) -> None:
    monkeypatch.setattr(grouping, "ROWS_PER_CALL", 1)
    steps = []
    described = map_buckets(stream, functions.described, as_of=LATER, columns=["ts"], workers=1, progress=lambda *step: steps.append(step))
    results = list(described)
    assert [result[0] for result in results] == [0, 1, 2, 3, 4] and sum(result[1] for result in results) == 500
    assert {result[2:] for result in results} == {(("ts",), os.getpid())}
    assert steps == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]


@pytest.mark.slow
def test_processes_give_what_one_process_gives(stream, in_processes) -> None:
    here = list(map_buckets(stream, functions.ids, as_of=LATER, workers=1))
    steps = []
    there = list(map_buckets(stream, functions.ids, as_of=LATER, workers=2, progress=lambda *step: steps.append(step)))
    assert there == here and steps[-1] == (5, 5)
    assert os.getpid() not in {result[3] for result in map_buckets(stream, functions.described, as_of=LATER, workers=2)}


def test_merges_and_the_moment_are_resolved_before_the_function_sees_anything(stream) -> None:
    stream.append(reader([order(9000, "email:a@b.ru", 3), order(9001, "c1", 5000)]))
    stream.identity.link([("email", "a@b.ru", "c1")], source="test", at=START)
    seen = [number for bucket in map_buckets(stream, functions.ids, as_of=LATER) for number in bucket]
    assert len(seen) == len(set(seen)) == 502
    assert sum(len(bucket) for bucket in map_buckets(stream, functions.ids, as_of=START)) < 10


def test_an_import_during_the_run_does_not_reach_later_buckets(stream, monkeypatch) -> None:
    monkeypatch.setattr(grouping, "ROWS_PER_CALL", 1)
    running = map_buckets(stream, functions.ids, as_of=LATER, workers=1)
    rows = len(next(running))
    stream.append(made_up(300, first=500).to_reader())
    assert rows + sum(len(bucket) for bucket in running) == 500


@pytest.mark.slow
def test_what_the_function_raises_comes_through_and_leaves_no_process(stream, in_processes) -> None:
    with pytest.raises(BadInput, match="third"):
        list(map_buckets(stream, functions.refusing, as_of=LATER, workers=2))
    assert multiprocessing.active_children() == []


@pytest.mark.slow
def test_a_process_that_dies_is_told_in_plain_words(stream, in_processes) -> None:
    with pytest.raises(LakmusError) as cut_off:
        list(map_buckets(stream, functions.dying, as_of=LATER, workers=2))
    assert cut_off.value.code == "computation_cut_off" and "не изменена" in cut_off.value.wording.ru


@pytest.mark.slow
def test_a_function_that_the_processes_cannot_load_says_so_and_blames_no_memory(stream, in_processes, monkeypatch) -> None:
    only_here = types.ModuleType("only_here")
    exec("def count(table, bucket): return table.num_rows", only_here.__dict__)
    monkeypatch.setitem(sys.modules, "only_here", only_here)
    with pytest.raises(ModuleNotFoundError, match="only_here"):
        list(map_buckets(stream, only_here.count, as_of=LATER, workers=2))
