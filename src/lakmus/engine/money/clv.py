"""What customers will still bring: margin of the months to come, as long as each stays, in money of today."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lakmus.engine.arrays import Floats
from lakmus.history.estimate import Badge, Estimate, Finding, NotEnoughEvidence
from lakmus.history.wording import Wording

HORIZON_MONTHS = 36
YEAR_MONTHS = 12
MONTH_DAYS = 365.0 / YEAR_MONTHS
MOST_POINTS = 10
NOBODY_PRICED = Wording("Нет живых клиентов, о риске и суммах которых известно.", "No living customers whose risk and amounts are known.")


@dataclass(frozen=True, slots=True)
class Gain:
    """What keeping `points` more of a hundred customers a year would bring: CLV of the living more by `clv`, margin of 12 months by `year`.

    Both with the 95 % bounds that come of those of the probabilities of loss.
    """

    points: int
    clv: Finding
    year: Finding


def monthly_retention(churn: Floats, horizon_days: Floats) -> Floats:
    """Return the probability (0..1) that a customer stays through one month, from that of loss within a horizon; shape (n,).

    Formula: r = (1 - p) ^ (365 / 12 / horizon). The monthly risk is taken as the same throughout (Gupta, Lehmann and Stuart, 2004; for what
    a mixture of risks does to it see Fader and Hardie, 2010: constant retention understates the CLV of those who stay).
    """
    return np.asarray((1.0 - np.clip(churn, 0.0, 1.0)) ** (MONTH_DAYS / horizon_days), dtype=np.float64)


def residual_clv(yearly: Floats, retention: Floats, *, discount_rate: float, months: int = HORIZON_MONTHS) -> Floats:
    """Return the margin to come of `months` months in money of today, for customers who are there now; shape (n,).

    Formula: sum over t = 1..months of (yearly / 12) r^t / (1 + d)^(t / 12), i.e. m q (1 - q^months) / (1 - q) with q = r / (1 + d)^(1/12)
    (Gupta and Lehmann, 2003, with an end; margin of a month counts at its end, and for those who stay through it: residual CLV as in
    Fader and Hardie, 2010).

    Parameters
    ----------
    yearly : margin of 12 months if the customer stays. retention : 0..1 a month. discount_rate : 0.. a year.
    """
    q = retention / (1.0 + discount_rate) ** (1.0 / YEAR_MONTHS)
    whole = np.where(q < 1.0, q * (1.0 - q**months) / np.where(q < 1.0, 1.0 - q, 1.0), float(months))
    return np.asarray(yearly / YEAR_MONTHS * whole, dtype=np.float64)


@dataclass(frozen=True)
class Living:
    """Living customers: margin of 12 months, probability of loss with its bounds (0..1), its horizon in days; each shape (n,)."""

    yearly: Floats
    churn: Floats
    low: Floats
    high: Floats
    horizon_days: Floats

    def clv(self, churn: Floats, *, discount_rate: float, more: float = 0.0, months: int = HORIZON_MONTHS) -> Floats:
        """Return the CLV of each at a probability of loss; `more`: so much more (0..1) of each are kept in a year."""
        retention = monthly_retention(churn, self.horizon_days)
        if more:
            retention = np.minimum(retention**YEAR_MONTHS + more, 1.0) ** (1.0 / YEAR_MONTHS)
        return residual_clv(self.yearly, retention, discount_rate=discount_rate, months=months)


def clv_sum(living: Living, *, discount_rate: float, months: int = HORIZON_MONTHS) -> Finding:
    """Return the sum of the residual CLV of living customers.

    The bounds are the sums at the upper and lower bounds of everybody's probability of loss: as if all of them erred to the same side, so
    rather too wide than too narrow. Purchases and amounts are taken as expected.
    """
    if not living.yearly.size:
        return NotEnoughEvidence(NOBODY_PRICED, 1, 0)
    sums = [math.fsum(living.clv(churn, discount_rate=discount_rate, months=months)) for churn in (living.churn, living.high, living.low)]
    return _estimate(sums[0], sums[1], sums[2], living.yearly.size)


def mean_clv(whole: Finding) -> Finding:
    """Return the CLV of one customer on average, from the sum over `n`."""
    if not isinstance(whole, Estimate):
        return whole
    return _estimate(whole.point / whole.n, whole.low / whole.n, whole.high / whole.n, whole.n)


def retention_gains(living: Living, *, discount_rate: float, most: int = MOST_POINTS) -> tuple[Gain, ...]:
    """Return what 1 to `most` points more of yearly retention bring (Gupta and Lehmann, 2003: the retention elasticity of value).

    Whoever would stay anyway cannot stay more than surely: the yearly retention of each is raised by the points, to 1 at most.
    """
    if not living.yearly.size:
        return ()
    bases = {
        months: [living.clv(churn, discount_rate=discount_rate, months=months) for churn in (living.churn, living.low, living.high)]
        for months in (HORIZON_MONTHS, YEAR_MONTHS)
    }

    def more(points: int, months: int) -> Finding:
        raised = [
            math.fsum(living.clv(churn, discount_rate=discount_rate, more=points / 100, months=months) - base)
            for churn, base in zip((living.churn, living.low, living.high), bases[months], strict=True)
        ]
        return _estimate(raised[0], min(raised), max(raised), living.yearly.size)

    return tuple(Gain(points, more(points, HORIZON_MONTHS), more(points, YEAR_MONTHS)) for points in range(1, most + 1))


def _estimate(point: float, low: float, high: float, n: int) -> Estimate:
    point, low, high = (round(amount, 2) for amount in (point, low, high))
    return Estimate(point, min(low, point), max(high, point), n, Badge.ADJUSTED)
