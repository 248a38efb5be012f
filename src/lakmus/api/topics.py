"""What customers write about, and the texts that no code fits; each count with its texts."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router

from lakmus.api.asked import AsOf, home, verdict_asked
from lakmus.api.forms import NOT_YET, Page, PageNumber, PageSize
from lakmus.api.shown import plain, without_money
from lakmus.api.tokens import Bearer, caller
from lakmus.api.wordings import language_of
from lakmus.operations.accounts.permissions import may
from lakmus.usecases.alerts.theme_bursts import days_back
from lakmus.usecases.causes.pages import cause_page
from lakmus.usecases.texts.show_topics import TextsAsked, show_unsorted, texts_of_topic

router = Router(tags=["texts"])
TOPICS, UNSORTED = Bearer("read", "topics"), Bearer("read", "unsorted")
ANSWER = {200: dict[str, Any], **NOT_YET}
ROWS = {200: Page, **NOT_YET}
Phrase = Annotated[str, Query(max_length=200, description="One of the phrases that are proposed: then only the texts that hold it.")]
Until = Annotated[str, Query(max_length=40, description="With `days`: the moment at which they end, as the alert on a burst names it.")]
Days = Annotated[int, Query(ge=0, le=366, description="So many days only; with `back`, up to so many days before the verdict's moment.")]


@router.get("/topics", auth=TOPICS, response=ANSWER, summary="What customers write about")
def topics(request: HttpRequest, as_of: AsOf = None) -> Any:
    """Return the themes of six months: texts, displeased ones, customers, growth with its interval, bursts, cost of the error."""
    return _answer(request, "topics", as_of)


@router.get("/topics/{code}/texts", auth=TOPICS, response=ROWS, summary="The texts behind a theme")
def texts(
    request: HttpRequest,
    code: str,
    as_of: AsOf = None,
    year: bool = False,
    negative: bool = False,
    days: Days = 0,
    back: Days = 0,
    until: Until = "",
    page: PageNumber = 1,
    page_size: PageSize = 100,
) -> Any:
    """Return one page, the latest first: texts of six months, or with `year` of twelve; `all` as code for the texts of every theme.

    With `days` those of so many days that end `back` days before the verdict's moment, or at the moment `until`, as an alert names a burst.
    """
    place = home()
    shown = verdict_asked(place, as_of)
    ends = days_back({"back": str(back) if back else "", "until": until}, as_of=shown.as_of)
    found = texts_of_topic(place, shown, code[:60], TextsAsked(year, negative, days, ends), page=page, size=page_size)
    return {"total": found.total, "page": page, "page_size": page_size, "rows": plain(found.rows, language_of(request))}


@router.get("/unsorted", auth=UNSORTED, response=ANSWER, summary="Texts that no code fits")
def unsorted(request: HttpRequest, as_of: AsOf = None) -> Any:
    """Return how many they are, the phrases that they have in common, and the latest of them."""
    return _answer(request, "unsorted", as_of)


@router.get("/unsorted/texts", auth=UNSORTED, response=ROWS, summary="The texts themselves")
def unsorted_texts(request: HttpRequest, as_of: AsOf = None, phrase: Phrase = "", page: PageNumber = 1, page_size: PageSize = 100) -> Any:
    """Return one page, the latest first."""
    place = home()
    found = show_unsorted(place, verdict_asked(place, as_of), phrase=phrase, page=page, size=page_size)
    return {"total": found.listed, "page": page, "page_size": page_size, "rows": plain(found.rows, language_of(request))}


def _answer(request: HttpRequest, name: str, as_of: str | None) -> Any:
    place, language = home(), language_of(request)
    told = plain(cause_page(place, verdict_asked(place, as_of), name, {}, language=language), language)
    return told if may(caller(request), "causes", "money") else without_money(told)
