"""Filters that write figures in the reader's language; the company's currency and zone come from the page."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.translation import get_language, gettext, ngettext

from lakmus.history.money import NO_BREAK
from lakmus.history.wording import Wording
from lakmus.usecases import writing
from lakmus.usecases.reports import findings
from lakmus.usecases.reports.findings import harm_seen, written_cost
from lakmus.web import formats
from lakmus.web.wordings import channel_title

register = template.Library()


def language() -> str:
    """Return "en" for an English page, "ru" for any other."""
    return "en" if (get_language() or "ru").startswith("en") else "ru"


@register.filter
def count(number: float | None) -> str:
    """Write a whole number."""
    return writing.number(number, language())


@register.filter
def number(figure: float | None, places: int = 1) -> str:
    """Write a number with digits after the point."""
    return writing.number(figure, language(), digits=int(places))


@register.filter
def money(amount: float | None, currency: str) -> str:
    """Write a forecast whose interval is not told: `14,2 млн ₽`, `29 400 ₽`."""
    return writing.about_money(amount, currency, language())


@register.filter
def money_exact(amount: float | None, currency: str) -> str:
    """Write a fact, an amount to the unit: `14 203 118 ₽`."""
    return writing.money(amount, currency, language())


@register.filter
def estimate_money(estimate: Any, currency: str) -> str:
    """Write an estimate of money, rounded to what its interval supports."""
    return _estimated(estimate, currency)[0]


@register.filter
def money_span(estimate: Any, currency: str) -> str:
    """Write the interval of such an estimate."""
    return _estimated(estimate, currency)[1]


def _estimated(estimate: Any, currency: str) -> tuple[str, str]:
    point, low, high = (part(estimate, name) for name in ("point", "low", "high"))
    return writing.estimated_money(point, low, high, currency, language()) if point is not None else (formats.NOTHING, "")


@register.filter
def cost(finding: Any, currency: str) -> str:
    """Write what an error costs: an amount, or words where no harm is seen or too little is known."""
    return written_cost(finding, currency, language())[0]


@register.filter
def cost_span(finding: Any, currency: str) -> str:
    """Write the interval of that cost, which never shows a negative sum."""
    return written_cost(finding, currency, language())[1]


@register.filter
def is_harm(finding: Any) -> bool:
    """Say whether an error visibly costs money: the whole interval lies above zero."""
    return harm_seen(finding)


@register.filter
def at_stake(row: Any, currency: str) -> str:
    """Write what a living customer is expected to leave with: the margin of 12 months times the probability of leaving."""
    worth, chance = part(row, "value_at_risk"), part(row, "churn_probability")
    return formats.NOTHING if worth is None or chance is None else writing.about_money(worth * chance, currency, language())


@register.filter
def at_stake_span(row: Any, currency: str) -> str:
    """Write the interval of that sum, which is the interval of the probability."""
    worth = part(row, "value_at_risk")
    low, high = (worth * part(row, name) for name in ("churn_low", "churn_high"))
    return writing.between(writing.about_money(low, currency, language()), writing.about_money(high, currency, language()), language())


@register.filter
def percent(share: float | None, places: int = 0) -> str:
    """Write a share 0..1 as percent."""
    return writing.percent(share, language(), digits=int(places))


@register.filter
def of_hundred(share: float | None) -> str:
    """Write a share 0..1 as "so many of a hundred", to a tenth where it is no whole number."""
    if share is None:
        return formats.NOTHING
    tenths = round(share * 1000)
    return writing.number(tenths / 10, language(), digits=0 if tenths % 10 == 0 else 1)


@register.filter
def percent_span(estimate: Any) -> str:
    """Write an estimate's interval of shares."""
    return formats.percent_span(part(estimate, "low"), part(estimate, "high"), language())


@register.filter
def churn_range(row: Any) -> str:
    """Write the interval of a customer's probability of leaving."""
    return formats.percent_span(part(row, "churn_low"), part(row, "churn_high"), language())


@register.filter
def late_words(late_days: float | None) -> str:
    """Write a delay given in days: whole days, and hours where it was shorter than a day."""
    if not formats.is_number(late_days):
        return formats.NOTHING
    return days(late_days) if late_days >= 1 else formats.duration(max(1.0, late_days * 1440), language())


@register.filter
def count_span(estimate: Any) -> str:
    """Write an estimate's interval of whole numbers."""
    return formats.span(part(estimate, "low"), part(estimate, "high"), language())


@register.filter
def number_span(estimate: Any, places: int = 1) -> str:
    """Write an estimate's interval of numbers."""
    return formats.span(part(estimate, "low"), part(estimate, "high"), language(), int(places))


@register.filter
def points(difference: float | None) -> str:
    """Write a difference of shares in percentage points, with its sign."""
    return formats.signed_points(difference, language())


@register.filter
def points_span(estimate: Any) -> str:
    """Write an interval of such differences."""
    return formats.points_span(part(estimate, "low"), part(estimate, "high"), language())


