"""Figures as the pages write them: the forms of `lakmus.usecases.writing`, and the few more that only a page needs.

Russian: `1 234,56`, `42 %`, `14,2 млн ₽`, `21.11.2026`; English: `1,234.56`, `42%`, `₽14.2m`, `2026-11-21`.
Spaces inside a figure never break, and a minus is a minus, not a hyphen.
"""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import TypeGuard
from zoneinfo import ZoneInfo

from lakmus.history.money import NO_BREAK
from lakmus.usecases import writing

NOTHING = writing.NOTHING


def is_number(figure: object) -> TypeGuard[float]:
    """Say whether there is a finite number to write."""
    return isinstance(figure, int | float) and not isinstance(figure, bool) and math.isfinite(figure)


def span(low: float | None, high: float | None, language: str, places: int = 0) -> str:
    """Write an interval of plain numbers."""
    if not is_number(low) or not is_number(high):
        return NOTHING
    return writing.between(writing.number(low, language, digits=places), writing.number(high, language, digits=places), language)


def percent_span(low: float | None, high: float | None, language: str, places: int = 0) -> str:
    """Write an interval of shares as percent, the sign once; with a digit more where both ends would read the same."""
    if not is_number(low) or not is_number(high):
        return NOTHING
    first, last = (writing.number(end * 100, language, digits=places) for end in (low, high))
    if first == last and low < high and places < 2:
        return percent_span(low, high, language, places + 1)
    return f"{first}\N{EN DASH}{writing.percent(high, language, digits=places)}"


def signed_points(difference: float | None, language: str, places: int = 1) -> str:
    """Write a difference of two shares in percentage points, with its sign."""
    if not is_number(difference):
        return NOTHING
    written = writing.points(difference, language, digits=places)
    return f"+{written}" if difference > 0 else written


def points_span(low: float | None, high: float | None, language: str, places: int = 1) -> str:
    """Write an interval of such differences, the unit once."""
    if not is_number(low) or not is_number(high):
        return NOTHING
    return f"{_signed(low * 100, language, places)}…{signed_points(high, language, places)}"


def points_ends(low: float | None, high: float | None, language: str, places: int = 1) -> str:
    """Write an interval of such differences behind one that names the unit."""
    if not is_number(low) or not is_number(high):
        return NOTHING
    return f"{_signed(low * 100, language, places)}…{_signed(high * 100, language, places)}"


def _signed(figure: float, language: str, places: int) -> str:
    written = writing.number(figure, language, digits=places)
    return f"+{written}" if figure > 0 else written


def local(moment: date | datetime | None, zone: str) -> date | datetime | None:
    """Return the moment on the company's clock; plain dates stay as they are."""
    return moment.astimezone(ZoneInfo(zone)) if isinstance(moment, datetime) else moment


def clock(moment: datetime | None, zone: str) -> str:
    """Write the time of day."""
    here = local(moment, zone)
    return here.strftime("%H:%M") if isinstance(here, datetime) else ""


def duration(minutes: float | None, language: str) -> str:
    """Write a length of time with its two largest units: `2 ч 15 мин`, `3 d 4 h`."""
    if not is_number(minutes):
        return NOTHING
    total = round(abs(minutes))
    names = ("d", "h", "min") if language == "en" else ("дн.", "ч", "мин")
    parts = (total // 1440, total % 1440 // 60, total % 60)
    shown = [f"{writing.number(part, language)}{NO_BREAK}{name}" for part, name in zip(parts, names, strict=True) if part][:2]
    return NO_BREAK.join(shown) or f"0{NO_BREAK}{names[2]}"
