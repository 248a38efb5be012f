"""Gamma-Gamma: what a customer spends per purchase, drawn towards what customers spend on the whole.

Fader, Hardie and Lee (2005), RFM and CLV: Using Iso-Value Curves, Journal of Marketing Research 42(4); Fader and Hardie (2013), The
Gamma-Gamma Model of Monetary Value. Amounts of one customer are gamma (p, nu), nu gamma (q, gamma) over customers; how often somebody
buys must not depend on what they spend.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from lakmus.engine.arrays import Floats
from lakmus.engine.risk.likelihood import Slope, best_summit, too_few_repeats, undetermined
from lakmus.history.estimate import NotEnoughEvidence


@dataclass(frozen=True)
class GammaGamma:
    """A fitted model; `gamma` is in the amounts' unit, `standard_errors` in the order p, q, gamma."""

    p: float
    q: float
    gamma: float
    log_likelihood: float
    standard_errors: tuple[float, float, float]
    customers_count: int

    def mean_amount(self, purchases_count: Floats, mean_amount: Floats) -> Floats:
        """Return each customer's expected amount per purchase, shape (n,); without purchases that of the whole (q > 1), else infinity.

        Formula: p (gamma + x m) / (p x + q - 1).
        """
        x, m = np.asarray(purchases_count, np.float64), np.nan_to_num(np.asarray(mean_amount, np.float64))
        below = self.p * x + self.q - 1
        return np.asarray(np.where(below > 0, self.p * (self.gamma + x * m) / np.where(below > 0, below, 1.0), np.inf))


def fit_gamma_gamma(purchases_count: Floats, mean_amount: Floats) -> GammaGamma | NotEnoughEvidence:
    """Return the maximum-likelihood fit over customers with x >= 1 purchases of mean amount m > 0, or why there is none.

    Parameters
    ----------
    purchases_count, mean_amount : shape (n,) each; customers with nothing bought or nothing paid are left out.
    """
    x, m = np.asarray(purchases_count, np.float64), np.asarray(mean_amount, np.float64)
    paid = (x > 0) & (m > 0) & np.isfinite(m)
    x, m = x[paid], m[paid]
    if (lack := too_few_repeats(int(x.size))) is not None:
        return lack
    whole = float(np.median(m))
    starts = [np.log([p, q, whole * (q - 0.5) / p]) for p, q in ((4.0, 3.0), (1.0, 2.0), (20.0, 6.0))]
    summit = best_summit([lambda logs: _slope(logs, x, m)], starts)
    if (lack := undetermined(summit, int(x.size))) is not None:
        return lack
    p, q, gamma = summit.parameters
    errors = summit.standard_errors
    return GammaGamma(p, q, gamma, summit.log_likelihood, (errors[0], errors[1], errors[2]), int(x.size))


def _slope(logs: Floats, x: Floats, m: Floats) -> Slope:
    """Return formula (1a) of Fader and Hardie (2013) with its first two derivatives in the logarithms of (p, q, gamma)."""
    p, q, gamma = (float(part) for part in np.exp(logs))
    n, px, whole = x.size, p * x, gamma + m * x
    log_whole = np.log(whole)
    parts = special.gammaln(px + q) - special.gammaln(px) + (px - 1) * np.log(m) + px * np.log(x) - (px + q) * log_whole
    total = float(parts.sum() + n * (q * np.log(gamma) - special.gammaln(q)))
    first, second = special.psi(px + q), special.polygamma(1, px + q)
    gradient = np.array(
        [
            float((x * (first - special.psi(px) + np.log(m * x) - log_whole)).sum()),
            float((first - log_whole).sum()) + n * (np.log(gamma) - float(special.psi(q))),
            n * q / gamma - float(((px + q) / whole).sum()),
        ]
    )
    hessian = np.zeros((3, 3))
    hessian[0, 0] = float((x * x * (second - special.polygamma(1, px))).sum())
    hessian[0, 1] = hessian[1, 0] = float((x * second).sum())
    hessian[0, 2] = hessian[2, 0] = -float((x / whole).sum())
    hessian[1, 1] = float(second.sum()) - n * float(special.polygamma(1, q))
    hessian[1, 2] = hessian[2, 1] = n / gamma - float((1 / whole).sum())
    hessian[2, 2] = -n * q / gamma**2 + float(((px + q) / whole**2).sum())
    scale = np.array([p, q, gamma])
    return total, gradient * scale, hessian * np.outer(scale, scale) + np.diag(gradient * scale)
