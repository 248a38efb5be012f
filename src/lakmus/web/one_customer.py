"""The page of one customer: their history, lamps, our errors and reasons, in the words of the templates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from lakmus.history.catalogue import Family, Feature
from lakmus.history.wording import Wording
from lakmus.operations.company.queries import company_terms
from lakmus.usecases import titles, writing
from lakmus.usecases.people.risk_change import COMPANY_MEAN, MEAN, RiskChange
from lakmus.usecases.people.show_customer import CustomerView, Happening, show_customer, show_evidence, show_story
from lakmus.usecases.show_verdict import Shown
from lakmus.web.answers import error_row, home
from lakmus.web.lists import Pager
from lakmus.web.templatetags.written import days, language, worded
from lakmus.web.wordings import author_title, channel_title, family_title, identifier_title, story_title

MONEY_KINDS = {"placed_order", "paid_invoice", "renewed_contract", "started_contract"}
NAMED = {"_order", "_case", "_contract", "_score", "_points", "_quantity", "_minutes", "_promised_at"}
HALF_A_MONTH = timedelta(days=15)
MONTHS_BETWEEN_HEADS = 6
HAPPENINGS_SHOWN = 10
ERRORS_SHOWN = 3
CONTRIBUTIONS_SHOWN = 5


def customer_page(shown: Shown, key: str, *, family: str = "", around: str = "", page: int = 1) -> dict[str, Any]:
    """Return what the page of one customer shows; `around` names the activity that must stand on it."""
    view = show_customer(home(), shown, key)
    happenings = [entry for entry in view.timeline if not family or entry.family.value == family]
    if around and not family:
        place = next((number for number, entry in enumerate(happenings) if entry.activity_id == around), 0)
        page = place // HAPPENINGS_SHOWN + 1
    start = (page - 1) * HAPPENINGS_SHOWN
    told_at = _last_proofs(view.timeline, view.errors)
    row = view.row
    person = view.person
    return {
        "row": row,
        "exclusion_words": next((worded(left.reason) for left in shown.verdict.definition.excluded if left.code == row["exclusion"]), ""),
        **_lamps(view),
        "errors": [_error(view, error, opened=number == 0) for number, error in enumerate(view.errors[:ERRORS_SHOWN])],
        "errors_in_all": len(view.errors),
        "more_errors": len(view.errors) > ERRORS_SHOWN,
        "timeline": [_entry(entry, told_at) for entry in happenings[start : start + HAPPENINGS_SHOWN]],
        "pager": Pager(len(happenings), page, HAPPENINGS_SHOWN, anchor="story"),
        "family": family,
        "families": _families(view),
        "next_step": person.next_step if person else None,
        "draft": person.draft if person else None,
        "do_not_touch": view.do_not_touch.reason if view.do_not_touch else None,
        "contributions": _contributions(row),
        "reasons": [_reason(code) for code in row["reasons"] or ()],
        "signals": _signals(view),
        "all_signals": [_told_sign(reading) for reading in view.signals],
        "lists": view.lists,
        "loss_days": view.loss_days,
        "change": _change(view.change),
        "identifiers": [
            {"title": identifier_title(kind), "written": written} for kind, written in view.identifiers if written != view.customer
        ],
    }


def proofs_of(shown: Shown, error_id: str) -> dict[str, Any]:
    """Return one error with the activities that prove it, whether or not its customer is known."""
    found = show_evidence(home(), shown, error_id)
    return error_row(found.error) | {"key": found.key, "proofs": [_entry(entry, {}) for entry in found.proofs]}


def story_page(shown: Shown, key: str, *, page: int = 1) -> dict[str, Any]:
    """Return what is known under a key that no file links to a customer; `customer` says who it is where one does."""
    story = show_story(home(), shown, key)
    kind, _colon, number = key.partition(":")
    start = (page - 1) * HAPPENINGS_SHOWN
    told_at = _last_proofs(story.timeline, story.errors)
    proofs = {entry.activity_id: _entry(entry, {}) for entry in reversed(story.timeline)}
    errors = [
        error_row(error) | {"proofs": [proofs[one] for one in proofs if one in (error["evidence"] or ())], "open": True, "key": key}
        for error in story.errors
    ]
    return {
        "customer": story.customer,
        "title": story_title(kind, number),
        "errors": errors,
        "timeline": [_entry(entry, told_at) for entry in story.timeline[start : start + HAPPENINGS_SHOWN]],
        "pager": Pager(len(story.timeline), page, HAPPENINGS_SHOWN, anchor="story"),
    }


def _last_proofs(timeline: Sequence[Happening], errors: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return, by activity, the errors to be told there: each at the last of the activities that prove it."""
    order = {entry.activity_id: number for number, entry in enumerate(timeline)}
    told: dict[str, list[dict[str, Any]]] = {}
    for error in errors:
        known = [activity for activity in error["evidence"] or () if activity in order]
        if known:
            told.setdefault(min(known, key=order.__getitem__), []).append(error_row(error))
    return told


def _error(view: CustomerView, error: dict[str, Any], *, opened: bool = False) -> dict[str, Any]:
    evidence = set(error["evidence"] or ())
    proofs = [_entry(entry, {}) for entry in reversed(view.timeline) if entry.activity_id in evidence]
    return error_row(error) | {"proofs": proofs, "open": opened, "name": view.row["name"], "key": view.customer}


