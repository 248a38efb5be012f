"""A theme that is suddenly written about more is told once, by letter and to programs, and is read by opening its texts."""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from lakmus.operations.alerts.models import Dispatch
from lakmus.operations.alerts.queries import told_alerts
from lakmus.usecases.alerts.alert_messages import digest
from lakmus.usecases.alerts.deliver_alerts import change_delivery
from lakmus.usecases.alerts.read_alerts import list_told, rules_told
from lakmus.usecases.alerts.tell_alerts import mark_read, tell_alerts, unread_count
from lakmus.usecases.alerts.theme_bursts import BURST, days_back, mark_theme_opened, unread_bursts
from lakmus.usecases.house.home import Home
from lakmus.usecases.show_verdict import show_verdict
from lakmus.usecases.texts.show_topics import TextsAsked, texts_of_topic
from tests.usecases.conftest import bring_in, empty_home

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
LAST = date(2026, 2, 27)


@pytest.fixture
def complained_of(tmp_path: Path) -> Home:
    """Return a home where someone waited for an answer every ten days, and ten people did in the last five."""
    home = empty_home(tmp_path / "home")
    backs = [*range(10, 400, 10), *(back for back in range(5) for _ in range(2))]
    with (tmp_path / "reviews.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow(["ID отзыва", "Дата отзыва", "ID клиента", "Оценка", "Текст отзыва"])
        rows.writerows([f"R{at}", LAST - timedelta(days=back), f"К{at}", 1, "Никто не отвечает"] for at, back in enumerate(backs))
        rows.writerows([f"S{back}", LAST - timedelta(days=back), f"С{back}", 5, "Вкусно, спасибо"] for back in range(0, 400, 3))
    bring_in(home, tmp_path / "reviews.csv")
    return home


def test_a_burst_is_told_once_in_the_letter_and_to_the_program(complained_of: Home) -> None:
    change_delivery(actor=None, webhook_is_on=True, webhook_address="https://outside.example/hook")
    shown = show_verdict(complained_of)
    (told,) = tell_alerts(complained_of, shown, at=NOW)
    assert (told.rule, told.segment, told.direction, told.is_fresh) == (BURST, "no_reply", "up", True)
    assert tell_alerts(complained_of, shown, at=NOW) == []
    sent = json.loads(Dispatch.objects.get().body)["data"]
    assert sent["observed"] == told.observed > 3 * told.expected and "/causes/topics/no_reply/" in sent["texts"]
    subject, letter = digest([told], language="ru", site="https://lakmus.example.ru")
    assert "1\N{NO-BREAK SPACE}изменение" in subject and f"текстов {told.observed}, обычно" in letter
    assert f"https://lakmus.example.ru/causes/topics/no_reply/?days={told.window_days}&until=" in letter


def test_the_link_of_a_burst_opens_as_many_texts_as_it_counts_on_a_later_day_too(complained_of: Home, user_of) -> None:
    tell_alerts(complained_of, show_verdict(complained_of), at=NOW)
    (row,) = list_told(user_of("owner"))[1]
    asked, later = row["group"], show_verdict(complained_of, as_of=LAST + timedelta(days=3))
    wanted = TextsAsked(days=int(asked["days"]), back=days_back(asked, as_of=later.as_of))
    assert texts_of_topic(complained_of, later, asked["theme"], wanted).total == row["observed"]
    assert BURST in [one["rule"]["code"] for one in rules_told()["rules"] if isinstance(one["rule"], dict)]


def test_whoever_opens_the_theme_has_read_it_and_alerts_on_segments_stay_apart(complained_of: Home, user_of) -> None:
    tell_alerts(complained_of, show_verdict(complained_of), at=NOW)
    owner, analyst = user_of("owner"), user_of("analyst")
    mark_read(owner)
    assert unread_bursts(owner) == {"no_reply"} and unread_count(owner) == 0 and told_alerts().count() == 1
    mark_theme_opened(owner, "price")
    assert unread_bursts(owner) == {"no_reply"}
    mark_theme_opened(owner, "no_reply")
    assert (unread_bursts(owner), unread_bursts(analyst)) == (set(), {"no_reply"})


@pytest.mark.parametrize("asked", [{}, {"back": "x"}, {"until": "never"}, {"until": "2026-02-20"}])
def test_days_that_end_nowhere_end_at_the_verdicts_moment(asked: dict[str, str]) -> None:
    assert days_back(asked, as_of=NOW) == 0 and days_back({"back": "4"}, as_of=NOW) == 4
