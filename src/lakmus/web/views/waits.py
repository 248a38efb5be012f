"""How long people waited for a first reply, and the cases behind each figure."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from lakmus.usecases.causes.sides import list_staff_cases
from lakmus.web import answers, first_waits
from lakmus.web.lists import PAGE_SIZE, Pager
from lakmus.web.needing import verdict_page
from lakmus.web.page import asked_page, show


@verdict_page("waiting")
def waiting(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Show first waits by shift, channel, topic or member of staff."""
    by, sort = request.GET.get("by", ""), request.GET.get("sort", "")
    context = first_waits.waiting_page(analysis, by=by, sort=sort, page=asked_page(request))
    return show(request, "waiting.html", answers.carried(analysis) | context, current="causes")


@verdict_page("waiting")
def cases(request: HttpRequest, analysis: Any) -> HttpResponse:
    """List the cases behind a figure of first waits, the longest wait first."""
    asked = request.GET
    context = first_waits.cases_page(
        analysis, by=asked.get("by", ""), group=asked.get("group", ""), outcome=asked.get("outcome", ""), page=asked_page(request)
    )
    kept = [(key, asked[key]) for key in ("by", "group") if key in asked]
    return show(request, "waiting_cases.html", answers.carried(analysis) | context | {"kept": kept}, current="causes")


@verdict_page("waiting")
def staff_cases(request: HttpRequest, analysis: Any) -> HttpResponse:
    """List the cases in which one member of staff replied."""
    staff, page = request.GET.get("staff", ""), asked_page(request)
    found = list_staff_cases(analysis, staff, page=page, size=PAGE_SIZE)
    context = {"staff": staff, "rows": found.rows, "pager": Pager(found.total, page)}
    return show(request, "staff_cases.html", answers.carried(analysis) | context, current="causes")
