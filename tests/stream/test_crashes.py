"""Killed writers, two writers at once, power cuts: nothing twice, nothing lost."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from lakmus.history.failures import Busy
from lakmus.stream.lease import lease
from lakmus.stream.store import Stream
from tests.stream.samples import content, made_up, order, orders_of, reader

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("LAKMUS_KILLS", "10"))
ROWS = 6000


def importer(stream: Path, file: Path) -> subprocess.Popen[str]:
    """Start an import that waits for a word."""
    command = [sys.executable, "-m", "tests.stream.importer", str(stream), str(file)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout and process.stdout.readline() == "ready\n"
    return process


def say_go(process: subprocess.Popen[str]) -> None:
    assert process.stdin
    process.stdin.write("go\n")
    process.stdin.flush()


@pytest.mark.slow
def test_two_importers_at_once_lose_nothing_and_add_nothing_twice(tmp_path) -> None:
    stream = Stream.create(tmp_path / "s", buckets=8)
    pq.write_table(made_up(20_000), tmp_path / "one.parquet")
    pq.write_table(made_up(20_000, first=10_000), tmp_path / "two.parquet")
    processes = [importer(stream.path, tmp_path / f"{name}.parquet") for name in ("one", "two", "one")]
    for process in processes:
        say_go(process)
    added = [int(process.communicate(timeout=120)[0].split()[1]) for process in processes]
    assert sum(added) == stream.count == 30_000
    assert len({row["activity_id"] for row in content(stream)}) == 30_000


@pytest.mark.slow
def test_an_import_killed_at_any_moment_and_repeated_equals_an_undisturbed_one(tmp_path) -> None:
    moments, alive = random.Random(20240229), []
    killed, undisturbed = Stream.create(tmp_path / "killed", buckets=8), Stream.create(tmp_path / "calm", buckets=8)
    took = 0.0
    for kill in range(KILLS):
        part, file = made_up(ROWS, first=kill * ROWS // 2), tmp_path / "part.parquet"
        pq.write_table(part, file)
        started = time.monotonic()
        undisturbed.append(part.to_reader())
        took = max(took, time.monotonic() - started)
        before = killed.count
        process = importer(killed.path, file)
        say_go(process)
        time.sleep(moments.uniform(0, 1.3 * took))
        process.kill()
        alive.append(process.wait() == 0)
        assert killed.count in (before, undisturbed.count), "a killed import left a part of itself"
        killed.append(part.to_reader())
        assert killed.count == undisturbed.count
    assert content(killed) == content(undisturbed) and not all(alive)
    assert not list((tmp_path / "killed" / "staging").iterdir())


def test_what_a_killed_import_left_is_swept_at_the_next_append(tmp_path) -> None:
    stream = Stream.create(tmp_path / "s", buckets=1)
    stream.append(reader([order(1)]))
    stray = tmp_path / "s" / "activities" / "bucket=0" / "part-stray.parquet"
    stray.write_bytes(b"half a file")
    left = tmp_path / "s" / "staging" / "123-abc"
    left.mkdir(parents=True)
    (left / "chunk-00000.arrow").write_bytes(b"half a chunk")
    stream.append(reader([order(2)]))
    assert not stray.exists() and not left.exists() and orders_of(stream, "anna") == ["1", "2"]


@pytest.mark.parametrize("loss", ["manifest", "segments", "everything"])
def test_a_lost_index_of_known_activities_is_built_again(tmp_path, loss) -> None:
    stream = Stream.create(tmp_path / "s", buckets=2)
    stream.append(reader([order(number) for number in range(9)]))
    for path in (tmp_path / "s" / "seen").iterdir():
        if loss == "everything" or (path.suffix == ".json") == (loss == "manifest"):
            path.unlink()
    assert stream.append(reader([order(number) for number in range(10)])).appended == 1


@pytest.mark.parametrize("half", [b"", b'{"commitInfo":{"timest'])
def test_a_commit_that_a_power_cut_left_half_written_is_taken_back(tmp_path, half) -> None:
    stream = Stream.create(tmp_path / "s", buckets=2)
    stream.append(reader([order(1)]))
    (tmp_path / "s" / "activities" / "_delta_log" / f"{2:020}.json").write_bytes(half)
    again = Stream.open(tmp_path / "s")
    assert orders_of(again, "anna") == ["1"]
    assert again.append(reader([order(1), order(2)])).appended == 1
    assert orders_of(again, "anna") == ["1", "2"]


def test_a_writer_waits_for_a_bounded_time_and_then_says_busy(tmp_path) -> None:
    stream = Stream.create(tmp_path / "s", buckets=2)
    stream.wait_seconds = 0.1
    with lease(tmp_path / "s" / "lease", wait_seconds=0), pytest.raises(Busy) as refusal:
        stream.append(reader([order(1)]))
    assert "Ничего не потеряно" in refusal.value.wording.ru
    assert stream.count == 0 and stream.append(reader([order(1)])).appended == 1


def test_a_stage_of_a_living_import_is_left_alone(tmp_path) -> None:
    stream = Stream.create(tmp_path / "s", buckets=2)

    def batches():
        yield from made_up(10).to_batches()
        Stream.open(stream.path).append(reader([order(500)]))
        yield from made_up(10, first=10).to_batches()

    source = reader([]).from_batches(made_up(1).schema, batches())
    assert stream.append(source).appended == 20 and stream.count == 21
