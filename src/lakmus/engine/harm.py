"""What an error does, how sure that is, and what it costs: plain frozen values that the verdict carries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lakmus.history.estimate import Estimate, Finding
from lakmus.history.wording import Wording


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How strong a hidden common cause would have to be to explain the effect away (E-value: VanderWeele and Ding, 2017), as a risk ratio.

    `e_value` for the point, `e_value_low` for the bound of the interval next to no effect (1: the interval holds no effect already).
    """

    e_value: float
    e_value_low: float


@dataclass(frozen=True, slots=True)
class Overlap:
    """`share_comparable`: part of the exposed moments (0..1) with comparable unexposed ones; `exposed_used`: how many those are."""

    share_comparable: float
    exposed_used: int


@dataclass(frozen=True, slots=True)
class DosePoint:
    """The effect among those delayed by `low` to `high` (`unit`: `days` or `minutes`; `high` None: and more); `n`: exposed moments."""

    low: float
    high: float | None
    unit: str
    effect: Finding
    n: int


@dataclass(frozen=True, slots=True)
class SegmentEffect:
    """The effect in one `segment` of a `dimension` (`place`, `channel`, `topic`); `p_adjusted`: that it differs from the rest (0..1)."""

    dimension: str
    segment: str
    effect: Finding
    p_adjusted: float | None


@dataclass(frozen=True, slots=True)
class Interaction:
    """The effect of an error on those whom `other_code` had met since their last purchase or in the same matter, and on the rest.

    `p_adjusted`: that the two effects differ (0..1). `extra`: how much more the two do together than the sum of each alone, -1..1.
    """

    other_code: str
    after_other: Finding
    alone: Finding
    extra: float
    p_adjusted: float


@dataclass(frozen=True, slots=True)
class Learning:
    """The article's share of losses after this error, and what the company's own data made of it.

    `prior_low`, `prior_high`: the middle 95 % of the prior. `prior_weight`: cases that the article counts for. `posterior`: share lost
    after the error. `weight_of_data`: 0..1. `article_ended_on`: first day on which the data weighed nineteen times as much.
    """

    prior_low: float
    prior_high: float
    article_share: float
    prior_weight: float
    posterior: Estimate
    weight_of_data: float
    article_ended_on: date | None


@dataclass(frozen=True, slots=True)
class DominoEdge:
    """After `cause_code`, `effect_code` follows within `within_days` `lift` times as often as usual, `extra_share` more often (-1..1)."""

    cause_code: str
    effect_code: str
    lift: Finding
    extra_share: Finding
    within_days: int


@dataclass(frozen=True, slots=True)
class Removal:
    """What would be lost in 12 months without one error: customers and money."""

    code: str
    title: Wording
    customers: Finding
    loss: Finding


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One month (`YYYY-MM`) and reason of the ledger: distinct customers, and money as the sum of `reasons` rows behind it.

    In `Verdict.ledger_year` the month is "": all of the window together; there the reason "" means all service errors together.
    `left` and `left_silently` are expected numbers: sums of probabilities over the customers lost in that month; `left_silently` is None
    where nobody could be heard. `rank_low`, `rank_high`: the first and the last place among service errors by money that the data leave
    open; only of a service error in `Verdict.ledger_year`.
    """

    month: str
    code: str
    exposed: int
    complained: int
    left: float
    left_silently: float | None
    money: Finding
    rank_low: int | None = None
    rank_high: int | None = None
