"""Half-open periods and the ends of days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakmus.history.period import Period, end_of_day

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
ZONES = st.sampled_from(["Europe/Moscow", "Asia/Vladivostok", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC"])
NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)


def test_a_period_contains_its_start_and_not_its_end() -> None:
    day = Period(NOON, NOON + timedelta(days=1))
    assert day.contains(NOON)
    assert not day.contains(day.end_at)


def test_a_period_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        Period(datetime(2024, 3, 1), NOON)


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="before"):
        Period(NOON, NOON - timedelta(microseconds=1))


def test_an_empty_period_contains_nothing() -> None:
    assert not Period(NOON, NOON).contains(NOON)


@given(MOMENTS, st.integers(0, 3000), MOMENTS)
def test_a_moment_lies_in_a_period_or_in_the_one_before_never_in_both(end_at: datetime, days: int, moment: datetime) -> None:
    period = Period(end_at - timedelta(days=days), end_at)
    inside = period.previous().start_at <= moment < period.end_at
    assert period.contains(moment) + period.previous().contains(moment) == inside


@given(MOMENTS, st.integers(0, 3000))
def test_the_previous_period_has_the_same_length_and_touches_this_one(end_at: datetime, days: int) -> None:
    period = Period(end_at - timedelta(days=days), end_at)
    assert period.days == days == period.previous().days
    assert period.previous().end_at == period.start_at


@pytest.mark.parametrize(
    ("day", "zone", "utc"),
    [
        (date(2024, 5, 10), "Europe/Moscow", "2024-05-10 20:59:59.999999"),
        (date(2024, 5, 10), "Asia/Vladivostok", "2024-05-10 13:59:59.999999"),
        (date(2024, 5, 10), "UTC", "2024-05-10 23:59:59.999999"),
        (date(2024, 3, 30), "Europe/Berlin", "2024-03-30 22:59:59.999999"),
        (date(2024, 3, 31), "Europe/Berlin", "2024-03-31 21:59:59.999999"),
        (date(2024, 10, 27), "Europe/Berlin", "2024-10-27 22:59:59.999999"),
        (date(2014, 10, 25), "Europe/Moscow", "2014-10-25 19:59:59.999999"),
        (date(2014, 10, 26), "Europe/Moscow", "2014-10-26 20:59:59.999999"),
    ],
)
def test_a_day_ends_when_its_zone_says_so_also_when_the_clocks_change(day: date, zone: str, utc: str) -> None:
    assert end_of_day(day, zone) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@given(st.dates(date(1990, 1, 1), date(2040, 1, 1)), ZONES)
def test_the_end_of_a_day_belongs_to_it_and_the_next_microsecond_does_not(day: date, zone: str) -> None:
    last = end_of_day(day, zone)
    assert last.tzinfo is UTC
    assert last.astimezone(ZoneInfo(zone)).date() == day
    assert (last + timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date() == day + timedelta(days=1)
