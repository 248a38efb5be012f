"""MBG/CNBD-k: purchases as regular as the data say, and a chance to leave after each of them, the first one included.

Platzer (2008); Reutterer, Platzer and Schroeder (2021), Leveraging Purchase Regularity for Predicting Customer Behavior the Easy Way,
International Journal of Research in Marketing 38(1); condensed purchases: Chatfield and Goodhardt (1973). Gaps of one customer are Erlang
(k, lambda), lambda gamma (r, alpha) over customers, the chance to leave after a purchase beta (a, b). With k = 1 purchases come at random;
the larger k, the more a silence longer than the own gaps tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import special

from lakmus.engine.arrays import Floats
from lakmus.engine.risk.likelihood import Slope, Summit, best_summit, starts_of, too_few_repeats
from lakmus.engine.risk.purchase_histories import PurchaseHistories, coarse, grouped
from lakmus.history.estimate import NotEnoughEvidence

SHAPES = (1, 2, 3, 4, 6, 8)
BLOCK = 4096
"""Histories looked at together: small enough for the cache."""


@dataclass(frozen=True)
class MbgCnbd:
    """A fitted model; `shape` is k, `alpha` is in the histories' unit of time."""

    shape: int
    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float

    def alive_probability(self, histories: PurchaseHistories) -> Floats:
        """Return P(the customer has not left), shape (n,), 0..1."""
        staying, left = self._factors(histories)
        return np.asarray(special.expit(staying - left))

    def purchase_probability(self, histories: PurchaseHistories, horizon: float) -> Floats:
        """Return P(at least one purchase in the next `horizon`), shape (n,), 0..1.

        Formula: what being here and silent weighs in the likelihood now, less what it would weigh a horizon later, over the likelihood.
        """
        staying, left = self._factors(histories)
        later, _ = self._factors(histories.later(horizon))
        return np.asarray(np.clip(special.expit(staying - left) * -np.expm1(later - staying), 0.0, 1.0))

    def _factors(self, histories: PurchaseHistories) -> tuple[Floats, Floats]:
        """Return the logarithms of the likelihood's factors for being still here, and for having left at the last purchase; (n,) each."""
        terms = _terms(histories, self.shape, self.r, self.alpha, self.a, self.b)
        return special.logsumexp(terms[:, :-1], axis=1), terms[:, -1]


def fit_mbg_cnbd(histories: PurchaseHistories) -> MbgCnbd | NotEnoughEvidence:
    """Return the maximum-likelihood fit over the shapes as well, or why the purchases do not allow one.

    Shapes are tried from 1 upwards until the likelihood falls, on a rough copy where there is one. Parameters that the data leave open are
    taken where the climb ended: probabilities of purchases hardly depend on them.
    """
    if (lack := too_few_repeats(histories.repeat_customers_count)) is not None:
        return lack
    exact = grouped(histories)
    rough = coarse(exact)
    tried = exact if rough is None else rough
    shape, best = 1, best_summit([_slope_of(tried, 1)], starts_of(exact, ((1.0, 0.8, 2.5), (2.0, 0.3, 3.0), (0.5, 2.0, 2.0))))
    for longer in SHAPES[1:]:
        found = best_summit([_slope_of(tried, longer)], [_in_stages(best, longer / shape)])
        if not found.log_likelihood > best.log_likelihood:
            break
        shape, best = longer, found
    if rough is not None:
        best = best_summit([_slope_of(exact, shape)], [best.logs])
    r, alpha, a, b = best.parameters
    return MbgCnbd(shape, r, alpha, a, b, best.log_likelihood)


def _in_stages(summit: Summit, times: float) -> Floats:
    """Return log-parameters to begin from with so many times the stages in a gap: each is so much shorter."""
    return np.asarray(summit.logs - np.array([0.0, np.log(times), 0.0, 0.0]))


def _terms(histories: PurchaseHistories, k: int, r: float, alpha: float, a: float, b: float) -> Floats:
    """Return logarithms of what the likelihood sums over, but for factors of x alone; shape (n, k + 1).

    Term j < k: still here, with j stages of the next gap behind; the last: left at the last purchase.
    """
    x, last, age = histories.repeats_count, histories.age_at_last_order, histories.age
    base, stages = (r + k * x)[:, None], np.arange(k)
    rising = np.concatenate([np.zeros((x.size, 1)), np.cumsum(np.log(base + stages[:-1]), axis=1)], axis=1)
    silent = stages * np.log(np.maximum(age - last, 1e-300))[:, None] - special.gammaln(stages + 1)
    here = rising + silent - (base + stages) * np.log(alpha + age)[:, None] + np.log(b + x)[:, None]
    return np.concatenate([here, (np.log(a) - base[:, 0] * np.log(alpha + last))[:, None]], axis=1)


