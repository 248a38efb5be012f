"""How dates are written in a column, found out from the cells themselves."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

MONTHS = "янв фев мар апр ма[йя] июн июл авг сен окт ноя дек|jan feb mar apr may jun jul aug sep oct nov dec"
MONTH = "|".join(MONTHS.replace("|", " ").split())
WEEKDAY = r"(?:(?:пн|вт|ср|чт|пт|сб|вс|пон|чет|пят|суб|вос|mon|tue|wed|thu|fri|sat|sun)[а-яa-z]*\.?,?\s+)?"
ZONE = r"(?:\s*(?:z|utc|gmt|msk|мск|[+-]\d{2}(?::?\d{2})?))?"
TIME = r"(?:[ T,]+(?:(?:в|at|[-–—])\s+)?\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s*[ap]\.?m\.?)?" + ZONE + ")?"

DATE_FORMATS: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern + "$", re.IGNORECASE)
    for name, pattern in {
        "yyyy-mm-dd": r"\d{4}-\d{1,2}-\d{1,2}" + TIME,
        "dd.mm.yyyy": WEEKDAY + r"\d{1,2}\.\d{1,2}\.\d{4}(?:\s*г\.?)?" + TIME,
        "dd.mm.yy": WEEKDAY + r"\d{1,2}\.\d{1,2}\.\d{2}" + TIME,
        "dd/mm/yyyy": r"\d{1,2}/\d{1,2}/\d{4}" + TIME,
        "mm/dd/yyyy": r"\d{1,2}/\d{1,2}/\d{4}" + TIME,
        "dd/mm/yy": r"\d{1,2}/\d{1,2}/\d{2}" + TIME,
        "mm/dd/yy": r"\d{1,2}/\d{1,2}/\d{2}" + TIME,
        "dd-mm-yyyy": r"\d{1,2}-\d{1,2}-\d{4}" + TIME,
        "yyyy/mm/dd": r"\d{4}[/.]\d{1,2}[/.]\d{1,2}" + TIME,
        "dd mon yyyy": WEEKDAY + rf"\d{{1,2}}[ .-]*(?:{MONTH})[а-яa-z]*\.?[ .-]*(?:\d{{4}}|\d{{2}})(?:\s*г(?:ода|\.)?)?" + TIME,
        "mon dd yyyy": rf"(?:{MONTH})[а-яa-z]*\.?\s+\d{{1,2}},?\s+\d{{4}}" + TIME,
        "yyyymmdd": r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{6})?",
        "excel": r"(?:2[5-9]|[3-5]\d)\d{3}(?:[.,]\d+)?",
        "unix": r"1[0-9]{9}(?:\.\d+)?",
        "unix_ms": r"1[0-9]{12}",
    }.items()
}
"""The ways of writing a date that are read, by the name that plans and saved mappings use."""

SLASHES = {"dd/mm/yyyy": "mm/dd/yyyy", "dd/mm/yy": "mm/dd/yy"}
ONLY_DIGITS = ("yyyymmdd", "excel", "unix", "unix_ms")
ENOUGH = 0.8


def date_format(cells: Iterable[str], *, digits_too: bool = False) -> str | None:
    """Return how the dates of a column are written, or None where fewer than 80 % of the cells are dates.

    Numbers (yyyymmdd, Excel's serial days, seconds since 1970) count only with `digits_too`: a column of amounts or of
    identifiers looks like them. Day before month or after is decided by `day_first`.
    """
    counts: Counter[str] = Counter()
    total = 0
    for cell in cells:
        text = cell.strip()
        if not text or text.startswith("01.01.0001"):
            continue
        total += 1
        for name, pattern in DATE_FORMATS.items():
            if name not in SLASHES.values() and (digits_too or name not in ONLY_DIGITS) and pattern.match(text):
                counts[name] += 1
                break
    if not counts:
        return None
    name, count = counts.most_common(1)[0]
    return name if count >= ENOUGH * total else None


def day_first(first_largest: int, second_largest: int) -> bool | None:
    """Say whether a/b/Y means day a of month b, from the largest a and b of the whole column; None: both are possible.

    Raises
    ------
    ValueError : both parts go beyond 12, so the column is written both ways.
    """
    if first_largest > 12 and second_largest > 12:
        raise ValueError("both ways of writing")
    if first_largest > 12:
        return True
    return False if second_largest > 12 else None
