"""The answer on one page, as plain frozen values: what every face shows and none computes.

`Verdict.as_json()` is the form of `lakmus verdict --format json` and of the API. Texts are `Wording`s; as JSON they
are `{"ru", "en"}`, or one string when a language is asked for. Money is in `currency`, to the hundredth.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum

from lakmus.engine.backtest import Backtest
from lakmus.engine.harm import DominoEdge, DosePoint, Interaction, Learning, LedgerRow, Overlap, Removal, SegmentEffect, Sensitivity
from lakmus.history.company import LEAST_PURCHASES
from lakmus.history.estimate import Estimate, Finding, NotEnoughEvidence
from lakmus.history.wording import Wording

NO_WORDS = Wording("", "")


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Customers (or orders) that the definition of loss leaves out: why, and how many."""

    code: str
    reason: Wording
    count: int


@dataclass(frozen=True, slots=True)
class RiskGroup:
    """How the risk of one sort of customers is made: `code` is `regular`, `new`, `one_time` or `contract`.

    `method`: `model`, a rule's name, `survival`, `share` or `nothing`; `made` says it in words. `count`: of how many something is said;
    `mean`: the mean probability of loss within `horizon_days` among them, None where nothing is said.
    """

    code: str
    title: Wording
    meaning: Wording
    method: str
    made: Wording
    horizon_days: int | None
    count: int
    mean: float | None


@dataclass(frozen=True, slots=True)
class Definition:
    """The label card: what "lost" means here, from when, for whom.

    Parameters
    ----------
    version : changes whenever the same history would be read differently.
    basis : `rhythm` (no purchase within the horizon), `contract` (notice or end), or `unknown`.
    horizon_days : whole days without a purchase after which a customer counts as lost; None when unknown.
    horizon : the same with its 95 % interval, n = customers with a completed gap; or why it is unknown.
    window_start_at, window_end_at : "lost in 12 months" = `window_start_at < lost_at <= window_end_at`.
    eligible_count : customers with purchases on at least `least_purchases` days, not lost before the window.
    censored_count : eligible customers within the horizon, of whom nobody knows yet.
    chosen_by : `data`, or `company` where a person decided any of it. found_days : the horizon that the data would choose, None unknown.
    horizon_by, horizons : segments with a horizon of their own for states and losses (`history.company.LossTerms`); risk is within
        `horizon_days` for everybody.
    """

    version: str
    basis: str
    text: Wording
    eligibility: Wording
    horizon_days: int | None
    horizon: Finding
    completed_gaps_count: int
    window_days: int
    window_start_at: datetime
    window_end_at: datetime
    eligible_count: int = 0
    censored_count: int = 0
    censoring: Wording = NO_WORDS
    excluded: tuple[Exclusion, ...] = ()
    groups: tuple[RiskGroup, ...] = ()
    chosen_by: str = "data"
    found_days: int | None = None
    least_purchases: int = LEAST_PURCHASES
    horizon_by: str = ""
    horizons: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CustomerCounts:
    """Known customers; the eligible are the active and the lost of the window together.

    None: the horizon is unknown; `lost_silently` is None too where the data hold no complaints, cases, messages or reviews at all.
    """

    known: int
    with_orders: int
    one_time: int
    active: int | None
    lost: int | None
    lost_silently: int | None
    cooling: int | None
    cold: int | None

    @property
    def eligible(self) -> int | None:
        """Customers about whom the definition speaks: active plus lost."""
        return None if self.active is None or self.lost is None else self.active + self.lost


@dataclass(frozen=True, slots=True)
class OrderCounts:
    """All orders up to as_of. `revenue` = amounts of orders not cancelled, less returns."""

    count: int
    cancelled: int
    without_customer: int
    late: int
    with_promise: int
    revenue: float
    returned_amount: float
    last_12_months_count: int
    last_12_months_revenue: float


@dataclass(frozen=True, slots=True)
class DeliveryStars:
    """Delivered orders with a promise that came `on_time` or `late`, and what their reviews say.

    `reviews` counts reviews, `reviewed_orders` the orders they speak of. `stars`: their mean, 1..5; `one_star`: share with one star, 0..1.
    """

    code: str
    title: Wording
    orders: int
    reviewed_orders: int
    reviews: int
    stars: Finding
    one_star: Finding


@dataclass(frozen=True, slots=True)
class MonthLosses:
    """Customers whose loss fell into one calendar month (`YYYY-MM` in the company's zone).

    Where the data hold no complaints of any sort (`customers.lost_silently` is None), nobody knows who was silent: all are in `silent`.
    """

    month: str
    visible: int
    silent: int
    lost_value: float


