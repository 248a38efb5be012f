"""What every page carries: language, look, navigation, the moment we look from, the company's currency and zone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from lakmus.history.failures import LakmusError
from lakmus.operations.accounts.permissions import first_page, may, permitted
from lakmus.operations.company.queries import company_terms
from lakmus.usecases.alerts.tell_alerts import unread_count
from lakmus.usecases.alerts.theme_bursts import unread_bursts
from lakmus.web.templatetags.written import language, worded

THEMES = ("", "light", "dark")
THEME_COOKIE = "lakmus_theme"
LANGUAGES = (("ru", "Русский"), ("en", "English"))
MOST_PAGES = 1_000_000


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation.

    `then` draws the arrow of thought before it, `beside` begins the second group, `news` is how much in it is unread.
    """

    name: str
    title: str
    current: bool = False
    then: bool = False
    beside: bool = False
    news: int = 0


def show(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int = 200, current: str = ""
) -> HttpResponse:
    """Render a page with all that stands around its answer."""
    given = context or {}
    return render(request, f"web/{template}", frame(request, current, given) | given, status=status)


def frame(request: HttpRequest, current: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return the part of a page's context that is the same everywhere."""
    user = getattr(request, "user", None)
    known = user is not None and user.is_authenticated
    company = company_terms() if known else None
    theme = (getattr(user, "theme", "") if known else "") or request.COOKIES.get(THEME_COOKIE, "")
    theme = theme if theme in THEMES else ""
    return {
        "lang": language(),
        "theme": theme,
        "next_theme": "light" if theme == "dark" else "dark",
        "next_theme_title": _("Light look") if theme == "dark" else _("Dark look"),
        "language_choices": LANGUAGES,
        "company": company,
        "currency": company.currency if company else "RUB",
        "zone": company.time_zone if company else "Europe/Moscow",
        "home_page": first_page(user) if known else "login",
        "way": way(user, current) if known else [],
        "user_places": user_places(user) if known else [],
        "user_title": (getattr(user, "name", "") or role_title(user).capitalize()) if known else "",
        "role_title": role_title(user) if known else "",
        "permitted": permitted(user) if known else {},
        **_moment(request, given),
    }


def _moment(request: HttpRequest, given: dict[str, Any]) -> dict[str, Any]:
    """Return the moment we look from, and the days that the header offers."""
    latest = given.get("last_day")
    chosen = asked_day(request)
    if chosen is not None and latest is not None and chosen >= latest:
        chosen = None
    shown = given.get("as_of_day")
    origin = latest or (shown.date() if isinstance(shown, datetime) else shown)
    steps = ((_("A month before"), 30), (_("Three months before"), 91), (_("Half a year before"), 182), (_("A year before"), 365))
    choices = (
        [
            {"title": title, "day": origin - timedelta(days=back), "iso": (origin - timedelta(days=back)).isoformat()}
            for title, back in steps
        ]
        if origin
        else []
    )
    return {
        "as_of_day": chosen,
        "as_of_chosen": chosen.isoformat() if chosen else "",
        "as_of_choices": choices,
        "query_kept": [(key, value) for key, value in request.GET.items() if key not in {"as_of", "page", "part"}],
    }


def asked_day(request: HttpRequest) -> date | None:
    """Return the day that `?as_of=` names: `2026-03-03` or `03.03.2026`; None where it names none."""
    written = request.GET.get("as_of", "").strip()
    if not written:
        return None
    try:
        if "." in written:
            return date(*(int(part) for part in reversed(written.split("."))))
        return date.fromisoformat(written)
    except (ValueError, TypeError):
        return None


def asked_page(request: HttpRequest, key: str = "page") -> int:
    """Return the number of the page of a list, from 1."""
    try:
        return min(MOST_PAGES, max(1, int(request.GET.get(key, "1"))))
    except ValueError:
        return 1


def way(user: Any, current: str) -> list[Place]:
    """Return the navigation in the order of thought, as far as this user's role reaches."""
    thought = [
        ("verdict", _("Verdict")),
        ("signals", _("Signals")),
        ("causes", _("Causes")),
        ("measures", _("Measures")),
        ("results", _("Results")),
    ]
    beside = [("customers", _("Customers")), ("data", _("Data"))]
    places = [
        Place(
            name,
            title,
            current=name == current,
            then=name in {"causes", "measures", "results"},
            news=unread_count(user) if name == "signals" else len(unread_bursts(user)) if name == "causes" else 0,
        )
        for name, title in thought
        if may(user, name)
    ]
    others = [Place(name, title, current=name == current) for name, title in beside if may(user, name)]
    if others and places:
        others[0] = Place(others[0].name, others[0].title, others[0].current, beside=True)
    return places + others


def user_places(user: Any) -> list[Place]:
    """Return what stands in the menu under the user's name."""
    choices = [
        ("settings", _("Company settings")),
        ("delivery", _("Delivery of alerts")),
        ("users", _("Users")),
        ("tokens", _("Tokens of programs")),
        ("forgotten", _("Forgotten customers")),
        ("journal", _("Journal")),
        ("profile", _("My password")),
    ]
    return [Place(name, title) for name, title in choices if may(user, name)]


def role_title(user: Any) -> str:
    """Return the name of the user's role."""
    from lakmus.operations.accounts.roles import Role

    role = getattr(user, "role", "")
    return worded(Role(role).title) if role else ""


def says_failures(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Turn an error that is meant for people into a page that says what happened, that nothing is lost, what to do."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except LakmusError as failure:
            return show(request, "failure.html", {"failure": failure}, status=failure.http_status)

    return answered
