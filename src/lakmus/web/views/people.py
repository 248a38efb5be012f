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
from lakmus.usecases.people.forget_customer import forget_customer
from lakmus.usecases.people.state_path import state_path
from lakmus.usecases.results import LEAVING, STAYING
from lakmus.web import answers, losses, narrowing, one_customer
from lakmus.web.lists import choices, state_titles
from lakmus.web.needing import verdict_page
from lakmus.web.page import asked_page, says_failures, show
from lakmus.web.sides import told_sides
from lakmus.web.templatetags.written import part

NOT_THE_NUMBER = Wording(
    "Номер не совпал с номером клиента. Ничего не удалено; вернитесь и впишите номер.",
    "The number is not this customer's. Nothing was erased; go back and write the number.",
)


@verdict_page("customers")
def customers(request: HttpRequest, analysis: Any) -> HttpResponse:
    """List customers, searched and filtered."""
    filters = narrowing.customer_filters(request)
    sorts = narrowing.sort_choices(request)
    lost_view = filters.get("states") == ("lost",)
    sort = narrowing.customer_sort(request)
    query = request.GET.get("q", "").strip()
    listing = answers.customers(analysis, filters, query=query, sort=sort, page=asked_page(request))
    several = [("", _("any")), (STAYING, _("regulars who have not left")), (LEAVING, _("cooling or cold"))]
    context = {
        "query": query,
        "state": request.GET.get("state", ""),
        "error": request.GET.get("error", ""),
        "sort": sort,
        "sort_choices": sorts,
        "state_choices": choices([*several, *state_titles().items()]),
        "error_choices": answers.error_choices(analysis),
        "narrowed": bool(query or filters),
        "narrowing": narrowing.said(analysis, filters),
        "kept": [(key, request.GET[key]) for key in ("lost", "month", "silent", "signal", "exclusion") if request.GET.get(key)],
        "lost_view": lost_view,
        **listing,
    }
    return show(request, "customers.html", answers.carried(analysis) | context, current="customers")


@verdict_page("customers")
def customer(request: HttpRequest, analysis: Any, key: str) -> HttpResponse:
    """Show one customer: where they stand, lamps, our errors with evidence, everything that happened, the next step."""
    family, around = request.GET.get("family", ""), request.GET.get("around", "")
    context = one_customer.customer_page(analysis, key, family=family, around=around, page=asked_page(request))
    if may(request.user, "ledger") and part(context["row"], "state") == "lost":
        context["why_lost"] = losses.reasons_of_customer(analysis, part(context["row"], "customer"))
    return show(request, "customer.html", answers.carried(analysis) | context, current="customers")


@verdict_page("customers")
def states(request: HttpRequest, analysis: Any, key: str) -> HttpResponse:
    """Show through which states one customer went, for the fold that was opened."""
    return show(request, "parts/state_path.html", {"path": state_path(answers.home(), analysis, key)})


@verdict_page("orders")
def orders(request: HttpRequest, analysis: Any) -> HttpResponse:
    """List orders: the rows behind figures of deliveries and stars."""
    filters = narrowing.order_filters(request)
    late, stars = request.GET.get("late", ""), request.GET.get("stars", "")
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


@verdict_page("errors")
def errors(request: HttpRequest, analysis: Any) -> HttpResponse:
    """List service errors: the rows behind figures of causes."""
    filters = narrowing.error_filters(request)
    then = next((name for name in narrowing.THEN if filters.get(name)), "")
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
        "sides": told_sides(filters),
        "kept": [(name, request.GET[name]) for name in (*narrowing.SIDES, *narrowing.OF_WHOM) if name in filters],
        **answers.errors(analysis, filters, page=asked_page(request), size=15),
    }
    return show(request, "errors.html", answers.carried(analysis) | context)


@verdict_page("errors")
def evidence(request: HttpRequest, analysis: Any, error_id: str) -> HttpResponse:
    """Show the activities that prove one error, for the row that was opened."""
    error = one_customer.proofs_of(analysis, error_id)
    return show(request, "parts/proofs.html", {"error": error, "proofs": error["proofs"]})


@verdict_page("errors")
def story(request: HttpRequest, analysis: Any, key: str) -> HttpResponse:
    """Show what is known of an order or a case whose customer is not; a known customer has a page of their own."""
    context = one_customer.story_page(analysis, key, page=asked_page(request))
    if context["customer"]:
        return HttpResponseRedirect(f"{reverse('customer', args=[context['customer']])}?{request.GET.urlencode()}".rstrip("?"))
    return show(request, "story.html", answers.carried(analysis) | context, current="customers")


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
