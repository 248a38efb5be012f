"""Alerts that were told: who has read them, by which rules they are given, and what came of their messages."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Router, Schema

from lakmus.api.forms import FAILURES, Page, PageNumber, PageSize
from lakmus.api.shown import plain
from lakmus.api.tokens import Bearer, caller
from lakmus.api.wordings import language_of
from lakmus.usecases.alerts.read_alerts import delivery_told, list_told, rules_told
from lakmus.usecases.alerts.tell_alerts import mark_read

router = Router(tags=["alerts"])
SEES = Bearer("read", "alerts")


class Reading(Schema):
    """Whether the user of the token has read an alert."""

    is_read: bool = True


@router.get("/alerts", auth=SEES, response={200: Page, **FAILURES}, summary="Alerts that were told, and which of them are read")
def told(request: HttpRequest, unread: bool = False, page: PageNumber = 1, page_size: PageSize = 50) -> Any:
    """Return one page, the newest first; `is_read` is of the token's user. Customers behind one: `/signals/customers` with its `group`."""
    total, rows = list_told(caller(request), unread=unread, page=page, size=page_size)
    return {"total": total, "page": page, "page_size": page_size, "rows": plain(rows, language_of(request))}


@router.get("/alerts/rules", auth=SEES, response={200: dict[str, Any], **FAILURES}, summary="The rules by which alerts are given")
def rules(request: HttpRequest) -> Any:
    """Return the rules in force, as they ship or as somebody edited them."""
    return plain(rules_told(), language_of(request))


@router.get(
    "/alerts/delivery",
    auth=Bearer("read", "delivery"),
    response={200: dict[str, Any], **FAILURES},
    summary="To whom alerts go, and what came of it",
)
def delivery(request: HttpRequest) -> Any:
    """Return the channels, without the secret that signs notices, and the last fifty messages."""
    return plain(delivery_told(), language_of(request))


@router.post("/alerts/reading", auth=Bearer("decide", "alerts"), response={200: dict[str, Any], **FAILURES}, summary="Mark all as read")
def all_read(request: HttpRequest) -> Any:
    """Mark every alert as read by the token's user."""
    mark_read(caller(request))
    return {"unread": list_told(caller(request), unread=True)[0]}


@router.post(
    "/alerts/{number}/reading",
    auth=Bearer("decide", "alerts"),
    response={200: dict[str, Any], **FAILURES},
    summary="Mark one as read, or as unread",
)
def one_read(request: HttpRequest, number: Annotated[int, Path(ge=1, le=2_000_000_000)], reading: Reading) -> Any:
    """Mark one alert as read by the token's user, or as unread again."""
    mark_read(caller(request), number=number, is_read=reading.is_read)
    return {"unread": list_told(caller(request), unread=True)[0]}
