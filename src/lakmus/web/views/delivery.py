"""The page that says to whom alerts go, and what came of the last messages."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from lakmus.history.failures import LakmusError
from lakmus.operations.accounts.permissions import page
from lakmus.operations.alerts.queries import delivery_terms
from lakmus.usecases.alerts import deliver_alerts
from lakmus.web import alerts
from lakmus.web.page import says_failures, show


@page("delivery", post="change")
@says_failures
def delivery(request: HttpRequest) -> HttpResponse:
    """Show the channels; change them, renew the secret, send a test, send again what was given up."""
    problem, secret_once = None, ""
    if request.method == "POST":
        try:
            secret_once = _changed(request)
        except LakmusError as failure:
            problem = failure.wording
        if problem is None and not secret_once:
            return HttpResponseRedirect(reverse("delivery"))
    context: dict[str, Any] = alerts.delivery_page() | {"problem": problem, "secret_once": secret_once}
    if problem is not None and request.POST.get("do") == "save":
        context["terms"] = alerts.asked_delivery(request.POST.dict())
    return show(request, "delivery.html", context, status=422 if problem else 200)


def _changed(request: HttpRequest) -> str:
    """Do what the form asks; return a secret that is to be shown once."""
    asked, actor = request.POST, request.user
    do = asked.get("do", "")
    if do == "save":
        had = bool(delivery_terms().secret_mark)
        deliver_alerts.change_delivery(actor=actor, **alerts.asked_delivery(asked.dict()))
        messages.success(request, _("Delivery is set."))
        return "" if had else deliver_alerts.webhook_secret()
    if do == "secret":
        return deliver_alerts.renew_secret(actor=actor)
    if do == "test":
        deliver_alerts.queue_test(asked.get("channel", ""), actor=actor)
        messages.success(request, _("The test is on its way; below you see what comes of it."))
    elif do == "again":
        number = asked.get("number", "")
        deliver_alerts.send_again(int(number) if number.isascii() and number.isdigit() else 0, actor=actor)
    return ""
