"""Promises in messages to customers («перезвоним до 18:00», "we will refund you within 3 days") and the moment they run out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_SATURDAY = 5
_ACTIONS: dict[str, str] = {
    "call": r"(?:пере|по)звон(?:им|ю|ит|ят)|наберу|наберем|call(?:ed)?(?: you)?(?: back)?|phone you",
    "reply": r"ответ(?:им|ит)|отвечу|напиш(?:ем|у|ет)|свяж(?:емся|усь|ется|утся)|сообщ(?:им|у|ит|ат)|уточн(?:им|ю|ит)|дад(?:им|ут)|дам|"
    r"reply|replied|answer(?:ed)?|respond|contact(?:ed)?|get back|write|let you know|inform(?:ed)?|hear (?:from|back)|"
    r"update you|be in touch",
    "deliver": r"достав(?:им|ит|ят|лю|лен\w*)|привез(?:ем|ет|ут|у)|приед(?:ем|ет|ут|у)|получите|прид(?:ет|ут)|"
    r"deliver(?:ed)?|arrive|bring|brought|receive|come to you",
    "send": r"выш(?:лем|лю|лет|лют)|отправ(?:им|лю|ит|ят|лен\w*)|пришл(?:ем|ю|ет|ют)|передад(?:им|ут)|отгруз(?:им|ят|жен\w*)|"
    r"send|sent|ship(?:ped)?|dispatch(?:ed)?|despatch(?:ed)?|email you",
    "refund": r"верн(?:ем|у|ет|ут|ется|утся)|возвращен\w*|возмест(?:им|ят)|зачисл(?:им|ят|ен\w*)|начисл(?:им|ят|ен\w*)|поступ(?:ит|ят)|"
    r"компенсиру(?:ем|ют)|refund(?:ed)?|credit(?:ed)?|reimburse(?:d)?|compensate",
    "solve": r"реш(?:им|у|ит|ат|ен\w*)|исправ(?:им|лю|ит|ят|лен\w*)|сдела(?:ем|ю|ет|ют)|провер(?:им|ю|ит|ят|ен\w*)|"
    r"разбер(?:емся|усь|ется|утся)|"
    r"устран(?:им|ят|ен\w*)|замен(?:им|ю|ит|ят)|подготов(?:им|лю|ит|ят|лен\w*)|оформ(?:им|лю|ит|ят)|починим|готов[ао]?|"
    r"рассмотр(?:им|ят|ен\w*)|"
    r"fix(?:ed)?|solve(?:d)?|resolve(?:d)?|replace(?:d)?|check(?:ed)?|sort(?:ed)?|look into|ready|correct(?:ed)?|"
    r"investigate(?:d)?|prepare(?:d)?",
}
_RUSSIAN_PROMISE = {
    action: re.compile(rf"(?<![\w-])(?:{'|'.join(part for part in ways.split('|') if re.search('[а-я]', part))})(?![\w-])")
    for action, ways in _ACTIONS.items()
}
_ENGLISH_PROMISE = {
    action: re.compile(
        r"(?:\b(?:we|i|he|she|they|you|it|\w+)(?:'ll| will| shall)|\bwill|\bgoing to|\bpromise to)(?: \w+){0,3}? "
        rf"(?:{'|'.join(part for part in ways.split('|') if not re.search('[а-я]', part))})\b"
    )
    for action, ways in _ACTIONS.items()
}
_NOT_PROMISED = re.compile(
    r"\b(?:не|если|никогда|вряд ли|чтобы|когда|надеемся|возможно|not|if|unless|never|when|hope|may|might|can't|cannot|won't)\b"
)
_SENTENCE = re.compile(r"(?:[^.!?\n]|\.(?=\d))+[?]?")

_NUMBERS = {
    "один": 1, "одного": 1, "одну": 1, "два": 2, "двух": 2, "две": 2, "пару": 2, "пары": 2, "три": 3, "трех": 3, "четыре": 4, "четырех": 4,
    "пять": 5, "пяти": 5, "семь": 7, "семи": 7, "десять": 10, "десяти": 10, "a": 1, "an": 1, "one": 1, "two": 2, "couple of": 2,
    "a couple of": 2, "three": 3, "four": 4, "five": 5, "seven": 7, "ten": 10,
}  # fmt: skip
_AMOUNT = rf"(?P<number>\d{{1,3}}(?:\s?[-–—]\s?\d{{1,3}})?|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})?"
_WORKING = r"(?P<working>рабоч\w+|банковск\w+|business|working)?"
_UNIT = (
    r"(?P<unit>полчаса|полутора часов|минут\w*|мин\b|час\w*|суток|сутки|дн\w+|день|недел\w+|месяц\w*|"
    r"half an hour|minutes?|mins?|hours?|hrs?|days?|weeks?|months?)"
)
_WITHIN = re.compile(
    rf"\b(?:в течени[еи]|через|за|не позднее чем через|within|in|over)(?: the| next| the next)? ?{_AMOUNT}\s*{_WORKING}\s*{_UNIT}"
)
_CLOCK = re.compile(
    r"\b(?:до|к|в|не позднее|by|before|until|till|at|no later than) (?P<hour>[01]?\d|2[0-4])"
    r"(?:[:.](?P<minute>[0-5]\d)|(?= ?(?:час|ч\b|утра|вечера|дня|am|pm|a\.m|p\.m|o'clock)))"
    r"(?: ?(?P<half>утра|вечера|дня|am|pm|a\.m|p\.m))?(?!\.\d)"
)
_MONTHS = {
    **{name: at for at, name in enumerate("янв фев мар апр мая июн июл авг сен окт ноя дек".split(), 1)},
    **{name: at for at, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)},
}
_MONTH = r"(?P<month>янв|фев|мар|апр|мая|июн|июл|авг|сен|окт|ноя|дек|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-zа-я]*"
_NAMED_DATE = re.compile(
    rf"\b(?P<day>[0-3]?\d)(?:-?го|st|nd|rd|th)? (?:of )?{_MONTH}(?:,? (?P<year>20\d\d))?|"
    rf"\b{_MONTH.replace('month', 'month2')} (?P<day2>[0-3]?\d)(?:st|nd|rd|th)?\b"
)
_WRITTEN_DATE = re.compile(r"\b(?P<day>[0-3]?\d)[./](?P<month>[01]?\d)(?:[./](?P<year>20\d\d|\d\d))?(?![\d.:]*\d)")
_WEEKDAYS = re.compile(
    r"\b(?:(?:до|к|в|во|не позднее|by|on|until|till|before|this|next) )(?P<weekday>понедельник|вторник|сред|четверг|пятниц|"
    r"суббот|воскресень|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
)
_WEEKDAY_NAMES = {
    name: at % 7
    for at, name in enumerate(
        "понедельник вторник сред четверг пятниц суббот воскресень monday tuesday wednesday thursday friday saturday sunday".split()
    )
}


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise of an `action` (call, reply, deliver, send, refund, solve) in the signs `start` to `end` of the text.

    `deadline_at` is the moment (UTC) after which it is late, None where no time was named. A promise that names a day is kept until that
    day ends where the company is.
    """

    action: str
    start: int
    end: int
    deadline_at: datetime | None


