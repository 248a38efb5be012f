"""Where a computation runs, said by an address; a cluster that cannot be used is told in words."""

from __future__ import annotations

import sys
import types

import pytest

from lakmus.history.failures import BadInput, LakmusError, WrongUsage
from lakmus.runners import local
from lakmus.runners.choosing import runner_at


@pytest.mark.parametrize("address", ["", "local"])
def test_without_an_address_this_machine_computes(address: str) -> None:
    with runner_at(address) as run:
        assert run is local.map_buckets


@pytest.mark.parametrize("address", ["sparc://host", "http://host:7077", "cluster"])
def test_an_address_that_names_no_runner_is_wrong_usage(address: str) -> None:
    with pytest.raises(WrongUsage), runner_at(address):
        pass


def test_without_pyspark_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(BadInput) as missing, runner_at("spark://localhost:7077"):
        pass
    assert missing.value.code == "spark_missing" and "lakmus[spark]" in missing.value.wording.en


def test_a_cluster_that_does_not_answer_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    class Conf:
        setMaster = setAppName = setAll = lambda self, *_: self

    fake = types.SimpleNamespace(SparkConf=Conf, SparkContext=lambda **_: 1 / 0)
    monkeypatch.setitem(sys.modules, "pyspark", fake)
    with pytest.raises(LakmusError) as unreached, runner_at("spark://localhost:7077"):
        pass
    assert unreached.value.code == "spark_unreached" and "localhost:7077" in unreached.value.wording.ru
