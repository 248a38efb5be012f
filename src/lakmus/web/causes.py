"""What the pages of causes show: errors by what they cost, one error from all sides; each figure with its rows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from lakmus.history.estimate import Estimate
from lakmus.history.wording import Wording
from lakmus.usecases.causes.compared import list_compared
from lakmus.usecases.causes.quotes import quotes_of
from lakmus.usecases.causes.ranking import check_controls, customers_lost, effect_of, quiet_errors, rank_causes, told
from lakmus.usecases.charts.causes import DoseStep, QuietPoint, quiet_quadrant, tolerance
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.writing import about_money
from lakmus.web import answers
from lakmus.web.lists import PAGE_SIZE, Pager
from lakmus.web.sides import sides_page
from lakmus.web.templatetags.written import language, number, worded

ROOMS = {
    "errors": ("causes", "scorecard", "promises", "audit", "waiting", "dominoes"),
    "money": ("ledger", "money", "learned", "profiles"),
    "words": ("topics", "unsorted", "labels"),
    "ourselves": ("avoidable", "perception"),
}
"""The pages of causes, by what they are about."""
SHOWN_QUOTES = 5
HOUR_MINUTES, DAY_MINUTES = 60, 1440
SHORT_UNITS = {"days": Wording("дн.", "d"), "hours": Wording("ч", "h"), "minutes": Wording("мин", "min")}
SURE = 0.05
"""A difference between groups is told where its p, adjusted for all that were looked at, is at most this."""


def rooms(current: str) -> list[dict[str, Any]]:
    """Return the pages of causes."""
    titles = {
        "causes": _("What costs most"),
        "scorecard": _("Five sides of service"),
        "ledger": _("Ledger of losses"),
        "money": _("Money"),
        "promises": _("Promises"),
        "audit": _("Automatic messages"),
        "dominoes": _("Dominoes"),
        "learned": _("The table that learns"),
        "waiting": _("Waiting for a reply"),
        "topics": _("What is written about"),
        "unsorted": _("Not sorted yet"),
        "labels": _("Label texts"),
        "avoidable": _("Needless contacts"),
        "perception": _("What we think and what is"),
        "profiles": _("Profiles at risk"),
    }
    groups = {"errors": _("Errors"), "money": _("Price"), "words": _("Words"), "ourselves": _("Ourselves")}
    return [
        {"name": name, "title": titles[name], "current": name == current, "group": groups[group]}
        for group, names in ROOMS.items()
        for name in names
    ]


def scales(errors: Any) -> dict[str, float]:
    """Return the scales that the interval bars of these errors share."""
    money = [error.money for error in errors if isinstance(error.money, Estimate)]
    shares = [finding for error in errors for finding in (error.difference, effect_of(error)) if isinstance(finding, Estimate)]
    lost = [finding for error in errors if isinstance(finding := customers_lost(error), Estimate)]
    return {
        "scale_low": min([0.0, *(finding.low for finding in money)]),
        "scale_high": max([1.0, *(finding.high for finding in money)]),
        "difference_low": min([0.0, *(finding.low for finding in shares)]),
        "difference_high": max([0.01, *(finding.high for finding in shares)]),
        "lost_low": min([0.0, *(finding.low for finding in lost)]),
        "lost_high": max([1.0, *(finding.high for finding in lost)]),
    }


def ranking(verdict: Any, *, heard: bool) -> dict[str, Any]:
    """Return the errors in three parts by what is known of their harm, the quadrant, and what made-up errors showed."""
    ranked = rank_causes(verdict.errors)
    parts = (
        (ranked.harmful, _("Harm is seen"), _("the whole interval lies above zero")),
        (ranked.unknown, _("Not known yet"), _("too little data for an estimate")),
        (reaching_zero(ranked.harmless), _("No harm seen"), _("the interval reaches zero: that is no proof of harmlessness")),
        (
            tuple(error for error in ranked.harmless if error not in reaching_zero(ranked.harmless)),
            _("Those who met it leave less often"),
            _("the whole interval lies below zero: most likely other customers in a way not seen here, hardly a good of the error"),
        ),
    )
    groups = [{"title": title, "hint": hint, "errors": [_told(error) for error in errors]} for errors, title, hint in parts if errors]
    return {
        "errors": ranked.measured,
        "dearest": next(iter(ranked.harmful), None),
        "found": any(error.found for error in ranked.measured),
        "groups": groups,
        "absent": ranked.absent,
        "unmeasured": ranked.unmeasured,
        "quiet": _quiet(verdict) if heard else None,
        "controls": check_controls(ranked.measured),
        **scales(ranked.measured),
    }


def reaching_zero(errors: Sequence[Any]) -> tuple[Any, ...]:
    """Return the errors whose interval of money reaches zero."""
    return tuple(error for error in errors if not isinstance(error.money, Estimate) or error.money.high >= 0)


def _told(error: Any) -> dict[str, Any]:
    return {"error": error, "effect": effect_of(error), "lost": customers_lost(error)}


def _quiet(verdict: Any) -> dict[str, Any] | None:
    found = quiet_errors(verdict.errors)
    if not found.rows:
        return None
    drawn = [
        QuietPoint(place, worded(row.error.title), row.complained_share, row.error.money.point, row.error.money.low, row.error.money.high)
        for place, row in enumerate(found.rows, 1)
        if isinstance(row.error.money, Estimate)
    ]
    drawing = quiet_quadrant(
        drawn,
        title=_("Errors by how many complain of them and what they cost"),
        parted_at=found.usual_share,
        written=partial(_money, currency=verdict.currency),
        language=language(),
    )
    return {"drawing": drawing, "rows": found.rows, "usual": found.usual_share, "deadly": [row for row in found.rows if row.deadly]}


def _money(amount: float, *, currency: str) -> str:
    return about_money(amount, currency, language())


def one_error(shown: Shown, error: Any, *, staff: bool) -> dict[str, Any]:
    """Return what the page of one kind of error shows beside its rows; what the verdict does not hold is not there."""
    return {
        "error": error,
        "effect": effect_of(error),
        "lost": customers_lost(error),
        "dose": _dose(error),
        "repeats": [
            {"times": place, "last": place == len(told(error, "repeats")), "effect": finding}
            for place, finding in enumerate(told(error, "repeats") or (), 1)
        ],
        "segments": told(error, "by_segment") or (),
        "pairs": pairs_of(error, {each.code: each.title for each in shown.verdict.errors}),
        "quotes": quotes_of(answers.home(), shown, error.code, size=SHOWN_QUOTES),
        **(sides_page(shown, error, staff=staff) if error.measured and error.found else {}),
        **scales([error]),
    }


def pairs_of(error: Any, titles: dict[str, Wording]) -> dict[str, Any] | None:
    """Return the other errors that make this one worse or milder beyond chance, and how many were looked at; None where none was."""
    looked_at = told(error, "interactions") or ()
    if not looked_at:
        return None
    sure = [pair for pair in looked_at if pair.p_adjusted <= SURE]
    return {"looked_at": len(looked_at), "sure": [{"title": titles[pair.other_code], "pair": pair} for pair in sure]}


def _dose(error: Any) -> dict[str, Any] | None:
    """Return the tolerance curve: how much more often they leave at each dose, and where they break."""
    points = told(error, "dose") or ()
    if not points:
        return None
    steps = [_step(point) for point in points]
    breaking = told(error, "breaking")
    broken = isinstance(breaking, Estimate)
    place = next((n for n, point in enumerate(points) if broken and _holds(point, breaking.point)), None)
    title = _("How much more often they leave, by dose: %(error)s") % {"error": worded(error.title)}
    drawing = tolerance(steps, title=title, breaks_at=place, language=language())
    lines = [{"step": step, "over": ends[0], "up_to": ends[1]} for step, ends in zip(steps, map(_ends, points), strict=True)]
    return {"drawing": drawing, "lines": lines, "breaking": breaking, "unit": points[0].unit}


def _ends(point: Any) -> tuple[str, str]:
    """Return how an address names a step: above what, and up to what."""
    return f"{point.low:g}", "" if point.high is None else f"{point.high:g}"


def _holds(point: Any, dose: float) -> bool:
    return bool(point.low <= dose and (point.high is None or dose < point.high))


def _step(point: Any) -> DoseStep:
    effect = point.effect
    title = dose_title(point.low, point.high, point.unit)
    if isinstance(effect, Estimate):
        return DoseStep(title, effect.point, effect.low, effect.high, point.n)
    return DoseStep(title, None, 0.0, 0.0, point.n)


def dose_title(low: float, high: float | None, unit: str) -> str:
    """Return a dose in words: "3\N{EN DASH}5 days", "15\N{EN DASH}60 min", "4+ days"; minutes as whatever is read best."""
    longest = low if high is None else high
    if unit == "minutes" and longest > DAY_MINUTES:
        low, high, unit = low / DAY_MINUTES, None if high is None else high / DAY_MINUTES, "days"
    elif unit == "minutes" and longest > HOUR_MINUTES:
        low, high, unit = low / HOUR_MINUTES, None if high is None else high / HOUR_MINUTES, "hours"
    figures = f"{number(low, 0)}+" if high is None else f"{number(low, 0)}\N{EN DASH}{number(high, 0)}"
    return f"{figures}\N{NO-BREAK SPACE}{worded(SHORT_UNITS[unit])}"


def compared_page(shown: Shown, error: Any, over: str, up_to: str, *, left: bool, page: int) -> dict[str, Any]:
    """Return the cases that an error's effect was taken from, all of them or those of one step of the tolerance curve."""
    # What names no step narrows nothing.
    step = {_ends(point): point for point in told(error, "dose") or ()}.get((over, up_to))
    low, high = (step.low, step.high) if step else (None, None)
    found = list_compared(shown, error.code, over=low, up_to=high, left=left, page=page, size=PAGE_SIZE)
    return {
        "error": error,
        "dose": dose_title(step.low, step.high, step.unit) if step else "",
        "found": found,
        "over": over,
        "up_to": up_to,
        "pager": Pager(found.left if left else found.total, page),
    }
