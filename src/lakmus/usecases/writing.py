"""Figures as people write them: `1 234,56`, `84 300 ₽`, `7,1 %`, `21.11.2026`; in Russian and in English.

Used by the text, HTML and PDF verdict, by charts and by the pages, so that one figure reads the same everywhere.
"""

from __future__ import annotations

from datetime import date, datetime
from math import floor, log10
from zoneinfo import ZoneInfo

from lakmus.history.money import MINUS, NO_BREAK, SIGNS
from lakmus.history.wording import Wording

MONTHS = {
    "ru": ("янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
LARGE = (
    (1e9, Wording("млрд", "bn")),
    (1e6, Wording("млн", "m")),
)
NOTHING = "\N{EN DASH}"


def number(figure: float | int | None, language: str = "ru", *, digits: int = 0) -> str:
    """Return `figure` with `digits` decimals, thousands apart by a space that does not break (English: a comma)."""
    if figure is None or figure != figure:
        return NOTHING
    written = f"{abs(figure):,.{digits}f}"
    minus = MINUS if figure < 0 and float(written.replace(",", "")) != 0 else ""
    if language != "en":
        written = written.replace(",", NO_BREAK).replace(".", ",")
    return minus + written


def money(amount: float | None, currency: str = "RUB", language: str = "ru", *, digits: int = 0) -> str:
    """Return an amount with its currency's sign: `84 300 ₽`, in English `₽84,300`."""
    if amount is None or amount != amount:
        return NOTHING
    return _with_sign(number(amount, language, digits=digits), currency, language)


def short_money(amount: float | None, currency: str = "RUB", language: str = "ru") -> str:
    """Return a large amount in millions or billions to three figures: `14,2 млн ₽`; smaller ones whole."""
    if amount is None or amount != amount:
        return NOTHING
    for size, name in LARGE:
        if abs(amount) >= size:
            scaled = amount / size
            digits = 1 if abs(scaled) < 100 else 0
            return _with_sign(number(scaled, language, digits=digits), currency, language, NO_BREAK + name.in_language(language))
    return money(amount, currency, language)


def estimated_money(point: float, low: float, high: float, currency: str = "RUB", language: str = "ru") -> tuple[str, str]:
    """Return an estimate and its interval, both rounded to what the interval supports: `390 000 ₽`, `от 280 000 до 490 000 ₽`."""
    step = supported_step(point, low, high)
    figure, first, last = (round(amount / step) * step for amount in (point, low, high))
    return short_money(figure, currency, language), money_between(first, last, currency, language)


def about_money(amount: float | None, currency: str = "RUB", language: str = "ru") -> str:
    """Return a forecast whose interval is not told, to three significant figures: `29 400 ₽`."""
    if amount is None or amount != amount or amount == 0:
        return short_money(amount, currency, language)
    step = 10.0 ** (floor(log10(abs(amount))) - 2)
    return short_money(round(amount / step) * step, currency, language)


def supported_step(point: float, low: float, high: float) -> float:
    """Return the power of ten to which an estimate is worth writing.

    Two significant digits of the interval's half width where it begins with less than 355, one otherwise, so that rounding moves
    an end by at most a seventh of the half width; never less than one unit. An interval of no width takes three digits of the point.
    Source: Particle Data Group, Review of Particle Physics (2022), "Rounding", there for standard errors.
    """
    half = (high - low) / 2
    if half <= 0:
        return max(1.0, 10.0 ** (floor(log10(abs(point))) - 2)) if point else 1.0
    place = floor(log10(half))
    digits = 2 if half / 10.0**place < 3.55 else 1
    return max(1.0, 10.0 ** (place - digits + 1))


def _with_sign(written: str, currency: str, language: str, size: str = "") -> str:
    sign = SIGNS.get(currency, currency)
    if language != "en" or len(sign) > 2:
        return f"{written}{size}{NO_BREAK}{sign}"
    minus = MINUS if written.startswith(MINUS) else ""
    return f"{minus}{sign}{written.removeprefix(MINUS)}{size.replace(NO_BREAK, '')}"


def percent(share: float | None, language: str = "ru", *, digits: int = 0) -> str:
    """Return a share 0..1 as a percentage: `7,1 %`, in English `7.1%`."""
    if share is None or share != share:
        return NOTHING
    return number(share * 100, language, digits=digits) + ("%" if language == "en" else f"{NO_BREAK}%")


def points(difference: float | None, language: str = "ru", *, digits: int = 1) -> str:
    """Return a difference of shares (0.021) in percentage points: `2,1 п. п.`."""
    if difference is None or difference != difference:
        return NOTHING
    unit = f"{NO_BREAK}pp" if language == "en" else f"{NO_BREAK}п.{NO_BREAK}п."
    return number(difference * 100, language, digits=digits) + unit


def between(low: str, high: str, language: str = "ru") -> str:
    """Return `от LOW до HIGH` or `LOW to HIGH`; the Russian words stay with their figures."""
    return f"{low} to {high}" if language == "en" else f"от{NO_BREAK}{low} до{NO_BREAK}{high}"


def money_between(low: float | None, high: float | None, currency: str = "RUB", language: str = "ru") -> str:
    """Return an interval of money; in Russian the unit stands once where both ends share it: `от 1,9 до 2,2 млн ₽`."""
    first, second = (short_money(end, currency, language) for end in (low, high))
    if language != "en":
        units = [NO_BREAK.join(word for word in end.split(NO_BREAK) if not _is_figure(word)) for end in (first, second)]
        if units[0] == units[1]:
            first = first.removesuffix(NO_BREAK + units[0])
    return between(first, second, language)


def _is_figure(word: str) -> bool:
    return word.lstrip(MINUS).replace(",", "").isdigit()


def day(moment: date | datetime | None, language: str = "ru", *, time_zone: str = "Europe/Moscow") -> str:
    """Return a date as `21.11.2026`; a moment is first brought to the company's zone."""
    if moment is None:
        return NOTHING
    return f"{_local(moment, time_zone):%d.%m.%Y}" if language != "en" else f"{_local(moment, time_zone):%Y-%m-%d}"


def moment(at: datetime | None, language: str = "ru", *, time_zone: str = "Europe/Moscow") -> str:
    """Return a moment as `21.11.2026 18:05` in the company's zone."""
    if at is None:
        return NOTHING
    return f"{day(at, language, time_zone=time_zone)} {_local(at, time_zone):%H:%M}"


def local_day(at: datetime, time_zone: str) -> date:
    """Return the day on which a moment falls in the company's zone."""
    return at.astimezone(ZoneInfo(time_zone)).date()


def month(first_day: date, language: str = "ru", *, with_year: bool = False) -> str:
    """Return a month's short name, with its year when asked: `ноя 2026`."""
    name = MONTHS["en" if language == "en" else "ru"][first_day.month - 1]
    return f"{name}{NO_BREAK}{first_day.year}" if with_year else name


def plural(count: int, one: str, few: str, many: str) -> str:
    """Return the Russian form that agrees with `count`: 1 клиент, 2 клиента, 5 клиентов."""
    tail, hundred = abs(count) % 10, abs(count) % 100
    if tail == 1 and hundred != 11:
        return one
    if tail in (2, 3, 4) and hundred not in (12, 13, 14):
        return few
    return many


def counted(count: int, noun: tuple[str, str, str, str, str], language: str = "ru") -> str:
    """Return a count with its noun; `noun` holds (one, few, many) in Russian and (one, many) in English."""
    one, few, many, single, several = noun
    if language == "en":
        return f"{number(count, 'en')}{NO_BREAK}{single if abs(count) == 1 else several}"
    return f"{number(count)}{NO_BREAK}{plural(count, one, few, many)}"


CUSTOMERS = ("клиент", "клиента", "клиентов", "customer", "customers")
ORDERS = ("заказ", "заказа", "заказов", "order", "orders")
DAYS = ("день", "дня", "дней", "day", "days")
ROWS = ("строка", "строки", "строк", "row", "rows")
FILES = ("файл", "файла", "файлов", "file", "files")
PEOPLE = ("человек", "человека", "человек", "person", "people")
ACTIVITIES = ("событие", "события", "событий", "activity", "activities")


def _local(at: date | datetime, time_zone: str) -> date | datetime:
    return at.astimezone(ZoneInfo(time_zone)) if isinstance(at, datetime) else at