@dataclass(frozen=True, slots=True)
class ErrorFinding:
    """One kind of service error in the last 12 months.

    Parameters
    ----------
    found : rows of the errors table in the window, known customers or not.
    exposed, complained, left, left_silently : distinct known customers, recounted from those rows.
    difference : share lost among exposed moments minus comparable ones without the error (-1..1), moments compared within strata.
    effect : share lost because of the error among the moments that it met (-1..1), doubly robust.
    customers_lost : effect x how often regulars were exposed in the 12 months. money : effect x their margin of 12 months, each time.
    negative_control : the same for an invented error met with the same chances, which does nothing.
    sensitivity, overlap : see `harm`. p_adjusted : that there is no effect, corrected for the number of errors (0..1).
    dose, breaking : effect by delay, and the delay at which customers break. repeats : effect of the first, second, third and later one.
    outcome_known : False while nobody can be called lost; then `left` and `left_silently` are 0 and mean nothing.
    measured : False when the facts this detector needs are not in the stream; `not_measured` says which.
    """

    code: str
    title: Wording
    measured: bool
    not_measured: Wording | None
    found: int
    without_customer: int
    exposed: int
    complained: int
    left: int
    left_silently: int
    opportunities: int
    difference: Finding
    effect: Finding
    money: Finding
    article_share: float | None
    outcome_known: bool = True
    customers_lost: Finding | None = None
    negative_control: Finding | None = None
    sensitivity: Sensitivity | None = None
    overlap: Overlap | None = None
    p_adjusted: float | None = None
    dose: tuple[DosePoint, ...] = ()
    breaking: Finding | None = None
    repeats: tuple[Finding, ...] = ()
    by_segment: tuple[SegmentEffect, ...] = ()
    interactions: tuple[Interaction, ...] = ()
    learned: Learning | None = None


@dataclass(frozen=True, slots=True)
class Chip:
    """Something that happened to a person, opening to its evidence (activity ids). `sort` is `error` or `signal`."""

    sort: str
    code: str
    title: Wording
    at: datetime | None
    evidence: tuple[str, ...] = ()
    quote: str | None = None
    order: str | None = None
    case: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """One customer of Monday's list.

    `money_at_stake` = value_at_risk x churn_probability: what is expected to be lost if nothing is done.
    """

    customer: str
    name: str | None
    place: str | None
    known_since: datetime | None
    orders_count: int
    complaints_count: int
    state: str
    state_since: datetime | None
    days_since_last_order: float
    churn: Estimate
    horizon_days: int
    value_at_risk: float
    money_at_stake: float
    happened: tuple[Chip, ...]
    next_step_code: str
    next_step: Wording
    draft: Wording
    reasons: tuple[Wording, ...]


@dataclass(frozen=True, slots=True)
class DoNotTouch:
    """A customer whom the list would name but who must not be called, and why."""

    customer: str
    name: str | None
    code: str
    reason: Wording
    value_at_risk: float


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """How many records of a sort are linked to a known customer; `share` is None when there are none."""

    code: str
    title: Wording
    linked: int
    total: int

    @property
    def share(self) -> float | None:
        """Linked part, 0..1."""
        return self.linked / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class NotMeasured:
    """A question that the imported files cannot answer, and what would."""

    code: str
    title: Wording
    needed: Wording


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the verdict could see."""

    first_at: datetime | None
    last_at: datetime | None
    activities_count: int
    lines: tuple[CoverageLine, ...]
    not_measured: tuple[NotMeasured, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The whole page. `loss` is the margin of 12 months that the lost customers would have brought, in `currency`; `value_at_risk` that of
    those who still buy, None while it is not known who left or what orders bring.

    `negative_control_share`: part of the invented errors that seemed to do something, at 95 %; None where none could be tried.
    """

    as_of: datetime
    company: str
    currency: str
    margin_share: float
    margin_is_assumed: bool
    margin_note: Wording
    definition: Definition
    customers: CustomerCounts
    orders: OrderCounts
    loss: Finding
    value_at_risk: float | None
    abrupt: int
    gradual: int
    months: tuple[MonthLosses, ...]
    deliveries: tuple[DeliveryStars, ...]
    silent_to_vocal: Finding
    errors: tuple[ErrorFinding, ...]
    people: tuple[Person, ...]
    do_not_touch: tuple[DoNotTouch, ...]
    backtest: Backtest
    coverage: Coverage
    domino: tuple[DominoEdge, ...] = ()
    removal: tuple[Removal, ...] = ()
    ledger: tuple[LedgerRow, ...] = ()
    ledger_year: tuple[LedgerRow, ...] = ()
    negative_control_share: float | None = None

    def as_json(self, language: str | None = None) -> dict[str, object]:
        """Return the verdict as JSON-ready values; texts in both languages, or only in `language`."""
        return {field.name: plain(getattr(self, field.name), language) for field in dataclasses.fields(self)}


def plain(thing: object, language: str | None = None) -> object:
    """Return any value of this module as JSON-ready dicts, lists, numbers and strings.

    Moments become ISO 8601 in UTC; a property-only figure (`share`, `eligible`) is included beside the fields.
    """
    if isinstance(thing, Wording):
        return {"ru": thing.ru, "en": thing.en} if language is None else thing.in_language(language)
    if isinstance(thing, Estimate):
        return thing.as_json()
    if isinstance(thing, NotEnoughEvidence):
        return thing.as_json() | {"reason": plain(thing.reason, language)}
    if isinstance(thing, Enum):
        return thing.value
    if isinstance(thing, (datetime, date)):
        return thing.isoformat()
    if isinstance(thing, dict):
        return {str(key): plain(part, language) for key, part in thing.items()}
    if isinstance(thing, (tuple, list)):
        return [plain(part, language) for part in thing]
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        shown = {field.name: plain(getattr(thing, field.name), language) for field in dataclasses.fields(thing)}
        for extra in ("share", "eligible", "inside"):
            if hasattr(thing, extra):
                shown[extra] = getattr(thing, extra)
        return shown
    return thing
