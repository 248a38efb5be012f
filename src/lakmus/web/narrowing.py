"""What an address asks of a list: its filters and its order, for the page and for the file that holds the same rows."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from lakmus.operations.accounts.permissions import may
from lakmus.usecases import writing
from lakmus.usecases.causes.sides import DIMENSIONS
from lakmus.usecases.export_tables import Part
from lakmus.usecases.results import (
    CUSTOMER_SORTS,
    LEAVING,
    ORDERS,
    STAYING,
    customer_conditions,
    error_conditions,
    order_conditions,
    states_named,
)
from lakmus.web import answers
from lakmus.web.lists import STATES, choices
from lakmus.web.templatetags.written import language

SORTS = (
    *("-money_at_stake", "-churn_probability", "-lost_value", "-revenue", "loss_due_at", "-state_since"),
    *("-last_order_at", "-errors_count", "name"),
)
MONEY_SORTS = {"-money_at_stake", "-lost_value", "-revenue"}
MONEY_COLUMNS = frozenset({"revenue", "mean_order_amount", "value_at_risk", "lost_value"})
FLAGS = {"1": True, "0": False}
THEN = ("left_silently", "left", "complained")
SIDES = (*DIMENSIONS, "side", "quarter")
OF_WHOM = ("linked", "bought")
"""Whether a file links the error to a customer, and whether the customer bought in the last 12 months."""


def sort_choices(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the orders of the list of customers that this user may choose from."""
    titles = {
        "-money_at_stake": _("most at risk"),
        "-churn_probability": _("likeliest to leave"),
        "-lost_value": _("largest loss"),
        "-revenue": _("most revenue"),
        "loss_due_at": _("soonest lost"),
        "-state_since": _("state changed last"),
        "-last_order_at": _("latest purchase"),
        "-errors_count": _("most errors of ours"),
        "name": _("by name"),
    }
    money = may(request.user, "customers", "money")
    return choices((code, titles[code]) for code in SORTS if money or code not in MONEY_SORTS)


def customer_sort(request: HttpRequest) -> str:
    """Return the order of the list of customers: the one asked for, else the one that suits the list."""
    known = [choice["code"] for choice in sort_choices(request)]
    sort = request.GET.get("sort", "")
    if sort in known:
        return sort
    return "-lost_value" if request.GET.get("state") == "lost" and "-lost_value" in known else str(known[0])


def customer_filters(request: HttpRequest) -> dict[str, Any]:
    """Read the filters that narrow the list of customers."""
    asked = request.GET
    filters: dict[str, Any] = {}
    if asked.get("state") in (*STATES, LEAVING, STAYING):
        filters["states"] = states_named(asked["state"])
    if asked.get("lost") == "window":
        filters["lost_in_window"] = True
    if asked.get("silent") in FLAGS:
        filters["lost_silently"] = FLAGS[asked["silent"]]
    if month_asked(request):
        filters["lost_month"] = request.GET["month"]
    for key, name in (("error", "error"), ("signal", "signal"), ("exclusion", "exclusion")):
        if asked.get(key):
            filters[name] = asked[key]
    return filters


def month_asked(request: HttpRequest) -> date | None:
    """Return the first day of the month that `?month=2026-02` names; None where it names none."""
    try:
        return date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return None


def order_filters(request: HttpRequest) -> dict[str, Any]:
    """Read the filters that narrow the list of orders."""
    asked = request.GET
    filters: dict[str, Any] = {}
    if asked.get("late") in FLAGS:
        filters["late"] = FLAGS[asked["late"]]
    if asked.get("stars", "") in set("12345"):
        filters["stars"] = int(asked["stars"])
    if asked.get("customer"):
        filters["customer"] = asked["customer"]
    if asked.get("reviewed") == "1":
        filters["reviewed"] = True
    return filters


def error_filters(request: HttpRequest) -> dict[str, Any]:
    """Read the filters that narrow the list of service errors."""
    asked = request.GET
    filters: dict[str, Any] = {name: True for name in THEN if asked.get(name) == "1" or asked.get("then") == name}
    filters |= {name: FLAGS[asked[name]] for name in OF_WHOM if asked.get(name) in FLAGS}
    for name in ("code", "customer", *SIDES):
        if asked.get(name):
            filters[name] = asked[name]
    return filters


def shown_part(request: HttpRequest, shown: Any, table: str) -> Part:
    """Return the part of a table that the page at this query shows, without columns of money that this user may not see."""
    if table == "errors":
        return Part(error_conditions(shown, {"in_window": True} | error_filters(request)), ORDERS["errors"])
    if table == "orders":
        return Part(order_conditions(order_filters(request)), ORDERS["orders"])
    query = request.GET.get("q", "").strip()
    conditions = customer_conditions(answers.home(), shown, query=query, filters=customer_filters(request))
    hidden = frozenset() if may(request.user, "customers", "money") else MONEY_COLUMNS
    return Part(conditions, CUSTOMER_SORTS[customer_sort(request)], hidden)


def said(shown: Any, filters: dict[str, Any]) -> list[dict[str, str]]:
    """Say in words those filters of the list of customers that no field of its form shows."""
    told = []
    if filters.get("lost_in_window"):
        told.append({"key": "lost", "title": _("lost in the last 12 months")})
    if "lost_month" in filters:
        told.append({"key": "month", "title": writing.month(date.fromisoformat(f"{filters['lost_month']}-01"), language(), with_year=True)})
    if "lost_silently" in filters:
        told.append({"key": "silent", "title": _("silently") if filters["lost_silently"] else _("after a complaint")})
    if "signal" in filters:
        told.append({"key": "signal", "title": answers.title_of_reason(filters["signal"])})
    if "exclusion" in filters:
        told.append({"key": "exclusion", "title": answers.title_of_exclusion(shown, filters["exclusion"])})
    return told
