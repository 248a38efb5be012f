"""Five sides of service as a scorecard: on each, how many customers were hit, what it cost, whether it grows, with the facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from lakmus.engine.causes.difference import wilson
from lakmus.engine.text.topics import share_ratio
from lakmus.engine.verdict import ErrorFinding
from lakmus.history.estimate import Badge, Estimate, Finding, NotEnoughEvidence
from lakmus.history.wording import Wording
from lakmus.usecases.asking import ask
from lakmus.usecases.causes.sides import FIVE_SIDES, QUARTER
from lakmus.usecases.causes.standing import has_rows
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals.lay_out_people import PEOPLE
from lakmus.usecases.titles import title_of

TITLES = {
    "people": Wording("Люди", "People"),
    "system": Wording("Система", "System"),
    "expectations": Wording("Ожидания", "Expectations"),
    "problems": Wording("Решение проблем", "Problems"),
    "choice": Wording("Выбор", "Choice"),
}
MEANINGS = {
    "people": Wording("как с клиентом говорят", "how staff talk with customers"),
    "system": Wording("отвечает ли компания вовремя и без сбоев", "whether the company answers in time and without faults"),
    "expectations": Wording("совпало ли с обещанным", "whether it was as promised"),
    "problems": Wording("решают ли, когда что-то случилось", "whether it is put right when something happened"),
    "choice": Wording(
        "есть ли нужный товар, время, место, доставка и оплата", "whether goods, time, place, delivery and payment are there to choose"
    ),
}
NEEDED, NEEDED_HIT = 30, 10
FEW_BUYERS = Wording("мало клиентов с покупками", "few customers with purchases")
FEW_HIT = Wording("за полгода мало клиентов столкнулось с этим", "few customers met with it in six months")
NO_REASONS = Wording("причины ухода ещё не посчитаны", "reasons for leaving are not computed yet")


@dataclass(frozen=True, slots=True)
class Reason:
    """One error (or other reason) of a side: the finding behind an error, None for another reason; `met`: customers it hit in 12 months.

    `money`: what the ledger lays to it, a part of the side's; None where it lays nothing to it.
    """

    code: str
    title: Wording
    error: ErrorFinding | None
    met: int
    money: Estimate | None


@dataclass(frozen=True, slots=True)
class ServiceSide:
    """One side. `hit`: customers who met with any of its errors in 12 months; `share`: of those who bought then (0..1), `buyers` of them.

    `money`: what the ledger lays to its reasons (the point is the sum of rows; bounds are the sums of the bounds of its reasons, as if all
    erred to the same side: rather too wide). `growth`: how many times the share of active customers it hit has grown from the quarter
    before (`before` customers) to the last one (`lately`).
    """

    code: str
    title: Wording
    meaning: Wording
    hit: int
    buyers: int
    share: Finding
    money: Finding
    lately: int
    before: int
    growth: Finding
    reasons: tuple[Reason, ...]
    unmeasured: tuple[ErrorFinding, ...]


def show_scorecard(shown: Shown) -> tuple[ServiceSide, ...]:
    """Return the five sides, in their own order: they are no ranking."""
    errors = {error.code: error for error in shown.verdict.errors}
    bought, active_lately, active_before = _buyers(shown)
    money = _money(shown)
    told = []
    for code, codes in FIVE_SIDES.items():
        met = _met(shown, codes)
        whole = met[None]
        hit, buyers, lately, before = (whole[name] for name in ("hit", "buyers", "lately", "before"))
        reasons = [
            Reason(each, title_of(each), errors.get(each), met[each]["hit"] if each in met else 0, _money_of(money, each))
            for each in codes
            if each not in errors or errors[each].measured
        ]
        told.append(
            ServiceSide(
                code,
                TITLES[code],
                MEANINGS[code],
                hit,
                buyers,
                _share(buyers, bought),
                _sum([money.get(each) for each in codes]) if money is not None else NotEnoughEvidence(NO_REASONS, 1, 0),
                lately,
                before,
                _growth(before, lately, active_before, active_lately),
                tuple(sorted(reasons, key=lambda reason: (-reason.met, reason.code))),
                tuple(errors[each] for each in codes if each in errors and not errors[each].measured),
            )
        )
    return tuple(told)


def _met(shown: Shown, codes: tuple[str, ...]) -> dict[str | None, dict[str, int]]:
    """Return how many customers met with errors of these codes, by code and (None) with any of them."""
    sql = """SELECT code, count(DISTINCT customer) AS hit, count(DISTINCT customer) FILTER (bought) AS buyers,
                    count(DISTINCT customer) FILTER ("at" > ?) AS lately, count(DISTINCT customer) FILTER ("at" > ? AND "at" <= ?) AS before
             FROM (SELECT errors.*, last_order_at > ? AS bought FROM read_parquet(?) AS errors
                   LEFT JOIN (SELECT customer, last_order_at FROM read_parquet(?)) USING (customer))
             WHERE in_window AND list_contains(?::VARCHAR[], code) GROUP BY GROUPING SETS ((code), ())"""
    middle, first = shown.as_of - timedelta(days=QUARTER), shown.as_of - timedelta(days=2 * QUARTER)
    since = shown.verdict.definition.window_start_at
    rows = ask(sql, [middle, first, middle, since, shown.table("errors"), shown.table(PEOPLE), list(codes)])
    return {row.pop("code"): row for row in rows}


def _buyers(shown: Shown) -> tuple[int, int, int]:
    """Return how many bought in 12 months, and how many bought or met with an error in the last quarter and in the one before."""
    middle, first = shown.as_of - timedelta(days=QUARTER), shown.as_of - timedelta(days=2 * QUARTER)
    who = "SELECT count(*) AS n FROM read_parquet(?) WHERE last_order_at > ?"
    bought = ask(who, [shown.table(PEOPLE), shown.verdict.definition.window_start_at])[0]["n"]
    sql = """SELECT count(DISTINCT customer) FILTER (moment > ?) AS lately,
                    count(DISTINCT customer) FILTER (moment > ? AND moment <= ?) AS before
             FROM (SELECT customer, ts AS moment FROM read_parquet(?) UNION ALL
                   SELECT customer, "at" AS moment FROM read_parquet(?) WHERE in_window)"""
    row = ask(sql, [middle, first, middle, shown.table("orders"), shown.table("errors")])[0]
    return bought, row["lately"], row["before"]


def _money(shown: Shown) -> dict[str, tuple[float, float, float]] | None:
    """Return what the ledger lays to each reason in 12 months, with bounds; None where nobody's reasons are computed."""
    if not has_rows(shown, "reasons"):
        return None
    bounds = {row.code: row.money for row in shown.verdict.ledger_year or () if isinstance(row.money, Estimate)}
    found = {}
    for row in ask("SELECT code, sum(money) / 100.0 AS money FROM read_parquet(?) GROUP BY code", [shown.table("reasons")]):
        known, point = bounds.get(row["code"]), row["money"]
        found[row["code"]] = (point, min(point, known.low), max(point, known.high)) if known else (point, point, point)
    return found


def _money_of(money: dict[str, tuple[float, float, float]] | None, code: str) -> Estimate | None:
    return _sum([money[code]]) if money and code in money else None


def _sum(parts: list[tuple[float, float, float] | None]) -> Estimate:
    known = [part for part in parts if part is not None]
    point, low, high = (round(sum(part[end] for part in known), 2) for end in range(3))
    return Estimate(point, low, high, len(known), Badge.ADJUSTED)


def _share(part: int, whole: int) -> Finding:
    if whole < NEEDED:
        return NotEnoughEvidence(FEW_BUYERS, NEEDED, whole)
    return Estimate(*wilson(part, whole), whole, Badge.COUNTED)


def _growth(before: int, lately: int, active_before: int, active_lately: int) -> Finding:
    if before + lately < NEEDED_HIT or not active_before or not active_lately:
        return NotEnoughEvidence(FEW_HIT, NEEDED_HIT, before + lately)
    return share_ratio(before, lately, all_before=active_before, all_now=active_lately)
