"""How a cell's text becomes a value, as SQL. Quick ways first; the slow ones run only where the quick one said nothing."""

from __future__ import annotations

from collections.abc import Sequence

from lakmus.connectors.files.sql import literal

NOBODY = "0 0.0 nan NaN null NULL - none None неизвестно Неизвестно n/a N/A na NA нет Нет <NA> \\N NaT".split()
NOBODY_BUT_ZERO = NOBODY[2:]
WORDS_FOR_NOTHING = ("", "nan", "NaN", "null", "NULL", "None", "NaT", "\\N", "Missing_Description")
SHORT = 6
"""Bytes."""
BLANKS = "[\\s\\x{00A0}\\x{202F}\\x{2009}''’]"
MONEY_WORDS = "(?i)(₽|руб(лей|ля|ль)?\\.?|р\\.|rub|r\\$|\\$|€|£|usd|eur|brl|gbp|₸|₴|%)"
STARS = "^\\s*([0-5](?:[.,]\\d+)?)\\s*(?:(?:из|/|of|out of)\\s*5|зв[её]зд[а-я]*|stars?)?\\s*$"
DRAWN = "★⭐"
CLOCKED = "^\\s*(\\d+):(\\d{1,2}):(\\d{1,2})\\s*$"
SPOKEN = "(?i)^\\s*(?:(\\d+)\\s*(?:ч|h)[а-яa-z]*\\.?)?\\s*(?:(\\d+)\\s*(?:м|m)[а-яa-z]*\\.?)?\\s*(?:(\\d+)\\s*(?:с|s)[а-яa-z]*\\.?)?\\s*$"
MISSING = "('', '-', '–', '—', 'null', 'none', 'n/a', 'na', 'nat', '\\n', '#n/a', '#н/д', 'н/д', '(null)', '<null>')"
MONTHS = (
    ("01", "янв[а-я]*|jan[a-z]*"),
    ("02", "фев[а-я]*|feb[a-z]*"),
    ("03", "мар[а-я]*|mar[a-z]*"),
    ("04", "апр[а-я]*|apr[a-z]*"),
    ("05", "ма[йя]|may"),
    ("06", "июн[а-я]*|jun[a-z]*"),
    ("07", "июл[а-я]*|jul[a-z]*"),
    ("08", "авг[а-я]*|aug[a-z]*"),
    ("09", "сен[а-я]*|sep[a-z]*"),
    ("10", "окт[а-я]*|oct[a-z]*"),
    ("11", "ноя[а-я]*|nov[a-z]*"),
    ("12", "дек[а-я]*|dec[a-z]*"),
)
WEEKDAYS = "пн|вт|ср|чт|пт|сб|вс|пон|чет|пят|суб|вос|mon|tue|wed|thu|fri|sat|sun"
CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p")
# What try_strptime is given: the date's part, and its length with four-digit year and two-digit day and month (0: no quick way).
STRPTIME = {
    "dd.mm.yyyy": ("%d.%m.%Y", 10),
    "dd.mm.yy": ("%d.%m.%y", 8),
    "dd/mm/yyyy": ("%d/%m/%Y", 10),
    "mm/dd/yyyy": ("%m/%d/%Y", 10),
    "dd/mm/yy": ("%d/%m/%y", 8),
    "mm/dd/yy": ("%m/%d/%y", 8),
    "dd-mm-yyyy": ("%d-%m-%Y", 10),
}
OFFSET = "(?i)(z|utc|gmt|[+-]\\d{2}(:?\\d{2})?)$"


def present(cell: str) -> str:
    """SQL: the cell says something (is not empty, a dash, or a word for nothing)."""
    return f"({cell} is not null and lower(trim({cell})) not in {MISSING})"


def text(cell: str) -> str:
    """SQL: the text as it stands, null where empty."""
    return f"nullif({cell}, '')"


def label(cell: str) -> str:
    """SQL: the text without blanks around it, null where empty or where a program wrote a word for nothing."""
    plain = _trimmed(cell)
    return f"case when {among(plain, WORDS_FOR_NOTHING)} then null else {plain} end"


def identifier(cell: str, *, of_person: bool = False) -> str:
    """SQL: a number or code of something; `17850.0` reads as `17850`, words for nothing (a person's 0 too) as null."""
    plain = _trimmed(cell)
    whole = f"case when regexp_full_match({plain}, '\\d+\\.0') then replace({plain}, '.0', '') else {plain} end"
    nothing = among(plain, ["", *(NOBODY if of_person else NOBODY_BUT_ZERO)])
    return f"case when {nothing} then null when suffix({plain}, '.0') then {whole} else {plain} end"


