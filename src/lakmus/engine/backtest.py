"""The company's own past as judge, as plain frozen values: a part of the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lakmus.history.estimate import NotEnoughEvidence
from lakmus.history.wording import Wording


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """A tenth of the customers by what was said of them: mean said and share seen, 0..1.

    `low`, `high`: where the share seen would lie in 95 of 100 cases if what was said were right, the doubt about its level included.
    """

    said: float
    seen: float
    n: int
    low: float
    high: float

    @property
    def inside(self) -> bool:
        """Whether the share seen lies in the band."""
        return self.low <= self.seen <= self.high


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """How well one way of naming leavers did at one past cut.

    `auc` and `pr_auc` 0..1, `brier` mean squared error, `lift10` share lost in the riskiest tenth over the share lost in all. None where
    the cut does not allow it.

    Parameters
    ----------
    ece : mean |said - seen| over tenths of the customers; `ece_low`, `ece_high` its 95 % interval. ece_by_chance : what 95 of 100
    calibrated models would stay below with so many customers and so much doubt about the level. precision20, precision200 : share lost
    among the likeliest so many.
    """

    auc: float | None
    pr_auc: float | None
    brier: float | None
    ece: float | None
    lift10: float | None
    named: int
    named_and_lost: int
    ece_low: float | None = None
    ece_high: float | None = None
    ece_by_chance: float | None = None
    precision20: float | None = None
    precision200: float | None = None
    calibration: tuple[CalibrationBin, ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentFigures:
    """The model's figures for a part of the customers: mean said and share seen are 0..1; `auc` None where all or none were lost."""

    code: str
    title: Wording
    n: int
    churned: int
    said: float
    seen: float
    auc: float | None
    brier: float


@dataclass(frozen=True, slots=True)
class BacktestCut:
    """One past date: what would have been said then, from what was known then, against what came."""

    as_of: datetime
    n: int
    churned: int
    model: RuleFigures
    rules: dict[str, RuleFigures]
    earliness_days: float | None
    false_alarms: float | None
    segments: tuple[SegmentFigures, ...] = ()


@dataclass(frozen=True, slots=True)
class Stability:
    """How one figure of the model differs over the judged cuts."""

    code: str
    mean: float
    least: float
    most: float
    cuts: int


@dataclass(frozen=True, slots=True)
class GroupBacktest:
    """The past of customers whom no rhythm of their own describes: `code` is `new`, `one_time` or `contract`.

    `used`: `survival`, or `share` where hazards did not show that they know more than one share for everybody; `nothing` while there is
    too little to say either. `shortage`: why nothing is said, or why the past could not judge it yet. Each cut's `rules` hold `share`.
    """

    code: str
    title: Wording
    used: str
    cuts: tuple[BacktestCut, ...]
    shortage: NotEnoughEvidence | None = None


@dataclass(frozen=True, slots=True)
class Backtest:
    """The company's own past as judge; `used` is `model` or the name of the rule that stays in use.

    `blended`: the model that was judged is the blend, otherwise the table of cells.
    """

    cuts: tuple[BacktestCut, ...]
    used: str
    words: Wording
    shortage: NotEnoughEvidence | None = None
    stability: tuple[Stability, ...] = ()
    groups: tuple[GroupBacktest, ...] = ()
    blended: bool = False
