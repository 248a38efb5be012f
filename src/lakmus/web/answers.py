"""One call for each page, and its answer in the words of the templates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from lakmus.history.kinds import KINDS
from lakmus.operations.company.queries import company_terms
from lakmus.usecases import results, show_verdict, titles
from lakmus.usecases.causes.compared import can_be_listed
from lakmus.usecases.house.home import Home, open_home
from lakmus.usecases.people import decide_links, forgotten_people
from lakmus.usecases.prepare_pages import ask_for_pages
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals.told_signals import told_signals
from lakmus.web import formats
from lakmus.web.lists import LIVING, PAGE_SIZE, Pager
from lakmus.web.page import asked_day
from lakmus.web.templatetags.written import foremost, language, worded

AT_ONCE = 40_000
"""Activities that are read within a second or so: below, the page computes its verdict itself and asks no worker."""
CHIPS = 3
NO_DATA = object()


@dataclass(frozen=True, slots=True)
class Computing:
    """The verdict is not there yet; `share` of it is done, 0..1, or nobody knows; `idle`: nobody seems to be at it."""

    share: float | None
    idle: bool = False


def home() -> Home:
    """Return the home folder of this installation."""
    return open_home(Path(settings.LAKMUS_HOME))


def ask(request: HttpRequest) -> Any:
    """Return the verdict as of the day that is looked from, `NO_DATA`, or how far its computation is."""
    place, day = home(), asked_day(request)
    if not show_verdict.has_data(place):
        return NO_DATA
    last = last_day()
    if day is not None and last is not None and day >= last:
        day = None
    found = show_verdict.verdict_at_hand(place, as_of=day)
    if found is None and place.stream().count <= AT_ONCE:
        found = show_verdict.show_verdict(place, as_of=day)
    if found is not None:
        if day is None:
            ask_for_pages(found)  # with them comes what is news, whoever computed the verdict
        return found
    show_verdict.ask_for_verdict(place, as_of=day)
    return Computing(show_verdict.computing_share(place, as_of=day), idle=show_verdict.nobody_computes(place, as_of=day))


def carried(shown: Shown) -> dict[str, Any]:
    """Return what each page of a verdict carries: the verdict, its day, the latest day, whether cases compared can be listed."""
    told = {"verdict": shown.verdict, "heard": heard(shown.verdict), "as_of_day": shown.as_of, "last_day": last_day()}
    return told | {"opens": can_be_listed(shown)}


def heard(verdict: Any) -> bool:
    """Say whether the files could tell of a customer's complaint at all; where they could not, nobody "never complained"."""
    if any(gap.code == "complaints" for gap in verdict.coverage.not_measured):
        return False
    voices = [line for line in verdict.coverage.lines if line.code in ("cases", "reviews") and line.total]
    return not voices or any(line.linked for line in voices)


def last_day() -> date | None:
    """Return the latest day that can be looked from."""
    place = home()
    if not show_verdict.has_data(place):
        return None
    here = formats.local(show_verdict.moment_of(place, as_of=None), company_terms().time_zone)
    return here.date() if isinstance(here, datetime) else here


def signals_overview(shown: Shown) -> dict[str, Any]:
    """Return how many customers stand in each state, how many living ones show each sign, and what those who are leaving take along."""
    counts = results.counts_by_state(shown)
    living = sum(counts.get(state, 0) for state in LIVING)
    signs = [
        {
            "code": code,
            "title": titles.title_of(code),
            "count": count,
            "share": count / living if living else None,
        }
        for code, count in results.counts_by_reason(shown, states=LIVING).items()
        if not titles.is_error(code)
    ]
    return {
        "counts": counts,
        "signs": signs,
        "catalogue": told_signals(shown),
        "at_stake": results.money_at_stake(shown, states=results.states_named(results.LEAVING)),
    }


def customers(
    shown: Shown, filters: dict[str, Any], *, query: str = "", sort: str = "-money_at_stake", page: int = 1, size: int = PAGE_SIZE
) -> dict[str, Any]:
    """Return a page of customers with the chips that say what happened."""
    listing = results.list_customers(shown, home=home(), query=query, filters=filters, sort=sort, page=page, size=size)
    rows = [row | {"chips": chips_of(row, filters.get("signal", ""))} for row in listing.rows]
    return {"rows": rows, "pager": Pager(listing.total, page, size)}


