"""The difference of loss by exposure, standardised over strata, with an interval that knows customers repeat."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import sparse

from lakmus.engine.arrays import Floats
from lakmus.engine.causes.moments import STRATA
from lakmus.history.estimate import Badge, Estimate, Finding, NotEnoughEvidence
from lakmus.history.wording import Wording

NEEDED_CUSTOMERS = 50
Z95 = 1.959963984540054
_LEFT1, _ALL1, _LEFT0, _ALL0 = (slice(part * STRATA, (part + 1) * STRATA) for part in range(4))


@dataclass(frozen=True)
class ExposureSums:
    """What crosses customers for one error: per stratum moments lost / all, exposed / not, and their products within customers.

    `total`: shape (4 STRATA,): lost exposed, all exposed, lost unexposed, all unexposed. `products`: shape (4 STRATA, 4 STRATA), the sum
    over customers c of v_c v_c', v_c being the customer's own `total`. `exposed_customers`, `other_customers`: customers with at least
    one such moment.
    """

    total: Floats
    products: Floats
    exposed_customers: int
    other_customers: int

    def __add__(self, other: ExposureSums) -> ExposureSums:
        return ExposureSums(
            self.total + other.total,
            self.products + other.products,
            self.exposed_customers + other.exposed_customers,
            self.other_customers + other.other_customers,
        )


def no_exposure() -> ExposureSums:
    """Return the sums of no moments."""
    return ExposureSums(np.zeros(4 * STRATA), np.zeros((4 * STRATA, 4 * STRATA)), 0, 0)


def exposure_sums(moments: pl.DataFrame) -> ExposureSums:
    """Return one bucket's sums for one error from its followed moments (owner, stratum, exposed, observed, left)."""
    seen = moments.filter("observed")
    if seen.is_empty():
        return no_exposure()
    owner = seen["owner"].to_numpy()
    exposed = seen["exposed"].to_numpy()
    left = seen["left"].to_numpy().astype(np.float64)
    column = np.where(exposed, 0, 2) * STRATA + seen["stratum"].to_numpy()
    whose, row = np.unique(owner, return_inverse=True)
    rows, columns = np.concatenate([row, row]), np.concatenate([column, column + STRATA])
    counts = sparse.coo_matrix((np.concatenate([left, np.ones(left.size)]), (rows, columns)), shape=(whose.size, 4 * STRATA)).tocsr()
    return ExposureSums(
        np.asarray(counts.sum(axis=0)).ravel(),
        np.asarray((counts.T @ counts).todense()),
        len(np.unique(owner[exposed])),
        len(np.unique(owner[~exposed])),
    )


def difference_by_exposure(parts: Iterable[ExposureSums]) -> Finding:
    """Return the difference in the share lost between exposed and comparable unexposed moments, -1..1.

    Formula: d = sum_s (L1s - N1s p0s) / N1, p0s = L0s / N0s, over the strata s in which both groups occur; N1 = sum_s N1s: direct
    standardisation to the exposed (Rothman, Greenland and Lash, Modern Epidemiology, ch. 15). Its variance is a' M a, M = sum_c v_c v_c',
    a = the gradient of d: linearisation with customers as clusters (Huber, 1967; Liang and Zeger, 1986). Newcombe's interval would take
    two moments of one customer for two customers.

    Returns
    -------
    Finding : n = exposed observed moments in the strata used; or why not, with customers needed on the scarcer side.
    """
    sums = sum(parts, no_exposure())
    scarce = min(sums.exposed_customers, sums.other_customers)
    if scarce < NEEDED_CUSTOMERS:
        return too_few(scarce, exposed=sums.exposed_customers <= sums.other_customers)
    left1, all1, left0, all0 = (sums.total[part] for part in (_LEFT1, _ALL1, _LEFT0, _ALL0))
    both = (all1 > 0) & (all0 > 0)
    n1 = float(all1[both].sum())
    if n1 < NEEDED_CUSTOMERS:
        return too_few(int(n1), exposed=True)
    p0 = np.divide(left0, all0, out=np.zeros(STRATA), where=all0 > 0)
    d = float((left1 - all1 * p0)[both].sum() / n1)
    gradient = np.zeros(4 * STRATA)
    gradient[_LEFT1] = np.where(both, 1 / n1, 0)
    gradient[_ALL1] = np.where(both, -(p0 + d) / n1, 0)
    gradient[_LEFT0] = np.where(both, -np.divide(all1, all0, out=np.zeros(STRATA), where=all0 > 0) / n1, 0)
    gradient[_ALL0] = -gradient[_LEFT0] * p0
    # One case more on each side keeps a side without any loss from pretending to know it exactly.
    floor = 1 / (n1 + 2) ** 2 / 4 + 1 / (float(all0[both].sum()) + 2) ** 2 / 4
    half = Z95 * math.sqrt(max(float(gradient @ sums.products @ gradient), floor))
    return Estimate(d, max(-1.0, d - half), min(1.0, d + half), int(n1), Badge.DIFFERENCE)


