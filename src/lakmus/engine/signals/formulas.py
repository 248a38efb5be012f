"""The formulas of the signals: from named columns to a reading. Each is a pure function of the `Sides` of one signal."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import special

from lakmus.engine.arrays import Flags, Floats
from lakmus.engine.signals.readings import NOISE, Reading, Sides, ages, fell_beyond_noise, rose_beyond_noise, share, smaller_mean

Read = Callable[[Sides], Reading]
FALL_FLOOR = 1.0
"""A fall counts from one whole activity fewer than expected."""
AMOUNT_FLOOR = 0.8
BAD_SHARE, BAD_SHARE_WEIGHT = 0.05, 10.0
"""What share of bad endings a customer has before anything is known of them, and how many cases that weighs."""
FROZEN_DAYS = 180.0
DORMANT_DAYS = 180.0
PROMOTER, PASSIVE = 9.0, 7.0
MANY_LAMPS = 2


def _shares(sides: Sides, part: str, whole: str) -> tuple[Floats, Floats, Floats, Floats]:
    """Return part / whole now, in the period before, over the customer's own past year, and a year ago."""
    now, previous, usual, year_ago = (share(side[part], side[whole]) for side in (sides.now, sides.previous, sides.past, sides.year_ago))
    return now, previous, usual, year_ago


def falling_count(name: str) -> Read:
    """A count that warns when it falls: P(X <= now) < NOISE, X ~ Poisson(usual x season), at least FALL_FLOOR fewer."""

    def read(sides: Sides) -> Reading:
        now, expected = sides.now[name], sides.usual[name] * sides.season
        with np.errstate(invalid="ignore"):
            warns = fell_beyond_noise(now, expected) & (expected - now >= FALL_FLOOR)
        return Reading(now, sides.previous[name], sides.usual[name], warns, sides.year_ago[name])

    return read


def rising_count(name: str, least: float = 1.0) -> Read:
    """A count of something bad: warns from `least` on when P(X >= now) < NOISE, X ~ Poisson(usual), or when nothing is usual."""

    def read(sides: Sides) -> Reading:
        now, usual = sides.now[name], sides.usual[name]
        warns = (now >= least) & (rose_beyond_noise(now, usual) | ~(usual > 0))
        return Reading(now, sides.previous[name], usual, warns, sides.year_ago[name])

    return read


def any_count(name: str) -> Read:
    """A count that warns whenever it is not zero."""

    def read(sides: Sides) -> Reading:
        return Reading(sides.now[name], sides.previous[name], sides.usual[name], sides.now[name] >= 1, sides.year_ago[name])

    return read


def bad_share(part: str, whole: str, least: float = 2.0) -> Read:
    """part / whole; warns from `least` bad ones on when P(X >= bad) < NOISE, X ~ Binomial(whole, p).

    p = (bad in the past year + BAD_SHARE x BAD_SHARE_WEIGHT) / (all of it + BAD_SHARE_WEIGHT).
    """

    def read(sides: Sides) -> Reading:
        bad, every = sides.now[part], sides.now[whole]
        own = (np.nan_to_num(sides.past[part]) + BAD_SHARE * BAD_SHARE_WEIGHT) / (np.nan_to_num(sides.past[whole]) + BAD_SHARE_WEIGHT)
        warns = bad >= least
        bad, every, own = bad[warns], every[warns], own[warns]
        warns[warns] = special.betainc(np.maximum(bad, 1.0), np.maximum(every - bad, 0.0) + 1.0, np.minimum(own, 1.0)) < NOISE
        now, previous, usual, year_ago = _shares(sides, part, whole)
        return Reading(now, previous, usual, warns, year_ago)

    return read


def falling_share(part: str, whole: str, least: float = 1.0) -> Read:
    """part / whole; warns when P(X <= part now) < NOISE, X ~ Poisson(whole now x usual share), the usual from a year's `least` or more."""

    def read(sides: Sides) -> Reading:
        now, previous, usual, year_ago = _shares(sides, part, whole)
        expected = np.where(sides.past[part] >= least, usual * sides.now[whole], np.nan)
        return Reading(now, previous, usual, fell_beyond_noise(sides.now[part], expected), year_ago)

    return read