def _trimmed(cell: str) -> str:
    """SQL: without blanks, tabs and no-break spaces around; the dear `trim` over a set runs only where one stands at an edge."""
    blank = "chr(160)"
    edge = f"{cell} < '!' or suffix({cell}, ' ') or suffix({cell}, {blank}) or ({cell} >= {blank} and {cell} < chr(161))"
    return f"case when {edge} then trim({cell}, ' \t\r\n' || {blank}) else {cell} end"


def among(cell: str, words: Sequence[str]) -> str:
    """SQL: whether a text is one of some words; few texts are as short as most of them, so lengths are asked first."""
    short = [word for word in words if len(word.encode()) <= SHORT]
    long = [word for word in words if len(word.encode()) > SHORT]
    asked = [f"(strlen({cell}) <= {SHORT} and {cell} in ({_list(short)}))"] if short else []
    asked += [f"(strlen({cell}) <= {max(len(word.encode()) for word in long)} and {cell} in ({_list(long)}))"] if long else []
    return f"({' or '.join(asked)})"


def _list(words: Sequence[str]) -> str:
    return ", ".join(literal(word) for word in words)


def number(cell: str, decimal: str) -> str:
    """SQL: a number as people write it, double; null where it is none.

    Thousands may be parted by blanks, apostrophes, or the mark that is not the decimal one; currency signs and words
    are passed over; brackets mean a negative number.
    """
    if decimal == ",":
        quick = f"case when contains({cell}, '.') or contains({cell}, '_') then null else try_cast(replace({cell}, ',', '.') as double) end"
    else:
        quick = f"case when contains({cell}, '_') then null else try_cast({cell} as double) end"
    bare = f"regexp_replace(regexp_replace(replace({cell}, '−', '-'), {literal(MONEY_WORDS)}, '', 'g'), '{BLANKS}', '', 'g')"
    signed = f"case when prefix({bare}, '(') and suffix({bare}, ')') then '-' || trim({bare}, '()') else {bare} end"
    if decimal == ",":
        plain = (
            f"case when contains({signed}, ',') then replace(replace({signed}, '.', ''), ',', '.')"
            f" when regexp_full_match({signed}, '-?\\d{{1,3}}(\\.\\d{{3}}){{2,}}') then replace({signed}, '.', '') else {signed} end"
        )
    else:
        plain = (
            f"case when contains({signed}, ',') and not contains({signed}, '.')"
            f" and not regexp_full_match({signed}, '-?\\d{{1,3}}(,\\d{{3}})+') then replace({signed}, ',', '.')"
            f" else replace({signed}, ',', '') end"
        )
    slow = f"case when contains({cell}, '_') then null else try_cast({plain} as double) end"
    return f"case when {cell} is null then null else coalesce({quick}, {slow}) end"


def stars(cell: str, decimal: str) -> str:
    """SQL: a rating: a number, «4 из 5», or as many full stars as are drawn."""
    drawn = " + ".join(f"len({cell}) - len(replace({cell}, '{star}', ''))" for star in DRAWN)
    told = f"try_cast(replace(regexp_extract({cell}, {literal(STARS)}, 1), ',', '.') as double)"
    return f"coalesce({number(cell, decimal)}, {told}, nullif(cast({drawn} as double), 0))"


def minutes(cell: str, decimal: str, unit: float) -> str:
    """SQL: how long something took, in minutes: a number of `unit` minutes each, `0:12:30` (hours first), «2 ч 15 мин»."""
    clocked, spoken = (
        f"case when {cell} <> '' and regexp_matches({cell}, {literal(way)}) then "
        + " + ".join(
            f"coalesce(try_cast(regexp_extract({cell}, {literal(way)}, {part}) as double), 0) * {size}"
            for part, size in enumerate((60.0, 1.0, 1 / 60), 1)
        )
        + " end"
        for way in (CLOCKED, SPOKEN)
    )
    return f"coalesce({number(cell, decimal)} * {unit}, {clocked}, {spoken})"


