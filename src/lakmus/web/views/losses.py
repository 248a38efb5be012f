"""The pages of causes beside the ranking: ledger of losses, promises, automatic messages, dominoes, what was learned, what we believe."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording
from lakmus.operations.accounts.permissions import may, page
from lakmus.usecases.causes import ledger as ledgers
from lakmus.usecases.causes import perception as beliefs
from lakmus.usecases.causes.ledger import not_taken_over
from lakmus.usecases.taken_decisions import take_over_decisions
from lakmus.web import answers, losses, scorecards
from lakmus.web.needing import verdict_page
from lakmus.web.page import asked_page, says_failures, show
from lakmus.web.templatetags.written import language

NOT_A_NUMBER = Wording(
    "«{written}» – не число. Укажите, у скольких из ста клиентов за год это случается; ничего не сохранено.",
    "“{written}” is no number. Write with how many customers of a hundred it happens in a year; nothing was saved.",
)


def _shown(request: HttpRequest, template: str, analysis: Any, context: dict[str, Any]) -> HttpResponse:
    return show(request, template, answers.carried(analysis) | context, current="causes")


@verdict_page("ledger", prepared=True)
def ledger(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Show the ledger of losses by month and reason."""
    told = losses.ledger_page(analysis, month=request.GET.get("month", ""))
    return _shown(request, "ledger.html", analysis, told | {"not_taken": not_taken_over(analysis)})


@verdict_page("ledger", verb="export", prepared=True)
def ledger_file(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Send the ledger as a CSV file."""
    written = ledgers.ledger_file(answers.home(), analysis, language=language(), actor=request.user)
    response = HttpResponse(written, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="ledger.csv"'
    return response


@verdict_page("ledger")
def reasons(request: HttpRequest, analysis: Any) -> HttpResponse:
    """List the customers behind a cell of the ledger."""
    told = losses.reasons_page(analysis, request.GET.dict(), page=asked_page(request))
    return _shown(request, "reasons.html", analysis, told | {"not_taken": not_taken_over(analysis)})


@require_POST
@verdict_page("ledger", post="change")
def decide(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Confirm or reject a reason for a customer's loss."""
    asked = request.POST
    customer, code, status = (asked.get(name, "") for name in ("customer", "code", "status"))
    ledgers.decide_reason(analysis, customer=customer, code=code, status=status, actor=request.user)
    messages.success(request, _("The decision is kept. It shows at once; shares and money follow when everything is computed again."))
    back = asked.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return HttpResponseRedirect(back if safe else reverse("ledger"))


@require_POST
@page("ledger", verb="change")
@says_failures
def take_over(request: HttpRequest) -> HttpResponse:
    """Have the verdict computed again with what people decided on reasons."""
    take_over_decisions(answers.home(), actor=request.user)
    messages.success(request, _("Everything is computed again with your decisions."))
    return HttpResponseRedirect(reverse("ledger"))


@verdict_page("promises")
def promises(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Show the ledger of promises."""
    asked, staff = request.GET.dict(), may(request.user, "waiting")
    return _shown(request, "promises.html", analysis, losses.promises_page(analysis, asked, staff=staff, page=asked_page(request)))


@verdict_page("audit", post="view")
def audit(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Show what automatic messages said against the facts; check one that is not sent yet, which changes nothing."""
    told = losses.audit_page(analysis, request.GET.dict(), page=asked_page(request))
    if request.method == "POST":
        told |= losses.draft_page(answers.home(), analysis, text=request.POST.get("text", ""), order=request.POST.get("order", ""))
    return _shown(request, "audit.html", analysis, told)


@verdict_page("dominoes")
def dominoes(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Show which error follows which."""
    return _shown(request, "dominoes.html", analysis, losses.dominoes_page(analysis, request.GET.dict(), page=asked_page(request)))


@verdict_page("learned")
def learned(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Show the articles' figures beside the company's own."""
    return _shown(request, "learned.html", analysis, losses.learned_page(analysis))


@verdict_page("avoidable", prepared=True)
def avoidable(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Show contacts that we caused ourselves, and wishes that were not kept."""
    return _shown(request, "avoidable.html", analysis, losses.avoidable_page(analysis, request.GET.dict(), page=asked_page(request)))


@verdict_page("scorecard")
def scorecard(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Show five sides of service with the facts behind each."""
    return _shown(request, "scorecard.html", analysis, scorecards.scorecard_page(analysis))


@verdict_page("profiles", prepared=True)
def profiles(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Show the checklist of profiles at risk."""
    return _shown(request, "profiles.html", analysis, scorecards.profiles_page(analysis))


@verdict_page("perception", post="change")
def perception(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Show what colleagues believe beside the facts; take one's own estimates."""
    if request.method == "POST":
        shares = {name.removeprefix("e-"): _share(written) for name, written in request.POST.dict().items() if name.startswith("e-")}
        beliefs.estimate_errors(shares, actor=request.user)
        messages.success(request, _("Your estimates are kept; the facts now stand beside them."))
        return HttpResponseRedirect(reverse("perception"))
    rows = beliefs.show_perception(analysis, request.user)
    asked_first = may(request.user, "perception", "change") and all(row.mine is None for row in rows)
    return _shown(request, "perception.html", analysis, {"rows": rows, "asked_first": asked_first})


def _share(written: str) -> float | None:
    if not written.strip():
        return None
    try:
        return float(written.strip().replace(",", ".")) / 100
    except ValueError as problem:
        raise BadInput("own_estimate", NOT_A_NUMBER.filled(written=written[:20])) from problem
