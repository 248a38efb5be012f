"""Which error follows which: beyond chance, beyond season, and beyond who meets many errors anyway."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import polars as pl
from scipy import special

from lakmus.engine.arrays import DAY_US, Floats
from lakmus.engine.causes.difference import Z95, adjusted_p
from lakmus.engine.causes.moments import STRATA, ordinal
from lakmus.engine.harm import DominoEdge
from lakmus.history.estimate import Badge, Estimate

WITHIN_DAYS = 30
CELLS = STRATA * 12
LEAST_FOLLOWED = 20
_HIT1, _ALL1, _HIT0, _ALL0 = range(4)


def no_dominoes(codes: Sequence[str]) -> Floats:
    """Return the sums of no moments, (codes, codes, CELLS, 4)."""
    return np.zeros((len(codes), len(codes), CELLS, 4))


def domino_sums(moments: pl.DataFrame, errors: pl.DataFrame, codes: Sequence[str]) -> Floats:
    """Count one bucket's moments of each error, met or not, by whether another error followed within `WITHIN_DAYS`.

    Parameters
    ----------
    moments : followed moments with an outcome (code, owner, customer, at, exposed, stratum). errors : those shown by facts.

    Returns
    -------
    Floats : (first error, second error, stratum x calendar month, [met and followed, met, not met and followed, not met]).
    """
    sums = no_dominoes(codes)
    seen = moments.filter("observed")
    owners = seen.select("customer", "owner").unique()
    known = errors.filter(pl.col("customer").is_not_null()).join(owners, on="customer", how="inner")
    after = {}
    for place, code in enumerate(codes):
        own = known.filter(pl.col("code") == code).sort("owner", "at")
        if own.height:
            after[place] = ordinal(own["owner"].to_numpy(), own["at"].to_physical().cast(pl.Int64).to_numpy())
    for first in after:
        own = seen.filter(pl.col("code") == codes[first])
        owner, at_us = own["owner"].to_numpy(), own["at"].to_physical().cast(pl.Int64).to_numpy()
        cell = own["stratum"].to_numpy().astype(np.int64) * 12 + own["at"].dt.month().to_numpy() - 1
        met = own["exposed"].to_numpy()
        begins, ends = ordinal(owner, at_us), ordinal(owner, at_us + WITHIN_DAYS * DAY_US)
        for second, keys in after.items():
            if second == first:
                continue
            hit = np.searchsorted(keys, ends, side="right") > np.searchsorted(keys, begins, side="right")
            for column, rows in ((_HIT1, met & hit), (_ALL1, met), (_HIT0, ~met & hit), (_ALL0, ~met)):
                sums[first, second, :, column] += np.bincount(cell[rows], minlength=CELLS)
    return sums


def edges_of(sums: Floats, codes: Sequence[str]) -> tuple[DominoEdge, ...]:
    """Return the pairs in which the second error follows the first more often than it would anyway, the strongest first.

    Lift: Mantel and Haenszel's (1959) ratio of shares over strata (purchases so far x rhythm x silence x calendar month), with the variance
    of Greenland and Robins (1985). Extra share: the difference standardised to those who met the first. Pairs stay whose adjusted p is at
    most .05 (Benjamini and Hochberg, 1995) and of which at least `LEAST_FOLLOWED` were seen.
    """
    found = []
    for first in range(len(codes)):
        for second in range(len(codes)):
            hit1, all1, hit0, all0 = (sums[first, second, :, column] for column in range(4))
            both = (all1 > 0) & (all0 > 0)
            x, n, y, m = hit1[both], all1[both], hit0[both], all0[both]
            total = n + m
            r, s = float((x * m / total).sum()), float((y * n / total).sum())
            if x.sum() < LEAST_FOLLOWED or r <= 0 or s <= 0:
                continue
            log, spread = math.log(r / s), float(((n * m * (x + y) - x * y * total) / total**2).sum()) / (r * s)
            extra = float((x - n * y / m).sum() / n.sum())
            variance = float((x * (n - x) / n + n**2 * y * (m - y) / m**3).sum()) / float(n.sum()) ** 2
            found.append((first, second, log, math.sqrt(max(spread, 1e-12)), extra, math.sqrt(variance), int(x.sum())))
    tails = [2 * float(special.ndtr(-abs(log) / se)) for _, _, log, se, *_ in found]
    fair = adjusted_p(tails)
    edges = []
    for (first, second, log, se, extra, se_extra, followed), p in zip(found, fair, strict=True):
        if p <= 0.05 and log > 0:
            half, wide = Z95 * se, Z95 * se_extra
            lift = Estimate(math.exp(log), math.exp(log - half), math.exp(log + half), followed, Badge.ADJUSTED)
            share = Estimate(extra, max(-1.0, extra - wide), min(1.0, extra + wide), followed, Badge.ADJUSTED)
            edges.append(DominoEdge(codes[first], codes[second], lift, share, WITHIN_DAYS))
    return tuple(sorted(edges, key=lambda edge: -edge.lift.low if isinstance(edge.lift, Estimate) else 0.0))
