"""How long people waited for a first reply."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router

from lakmus.api.asked import AsOf, home, verdict_asked
from lakmus.api.forms import NOT_YET, Page, PageNumber, PageSize
from lakmus.api.shown import plain
from lakmus.api.tokens import Bearer
from lakmus.api.wordings import language_of
from lakmus.usecases.signals.waiting import list_waits, waiting_times

router = Router(tags=["waiting"])
Grouping = Literal["shift", "channel", "topic", "staff"]
Outcome = Literal["within", "late", "unanswered", "waiting"]
SEES = Bearer("read", "waiting")


@router.get("/waiting", auth=SEES, response={200: dict[str, Any], **NOT_YET}, summary="First waits by group")
def groups(request: HttpRequest, by: Grouping, as_of: AsOf = None) -> dict[str, Any]:
    """Return the groups with most cases first, each with counts by outcome, median and 90th percentile in minutes, share in time."""
    place = home()
    return {"by": by, "groups": plain(waiting_times(place, verdict_asked(place, as_of), by=by), language_of(request))}


@router.get("/waiting/cases", auth=SEES, response={200: Page, **NOT_YET}, summary="Cases behind the first waits")
def cases(
    request: HttpRequest,
    as_of: AsOf = None,
    by: Annotated[Grouping | None, Query(description="What `group` is a group of.")] = None,
    group: Annotated[str, Query(max_length=300, description="The group; with `by` and no group, cases of which it is not known.")] = "",
    outcome: Outcome | None = None,
    page: PageNumber = 1,
    page_size: PageSize = 100,
) -> dict[str, Any]:
    """Return one page, the longest wait first: minutes to the first reply of a person, the target, who replied."""
    place = home()
    shown = verdict_asked(place, as_of)
    found = list_waits(place, shown, by=by or "", group=group or None, outcome=outcome or "", page=page, size=page_size)
    return {"total": found.total, "page": page, "page_size": page_size, "rows": plain(found.rows, language_of(request))}
