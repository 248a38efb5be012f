"""The pages of signals beside who is cooling: retention, survival, the RFM map, moves, and the customers behind each figure."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lakmus.operations.accounts.permissions import may, page, refusal
from lakmus.usecases.alerts.read_alerts import mark_opened
from lakmus.usecases.export_tables import Part, export_table
from lakmus.usecases.results import CUSTOMER_SORTS
from lakmus.usecases.signals import segments
from lakmus.usecases.signals.customer_groups import group_conditions, group_of
from lakmus.web import answers, insights, site_behaviour
from lakmus.web.narrowing import MONEY_COLUMNS, customer_sort, sort_choices
from lakmus.web.needing import verdict_page
from lakmus.web.page import asked_day, asked_page, says_failures, show
from lakmus.web.templatetags.written import language


def _shown(request: HttpRequest, template: str, analysis: Any, context: dict[str, Any]) -> HttpResponse:
    return show(request, template, answers.carried(analysis) | context, current="signals")


@verdict_page("signals", prepared=True)
def retention(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Show who bought on after a first purchase."""
    return _shown(request, "retention.html", analysis, insights.retention(analysis, by=request.GET.get("by", ""), as_of=_day(request)))


@verdict_page("signals", prepared=True)
def survival(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Show how long buyers stay, or how soon they buy again."""
    asked = request.GET
    context = insights.survival(analysis, curve=asked.get("curve", ""), by=asked.get("by", ""))
    return _shown(request, "survival.html", analysis, context)


@verdict_page("signals")
def rfm(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Show the map of buyers by how long ago and how often they bought."""
    return _shown(request, "rfm.html", analysis, insights.rfm(analysis))


@verdict_page("signals", prepared=True)
def flows(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Show the states at the ends of months, and who moved."""
    return _shown(request, "flows.html", analysis, insights.flows(analysis, at=request.GET.get("at", "")))


@verdict_page("signals", prepared=True)
def site(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Show how far visitors of the site come, and where they leave."""
    return _shown(request, "site.html", analysis, site_behaviour.site(analysis))


@verdict_page("signals", prepared=True)
def group(request: HttpRequest, analysis: Any) -> HttpResponse:
    """List the customers behind a figure."""
    found = group_of(request.GET.dict())
    context = insights.group_page(analysis, found, sort=customer_sort(request), page=asked_page(request))
    if found.of == "alert" and may(request.user, "alerts"):
        mark_opened(request.user, found.asked)
    rule = {"of": found.of, **found.asked}
    context |= {"rule": rule.items(), "sort": customer_sort(request), "sort_choices": sort_choices(request)}
    return _shown(request, "group.html", analysis, context)


@verdict_page("customers", verb="export", prepared=True)
def group_file(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Send the customers of a group as a CSV file."""
    if not may(request.user, "signals"):
        raise refusal(request.user)
    conditions = group_conditions(answers.home(), analysis, group_of(request.GET.dict()))
    hidden = frozenset() if may(request.user, "customers", "money") else MONEY_COLUMNS
    part = Part(conditions, CUSTOMER_SORTS[customer_sort(request)], hidden)
    with TemporaryDirectory(prefix="page-", dir=answers.home().work) as folder:
        path = Path(folder) / "customers.csv"
        export_table(answers.home(), analysis, "customers", path, part=part, language=language(), actor=request.user)
        # The open file stays readable; its name is gone at once, whatever becomes of the connection.
        file = path.open("rb")
    return FileResponse(file, as_attachment=True, filename="customers.csv", content_type="text/csv; charset=utf-8")  # type: ignore[return-value]


@verdict_page("segments", post="change", prepared=True)
def saved(request: HttpRequest, analysis: Any) -> HttpResponse:
    """List saved groups; save one under a name."""
    if request.method == "POST":
        asked = request.POST.dict()
        segments.keep_segment(analysis, group_of(asked), name=asked.get("name", ""), actor=request.user)
        messages.success(request, _("The group is saved. It is found anew each day by the same rule."))
        return HttpResponseRedirect(reverse("segments"))
    found = segments.list_segments(answers.home(), analysis)
    rows = [{"segment": each, "query": _query(request, {"of": each.group.of, **each.group.asked})} for each in found]
    return _shown(request, "segments.html", analysis, {"rows": rows})


def _query(request: HttpRequest, rule: dict[str, str]) -> str:
    """Return what asks for a group; the moment that is looked from goes along."""
    day = _day(request)
    return urlencode(rule | ({"as_of": day} if day else {}))


def _day(request: HttpRequest) -> str:
    day = asked_day(request)
    return day.isoformat() if day else ""


@require_POST
@page("segments", post="change")
@says_failures
def drop(request: HttpRequest, number: int) -> HttpResponse:
    """Delete a saved group."""
    segments.forget_segment(number, actor=request.user)
    messages.success(request, _("The saved group is deleted; its customers are untouched."))
    return HttpResponseRedirect(reverse("segments"))
