"""What the pages of signals show: retention, survival, the RFM map, moves between states, alerts; each figure with its customers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from lakmus.history.estimate import Estimate
from lakmus.usecases.alerts import show_alerts
from lakmus.usecases.charts.survival import survival_curve
from lakmus.usecases.risk import show_checks
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals import show_cohorts, show_flows, show_rfm, show_survival
from lakmus.usecases.signals.buyers import ORIGINS
from lakmus.usecases.signals.customer_groups import Group, group_told, list_group
from lakmus.usecases.writing import number
from lakmus.web import answers
from lakmus.web.lists import ON_SCALE, PAGE_SIZE, Pager, state_titles
from lakmus.web.templatetags.written import count, language, percent, percent_span, worded

HEATS = 10
HEADLINE_MONTH = 3
ROOMS = ("signals", "alerts", "retention", "survival", "rfm", "flows", "site", "backtest", "segments")


def rooms(current: str) -> list[dict[str, Any]]:
    """Return the pages of signals."""
    titles = {
        "signals": _("Who is cooling"),
        "alerts": _("What changed"),
        "retention": _("Who buys on"),
        "survival": _("How long they stay"),
        "rfm": _("Map of buyers"),
        "flows": _("Moves between states"),
        "site": _("On the site"),
        "backtest": _("Check on the past"),
        "segments": _("Saved groups"),
    }
    return [{"name": name, "title": titles[name], "current": name == current} for name in ROOMS]


def retention(shown: Shown, *, by: str, as_of: str = "") -> dict[str, Any]:
    """Return the table of who bought on."""
    found = show_cohorts.show_cohorts(answers.home(), shown, by=by)
    # Hundreds of cells: a template's tag for each of their addresses and titles takes longer than all the rest of the page.
    address = partial(_group_address, {"of": "cohort", "by": found.by}, as_of)
    rows = [
        {
            "key": row.key or "",
            "title": show_cohorts.cohort_name(found.by, row.key),
            "size": row.size,
            "address": address({"segment": row.key}),
            "cells": [_cohort_cell(cell, partial(address, {"segment": row.key, "month": cell.month})) for cell in row.cells],
        }
        for row in found.rows
    ]
    tabs = [{"code": code, "title": worded(title).capitalize(), "current": code == found.by} for code, title in show_cohorts.BY.items()]
    return {"found": found, "rows": rows, "tabs": tabs, "headline": _headline(found)}


def _headline(found: show_cohorts.CohortsShown) -> dict[str, Any] | None:
    """Return what share of all customers of the table buy on after three months, or after the last month that is known by then."""
    for month in sorted((month for month in found.months if 0 < month <= HEADLINE_MONTH), reverse=True):
        cells = [cell for row in found.rows for cell in row.cells if cell.month == month]
        known = sum(cell.known for cell in cells)
        if known >= show_cohorts.NEEDED:
            return {"month": month, "share": percent(sum(cell.bought for cell in cells) / known)}
    return None


def _group_address(of: dict[str, str], as_of: str, asked: dict[str, Any], outcome: str = "") -> str:
    """Return the address of a group of customers; what is empty is not asked for."""
    wanted = {**of, **asked, "outcome": outcome, "as_of": as_of}
    return f"{reverse('group')}?{urlencode({key: given for key, given in wanted.items() if given not in (None, '')})}"


def _cohort_cell(cell: show_cohorts.Cell, address: Callable[..., str]) -> dict[str, Any]:
    told = {"known": cell.known, "bought": cell.bought, "open": cell.open, "address": address(outcome="bought")}
    if cell.open:
        told |= {"open_address": address(outcome="open"), "open_told": _("of %(n)s more it is not known yet") % {"n": count(cell.open)}}
    if not isinstance(cell.bought_share, Estimate):
        return told
    said = {"bought": count(cell.bought), "known": count(cell.known), "range": percent_span(cell.bought_share)}
    return told | {
        "share": percent(cell.bought_share.point),
        "told": _("%(bought)s of %(known)s, %(range)s") % said,
        "heat": round(cell.bought_share.point * (HEATS - 1)),
    }


def survival(shown: Shown, *, curve: str, by: str) -> dict[str, Any]:
    """Return the curves: the company's own, and those of its parts beside it."""
    found = show_survival.show_survival(answers.home(), shown, curve=curve, by=by)
    kinds = [{"code": code, "title": title, "current": code == found.curve} for code, title in show_survival.CURVES.items()]
    parts = [("", _("Whole company")), *((code, worded(title).capitalize()) for code, title in ORIGINS.items())]
    tabs = [{"code": code, "title": title, "current": code == found.by} for code, title in parts]
    drawn = [_curve(each, found) for each in (found.parts if found.by else (found.whole,) if found.whole else ())]
    return {"found": found, "kinds": kinds, "tabs": tabs, "curves": drawn, "needed": show_survival.NEEDED}


def _curve(curve: show_survival.Curve, found: show_survival.SurvivalShown) -> dict[str, Any]:
    title = curve.segment or _("Whole company")
    whole = found.whole
    beside = (whole.days, whole.share) if found.by and whole is not None else None
    spoken = f"{title}: {worded(show_survival.CURVES[found.curve])}, {number(curve.n, language())}"
    drawing = survival_curve(
        curve.days,
        curve.share,
        curve.low,
        curve.high,
        ticks=[(tick.day, tick.at_risk) for tick in curve.ticks],
        title=spoken,
        beside=beside,
        language=language(),
    )
    return {"title": title, "n": curve.n, "ended": curve.ended, "median": curve.median_days, "drawing": drawing}


