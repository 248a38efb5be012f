"""The rooms of the way of thought: verdict, signals, causes, measures, results."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse

from lakmus.operations.accounts.permissions import page
from lakmus.operations.company.queries import company_terms
from lakmus.usecases import charts
from lakmus.usecases.reports import verdict_pdf
from lakmus.usecases.reports.findings import by_harm
from lakmus.usecases.results import LEAVING, states_named
from lakmus.web import answers, narrowing
from lakmus.web.causes import scales
from lakmus.web.lists import ON_SCALE, STATES, part_of, state_titles
from lakmus.web.needing import verdict_page
from lakmus.web.page import asked_page, show
from lakmus.web.templatetags.written import language

SHOWN_ERRORS = 3
MONTHS_OF_A_YEAR = 12
SHOWN_PEOPLE = 5
SHOWN_COOLING = 8
SHOWN_MEASURES = 7
SHOWN_UNTOUCHED = 5


def _months_chart(verdict: Any) -> str:
    months = [charts.MonthOfLoss(_first_day(row), row.visible, row.silent) for row in _months(verdict)]
    return charts.lost_by_month(months, language(), heard=verdict.customers.lost_silently is not None)


def _months(verdict: Any) -> Any:
    """Return the months of loss. Twelve months touch thirteen of the calendar: the first is left out where nobody left in its last days."""
    first = verdict.months[0] if len(verdict.months) > MONTHS_OF_A_YEAR else None
    return verdict.months[1:] if first and not first.visible + first.silent else verdict.months


def _first_day(row: Any) -> date:
    return date(int(row.month[:4]), int(row.month[5:7]), 1)


def by_money(errors: Any) -> list[Any]:
    """Return the measured errors: those that visibly cost most, then those whose cost is not known, then those without visible harm."""
    return sorted((error for error in errors if error.measured), key=by_harm)


@verdict_page("verdict")
def verdict(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Show the answer on one page."""
    found = analysis.verdict
    errors = [error for error in by_money(found.errors) if error.found][:SHOWN_ERRORS]
    context = {
        "errors": errors,
        "people": found.people[:SHOWN_PEOPLE],
        "measured": sum(1 for error in found.errors if error.measured),
        "months_chart": _months_chart(found),
        "months": [
            {
                "first_day": _first_day(row),
                "month": row.month,
                "visible": row.visible,
                "silent": row.silent,
                "lost": row.visible + row.silent,
            }
            for row in _months(found)
        ],
        **scales(errors),
    }
    return show(request, "verdict.html", answers.carried(analysis) | context, current="verdict")


@verdict_page("verdict", verb="export")
def report(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Send the verdict as a PDF to print or to mail; it says what the page says."""
    pdf = verdict_pdf(analysis.verdict, time_zone=company_terms().time_zone, language=language())
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="lakmus-{analysis.as_of:%Y-%m-%d}.pdf"'
    return answer


@verdict_page("signals")
def signals(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Show who is cooling, since when, by which signs."""
    # By contract nobody cools: all whose contract runs stand there, most at risk first.
    usual = "warm" if analysis.verdict.definition.basis == "contract" else LEAVING
    state = request.GET.get("state", "")
    wanted = states_named(state if state in STATES else usual)
    sign = request.GET.get("signal", "")
    sort = narrowing.customer_sort(request)
    overview = answers.signals_overview(analysis)
    listing = answers.customers(analysis, {"states": wanted, "signal": sign}, sort=sort, page=asked_page(request), size=SHOWN_COOLING)
    counts = overview["counts"]
    titles = state_titles()
    tabs = [
        {
            "state": "",
            "title": " + ".join(titles[name] for name in states_named(usual)),
            "count": sum(counts.get(name, 0) for name in states_named(usual)),
            "current": not state,
        }
    ]
    others = [name for name in ON_SCALE if name != usual]
    tabs += [{"state": name, "title": titles[name], "count": counts.get(name, 0), "current": state == name} for name in others]
    context = {
        "states": [{"state": name, "count": counts[name]} for name in STATES if counts.get(name)],
        "signs": overview["signs"],
        "catalogue": overview["catalogue"],
        "at_stake": overview["at_stake"],
        "tabs": tabs,
        "state": state if state in STATES else "",
        "listed": state if state in STATES else usual,
        "sign": sign,
        "sort": sort,
        "sort_choices": narrowing.sort_choices(request),
        "rows": listing["rows"],
        "pager": listing["pager"],
    }
    return show(request, "signals.html", answers.carried(analysis) | context, current="signals")


@verdict_page("measures")
def measures(request: HttpRequest, analysis: Any) -> HttpResponse:
    """Show the Monday list with drafts, and whom to leave alone."""
    everybody = analysis.verdict.people
    people, pager = part_of(everybody, asked_page(request), SHOWN_MEASURES)
    untouched, untouched_pager = part_of(analysis.verdict.do_not_touch, asked_page(request, "untouched"), SHOWN_UNTOUCHED, key="untouched")
    context = {
        "at_stake": sum(person.money_at_stake for person in everybody),
        "people": people,
        "pager": pager,
        "untouched": untouched,
        "untouched_pager": replace(untouched_pager, anchor="leave-alone"),
    }
    return show(request, "measures.html", answers.carried(analysis) | context, current="measures")


@page("results")
def results(request: HttpRequest) -> HttpResponse:
    """Say plainly that nothing was started that could be proved."""
    return show(request, "results.html", current="results")
