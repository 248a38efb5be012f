"""What "lost" means: the label card, its versions, and the change of it with a look ahead at what would move."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lakmus.history.company import LEAST_PURCHASES, LossTerms
from lakmus.history.failures import LakmusError
from lakmus.operations.accounts.permissions import page
from lakmus.operations.company.queries import company_terms
from lakmus.usecases.risk import loss_definition
from lakmus.web import answers
from lakmus.web.lists import Pager
from lakmus.web.needing import verdict_page
from lakmus.web.page import says_failures, show

LINKABLE = ("one_time", "no_orders", "lost_before_window", "few_purchases", "no_contract")


@verdict_page("definition")
def card(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Show the label card: what "lost" means here, and every version there was."""
    context = {"linkable_states": LINKABLE, "pager": Pager(0, 1), "versions": loss_definition.loss_versions()}
    return show(request, "definition.html", answers.carried(analysis) | context)


@verdict_page("definition", verb="change", post="change", prepared=True)
def change(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Show what other terms would change; keep them as a new version when they are sent."""
    problem, preview = None, None
    asked = request.POST if request.method == "POST" else request.GET
    terms = company_terms().loss
    try:
        if "basis" in asked:
            terms = _terms(asked)
        if request.method == "POST":
            loss_definition.change_definition(actor=request.user, terms=terms, note=asked.get("note", ""))
            messages.success(request, _("The definition is saved as a new version; every figure is read by it now."))
            return HttpResponseRedirect(reverse("definition"))
        if "basis" in asked:
            preview = loss_definition.preview_loss(answers.home(), analysis, terms)
    except LakmusError as failure:
        problem = failure.wording
    context = {
        "problem": problem,
        "preview": preview,
        "terms": terms,
        "bases": [{"code": code, "title": title, "current": code == terms.basis} for code, title in loss_definition.BASES.items()],
        "horizon_written": asked.get("horizon_days", terms.horizon_days or ""),
        "least_written": asked.get("least_purchases", terms.least_purchases),
        **_segments(analysis, asked, terms),
        "sent": [(key, written) for key, values in request.GET.lists() for written in values if key != "as_of"],
    }
    return show(request, "definition_change.html", answers.carried(analysis) | context, status=422 if problem else 200)


@require_POST
@page("definition", post="change")
@says_failures
def take_up(request: HttpRequest) -> HttpResponse:
    """Take up a version that is kept, or the one that the data choose."""
    written = request.POST.get("number", "")
    loss_definition.take_up_definition(actor=request.user, number=int(written) if written.isdecimal() else -1)
    messages.success(request, _("This version of the definition is in use now; every figure is read by it."))
    return HttpResponseRedirect(reverse("definition"))


def _segments(analysis: Any, asked: QueryDict, terms: LossTerms) -> dict[str, Any]:
    """Return the segments that may have a horizon of their own, with what is written for each, or what the data suggest."""
    by = asked.get("horizon_by", terms.horizon_by)
    written = _own(asked) if "segment" in asked else {segment: str(days) for segment, days in terms.horizons.items()}
    fresh = not written and by != terms.horizon_by
    rows = [
        {
            "rhythm": rhythm,
            "written": written.get(rhythm.segment, str(rhythm.days) if fresh and rhythm.differs else ""),
        }
        for rhythm in loss_definition.suggested(answers.home(), analysis, by)
    ]
    choices = [{"code": "", "title": _("one for all")}, *({"code": code, "title": title} for code, title in loss_definition.BY.items())]
    return {"by": by, "by_choices": choices, "segments": rows}


def _own(asked: QueryDict) -> dict[str, str]:
    pairs = zip(asked.getlist("segment"), asked.getlist("segment_days"), strict=False)
    return {segment: days.strip() for segment, days in pairs if days.strip()}


def _terms(asked: QueryDict) -> LossTerms:
    """Return the terms as they were written; what cannot be is refused when they are checked."""
    horizon: Any = asked.get("horizon_days", "").strip() or None
    least: Any = asked.get("least_purchases", "").strip() or LEAST_PURCHASES
    own: dict[str, Any] = _own(asked)
    return LossTerms(0, asked.get("basis", ""), horizon, least, asked.get("horizon_by", ""), own)
