"""What comes of a year's purchases after a purchase, since some leave and the next one takes a while: learned from earlier purchases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lakmus.engine.arrays import DAY_US, Floats, Ints
from lakmus.engine.money.purchase_rate import YEAR_DAYS, RatePrior
from lakmus.engine.signals.rhythm import Purchases

MONTHS = 12
MONTH_DAYS = YEAR_DAYS / MONTHS
NEEDED_CUSTOMERS = 30


@dataclass(frozen=True)
class AfterPurchases:
    """What followed each purchase but a customer's first, one row each: `owner`, `x` purchases between the first and this one inclusive,
    `span_days` between them, `age_days` until now, `came` (k, 12): purchases in each month (365 / 12 days) after it."""

    owner: Ints
    x: Floats
    span_days: Floats
    age_days: Floats
    came: npt.NDArray[np.int16]


def after_purchases(bought: Purchases, *, now_us: int) -> AfterPurchases:
    """Return one bucket's purchases but the first of each customer, with what followed."""
    at = (bought.first_us - bought.first_us.min(initial=now_us)) / DAY_US
    begin = np.searchsorted(bought.owner, bought.owner, side="left")
    x = np.arange(len(at)) - begin
    # Customers lie so far apart on one line that a year after a purchase ends before the next customer begins.
    line = bought.owner * (float(at.max(initial=0.0)) + 2 * YEAR_DAYS) + at
    row = np.flatnonzero(x >= 1)
    edges = np.arange(MONTHS + 1) * MONTH_DAYS
    until = np.searchsorted(line, line[row, None] + edges, side="right")
    age = (now_us - bought.first_us[row]) / DAY_US
    came = np.diff(until, axis=1).astype(np.int16)
    return AfterPurchases(bought.owner[row], x[row].astype(np.float64), at[row] - at[begin[row]], age, came)


@dataclass(frozen=True, slots=True)
class GoingOn:
    """The part of a year's purchases at the own rate that comes after a purchase, and its standard error; 1 and 0 where nobody knows.

    `scatter`: how many times the variance that the rate alone gives single customers have around it: who leaves buys nothing more.
    """

    share: float = 1.0
    error: float = 0.0
    scatter: float = 1.0

    @property
    def doubt(self) -> float:
        """Return the standard error as a part of the share."""
        return self.error / self.share if self.share > 0 else 0.0

    def of_year(self, mean: Floats, variance: Floats) -> tuple[Floats, Floats]:
        """Return (mean, variance) of the purchases that come, from those said of a year at the own rate (`yearly_purchases`)."""
        return mean * self.share, _fewer(mean, variance, self.share) * self.scatter


def _fewer(mean: Floats, variance: Floats, share: float) -> Floats:
    """Return the variance of a count whose rate is a share of that of a count with this mean and variance (a mixture of Poisson laws)."""
    return np.asarray(mean * share + (variance - mean) * share**2)


AS_SAID = GoingOn()


def going_on(parts: Iterable[AfterPurchases], prior: RatePrior) -> GoingOn:
    """Return what part of a year's purchases comes after a purchase.

    Formula: for month b of the year, f_b = sum of purchases in it / sum of those said of the part of it that is over; the share is the mean
    of f_b (mean cumulative function of recurrent events, Lawless and Nadeau, 1995). Said of a purchase by what was known on its day:
    (r + x) / (alpha + T). So the share holds who leaves meanwhile, for whatever reason, and that no purchase follows at once. Months that
    are over for fewer than `NEEDED_CUSTOMERS` count as the last one known. Variance: over customers, of the sums of their
    influences. The scatter is that of the purchases whose year is over.
    """
    owner, said, variance, over, came = _joined(list(parts), prior)
    known = next((month for month in range(MONTHS) if len(np.unique(owner[over[:, month] >= 1])) < NEEDED_CUSTOMERS), MONTHS)
    if not known:
        return AS_SAID
    expected = said[:, None] * over[:, :known] / MONTHS
    share = came[:, :known].sum(axis=0) / expected.sum(axis=0)
    weight = np.full(known, 1 / MONTHS)
    weight[-1] += (MONTHS - known) / MONTHS
    influence = np.bincount(owner, weights=((came[:, :known] - share * expected) / expected.sum(axis=0)) @ weight)
    # Rounded, that the order of the buckets, which moves sums by their last digits, moves no worth.
    whole, old = round(float(share @ weight), 9), over[:, -1] >= 1
    off = (came[old].sum(axis=1) - whole * said[old]) ** 2
    scatter = off.sum() / _fewer(said[old], variance[old], whole).sum() if known == MONTHS else 1.0
    return GoingOn(whole, float(np.sqrt((influence**2).sum())), float(scatter))


def _joined(parts: list[AfterPurchases], prior: RatePrior) -> tuple[Ints, Floats, Floats, Floats, npt.NDArray[np.int16]]:
    """Return owner (apart over buckets), mean and variance of the purchases said of a year, part of each month that is over, and purchases
    in it, of all rows."""
    if not parts:
        return np.zeros(0, np.int64), np.zeros(0), np.zeros(0), np.zeros((0, MONTHS)), np.zeros((0, MONTHS), np.int16)
    ends = np.cumsum([0, *(int(part.owner.max(initial=-1)) + 1 for part in parts)])
    owner = np.concatenate([part.owner + end for part, end in zip(parts, ends[:-1], strict=True)])
    x, span, age = (np.concatenate([getattr(part, name) for part in parts]) for name in ("x", "span_days", "age_days"))
    over = np.clip(age[:, None] / MONTH_DAYS - np.arange(MONTHS), 0.0, 1.0)
    said = YEAR_DAYS * (prior.shape + x) / (prior.days + span)
    return owner, said, said + said**2 / (prior.shape + x), over, np.concatenate([part.came for part in parts])
