"""What the page of alerts, that of their rule and that of their delivery show."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from lakmus.operations.alerts.queries import delivery_terms, dispatches
from lakmus.usecases.alerts import alert_rules, deliver_alerts, show_alerts
from lakmus.usecases.alerts.tell_alerts import reading_of
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.writing import month as month_name
from lakmus.usecases.writing import percent
from lakmus.web import answers
from lakmus.web.templatetags.written import language

LOG_ROWS = 20


def alerts(shown: Shown, *, rule: str, user: Any) -> dict[str, Any]:
    """Return what changed beyond season and noise by the rule asked for, and what of it the user has not read."""
    watches = alert_rules.watches()
    chosen = watches.get(rule) or next(iter(watches.values()))
    found = show_alerts.show_alerts(answers.home(), shown, watch=chosen)
    told = reading_of(user, found.alerts, watch=chosen)
    rows = [
        {
            "alert": alert,
            "measure": show_alerts.MEASURES[alert.measure],
            "where": show_alerts.segment_told(alert.dimension, alert.segment),
            "change": percent(abs(alert.change), language()),
            "fell": alert.change < 0,
            "bad": (alert.change < 0) == (alert.measure == "purchases"),
            "odds": round(1 / max(alert.p_value, 1e-9)),
            "asked": show_alerts.alert_asked(alert),
            "told": one,
            "unread": one is not None and not getattr(one, "is_read", False),
        }
        for alert, one in zip(found.alerts, told, strict=True)
    ]
    tabs = [{"code": code, "title": each.rule.title, "current": code == chosen.rule.code} for code, each in watches.items()]
    return {
        "found": found,
        "rows": rows,
        "tabs": tabs,
        "rule": chosen.rule,
        "groups": [show_alerts.DIMENSIONS[each] for each in chosen.dimensions],
        "of_company": show_alerts.COMPANY in chosen.dimensions,
        "company_weeks": show_alerts.NEEDED_WEEKS_OF_COMPANY,
        "is_editable": chosen.rule.code == alert_rules.EDITABLE,
        "any_unread": any(row["unread"] for row in rows),
    }


def rule_page(shown: Shown, preview: alert_rules.Preview) -> dict[str, Any]:
    """Return the editable rule as it stands, the proposed one in the form, and what both would have told in the past year."""
    standing = alert_rules.standing_rule()
    rule = preview.proposed.rule
    return {
        "standing": standing,
        "rule": rule,
        "preview": preview,
        "is_other": preview.proposed != standing.watch,
        "change_percent": round(rule.least_change * 100),
        "months": [
            {"month": month_name(date.fromisoformat(f"{month}-01"), language(), with_year=True), "in_force": now, "would_be": then}
            for month, now, then in preview.months
        ],
        "directions": [
            {"code": "down", "title": _("A fall only"), "chosen": rule.direction == "down"},
            {"code": "up", "title": _("A rise only"), "chosen": rule.direction == "up"},
            {"code": "both", "title": _("A fall and a rise"), "chosen": rule.direction == "both"},
        ],
        "groups": [
            {"code": code, "title": show_alerts.DIMENSIONS[code], "chosen": code in preview.proposed.dimensions}
            for code in alert_rules.GROUPS
        ],
    }


def asked_rule(asked: Any) -> dict[str, Any]:
    """Return the figures that a form gives for the rule; what is no number becomes one that no rule can have."""
    return {
        "least_change": _number(asked.get("least_change", "")) / 100,
        "least_count": _number(asked.get("least_count", "")),
        "cool_down_weeks": int(_number(asked.get("cool_down_weeks", ""))),
        "direction": asked.get("direction", ""),
        "dimensions": asked.getlist("dimensions"),
    }


def _number(written: str) -> float:
    try:
        figure = float(written.replace(",", ".").replace("\N{NO-BREAK SPACE}", "").strip())
    except ValueError:
        return -1.0
    return figure if abs(figure) < 1e9 else -1.0


def delivery_page() -> dict[str, Any]:
    """Return to whom alerts go, and what came of the last messages."""
    rows = [_dispatch(row) for row in dispatches()[:LOG_ROWS]]
    return {
        "terms": delivery_terms(),
        "mail_is_set": deliver_alerts.mail_is_set(),
        "sender": settings.DEFAULT_FROM_EMAIL,
        "hours": range(24),
        "dispatches": rows,
        "is_moving": any(row["is_moving"] for row in rows),
    }


def _dispatch(row: Any) -> dict[str, Any]:
    states = {
        "waiting": _("waits"),
        "sending": _("being sent"),
        "sent": _("delivered"),
        "given_up": _("given up"),
        "dropped": _("withdrawn"),
    }
    outcome = deliver_alerts.OUTCOMES.get(row.outcome)
    return {
        "row": row,
        "state": states[row.state],
        "outcome": outcome if row.outcome != "sent" else None,
        "is_moving": row.state == "sending" or (row.state == "waiting" and row.attempt_count == 0),
        "is_again": row.state == "waiting" and row.attempt_count > 0,
        "may_again": row.state == "given_up" and not row.is_test,
    }


def asked_delivery(asked: Mapping[str, str]) -> dict[str, Any]:
    """Return the terms of delivery that a form gives."""
    hour = asked.get("mail_hour", "")
    return {
        "site_address": asked.get("site_address", "").strip().rstrip("/"),
        "mail_is_on": asked.get("mail_is_on") == "1",
        "recipients": list(dict.fromkeys(asked.get("recipients", "").replace(",", " ").replace(";", " ").split())),
        "mail_language": "en" if asked.get("mail_language") == "en" else "ru",
        "mail_hour": int(hour) if hour.isascii() and hour.isdigit() else -1,
        "webhook_is_on": asked.get("webhook_is_on") == "1",
        "webhook_address": asked.get("webhook_address", "").strip(),
    }
