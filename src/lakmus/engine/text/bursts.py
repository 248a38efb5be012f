"""Bursts of a theme: which themes are written about more than their own past explains, looked at day by day.

Texts on one theme are few, so the rate itself is uncertain, and some companies' weeks jump about by themselves: what the past allows for a
window is a gamma-Poisson predictive distribution (negative binomial; Gelman et al. 2013, section 2.6) with the dispersion of the past's own
windows. Windows of several lengths that end on the day are scanned (Kulldorff 2001), and the tails of all themes of a look pass Benjamini &
Hochberg (1995) together.

Formula. With h texts in the T days of the past and Jeffreys' prior ½, m = (h + ½) L / T texts are due in a window of L days. Their rate
varies with CV² = 1 / (h + ½) + v (1 + L / T), v the variance of windows of that length beyond Poisson's, relative to the square of their
mean. With k = 1 / CV² the n texts of a window have the tail P(N ≥ n) = I(n, k; m / (m + k)), I the regularized incomplete beta function;
half of P(N = n) counts to either side. v is learned from all windows of the past by moments: Σ ((n − m)² − m) / Σ m² (Breslow 1984), and
each theme's is drawn towards that of all themes together, which weigh as one theme with all their texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

Counts = np.ndarray[tuple[int, int], np.dtype[np.int64]]
Tails = np.ndarray[tuple[int, int], np.dtype[np.float64]]

WINDOWS = (3, 5, 7, 10, 14, 21)
"""Days of the windows that are scanned."""

PAST_DAYS, GUARD_DAYS, NEEDED_PAST_DAYS = 364, 21, 84
"""Days of the past that teach the rate; days before the look that do not, so that a burst cannot teach its own rate; the fewest."""

LOOKS_A_YEAR = 430
"""What a year of daily looks weighs in false alarms: windows of several lengths raise it, days that share their texts lower it. Found by
drawing 40 quiet years, and 40 whose weeks jump about, by seeds apart from those by which `benchmarks/text_bursts.py` judges."""


@dataclass(frozen=True, slots=True)
class BurstRule:
    """What is worth telling.

    Parameters
    ----------
    false_alarms_a_year : how many bursts without a reason are accepted in a year, over all themes. least_texts : floor for the window.
    least_growth : floor for the window's count beside what was expected. cool_down_days : a theme that was told is left alone so long.
    """

    false_alarms_a_year: float = 2.0
    least_texts: int = 4
    least_growth: float = 1.5
    cool_down_days: int = 28


@dataclass(frozen=True, slots=True)
class Burst:
    """A theme (row of the counts) that on a day (column) has `observed` texts within `days` days where `expected` were due."""

    theme: int
    day: int
    days: int
    observed: int
    expected: float
    p_value: float


def scan(counts: Counts, *, day: int) -> list[Burst]:
    """Return for each theme the window that ends on `day` and is hardest to explain; themes with too short a past are left out.

    Parameters
    ----------
    counts : texts by theme and day, shape (themes, days), oldest day first; days behind `day` are not read.
    """
    begins = max(0, day + 1 - GUARD_DAYS - PAST_DAYS)
    past = day + 1 - GUARD_DAYS - begins
    if past < NEEDED_PAST_DAYS:
        return []
    gone = counts[:, begins : begins + past]
    before = gone.sum(axis=1)
    seen = np.stack([counts[:, day + 1 - length : day + 1].sum(axis=1) for length in WINDOWS], axis=1)
    tails = predictive_tails(seen, before, past, dispersion_of(gone))
    found = []
    for theme, at in enumerate(tails.argmin(axis=1)):
        length = WINDOWS[at]
        expected = float((before[theme] + 0.5) * length / past)
        found.append(Burst(theme, day, length, int(seen[theme, at]), expected, float(tails[theme, at])))
    return found


def dispersion_of(gone: Counts) -> Tails:
    """Return how much windows of the past vary beyond Poisson's, relative to the square of their mean, shape (themes, windows), ≥ 0.

    Parameters
    ----------
    gone : texts by theme and day of the past, shape (themes, days).
    """
    days = gone.shape[1]
    summed = np.concatenate([np.zeros((len(gone), 1), dtype=np.int64), gone.cumsum(axis=1)], axis=1)
    found = np.empty((len(gone), len(WINDOWS)))
    for at, length in enumerate(WINDOWS):
        windows = summed[:, length:] - summed[:, :-length]
        mean = summed[:, -1:] * (length / days)
        # The mean is that of the same days: of days / length windows apart, one is spent on it.
        beyond = ((windows - mean) ** 2).mean(axis=1) / (1 - length / days) - mean[:, 0]
        weight = mean[:, 0] ** 2
        whole = weight.sum()
        together = max(0.0, beyond.sum() / whole) if whole else 0.0
        found[:, at] = np.maximum(0.0, (beyond + whole * together) / np.maximum(weight + whole, 1e-12))
    return found


def predictive_tails(seen: Counts, before: np.ndarray, past: int, dispersion: Tails) -> Tails:
    """Return the tail of each window's count, shape (themes, windows), 0..1; see the formula above.

    Parameters
    ----------
    seen : counts in each of `WINDOWS`. before : counts in the `past` days of the past, shape (themes,).
    dispersion : `dispersion_of` the past; zeros where texts are taken to come independently.
    """
    share = np.array(WINDOWS) / past
    known = before[:, None] + 0.5
    due = known * share
    shape = 1 / (1 / known + dispersion * (1 + share))
    chance = due / (due + shape)
    at_least = np.where(seen > 0, special.betainc(np.maximum(seen, 1), shape, chance), 1.0)
    more = special.betainc(seen + 1, shape, chance)
    return np.asarray((at_least + more) / 2, dtype=np.float64)


def bursts_at(counts: Counts, rule: BurstRule, *, day: int) -> list[Burst]:
    """Return the bursts that one look on `day` tells, false discovery controlled over all themes.

    The rate of false discoveries of one look is `false_alarms_a_year` / `LOOKS_A_YEAR`, so that the looks of a year add up to so many.
    """
    found = scan(counts, day=day)
    if not found:
        return []
    from scipy import stats  # loading it takes a second, which every process that shows pages would wait

    adjusted = stats.false_discovery_control([one.p_value for one in found])
    kept = sorted(
        (one for one, tail in zip(found, adjusted, strict=True) if tail <= rule.false_alarms_a_year / LOOKS_A_YEAR), key=_surprise
    )
    return [one for one in kept if one.observed >= max(rule.least_texts, rule.least_growth * one.expected)]


def _surprise(burst: Burst) -> float:
    return burst.p_value


def bursts_over(counts: Counts, rule: BurstRule, *, days: Sequence[int]) -> list[Burst]:
    """Return the bursts of looks on several days, in their order, as somebody would have received them then, with the cool-down."""
    told: list[Burst] = []
    quiet_until: dict[int, int] = {}
    for day in days:
        for one in bursts_at(counts, rule, day=day):
            if day >= quiet_until.get(one.theme, 0):
                told.append(one)
                quiet_until[one.theme] = day + rule.cool_down_days
    return told
