"""Discrete-time survival: the chance that something happens in the next step of time, by how long a customer has been waited for.

For those whom no rhythm of their own can describe: customers after a single purchase (what happens is the second one), and customers
with a contract (what happens is its end). Everything that crosses customers is counts, so buckets add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from lakmus.engine.arrays import Floats, Ints
from lakmus.engine.risk.fading_hope import SETTLED_STEP, fading_curve
from lakmus.engine.risk.levels import Level
from lakmus.engine.risk.old_customers import ENTRIES, LATEST, old_shares
from lakmus.engine.risk.snapshots import CUTS

STEPS_A_HORIZON = 8
LEVELS = (3, 2, 2, ENTRIES)
"""Classes of the three things that shift a hazard, class 0 of each the ordinary one, and of when a customer is first seen."""
ORDINARY = (0, 0, 0)
ALIVE_SAYS_MORE_FROM = (STEPS_A_HORIZON, 2 * STEPS_A_HORIZON)
"""The longer nothing came, the more a sign of life tells: of those who give none ever more will never return."""
LAGS = (1, 2, 4)
"""What was seen of a customer shifts the hazard of the step it was seen at by so much, of later steps otherwise: lower edges, in steps, of
the classes of how long ago it was seen, after the first."""
LAG_OF = np.searchsorted(LAGS, np.arange(STEPS_A_HORIZON), side="right")
LAG_COUNT = len(LAGS) + 1
ERAS = 5
"""Steps are counted by how many whole horizons ago they ended; the last era holds everything older."""
ERA_WEIGHT = 0.7
"""What an era weighs of the one after it."""
NEEDED_HAPPENED = 30
SMOOTHING = (4.0, 16.0, 64.0)
"""Neighbouring hazards are drawn together as by so many units of information: the figure under which the company's past is likeliest."""
SHIFT_RIDGE = 4.0
"""Shifts are drawn to zero as by so many units of information."""
LIMIT = 6.0
LEAST_CASES = 20.0


@dataclass(frozen=True)
class Axis:
    """How waiting is counted: in steps of `step_days`, up to `followed` of them; hazards are equal between `edges` (in steps).

    `happening_is_loss`: whether what happens is the loss itself (a contract's end), or what averts it (a purchase).
    """

    step_days: float
    edges: tuple[int, ...]
    followed: int
    happening_is_loss: bool

    @property
    def bins(self) -> int:
        """Number of hazards."""
        return len(self.edges) + 1

    def bin_of(self, step: Ints) -> Ints:
        """Return which hazard holds in a step; any shape."""
        return np.asarray(np.searchsorted(self.edges, step, side="right"), dtype=np.int64)


def axis_of_purchases(horizon_days: float) -> Axis:
    """Return the axis of waiting for a second purchase: days since the first one, up to eight horizons.

    With four, everybody who had waited longer kept the chances of the fourth: in long files half of those who bought once.
    """
    steps = STEPS_A_HORIZON
    return Axis(horizon_days / steps, (1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 28, 32, 40, 48), 8 * steps, happening_is_loss=False)


def axis_of_contracts(horizon_days: float) -> Axis:
    """Return the axis of contracts: days since the start, with the weeks about the first and the second year apart."""
    step = horizon_days / STEPS_A_HORIZON
    days = (30, 90, 180, 345, 385, 710, 750)
    edges = tuple(dict.fromkeys(max(1, round(day / step)) for day in days))
    return Axis(step, edges, max(round(900 / step), edges[-1] + 1), happening_is_loss=True)


@dataclass(frozen=True)
class LifeCounts:
    """Counts of one bucket, or of all.

    `steps` (1 + CUTS, ERAS, lags, bins, *LEVELS, 2): customers' steps in which nothing and something happened, as known at as_of and at
    each past cut, by how many whole horizons before that moment they ended, and by the class in which a customer stood so many steps
    before; so each step counts once for each of STEPS_A_HORIZON lags, as far as its customer was waited for by then. `standing` (CUTS,
    followed + 1, *LEVELS, 2): who stood where at each past cut, and whether they were lost in the horizon after it. `arrived` (1 + CUTS,
    ENTRIES): customers by when they were first seen, as known at each of these moments.
    """

    steps: npt.NDArray[np.int32]
    standing: Ints
    arrived: Ints

    def __add__(self, other: LifeCounts) -> LifeCounts:
        return LifeCounts(self.steps + other.steps, self.standing + other.standing, self.arrived + other.arrived)


def no_counts(axis: Axis) -> LifeCounts:
    """Return the counts of nobody."""
    return LifeCounts(
        np.zeros((1 + CUTS, ERAS, LAG_COUNT, axis.bins, *LEVELS, 2), np.int32),
        np.zeros((CUTS, axis.followed + 1, *LEVELS, 2), np.int64),
        np.zeros((1 + CUTS, ENTRIES), np.int64),
    )


