"""First waits: counted by hand, told by group, each figure opening to its cases."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction

from lakmus.history.estimate import Estimate, NotEnoughEvidence
from lakmus.usecases.house.home import Home
from lakmus.usecases.show_verdict import show_verdict
from lakmus.usecases.signals.waiting import OUTCOMES, list_waits, waiting_times
from tests.usecases.conftest import bring_in, empty_home

START = datetime(2026, 3, 2, 9)
FORMAT = "%d.%m.%Y %H:%M"


def cases(waits: list[int | None], *, shift: str = "утро", channel: str = "чат", start: int = 0) -> list[str]:
    """Return rows of a file of cases, one a day; a wait of None was never answered."""
    rows = []
    for number, minutes in enumerate(waits, start):
        asked = START + timedelta(days=number)
        replied = "" if minutes is None else (asked + timedelta(minutes=minutes)).strftime(FORMAT)
        rows.append(f"C{number};{asked.strftime(FORMAT)};{channel};Возврат;Орлова Марина;{replied};{shift}")
    return rows


@pytest.fixture(scope="module")
def kept_desk(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker) -> Home:
    """Twelve morning cases answered after 5, 10, … 60 minutes, a late one, one never answered; three of the night."""
    morning = cases([5 * step for step in range(1, 13)] + [300, None])
    night = cases([1, 2, 500], shift="ночь", start=20)
    head = "Номер обращения;Дата обращения;Канал;Тема;Сотрудник;Дата первого ответа;Смена"
    path = tmp_path_factory.mktemp("desk") / "cases.csv"
    path.write_text("\n".join([head, *morning, *night]) + "\n", encoding="utf-8")
    home = empty_home(tmp_path_factory.mktemp("desk-home"))
    # The rows of the database are taken back, for other tests count them; what the tests look at lies in the home.
    with django_db_blocker.unblock(), transaction.atomic():
        bring_in(home, path)
        show_verdict(home)
        transaction.set_rollback(True)
    return home


@pytest.fixture
def desk(kept_desk: Home, db: None) -> Home:
    """Return the same for a test that reads."""
    return kept_desk


def test_waits_of_a_shift_are_those_counted_by_hand(desk: Home) -> None:
    shown = show_verdict(desk)
    morning, night = waiting_times(desk, shown, by="shift")
    assert (morning.group, morning.cases, morning.replied, morning.linked) == ("утро", 14, 13, 0)
    # The target of a chat is 60 minutes: twelve within it, one later, one never.
    assert (morning.within, morning.late, morning.unanswered, morning.waiting, morning.unclear) == (12, 1, 1, 0, 0)
    assert morning.median_minutes.point == 35
    assert morning.within_share.point == pytest.approx(12 / 14)
    assert (night.group, night.cases, night.within, night.late) == ("ночь", 3, 2, 1)


def test_the_interval_of_the_median_holds_the_order_statistics_of_its_ranks(desk: Home) -> None:
    morning = waiting_times(desk, show_verdict(desk), by="shift")[0]
    # 13 replies: ranks 6.5 ± 1.96 * sqrt(13) / 2, rounded up, are 3 and 11.
    assert (morning.median_minutes.low, morning.median_minutes.high) == (15, 55)


def test_too_few_replies_say_so_and_how_many_are_needed(desk: Home) -> None:
    morning, night = waiting_times(desk, show_verdict(desk), by="shift")
    assert isinstance(night.median_minutes, NotEnoughEvidence)
    assert (night.median_minutes.needed, night.median_minutes.available) == (10, 3)
    assert isinstance(morning.median_minutes, Estimate)
    assert isinstance(morning.p90_minutes, NotEnoughEvidence)


def test_every_figure_opens_to_its_cases(desk: Home) -> None:
    shown = show_verdict(desk)
    for by in ("shift", "channel", "topic", "staff"):
        for group in waiting_times(desk, shown, by=by):
            for outcome in OUTCOMES:
                assert list_waits(desk, shown, by=by, group=group.group, outcome=outcome).total == getattr(group, outcome)
            assert list_waits(desk, shown, by=by, group=group.group).total == group.cases


def test_the_longest_wait_comes_first_and_carries_its_facts(desk: Home) -> None:
    listing = list_waits(desk, show_verdict(desk), by="shift", group="утро")
    first, second = listing.rows[:2]
    assert (first["case"], first["minutes"], first["reply_id"]) == ("C13", None, None)
    assert (second["case"], second["minutes"], second["target"], second["staff"], second["shift"]) == (
        "C12",
        300,
        60,
        "Орлова Марина",
        "утро",
    )
    assert first["open_id"] and first["anonymous_customer_id"] == "case:C13"


def test_without_a_reply_in_the_files_nobody_is_called_slow(new_home: Home, tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text("Номер обращения;Дата обращения;Канал\nC1;02.03.2026 09:00;чат\nC2;03.03.2026 09:00;чат\n", encoding="utf-8")
    bring_in(new_home, path)
    (everything,) = waiting_times(new_home, show_verdict(new_home))
    assert isinstance(everything.median_minutes, NotEnoughEvidence)
    assert isinstance(everything.within_share, NotEnoughEvidence)
    assert everything.within_share.reason.en == "the files hold no replies by staff"
