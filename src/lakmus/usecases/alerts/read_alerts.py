"""The alerts told so far, who has read them, and what came of their messages: as programs see it; and reading by opening."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from lakmus.operations.alerts import changes
from lakmus.operations.alerts.models import ToldAlert
from lakmus.operations.alerts.queries import delivery_terms, dispatches, told_alerts, unread_alerts
from lakmus.usecases.alerts.alert_rules import watches
from lakmus.usecases.alerts.deliver_alerts import OUTCOMES
from lakmus.usecases.alerts.show_alerts import SegmentAlert, alert_asked, alert_named
from lakmus.usecases.alerts.theme_bursts import BURST, rule_told, texts_asked

TOLD = (
    *("rule", "measure", "dimension", "segment", "direction", "until", "window_days", "observed", "expected", "change", "p_value"),
    *("is_fresh", "found_at", "mailed_on"),
)
SENT = ("channel", "message_id", "subject", "is_test", "state", "attempt_count", "status", "created_at", "due_at", "ended_at")


def list_told(user: Any, *, unread: bool = False, page: int = 1, size: int = 50) -> tuple[int, list[dict[str, Any]]]:
    """Return how many alerts were told, and a page of them, the newest first; `group` names the customers or texts behind each."""
    found = told_alerts(user=user)
    if unread:
        found = found.filter(is_fresh=True).exclude(readings__user=user)
    rows = found[(page - 1) * size : page * size]
    return found.count(), [
        {"number": one.pk, **{name: getattr(one, name) for name in (*TOLD, "is_read")}, "group": _group(one)} for one in rows
    ]


def mark_opened(user: Any, asked: Mapping[str, str]) -> None:
    """Note that whoever opens the customers behind an alert has read it; `asked` names it as `alert_asked` does.

    Raises
    ------
    BadInput : there can be no such alert.
    """
    alert, rules = alert_named(asked), watches()
    same = unread_alerts(user).filter(
        measure=alert.measure, dimension=alert.dimension, segment=alert.segment[:200], direction=asked["direction"]
    )
    read = [one for one in same if one.rule in rules and abs(one.until - alert.until) < _quiet(rules[one.rule].rule.cool_down_weeks)]
    if read:
        changes.note_reading(user=user, alerts=read)


def delivery_told(*, size: int = 50) -> dict[str, Any]:
    """Return to whom alerts go, without the secret, and the last messages with what came of them."""
    terms = delivery_terms()
    named = ("site_address", "mail_is_on", "recipients", "mail_language", "mail_hour", "webhook_is_on", "webhook_address")
    rows = [{name: getattr(row, name) for name in SENT} | {"outcome": OUTCOMES.get(row.outcome)} for row in dispatches()[:size]]
    return {"terms": {name: getattr(terms, name) for name in named}, "messages": rows}


def rules_told() -> dict[str, Any]:
    """Return the rules in force."""
    ours = [{"rule": watch.rule, "measures": watch.measures, "groups": watch.dimensions} for watch in watches().values()]
    return {"rules": [*ours, rule_told()]}


def _quiet(weeks: int) -> timedelta:
    return timedelta(weeks=max(weeks, 1))


def _group(told: ToldAlert) -> dict[str, str]:
    if told.rule == BURST:
        return {"of": "theme", "theme": told.segment, **texts_asked(told)}
    fields = ("measure", "dimension", "segment", "until", "window_days", "observed", "expected", "change", "p_value")
    return {"of": "alert", **alert_asked(SegmentAlert(*(getattr(told, name) for name in fields)))}