@dataclass(frozen=True)
class LifeTable:
    """The logit of being lost within a horizon for each standing (followed + 1, *LEVELS), and its variance."""

    logit: Floats
    variance: Floats
    cases: int


def fit_hazards(steps: npt.NDArray[np.float64], axis: Axis, old: Floats | None = None) -> LifeTable | None:
    """Return the probabilities of loss that discrete hazards imply; None while too little happened.

    Formula: logit h(step, lag, x) = a[bin of step] + b[class of lag]'x + c z, x seen `lag` steps before, z how likely an old customer is
    taken for a new one (`old_shares`): a logistic regression over customers'
    steps with a ridge on b and on differences of neighbouring a (Cox, 1972; Brown, 1975; Allison, 1982; Singer and Willett, 1993), stacked
    over the moments x was seen at (landmarks: van Houwelingen, 2007), since a visit today says more of tomorrow than of the quarter.
    Differences are drawn to those of `_expected`, along which a hazard falls within its bin, too, as strongly as makes the data likeliest
    (Laplace's approximation: MacKay, 1992).
    Nothing happens within a horizon with probability S = product over lags of 1 - h; its variance on the logit's scale by the delta method
    (Greenwood's for a table without x). A step that stands at several lags counts once in all.

    Parameters
    ----------
    steps : (lags, bins, *LEVELS, 2) customers' steps without and with what happens, weighted. old : (ENTRIES,) z of each class; None: 0.
    """
    each = steps / (np.bincount(LAG_OF) * LAG_COUNT).reshape(-1, *[1] * (steps.ndim - 1))
    happened, all_steps = each[..., 1].ravel(), each.sum(axis=-1).ravel()
    seen = steps[0]
    if seen[..., 1].sum() < NEEDED_HAPPENED or seen[..., 0].sum() < NEEDED_HAPPENED:
        return None
    rows = _design(axis, np.zeros(ENTRIES) if old is None else old)
    expected, within = _expected(axis, seen.sum(axis=(1, 2, 3, 4)))
    filled = all_steps > 0
    found, covariance = _likeliest(rows[filled], expected, happened[filled], all_steps[filled])
    # Over all lags a step counts once, so for the shifts of one lag alone it counts too little.
    known = np.where(np.arange(len(found)) < axis.bins, 1.0, LAG_COUNT**-0.5)
    covariance = covariance * np.outer(known, known)
    step = np.arange(axis.followed + 1)[:, None] + np.arange(STEPS_A_HORIZON)[None, :]
    shaped = rows.reshape(LAG_COUNT, axis.bins, *LEVELS, -1)[LAG_OF[None, :], axis.bin_of(step)]
    hazard = special.expit(shaped @ found + within[step].reshape(*step.shape, *[1] * len(LEVELS)))
    stays = np.log1p(-hazard).sum(axis=1)
    slope = -(hazard[..., None] * shaped).sum(axis=1)
    spread = np.einsum("...i,ij,...j->...", slope, covariance, slope)
    nothing = np.clip(np.exp(stays), 1e-6, 1 - 1e-6)
    logit = special.logit(1 - nothing if axis.happening_is_loss else nothing)
    cases = round(float(seen.sum()) / STEPS_A_HORIZON)
    return LifeTable(np.clip(logit, -LIMIT, LIMIT), spread / (1 - nothing) ** 2, cases)


def _design(axis: Axis, old: Floats) -> Floats:
    """Return the rows of all cells, (lags x bins x LEVELS, columns): a hazard for each bin, then shifts by class of lag, then old ones."""
    sizes = (LAG_COUNT, axis.bins, *LEVELS)
    lag, bins, *classes = (part.ravel() for part in np.meshgrid(*(np.arange(size) for size in sizes), indexing="ij"))
    shifts = np.stack([classes[0] == 1, classes[0] == 2, classes[1] == 1, classes[2] == 1], axis=1)
    lagged = [shifts * (lag == one)[:, None] for one in range(LAG_COUNT)]
    if not axis.happening_is_loss:
        alive, begins = classes[2] == 1, np.append(0, axis.edges)[bins]
        lagged += [(alive & (begins >= late) & (lag == one))[:, None] for late in ALIVE_SAYS_MORE_FROM for one in range(LAG_COUNT)]
        # Twice the share, so that the ridge lets old customers differ by about two on the logit's scale.
        lagged.append(2 * old[classes[3]][:, None])
    return np.concatenate([bins[:, None] == np.arange(axis.bins), *lagged], axis=1).astype(np.float64)


