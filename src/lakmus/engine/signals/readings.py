"""Reading signals off the prefix sums: each figure now, in the period before, a year ago, and as usual for this customer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from scipy import special

from lakmus.engine.arrays import DAY_US, Flags, Floats, Ints
from lakmus.engine.signals.aggregates import ALWAYS, Aggregate, Measure, Selection, Window
from lakmus.engine.signals.prefix_sums import Measured, measured
from lakmus.engine.signals.trails import Trails

NOISE = 0.05
"""A change is one when chance alone gives as large a one in fewer than 5 % of customers whose habit has not changed."""
PAST_DAYS = 365
_LIMITS: Floats = special.chdtri(2.0 * (np.arange(512) + 1), NOISE) / 2


@dataclass(frozen=True)
class Part:
    """One named column of a formula: an aggregate, over the signal's window or (`ever`) over the whole history."""

    measure: Measure
    of: Selection
    column: str | None = None
    ever: bool = False

    def over(self, window: Window) -> Aggregate:
        """Return the aggregate over a window."""
        return Aggregate(self.measure, self.of, ALWAYS if self.ever else window, self.column)


Columns = Mapping[str, Floats]


@dataclass(frozen=True)
class Sides:
    """The columns of one signal for n customers, (n,), or (D, n) at D dates: in the window that ends now, in the one before, in the same
    one a year ago, and usual.

    `usual`: the customer's own year before the present window, counts and sums scaled to the window's length; NaN with less than a
    window observed. `past`: the same unscaled. `known`: columns from outside the trails (`gap_p90_days`, ...). `season`: how much busier
    the present window is at this company than the rest of a year, 1 where that is not known.
    """

    now: Columns
    previous: Columns
    year_ago: Columns
    usual: Columns
    past: Columns
    known: Columns
    season: float = 1.0
    now_us: Ints = field(default_factory=lambda: np.zeros(1, np.int64))

    @property
    def nothing(self) -> Floats:
        """A column of which nothing can be said."""
        return np.full(next(iter(self.known.values())).shape, np.nan)


@dataclass(frozen=True)
class Reading:
    """One signal for every customer; arrays of shape (n,) or (D, n), NaN where nothing can be said.

    `now`: the window that ends at as_of; `previous`: the one before; `usual`: what is usual for this customer; `year_ago`: the same window
    a year earlier; `warns`: beyond noise, season and floor, in the bad direction. `measured`: False where no feed tells of it.
    """

    now: Floats
    previous: Floats
    usual: Floats
    warns: Flags
    year_ago: Floats = field(default_factory=lambda: np.zeros(0))
    measured: bool = True

    def at(self, place: int) -> Reading:
        """Return the reading of one of D dates."""
        sides = (self.now, self.previous, self.usual, self.warns, self.year_ago)
        now, previous, usual, warns, year_ago = (side[place] for side in sides)
        return Reading(now, previous, usual, warns.astype(bool), year_ago, self.measured)

    @property
    def change(self) -> Floats:
        """Return now against previous, -1 or more; NaN where the previous period has nothing."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.previous > 0, self.now / self.previous - 1, np.nan)


def not_measured(count: int) -> Reading:
    """Return the reading of a signal whose facts the company does not send."""
    nothing = np.full(count, np.nan)
    return Reading(nothing, nothing, nothing, np.zeros(count, bool), nothing, measured=False)


def fell_beyond_noise(now: Floats, usual: Floats) -> Flags:
    """Return whether P(X <= now) < NOISE for X ~ Poisson(usual); False where the usual is unknown (NaN). `now` holds whole counts."""
    limits = poisson_limits(int(now.max(initial=0.0)))
    with np.errstate(invalid="ignore"):
        return np.asarray(usual > limits[now.astype(np.int64)])


def poisson_limits(most: int) -> Floats:
    """Return, for each count k of 0..most or further, the mean beyond which P(X <= k) < NOISE for X ~ Poisson(mean).

    Formula: half the (1 - NOISE) quantile of chi-square with 2 (k + 1) degrees of freedom (Garwood, 1936).
    """
    if most >= len(_LIMITS):
        return np.asarray(special.chdtri(2.0 * (np.arange(most + 1) + 1), NOISE) / 2)
    return _LIMITS


def rose_beyond_noise(now: Floats, usual: Floats) -> Flags:
    """Return whether P(X >= now) < NOISE for X ~ Poisson(usual), an unknown usual taken as none. `now` holds whole counts."""
    rose = now > 0
    rose[rose] = special.gammainc(now[rose], np.maximum(np.nan_to_num(usual[rose]), 1e-9)) < NOISE
    return np.asarray(rose)


def smaller_mean(now: Columns, past: Columns, count: str, total: str, square: str) -> Flags:
    """Return whether the mean of `count` figures fell beyond noise: Welch's t (1947) below its NOISE quantile; needs two on either side."""
    n, m = now[count], past[count]
    smaller = (n >= 2) & (m >= 3) & (now[total] * m < past[total] * n)
    n, m = n[smaller], m[smaller]
    now, past = ({name: side[name][smaller] for name in (total, square)} for side in (now, past))
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = now[total] / n, past[total] / m
        spread = (now[square] / n - one * one) / np.maximum(n - 1, 1), (past[square] / m - other * other) / np.maximum(m - 1, 1)
        first, second = (np.maximum(part, 0.0) for part in spread)
        freedom = (first + second) ** 2 / (first**2 / np.maximum(n - 1, 1) + second**2 / np.maximum(m - 1, 1))
        t = (one - other) / np.sqrt(first + second)
        chance = special.stdtr(np.where(np.isfinite(freedom), freedom, 1.0), t)
    # Equal amounts on either side have no spread: any fall is one.
    smaller[smaller] = np.where(first + second > 0, chance < NOISE, True)
    return np.asarray(smaller)


