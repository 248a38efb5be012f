"""The effect of an error on those whom it met: doubly robust, cross-fitted, with customers as clusters."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import special

from lakmus.engine.arrays import Flags, Floats
from lakmus.engine.causes.design import design_of
from lakmus.engine.causes.doubt import Doubt, doubt_of
from lakmus.engine.causes.hidden_rhythm import hidden_shift
from lakmus.engine.causes.logistic import cross_fitted
from lakmus.engine.causes.rows import Rows

FOLDS = 5
MOST_PROPENSITY = 0.9
"""Beyond this chance of exposure hardly anybody is left to compare with (Crump et al., 2009)."""
Z95 = 1.959963984540054


@dataclass(frozen=True)
class Effect:
    """What an error does to the share lost among the moments that it met.

    Parameters
    ----------
    point, variance : the effect (-1..1) and the variance of its estimate. otherwise : share that would have been lost without the error.
    passing : multiplicative effect, 1 - P(stay | error) / P(stay | no error), used where this error is bred by an earlier one.
    exposed, used : exposed moments, and those within overlap. customers : distinct ones among them. propensity : (n,) of all rows.
    counterfactual : (n,) share that would be lost otherwise; comparable : (n,) within overlap. doubt : what its error is made of.
    influence : by customer (`doubt.owners`), the part of the error of the estimate that each carries; for errors that breed this one.
    """

    point: float
    variance: float
    otherwise: float
    passing: float
    exposed: int
    used: int
    customers: int
    propensity: Floats = field(repr=False)
    counterfactual: Floats = field(repr=False)
    comparable: Flags = field(repr=False)
    doubt: Doubt = field(repr=False)
    influence: Floats = field(repr=False)

    @property
    def half(self) -> float:
        """Half the width of the 95 % interval."""
        return Z95 * math.sqrt(self.variance)


def effect_of(
    rows: Rows,
    *,
    passing: Floats | None = None,
    exposed: Flags | None = None,
    hidden: bool = True,
) -> Effect | None:
    """Return the effect of an error on loss among the exposed; None without both sides.

    Formula (augmented inverse probability weighting for the effect on the treated: Robins, Rotnitzky and Zhao, 1994; Hahn, 1998; Moodie,
    Saarela and Stephens, 2018; cross-fitting: Chernozhukov et al., 2018):
    d = sum_i [A_i (Y_i - m(x_i)) - (1 - A_i) e(x_i) / (1 - e(x_i)) (Y_i - m(x_i))] / sum_i A_i,
    e = P(A = 1 | x), m = E[Y | A = 0, x], both ridge-logistic, learned on customers of other folds. Variance: `Doubt.among`.
    Errors bred later in the same matter are held as they happened (a direct effect: Robins, 1994; Vansteelandt, 2009): staying is
    divided by prod (1 - q_j) over the bred errors j before m is learned, and multiplied again for the exposed.

    Parameters
    ----------
    passing : (codes,) q of every code, 0 where unknown.
    exposed : another exposure than the rows' own (for controls).
    hidden : take out what the unknown part of the rhythm feigns (`hidden_shift`); an exposure drawn from what is known has none.
    """
    met = rows.exposed if exposed is None else exposed
    if met.sum() < 2 or (~met).sum() < 2:
        return None
    x, free = design_of(rows)
    fold = (rows.owner % np.uint64(FOLDS)).astype(np.int64)
    bred = _staying(rows, passing)
    left = rows.left.astype(np.float64)
    freed = 1 - (1 - left) / bred
    e = cross_fitted(x, met.astype(np.float64), fold, np.ones(rows.count, np.bool_), folds=FOLDS, free=free)
    m = cross_fitted(x, freed, fold, ~met, folds=FOLDS, free=free)
    used = e <= MOST_PROPENSITY
    told = met & used
    if told.sum() < 2:
        return None
    share = float(left[told].mean())
    weight = np.where(~met & used, e / np.maximum(1 - e, 1 - MOST_PROPENSITY), 0.0)
    unseen = hidden_shift(rows, met, freed) if hidden else None
    same = m if unseen is None else special.expit(special.logit(np.clip(m, 1e-6, 1 - 1e-6)) + unseen.shift)
    otherwise = 1 - (1 - same) * bred
    doubt = doubt_of(
        rows.owner,
        told,
        excess=left - otherwise,
        chance=_chance(np.clip(otherwise, 0.0, 1.0)) * _beyond_chance(freed, m, weight),
        balance=weight * float(bred[told].mean()) * (freed - m),
        slopes=None if unseen is None else unseen.slopes * (_chance(same) * bred)[:, None],
        moved=None if unseen is None else unseen.moved,
    )
    whole = doubt.among(met)
    return Effect(
        whole.point,
        whole.variance,
        share - whole.point,
        1 - (1 - share) / max(1 - share + whole.point, 1e-6),
        int(met.sum()),
        whole.moments,
        whole.customers,
        e,
        otherwise,
        used,
        doubt,
        whole.influence,
    )


def _chance(share: Floats) -> Floats:
    """Return the variance of what happens with a given probability."""
    return share * (1 - share)


def _beyond_chance(outcome: Floats, predicted: Floats, weight: Floats) -> float:
    """Return how many times as much as chance the outcomes of the unexposed, weighed like the exposed, scatter about their predictions.

    On rows left out a regression errs by chance and by its own coefficients, and the chance m (1 - m) of predictions that are spread too
    widely is too small. It cannot err by less than chance, though a few losses may look so: 1 at least.
    """
    expected = float((weight * _chance(predicted)).sum())
    return max(float((weight * (outcome - predicted) ** 2).sum()) / expected, 1.0) if expected > 0 else 1.0


def _staying(rows: Rows, passing: Floats | None) -> Floats:
    """Return prod (1 - q_j) over the errors bred later in the same matter, (n,)."""
    if passing is None:
        return np.ones(rows.count)
    staying: Floats = np.exp(rows.bred.astype(np.float64) @ np.log1p(-np.clip(passing, -0.5, 0.9)))
    return staying


def bred_noise(fit: Effect, rows: Rows, passing: Floats, others: dict[int, Effect]) -> Effect:
    """Return the effect with the doubt about the effects of the errors that it bred added to its own, customer by customer.

    Delta method: the derivative of d by q_j is about -(1 - share lost otherwise) (share of exposed with j - share of others) / (1 - q_j).
    """
    doubt = fit.doubt
    for place, other in others.items():
        bred = rows.bred[:, place] > 0
        if not bred.any() or passing[place] == 0:
            continue
        apart = float(bred[rows.exposed].mean()) - float(bred[~rows.exposed].mean())
        slope = -(1 - fit.otherwise) * apart / (1 - min(passing[place], 0.9)) / max(1 - other.otherwise, 0.05)
        doubt = doubt.with_error_of(other.doubt.owners, slope * other.influence)
    whole = doubt.among(rows.exposed)
    return replace(fit, doubt=doubt, influence=whole.influence, variance=max(whole.variance, fit.variance))
