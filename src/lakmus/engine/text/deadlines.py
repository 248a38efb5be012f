"""When a promise runs out: hours, days, dates, weekdays and parts of the day as Russian and English name them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

_SATURDAY = 5
_EARLIEST_WORK = 8
"""«До пяти», "by 6": an hour without minutes and without «утра» that is earlier than this is one of the afternoon."""

_NUMBERS = {
    "один": 1, "одного": 1, "одну": 1, "одной": 1, "два": 2, "двух": 2, "две": 2, "пару": 2, "пары": 2, "три": 3, "трех": 3,
    "четыре": 4, "четырех": 4, "пять": 5, "пяти": 5, "шесть": 6, "шести": 6, "семь": 7, "семи": 7, "восемь": 8, "десять": 10,
    "десяти": 10, "четырнадцати": 14, "пятнадцать": 15, "пятнадцати": 15, "двадцать": 20, "двадцати": 20, "тридцать": 30,
    "тридцати": 30, "сорок": 40, "сорока": 40, "a": 1, "an": 1, "one": 1, "two": 2, "couple of": 2, "a couple of": 2, "three": 3,
    "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10, "fourteen": 14, "thirty": 30,
}  # fmt: skip
_HOURS = {
    **dict(zip("часу двух трех четырех пяти шести семи восьми девяти десяти одиннадцати двенадцати".split(), range(1, 13), strict=True)),
    **dict(zip("one two three four five six seven eight nine ten eleven twelve".split(), range(1, 13), strict=True)),
}
_WORDS_OF_NUMBERS = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_AMOUNT = rf"(?P<number>\d{{1,3}}(?:\s?[-–—/]\s?\d{{1,3}}| (?:или|or|to) \d{{1,3}})?|{_WORDS_OF_NUMBERS})?(?:-?(?:х|ти|и))?"
_WORKING = r"(?P<working>рабоч\w+|банковск\w+|будн\w+|business|working)?(?: календарн\w+| calendar)?"
_UNIT = (
    r"(?P<unit>пол-?часа|полчасика|полутора часов|час-полтора|часа-полутора|минут\w*|мин\b|час\w*|ч\b|суток|сутки|дн\w+|день|недел\w+|"
    r"месяц\w*|half an hour|half hour|hour and a half|minutes?|mins?\b|hours?|hrs?\b|h\b|days?|weeks?|fortnight|months?)"
)
_SOON = r"(?: (?:the )?next| the| (?:самое )?ближайш\w+| следующ\w+| this| этого| сегодняшнего| текущего)?"
_WITHIN = re.compile(
    rf"\b(?:в течени[еи]|через|спустя|за|в ближайш\w+|в следующ\w+|не (?:позднее|позже) чем через|не (?:более|дольше|больше)(?: чем)?|"
    rf"максимум(?: через)?|до(?=[^:]{{0,14}}(?:дн\w|суток|недел|минут|месяц))|займ(?:ет|ут)|составл?(?:ит|яет)|within|inside|over|up to|"
    rf"no (?:more|longer) than|takes?|allow(?: us)?(?: up to)?|in){_SOON}(?: до| up to| about| around| около| примерно)? ?"
    rf"{_AMOUNT}\s*{_WORKING}\s*{_UNIT}"
)
_INVERTED = re.compile(rf"\b(?P<unit>час(?:а|ов|ика)|минут\w*|дн(?:я|ей)) через {_AMOUNT}\b(?P<working>(?!))?")
_DAY_PART = r"утра|вечера|дня|ночи|am|pm|a\.m|p\.m"
_BEFORE = r"\b(?:до|к|ко|в|не (?:позднее|позже)|часам? к|by|before|until|till|at|around|no later than|not later than)"
_CLOCK = re.compile(
    rf"{_BEFORE} (?P<hour>[01]?\d|2[0-4])"
    rf"(?:[:.](?P<minute>[0-5]\d)(?!\.?\d)|-(?P<minute2>00|15|30|45)(?! ?(?:дн|час|мин|сут|нед|раб))|"
    rf"(?= ?(?:час|ч\b|{_DAY_PART}|o'clock|мск))|(?=\s*(?:$|[,;)!](?!\d)|завтра|сегодня|tomorrow|today|по (?:мск|москв))))"
    rf"(?:-?(?:ти|х|и))?(?: ?час\w*| ?ч\b)?(?: ?(?P<half>{_DAY_PART}))?(?!\.\d)"
)
_SPOKEN_CLOCK = re.compile(
    rf"\b(?:до|к|by|before|at) (?P<hour>{'|'.join(sorted(_HOURS, key=len, reverse=True))})(?: час\w*| o'clock)?"
    rf"(?: (?P<half>{_DAY_PART})|(?=\s*(?:$|[,;)!]|завтра|сегодня|tomorrow|today)))"
)
_PARTS_OF_DAY: tuple[tuple[re.Pattern[str], time | None], ...] = (
    (re.compile(r"\bполноч\w*|\bmidnight|конца (?:рабочего |этого |сегодняшнего |завтрашнего )?дня|конца смены|"
                r"end of (?:the |our )?(?:working |business )?day|\beod\b|\bcob\b|close of (?:business|play)|end of play"), None),
    (re.compile(r"\bпол(?:удня|дню|удню)\b|\bпервой половин\w+ дня|\bутр(?:ом|а|у)\b|\bnoon\b|\bmidday\b|\bmorning\b|"
                r"\bfirst thing\b"), time(12)),
    (re.compile(r"\b(?:до|к|before|by) (?:обед\w*|lunch\w*)"), time(13)),
    (re.compile(r"\bвторой половин\w+ дня|\bпосле обеда\b|\b(?:this|tomorrow|in the) afternoon\b|(?:завтра|сегодня) днем\b"), time(18)),
    (re.compile(r"\bвечер(?:ом|а|у)\b|\bevening\b|\btonight\b|\bпосле работы\b"), None),
)  # fmt: skip
"""Parts of a day and when they are over; None: with the day itself."""

_MONTHS = {
    **{name: at for at, name in enumerate("янв фев мар апр мая июн июл авг сен окт ноя дек".split(), 1)},
    **{name: at for at, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)},
}
_MONTH = r"(?P<month>янв|фев|мар|апр|мая|июн|июл|авг|сен|окт|ноя|дек|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-zа-я]*"
_NAMED_DATE = re.compile(
    rf"\b(?P<day>[0-3]?\d)(?:-?го|-?му|st|nd|rd|th)? (?:of )?{_MONTH}(?:,? (?P<year>20\d\d))?|"
    rf"\b{_MONTH.replace('month', 'month2')} (?P<day2>[0-3]?\d)(?:st|nd|rd|th)?\b"
)
_ISO_DATE = re.compile(r"\b(?P<year>20\d\d)-(?P<month>[01]\d)-(?P<day>[0-3]\d)\b")
_WRITTEN_DATE = re.compile(r"\b(?P<day>[0-3]?\d)[./](?P<month>[01]?\d)(?:[./](?P<year>20\d\d|\d\d))?(?![\d.:]*\d)")
_DAY_OF_MONTH = re.compile(
    r"\b(?:до|к|не (?:позднее|позже)|by|before|on|until) (?:the )?(?P<day>[0-3]?\d)(?:-?(?:го|му|е)(?: числ\w+)?| числ\w+|st|nd|rd|th)\b"
    r"|\b(?P<day2>[0-3]?\d)(?:-?го)? числа\b"
)
_WEEKDAYS = re.compile(
    r"\b(?:до|к|ко|в|во|на|не (?:позднее|позже)|by|on|until|till|before|this|next|coming|no later than|not later than|end of)"
    r"(?: (?:the )?end of| (?:this|next|coming)| ближайш\w+| следующ\w+| эт\w{1,2}| конца)* "
    r"(?P<weekday>понедельник|вторник|сред(?=[уые]\b)|четверг|пятниц|суббот|воскресень|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
)
_WEEKDAY_NAMES = {
    name: at % 7
    for at, name in enumerate(
        "понедельник вторник сред четверг пятниц суббот воскресень monday tuesday wednesday thursday friday saturday sunday".split()
    )
}

_MANY = frozenset("дни дней дням днях часы часов минут минуты недель месяцы месяцев days hours minutes mins weeks months".split())

Deadline = tuple[datetime | None, int, int]
"""The moment (UTC), and where the words that name it begin and end; (None, 0, 0) where a sentence names none."""


def on_weekdays(day: date) -> bool:
    """Say whether a day is one from Monday to Friday: working days where the company has told no calendar."""
    return day.weekday() < _SATURDAY


def deadline_of(said: str, local: datetime, is_working: Callable[[date], bool]) -> Deadline:
    """Return when a sentence's time runs out.

    Parameters
    ----------
    said : the sentence in lower case, «ё» as «е».
    local : when it was said, in the company's zone.
    is_working : whether a date is a working day.

    A day ends at midnight, a morning at 12, what is promised before lunch at 13, an afternoon at 18; an evening ends with its day, as does
    a working day. A time of day that is over already is tomorrow's.
    """
    if within := _WITHIN.search(said) or _INVERTED.search(said):
        moment = _after(within, local, is_working)
        return (moment, *within.span()) if moment else (None, 0, 0)
    day, day_starts, day_ends = _day(said, local)
    without_day = said[:day_starts] + " " * (day_ends - day_starts) + said[day_ends:]  # «до 02.04» is a day, no hour
    named, starts, ends = _time_of_day(without_day, said)
    if named is None and not ends:
        return (None, 0, 0) if day is None else (_end_of(day, local), day_starts, day_ends)
    begin, end = (min(starts, day_starts) if day_ends else starts), max(ends, day_ends)
    if named is None:
        return _end_of(day or local.date(), local), begin, end
    moment = datetime.combine(day or local.date(), named, local.tzinfo)
    if day is None and moment <= local:
        moment += timedelta(days=1)
    return moment.astimezone(UTC), begin, end


def _time_of_day(said: str, whole: str) -> tuple[time | None, int, int]:
    """Return the time of day that is named (None with an end: when the day is over) and its place."""
    if clock := _CLOCK.search(said) or _SPOKEN_CLOCK.search(said):
        parts = clock.groupdict()
        hour = _HOURS.get(parts["hour"]) or int(parts["hour"])
        minute = parts.get("minute") or parts.get("minute2")
        afternoon = parts["half"] in ("вечера", "pm", "p.m") or (parts["half"] == "дня" and hour < 6)
        if afternoon or (not parts["half"] and minute is None and hour < _EARLIEST_WORK):
            hour += 12 if hour < 12 else 0
        return (None if hour == 24 else time(hour % 24, int(minute or 0))), *clock.span()
    for pattern, until in _PARTS_OF_DAY:
        if part := pattern.search(whole):
            return until, *part.span()
    return None, 0, 0


def _after(within: re.Match[str], local: datetime, is_working: Callable[[date], bool]) -> datetime | None:
    named, unit = within["number"], within["unit"]
    if named is None and unit in _MANY:
        return None  # «в ближайшие дни»
    count = 1 if named is None else _NUMBERS.get(named) or int(re.split(r"\D+", named)[-1])
    now = local.astimezone(UTC)
    if unit in ("полчаса", "пол-часа", "полчасика", "half an hour", "half hour"):
        return now + timedelta(minutes=30)
    if unit in ("полутора часов", "час-полтора", "часа-полутора", "hour and a half"):
        return now + timedelta(minutes=90)
    if unit.startswith(("мин", "min")):
        return now + timedelta(minutes=count)
    if unit.startswith(("час", "ч", "hour", "hr", "h")):
        return now + timedelta(hours=count)
    if unit in ("день", "дня", "day") and named is None and not within["working"]:
        return _end_of(local.date(), local)  # «в течение дня»
    if within["working"]:
        day = local.date()
        while count:
            day += timedelta(days=1)
            count -= is_working(day)
        return _end_of(day, local)
    days = 14 if unit == "fortnight" else 7 if unit.startswith(("недел", "week")) else 30 if unit.startswith(("месяц", "month")) else 1
    return _end_of(local.date() + timedelta(days=days * count), local)


def _day(said: str, local: datetime) -> tuple[date | None, int, int]:
    today = local.date()
    sunday = today + timedelta(days=6 - today.weekday())
    for pattern, day in (
        (r"послезавтра|day after tomorrow", today + timedelta(days=2)),
        (r"завтра(?!к)|tomorrow", today + timedelta(days=1)),
        (r"следующ(?:ей|ую) недел|next week", sunday + timedelta(days=7)),
        (r"конц[аеу] (?:рабочей |этой |текущей )?недели|\b(?:на|этой) (?:этой )?неделе|end of (?:the |this )?week|this week", sunday),
        (r"\bна (?:этих )?выходных|(?:this|over the|at the) weekend", sunday),
        (r"конц[аеу] (?:этого )?месяца|end of (?:the |this )?month", _month_end(today)),
        (r"сегодня|сегодняшн|\btoday\b|\btonight\b|this (?:morning|afternoon|evening)", today),
    ):  # fmt: skip
        if found := re.search(pattern, said):
            return day, *found.span()
    for dated in (_NAMED_DATE.search(said), _ISO_DATE.search(said), _WRITTEN_DATE.search(said)):
        if dated and (day_named := _date_of(dated, today)):
            return day_named, *dated.span()
    if weekday := _WEEKDAYS.search(said):
        return today + timedelta(days=(_WEEKDAY_NAMES[weekday["weekday"]] - today.weekday() - 1) % 7 + 1), *weekday.span()
    if (numbered := _DAY_OF_MONTH.search(said)) and (day_named := _next_of_month(int(numbered["day"] or numbered["day2"]), today)):
        return day_named, *numbered.span()
    return None, 0, 0


def _date_of(dated: re.Match[str], today: date) -> date | None:
    parts = dated.groupdict()
    day, month, year = parts["day"] or parts.get("day2"), parts["month"] or parts.get("month2"), parts.get("year")
    number = _MONTHS[month] if month in _MONTHS else int(month or 0)
    try:
        if year:
            return date(int(year) % 2000 + 2000, number, int(day or 0))
        this_year = date(today.year, number, int(day or 0))
        return this_year if this_year >= today else this_year.replace(year=today.year + 1)
    except ValueError:  # no such day, or 29 February of another year
        return None


def _next_of_month(number: int, today: date) -> date | None:
    """Return the next day of that number, today included: of this month or, where it is past or does not exist, of the next."""
    for first in (today.replace(day=1), _month_end(today) + timedelta(days=1)):
        if 1 <= number <= _month_end(first).day and first.replace(day=number) >= today:
            return first.replace(day=number)
    return None


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _end_of(day: date, local: datetime) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), local.tzinfo).astimezone(UTC)