def local_moment(cell: str, date_format: str) -> str:
    """SQL: the timestamp without zone that a cell names in the company's own clock; null where it is none or has an offset."""
    if date_format == "yyyy-mm-dd":
        short = f"length({cell}) <= 19 or not regexp_matches(substr(trim({cell}), 11), '{OFFSET}')"
        plain = f"replace({cell}, ',', '.')"
        return f"case when {short} then coalesce(try_cast({cell} as timestamp), try_cast({plain} as timestamp)) end"
    if date_format in STRPTIME:
        return _by_pattern(cell, *STRPTIME[date_format])
    if date_format == "yyyy/mm/dd":
        return f"try_cast(regexp_replace(trim({cell}), '^(\\d{{4}})[/.](\\d{{1,2}})[/.](\\d{{1,2}})', '\\1-\\2-\\3') as timestamp)"
    if date_format in ("dd mon yyyy", "mon dd yyyy"):
        return _by_month_name(cell, day_first=date_format.startswith("dd"))
    trimmed = f"trim({cell})"
    if date_format == "yyyymmdd":
        return (
            f"case length({trimmed}) when 8 then try_strptime({trimmed}, '%Y%m%d') when 14 then try_strptime({trimmed}, '%Y%m%d%H%M%S') end"
        )
    count = f"try_cast(replace({trimmed}, ',', '.') as double)"
    if date_format == "excel":
        # Days since 30 December 1899; seconds are rounded, since a spreadsheet's fractions fall short of them.
        days = f"case when {count} between 1 and 100000 then {count} end"
        return f"coalesce(timestamp '1899-12-30' + to_seconds(round({days} * 86400)), try_cast({cell} as timestamp))"
    return "null::timestamp"


def aware_moment(cell: str, date_format: str) -> str:
    """SQL: the UTC timestamp of a cell that names its own offset (or counts from 1970); null where it does not."""
    if date_format == "yyyy-mm-dd":
        offset = f"length({cell}) > 16 and regexp_matches(substr(trim({cell}), 11), '{OFFSET}')"
        joined = f"regexp_replace({cell}, '\\s+([+-]\\d)', '\\1')"
        moment = f"coalesce(try_cast({cell} as timestamptz), try_cast({joined} as timestamptz))"
        return f"case when {offset} then make_timestamp(epoch_us({moment})) end"
    if date_format in ("unix", "unix_ms"):
        factor = 1_000_000 if date_format == "unix" else 1_000
        count = f"try_cast({cell} as double)"
        return f"case when {count} between 0 and 1e13 then make_timestamp(cast(round({count} * {factor}) as bigint)) end"
    return "null::timestamp"


def _by_pattern(cell: str, pattern: str, width: int) -> str:
    plain = f"trim(regexp_replace({_after_weekday(cell)}, '(\\s*г\\.?)?[,T\\s\\x{{00A0}}]+(([вВ]|at|[-–—])\\s+)?', ' ', 'g'))"
    slow = ", ".join(literal(pattern + clock) for clock in CLOCKS)
    return (
        f"coalesce(case length({cell}) when {width + 6} then try_strptime({cell}, '{pattern} %H:%M')"
        f" when {width} then try_strptime({cell}, '{pattern}') when {width + 9} then try_strptime({cell}, '{pattern} %H:%M:%S') end,"
        f" case when {cell} is not null then try_strptime({plain}, [{slow}]) end)"
    )


def _after_weekday(cell: str) -> str:
    """SQL: the text behind a day of the week («пт, 03.01.2025»)."""
    return f"regexp_replace(trim({cell}), '(?i)^({WEEKDAYS})[а-яa-z]*\\.?,?\\s+', '')"


def _by_month_name(cell: str, *, day_first: bool) -> str:
    found = f"regexp_replace(lower({_after_weekday(cell)}), '\\s+(в|at|[-–—])\\s+', ' ')"
    for month, pattern in MONTHS:
        found = f"regexp_replace({found}, '({pattern})\\.?', ' {month} ')"
    found = f"regexp_replace({found}, '\\s+г(ода|\\.)?(\\s|,|$)', ' ')"
    date_part = "^\\s*(\\d{1,2})[\\s.,-]+(\\d{1,2})[\\s.,-]+(\\d{2,4})[\\s,]*"
    turned = "\\1.\\2.\\3 " if day_first else "\\2.\\1.\\3 "
    plain = f"trim(regexp_replace({found}, '{date_part}', '{turned}'))"
    long = ", ".join(literal("%d.%m.%Y" + clock) for clock in CLOCKS)
    short = ", ".join(literal("%d.%m.%y" + clock) for clock in CLOCKS)
    return (
        f"case when regexp_matches({plain}, '^\\d+\\.\\d+\\.\\d{{4}}') then try_strptime({plain}, [{long}])"
        f" else try_strptime({plain}, [{short}]) end"
    )