@register.filter
def points_ends(estimate: Any) -> str:
    """Write such an interval behind a difference that names the unit."""
    return formats.points_ends(part(estimate, "low"), part(estimate, "high"), language())


@register.filter
def day(moment: date | datetime | None, zone: str) -> str:
    """Write a day on the company's calendar."""
    return writing.day(moment, language(), time_zone=zone)


@register.filter
def moment(at: datetime | None, zone: str) -> str:
    """Write a day and a time on the company's clock."""
    if at is None:
        return formats.NOTHING
    return f"{writing.day(at, language(), time_zone=zone)}{NO_BREAK}{formats.clock(at, zone)}"


@register.filter
def clock(at: datetime | None, zone: str) -> str:
    """Write the time of day on the company's clock."""
    return formats.clock(at, zone)


@register.filter
def month(at: date | datetime | None, zone: str) -> str:
    """Write a month with its year."""
    here = formats.local(at, zone)
    return formats.NOTHING if here is None else writing.month(here, language(), with_year=True)


@register.filter
def iso_day(moment: date | datetime | None, zone: str) -> str:
    """Write a day the way addresses and date fields want it."""
    here = formats.local(moment, zone)
    return "" if here is None else here.strftime("%Y-%m-%d")


@register.filter
def duration(minutes: float | None) -> str:
    """Write minutes as a length of time."""
    return formats.duration(minutes, language())


@register.filter
def duration_span(estimate: Any) -> str:
    """Write an estimate's interval of minutes as lengths of time."""
    low, high = part(estimate, "low"), part(estimate, "high")
    return writing.between(formats.duration(low, language()), formats.duration(high, language()), language())


@register.filter
def channel(name: str | None) -> str:
    """Write the name of a channel."""
    return channel_title(name) if name else formats.NOTHING


@register.filter
def days(number: float | None) -> str:
    """Write a number of days with its word."""
    if not formats.is_number(number):
        return formats.NOTHING
    whole = round(number)
    return ngettext("%(count)s day", "%(count)s days", whole) % {"count": count(whole)}


@register.filter
def orders(number: int | None) -> str:
    """Write a number of orders with its word."""
    whole = int(number or 0)
    return ngettext("%(count)s order", "%(count)s orders", whole) % {"count": count(whole)}


@register.filter
def customers(number: int | None) -> str:
    """Write a number of customers with its word."""
    whole = int(number or 0)
    return ngettext("%(count)s customer", "%(count)s customers", whole) % {"count": count(whole)}


@register.filter
def cases(number: int | None) -> str:
    """Write a number of cases of an error with its word."""
    whole = int(number or 0)
    return ngettext("%(count)s case found", "%(count)s cases found", whole) % {"count": count(whole)}


@register.filter
def rows(number: int | None) -> str:
    """Write a number of rows with its word."""
    whole = int(number or 0)
    return ngettext("%(count)s row", "%(count)s rows", whole) % {"count": count(whole)}


@register.filter
def worded(wording: Any) -> str:
    """Say a wording in the reader's language; a plain text stays as it is."""
    if isinstance(wording, Wording):
        return wording.in_language(language())
    if isinstance(wording, dict) and "ru" in wording:
        return str(wording.get("en") if language() == "en" else wording["ru"])
    return "" if wording is None else str(wording)


@register.filter
def more_often(error: Any) -> Any:
    """Return how much more often those who met an error leave, as everywhere else."""
    return findings.more_often(error)


@register.filter
def is_estimate(finding: Any) -> bool:
    """Say whether a finding carries a figure, as opposed to "too little data"."""
    return part(finding, "point") is not None


@register.filter
def missing(finding: Any) -> int:
    """Return how many more cases a finding needs."""
    return max(0, int(part(finding, "needed") or 0) - int(part(finding, "available") or 0))


@register.filter
def foremost(chips: Any, most: int = 3) -> list[Any]:
    """Return the chips that there is room for: our errors first, and where there are signs, one of them at least."""
    errors = [chip for chip in chips if part(chip, "sort") == "error"]
    signs = [chip for chip in chips if part(chip, "sort") != "error"]
    errors = errors[: most - 1] if signs else errors
    return (errors + signs)[:most]


@register.filter
def size(number: float | None) -> str:
    """Write a number of bytes."""
    amount, unit = float(number or 0), gettext("B")
    for larger in (gettext("KB"), gettext("MB"), gettext("GB")):
        if amount < 1024:
            break
        amount, unit = amount / 1024, larger
    return f"{writing.number(amount, language(), digits=0 if amount >= 10 or unit == gettext('B') else 1)}{NO_BREAK}{unit}"


@register.filter
def item(mapping: Any, key: Any) -> Any:
    """Return `mapping[key]`, or nothing."""
    try:
        return mapping[key]
    except (KeyError, IndexError, TypeError):
        return None


def part(thing: Any, name: str) -> Any:
    """Read a part of a dataclass or of its JSON form."""
    return thing.get(name) if isinstance(thing, dict) else getattr(thing, name, None)