def _expected(axis: Axis, seen: Floats) -> tuple[Floats, Floats]:
    """Return the logit of each hazard before single bins are looked at, (bins,), and by how much a step's differs from its bin's.

    Of purchases the curve of `fading_curve`; of contracts the mean. Within the early bins no step differs.

    Parameters
    ----------
    seen : (bins, 2) steps without and with what happens.
    """
    happened, waited, steps = seen[:, 1], seen.sum(axis=1), axis.followed + STEPS_A_HORIZON
    if axis.happening_is_loss:
        mean = special.logit(np.clip(happened.sum() / waited.sum(), 1e-5, 1 - 1e-5))
        return np.full(axis.bins, mean), np.zeros(steps)
    curve, place = fading_curve(happened, waited, axis.edges, followed=steps), axis.bin_of(np.arange(steps))
    expected = np.bincount(place, weights=curve) / np.bincount(place)
    return expected, np.where(np.arange(steps) < SETTLED_STEP, 0.0, curve - expected[place])


def _likeliest(rows: Floats, each: Floats, happened: Floats, whole: Floats) -> tuple[Floats, Floats]:
    """Return the fit whose smoothing makes the data likeliest, and its covariance; `each` (bins,): see `_expected`."""
    bins = each.size
    expected = np.append(each, np.zeros(rows.shape[1] - bins))
    differences = np.diff(np.eye(bins), axis=0)
    fits = []
    for smoothing in SMOOTHING:
        penalty = SHIFT_RIDGE / LAG_COUNT * np.eye(rows.shape[1])
        penalty[:bins, :bins] = smoothing * differences.T @ differences + 1e-3 * np.eye(bins)
        fits.append(_logistic(rows, happened, whole, penalty, expected))
    return max(fits, key=lambda fit: fit[2])[:2]


def _logistic(rows: Floats, happened: Floats, whole: Floats, penalty: Floats, expected: Floats) -> tuple[Floats, Floats, float]:
    """Return penalised maximum likelihood of grouped binomials, by Newton's steps, its covariance and the log evidence (Laplace)."""
    found, information = expected.copy(), penalty
    for _ in range(30):
        said = special.expit(rows @ found)
        information = (rows * (whole * said * (1 - said))[:, None]).T @ rows + penalty
        step = np.linalg.solve(information, rows.T @ (happened - whole * said) - penalty @ (found - expected))
        found = found + np.clip(step, -2.0, 2.0)
        if np.abs(step).max() < 1e-8:
            break
    logit, away = rows @ found, found - expected
    likelihood = happened @ logit - whole @ np.logaddexp(0, logit) - away @ penalty @ away / 2
    evidence = likelihood + (np.linalg.slogdet(penalty)[1] - np.linalg.slogdet(information)[1]) / 2
    return found, np.linalg.inv(information).astype(np.float64), float(evidence)


@dataclass(frozen=True)
class LifeRisk:
    """What is said of a customer by where they stand, on the logit's scale: `logit` and `spread` (half of a 95 % interval), both
    (followed + 1, *LEVELS), NaN where nothing is said.

    `mean_logit` (followed + 1,): of the group to which a step belongs; contributions are counted from it.
    """

    axis: Axis
    logit: Floats
    spread: Floats
    mean_logit: Floats
    cases: int


def risk_of_lives(table: LifeTable, level: Level, axis: Axis) -> LifeRisk:
    """Return what is said: the table, moved by the level that was missing on the past, and in doubt by how levels differ."""
    logit = np.clip(table.logit + level.shift, -LIMIT, LIMIT)
    return LifeRisk(axis, logit, 1.96 * np.sqrt(table.variance + level.drift**2), logit[(slice(None), *ORDINARY, LATEST)], table.cases)


def share_of_lives(seen: Ints, level: Level, axis: Axis) -> LifeRisk | None:
    """Return one share for everybody, where hazards have not shown that they know more; None with fewer than LEAST_CASES cases.

    Parameters
    ----------
    seen : (followed + 1, *LEVELS, 2) kept and lost of past cuts.
    """
    kept, lost = float(seen[..., 0].sum()), float(seen[..., 1].sum())
    if kept + lost < LEAST_CASES:
        return None
    logit = float(special.logit((lost + 1) / (kept + lost + 2)))
    spread = 1.96 * float(np.sqrt(1 / (lost + 1) + 1 / (kept + 1) + level.drift**2))
    shape = seen.shape[:-1]
    return LifeRisk(axis, np.full(shape, logit), np.full(shape, spread), np.full(shape[0], logit), int(kept + lost))


def weighted(steps: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
    """Return the steps of one view (ERAS, lags, bins, *LEVELS, 2) as one, nearer eras weighing more."""
    weight = ERA_WEIGHT ** np.arange(ERAS)
    return np.asarray(np.tensordot(weight, steps, axes=1))


def hazards_of(counts: LifeCounts, axis: Axis, horizons: Sequence[float]) -> list[LifeTable | None]:
    """Return the probabilities of loss as of now and as known at each past cut; `horizons`: see `LifeReading`."""
    return [
        fit_hazards(weighted(counts.steps[view]), axis, old_shares(counts.arrived[view].astype(np.float64), age))
        for view, age in enumerate(horizons)
    ]
