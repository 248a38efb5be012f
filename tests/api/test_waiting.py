"""GET: first waits and the cases behind them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def conversation(number: int, minutes: int | None, channel: str = "chat") -> list[dict[str, object]]:
    """Return a case, and the reply to it if there was one."""
    asked = START + timedelta(hours=number)
    case = {"case": f"C{number}", "customer": "17"}
    rows = [{"kind": "opened_case", "ts": asked.isoformat(), "channel": channel, **case}]
    if minutes is not None:
        rows.append({"kind": "received_reply", "ts": (asked + timedelta(minutes=minutes)).isoformat(), "staff": "Анна", **case})
    return rows


@pytest.fixture
def desk(program):
    """Twelve chats answered after 5 to 60 minutes, one after five hours, one never."""
    waits = [*(5 * step for step in range(1, 13)), 300, None]
    rows = [row for number, minutes in enumerate(waits) for row in conversation(number, minutes)]
    # The feed goes on for long enough to know that the last question was never answered.
    rows += conversation(24 * 20, 1, channel="phone")
    assert program("post", "/api/activities", {"activities": rows}).status_code == 200
    return program


def test_groups_come_with_their_figures_and_open_to_their_cases(desk) -> None:
    told = desk("get", "/api/waiting?by=channel").json()
    chat = told["groups"][0]
    assert (chat["group"], chat["cases"], chat["within"], chat["late"], chat["unanswered"]) == ("chat", 14, 12, 1, 1)
    assert chat["median_minutes"]["point"] == 35
    late = desk("get", "/api/waiting/cases?by=channel&group=chat&outcome=late").json()
    assert (late["total"], late["rows"][0]["case"], late["rows"][0]["minutes"], late["rows"][0]["target"]) == (1, "C12", 300, 60)


def test_names_of_colleagues_beside_their_waits_are_for_those_who_lead_or_measure(desk) -> None:
    answers = {
        role: desk("get", "/api/waiting?by=staff", role=role).status_code for role in ("head_of_service", "analyst", "marketer", "agent")
    }
    assert answers == {"head_of_service": 200, "analyst": 200, "marketer": 403, "agent": 403}