def too_few(available: int, *, exposed: bool) -> NotEnoughEvidence:
    """Return the state of an effect with too few customers on the exposed side or on the other."""
    if exposed:
        reason = Wording(
            "Слишком мало постоянных клиентов, которые столкнулись с этой ошибкой и за которыми можно было проследить весь срок.",
            "Too few regulars met this error and could be followed for the whole horizon.",
        )
    else:
        reason = Wording(
            "Слишком мало постоянных клиентов, с которыми этой ошибки не было: сравнить не с кем.",
            "Too few regulars did not meet this error: there is nobody to compare with.",
        )
    return NotEnoughEvidence(reason, NEEDED_CUSTOMERS, available)


def no_horizon(needed: int, available: int) -> NotEnoughEvidence:
    """Return the state of every difference while the company's rhythm is unknown."""
    return NotEnoughEvidence(
        Wording(
            "Пока неизвестен ритм покупок, нельзя сказать, кто ушёл.",
            "While the rhythm of purchases is unknown, nobody can be called lost.",
        ),
        needed,
        available,
    )


def silent_to_vocal(silent: int, vocal: int) -> Finding:
    """Return how many left silently for each who left having complained, among those who met an error.

    Formula: p / (1 - p), p = silent / (silent + vocal), with Wilson's 95 % interval of p carried over (Wilson, 1927).
    """
    n = silent + vocal
    if n < NEEDED_CUSTOMERS:
        few = Wording("Слишком мало ушедших клиентов, которые столкнулись с нашими ошибками.", "Too few lost customers met our errors.")
        return NotEnoughEvidence(few, NEEDED_CUSTOMERS, n)
    if vocal == 0:
        nobody = Wording(
            "Никто из ушедших, кто столкнулся с нашими ошибками, не жаловался: молчавших не с кем сравнить.",
            "None of the lost customers who met our errors complained: nobody to set the silent against.",
        )
        return NotEnoughEvidence(nobody, 1, 0)
    _, low, high = wilson(silent, n)
    high = min(high, 1 - 1e-9)
    return Estimate(silent / vocal, min(silent / vocal, low / (1 - low)), max(silent / vocal, high / (1 - high)), n, Badge.COUNTED)


def adjusted_p(p: Sequence[float]) -> list[float]:
    """Return p-values adjusted for their number, so that a share of at most q of those below q is false (Benjamini and Hochberg, 1995).

    As `scipy.stats.false_discovery_control`, whose import takes longer than many a verdict.
    """
    order = np.argsort(p)
    raised = np.asarray(p, np.float64)[order] * len(p) / np.arange(1, len(p) + 1)
    fair = np.empty(len(p))
    fair[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)
    return list(fair.tolist())


def wilson(count: int, n: int) -> tuple[float, float, float]:
    """Return (share, low, high): count / n with Wilson's 95 % score interval (Wilson, 1927); n >= 1."""
    p = count / n
    centre = (p + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    half = Z95 / (1 + Z95**2 / n) * math.sqrt(p * (1 - p) / n + Z95**2 / (4 * n * n))
    return p, max(0.0, min(p, centre - half)), min(1.0, max(p, centre + half))
