"""The check on the company's own past."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from lakmus.web import answers
from lakmus.web.backtest import backtest_page
from lakmus.web.needing import verdict_page
from lakmus.web.page import show


@verdict_page("signals", prepared=True)
def backtest(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Show how well the risk would have done on the company's own past, and why which way is used."""
    context = backtest_page(analysis, day=request.GET.get("cut", ""))
    return show(request, "backtest.html", answers.carried(analysis) | context, current="signals")
