"""Service errors, row by row."""

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
from lakmus.usecases.results import list_errors

router = Router(tags=["errors"])
Text = Annotated[str, Query(max_length=500)]


@router.get("/errors", auth=Bearer("read", "errors"), response={200: Page, **NOT_YET}, summary="Find service errors")
def find(
    request: HttpRequest,
    as_of: AsOf = None,
    code: Annotated[str, Query(max_length=60, description="Only errors of this code, such as broken_promise.")] = "",
    customer: Text = "",
    order: Text = "",
    case: Text = "",
    in_window: Annotated[bool | None, Query(description="Only those behind the verdict's counts, or only the others.")] = None,
    complained: bool | None = None,
    left: bool | None = None,
    page: PageNumber = 1,
    page_size: PageSize = 100,
) -> dict[str, Any]:
    """Return one page, the latest first: each error with its code, moment, detector and the activities that are its evidence."""
    filters = {
        "code": code,
        "customer": customer,
        "order": order,
        "case": case,
        "in_window": in_window,
        "complained": complained,
        "left": left,
    }
    found = list_errors(verdict_asked(home(), as_of), filters=filters, page=page, size=page_size)
    rows = plain(found.rows, language_of(request))
    return {
        "total": found.total,
        "page": page,
        "page_size": page_size,
        "rows": rows if may(caller(request), "errors", "money") else without_money(rows),
    }