def share(part: Floats, whole: Floats) -> Floats:
    """Return part / whole, NaN where there is no whole."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole > 0, part / whole, np.nan)


@dataclass(frozen=True)
class Asked:
    """What one signal needs of the machine: its columns, its window in days, and how they are read."""

    code: str
    parts: Mapping[str, Part]
    days: int
    read: Callable[[Sides], Reading]
    season: str | None = None


def windows_of(days: int) -> dict[str, Window]:
    """Return the windows of the four sides; the year-long past begins where the present window ends."""
    return {
        "now": Window(0, days),
        "previous": Window(days, 2 * days),
        "year_ago": Window(365, 365 + days),
        "past": Window(days, days + PAST_DAYS),
    }


def read_all(
    asked: Iterable[Asked],
    trails: Trails,
    *,
    known: Columns,
    known_days: Floats,
    season: Mapping[str, float],
    as_of: datetime,
    more: Iterable[Aggregate] = (),
) -> tuple[dict[str, Reading], Measured]:
    """Return each signal's reading of every customer, and everything measured (with `more`).

    Parameters
    ----------
    known : columns from outside the trails, shape (n,) each. known_days : for how long each customer is known, days.
    season : by group of activities, how much busier the present window is than the rest of a year.
    """
    wanted = list(asked)
    found = measured(trails, [*wanted_of(wanted), *more], as_of=[as_of])
    one = read_measured(wanted, found, known=known, known_days=known_days, season=season)
    return {code: reading.at(0) for code, reading in one.items()}, found


def wanted_of(asked: Iterable[Asked]) -> list[Aggregate]:
    """Return what signals need of the prefix sums."""
    return [part.over(window) for one in asked for window in windows_of(one.days).values() for part in one.parts.values()]


def read_measured(
    asked: Iterable[Asked], found: Measured, *, known: Columns, known_days: Floats, season: Mapping[str, float]
) -> dict[str, Reading]:
    """Return each signal's reading of every customer at every date of what was measured; arrays (D, n).

    Parameters
    ----------
    known, known_days : as in `read_all`, of shape (D, n) or one that spreads over it.
    """
    now_us = np.array([[round(date.timestamp() * 1_000_000)] for date in found.as_of], np.int64)
    shape = len(found.as_of), len(found.customers)
    known = {name: np.broadcast_to(column, shape) for name, column in known.items()}
    figures: dict[Aggregate, Floats] = {}
    scales: dict[int, Floats] = {}
    readings = {}
    for one in asked:
        sides: dict[str, dict[str, Floats]] = {}
        for side, window in windows_of(one.days).items():
            sides[side] = {}
            for name, part in one.parts.items():
                aggregate = part.over(window)
                if aggregate not in figures:
                    figures[aggregate] = found.of(aggregate)
                sides[side][name] = figures[aggregate]
        if one.days not in scales:
            observed = np.clip(known_days, 0, one.days + PAST_DAYS) - one.days
            scales[one.days] = np.where(observed >= one.days, one.days / np.maximum(observed, one.days), np.nan)
        usual = {name: sides["past"][name] * scales[one.days] for name in one.parts}
        factor = season.get(one.season, 1.0) if one.season else 1.0
        whole = Sides(sides["now"], sides["previous"], sides["year_ago"], usual, sides["past"], known, factor, now_us)
        readings[one.code] = one.read(whole)
    return readings


def ages(moments_us: Floats, now_us: Ints) -> Floats:
    """Return the days since moments in microseconds; NaN stays."""
    return np.asarray((now_us - moments_us) / DAY_US)
