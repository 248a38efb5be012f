"""Customers, one customer, and the rows behind the figures: orders and service errors."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording
from lakmus.operations.accounts.permissions import may, page
from lakmus.usecases.forget_customer import forget_customer
from lakmus.web import answers, one_customer
from lakmus.web.lists import STATES, choices, state_titles
from lakmus.web.needing import needs_verdict
from lakmus.web.page import asked_page, says_failures, show

SORTS = ("-value_at_risk", "-churn_probability", "-lost_value", "-revenue", "-last_order_at", "-errors_count", "name")
MONEY_SORTS = {"-value_at_risk", "-lost_value", "-revenue"}
FLAGS = {"1": True, "0": False}
NOT_THE_NUMBER = Wording(
    "Номер не совпал с номером клиента. Ничего не удалено; вернитесь и впишите номер.",
    "The number is not this customer's. Nothing was erased; go back and write the number.",
)
THEN = {"left": {"left": True}, "left_silently": {"left_silently": True}, "complained": {"complained": True}}


def _sort_choices(request: HttpRequest) -> list[dict[str, Any]]:
    titles = {
        "-value_at_risk": _("most at risk"),
        "-churn_probability": _("likeliest to leave"),
        "-lost_value": _("largest loss"),
        "-revenue": _("most revenue"),
        "-last_order_at": _("latest purchase"),
        "-errors_count": _("most errors of ours"),
        "name": _("by name"),
    }
    money = may(request.user, "customers", "money")
    return choices((code, titles[code]) for code in SORTS if money or code not in MONEY_SORTS)


def _customer_filters(request: HttpRequest) -> dict[str, Any]:
    """Read the filters that narrow the list of customers."""
    asked = request.GET
    filters: dict[str, Any] = {}
    if asked.get("state") in STATES:
        filters["states"] = (asked["state"],)
    if asked.get("lost") == "window":
        filters["lost_in_window"] = True
    if asked.get("silent") in FLAGS:
        filters["lost_silently"] = FLAGS[asked["silent"]]
    for key, name in (("error", "error"), ("signal", "signal"), ("exclusion", "exclusion")):
        if asked.get(key):
            filters[name] = asked[key]
    return filters


def _narrowing(shown: Any, filters: dict[str, Any]) -> list[dict[str, str]]:
    """Say in words those filters that no field of the form shows."""
    said = []
    if filters.get("lost_in_window"):
        said.append({"key": "lost", "title": _("lost in the last 12 months")})
    if "lost_silently" in filters:
        said.append({"key": "silent", "title": _("silently") if filters["lost_silently"] else _("after a complaint")})
    if "signal" in filters:
        said.append({"key": "signal", "title": answers.title_of_reason(filters["signal"])})
    if "exclusion" in filters:
        said.append({"key": "exclusion", "title": answers.title_of_exclusion(shown, filters["exclusion"])})
    return said


@page("customers")
@says_failures
@needs_verdict
def customers(request: HttpRequest, analysis: Any) -> HttpResponse:
    """List customers, searched and filtered."""
    filters = _customer_filters(request)
    sorts = _sort_choices(request)
    lost_view = filters.get("states") == ("lost",)
    sort = request.GET.get("sort", "")
    if sort not in {choice["code"] for choice in sorts}:
        sort = "-lost_value" if lost_view and may(request.user, "customers", "money") else sorts[0]["code"]
    query = request.GET.get("q", "").strip()
    listing = answers.customers(analysis, filters, query=query, sort=sort, page=asked_page(request))
    context = {
        "query": query,
        "state": request.GET.get("state", ""),
        "error": request.GET.get("error", ""),
        "sort": sort,
        "sort_choices": sorts,
        "state_choices": choices([("", _("any")), *state_titles().items()]),
        "error_choices": answers.error_choices(analysis),
        "narrowed": bool(query or filters),
        "narrowing": _narrowing(analysis, filters),
        "kept": [(key, request.GET[key]) for key in ("lost", "silent", "signal", "exclusion") if request.GET.get(key)],
        "lost_view": lost_view,
        **listing,
    }
    return show(request, "customers.html", answers.carried(analysis) | context, current="customers")


@page("customers")
@says_failures
@needs_verdict
def customer(request: HttpRequest, analysis: Any, key: str) -> HttpResponse:
    """Show one customer: where they stand, lamps, our errors with evidence, everything that happened, the next step."""
    family, around = request.GET.get("family", ""), request.GET.get("around", "")
    context = one_customer.customer_page(analysis, key, family=family, around=around, page=asked_page(request))
    return show(request, "customer.html", answers.carried(analysis) | context, current="customers")


@page("orders")
@says_failures
@needs_verdict
def orders(request: HttpRequest, analysis: Any) -> HttpResponse:
    """List orders: the rows behind figures of deliveries and stars."""
    late = request.GET.get("late", "")
    stars = request.GET.get("stars", "")
    filters: dict[str, Any] = {}
    if late in FLAGS:
        filters["late"] = FLAGS[late]
    if stars in set("12345"):
        filters["stars"] = int(stars)
    if request.GET.get("customer"):
        filters["customer"] = request.GET["customer"]
    if request.GET.get("reviewed") == "1":
        filters["reviewed"] = True
    context = {
        "reviewed": "reviewed" in filters,
        "late": late,
        "late_choices": choices([("", _("any")), ("1", _("late")), ("0", _("on time"))]),
        "stars": stars,
        "stars_choices": list("12345"),
        "customer": filters.get("customer", ""),
        **answers.orders(analysis, filters, page=asked_page(request)),
    }
    return show(request, "orders.html", answers.carried(analysis) | context)


@page("errors")
@says_failures
@needs_verdict
def errors(request: HttpRequest, analysis: Any) -> HttpResponse:
    """List service errors: the rows behind figures of causes."""
    asked = request.GET
    then = asked.get("then", "")
    filters: dict[str, Any] = dict(THEN.get(then, {}))
    for name in ("left", "left_silently", "complained"):
        if asked.get(name) == "1":
            filters[name], then = True, name
    for name in ("code", "customer"):
        if asked.get(name):
            filters[name] = asked[name]
    outcomes = [
        ("", _("anything")),
        ("complained", _("complained")),
        ("left", _("left afterwards")),
        ("left_silently", _("left silently afterwards")),
    ]
    context = {
        "code": filters.get("code", ""),
        "customer": filters.get("customer", ""),
        "then": then,
        "then_choices": choices(outcomes),
        "error_choices": answers.error_choices(analysis),
        **answers.errors(analysis, filters, page=asked_page(request), size=25),
    }
    return show(request, "errors.html", answers.carried(analysis) | context)


@page("errors")
@says_failures
@needs_verdict
def evidence(request: HttpRequest, analysis: Any, error_id: str) -> HttpResponse:
    """Show the activities that prove one error, for the row that was opened."""
    error = one_customer.proofs_of(analysis, request.GET.get("customer", ""), error_id)
    return show(request, "parts/proofs.html", {"error": error, "proofs": error["proofs"] if error else []})


@require_POST
@page("customers", post="erase")
@says_failures
def forget(request: HttpRequest, key: str) -> HttpResponse:
    """Erase a person for good; the form asks for the customer's number once more."""
    if request.POST.get("number", "").strip() != key:
        raise BadInput("number_differs", NOT_THE_NUMBER)
    forget_customer(answers.home(), key, actor=request.user)
    messages.success(request, _("The customer is forgotten: nothing about them is kept any longer."))
    return HttpResponseRedirect(reverse("customers"))
