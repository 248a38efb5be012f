"""Customers: the list, one of them, and one's history."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Path, Query, Router

from lakmus.api.asked import AsOf, home, moment_asked, verdict_asked
from lakmus.api.forms import FAILURES, NOT_YET, Page, PageNumber, PageSize, States
from lakmus.api.shown import plain, without_money
from lakmus.api.tokens import Bearer, caller
from lakmus.api.wordings import language_of
from lakmus.operations.accounts.permissions import may, require
from lakmus.usecases.people.read_activities import read_activities
from lakmus.usecases.people.show_customer import show_customer
from lakmus.usecases.people.state_path import state_path
from lakmus.usecases.results import list_customers

router = Router(tags=["customers"])

Sort = Literal["customer", "name", "-churn_probability", "-last_order_at", "-lost_at", "-errors_count", "-state_since", "loss_due_at",
               "-value_at_risk", "-lost_value", "-revenue"]  # fmt: skip
SORTS_BY_MONEY = frozenset({"-value_at_risk", "-lost_value", "-revenue"})
Key = Annotated[str, Path(min_length=1, max_length=500, description="The customer's id, as in the imported files.")]
Text = Annotated[str, Query(max_length=200)]
SEES = Bearer("read", "customers")


@router.get("/customers", auth=SEES, response={200: Page, **NOT_YET}, summary="Find customers")
def find(
    request: HttpRequest,
    as_of: AsOf = None,
    query: Annotated[str, Query(max_length=200, description="Part of a name; a whole id, e-mail or phone number.")] = "",
    state: States = [],  # noqa: B006  # read only
    lost_in_window: Annotated[bool | None, Query(description="Lost within the verdict's twelve months.")] = None,
    lost_silently: Annotated[bool | None, Query(description="Lost without a complaint.")] = None,
    error: Annotated[str, Query(max_length=60, description="Only customers who suffered this error.")] = "",
    signal: Annotated[str, Query(max_length=60, description="Only customers who show this sign.")] = "",
    place: Text = "",
    sort: Sort = "-churn_probability",
    page: PageNumber = 1,
    page_size: PageSize = 100,
) -> dict[str, Any]:
    """Return one page. Without the right to see money on customers, what a customer is worth is left out, and is no order to sort by."""
    if sort in SORTS_BY_MONEY:
        require(caller(request), "customers", "money")
    filters = {"states": tuple(state), "lost_in_window": lost_in_window, "lost_silently": lost_silently, "error": error, "signal": signal,
               "place": place}  # fmt: skip
    folder = home()
    shown = verdict_asked(folder, as_of)
    found = list_customers(shown, home=folder, query=query, filters=filters, sort=sort, page=page, size=page_size)
    return {"total": found.total, "page": page, "page_size": page_size, "rows": _seen(request, found.rows)}


@router.get("/customers/{path:key}/activities", auth=SEES, response={200: Page, **FAILURES}, summary="A customer's history")
def history(
    request: HttpRequest,
    key: Key,
    as_of: AsOf = None,
    kind: Annotated[str, Query(max_length=60, description="Only activities of this kind.")] = "",
    page: PageNumber = 1,
    page_size: PageSize = 100,
) -> dict[str, Any]:
    """Return one page of activities, latest first, in the form in which they are pushed."""
    found = read_activities(home(), key, as_of=moment_asked(as_of), kind=kind, page=page, page_size=page_size, actor=caller(request))
    return {"total": found.total, "page": page, "page_size": page_size, "rows": list(found.rows)}


@router.get(
    "/customers/{path:key}/states", auth=SEES, response={200: list[dict[str, Any]], **NOT_YET}, summary="A customer's states so far"
)
def states(request: HttpRequest, key: Key, as_of: AsOf = None) -> Any:
    """Return through which states the customer went, the latest first, and since when."""
    place = home()
    return plain(state_path(place, verdict_asked(place, as_of), key), language_of(request))


@router.get("/customers/{path:key}", auth=SEES, response={200: dict[str, Any], **NOT_YET}, summary="One customer")
def one(request: HttpRequest, key: Key, as_of: AsOf = None) -> Any:
    """Return what the customer's page shows; the timeline is at `/customers/{key}/activities`."""
    place = home()
    view = show_customer(place, verdict_asked(place, as_of), key)
    told = {field.name: getattr(view, field.name) for field in dataclasses.fields(view) if field.name != "timeline"}
    return _seen(request, told)


def _seen(request: HttpRequest, found: Any) -> Any:
    shown = plain(found, language_of(request))
    return shown if may(caller(request), "customers", "money") else without_money(shown)
