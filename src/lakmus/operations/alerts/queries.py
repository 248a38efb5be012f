"""Reads of alerts told, of their delivery, and of edited rules."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from lakmus.history.failures import NotFound
from lakmus.history.wording import Wording
from lakmus.operations.alerts.models import THE_DELIVERY, DeliveryTerms, Dispatch, EditedRule, ReadAlert, State, ToldAlert

SILENCE = timedelta(minutes=2)
"""An attempt lasts less than half a minute: whoever has been sending for longer is dead."""
NO_ALERT = Wording(
    "Такой тревоги нет: возможно, данные обновились. Ничего не изменилось; откройте список заново.",
    "There is no such alert: perhaps the data have changed. Nothing was changed; open the list again.",
)


def edited_rule(code: str) -> EditedRule | None:
    """Return what was changed of a rule, if anything was."""
    return EditedRule.objects.select_related("changed_by").filter(code=code).first()


def delivery_terms() -> DeliveryTerms:
    """Return to whom alerts go; before anybody said so, to nobody."""
    return DeliveryTerms.objects.filter(pk=THE_DELIVERY).first() or DeliveryTerms()


def told_alerts(*, user: Any = None) -> QuerySet[ToldAlert]:
    """Return the alerts told, the newest first; with a user, each says as `is_read` whether this one has read it."""
    found = ToldAlert.objects.all()
    return found if user is None else found.annotate(is_read=Exists(ReadAlert.objects.filter(alert=OuterRef("pk"), user=user)))


def told_alert(number: int) -> ToldAlert:
    """Return one alert.

    Raises
    ------
    NotFound : there is none of this number.
    """
    found = ToldAlert.objects.filter(pk=number).first()
    if found is None:
        raise NotFound("alert_unknown", NO_ALERT)
    return found


def unread_alerts(user: Any) -> QuerySet[ToldAlert]:
    """Return the alerts that were news when they were found and that this user has not read."""
    return ToldAlert.objects.filter(is_fresh=True).exclude(readings__user=user)


def alerts_to_mail() -> QuerySet[ToldAlert]:
    """Return the alerts that no digest held yet, the eldest first."""
    return ToldAlert.objects.filter(is_fresh=True, mailed_on=None).order_by("until", "pk")


def dispatches() -> QuerySet[Dispatch]:
    """Return the messages, the newest first."""
    return Dispatch.objects.all()


def dispatches_due(*, at: datetime) -> QuerySet[Dispatch]:
    """Return the messages that may be sent now: those whose time has come, and those whose sender fell silent."""
    silent = Q(state=State.SENDING) & Q(taken_at__lt=at - SILENCE)
    return Dispatch.objects.filter(Q(state=State.WAITING, due_at__lte=at) | silent).order_by("due_at", "pk")
