"""BG/NBD: purchases at a steady personal rate, and a chance to leave after each of them.

Fader, Hardie and Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24(2). The rate is gamma (r, alpha) over
customers, the chance to leave after a purchase beta (a, b). A customer who bought once cannot have left in this model, so P(alive) is 1
for them: ask for the probability of a purchase instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import special

from lakmus.engine.arrays import Floats
from lakmus.engine.risk.likelihood import Slope, fitted
from lakmus.engine.risk.purchase_histories import PurchaseHistories
from lakmus.history.estimate import NotEnoughEvidence

NODES = 32
BLOCK = 4096
"""Histories looked at together: small enough for the cache."""


@dataclass(frozen=True)
class BgNbd:
    """A fitted model; `alpha` is in the histories' unit of time, `standard_errors` in the order r, alpha, a, b."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    standard_errors: tuple[float, float, float, float]
    customers_count: int

    @property
    def parameters(self) -> tuple[float, float, float, float]:
        """(r, alpha, a, b)."""
        return self.r, self.alpha, self.a, self.b

    def alive_probability(self, histories: PurchaseHistories) -> Floats:
        """Return P(the customer has not left), shape (n,), 0..1; formula (11) of Fader, Hardie and Lee (2008), computing P(alive)."""
        staying, leaving = _branches(histories, *self.parameters)
        return np.asarray(special.expit(staying - leaving))

    def purchase_probability(self, histories: PurchaseHistories, horizon: float) -> Floats:
        """Return P(at least one purchase in the next `horizon`), shape (n,), 0..1.

        Formula: P(alive) (1 - ((alpha + T) / (alpha + T + horizon))^(r + x)): the next purchase of somebody who is still here waits for its
        Pareto time.
        """
        waiting = (self.r + histories.repeats_count) * np.log1p(horizon / (self.alpha + histories.age))
        return np.asarray(self.alive_probability(histories) * -np.expm1(-waiting))

    def expected_purchases(self, histories: PurchaseHistories, horizon: float) -> Floats:
        """Return the expected number of purchases in the next `horizon`, shape (n,).

        Formula: P(alive) E[(1 - (1 + p h / (alpha + T))^-(r + x)) / p], p ~ Beta(a, b + x), which is (10) of the paper before its integral
        is written as 2F1; by Gauss-Jacobi quadrature, which stays exact where 2F1 loses all digits.
        """
        x, place = np.unique(histories.repeats_count, return_inverse=True)
        p, weight = _jacobi(self.a, self.b + x)
        ratio = horizon / (self.alpha + histories.age)
        power = -(self.r + histories.repeats_count)
        expected = np.zeros(x[place].size)
        for node in range(NODES):
            chance = p[place, node]
            expected += weight[place, node] * -np.expm1(power * np.log1p(chance * ratio)) / chance
        return self.alive_probability(histories) * expected


def fit_bg_nbd(histories: PurchaseHistories, *, however_wide: bool = False) -> BgNbd | NotEnoughEvidence:
    """Return the maximum-likelihood fit, or why the purchases do not allow one.

    Parameters
    ----------
    histories : any unit of time; equal ones are counted once. however_wide : take parameters that the data leave open where the climb
    ended; probabilities of purchases hardly depend on them, since the likelihood is flat there. Standard errors are then NaN.
    """
    guesses = ((0.5, 0.8, 2.5), (1.5, 0.3, 3.0), (0.2, 2.0, 2.0))
    summit = fitted(histories, lambda part, _: _slope_of(part), guesses, however_wide=however_wide)
    if isinstance(summit, NotEnoughEvidence):
        return summit
    r, alpha, a, b = summit.parameters
    errors = summit.standard_errors
    return BgNbd(r, alpha, a, b, summit.log_likelihood, (errors[0], errors[1], errors[2], errors[3]), histories.customers_count)


def _branches(histories: PurchaseHistories, r: float, alpha: float, a: float, b: float) -> tuple[Floats, Floats]:
    """Return the logarithms of the two terms whose sum is the likelihood's changing factor: still here, left after the last purchase."""
    x = histories.repeats_count
    staying = -(r + x) * np.log(alpha + histories.age)
    with np.errstate(divide="ignore", invalid="ignore"):
        leaving = np.log(a) - np.log(b + x - 1) - (r + x) * np.log(alpha + histories.age_at_last_order)
    return staying, np.where(x > 0, leaving, -np.inf)


