"""What the purchases so far do not tell of a customer's rhythm, and how much of an effect that would feign.

A customer's true rate of orders is not known, only the gaps so far. Whoever orders often meets more errors and is lost less, also among
customers with the same gaps so far. Comparing at equal history therefore still compares different rates. How much is left to chance in a
rate is known from the number of gaps behind it, and so the rest can be taken out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from lakmus.engine.arrays import Flags, Floats
from lakmus.engine.causes.design import named_columns
from lakmus.engine.causes.logistic import fitted, shift_by_row
from lakmus.engine.causes.rows import LEVELS, Rows, unscaled

KNOTS = (0.2, 0.4, 0.6, 0.8)
RIDGE = 1.0
SLOPES = slice(1, 4)
"""The coefficients behind the slope on the rate."""


@dataclass(frozen=True)
class Hidden:
    """`shift` (n,): in the logit of the share lost, feigned by the unknown part of the rate. `slopes` (n, 6): its derivatives by the six
    coefficients behind both slopes. `moved` (n, 6): by how much each row moved these."""

    shift: Floats
    slopes: Floats
    moved: Floats


def hidden_shift(rows: Rows, met: Flags, freed: Floats) -> Hidden | None:
    """Return logit E[Y | A = 1, x, no error] - logit E[Y | A = 0, x] that the unknown part of the rate causes, and the doubt about both
    slopes; None where customers' rates do not differ beyond chance, so that nothing is hidden and there is no slope to learn.

    Model: log of the true rate = L(x) + u, u with mean 0 and variance V(x) given the history. Since L is the mean of the true log rate
    given the history, the slopes of A and Y on L are those on the true one (Berkson, 1950; regression calibration: Carroll, Ruppert,
    Stefanski and Crainiceanu, 2006, ch. 4). Among the exposed u is larger than among the others by (slope of logit e) V, as a normal
    distribution tilted by an exponential is, and so is the logit of Y by (slope of logit e) (slope of logit m) V. (Taken off m itself, as
    is the same to first order, it left fewer than no losses where few are lost.) Late gaps tell of the rate and of customers who cool
    already, which moves Y but not A; so the slope of Y is taken on what the earlier half of the gaps alone says of the rate, an L of its
    own.
    """
    known, early, unknown = known_rate(rows)
    if not unknown.any():
        return None
    beside, silence = _beside(rows)
    x = np.column_stack([np.ones(rows.count), known, known * silence, known * known, *beside])
    y = np.column_stack([np.ones(rows.count), early, early * silence, early * early, *beside])
    everyone = np.ones(rows.count, np.bool_)
    exposed = met.astype(np.float64)
    a = fitted(x, exposed, everyone, ridge=RIDGE)
    b = fitted(y, freed, ~met, ridge=RIDGE)
    (of_met, by_met), (of_left, by_left) = _slope(a, known, silence), _slope(b, early, silence)
    moved = shift_by_row(x, exposed, everyone, a, SLOPES, ridge=RIDGE), shift_by_row(y, freed, ~met, b, SLOPES, ridge=RIDGE)
    slopes = by_met * (of_left * unknown)[:, None], by_left * (of_met * unknown)[:, None]
    return Hidden(of_met * of_left * unknown, np.column_stack(slopes), np.column_stack(moved))


def _slope(b: Floats, rate: Floats, silence: Floats) -> tuple[Floats, Floats]:
    """Return the slope of the logit on the rate, (n,): of b1 rate + b2 rate silence + b3 rate^2, and its derivatives by these, (n, 3)."""
    by = np.column_stack([np.ones(len(rate)), silence, 2 * rate])
    return by @ b[SLOPES], by


def known_rate(rows: Rows) -> tuple[Floats, Floats, Floats]:
    """Return L (less its mean) from all gaps and from the earlier half of them, and V given all gaps, of each row.

    Credibility (Bühlmann, 1967): L = V (mean / between + l / noise), V = 1 / (1 / between + 1 / noise), l = minus the log of the customer's
    mean gap; n gaps of a gamma distribution with squared coefficient of variation c have noise = trigamma(n / c) in l and the bias
    log(n / c) - digamma(n / c). `between` = variance of l over customers less its noise; V = 0 where that is not above zero.
    """
    gaps = np.maximum(rows.levels[:, LEVELS.index("purchases")].astype(np.float64) - 1, 1)
    spread = unscaled(rows, "gap_spread")
    many = gaps >= 4
    within = float(np.mean(spread[many] ** 2 * gaps[many] / (gaps[many] - 1))) if many.any() else 0.5
    within = min(max(within, 0.05), 2.0)
    rate, noise = _log_rate(unscaled(rows, "mean_gap"), gaps / within)
    last = np.append(rows.owner[1:] != rows.owner[:-1], True)
    centre = float(np.mean(rate[last]))
    # Where all keep one rhythm, as who pays by the month does, nothing about it is hidden.
    between = max(float(np.var(rate[last])) - float(np.mean(noise[last])), 0.0)
    half = gaps // 2
    early_rate, early_noise = _log_rate(unscaled(rows, "early_gap"), np.maximum(half, 1) / within)
    early = np.where(half > 0, between / (between + early_noise) * (early_rate - centre), 0.0)
    return between / (between + noise) * (rate - centre), early, between * noise / (between + noise)


def _log_rate(mean_gap: Floats, shape: Floats) -> tuple[Floats, Floats]:
    """Return minus the log of the mean gap without its bias, and its noise; `shape`: of the gamma distribution of the gaps' sum."""
    bias = special.digamma(shape) - np.log(shape)
    return -np.log(np.maximum(mean_gap, 1e-4)) + bias, special.polygamma(1, shape)


def _beside(rows: Rows) -> tuple[list[Floats], Floats]:
    """Return what stands beside the rate in both regressions, and the silence so far on a scale of logarithms, less its mean."""
    silence = np.log1p(20 * unscaled(rows, "silence"))
    silence = silence - silence.mean()
    columns = [silence, *(np.maximum(silence - knot, 0) for knot in np.unique(np.quantile(silence, KNOTS)))]
    columns += [unscaled(rows, name) for name in ("gap_spread", "mean_amount", "order_amount", "complaints", "severity")]
    columns.append(np.log1p(unscaled(rows, "of_30_days")))
    return [*columns, *(column.astype(np.float64) for column in named_columns(rows))], silence
