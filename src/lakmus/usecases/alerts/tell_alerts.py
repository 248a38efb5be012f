"""Write down which alerts are news, hand them to the channels that are on, and say who has read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_q.tasks import async_task

from lakmus.operations.alerts import changes
from lakmus.operations.alerts.models import Channel, ToldAlert
from lakmus.operations.alerts.queries import delivery_terms, told_alert, told_alerts, unread_alerts
from lakmus.operations.company.queries import company_terms
from lakmus.usecases.alerts.alert_messages import alert_event
from lakmus.usecases.alerts.alert_rules import watches
from lakmus.usecases.alerts.show_alerts import SegmentAlert, Watch, show_alerts
from lakmus.usecases.alerts.theme_bursts import BURST, COOL_DOWN, burst_fields
from lakmus.usecases.house.home import Home
from lakmus.usecases.show_verdict import Shown, ask_for_verdict, has_data, moment_of, verdict_at_hand
from lakmus.usecases.writing import local_day

FRESH = timedelta(days=35)
"""Files may come once a month. What is older when it is found is history: it stands on the page, and nobody is woken for it."""
LATEST = timedelta(days=1)


def tell_alerts(home: Home, shown: Shown, *, at: datetime | None = None) -> list[ToldAlert]:
    """Write down the alerts of a verdict that were not told yet, queue those that are fresh, and return them.

    Only the latest verdict tells: looking back from a past day is no news. Called twice it tells once.
    """
    moment = at or timezone.now()
    if moment_of(home, as_of=None) - shown.as_of > LATEST:
        return []
    ours = watches()
    found = [_fields(watch, alert) for watch in ours.values() for alert in show_alerts(home, shown, watch=watch).alerts]
    found += burst_fields(home, shown)
    cool_down = {code: timedelta(weeks=watch.rule.cool_down_weeks) for code, watch in ours.items()} | {BURST: COOL_DOWN}
    with transaction.atomic():
        told = changes.note_alerts(found=found, at=moment, cool_down=cool_down, fresh_since=shown.as_of - FRESH)
        terms = delivery_terms()
        for alert in told if terms.webhook_is_on else ():
            if alert.is_fresh:
                message_id = f"alert_{alert.mark}"
                body = alert_event(alert, message_id=message_id, site=terms.site_address)
                changes.note_dispatch(channel=Channel.WEBHOOK, message_id=message_id, body=body, at=moment, subject=alert.segment)
    return told


def look_for_alerts(home: Home, *, at: datetime) -> bool:
    """Have the verdict computed once a day where alerts are to be delivered, so that they come though nobody opens a page."""
    terms = delivery_terms()
    if not (terms.mail_is_on or terms.webhook_is_on) or not has_data(home):
        return False
    today = local_day(at, company_terms().time_zone)
    if terms.looked_on == today or not changes.note_look(on=today):
        return False
    shown = verdict_at_hand(home)
    if shown is None:
        ask_for_verdict(home)
    else:
        # Whoever computed it (a command line, for one) may have told nobody; what is told already is not told again.
        async_task("lakmus.jobs.tasks.prepare_pages", shown.as_of.isoformat(), task_name=f"look-{shown.key}")
    return True


def reading_of(user: Any, alerts: Sequence[SegmentAlert], *, watch: Watch) -> list[ToldAlert | None]:
    """Return for each alert shown the one that was told of it, with `is_read` of this user; None where it is no news to anybody."""
    quiet = timedelta(weeks=watch.rule.cool_down_weeks)
    told = list(told_alerts(user=user).filter(rule=watch.rule.code, is_fresh=True))
    return [next((one for one in told if _is_of(one, alert, quiet)), None) for alert in alerts]


def unread_count(user: Any) -> int:
    """Return how many alerts on segments a user has not read."""
    return unread_alerts(user).exclude(rule=BURST).count()


def mark_read(user: Any, *, number: int | None = None, is_read: bool = True) -> None:
    """Mark one alert as read or unread, or all on segments as read; bursts of themes are read where the theme is opened.

    Raises
    ------
    NotFound : there is no such alert.
    """
    alerts = list(unread_alerts(user).exclude(rule=BURST)) if number is None else [told_alert(number)]
    changes.note_reading(user=user, alerts=alerts, is_read=is_read)


def _is_of(told: ToldAlert, alert: SegmentAlert, quiet: timedelta) -> bool:
    same = (told.measure, told.dimension, told.segment) == (alert.measure, alert.dimension, alert.segment[:200])
    return same and told.direction == _direction(alert) and abs(told.until - alert.until) < quiet


def _direction(alert: SegmentAlert) -> str:
    return "down" if alert.change < 0 else "up"


def _fields(watch: Watch, alert: SegmentAlert) -> dict[str, Any]:
    return {
        "rule": watch.rule.code,
        "measure": alert.measure,
        "dimension": alert.dimension,
        "segment": alert.segment[:200],
        "direction": _direction(alert),
        "until": alert.until,
        "window_days": alert.window_days,
        "observed": alert.observed,
        "expected": alert.expected,
        "change": alert.change,
        "p_value": alert.p_value,
    }
