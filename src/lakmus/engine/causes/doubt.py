"""How far the effect on those whom an error met may be off: one rule for all of them, for those of one delay, one place, one turn."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from scipy import special

from lakmus.engine.arrays import Flags, Floats, Ints
from lakmus.engine.causes.difference import Z95
from lakmus.history.estimate import Badge, Estimate

Owners = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Among:
    """The effect among some exposed moments: `point` (-1..1) and its `variance`; how many moments of how many customers it speaks of.

    `influence`: (owners,) the part of the estimate's error that each customer carries.
    """

    point: float
    variance: float
    moments: int
    customers: int
    influence: Floats = field(repr=False)


@dataclass(frozen=True)
class Doubt:
    """What the errors of all means over the exposed moments of one error are made of.

    Parameters
    ----------
    row : (k,) places of the exposed, comparable moments among all n rows. owners : distinct customers; whose : (n,) places among them.
    excess, chance : (k,) lost less the share that would have been lost otherwise, and the variance of the latter's coming true or not.
    balance : (n,) what each unexposed row takes off the sum of `excess`. shared : (owners,) each customer's part of the error that all
    means have in common, of the effects of errors that this one bred.
    slopes : (k, s) by how much the slopes of the hidden rhythm move what would be lost otherwise. moved : (owners, s) by how much each
    customer moved these slopes.
    """

    row: Ints
    owners: Owners
    whose: Ints
    excess: Floats
    chance: Floats
    balance: Floats
    shared: Floats
    slopes: npt.NDArray[np.float32]
    moved: Floats

    def among(self, some: Flags, *, alone: bool = False, anew: bool = False) -> Among:
        """Return the effect among some of the moments that this one speaks of; `some` (n,) must hold at least one of them.

        Variance: sum over customers of the squared sums of their influences (Huber, 1967). Of those whom the error met it is known who was
        lost; what is not known is who would have been lost otherwise, and that varies by `chance`, not as what was lost varies: their
        residuals are scaled to that (the effect in the sample: Imbens, 2004, sec. II; Abadie and Imbens, 2006). With few exposed it is
        steadier, too: none lost by luck does not make it short.

        Parameters
        ----------
        alone : correct by the unexposed among `some` and not by all, so that the mean is doubly robust for itself: of a side that is told
        by what was known before (a place, a turn), not by the error (a delay).
        anew : count who was lost as chance, too, as a comparison of two sides must: by luck more are driven away on one of them.
        """
        own = some[self.row]
        row = self.row[own]
        n = len(row)
        excess = self.excess[own]
        residual = excess - excess.mean()
        if not anew:
            residual *= math.sqrt(float(self.chance[own].sum()) / max(float((residual**2).sum()), 1e-9))
        balance, told = (np.where(some, self.balance, 0.0), row) if alone else (self.balance, self.row)
        correction = float(balance.sum()) / len(told)
        by_row = -balance / len(told)
        by_row[told] += correction / len(told)
        by_row[row] += residual / n
        influence = np.bincount(self.whose, weights=by_row, minlength=len(self.owners)) + self.shared
        influence -= self.moved @ self.slopes[own].mean(axis=0, dtype=np.float64)
        # One case more on each side keeps a side without any loss from pretending to know it exactly.
        variance = max(float((influence**2).sum()), 1 / (n + 2) ** 2 / 2)
        return Among(float(excess.mean()) - correction, variance, n, len(np.unique(self.whose[row])), influence)

    def apart(self, here: Flags) -> float | None:
        """Return the p of no difference between the effects here and elsewhere, None where one side has no exposed moments."""
        if not here[self.row].any() or here[self.row].all():
            return None
        one, other = (self.among(side, alone=True, anew=True) for side in (here, ~here))
        variance = float(((one.influence - other.influence) ** 2).sum())
        return 2 * float(special.ndtr(-abs(one.point - other.point) / math.sqrt(variance))) if variance > 0 else None

    def with_error_of(self, owners: Owners, influence: Floats) -> Doubt:
        """Return the doubt with an error that all means have in common added, given by customers."""
        whole = np.union1d(self.owners, owners)
        mine, theirs = np.searchsorted(whole, self.owners), np.searchsorted(whole, owners)
        shared, moved = np.zeros(len(whole)), np.zeros((len(whole), self.moved.shape[1]))
        shared[mine], moved[mine] = self.shared, self.moved
        np.add.at(shared, theirs, influence)
        return replace(self, owners=whole, whose=mine[self.whose], shared=shared, moved=moved)


def doubt_of(
    owner: Owners, told: Flags, *, excess: Floats, chance: Floats, balance: Floats, slopes: Floats | None, moved: Floats | None
) -> Doubt:
    """Return the doubt about the means over the moments `told`, all arrays over all rows.

    Parameters
    ----------
    balance, slopes, moved : (n,), (n, s), (n, s), see `Doubt`; None: no hidden rhythm.
    """
    owners, whose = np.unique(owner, return_inverse=True)
    row = np.flatnonzero(told)
    return Doubt(
        row,
        owners,
        whose,
        excess[row],
        chance[row],
        balance,
        np.zeros(len(owners)),
        np.zeros((len(row), 0), np.float32) if slopes is None else slopes[row].astype(np.float32),
        np.zeros((len(owners), 0))
        if moved is None
        else np.column_stack([np.bincount(whose, weights=column, minlength=len(owners)) for column in moved.T]),
    )


def estimate(point: float, variance: float, n: int) -> Estimate:
    """Return an adjusted association with its 95 % interval, kept within -1..1."""
    half = Z95 * math.sqrt(variance)
    return Estimate(point, max(-1.0, min(point, point - half)), min(1.0, max(point, point + half)), n, Badge.ADJUSTED)
