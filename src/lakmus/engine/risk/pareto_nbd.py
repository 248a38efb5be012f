"""Pareto/NBD: purchases at a steady personal rate until a moment of leaving that nobody sees.

Schmittlein, Morrison and Colombo (1987), Counting Your Customers, Management Science 33(1); Fader and Hardie (2005), A Note on Deriving
the Pareto/NBD Model. The rate is gamma (r, alpha) over customers, the hazard of leaving gamma (s, beta).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from lakmus.engine.arrays import Floats
from lakmus.engine.risk.likelihood import Slope, fitted
from lakmus.engine.risk.purchase_histories import PurchaseHistories
from lakmus.history.estimate import NotEnoughEvidence

NODES = 24
ROUGH_NODES = 12
BLOCK = 512
"""Histories looked at together: small enough for the cache."""
_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(NODES)
_ROUGH_POINTS, _ROUGH_WEIGHTS = np.polynomial.legendre.leggauss(ROUGH_NODES)


@dataclass(frozen=True)
class ParetoNbd:
    """A fitted model; `alpha` and `beta` are in the histories' unit of time, `standard_errors` in the order r, alpha, s, beta."""

    r: float
    alpha: float
    s: float
    beta: float
    log_likelihood: float
    standard_errors: tuple[float, float, float, float]
    customers_count: int

    @property
    def parameters(self) -> tuple[float, float, float, float]:
        """(r, alpha, s, beta)."""
        return self.r, self.alpha, self.s, self.beta

    def alive_probability(self, histories: PurchaseHistories) -> Floats:
        """Return P(the customer has not left), shape (n,), 0..1: the share of the likelihood that is due to being still here."""
        staying, both = _factors(histories, *self.parameters)
        return np.asarray(np.clip(np.exp(staying - both), 0.0, 1.0))

    def purchase_probability(self, histories: PurchaseHistories, horizon: float) -> Floats:
        """Return P(at least one purchase in the next `horizon`), shape (n,), 0..1.

        Formula: (r + x) * integral from T to T + horizon of (alpha + y)^-(r + x + 1) (beta + y)^-s dy, over the likelihood: at y
        the next purchase comes to somebody who is still here.
        """
        _, whole = _factors(histories, *self.parameters)
        power, shares = self.r + histories.repeats_count, np.empty(histories.age.size)
        for begin in range(0, histories.age.size, BLOCK):
            part = slice(begin, begin + BLOCK)
            age = histories.age[part]
            steep = (power[part] + 1) / (self.alpha + age) + self.s / (self.beta + age)
            y, size = _between(age, age + horizon, steep, _POINTS, _WEIGHTS)
            came = size - (power[part] + 1)[:, None] * np.log(self.alpha + y) - self.s * np.log(self.beta + y)
            shares[part] = power[part] * np.exp(came - whole[part, None]).sum(axis=1)
        return np.clip(shares, 0.0, 1.0)

    def expected_purchases(self, histories: PurchaseHistories, horizon: float) -> Floats:
        """Return the expected number of purchases in the next `horizon`, shape (n,).

        Formula (41) of Fader and Hardie (2005): P(alive) (r + x) / (alpha + T) (beta + T) (1 - q^(s - 1)) / (s - 1), q = (beta + T) /
        (beta + T + horizon); its limit at s = 1 is -(beta + T) ln q.
        """
        whole = self.beta + histories.age
        shrunk = -np.log1p(horizon / whole)
        away = self.s - 1.0
        stay = -shrunk if abs(away) < 1e-9 else -np.expm1(away * shrunk) / away
        rate = (self.r + histories.repeats_count) / (self.alpha + histories.age)
        return np.asarray(self.alive_probability(histories) * rate * whole * stay)


def fit_pareto_nbd(histories: PurchaseHistories, *, however_wide: bool = False) -> ParetoNbd | NotEnoughEvidence:
    """Return the maximum-likelihood fit, or why the purchases do not allow one.

    Parameters
    ----------
    histories : any unit of time; equal ones are counted once. however_wide : take parameters that the data leave open where the climb
    ended; probabilities of purchases hardly depend on them, since the likelihood is flat there. Standard errors are then NaN.
    """
    guesses = ((0.6, 0.6, 0.4), (2.0, 0.3, 1.0), (0.3, 1.5, 3.0))
    summit = fitted(histories, lambda part, rough: _slope_of(part, rough=rough), guesses, last_in_ages=True, however_wide=however_wide)
    if isinstance(summit, NotEnoughEvidence):
        return summit
    r, alpha, s, beta = summit.parameters
    errors = summit.standard_errors
    return ParetoNbd(r, alpha, s, beta, summit.log_likelihood, (errors[0], errors[1], errors[2], errors[3]), histories.customers_count)