class _slope_of:
    """The log-likelihood of grouped histories with its first two derivatives in the logarithms of (r, alpha, a, b)."""

    def __init__(self, histories: PurchaseHistories) -> None:
        self.histories = histories
        x = histories.repeats_count.astype(np.int64)
        self.times_of = np.bincount(x, weights=histories.weight)
        self.x = np.flatnonzero(self.times_of).astype(np.float64)
        self.times_of = self.times_of[self.times_of > 0]

    def __call__(self, logs: Floats) -> Slope:
        r, alpha, a, b = (float(part) for part in np.exp(logs))
        total, gradient, hessian = self._constants(r, alpha, a, b)
        for begin in range(0, self.histories.age.size, BLOCK):
            part, first, second = self._block(slice(begin, begin + BLOCK), r, alpha, a, b)
            total, gradient, hessian = total + part, gradient + first, hessian + second
        hessian = np.triu(hessian) + np.triu(hessian, 1).T
        scale = np.array([r, alpha, a, b])
        return total, gradient * scale, hessian * np.outer(scale, scale) + np.diag(gradient * scale)

    def _block(self, part: slice, r: float, alpha: float, a: float, b: float) -> Slope:
        histories = self.histories
        x, last, age, w = (one[part] for one in (histories.repeats_count, histories.age_at_last_order, histories.age, histories.weight))
        came = x > 0
        staying_r, leaving_r = -np.log(alpha + age), -np.log(alpha + last)
        power = r + x
        staying, again = power * staying_r, np.where(came, b + x - 1, 1.0)
        leaving = power * leaving_r + (np.log(a) - np.log(again))
        lead = np.where(came, leaving - staying, -np.inf)
        small = np.exp(-np.abs(lead))
        both = np.maximum(lead, 0.0) + staying + np.log(1.0 + small)
        left = np.where(lead > 0, 1.0, small) / (1.0 + small)
        stay = 1.0 - left
        now, then, again = 1.0 / (alpha + age), 1.0 / (alpha + last), 1.0 / again
        # Gradients of the logarithms of the two terms; only r and alpha occur in both.
        staying_alpha, leaving_alpha = -power * now, -power * then
        p, q = w * stay, w * left
        gone = float(q.sum())
        gradient = np.array(
            [p @ staying_r + q @ leaving_r, p @ staying_alpha + q @ leaving_alpha, gone / a, -float(q @ again)],
        )
        hessian = np.zeros((4, 4))
        hessian[0, 1] = -float(p @ now + q @ then)
        hessian[1, 1] = -float(p @ (staying_alpha * now) + q @ (leaving_alpha * then))
        hessian[2, 2] = -gone / a**2
        hessian[3, 3] = float(q @ again**2)
        apart = np.stack([leaving_r - staying_r, leaving_alpha - staying_alpha, np.full(x.size, 1.0 / a), -again])
        return float(w @ both), gradient, hessian + np.triu((apart * (q * stay)) @ apart.T)

    def _constants(self, r: float, alpha: float, a: float, b: float) -> tuple[float, Floats, Floats]:
        """Return the part that depends on x alone: value, gradient and (upper) Hessian."""
        x, w = self.x, self.times_of
        n = w.sum()
        total = w @ (special.gammaln(r + x) + special.gammaln(b + x) - special.gammaln(a + b + x))
        total += n * (r * np.log(alpha) - special.gammaln(r) + special.gammaln(a + b) - special.gammaln(b))
        first, second = special.psi, partial(special.polygamma, 1)
        pair = n * first(a + b) - w @ first(a + b + x)
        pair_again = n * second(a + b) - w @ second(a + b + x)
        gradient = np.array(
            [
                w @ first(r + x) - n * first(r) + n * np.log(alpha),
                n * r / alpha,
                pair,
                pair + w @ first(b + x) - n * first(b),
            ]
        )
        hessian = np.zeros((4, 4))
        hessian[0, 0] = w @ second(r + x) - n * second(r)
        hessian[0, 1] = n / alpha
        hessian[1, 1] = -n * r / alpha**2
        hessian[2, 2] = hessian[2, 3] = pair_again
        hessian[3, 3] = pair_again + w @ second(b + x) - n * second(b)
        return float(total), gradient, hessian


def _jacobi(a: float, b: Floats) -> tuple[Floats, Floats]:
    """Return nodes and weights (k, NODES) of the mean over Beta(a, b[k]) by Golub and Welsch (1969), weights summing to 1."""
    k = np.arange(NODES, dtype=np.float64)[None, :]
    low, high = b[:, None] - 1.0, a - 1.0
    both = 2 * k + low + high
    with np.errstate(divide="ignore", invalid="ignore"):
        diagonal = np.where(np.abs(both * (both + 2)) < 1e-12, (high - low) / (low + high + 2), (high**2 - low**2) / (both * (both + 2)))
        diagonal[:, 0] = ((high - low) / (low + high + 2))[:, 0]
        i = k[:, 1:]
        sums = 2 * i + low + high
        square = 4 * i * (i + low) * (i + high) * (i + low + high) / (sums**2 * (sums + 1) * (sums - 1))
        square[:, 0] = (4 * (1 + low) * (1 + high) / ((2 + low + high) ** 2 * (3 + low + high)))[:, 0]
    matrix = np.zeros((b.size, NODES, NODES))
    place = np.arange(NODES)
    matrix[:, place, place] = diagonal
    matrix[:, place[1:], place[:-1]] = np.sqrt(square)
    nodes, vectors = np.linalg.eigh(matrix)
    return (1 + nodes) / 2, vectors[:, 0, :] ** 2
