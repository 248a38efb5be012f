"""Alerts that were told, for programs: listed, read by one user, with their rules and what came of their messages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from lakmus.operations.alerts.models import Dispatch, ToldAlert

pytestmark = pytest.mark.django_db
UNTIL = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def told() -> ToldAlert:
    figures = {"observed": 40, "expected": 80.0, "change": -0.5, "p_value": 1e-6, "window_days": 28}
    where = {"rule": "beyond_noise", "measure": "purchases", "dimension": "place", "segment": "Тула", "direction": "down"}
    return ToldAlert.objects.create(mark="m", until=UNTIL, found_at=UNTIL, **where, **figures)


def test_an_alert_is_listed_with_its_customers_group_and_read_by_its_reader_alone(program: Any, told: ToldAlert) -> None:
    found = program("get", "/api/alerts?unread=true").json()
    assert (found["total"], found["rows"][0]["is_read"]) == (1, False)
    assert found["rows"][0]["group"]["of"] == "alert"
    assert found["rows"][0]["group"]["segment"] == "Тула"
    address = f"/api/alerts/{told.pk}/reading"
    assert program("post", address, {}, scopes=["read"]).status_code == 403
    assert program("post", address, {}, role="analyst", scopes=["decide"]).json() == {"unread": 0}
    assert program("get", "/api/alerts?unread=true", role="analyst").json()["total"] == 0
    assert program("get", "/api/alerts?unread=true", role="owner").json()["total"] == 1
    assert program("post", address, {"is_read": False}, role="analyst", scopes=["decide"]).json() == {"unread": 1}
    assert program("post", "/api/alerts/reading", role="analyst", scopes=["decide"]).json() == {"unread": 0}
    assert program("post", "/api/alerts/9999/reading", {}, scopes=["decide"]).status_code == 404


def test_rules_are_told_to_readers_and_delivery_to_those_who_keep_the_house(program: Any) -> None:
    Dispatch.objects.create(channel="webhook", message_id="alert_m", body="{}", due_at=UNTIL, state="given_up", outcome="refused")
    rules = program("get", "/api/alerts/rules", role="analyst", language="en").json()["rules"]
    assert {rule["rule"]["code"] for rule in rules} == {"beyond_noise", "regulars_down_a_fifth", "theme_burst"}
    assert program("get", "/api/alerts/delivery", role="analyst").status_code == 403
    delivery = program("get", "/api/alerts/delivery", role="owner", language="en").json()
    assert (delivery["messages"][0]["state"], delivery["messages"][0]["outcome"]) == ("given_up", "nobody listens there")
    assert not any("secret" in name for name in delivery["terms"])
