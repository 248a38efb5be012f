"""Alerts: which segments changed more than season, holidays and noise explain, all segments judged at once.

A segment is compared with the others of its kind, so that what moves all of them (season, holidays, a closed week) moves none.
How much a segment jumps about without any reason is learned from its own past: the same comparison, made for every earlier month.

Formula. With C purchases in the window, B in the reference before it, and C', B' those of the other segments, C given C + B is
binomial with p = C' / (C' + B') where nothing changed (Przyborowski & Wilenski 1940). Its exact tail becomes a normal deviate z.
Dispersion = mean of z² over earlier windows, moderated over segments as an F distribution tells (Smyth 2004), never below one;
z / sqrt(dispersion) is read as Student's t. The tails of all segments pass Benjamini & Hochberg (1995) together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from lakmus.history.wording import Wording

Direction = Literal["down", "up", "both"]
Counts = np.ndarray[tuple[int, int], np.dtype[np.int64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Floats = np.ndarray[tuple[int], np.dtype[np.float64]]
Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]

NEEDED_PAST_WINDOWS = 8
NEEDED_EXPECTED = 5.0
STRANGE = 3.0
MANY = 1e6


@dataclass(frozen=True, slots=True)
class AlertRule:
    """What is worth telling.

    Parameters
    ----------
    window_weeks : length of the window that is judged. reference_windows : how many such windows before it make the reference.
    direction : which changes count. least_change : floor for the relative change, 0..1; least_count : floor in purchases.
    false_discovery_rate : share of false ones among the changes found at one look, 0..1.
    cool_down_weeks : a segment that was reported is left alone for so long in the same direction.
    """

    code: str
    title: Wording
    window_weeks: int = 4
    reference_windows: int = 6
    direction: Direction = "both"
    least_change: float = 0.1
    least_count: float = 10.0
    false_discovery_rate: float = 0.03
    cool_down_weeks: int = 12


BEYOND_NOISE = AlertRule("beyond_noise", Wording("Изменение сильнее сезона и шума", "A change beyond season and noise"))
REGULARS_DOWN_A_FIFTH = AlertRule(
    "regulars_down_a_fifth",
    Wording("Покупки постоянных клиентов упали на 20 % за месяц", "Regulars' purchases fell by 20% in a month"),
    direction="down",
    least_change=0.2,
)


@dataclass(frozen=True, slots=True)
class SegmentChange:
    """One segment's last window against its reference.

    Parameters
    ----------
    segment : row of the counts. observed, expected : purchases in the window, and those to be expected from its own past and the others.
    change : observed / expected - 1. p_value : probability of so large a change in the rule's direction without a reason.
    dispersion : how many times stronger than pure chance the segment jumps about.
    """

    segment: int
    observed: int
    expected: float
    change: float
    p_value: float
    dispersion: float


@dataclass(frozen=True, slots=True)
class Alert:
    """A change that is reported, and the week at whose end it was seen (index into the counts' columns)."""

    week: int
    change: SegmentChange


def changes_at(counts: Counts, rule: AlertRule, *, week: int) -> tuple[SegmentChange, ...]:
    """Return how each segment with enough purchases stands at the end of a week; others are left out.

    Parameters
    ----------
    counts : purchases by segment and week, shape (segments, weeks), oldest week first; segments of one kind, each purchase in one of them.
    week : index of the last week looked at; later columns are not read.
    """
    compared = _compared(counts[:, : week + 1], rule)
    return () if compared is None else _changes(compared, rule, last=compared.deviates.shape[1] - 1)


def _reported(found: list[tuple[SegmentChange, ...]], rule: AlertRule, week: int) -> list[list[Alert]]:
    tails = np.array([change.p_value for changes in found for change in changes])
    passed = iter(benjamini_hochberg(tails, rule.false_discovery_rate).tolist())
    return [[Alert(week, change) for change in changes if next(passed) and _above_floors(change, rule)] for changes in found]


def alerts_over(groups: list[Counts], rule: AlertRule, *, first_week: int, last_week: int) -> list[list[Alert]]:
    """Return the alerts of every week from first to last as somebody would have received them then, with the cool-down.

    Parameters
    ----------
    groups : one array of counts per kind of segment (cities, shops, products ...), all with the same weeks; false discovery is
        controlled over all of them together.
    """
    told: list[list[Alert]] = [[] for _ in groups]
    quiet_until: dict[tuple[int, int, bool], int] = {}
    # Weeks that are whole windows apart share their comparisons, and no comparison reads what came after it.
    step = rule.window_weeks
    ends = {week % step: max(each for each in range(week, last_week + 1, step)) for week in range(last_week, max(last_week - step, -1), -1)}
    shared = {phase: [_compared(counts[:, : end + 1], rule) for counts in groups] for phase, end in ends.items()}
    for week in range(first_week, last_week + 1):
        back = (ends[week % step] - week) // step
        found = [
            () if compared is None else _changes(compared, rule, last=compared.deviates.shape[1] - 1 - back)
            for compared in shared[week % step]
        ]
        for group, alerts in enumerate(_reported(found, rule, week)):
            for alert in alerts:
                key = (group, alert.change.segment, alert.change.change < 0)
                if week >= quiet_until.get(key, 0):
                    told[group].append(alert)
                    quiet_until[key] = week + rule.cool_down_weeks
    return told


def benjamini_hochberg(p_values: Floats, rate: float) -> Flags:
    """Say which of several hypotheses fall so that at most `rate` of those that fall are true (Benjamini & Hochberg 1995).

    Parameters
    ----------
    p_values : shape (n,), 0..1. rate : 0..1.
    """
    if not p_values.size:
        return np.zeros(0, bool)
    order = np.argsort(p_values, kind="stable")
    passes = p_values[order] <= rate * np.arange(1, p_values.size + 1) / p_values.size
    last = int(np.flatnonzero(passes)[-1]) + 1 if passes.any() else 0
    fallen = np.zeros(p_values.size, bool)
    fallen[order[:last]] = True
    return fallen


def _above_floors(change: SegmentChange, rule: AlertRule) -> bool:
    return abs(change.change) >= rule.least_change and abs(change.observed - change.expected) >= rule.least_count


@dataclass(frozen=True, slots=True)
class _Compared:
    """Each window against the reference before it: counts, expected counts, normal deviates, whether there is enough to tell."""

    observed: Matrix
    expected: Matrix
    deviates: Matrix
    told: np.ndarray[tuple[int, int], np.dtype[np.bool_]]


def _compared(counts: Counts, rule: AlertRule) -> _Compared | None:
    whole = counts.shape[1] // rule.window_weeks
    if counts.shape[0] < 2 or whole <= rule.reference_windows:
        return None
    kept = counts[:, counts.shape[1] - whole * rule.window_weeks :]
    windows = kept.reshape(counts.shape[0], whole, rule.window_weeks).sum(axis=2)
    sums = np.cumsum(np.pad(windows, ((0, 0), (1, 0))), axis=1)
    before = (sums[:, rule.reference_windows : -1] - sums[:, : -rule.reference_windows - 1]).astype(float)
    during = windows[:, rule.reference_windows :].astype(float)
    strange = np.zeros_like(during, bool)
    for _ in range(2):
        # What changed by itself must not shift what is expected of the others.
        others_during, others_before = _others(during, strange), _others(before, strange)
        share = others_during / np.maximum(others_during + others_before, 1e-9)
        deviates, expected, told = _against(during, before, share, others_during, others_before)
        sizes = np.where(told, np.abs(deviates), np.nan)
        spread = np.array([np.nanmedian(column) / 0.6745 if enough.any() else 1.0 for column, enough in zip(sizes.T, told.T, strict=True)])
        strange = told & (np.abs(deviates) > STRANGE * np.maximum(spread, 1.0))
    return _Compared(during, expected, deviates, told)


def _changes(compared: _Compared, rule: AlertRule, *, last: int) -> tuple[SegmentChange, ...]:
    if last < NEEDED_PAST_WINDOWS:
        return ()
    dispersion, freedom = _moderated_dispersion(compared.deviates[:, :last], compared.told[:, :last])
    now = np.flatnonzero(compared.told[:, last] & np.isfinite(dispersion))
    tails = _tail(compared.deviates[now, last] / np.sqrt(dispersion[now]), freedom[now], rule.direction)
    observed, expected = compared.observed[now, last], compared.expected[now, last]
    return tuple(
        SegmentChange(int(row), int(seen), float(due), float(seen / due - 1), float(tail), float(spread))
        for row, seen, due, tail, spread in zip(now, observed, expected, tails, dispersion[now], strict=True)
    )


def _others(counts: Matrix, strange: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> Matrix:
    """What the other segments, strange ones left out, hold in the same columns."""
    usual = np.where(strange, 0.0, counts)
    return np.asarray(usual.sum(axis=0, keepdims=True) - usual)


def _against(
    during: Matrix, before: Matrix, share: Matrix, others_during: Matrix, others_before: Matrix
) -> tuple[Matrix, Matrix, np.ndarray[tuple[int, int], np.dtype[np.bool_]]]:
    """Normal deviates of exact binomial tails, expected counts, and where there is enough to tell."""
    both = during + before
    usual = before * share / np.maximum(1 - share, 1e-9)
    told = (usual >= NEEDED_EXPECTED) & (share > 0) & (share < 1)
    p = np.where(told, share, 0.5)
    # Half of the probability of what was seen counts to either side, so that counts without a reason give even tails.
    at = np.exp(
        special.gammaln(both + 1) - special.gammaln(during + 1) - special.gammaln(before + 1) + during * np.log(p) + before * np.log1p(-p)
    )
    below = np.clip(np.where(before > 0, special.betainc(np.maximum(before, 1), during + 1, 1 - p), 1.0) - at / 2, 1e-300, 1.0)
    above = np.clip(np.where(before > 0, special.betainc(during + 1, np.maximum(before, 1), p), 0.0) + at / 2, 1e-300, 1.0)
    deviates = np.where(below < above, special.ndtri(below), -special.ndtri(above))
    own = 1 / np.maximum(both * p, 1e-9) + 1 / np.maximum(both * (1 - p), 1e-9)
    theirs = 1 / np.maximum(others_during, 1e-9) + 1 / np.maximum(others_before, 1e-9)
    return deviates / np.sqrt(1 + theirs / own), usual, told


def _moderated_dispersion(deviates: Matrix, told: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> tuple[Floats, Floats]:
    """Each segment's dispersion and its degrees of freedom, strengthened by all segments (Smyth 2004, section 6.2).

    NaN where the past holds fewer than `NEEDED_PAST_WINDOWS` windows.
    """
    freedom = told.sum(axis=1).astype(float)
    known = freedom >= NEEDED_PAST_WINDOWS
    squares = np.where(told, deviates**2, 0.0).sum(axis=1) / np.maximum(freedom, 1.0)
    if known.sum() < 3:
        return np.where(known, np.maximum(squares, 1.0), np.nan), np.maximum(freedom, 1.0)
    half = freedom[known] / 2
    logs = np.log(np.maximum(squares[known], 1e-6)) - special.digamma(half) + np.log(half)
    excess = logs.var(ddof=1) - special.polygamma(1, half).mean()
    prior_freedom = 2 * _inverse_trigamma(excess) if excess > 0 else MANY
    prior = np.exp(logs.mean() + special.digamma(prior_freedom / 2) - np.log(prior_freedom / 2))
    together = (prior_freedom * prior + freedom * squares) / (prior_freedom + freedom)
    return np.where(known, np.maximum(together, 1.0), np.nan), np.minimum(freedom + prior_freedom, MANY)


def _inverse_trigamma(wanted: float) -> float:
    """Solve trigamma(x) = wanted by Newton steps on 1 / trigamma (Smyth 2004, appendix)."""
    x = 0.5 + 1 / wanted
    for _ in range(50):
        trigamma = float(special.polygamma(1, x))
        step = trigamma * (1 - trigamma / wanted) / float(special.polygamma(2, x))
        x += step
        if -step / x < 1e-8:
            break
    return x


def _tail(student: Floats, freedom: Floats, direction: Direction) -> Floats:
    if direction == "down":
        return np.asarray(special.stdtr(freedom, student))
    if direction == "up":
        return np.asarray(special.stdtr(freedom, -student))
    return np.asarray(np.minimum(1.0, 2 * special.stdtr(freedom, -np.abs(student))))
