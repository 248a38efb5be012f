"""What customers are worth, what a loss costs by one reading or another, which repair pays first, what a point of retention brings."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lakmus.engine.errors.catalogue import ERROR_CODES
from lakmus.engine.money.clv import YEAR_MONTHS, Gain, Living, clv_sum, mean_clv, retention_gains
from lakmus.engine.verdict import ErrorFinding
from lakmus.history.company import Company
from lakmus.history.estimate import Badge, Estimate, Finding
from lakmus.history.wording import Wording
from lakmus.operations.company.queries import company_terms
from lakmus.operations.reasons import changes
from lakmus.operations.reasons.queries import weeks_of_repair
from lakmus.usecases.asking import cursor
from lakmus.usecases.money.show_money_bridge import Bridge, revenue_bridge
from lakmus.usecases.reports.findings import by_harm, harm_seen
from lakmus.usecases.results import Row
from lakmus.usecases.show_verdict import Shown

COSTS = {
    "margin": Wording("своя маржа за 12 месяцев", "own margin of 12 months"),
    "clv": Wording("своя маржа за 36 месяцев (CLV)", "own margin of 36 months (CLV)"),
    "margin_and_new": Wording("маржа за 12 месяцев и привлечение замены", "margin of 12 months and winning a replacement"),
    "clv_and_new": Wording("CLV и привлечение замены", "CLV and winning a replacement"),
    "x3": Wording("из статей: 300 % годовой маржи", "the articles: 300% of a year's margin"),
    "x5": Wording("из статей: ×5", "the articles: ×5"),
    "x5_25": Wording("из статей: от ×5 до ×25", "the articles: ×5 to ×25"),
}
MULTIPLES = {"x3": (3.0, 3.0, 3.0), "x5": (5.0, 5.0, 5.0), "x5_25": (15.0, 5.0, 25.0)}
"""The articles' multipliers of a year's margin: middle, low, high."""


@dataclass(frozen=True, slots=True)
class LossCost:
    """What the losses of 12 months cost by one reading; `assumed`: by a figure of the articles, not of the company."""

    code: str
    title: Wording
    cost: Finding
    assumed: bool


@dataclass(frozen=True, slots=True)
class Repair:
    """What removing one error would keep in 12 months, in how many weeks of work, and per week (None until somebody says how many)."""

    error: ErrorFinding
    kept: Estimate
    weeks: float | None
    per_week: Estimate | None


@dataclass(frozen=True, slots=True)
class Worth:
    """Money on one page. `clv`: of all living customers together; `clv_each`: of one; `ratio`: of one to what a new one costs."""

    terms: Company
    clv: Finding
    clv_each: Finding
    ratio: Finding | None
    costs: tuple[LossCost, ...]
    repairs: tuple[Repair, ...]
    gains: tuple[Gain, ...]
    bridge: Bridge | None


def show_worth(shown: Shown) -> Worth:
    """Return everything the page of money shows; rates and costs are those of the company's terms as they stand now."""
    terms = company_terms()
    living = _living(shown)
    clv = clv_sum(living, discount_rate=terms.discount_rate)
    each = mean_clv(clv)
    ratio = _times(each, 1 / terms.acquisition_cost) if terms.acquisition_cost else None
    gains = retention_gains(living, discount_rate=terms.discount_rate)
    return Worth(terms, clv, each, ratio, loss_costs(shown, clv, living, terms), repairs(shown), gains, revenue_bridge(shown))


def loss_costs(shown: Shown, clv: Finding, living: Living, terms: Company) -> tuple[LossCost, ...]:
    """Return the readings of what losses cost: the ledger's first, those of the articles last.

    A lost customer's CLV, had they gone on: what they would have brought in 12 months x (CLV / CLV of 12 months, undiscounted) of the
    living. By contracts a loss is a year paid in full, and so is what CLV is divided by.
    """
    loss, lost = shown.verdict.loss, shown.verdict.customers.lost or 0
    if not isinstance(loss, Estimate):
        return ()
    costs: dict[str, Finding] = {"margin": loss}
    year = clv_sum(living, discount_rate=0.0, months=YEAR_MONTHS)
    if isinstance(clv, Estimate) and isinstance(year, Estimate) and year.low > 0:
        by_contract = shown.verdict.definition.basis == "contract"
        paid = (math.fsum(living.yearly),) * 3 if by_contract else (year.point, year.low, year.high)
        point, low, high = (each / whole for each, whole in zip((clv.point, clv.low, clv.high), paid, strict=True))
        costs["clv"] = _scaled(loss, (point, min(low, high), max(low, high)))
    if terms.acquisition_cost is not None:
        for code in [code for code in costs if isinstance(costs[code], Estimate)]:
            costs[f"{code}_and_new"] = _plus(costs[code], terms.acquisition_cost * lost)
    costs |= {code: _scaled(loss, factors) for code, factors in MULTIPLES.items()}
    return tuple(LossCost(code, COSTS[code], costs[code], code in MULTIPLES) for code in COSTS if code in costs)


