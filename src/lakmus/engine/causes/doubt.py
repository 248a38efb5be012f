"""How far the effect on those whom an error met may be off: one rule for all of them, for those of one delay, one place, one turn."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from scipy import special

from lakmus.engine.causes.difference import Z95
from lakmus.engine.signals.rhythm import Flags, Floats, Ints
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
    row : (k,) places of the exposed, comparable moments among all rows. whose : (k,) places of their customers in `owners`.
    excess, otherwise : (k,) lost less the share that would have been lost otherwise, and that share.
    correction : what the weights of the unexposed take off every mean. shared : (owners,) each customer's part of the error that all means
    have in common: of that correction, and of the effects of errors that this one bred.
    slopes : (k, s) by how much the slopes of the hidden rhythm move what would be lost otherwise. moved : (owners, s) by how much each
    customer moved these slopes.
    """

    row: Ints
    whose: Ints
    owners: Owners
    excess: Floats
    otherwise: Floats
    correction: float
    shared: Floats
    slopes: npt.NDArray[np.float32]
    moved: Floats

    def among(self, some: Flags, *, anew: bool = False) -> Among:
        """Return the effect among some of the moments that this one speaks of; `some` (all rows,) must hold at least one of them.

        Variance: sum over customers of the squared sums of their influences (Huber, 1967). Of those whom the error met it is known who was
        lost; what is not known is who would have been lost otherwise, and that varies by p (1 - p), p the share lost otherwise, not as what
        was lost varies: their residuals are scaled to that (the effect in the sample: Imbens, 2004, sec. II; Abadie and Imbens, 2006). With
        few exposed it is steadier, too: none lost by luck does not make it short.

        Parameters
        ----------
        anew : count who was lost as chance, too, as a comparison of two sides must: by luck more are driven away on one of them.
        """
        own = some[self.row]
        n = int(own.sum())
        excess, share = self.excess[own], np.clip(self.otherwise[own], 0.0, 1.0)
        residual = excess - excess.mean()
        if not anew:
            residual *= math.sqrt(float((share * (1 - share)).sum()) / max(float((residual**2).sum()), 1e-9))
        whose = self.whose[own]
        influence = np.bincount(whose, weights=residual / n, minlength=len(self.owners)) + self.shared
        influence -= self.moved @ self.slopes[own].mean(axis=0, dtype=np.float64)
        # One case more on each side keeps a side without any loss from pretending to know it exactly.
        variance = max(float((influence**2).sum()), 1 / (n + 2) ** 2 / 2)
        return Among(float(excess.mean()) - self.correction, variance, n, len(np.unique(whose)), influence)

    def apart(self, here: Flags, rest: Flags) -> float | None:
        """Return the p of no difference between the effects on two sides of the exposed, None where one is empty."""
        if not here[self.row].any() or not rest[self.row].any():
            return None
        one, other = self.among(here, anew=True), self.among(rest, anew=True)
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
    owner: Owners, told: Flags, *, excess: Floats, otherwise: Floats, balance: Floats, slopes: Floats | None, moved: Floats | None
) -> Doubt:
    """Return the doubt about the means over the moments `told`, all arrays over all rows.

    Parameters
    ----------
    balance : (n,) what each unexposed row takes off the summed effect. slopes, moved : (n, s), see `Doubt`; None: no hidden rhythm.
    """
    owners, place = np.unique(owner, return_inverse=True)
    row = np.flatnonzero(told)
    correction = float(balance.sum()) / len(row)
    by_row = (np.where(told, correction, 0.0) - balance) / len(row)

    def summed(column: Floats) -> Floats:
        return np.bincount(place, weights=column, minlength=len(owners)).astype(np.float64)

    return Doubt(
        row,
        place[row],
        owners,
        excess[row],
        otherwise[row],
        correction,
        summed(by_row),
        np.zeros((len(row), 0), np.float32) if slopes is None else slopes[row].astype(np.float32),
        np.zeros((len(owners), 0)) if moved is None else np.column_stack([summed(column) for column in moved.T]),
    )


def estimate(point: float, variance: float, n: int) -> Estimate:
    """Return an adjusted association with its 95 % interval, kept within -1..1."""
    half = Z95 * math.sqrt(variance)
    return Estimate(point, max(-1.0, min(point, point - half)), min(1.0, max(point, point + half)), n, Badge.ADJUSTED)