def _entry(entry: Happening, told_at: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    said = {feature.column: told for feature, told in entry.features}
    errors = told_at.get(entry.activity_id, [])
    return {
        "activity_id": entry.activity_id,
        "at": entry.at,
        "title": entry.title,
        "text": entry.text,
        "amount": said.get("_amount"),
        "details": " · ".join(filter(None, (_detail(feature, told) for feature, told in entry.features))),
        "errors": errors,
        "tone": "ours" if errors else "money" if entry.kind in MONEY_KINDS else "",
    }


def _detail(feature: Feature, told: Any) -> str:
    """Say one thing that an activity tells, with its name where the bare figure would not speak."""
    if feature.column in ("_amount", "_name"):
        return ""
    if feature.column == "_author":
        return author_title(str(told))
    if feature.column == "_stars":
        return "★" * round(float(told)) + "☆" * (5 - round(float(told)))
    if feature.column == "_channel":
        return channel_title(str(told))
    if feature.column == "_survey":
        return str(told).upper()
    if isinstance(told, datetime):
        written = writing.moment(told, language(), time_zone=company_terms().time_zone)
    elif isinstance(told, float):
        written = writing.number(told, language(), digits=0 if told == int(told) else 1)
    else:
        written = str(told)
    return f"{worded(feature.meaning)} {written}" if feature.column in NAMED else written


def _families(view: CustomerView) -> list[dict[str, Any]]:
    counted = Counter(entry.family for entry in view.timeline)
    return [{"code": family.value, "title": family_title(family.value), "count": counted[family]} for family in Family if counted[family]]


def _lamps(view: CustomerView) -> dict[str, Any]:
    """Return the lamps that say anything, and the months above them; each cell is headed by the month of its middle."""
    lamps = [
        {"title": lamp.title, "months": lamp.cells, "went_out_at": lamp.went_out_at}
        for lamp in view.lamps
        if any(cell != "none" for cell in lamp.cells)
    ]
    if not lamps:
        return {"lamps": [], "lamp_months": []}
    *whole, last = view.lamps[0].ends_at  # the last cell is not over yet
    middles = [*(end - HALF_A_MONTH for end in whole), last - (last - whole[-1]) / 2]
    heads = [writing.month(middle, language(), with_year=True) for middle in middles]
    return {
        "lamps": lamps,
        "lamp_months": [{"title": head, "shown": number % MONTHS_BETWEEN_HEADS == 0} for number, head in enumerate(heads)],
    }


def _contributions(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what moved the probability away from the company's mean, the strongest first; small moves stand together."""
    parts = row.get("contributions") or []
    if row["churn_probability"] is None or not parts:
        return []
    mean = row["churn_probability"] - sum(part["points"] for part in parts)
    strongest = sorted(parts, key=lambda part: -abs(part["points"]))
    told = [{"title": titles.title_of_contribution(part["signal"]), "points": part["points"]} for part in strongest[:CONTRIBUTIONS_SHOWN]]
    rest = sum(part["points"] for part in strongest[CONTRIBUTIONS_SHOWN:])
    others = [{"title": _("everything else"), "points": rest}] if len(strongest) > CONTRIBUTIONS_SHOWN else []
    return [{"title": _("on average in the company"), "share": mean}, *told, *others]


def _change(change: RiskChange | None) -> dict[str, Any] | None:
    """Return what moved the risk since the last run, the strongest first; small moves stand together."""
    if change is None:
        return None
    parts = [{"title": _title_of_part(part.code), "points": part.points} for part in change.parts]
    rest = sum(part["points"] for part in parts[CONTRIBUTIONS_SHOWN:])
    others = [{"title": _("everything else"), "points": rest}] if len(parts) > CONTRIBUTIONS_SHOWN else []
    return {"told": change, "parts": [*parts[:CONTRIBUTIONS_SHOWN], *others]}


def _title_of_part(code: str) -> Any:
    return COMPANY_MEAN if code == MEAN else titles.title_of_contribution(code)


def _reason(code: str) -> dict[str, Any]:
    return {"sort": "error" if titles.is_error(code) else "sign", "title": titles.title_of(code)}


def _signals(view: CustomerView) -> list[dict[str, Any]]:
    """Return the signs that warn: the figure now, and what is usual for this customer."""
    return [
        {"title": reading.signal.title, "words": _compared(reading.signal.unit, reading.now, reading.usual)}
        for reading in view.signals
        if reading.warns and reading.now is not None
    ]


def _told_sign(reading: Any) -> dict[str, Any]:
    """Return one sign beside the period before, the year before and what is usual, each in its unit."""
    signal = reading.signal
    figures = {name: getattr(reading, name) for name in ("now", "previous", "year_ago", "usual")}
    written = {name: writing.NOTHING if figure is None else _in_unit(figure, signal.unit) for name, figure in figures.items()}
    about = {name: getattr(signal, name) for name in ("title", "unit", "definition", "window_days")}
    about["window_days"] = None if " in " in signal.unit.en else signal.window_days  # "times in 90 days" says it already
    return about | written | {"warns": reading.warns, "measured": reading.measured}


def _compared(unit: Wording, now: float, usual: float | None) -> str:
    written = _in_unit(now, unit)
    return written if usual is None else _("%(now)s, usually %(usual)s") % {"now": written, "usual": _in_unit(usual, unit)}


def _in_unit(figure: float, unit: Wording) -> str:
    if unit.en.startswith("day"):
        return days(figure)
    if unit.en.startswith("share"):
        return writing.percent(figure, language())
    if unit.en.startswith("money"):
        return writing.money(figure, company_terms().currency, language())
    return writing.number(figure, language(), digits=0 if figure == int(figure) else 1)