def _between(begin: Floats, end: Floats, steep: Floats, points: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return moments y (n, nodes) between two moments, and the logarithms of their weights in an integral over y.

    With y = begin + (e^v - 1) / steep and Gauss-Legendre in v, a product of powers of (alpha + y) and (beta + y) has no singularity nearer
    than pi in the complex plane, for any parameters, as long as `steep` is no less than 1 / (alpha + begin) and 1 / (beta + begin). No
    difference of nearly equal hypergeometric functions is taken.
    """
    whole = np.log1p((end - begin) * steep)
    v = whole[:, None] * ((1 + points) / 2)
    y = begin[:, None] + np.expm1(v) / steep[:, None]
    with np.errstate(divide="ignore"):
        size = v + (np.log(whole) - np.log(steep))[:, None] + np.log(weights / 2)
    return y, size


def _factors(histories: PurchaseHistories, r: float, alpha: float, s: float, beta: float) -> tuple[Floats, Floats]:
    """Return the logarithms of (the likelihood's factor for being still here, the whole changing factor), shape (n,) each.

    Whole factor: (alpha + T)^-(r + x) (beta + T)^-s + s * integral from t_x to T of (alpha + y)^-(r + x) (beta + y)^-(s + 1) dy.
    """
    staying, both = np.empty(histories.age.size), np.empty(histories.age.size)
    for begin in range(0, histories.age.size, BLOCK):
        part = slice(begin, begin + BLOCK)
        x, last, age = histories.repeats_count[part], histories.age_at_last_order[part], histories.age[part]
        steep = (r + x + 1) / (alpha + last) + (s + 1) / (beta + last)
        y, size = _between(last, age, steep, _POINTS, _WEIGHTS)
        left = size - (r + x)[:, None] * np.log(alpha + y) - (s + 1) * np.log(beta + y) + np.log(s)
        staying[part] = -(r + x) * np.log(alpha + age) - s * np.log(beta + age)
        highest = np.maximum(staying[part], left.max(axis=1))
        both[part] = highest + np.log(np.exp(staying[part] - highest) + np.exp(left - highest[:, None]).sum(axis=1))
    return staying, both


class _slope_of:
    """The log-likelihood of grouped histories with its first two derivatives in the logarithms of (r, alpha, s, beta).

    The likelihood is a mixture over y (the moment of leaving, or "not yet"); its derivatives are means and second moments of the
    derivatives of the mixed terms' logarithms (Louis, 1982).
    """

    def __init__(self, histories: PurchaseHistories, *, rough: bool) -> None:
        self.histories = histories
        self.points, self.weights = (_ROUGH_POINTS, _ROUGH_WEIGHTS) if rough else (_POINTS, _WEIGHTS)
        times = np.bincount(histories.repeats_count.astype(np.int64), weights=histories.weight)
        self.x = np.flatnonzero(times).astype(np.float64)
        self.times_of = times[times > 0]

    def __call__(self, logs: Floats) -> Slope:
        r, alpha, s, beta = (float(part) for part in np.exp(logs))
        x, n = self.x, self.times_of.sum()
        total = self.times_of @ special.gammaln(r + x) + n * (r * np.log(alpha) + s * np.log(beta) - special.gammaln(r))
        gradient = np.array(
            [self.times_of @ special.psi(r + x) + n * (np.log(alpha) - special.psi(r)), n * r / alpha, n * np.log(beta), n * s / beta]
        )
        hessian = np.zeros((4, 4))
        hessian[0, 0] = self.times_of @ special.polygamma(1, r + x) - n * special.polygamma(1, r)
        hessian[0, 1] = hessian[1, 0] = n / alpha
        hessian[1, 1] = -n * r / alpha**2
        hessian[2, 3] = hessian[3, 2] = n / beta
        hessian[3, 3] = -n * s / beta**2
        for begin in range(0, self.histories.age.size, BLOCK):
            value, first, second = self._block(slice(begin, begin + BLOCK), r, alpha, s, beta)
            total, gradient, hessian = total + value, gradient + first, hessian + second
        scale = np.array([r, alpha, s, beta])
        return float(total), gradient * scale, hessian * np.outer(scale, scale) + np.diag(gradient * scale)

    def _block(self, part: slice, r: float, alpha: float, s: float, beta: float) -> Slope:
        histories = self.histories
        x, last, age, w = (one[part] for one in (histories.repeats_count, histories.age_at_last_order, histories.age, histories.weight))
        steep = (r + x + 1) / (alpha + last) + (s + 1) / (beta + last)
        y, size = _between(last, age, steep, self.points, self.weights)
        y = np.concatenate([y, age[:, None]], axis=1)
        order, left = np.log(alpha + y), np.log(beta + y)
        terms = -(r + x)[:, None] * order - (s + 1) * left
        terms[:, :-1] += size + np.log(s)
        terms[:, -1] += left[:, -1]  # still here: (beta + T)^-s
        highest = terms.max(axis=1)
        chance = np.exp(terms - highest[:, None])
        mass = chance.sum(axis=1)
        value = float(w @ (highest + np.log(mass)))
        chance *= (w / mass)[:, None]
        here = chance[:, -1]
        slopes = np.stack([-order, -(r + x)[:, None] / (alpha + y), 1 / s - left, -(s + 1) / (beta + y)])
        slopes[2, :, -1] = -left[:, -1]
        slopes[3, :, -1] = -s / (beta + age)
        means = (slopes * chance).sum(axis=2)  # times w already
        flat = slopes.reshape(4, -1)
        second = (flat * chance.reshape(-1)) @ flat.T
        second -= (means / w) @ means.T
        by_alpha, by_beta = 1 / (alpha + y), 1 / (beta + y)
        second[0, 1] -= float((chance * by_alpha).sum())
        second[1, 0] = second[0, 1]
        second[1, 1] += float(((chance * by_alpha**2).sum(axis=1) * (r + x)).sum())
        second[2, 2] -= float(w.sum() - here.sum()) / s**2
        second[2, 3] -= float((chance * by_beta).sum())
        second[3, 2] = second[2, 3]
        mixed = chance * by_beta**2
        second[3, 3] += float((s + 1) * mixed.sum() - mixed[:, -1].sum())
        return value, means.sum(axis=1), second
