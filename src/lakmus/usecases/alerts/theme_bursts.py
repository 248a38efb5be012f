"""Bursts of themes as alerts: told once, by page, mail and webhook, like changes of segments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from lakmus.engine.text.bursts import BurstRule
from lakmus.history.wording import Wording
from lakmus.operations.alerts import changes
from lakmus.operations.alerts.models import ToldAlert
from lakmus.operations.alerts.queries import unread_alerts
from lakmus.usecases.house.home import Home
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.texts.show_topics import show_topics

BURST, TEXTS, THEME = "theme_burst", "texts", "theme"
"""What stands for a burst where an alert names its rule, its measure and its dimension; its segment is the theme's code."""
TITLE = Wording("О теме вдруг пишут больше", "A theme is suddenly written about more")
RULE = BurstRule()
COOL_DOWN = timedelta(days=RULE.cool_down_days)


def burst_fields(home: Home, shown: Shown) -> list[dict[str, Any]]:
    """Return the bursts of the last four weeks as the fields of `ToldAlert`."""
    return [
        {
            "rule": BURST,
            "measure": TEXTS,
            "dimension": THEME,
            "segment": topic.code,
            "direction": "up",
            "until": topic.burst["at"],
            "window_days": topic.burst["days"],
            "observed": topic.burst["observed"],
            "expected": topic.burst["expected"],
            "change": topic.burst["observed"] / topic.burst["expected"] - 1,
            "p_value": topic.burst["p_value"],
        }
        for topic in show_topics(home, shown).rows
        if topic.burst
    ]


def rule_told() -> dict[str, Any]:
    """Return the rule of bursts as programs are told rules."""
    return {"rule": {"code": BURST, "title": TITLE, **asdict(RULE)}, "measures": (TEXTS,), "groups": (THEME,)}


def texts_asked(alert: ToldAlert) -> dict[str, str]:
    """Return what names the texts of a burst in the address of its theme's page, on whatever day it is opened."""
    return {"days": str(alert.window_days), "until": alert.until.isoformat()}


def days_back(asked: Mapping[str, str], *, as_of: datetime) -> int:
    """Return how many whole days before a moment the days asked for end: said as such, or by the moment `until`; 0 where neither is."""
    if asked.get("back", "").isdecimal():
        return int(asked["back"])
    try:
        return max(0, (as_of - datetime.fromisoformat(asked.get("until", ""))).days)
    except (ValueError, TypeError):
        return 0


def unread_bursts(user: Any) -> set[str]:
    """Return the themes of which a burst was told that this user has not read."""
    return set(unread_alerts(user).filter(rule=BURST).values_list("segment", flat=True))


def mark_theme_opened(user: Any, code: str) -> None:
    """Note that whoever opens the texts of a theme has read of its bursts."""
    read = list(unread_alerts(user).filter(rule=BURST, segment=code))
    if read:
        changes.note_reading(user=user, alerts=read)