def mean_amount(sides: Sides) -> Reading:
    """amount / orders; warns when it is under AMOUNT_FLOOR of the usual and Welch's t says that it is no chance."""
    now, previous, usual, year_ago = _shares(sides, "amount", "orders")
    with np.errstate(invalid="ignore"):
        warns = smaller_mean(sides.now, sides.past, "orders", "amount", "squares") & (now < AMOUNT_FLOOR * usual)
    return Reading(now, previous, usual, warns, year_ago)


def mean_minutes(sides: Sides) -> Reading:
    """minutes / settled requests; warns from two on when their mean is over twice the usual of at least two."""
    now, previous, usual, year_ago = _shares(sides, "minutes", "settled")
    with np.errstate(invalid="ignore"):
        warns = (sides.now["settled"] >= 2) & (sides.past["settled"] >= 2) & (now > 2 * usual)
    return Reading(now, previous, usual, warns, year_ago)


def purchase_gap(sides: Sides) -> Reading:
    """Days since the last purchase; previous: the personal median gap; usual: the personal 90th percentile, beyond which it warns."""
    silent = ages(sides.now["last"], sides.now_us)
    p90 = sides.known["gap_p90_days"]
    with np.errstate(invalid="ignore"):
        warns = (sides.now["purchases"] >= 2) & (silent > p90)
    known = np.isfinite(p90)
    return Reading(np.where(known, silent, np.nan), sides.known["gap_median_days"], p90, warns, sides.nothing)


def since_contact(sides: Sides) -> Reading:
    """Days since the last two-way contact; warns after FROZEN_DAYS."""
    silent = ages(sides.now["last"], sides.now_us)
    return Reading(silent, sides.nothing, sides.nothing, _over(silent, FROZEN_DAYS), sides.nothing)


def dormant_points(sides: Sides) -> Reading:
    """Points earned and neither spent nor expired, where nothing was earned or spent for DORMANT_DAYS; 0 where the account is alive."""
    now = sides.now
    balance = np.maximum(now["earned"] - now["redeemed"] - now["expired"], 0.0)
    asleep = _over(ages(now["last"], sides.now_us), DORMANT_DAYS)
    return Reading(np.where(asleep, balance, 0.0), sides.nothing, sides.nothing, asleep & (balance > 0), sides.nothing)


def promoter_drift(sides: Sides) -> Reading:
    """Mean NPS answer; warns when the class (promoter from 9, passive from 7, detractor) is worse than the usual one."""
    now, previous, usual, year_ago = _shares(sides, "points", "answers")
    return Reading(now, previous, usual, _nps_class(now) < _nps_class(usual), year_ago)


def _nps_class(points: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        grade = (points >= PASSIVE).astype(np.float64) + (points >= PROMOTER)
    return np.where(np.isfinite(points), grade, np.nan)


def praise_only(sides: Sides) -> Reading:
    """Praise now; warns when the customer praises, asks nothing, and uses less beyond noise: "хвалит, но не пользуется"."""
    used, expected = sides.now["used"], sides.usual["used"] * sides.season
    warns = (sides.now["praise"] >= 1) & (sides.now["asked"] == 0) & fell_beyond_noise(used, expected)
    return Reading(sides.now["praise"], sides.previous["praise"], sides.usual["praise"], warns, sides.year_ago["praise"])


def lamps_dark(sides: Sides) -> Reading:
    """Number of dimensions gone dark; warns from MANY_LAMPS on."""
    dark = sides.known["lamps_dark"]
    return Reading(dark, sides.nothing, sides.nothing, dark >= MANY_LAMPS, sides.nothing)


def _over(figure: Floats, limit: float) -> Flags:
    with np.errstate(invalid="ignore"):
        return np.asarray(figure > limit)
