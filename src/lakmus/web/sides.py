"""An error's sides in words: what each part is called, and how a page lays the parts out."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lakmus.usecases.causes.scorecard import TITLES as SIDE_TITLES
from lakmus.usecases.causes.sides import DIMENSIONS, HOURS, MOST_TIMES, UNSAID, Side, sides_of, staff_rates
from lakmus.usecases.charts.causes import MonthOfError, error_by_month
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.writing import month as written_month
from lakmus.web.lists import state_titles
from lakmus.web.templatetags.written import count, language, worded
from lakmus.web.wordings import channel_title

WHO, WHERE = ("state", "sort", "worth", "times"), ("channel", "place")
SHOWN_PARTS = 8
HEATS = 10


def side_title(dimension: str, key: str | None, sorts: dict[str, Any] | None = None) -> str:
    """Return the name of one part of a dimension."""
    if key is None or key == UNSAID:
        nobody = dict.fromkeys(("state", "worth", "times"), _("not known who")) | {"sort": _("left already, or not known")}
        return nobody.get(dimension) or _("not said in the files")
    if dimension == "month":
        day = month_of(key)
        return written_month(day, language(), with_year=True) if day else key
    if dimension == "moment":
        day_of_week, _dash, part = key.partition("-")
        if day_of_week in set("1234567") and part.isdigit():
            return f"{WEEKDAYS_ABBR[int(day_of_week) - 1]} {hours_title(int(part))}"
        return key
    if dimension == "times" and key.isdigit():
        written = ngettext("%(n)s time", "%(n)s times", int(key)) % {"n": count(int(key))}
        return _("%(times)s or more") % {"times": written} if int(key) >= MOST_TIMES else written
    named = {
        "channel": channel_title,
        "state": lambda state: state_titles().get(state, state),
        "sort": lambda sort: worded((sorts or {}).get(sort)) or sort_titles().get(sort, sort),
        "worth": lambda worth: worth_titles().get(worth, worth),
    }.get(dimension)
    return str(named(key)) if named else key


def month_of(key: str) -> date | None:
    """Return the first day of the month that `2026-02` names; None where it names none."""
    try:
        return date.fromisoformat(f"{key}-01")
    except ValueError:
        return None


def hours_title(part: int) -> str:
    """Return the hours that one column of the map of hours stands for."""
    return f"{part * HOURS}\N{EN DASH}{part * HOURS + HOURS}"


def worth_titles() -> dict[str, str]:
    """Return what the thirds of buyers are called."""
    return {
        "least": _("spend least (a third)"),
        "middle": _("spend the middle (a third)"),
        "most": _("spend most (a third)"),
    }


def sort_titles() -> dict[str, str]:
    """Return what the sorts of buyers are called."""
    return {"regular": _("regulars"), "new": _("new ones"), "one_time": _("bought once"), "contract": _("by contract")}


def told_sides(asked: dict[str, Any]) -> list[dict[str, str]]:
    """Say in words by which sides a list of errors is narrowed."""
    named = {"staff": _("member of staff: %(name)s"), "sort": _("buyers: %(name)s"), "moment": _("time: %(name)s")}
    of_whom = {
        "linked": {True: _("the customer is known"), False: _("the customer is not known")},
        "bought": {True: _("bought in the last 12 months"), False: _("bought nothing in the last 12 months")},
    }
    quarters = {"last": _("last 91 days"), "before": _("the 91 days before")}
    told = [{"key": "side", "title": worded(SIDE_TITLES[asked["side"]])}] if asked.get("side") in SIDE_TITLES else []
    told += [{"key": "quarter", "title": quarters.get(asked["quarter"], quarters["before"])}] if asked.get("quarter") else []
    told += [{"key": name, "title": titles[asked[name]]} for name, titles in of_whom.items() if name in asked]
    return told + [
        {"key": name, "title": named.get(name, "%(name)s") % {"name": side_title(name, asked[name])}}
        for name in DIMENSIONS
        if asked.get(name)
    ]


def sides_page(shown: Shown, error: Any, *, staff: bool) -> dict[str, Any]:
    """Return an error's sides as its page shows them; members of staff only to whom colleagues' names are shown, by name."""
    sides = sides_of(shown, error.code)
    sorts = {group.code: group.title for group in shown.verdict.definition.groups}

    def part(name: str) -> dict[str, Any]:
        found = sides[name]
        if name == "staff":
            found = tuple(sorted(found, key=lambda side: (side.key or "").casefold()))
        found = tuple(sorted(found, key=lambda side: side.key is None))
        rows = [{"side": side, "asked": side.asked, "title": side_title(name, side.key, sorts)} for side in found]
        return {"code": name, "title": worded(DIMENSIONS[name][0]), "rows": rows[:SHOWN_PARTS], "more": rows[SHOWN_PARTS:]}

    months = sides["month"]
    return {
        "who": [part(name) for name in WHO if sides[name]],
        "where": [part(name) for name in WHERE if sides[name]],
        "staff": part("staff") if staff and sides["staff"] else None,
        "rates": _rates(shown, error, sides["staff"]) if staff else None,
        "months": [{"side": side, "asked": side.asked, "title": side_title("month", side.key)} for side in months],
        "trend": _trend(months, error) if months else "",
        "moments": _moments(sides["moment"]),
        "hours": [hours_title(part) for part in range(24 // HOURS)],
    }


def _rates(shown: Shown, error: Any, found: tuple[Side, ...]) -> dict[str, Any] | None:
    """Return how often the error happens with each member of staff, by name, on one scale with the team's rate."""
    rates = staff_rates(shown, error.code)
    if not rates:
        return None
    rows = {side.key: side.cases for side in found}
    lines = [{"rate": each, "rows": rows.get(each.staff, 0)} for each in rates]
    return {"rows": lines, "team": rates[0].team_rate, "high": max([rates[0].team_rate, 0.01, *(each.high for each in rates)])}


def _trend(months: tuple[Side, ...], error: Any) -> str:
    drawn = [MonthOfError(day, side.customers, side.left, side.left_silently) for side in months if (day := month_of(side.key or ""))]
    return error_by_month(drawn, title=_("%(error)s by month") % {"error": worded(error.title)}, language=language())


def _moments(found: tuple[Side, ...]) -> list[dict[str, Any]]:
    """Return the cases by day of the week and hours, a line for each day."""
    cases = {side.key: side.cases for side in found}
    most = max(cases.values(), default=0)
    if not most:
        return []
    lines = []
    for day in range(1, 8):
        keys = [f"{day}-{part}" for part in range(24 // HOURS)]
        cells = [{"key": key, "cases": cases.get(key, 0), "heat": round(cases.get(key, 0) / most * (HEATS - 1))} for key in keys]
        lines.append({"title": str(WEEKDAYS_ABBR[day - 1]), "cells": cells})
    return lines
