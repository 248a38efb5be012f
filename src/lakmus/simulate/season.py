"""When people buy: months, weekdays, holidays and promotions as one intensity per day, and the hour of the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from lakmus.simulate.scenario import Scenario

Minutes = NDArray[np.int64]
DAY = 24 * 60

MONTHS = (0.86, 0.92, 1.03, 0.96, 0.92, 0.90, 0.88, 0.95, 1.02, 1.05, 1.18, 1.33)
WEEKDAYS = (1.04, 1.0, 0.98, 0.98, 1.03, 1.02, 0.95)
HOLIDAYS = {
    (1, 1): 0.25,
    (1, 2): 0.45,
    (1, 3): 0.6,
    (1, 7): 0.7,
    (2, 23): 0.85,
    (3, 8): 0.85,
    (5, 1): 0.75,
    (5, 9): 0.7,
    (6, 12): 0.85,
    (11, 4): 0.9,
    (12, 31): 0.4,
}
GIFT_DAYS = {
    (2, 19): 1.25,
    (2, 20): 1.3,
    (2, 21): 1.25,
    (3, 4): 1.35,
    (3, 5): 1.45,
    (3, 6): 1.35,
    (12, 18): 1.2,
    (12, 19): 1.25,
    (12, 20): 1.3,
    (12, 21): 1.3,
}
HOURS = np.array([1, 0.5, 0.3, 0.2, 0.2, 0.3, 0.8, 2, 4, 6, 7, 7.5, 7.5, 7, 6.5, 6.5, 6.5, 7, 8, 9, 9.5, 8.5, 6, 3])
LATE_BY_MONTH = (1.15, 1.05, 1.0, 0.9, 0.9, 0.85, 0.85, 0.9, 0.95, 1.0, 1.15, 1.35)


@dataclass(frozen=True, slots=True)
class Season:
    """The days of the files: `start` included, `end` excluded, and how busy each is (mean near 1).

    Parameters
    ----------
    intensity : (days,) relative rate of orders.
    discount : (days,) share off the price, 0 where no promotion runs.
    late_factor : (days,) factor on the chance that a parcel ordered then is late.
    """

    start: date
    end: date
    intensity: NDArray[np.float64]
    discount: NDArray[np.float64]
    late_factor: NDArray[np.float64]

    @property
    def minutes(self) -> int:
        """Length of the files in minutes."""
        return len(self.intensity) * DAY

    def spread(self, business_days: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn days of average business, counted from `start`, into days of the calendar (fractions kept).

        Beyond the last day business is taken as average, so that later moments stay later.
        """
        grown = np.concatenate(([0.0], np.cumsum(self.intensity)))
        days = np.interp(business_days, grown, np.arange(len(grown), dtype=np.float64))
        return np.where(business_days > grown[-1], len(self.intensity) + business_days - grown[-1], days)


def build_season(scenario: Scenario, *, months: int) -> Season:
    """Return the calendar of the `months` months that end on the scenario's last day."""
    end = scenario.shop.ends_on
    start = _months_before(end, months)
    days = [start + timedelta(days=offset) for offset in range((end - start).days)]
    strength = scenario.shop.season_strength
    shape = np.array([MONTHS[day.month - 1] * WEEKDAYS[day.weekday()] * _holiday(day) for day in days])
    intensity = 1 + strength * (shape - 1)
    discount = np.zeros(len(days))
    for first, last, share in _promotions(scenario, start, end):
        running = slice(max((first - start).days, 0), max((last - start).days, 0))
        intensity[running] *= 1 + scenario.shop.promotion_uplift
        discount[running] = share
    late = np.array([1 + strength * (LATE_BY_MONTH[day.month - 1] - 1) for day in days])
    return Season(start, end, np.maximum(intensity, 0.05), discount, late)


def minute_of_day(draws: NDArray[np.float64]) -> Minutes:
    """Turn uniform draws into minutes of the day at which shoppers are awake."""
    grown = np.concatenate(([0.0], np.cumsum(HOURS) / HOURS.sum()))
    return np.asarray(np.minimum(np.interp(draws, grown, np.arange(25.0)) * 60, DAY - 1).astype(np.int64))


def _holiday(day: date) -> float:
    key = (day.month, day.day)
    return HOLIDAYS.get(key, 1.0) * GIFT_DAYS.get(key, 1.0)


def _promotions(scenario: Scenario, start: date, end: date) -> list[tuple[date, date, float]]:
    """Return (first day, day after the last, share off) of the promotions: the same weeks every year, the strongest first."""
    weeks = (
        (11, 24, 8, 0.2),
        (3, 1, 7, 0.1),
        (9, 1, 10, 0.12),
        (6, 10, 9, 0.15),
        (12, 15, 10, 0.1),
        (4, 18, 7, 0.12),
        (7, 25, 8, 0.15),
        (2, 8, 7, 0.08),
    )
    chosen = weeks[: scenario.shop.promotions_per_year]
    found = []
    for year in range(start.year, end.year + 1):
        for month, day, length, share in chosen:
            first = date(year, month, day)
            last = min(first + timedelta(days=length), end)
            if last > start and first < end:
                found.append((first, last, share))
    return found


def _months_before(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, min(day.day, 28))