def repairs(shown: Shown) -> tuple[Repair, ...]:
    """Return the errors with visible harm: those with weeks of work first, by money kept per week; the others by money.

    Kept: the loss as it is less what would still be lost without the error (`verdict.removal`); where nobody's loss is laid to the error,
    what the error costs (`ErrorFinding.money`).
    """
    weeks, loss = weeks_of_repair(), shown.verdict.loss
    without = {row.code: row.loss for row in shown.verdict.removal}
    found = []
    for error in sorted(shown.verdict.errors, key=by_harm):
        if not harm_seen(error.money) or not isinstance(error.money, Estimate):
            continue
        kept, left = error.money, without.get(error.code)
        if isinstance(left, Estimate) and isinstance(loss, Estimate):
            kept = kept_without(loss, left)
        own = weeks.get(error.code)
        found.append(Repair(error, kept, own, _scaled(kept, (1 / own,) * 3) if own else None))
    return tuple(sorted(found, key=lambda row: (row.per_week is None, -(row.per_week or row.kept).point, row.error.code)))


def kept_without(loss: Estimate, left: Estimate) -> Estimate:
    """Return what is kept of a loss where `left` would still be lost."""
    point, low, high = (round(max(0.0, loss.point - still), 2) for still in (left.point, left.high, left.low))
    return Estimate(point, min(low, point), max(high, point), left.n, left.badge)


def say_weeks(weeks: Mapping[str, float | None], *, actor: Any) -> None:
    """Keep how many weeks of work the repair of errors of the catalogue takes; None takes a word back.

    Raises
    ------
    BadInput : a number of weeks that cannot be.
    """
    changes.say_weeks(weeks={code: given for code, given in weeks.items() if code in ERROR_CODES}, actor=actor)


PRICED = """FROM read_parquet(?) WHERE value_at_risk IS NOT NULL AND NOT isnan(value_at_risk) AND churn_probability IS NOT NULL
            AND horizon_days > 0 AND coalesce(state, '') <> 'lost'"""


def clv_rows(shown: Shown, *, page: int = 1, size: int = 50) -> tuple[int, float, tuple[Row, ...]]:
    """Return how many living customers are priced, what their CLV sums to, and a page of them, the dearest first."""
    living = _living(shown)
    each = living.clv(living.churn, discount_rate=company_terms().discount_rate)
    ask_for = f"SELECT customer, name, value_at_risk, churn_probability {PRICED} ORDER BY customer"
    with cursor() as connection:
        people = connection.sql(ask_for, params=[shown.table("customers")]).to_arrow_table()
    places = np.argsort(-each, kind="stable")[(max(page, 1) - 1) * size : max(page, 1) * size]
    rows = people.take(places).to_pylist()
    told = tuple(row | {"clv": round(float(each[place]), 2)} for row, place in zip(rows, places, strict=True))
    return len(each), round(math.fsum(each), 2), told


def _living(shown: Shown) -> Living:
    """Return the living whose margin and risk are known; the horizon of each is the one that their risk speaks of."""
    sql = f"""SELECT value_at_risk, churn_probability, coalesce(churn_low, churn_probability) AS low,
                     coalesce(churn_high, churn_probability) AS high, horizon_days::DOUBLE AS horizon_days {PRICED} ORDER BY customer"""
    with cursor() as connection:
        found = connection.sql(sql, params=[shown.table("customers")]).fetchnumpy()
    columns = (np.ma.filled(np.ma.asarray(found[name], dtype=np.float64), np.nan) for name in found)
    return Living(*columns)


def _scaled(finding: Estimate, factors: tuple[float, float, float]) -> Estimate:
    point, low, high = (round(end * factor, 2) for end, factor in zip((finding.point, finding.low, finding.high), factors, strict=True))
    return Estimate(point, min(low, point), max(high, point), finding.n, Badge.ADJUSTED)


def _times(finding: Finding, factor: float) -> Finding:
    return _scaled(finding, (factor,) * 3) if isinstance(finding, Estimate) else finding


def _plus(finding: Finding, amount: float) -> Finding:
    if not isinstance(finding, Estimate):
        return finding
    point, low, high = (round(end + amount, 2) for end in (finding.point, finding.low, finding.high))
    return Estimate(point, low, high, finding.n, finding.badge)
