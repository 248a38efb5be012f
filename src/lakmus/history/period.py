"""Half-open periods of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Period:
    """The moments t with `start_at <= t < end_at`, both UTC and aware.

    Raises
    ------
    ValueError : a bound without time zone, or an end before the start.
    """

    start_at: datetime
    end_at: datetime

    def __post_init__(self) -> None:
        if self.start_at.tzinfo is None or self.end_at.tzinfo is None:
            raise ValueError("a period needs aware datetimes")
        if self.end_at < self.start_at:
            raise ValueError("a period cannot end before it starts")

    @property
    def days(self) -> float:
        """Length in days, fractions included."""
        return (self.end_at - self.start_at) / timedelta(days=1)

    def previous(self) -> Period:
        """Return the period of the same length that ends where this one starts."""
        return Period(self.start_at - (self.end_at - self.start_at), self.start_at)

    def contains(self, moment: datetime) -> bool:
        """Say whether `moment` lies within."""
        return self.start_at <= moment < self.end_at


def end_of_day(day: date, time_zone: str) -> datetime:
    """Return the last microsecond of `day` in the IANA zone `time_zone`, as UTC.

    A promise given as a date is kept until this moment, and a verdict "as of" a date looks from it.
    """
    following = datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(time_zone))
    return following.astimezone(UTC) - timedelta(microseconds=1)
