"""Alerts are news once: told, queued for the channels that are on, read by each user for themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django_q.models import OrmQ

from lakmus.operations.alerts.models import DeliveryTerms, Dispatch, ToldAlert
from lakmus.operations.alerts.queries import told_alerts
from lakmus.usecases.alerts.alert_rules import watches
from lakmus.usecases.alerts.deliver_alerts import change_delivery
from lakmus.usecases.alerts.show_alerts import show_alerts
from lakmus.usecases.alerts.tell_alerts import look_for_alerts, mark_read, reading_of, tell_alerts, unread_count
from lakmus.usecases.house.home import Home
from lakmus.usecases.show_verdict import show_verdict
from tests.usecases.conftest import CITY_END

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def test_the_failing_city_is_told_once_by_each_rule_and_queued_for_the_program(failing_city: Home, settings) -> None:
    change_delivery(actor=None, webhook_is_on=True, webhook_address="https://outside.example/hook")
    told = tell_alerts(failing_city, show_verdict(failing_city), at=NOW)
    assert {(alert.rule, alert.segment, alert.is_fresh) for alert in told} == {
        ("beyond_noise", "Тверь", True), ("regulars_down_a_fifth", "Тверь", True)
    }  # fmt: skip
    assert {row.message_id for row in Dispatch.objects.all()} == {f"alert_{alert.mark}" for alert in told}
    assert tell_alerts(failing_city, show_verdict(failing_city), at=NOW) == [] and Dispatch.objects.count() == 2


def test_the_same_change_seen_from_a_later_day_is_no_news(failing_city: Home) -> None:
    shown = show_verdict(failing_city)
    tell_alerts(failing_city, shown, at=NOW)
    for alert in ToldAlert.objects.all():
        alert.until -= timedelta(days=3)
        alert.mark = alert.mark[::-1]
        alert.save()
    assert tell_alerts(failing_city, shown, at=NOW) == []


def test_looking_back_from_a_past_day_tells_nobody(failing_city: Home) -> None:
    past = show_verdict(failing_city, as_of=(CITY_END - timedelta(days=10)).date())
    assert tell_alerts(failing_city, past, at=NOW) == [] and not told_alerts().exists()


def test_each_user_reads_for_themselves(failing_city: Home, user_of) -> None:
    tell_alerts(failing_city, show_verdict(failing_city), at=NOW)
    owner, analyst = user_of("owner"), user_of("analyst")
    number = told_alerts().first().pk
    mark_read(owner, number=number)
    mark_read(owner, number=number)
    assert (unread_count(owner), unread_count(analyst)) == (1, 2)
    mark_read(owner)
    mark_read(analyst, number=number)
    mark_read(analyst, number=number, is_read=False)
    assert (unread_count(owner), unread_count(analyst)) == (0, 2)


def test_an_alert_on_the_page_knows_whether_it_was_read(failing_city: Home, user_of) -> None:
    shown, watch = show_verdict(failing_city), watches()["beyond_noise"]
    alerts = show_alerts(failing_city, shown, watch=watch).alerts
    assert reading_of(user_of("owner"), alerts, watch=watch) == [None]
    tell_alerts(failing_city, shown, at=NOW)
    (told,) = reading_of(user_of("owner"), alerts, watch=watch)
    assert not told.is_read
    mark_read(user_of("owner"), number=told.pk)
    assert reading_of(user_of("owner"), alerts, watch=watch)[0].is_read


def test_what_is_old_when_it_is_found_wakes_nobody(failing_city: Home, user_of, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lakmus.usecases.alerts.tell_alerts.FRESH", timedelta(0))
    change_delivery(actor=None, webhook_is_on=True, webhook_address="https://outside.example/hook")
    assert len(tell_alerts(failing_city, show_verdict(failing_city), at=NOW)) == 2
    assert unread_count(user_of("owner")) == 0 and not Dispatch.objects.exists()


def test_once_a_day_somebody_looks_and_only_where_alerts_are_delivered(failing_city: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lakmus.usecases.alerts.tell_alerts.verdict_at_hand", lambda home: None)
    assert not look_for_alerts(failing_city, at=NOW)
    change_delivery(actor=None, mail_is_on=True, recipients=["a@example.org"])
    assert [look_for_alerts(failing_city, at=at) for at in (NOW, NOW + timedelta(hours=1), NOW + timedelta(days=1))] == [True, False, True]
    assert {row.task["func"] for row in OrmQ.objects.all()} == {"lakmus.jobs.tasks.compute_verdict"}
    assert DeliveryTerms.objects.get().looked_on == (NOW + timedelta(days=1)).date()


def test_a_verdict_that_a_command_line_computed_is_told_on_the_next_look(failing_city: Home) -> None:
    show_verdict(failing_city)
    change_delivery(actor=None, mail_is_on=True, recipients=["a@example.org"])
    assert look_for_alerts(failing_city, at=NOW)
    assert [row.task["func"] for row in OrmQ.objects.all()] == ["lakmus.jobs.tasks.prepare_pages"]
