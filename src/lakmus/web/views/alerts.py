"""The page of alerts, what a user has read of them, and the rule that may be edited."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lakmus.history.failures import BadInput
from lakmus.operations.accounts.permissions import page
from lakmus.usecases.alerts import alert_rules
from lakmus.usecases.alerts.tell_alerts import mark_read
from lakmus.web import alerts as shown_alerts
from lakmus.web import answers
from lakmus.web.needing import verdict_page
from lakmus.web.page import says_failures, show


@verdict_page("alerts", prepared=True)
def alerts(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Show which segments changed beyond season and noise."""
    context = shown_alerts.alerts(analysis, rule=request.GET.get("rule", ""), user=request.user)
    return show(request, "alerts.html", answers.carried(analysis) | context, current="signals")


@require_POST
@page("alerts")
@says_failures
def mark(request: HttpRequest) -> HttpResponse:
    """Mark one alert as read or unread, or all as read."""
    asked = request.POST
    number = asked.get("number", "")
    mark_read(request.user, number=int(number) if number.isascii() and number.isdigit() else None, is_read=asked.get("do") != "unread")
    rule = asked.get("rule", "")
    return HttpResponseRedirect(reverse("alerts") + (f"?{urlencode({'rule': rule})}" if rule else ""))


@verdict_page("alerts", post="change", prepared=True)
def rule(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Show the rule that may be edited and what it would have told; try another one, take it, or go back to the one that ships."""
    home, problem, proposed = answers.home(), None, alert_rules.standing_rule().watch
    if request.method == "POST":
        asked, do = shown_alerts.asked_rule(request.POST), request.POST.get("do", "")
        try:
            if do == "restore":
                alert_rules.restore_rule(actor=request.user)
            elif do == "save":
                alert_rules.change_rule(actor=request.user, **asked)
            else:
                proposed = alert_rules.proposed_rule(**asked)
            if do in {"restore", "save"}:
                messages.success(request, _("The rule is changed; the journal says by whom."))
                return HttpResponseRedirect(reverse("alert_rule"))
        except BadInput as failure:
            problem = failure.wording
    context = shown_alerts.rule_page(analysis, alert_rules.preview_rule(home, analysis, proposed))
    whole = answers.carried(analysis) | context | {"problem": problem}
    return show(request, "alert_rule.html", whole, current="signals", status=422 if problem else 200)