def rfm(shown: Shown) -> dict[str, Any]:
    """Return the map, the freshest line first."""
    found = show_rfm.show_rfm(shown)
    most = max((cell.customers for line in found.cells for cell in line), default=0)
    lines = [
        {
            "title": band.written(),
            "cells": [
                {
                    "recency": str(place),
                    "frequency": str(column),
                    "cell": cell,
                    "leaving": cell.leaving / cell.customers if cell.customers else None,
                    "lost": cell.lost / cell.customers if cell.customers else None,
                    "heat": round(cell.customers / most * (HEATS - 1)) if most else 0,
                }
                for column, cell in enumerate(line)
            ],
        }
        for place, (band, line) in enumerate(zip(found.recency, found.cells, strict=False))
    ]
    return {"found": found, "lines": lines, "columns": [band.written(whole=True) for band in found.frequency]}


def flows(shown: Shown, *, at: str) -> dict[str, Any]:
    """Return the states at the ends of months, and who moved into the end that is asked for, or into the last."""
    found = show_flows.show_flows(answers.home(), shown)
    if not found.ends:
        return {"found": found}
    keys = [show_flows.end_key(end.at) for end in found.ends]
    place = keys.index(at) if at in keys[1:] else len(keys) - 1
    moves = found.moves[place - 1]
    titles = state_titles() | {show_flows.ABSENT: _("not there yet")}
    states = [state for state in show_flows.STATES if any(end.counts.get(state) for end in found.ends)]
    ends = [
        {
            "at": end.at,
            "key": key,
            "current": key == keys[place],
            "cells": [{"state": state, "title": titles[state], "count": end.counts.get(state, 0)} for state in states],
            "bar": [{"state": state, "count": end.counts.get(state, 0)} for state in states],
            "first": not number_of,
        }
        for number_of, (end, key) in enumerate(zip(found.ends, keys, strict=True))
    ]
    scale = {state: place_on for place_on, state in enumerate(ON_SCALE)}
    steps = [(scale[new] - scale[old], moved) for old in moves for new, moved in moves[old].items() if old in scale and new in scale]
    columns = [{"state": state, "title": titles[state]} for state in states]
    return {
        "found": found,
        "ends": ends,
        "columns": columns,
        "matrix": _matrix(moves, states, titles),
        "at": keys[place],
        "before": keys[place - 1],
        "cooled": sum(moved for step, moved in steps if step < 0),
        "warmed": sum(moved for step, moved in steps if step > 0),
        "since": found.ends[place - 1].at,
        "until": found.ends[place].at,
    }


def _matrix(moves: dict[str, dict[str, int]], states: list[str], titles: dict[str, str]) -> list[dict[str, Any]]:
    """Return who moved from where to where, a line for each state before."""
    return [
        {
            "old": old,
            "known": old != show_flows.ABSENT,
            "title": titles[old],
            "total": sum(moves[old].values()),
            "cells": [
                {
                    "new": new,
                    "count": moves[old].get(new, 0),
                    "share": moves[old].get(new, 0) / sum(moves[old].values()),
                    "stays": old == new,
                    "heat": round(moves[old].get(new, 0) / sum(moves[old].values()) * (HEATS - 1)),
                }
                for new in states
            ],
        }
        for old in (*states, show_flows.ABSENT)
        if moves.get(old)
    ]


def group_page(shown: Shown, group: Group, *, sort: str, page: int) -> dict[str, Any]:
    """Return a page of a group's customers; behind an alert each says what it had before, and what it has now."""
    listing = list_group(answers.home(), shown, group, sort=sort, page=page, size=PAGE_SIZE)
    rows = [row | {"chips": answers.chips_of(row, group.asked.get("signal", ""))} for row in listing.rows]
    if group.of == "alert":
        changed = show_alerts.moved(answers.home(), shown, group.asked, [row["customer"] for row in rows])
        rows = [row | {"chips": [*_change(changed.get(row["customer"])), *row["chips"]][: answers.CHIPS]} for row in rows]
    if group.of == "check":
        said = show_checks.said_then(answers.home(), shown, group.asked, [row["customer"] for row in rows])
        rows = [row | {"chips": [*_said_then(said.get(row["customer"])), *row["chips"]][: answers.CHIPS]} for row in rows]
    return {"told": group_told(shown, group), "rows": rows, "pager": Pager(listing.total, page), "group": group}


def _said_then(said: tuple[float, bool] | None) -> list[dict[str, Any]]:
    if said is None:
        return []
    told = {"chance": percent(said[0])}
    words = _("said then %(chance)s, and was lost") if said[1] else _("said then %(chance)s, and was not lost")
    return [{"sort": "", "title": words % told}]


def _change(change: tuple[float, int] | None) -> list[dict[str, Any]]:
    if change is None:
        return []
    before, now = number(change[0], language(), digits=1), number(change[1], language())
    return [{"sort": "", "title": _("was %(before)s in four weeks, now %(now)s") % {"before": before, "now": now}}]
