"""A verdict that is being computed: one at a time, cut off at any moment, by one program."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from lakmus.history.failures import Busy
from lakmus.stream.lease import lease
from lakmus.usecases import show_verdict as module
from lakmus.usecases.house.home import Home
from lakmus.usecases.imports.push_activities import push_activities
from lakmus.usecases.show_verdict import ask_for_verdict, computing_share, nobody_computes, show_verdict, verdict_at_hand

ORDER = {"kind": "placed_order", "ts": "2026-03-01T00:00:00+00:00", "customer": "c1", "order": "A-1", "amount": 5}


@pytest.fixture
def little(new_home: Home) -> Home:
    """Return a home with one order, of which no verdict was computed yet."""
    push_activities(new_home, [ORDER], actor=None)
    return new_home


def cut_off(*_: Any, **__: Any) -> None:
    raise ImportError("no such name in the newer program")


@pytest.mark.slow
def test_a_failure_while_the_program_was_replaced_says_so_and_the_next_try_goes_well(little: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "analyse", cut_off)
    with pytest.raises(ImportError):
        show_verdict(little)
    module._engine_at_start()
    with monkeypatch.context() as updated:
        updated.setattr(module, "_engine_as_written", lambda: "another")
        with pytest.raises(Busy) as refused:
            show_verdict(little)
    assert refused.value.code == "program_updated" and "перезапустите" in refused.value.wording.ru
    monkeypatch.undo()
    assert show_verdict(little).verdict.orders.count == 1


@pytest.mark.slow
def test_what_a_killed_computation_left_is_no_hindrance_and_goes_away(little: Home) -> None:
    kept = show_verdict(little)
    other = little.results / ".0123456789abcdef"
    for remains in (little.results / f".{kept.key}", other):
        (remains / "customers").mkdir(parents=True)
        (remains / "customers" / "0000.parquet").write_bytes(b"half")
    (little.results / f"{kept.key}.share").write_text("0.333")
    (little.results / kept.key / "verdict.pickle").write_bytes(b"half")
    again = show_verdict(little)
    assert again.verdict == kept.verdict and computing_share(little) is None
    assert not other.exists() and not (little.results / f".{kept.key}").exists()


@pytest.mark.slow
def test_what_another_process_is_computing_is_not_swept_away(little: Home) -> None:
    theirs, lock = little.results / ".0123456789abcdef", little.results / "0123456789abcdef.lock"
    theirs.mkdir()
    lock.touch()
    os.utime(lock, (0, 0))
    with lease(lock, wait_seconds=0):
        show_verdict(little)
        assert theirs.exists() and lock.exists()
    show_verdict(little, as_of=show_verdict(little).as_of.date())
    assert not theirs.exists() and not lock.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_who_comes_while_it_is_computed_waits_and_gets_the_same(little: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    started, calls, first = threading.Event(), [], []
    whole: Callable[..., Any] = module.analyse

    def slowly(*given: Any, **more: Any) -> Any:
        calls.append(1)
        started.set()
        time.sleep(0.3)
        return whole(*given, **more)

    def in_thread() -> None:
        from django.db import connection

        first.append(show_verdict(little))
        connection.close()

    monkeypatch.setattr(module, "analyse", slowly)
    thread = threading.Thread(target=in_thread)
    thread.start()
    assert started.wait(30) and verdict_at_hand(little) is None
    second = show_verdict(little)
    thread.join()
    assert len(calls) == 1 and second.verdict == first[0].verdict


def test_a_verdict_asked_for_in_vain_says_that_nobody_computes_it(little: Home) -> None:
    ask_for_verdict(little)
    assert not nobody_computes(little)
    (asked,) = little.results.glob("*.asked")
    asked.write_text(str(float(asked.read_text()) - 60))
    assert nobody_computes(little)
    with lease(asked.with_suffix(".lock"), wait_seconds=0):
        assert not nobody_computes(little)