class _slope_of:
    """The log-likelihood of grouped histories for one k with its first two derivatives in the logarithms of (r, alpha, a, b).

    Of a customer's gaps only their sum t_x enters. The likelihood is a sum over terms; its derivatives are means and second moments of
    those of the terms' logarithms (Louis, 1982).
    """

    def __init__(self, histories: PurchaseHistories, k: int) -> None:
        self.histories, self.k = histories, k
        x, last, w = histories.repeats_count, histories.age_at_last_order, histories.weight
        times = np.bincount(x.astype(np.int64), weights=w)
        self.x = np.flatnonzero(times).astype(np.float64)
        self.times_of = times[times > 0]
        again = last > 0
        self.constant = float(w[again] @ ((k * x[again] - 1) * np.log(last[again]) - special.gammaln(k * x[again])))

    def __call__(self, logs: Floats) -> Slope:
        r, alpha, a, b = (float(part) for part in np.exp(logs))
        total, gradient, hessian = self._constants(r, alpha, a, b)
        for begin in range(0, self.histories.age.size, BLOCK):
            value, first, second = self._block(slice(begin, begin + BLOCK), r, alpha, a, b)
            total, gradient, hessian = total + value, gradient + first, hessian + second
        scale = np.array([r, alpha, a, b])
        return total, gradient * scale, hessian * np.outer(scale, scale) + np.diag(gradient * scale)

    def _constants(self, r: float, alpha: float, a: float, b: float) -> Slope:
        """Return the part that depends on x alone."""
        x, w, n, power = self.x, self.times_of, self.times_of.sum(), r + self.k * self.x
        total = w @ (special.gammaln(power) + special.gammaln(b + x) - special.gammaln(a + b + x + 1)) + self.constant
        total += n * (r * np.log(alpha) - special.gammaln(r) + special.gammaln(a + b) - special.gammaln(b))
        first, second = special.psi, partial(special.polygamma, 1)
        pair, pair_again = (n * f(a + b) - w @ f(a + b + x + 1) for f in (first, second))
        gradient = np.array(
            [w @ first(power) + n * (np.log(alpha) - first(r)), n * r / alpha, pair, pair + w @ first(b + x) - n * first(b)]
        )
        hessian = np.zeros((4, 4))
        hessian[0, 0] = w @ second(power) - n * second(r)
        hessian[0, 1] = hessian[1, 0] = n / alpha
        hessian[1, 1] = -n * r / alpha**2
        hessian[2:, 2:] = pair_again
        hessian[3, 3] += w @ second(b + x) - n * second(b)
        return float(total), gradient, hessian

    def _block(self, part: slice, r: float, alpha: float, a: float, b: float) -> Slope:
        whole, k = self.histories, self.k
        some = PurchaseHistories(whole.repeats_count[part], whole.age_at_last_order[part], whole.age[part], whole.weight[part])
        x, w, stages = some.repeats_count, some.weight, np.arange(k)
        terms = _terms(some, k, r, alpha, a, b)
        highest = terms.max(axis=1)
        chance = np.exp(terms - highest[:, None])
        mass = chance.sum(axis=1)
        chance *= (w / mass)[:, None]
        base = (r + k * x)[:, None]
        # At each term: stages behind, and the moment up to which the rate was seen.
        power = np.concatenate([base + stages, base], axis=1)
        seen = alpha + np.concatenate([np.repeat(some.age[:, None], k, axis=1), some.age_at_last_order[:, None]], axis=1)
        nothing, passed = np.zeros((x.size, 1)), 1.0 / (base + stages[:-1])
        rising = np.concatenate([nothing, np.cumsum(passed, axis=1), nothing], axis=1)
        bending = np.concatenate([nothing, np.cumsum(passed**2, axis=1), nothing], axis=1)
        slopes = np.zeros((4, *terms.shape))
        slopes[0], slopes[1] = rising - np.log(seen), -power / seen
        slopes[2, :, -1], slopes[3, :, :-1] = 1 / a, (1 / (b + x))[:, None]
        means = (slopes * chance).sum(axis=2)  # times w already
        flat = slopes.reshape(4, -1)
        second = (flat * chance.reshape(-1)) @ flat.T - (means / w) @ means.T
        second[0, 0] -= float((chance * bending).sum())
        mixed = float((chance / seen).sum())
        second[0, 1], second[1, 0] = second[0, 1] - mixed, second[1, 0] - mixed
        second[1, 1] += float((chance * power / seen**2).sum())
        second[2, 2] -= float(chance[:, -1].sum()) / a**2
        second[3, 3] -= float((chance[:, :-1].sum(axis=1) / (b + x) ** 2).sum())
        return float(w @ (highest + np.log(mass))), means.sum(axis=1), second