def on_weekdays(day: date) -> bool:
    """Say whether a day is one from Monday to Friday: working days where the company has told no calendar."""
    return day.weekday() < _SATURDAY


def promises_in(text: str, *, said_at: datetime, time_zone: str, is_working: Callable[[date], bool] = on_weekdays) -> list[Promise]:
    """Return the promises of a message, each sentence's first of each action.

    Parameters
    ----------
    said_at : when the message was sent (with a time zone).
    time_zone : the company's, by its IANA name; «завтра» and "by Friday" are counted in it.
    is_working : whether a date is a working day, for promises in working days.
    """
    local = said_at.astimezone(ZoneInfo(time_zone))
    found = []
    lowered = "".join(small if len(small := sign.lower()) == 1 else sign for sign in text).replace("ё", "е").replace("’", "'")
    for sentence in _SENTENCE.finditer(lowered):
        said = sentence.group()
        if said.endswith("?"):
            continue
        for action in _ACTIONS:
            promise = _RUSSIAN_PROMISE[action].search(said) or _ENGLISH_PROMISE[action].search(said)
            if promise and not _NOT_PROMISED.search(said, max(0, promise.start() - 30), promise.end()):
                start = sentence.start() + promise.start()
                deadline, until = _deadline(said, local, is_working)
                end = max(sentence.start() + promise.end(), sentence.start() + until)
                found.append(Promise(action, start, end, deadline))
                break
    return found


