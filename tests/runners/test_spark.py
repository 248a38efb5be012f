"""A cluster gives what this machine gives, also when one of its workers dies in the middle."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from lakmus.engine.pipeline import Analysis, analyse
from lakmus.history.company import Company
from lakmus.history.failures import BadInput
from lakmus.runners import grouping, local
from lakmus.runners.choosing import Run, runner_at
from lakmus.stream.store import Stream
from tests.engine.simulated import activities, write_company
from tests.runners import functions
from tests.runners.cluster import Cluster, is_possible
from tests.stream.samples import LATER, made_up

WHY_NOT = is_possible()
pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT), pytest.mark.spark]
GROUPS_OF_ROWS = 3000
PATIENCE_SECONDS = 180.0
SPOKEN = ("errors", "moments", "texts", "promises", "messages", "replies", "staff", "reasons")
"""Tables of what went wrong: that they are equal says nothing where they are empty."""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_CONF_DIR", str(made.settings))
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        yield made
    made.stop()


@pytest.fixture(scope="module")
def run(cluster: Cluster) -> Iterator[Run]:
    with runner_at(cluster.address) as ready:
        yield ready


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Stream:
    """The stream of a simulated company."""
    folder = tmp_path_factory.mktemp("company")
    write_company(folder, customers=300, months=18, seed=4)
    stream = Stream.create(folder / "stream", buckets=8)
    stream.append(activities(folder).to_reader())
    return stream


@pytest.fixture
def stream(tmp_path: Path) -> Stream:
    made = Stream.create(tmp_path / "s", buckets=6)
    made.append(made_up(500).to_reader())
    return made


def analysed(over: Callable[..., Any], stream: Stream, **more: Any) -> Analysis:
    as_of = stream.watermarks().last_at
    return analyse(partial(over, stream, as_of=as_of, **more), company=Company(), as_of=as_of)


@pytest.fixture(scope="module")
def here(company: Stream) -> Analysis:
    """What this machine says of the company, its buckets in as many groups as on the cluster."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grouping, "ROWS_PER_CALL", GROUPS_OF_ROWS)
        return analysed(local.map_buckets, company, workers=1)


def assert_the_same(one: Analysis, other: Analysis) -> None:
    assert one.verdict.as_json() == other.verdict.as_json()
    assert one.tables.keys() == other.tables.keys() >= {"customers", "errors", "orders"}
    assert [name for name in one.tables if not one.tables[name].equals(other.tables[name])] == []
    assert one.tables["customers"].num_rows == 300
    assert [name for name in SPOKEN if not one.tables[name].num_rows] == []


def test_every_bucket_comes_once_and_in_order_from_both_workers(stream: Stream, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "ROWS_PER_CALL", 1)
    steps: list[tuple[int, int]] = []
    found = list(run(stream, functions.described, as_of=LATER, columns=["ts"], progress=lambda *step: steps.append(step)))
    assert [each[0] for each in found] == [0, 1, 2, 3, 4, 5] and sum(each[1] for each in found) == 500
    assert {each[2] for each in found} == {("ts",)} and steps == [(done, 6) for done in range(1, 7)]
    assert list(run(stream, functions.ids, as_of=LATER)) == list(local.map_buckets(stream, functions.ids, as_of=LATER, workers=1))


def test_what_the_function_raises_comes_through_as_it_is(stream: Stream, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "ROWS_PER_CALL", 1)
    with pytest.raises(BadInput, match="third") as refused:
        list(run(stream, functions.refusing, as_of=LATER))
    assert refused.value.wording.ru == "третья"


def test_signals_errors_and_risk_are_those_of_this_machine(
    company: Stream, here: Analysis, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "ROWS_PER_CALL", GROUPS_OF_ROWS)
    assert_the_same(analysed(run, company), here)


def test_a_worker_killed_in_the_middle_changes_nothing(
    company: Stream, stream: Stream, here: Analysis, cluster: Cluster, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "ROWS_PER_CALL", 1)
    whole = list(chain(*local.map_buckets(stream, functions.ids, as_of=LATER, workers=1)))
    told = tmp_path / "told"
    told.mkdir()
    killer = threading.Thread(target=_kill_while_it_works, args=(cluster, told))
    killer.start()
    found = list(chain(*run(stream, partial(functions.slow_ids, folder=told), as_of=LATER)))
    killer.join()
    assert found == whole
    cut_off = [began for began in told.glob("*.began") if "worker-0" in began.read_text(encoding="utf-8")]
    assert cut_off and cluster.workers[0].poll() is not None
    repeated = [began.name.partition("-")[0] for began in told.glob("*.began")]
    assert len(repeated) > len(set(repeated)) == 6
    monkeypatch.setattr(grouping, "ROWS_PER_CALL", GROUPS_OF_ROWS)
    assert_the_same(analysed(run, company), here)


def _kill_while_it_works(cluster: Cluster, told: Path) -> None:
    """Kill the first worker as soon as it has begun with a bucket."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        for began in told.glob("*.began"):
            if "worker-0" in began.read_text(encoding="utf-8") and not began.with_suffix(".ended").exists():
                cluster.kill_worker(0)
                return
        time.sleep(0.02)
