"""The probability of loss within the horizon: what became of customers who stood where this one stands."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from lakmus.engine.arrays import Floats, Ints
from lakmus.engine.risk.snapshots import EXPERIENCE_COUNT, SHAPE, SILENCE_COUNT, Cells, Snapshot

PRIOR_CASES = 20.0
"""A cell's own share weighs as much as its neighbours' once this many cases stand in it."""
MODEL = "model"
GAP_RULE = "gap_exceeded"
FALL_RULE = "fell_20_percent"
RULES = (GAP_RULE, FALL_RULE)


@dataclass(frozen=True)
class RiskTable:
    """Probabilities by cell; every array has shape (silence, experience, 2, 2) with the two rules last.

    `silence_only`: the probability before experience is looked at; `mean`: the company's share of losses. `used`: `model`, or the rule in
    whose two cells everybody stands. `drift`: how far the level may be off, where the intervals hold it (`in_doubt`).
    """

    used: str
    mean: float
    silence_only: Floats
    probability: Floats
    low: Floats
    high: Floats
    n: Ints
    drift: float = 0.0

    def of(self, cells: Cells) -> tuple[Floats, Floats, Floats, Ints, Floats]:
        """Return (probability, low, high, cases, probability before experience) for each customer; shape (n,) each."""
        place = (cells.silence, cells.experience, cells.exceeded.astype(int), cells.fell.astype(int))
        return self.probability[place], self.low[place], self.high[place], self.n[place], self.silence_only[place]


def in_doubt(table: RiskTable, drift: float) -> RiskTable:
    """Return the table with intervals that also hold how levels differ from one horizon to the next (`levels`), on the logit's scale."""
    middle, low, high = (special.logit(np.clip(one, 1e-9, 1 - 1e-9)) for one in (table.probability, table.low, table.high))
    below, above = (np.sqrt((middle - one) ** 2 + (1.96 * drift) ** 2) for one in (low, high))
    return replace(table, low=special.expit(middle - below), high=special.expit(middle + above), drift=drift)


def learn_risk(past: Snapshot, used: str = MODEL) -> RiskTable:
    """Return the table learned from past snapshots.

    Formula: p(cell) = (lost + m p(silence)) / (all + m), p(silence) = (lost + m p) / (all + m), p = (lost + 1) / (all + 2), m =
    PRIOR_CASES: an empirical Bayes estimate, Beta prior, binomial cases (Efron and Morris, 1975; Gelman et al., Bayesian Data Analysis,
    5.3). The interval holds the middle 95 % of the cell's Beta posterior. Customers counted at several cuts make it somewhat too narrow.
    """
    counts = past.cells
    all_count, lost_count = int(counts.sum()), int(counts[..., 1].sum())
    mean = (lost_count + 1) / (all_count + 2)
    if used == MODEL:
        by_silence = counts.sum(axis=(1, 2, 3))
        first = (by_silence[:, 1] + PRIOR_CASES * mean) / (by_silence.sum(axis=1) + PRIOR_CASES)
        cell = counts.sum(axis=(2, 3))
        prior = np.broadcast_to(first[:, None], (SILENCE_COUNT, EXPERIENCE_COUNT))
        return _table(used, mean, prior[:, :, None, None], cell[:, :, None, None, :])
    axes = (0, 1, 3) if used == GAP_RULE else (0, 1, 2)
    two = counts.sum(axis=axes)
    shape = (1, 1, 2, 1, 2) if used == GAP_RULE else (1, 1, 1, 2, 2)
    return _table(used, mean, np.full((1, 1, 1, 1), mean), two.reshape(shape))


def _table(used: str, mean: float, prior: Floats, cell: Ints) -> RiskTable:
    lost, n = cell[..., 1].astype(np.float64), cell.sum(axis=-1)
    a = lost + PRIOR_CASES * prior
    b = n - lost + PRIOR_CASES * (1 - prior)
    low, high = special.betaincinv(a, b, 0.025), special.betaincinv(a, b, 0.975)
    whole = SHAPE[:4]
    arrays = (np.broadcast_to(part, whole).copy() for part in (prior, a / (a + b), low, high, n))
    silence_only, probability, low, high, n = arrays
    return RiskTable(used, mean, silence_only, probability, low, high, n)
