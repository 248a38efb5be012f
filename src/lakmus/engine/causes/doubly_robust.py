"""The effect of an error on those whom it met: doubly robust, cross-fitted, with customers as clusters."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from lakmus.engine.causes.design import design_of
from lakmus.engine.causes.hidden_rhythm import hidden_difference
from lakmus.engine.causes.logistic import cross_fitted
from lakmus.engine.causes.rows import Rows
from lakmus.engine.signals.rhythm import Flags, Floats

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
    counterfactual : (n,) share that would be lost otherwise; comparable : (n,) within overlap. correction, correction_variance : what the
    weights of the unexposed take off the mean difference.
    owners, influence : per customer, the part of the estimate's error that each carries (sums to 0); for errors that breed this one.
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
    owners: npt.NDArray[np.uint64] = field(repr=False)
    influence: Floats = field(repr=False)
    correction: float = 0.0
    correction_variance: float = 0.0

    @property
    def half(self) -> float:
        """Half the width of the 95 % interval."""
        return Z95 * math.sqrt(self.variance)


def effect_of(
    rows: Rows,
    *,
    own: int,
    passing: Floats | None = None,
    exposed: Flags | None = None,
    hidden: bool = True,
) -> Effect | None:
    """Return the effect of an error on loss among the exposed; None without both sides.

    Formula (augmented inverse probability weighting for the effect on the treated: Robins, Rotnitzky and Zhao, 1994; Hahn, 1998; Moodie,
    Saarela and Stephens, 2018; cross-fitting: Chernozhukov et al., 2018):
    d = sum_i [A_i (Y_i - m(x_i)) - (1 - A_i) e(x_i) / (1 - e(x_i)) (Y_i - m(x_i))] / sum_i A_i,
    e = P(A = 1 | x), m = E[Y | A = 0, x], both ridge-logistic, learned on customers of other folds. Variance: sum over customers c of
    (sum_{i in c} psi_i)^2 (Huber, 1967), psi_i = (the term of i - A_i d) / sum A with the exposed part scaled to what is unknown of it
    (`_unknown`), and what i moved the slopes of the hidden rhythm by.
    Errors bred later in the same matter are held as they happened (a direct effect: Robins, 1994; Vansteelandt, 2009): staying is
    divided by prod (1 - q_j) over the bred errors j before m is learned, and multiplied again for the exposed.

    Parameters
    ----------
    own : place of the code. passing : (codes,) q of every code, 0 where unknown.
    exposed : another exposure than the rows' own (for controls).
    hidden : take out what the unknown part of the rhythm feigns (`hidden_difference`); an exposure drawn from what is known has none.
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
    a = (met & used).astype(np.float64)
    n1 = float(a.sum())
    if n1 < 2:
        return None
    share = float((a * left).sum() / n1)
    weight = np.where(~met & used, e / np.maximum(1 - e, 1 - MOST_PROPENSITY), 0.0)
    unseen, doubt = hidden_difference(rows, met, freed, a * bred / n1) if hidden else np.zeros((2, rows.count))
    otherwise = 1 - (1 - (m + unseen)) * bred
    mean_bred = float((a * bred).sum() / n1)
    balance = weight * mean_bred * (freed - m)
    term = a * (left - otherwise) - balance
    d = float(term.sum() / n1)
    owners, influence = per_customer(rows.owner, _unknown(left - otherwise, otherwise, balance, met & used) / n1 - doubt)
    # One case more on each side keeps a side without any loss from pretending to know it exactly.
    floor = 1 / (n1 + 2) ** 2 / 2
    return Effect(
        d,
        max(float((influence**2).sum()), floor),
        share - d,
        1 - (1 - share) / max(1 - share + d, 1e-6),
        int(met.sum()),
        int(n1),
        len(np.unique(rows.owner[met & used])),
        e,
        otherwise,
        used,
        owners,
        influence,
        float(balance.sum() / n1),
        float((per_customer(rows.owner, balance / n1)[1] ** 2).sum()),
    )


def _unknown(excess: Floats, otherwise: Floats, balance: Floats, met: Flags) -> Floats:
    """Return the part of the error of the summed effect that each row carries, (n,), sum 0.

    Of those whom the error met it is known who was lost; what is not known is who would have been lost otherwise, and that varies by
    p (1 - p), p the share lost otherwise, not as what was lost varies: their residuals are scaled to that (the effect in the sample:
    Imbens, 2004, sec. II; Abadie and Imbens, 2006). With few exposed it is steadier, too: none lost by luck does not make it short.

    Parameters
    ----------
    excess : (n,) lost less `otherwise`, the share lost otherwise. balance : (n,) what the unexposed take off. met : (n,) of whom it speaks.
    """
    residual = excess - excess[met].mean()
    share = np.clip(otherwise[met], 0.0, 1.0)
    scale = math.sqrt(float((share * (1 - share)).sum()) / max(float((residual[met] ** 2).sum()), 1e-9))
    return np.where(met, scale * residual + balance.sum() / met.sum(), 0.0) - balance


def _staying(rows: Rows, passing: Floats | None) -> Floats:
    """Return prod (1 - q_j) over the errors bred later in the same matter, (n,)."""
    if passing is None:
        return np.ones(rows.count)
    staying: Floats = np.exp(rows.bred.astype(np.float64) @ np.log1p(-np.clip(passing, -0.5, 0.9)))
    return staying


def per_customer(owner: npt.NDArray[np.uint64], influence: Floats) -> tuple[npt.NDArray[np.uint64], Floats]:
    """Return distinct customers and the sums of their rows' influences."""
    whose, row = np.unique(owner, return_inverse=True)
    return whose, np.bincount(row, weights=influence, minlength=len(whose)).astype(np.float64)


def bred_noise(fit: Effect, rows: Rows, passing: Floats, others: dict[int, Effect]) -> Effect:
    """Return the effect with the doubt about the effects of the errors that it bred added to its own, customer by customer.

    Delta method: the derivative of d by q_j is about -(1 - share lost otherwise) (share of exposed with j - share of others) / (1 - q_j).
    """
    owners, influence = fit.owners, fit.influence.copy()
    for place, other in others.items():
        bred = rows.bred[:, place] > 0
        if not bred.any() or passing[place] == 0:
            continue
        apart = float(bred[rows.exposed].mean()) - float(bred[~rows.exposed].mean())
        slope = -(1 - fit.otherwise) * apart / (1 - min(passing[place], 0.9)) / max(1 - other.otherwise, 0.05)
        together = np.concatenate([owners, other.owners])
        owners, influence = per_customer(together, np.concatenate([influence, slope * other.influence]))
    return replace(fit, owners=owners, influence=influence, variance=max(float((influence**2).sum()), fit.variance))
