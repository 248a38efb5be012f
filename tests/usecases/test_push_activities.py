"""A pushed batch: what is right is in the stream once, what is wrong comes back with its place and reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lakmus.history.failures import Busy
from lakmus.history.wording import Wording
from lakmus.operations.journal.models import JournalEntry
from lakmus.stream.store import Stream
from lakmus.usecases.house.home import Home, open_home
from lakmus.usecases.imports.push_activities import push_activities

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def company_home(tmp_path: Path) -> Home:
    return open_home(tmp_path)


def orders(count: int, customer: str = "c") -> list[dict[str, object]]:
    first = datetime(2026, 3, 1, tzinfo=UTC)
    return [
        {
            "kind": "placed_order",
            "ts": (first + timedelta(hours=n)).isoformat(),
            "customer": f"{customer}{n % 7}",
            "order": f"A-{n}",
            "amount": 100 + n,
        }
        for n in range(count)
    ]


def test_a_batch_sent_twice_counts_once(company_home: Home) -> None:
    first = push_activities(company_home, orders(50), actor=None, now=NOW)
    again = push_activities(company_home, orders(60), actor=None, now=NOW)
    assert (first.accepted, first.duplicate, first.rejected) == (50, 0, 0)
    assert (again.accepted, again.duplicate, again.rejected) == (10, 50, 0)
    assert company_home.stream().count == 60


def test_wrong_rows_come_back_with_their_place_and_do_not_stop_the_others(company_home: Home) -> None:
    rows: list[object] = [*orders(3), {"kind": "nothing"}, "text", {**orders(4)[3], "amount": -5}]
    report = push_activities(company_home, rows, actor=None, now=NOW)
    assert (report.received, report.accepted, report.rejected) == (6, 3, 3)
    said = report.as_json("en")["errors"]
    assert [(row["index"], row["code"], row["field"]) for row in said] == [
        (3, "kind_unknown", "kind"), (4, "not_an_object", ""), (5, "amount_negative", "amount"),
    ]  # fmt: skip
    assert "never negative" in said[2]["message"]


def test_a_mended_batch_adds_only_what_was_missing(company_home: Home) -> None:
    broken = [*orders(2), {**orders(3)[2], "ts": "вчера"}]
    push_activities(company_home, broken, actor=None, now=NOW)
    assert push_activities(company_home, orders(3), actor=None, now=NOW).accepted == 1
    assert company_home.stream().count == 3


def test_what_was_pushed_is_read_back_as_the_customers_history(company_home: Home) -> None:
    push_activities(company_home, orders(20), actor=None, now=NOW)
    history = company_home.stream().history_of("c3", as_of=NOW).to_pylist()
    assert [row["_order"] for row in history] == ["A-3", "A-10", "A-17"]
    assert [row["revenue_impact"] for row in history] == [103, 110, 117]


def test_an_address_learned_later_joins_what_stood_under_it(company_home: Home) -> None:
    review = {"kind": "left_review", "ts": "2026-03-02T00:00:00Z", "email": "Anna@example.com", "stars": 2, "text": "долго"}
    push_activities(company_home, [review], actor=None, now=NOW)
    push_activities(company_home, [{**orders(1)[0], "email": "anna@example.com"}], actor=None, now=NOW)
    kinds = [row["activity"] for row in company_home.stream().history_of("c0", as_of=NOW).to_pylist()]
    assert kinds == ["placed_order", "left_review"]


def test_one_batch_is_one_row_of_the_journal_and_nothing_new_is_none(company_home: Home) -> None:
    push_activities(company_home, orders(5), actor=None, now=NOW)
    push_activities(company_home, orders(5), actor=None, now=NOW)
    push_activities(company_home, [{}], actor=None, now=NOW)
    assert JournalEntry.objects.get().details == {"accepted": 5, "duplicate": 0, "rejected": 0}


def test_an_empty_batch_makes_no_stream(company_home: Home, tmp_path: Path) -> None:
    assert push_activities(company_home, [], actor=None, now=NOW).received == 0
    assert not (tmp_path / "stream").exists()


def test_when_another_writes_nothing_of_the_batch_is_taken(company_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def occupied(*_: object, **__: object) -> None:
        raise Busy("busy", Wording("занято", "busy"))

    monkeypatch.setattr(Stream, "append", occupied)
    with pytest.raises(Busy):
        push_activities(company_home, orders(5), actor=None, now=NOW)
    assert not JournalEntry.objects.exists()