def chips_of(row: dict[str, Any], asked: str = "") -> list[dict[str, Any]]:
    """Return the errors and signs of a customer's row, errors first; `asked` is a sign that always stands there, for the list is of it."""
    reasons = sorted(dict.fromkeys(row["reasons"] or ()), key=lambda code: code != asked)
    codes = [*dict.fromkeys(row["error_codes"] or ()), *reasons]
    errors = [code for code in codes if titles.is_error(code)]
    signs = [code for code in codes if not titles.is_error(code)]
    shown = [{"sort": "error", "title": titles.title_of(code)} for code in dict.fromkeys(errors)]
    shown += [{"sort": "sign", "title": titles.title_of(code)} for code in dict.fromkeys(signs)]
    return foremost(shown, CHIPS)


def errors(shown: Shown, filters: dict[str, Any], *, page: int = 1, size: int = PAGE_SIZE) -> dict[str, Any]:
    """Return a page of the service errors behind the verdict's figures."""
    listing = results.list_errors(shown, filters={"in_window": True} | filters, page=page, size=size)
    return {
        "rows": [error_row(row) for row in results.named(shown, listing.rows)],
        "pager": Pager(listing.total, page, size),
        "distinct_customers": listing.customers,
    }


def error_row(row: dict[str, Any]) -> dict[str, Any]:
    """Return a service error with its titles."""
    summary = row["summary_en"] if language() == "en" else row["summary_ru"]
    return row | {"title": titles.title_of(row["code"]), "summary": summary, "rule": titles.rule_of(row["detector"])}


def orders(shown: Shown, filters: dict[str, Any], *, page: int = 1) -> dict[str, Any]:
    """Return a page of orders, with the stars of on-time and late deliveries among them."""
    listing = results.list_orders(shown, filters=filters, page=page, size=PAGE_SIZE)
    return {"rows": results.named(shown, listing.rows), "pager": Pager(listing.total, page), "stars_summary": listing.stars}


def deliveries(shown: Shown) -> list[dict[str, Any]]:
    """Return what reviews say of deliveries that came on time and of those that came late."""
    names = ("title", "orders", "reviewed_orders", "reviews", "stars", "one_star")
    return [
        {name: getattr(group, name) for name in names} | {"late": "1" if group.code == "late" else "0"}
        for group in shown.verdict.deliveries
    ]


def error_choices(shown: Shown) -> list[dict[str, Any]]:
    """Return the kinds of error that can be chosen in a filter."""
    return [{"code": error.code, "title": error.title} for error in shown.verdict.errors if error.measured]


def title_of_reason(code: str) -> str:
    """Return the name of a sign or an error."""
    return worded(titles.title_of(code))


def title_of_exclusion(shown: Shown, code: str) -> str:
    """Return why customers are left out of the count."""
    return next((worded(excluded.reason) for excluded in shown.verdict.definition.excluded if excluded.code == code), code)


def coverage() -> dict[str, Any]:
    """Return what is known: kinds of facts with their counts, how much is linked, what waits for a decision."""
    place = home()
    stream = place.stream()
    marks = stream.watermarks()
    kinds = [
        {
            "title": KINDS[name].title,
            "count": mark.count,
            "share": mark.linked_count / mark.count if mark.count else None,
            "first_at": mark.first_at,
            "last_at": mark.last_at,
        }
        for name, mark in marks.by_kind.items()
        if name in KINDS and name != "gave_details"
    ]
    shown = show_verdict.verdict_at_hand(place) if marks.last_at is not None else None
    return {
        "count": stream.count,
        "first_at": marks.first_at,
        "last_at": marks.last_at,
        "kinds": sorted(kinds, key=lambda kind: -kind["count"]),
        "coverage": shown.verdict.coverage if shown else None,
        "conflicts": decide_links.waiting_links(place),
        "merges": decide_links.past_merges(place),
        "forgotten": forgotten_people.forgotten_count(),
    }
