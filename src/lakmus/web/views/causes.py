"""The room of causes: errors by what they cost, and one error with its rows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from lakmus.history.failures import NotFound
from lakmus.history.wording import Wording
from lakmus.operations.accounts.permissions import may
from lakmus.web import answers, causes
from lakmus.web.needing import verdict_page
from lakmus.web.page import asked_page, show

SHOWN_ROWS = 10
NO_SUCH_ERROR = Wording("Такой ошибки в каталоге нет.", "There is no such error in the catalogue.")


def _shown(request: HttpRequest, template: str, analysis: Any, context: dict[str, Any]) -> HttpResponse:
    return show(request, template, answers.carried(analysis) | context, current="causes")


@verdict_page("causes")
def ranked(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Show the errors ranked by what they cost."""
    heard = answers.heard(analysis.verdict)
    return _shown(request, "causes.html", analysis, causes.ranking(analysis.verdict, heard=heard))


@verdict_page("causes", prepared=True)
def one(request: HttpRequest, analysis: Any, code: str) -> HttpResponse:
    """Show one kind of error from all sides, with its rows."""
    error = _error(analysis, code)
    listing = answers.errors(analysis, {"code": code}, page=asked_page(request), size=SHOWN_ROWS)
    context = {
        "rows": listing["rows"],
        "pager": listing["pager"],
        "deliveries": answers.deliveries(analysis) if code == "broken_promise" else [],
        **causes.one_error(analysis, error, staff=may(request.user, "waiting")),
    }
    return _shown(request, "cause.html", analysis, context)


@verdict_page("causes")
def compared(request: HttpRequest, analysis: Any, code: str) -> HttpResponse:
    """List the cases that an effect, or one step of its tolerance curve, was taken from."""
    asked = request.GET
    step = (asked.get("over", ""), asked.get("up_to", ""))
    told = causes.compared_page(analysis, _error(analysis, code), *step, left=asked.get("left") == "1", page=asked_page(request))
    return _shown(request, "compared.html", analysis, told)


def _error(analysis: Any, code: str) -> Any:
    error = next((error for error in analysis.verdict.errors if error.code == code), None)
    if error is None:
        raise NotFound("error_unknown", NO_SUCH_ERROR)
    return error
