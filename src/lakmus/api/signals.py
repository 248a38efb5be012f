"""What the pages of signals show, and the customers behind each figure."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import create_model

from lakmus.api.asked import AsOf, home, pages_asked, verdict_asked
from lakmus.api.forms import NOT_YET, PageNumber, PageSize, States, TitledPage
from lakmus.api.shown import plain, without_money
from lakmus.api.tokens import Bearer, caller
from lakmus.api.wordings import language_of
from lakmus.operations.accounts.permissions import may, require
from lakmus.usecases.risk.show_backtest import show_backtest
from lakmus.usecases.risk.show_checks import judged_by_everybody
from lakmus.usecases.show_stages import Segment, show_signals
from lakmus.usecases.signals.customer_groups import KEYS, group_of, group_told, list_group
from lakmus.usecases.signals.signal_pages import PAGES, signal_page

router = Router(tags=["signals"])
SEES = Bearer("read", "signals")
CHOICES = {
    name: tuple(dict.fromkeys(choice for page in PAGES.values() for choice in page.choices.get(name, ())))
    for page in PAGES.values()
    for name in page.choices
}
PageName = Literal[tuple(PAGES)]  # type: ignore[valid-type]
# What can be chosen, from the catalogue of pages: each choice a parameter.
Chosen = create_model(
    "Chosen",
    __base__=Schema,
    **{name: (Literal[choices] | None, None) for name, choices in CHOICES.items()},  # type: ignore[call-overload]
)
GroupSort = Literal[tuple(KEYS)]  # type: ignore[valid-type]
Short = Annotated[str, Query(max_length=200)]
GroupAsked = create_model(
    "GroupAsked",
    __base__=Schema,
    of=(GroupSort, ...),
    **dict.fromkeys(dict.fromkeys(key for keys in KEYS.values() for key in keys), (Short | None, None)),  # type: ignore[call-overload]
)


@router.get("/signals", auth=SEES, response={200: dict[str, Any], **NOT_YET}, summary="The signals, and how many customers show each")
def overview(request: HttpRequest, as_of: AsOf = None, state: States = []) -> Any:  # noqa: B006  # read only
    """Return the catalogue; the customers who show a signal are at `/customers?signal=…&state=…`. Counted are those of the states asked
    for, else regulars who have not left: warm, cooling and cold. `customers` is null where nothing that the company sends tells the signal.
    """
    place = home()
    told = show_signals(place, verdict_asked(place, as_of), Segment(states=tuple(state), limit=0))
    return plain({"as_of": told["as_of"], "states": told["states"], "signals": told["signals"]}, language_of(request))


@router.get("/signals/customers", auth=SEES, response={200: TitledPage, **NOT_YET}, summary="Customers behind a figure of signals")
def customers(
    request: HttpRequest,
    asked: Query[GroupAsked],  # type: ignore[valid-type]
    as_of: AsOf = None,
    page: PageNumber = 1,
    page_size: PageSize = 100,
) -> dict[str, Any]:
    """Return one page, those with most money at stake first. A figure is named as its page's address names it, or by its `group`:

    `of=cohort` with by, segment, month, outcome (bought, not, open); `of=rfm` with recency, frequency (places from 0); `of=flow` with at,
    new, old; `of=alert` with what the alert's `group` says; `of=site` with step, next or exit; `of=check` with cut,
    group, way, named, left, purchases (the check on the past); `of=list` with q, state, lost, silent,
    month, error, signal, exclusion.
    """
    place = home()
    shown = pages_asked(place, as_of)
    group = group_of(asked.model_dump(exclude_none=True))  # type: ignore[attr-defined]
    found = list_group(place, shown, group, page=page, size=page_size)
    language = language_of(request)
    rows = plain(found.rows, language)
    rows = rows if may(caller(request), "customers", "money") else without_money(rows)
    return {"total": found.total, "page": page, "page_size": page_size, "rows": rows, "title": plain(group_told(shown, group), language)}


@router.get("/signals/backtest", auth=SEES, response={200: dict[str, Any], **NOT_YET}, summary="The check on the company's own past")
def backtest(request: HttpRequest, as_of: AsOf = None) -> Any:
    """Return what `lakmus risk backtest --format json` prints: each judged cut, its figures, and why which way is used."""
    language = language_of(request)
    place = home()
    shown = pages_asked(place, as_of)
    return plain(show_backtest(shown, judged_by_everybody(place, shown), language=language), language)


@router.get("/signals/{page}", auth=SEES, response={200: dict[str, Any], **NOT_YET}, summary="A page of signals")
def one_page(request: HttpRequest, page: Annotated[PageName, Path()], chosen: Query[Chosen], as_of: AsOf = None) -> Any:  # type: ignore[valid-type]
    """Return what the page shows, by what is chosen on it (the page's first choice where nothing is); 202 while it is computed."""
    require(caller(request), PAGES[page].permit)
    place, language = home(), language_of(request)
    asked = chosen.model_dump(exclude_none=True)  # type: ignore[attr-defined]
    return plain(signal_page(place, pages_asked(place, as_of), page, asked, language=language), language)
