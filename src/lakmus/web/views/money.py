"""The page of money: what customers are worth, what a loss costs, where the revenue went, which repair pays first."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording
from lakmus.usecases.money.show_money import say_weeks
from lakmus.web import answers
from lakmus.web.money import money_page
from lakmus.web.needing import verdict_page
from lakmus.web.page import asked_page, show

NOT_WEEKS = Wording(
    "«{written}» – не число. Укажите, сколько недель займёт исправление; ничего не сохранено.",
    "“{written}” is no number. Write how many weeks the repair takes; nothing was saved.",
)
FIELD = "weeks-"


@verdict_page("money", prepared=True)
def money(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Show money on one page."""
    told = money_page(analysis, request.GET.dict(), page=asked_page(request))
    return show(request, "money.html", answers.carried(analysis) | told, current="causes")


@require_POST
@verdict_page("money", post="change")
def weeks(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Keep how many weeks repairs take."""
    given = {name.removeprefix(FIELD): _weeks(written) for name, written in request.POST.dict().items() if name.startswith(FIELD)}
    say_weeks(given, actor=request.user)
    messages.success(request, _("The weeks are kept; the repairs stand in their new order."))
    return HttpResponseRedirect(reverse("money") + "#repairs")


def _weeks(written: str) -> float | None:
    if not written.strip():
        return None
    try:
        return float(written.strip().replace(",", "."))
    except ValueError as problem:
        raise BadInput("weeks_of_repair", NOT_WEEKS.filled(written=written[:20])) from problem