def _deadline(said: str, local: datetime, is_working: Callable[[date], bool]) -> tuple[datetime | None, int]:
    """Return when a sentence's time runs out (UTC) and where the words that name it end."""
    if within := _WITHIN.search(said):
        return _after(within, local, is_working), within.end()
    day, day_starts, day_ends = _day(said, local)
    clock = _CLOCK.search(said[:day_starts] + " " * (day_ends - day_starts) + said[day_ends:])  # «до 02.04» is a day, no hour
    if clock is None:
        return (None, 0) if day is None else (_end_of(day, local), day_ends)
    hour = int(clock["hour"])
    if clock["half"] in ("вечера", "pm", "p.m") or (clock["half"] == "дня" and hour < 6):
        hour += 12 if hour < 12 else 0
    moment = datetime.combine(day or local.date(), time(hour % 24, int(clock["minute"] or 0)), local.tzinfo)
    if hour == 24 or (day is None and moment <= local):
        moment += timedelta(days=1)
    return moment.astimezone(UTC), max(day_ends, clock.end())


def _after(within: re.Match[str], local: datetime, is_working: Callable[[date], bool]) -> datetime:
    named, unit = within["number"], within["unit"]
    count = 1 if named is None else _NUMBERS.get(named) or int(re.split(r"\D+", named)[-1])
    if unit in ("полчаса", "half an hour"):
        return (local.astimezone(UTC) + timedelta(minutes=30)).astimezone(UTC)
    if unit.startswith(("мин", "min")):
        return local.astimezone(UTC) + timedelta(minutes=count)
    if unit.startswith(("час", "полутора", "hour", "hr")):
        return local.astimezone(UTC) + (timedelta(minutes=90) if unit.startswith("полутора") else timedelta(hours=count))
    if unit in ("день", "дня", "day") and named is None and not within["working"]:
        return _end_of(local.date(), local)  # «в течение дня»
    if within["working"]:
        day = local.date()
        while count:
            day += timedelta(days=1)
            count -= is_working(day)
        return _end_of(day, local)
    days = 7 if unit.startswith(("недел", "week")) else 30 if unit.startswith(("месяц", "month")) else 1
    return _end_of(local.date() + timedelta(days=days * count), local)


def _day(said: str, local: datetime) -> tuple[date | None, int, int]:
    today = local.date()
    for pattern, day in (
        (r"послезавтра|day after tomorrow", today + timedelta(days=2)),
        (r"завтра|tomorrow", today + timedelta(days=1)),
        (r"конца недели|end of (?:the )?week", today + timedelta(days=6 - today.weekday())),
        (r"следующей недел|next week", today + timedelta(days=13 - today.weekday())),
        (r"конца месяца|end of (?:the )?month", _month_end(today)),
        (r"сегодня|конца дня|today|end of (?:the )?day|\beod\b", today),
    ):
        if found := re.search(pattern, said):
            return day, *found.span()
    for dated in (_NAMED_DATE.search(said), _WRITTEN_DATE.search(said)):
        if dated and (day_named := _date_of(dated, today)):
            return day_named, *dated.span()
    if weekday := _WEEKDAYS.search(said):
        return today + timedelta(days=(_WEEKDAY_NAMES[weekday["weekday"]] - today.weekday() - 1) % 7 + 1), *weekday.span()
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


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _end_of(day: date, local: datetime) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), local.tzinfo).astimezone(UTC)
