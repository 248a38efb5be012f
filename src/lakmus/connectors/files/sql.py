"""Writing SQL: texts and names quoted, times of a zone turned into UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 1970, 2060


def literal(text: object) -> str:
    """Return a text (or path) as an SQL literal."""
    return "'" + str(text).replace("'", "''") + "'"


def named(name: str) -> str:
    """Return a column's name in quotes."""
    return '"' + name.replace('"', '""') + '"'


def utc_of_local(local: str, time_zone: str) -> str:
    """Return SQL that turns the local timestamp in column `local` into UTC (both without zone).

    The zone's changes of offset are written out, newest first, so that no time zone extension is needed. Where the
    clock goes back the first of the two moments is meant; where it goes forward, the offset before the change.
    """
    steps, oldest = zone_steps(time_zone)
    if not steps:
        return f"make_timestamp(epoch_us({local}) - {oldest})" if oldest else local
    cases = " ".join(f"when {local} >= timestamp '{start:%Y-%m-%d %H:%M:%S}' then {offset}" for start, offset in steps)
    return f"make_timestamp(epoch_us({local}) - (case {cases} else {oldest} end)::bigint)"


def local_of_utc(moment: str, time_zone: str) -> str:
    """Return SQL that turns a moment in UTC into the local one (both without zone)."""
    steps, oldest = zone_steps(time_zone)
    if not steps:
        return f"make_timestamp(epoch_us({moment}) + {oldest})" if oldest else moment
    before = [offset for _, offset in steps[1:]] + [oldest]
    changes = [(start - timedelta(microseconds=max(offset, old)), offset) for (start, offset), old in zip(steps, before, strict=True)]
    cases = " ".join(f"when {moment} >= timestamp '{change:%Y-%m-%d %H:%M:%S}' then {offset}" for change, offset in changes)
    return f"make_timestamp(epoch_us({moment}) + (case {cases} else {oldest} end)::bigint)"


@lru_cache(maxsize=32)
def zone_steps(time_zone: str) -> tuple[tuple[tuple[datetime, int], ...], int]:
    """Return ((local moment from which it holds, offset in microseconds), …) newest first, and the offset before them all."""
    zone = ZoneInfo(time_zone)
    day, end = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(LAST_YEAR, 1, 1, tzinfo=UTC)
    offset = oldest = _offset(day, zone)
    steps: list[tuple[datetime, int]] = []
    while day < end:
        following = day + timedelta(days=1)
        changed = _offset(following, zone)
        if changed != offset:
            low, high = day, following
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) / 2
                low, high = (middle, high) if _offset(middle, zone) == offset else (low, middle)
            moment = high.replace(microsecond=0)
            steps.append(((moment + max(offset, changed)).replace(tzinfo=None), int(changed / timedelta(microseconds=1))))
            offset = changed
        day = following
    return tuple(reversed(steps)), int(oldest / timedelta(microseconds=1))


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)
