"""From the buckets' sums to the one page."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from lakmus.engine.arrays import Floats
from lakmus.engine.causes.difference import Z95, difference_by_exposure, no_exposure, no_horizon, silent_to_vocal, too_few, wilson
from lakmus.engine.causes.domino import edges_of, no_dominoes
from lakmus.engine.causes.evidence import no_evidence
from lakmus.engine.causes.findings import control_share, harms_of, unmeasured
from lakmus.engine.causes.ledger import Causes, causes_of
from lakmus.engine.causes.reasons import Decided
from lakmus.engine.causes.rows import Rows, together
from lakmus.engine.errors.catalogue import ERROR_CODES
from lakmus.engine.errors.search import CODES, measured_by, needed_for
from lakmus.engine.errors.staff_rates import no_staff_cases, summed
from lakmus.engine.feeds import Feeds
from lakmus.engine.learning import Learned
from lakmus.engine.measures.people import monday, spared
from lakmus.engine.money.worth import lost_money, no_money
from lakmus.engine.risk.contracts import CONTRACT_HORIZON_DAYS, followed_days, past_of_contracts
from lakmus.engine.risk.definition import NEEDED_CUSTOMERS, WINDOW_DAYS, with_counts
from lakmus.engine.risk.groups import GROUPS, groups_of
from lakmus.engine.scoring import BucketResult, CodeSums, StarSums
from lakmus.engine.text.voice import VOICE_KINDS, hears
from lakmus.engine.verdict import (
    Coverage,
    CoverageLine,
    CustomerCounts,
    DeliveryStars,
    DoNotTouch,
    ErrorFinding,
    MonthLosses,
    NotMeasured,
    OrderCounts,
    Person,
    Verdict,
)
from lakmus.history.company import Company
from lakmus.history.estimate import Badge, Estimate, Finding, NotEnoughEvidence
from lakmus.history.wording import Wording

NEEDED_REVIEWS = 10
FEW_ORDERS, ONE_CUSTOMERS_SHARE = 20, 0.5
_ONE_CUSTOMER = Wording(
    "Что покупают клиенты вместе: {share} % заказов сделал один клиент, и общие суммы говорят о нём",
    "What customers buy in all: one customer placed {share}% of the orders, and the sums speak of that one",
)
_ONE_CUSTOMER_NEEDED = Wording("файлы, где это не один клиент, а те, кто за ним стоит", "files that tell the people behind that one apart")
_ODD_DATES = Wording(
    "Когда сделаны некоторые заказы: у {count} дата на годы раньше всех остальных",
    "When some orders were placed: the dates of {count} lie years before all others",
)
_MOSTLY_RETURNS = Wording(
    "Покупки: заказов в файлах {orders}, а записей с отрицательной суммой {returns}, и каждая посчитана возвратом",
    "Purchases: the files hold {orders} orders, and {returns} records with a negative amount, each counted as a return",
)
_MOSTLY_RETURNS_NEEDED = Wording(
    "если это продажи – те же файлы, где суммы без минуса; загруженное раньше сотрите, начав с новой папки",
    "if these are sales: the same files with amounts that have no minus, imported into a new folder",
)
_ODD_DATES_NEEDED = Wording("верные даты этих заказов", "the true dates of these orders")
_NO_CODE = CodeSums(0, 0, 0, 0, 0, 0, 0, 0, 0.0, no_exposure())


@dataclass
class Sums:
    """What is added up while buckets pass by; money in hundredths."""

    counts: Counter[str] = field(default_factory=Counter)
    money: Counter[str] = field(default_factory=Counter)
    months: dict[str, tuple[int, int, float]] = field(default_factory=dict)
    codes: dict[str, CodeSums] = field(default_factory=dict)
    stars: dict[str, StarSums] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)
    do_not_touch: list[DoNotTouch] = field(default_factory=list)
    most_orders: int = 0
    rows: dict[str, list[Rows]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    losses: list[pl.DataFrame] = field(default_factory=list)
    dominoes: Floats = field(default_factory=lambda: no_dominoes(CODES))
    met: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    staff: pl.DataFrame = field(default_factory=no_staff_cases)

    def add(self, result: BucketResult) -> None:
        """Add one bucket's result; only the best candidates are kept."""
        self.counts.update(result.counts)
        for name, amount in result.money.items():
            self.money[name] += amount  # type: ignore[assignment]
        for month, part in result.months.items():
            seen = self.months.get(month, (0, 0, 0.0))
            self.months[month] = (seen[0] + part[0], seen[1] + part[1], seen[2] + part[2])
        for code, sums in result.codes.items():
            self.codes[code] = _added(self.codes.get(code, _NO_CODE), sums)
        for code, stars in result.stars.items():
            self.stars[code] = self.stars.get(code, StarSums()) + stars
        self.most_orders = max(self.most_orders, result.most_orders)
        self.staff = summed([self.staff, result.staff])
        self.losses.append(result.losses)
        self.dominoes = self.dominoes + result.dominoes
        for cell, (met, complained) in result.met.items():
            before = self.met.get(cell, (0, 0))
            self.met[cell] = (before[0] + met, before[1] + complained)
        self.names |= result.names
        for code, rows in result.rows.items():
            self.rows.setdefault(code, []).append(rows)
        self.people = list(monday([*self.people, *result.people]))
        self.do_not_touch = list(spared([*self.do_not_touch, *result.do_not_touch]))

    def amount(self, name: str) -> float:
        """Return a sum of money in the currency's unit, exact to the hundredth."""
        return round(self.money[name] / 100, 2)


def _added(one: CodeSums, other: CodeSums) -> CodeSums:
    return CodeSums(
        one.found + other.found,
        one.without_customer + other.without_customer,
        one.exposed + other.exposed,
        one.complained + other.complained,
        one.left + other.left,
        one.left_silently + other.left_silently,
        one.opportunities + other.opportunities,
        one.exposures + other.exposures,
        one.exposures_worth + other.exposures_worth,
        one.exposure + other.exposure,
    )


def causes_found(sums: Sums, learned: Learned, decided: Decided | None = None) -> Causes:
    """Return what errors do, why each lost customer left, and the ledger, from the rows of all buckets."""
    horizon_days = followed_days(learned.definition)
    rows = {code: together(parts) for code, parts in sums.rows.items()} if horizon_days is not None else {}
    losses = pl.concat(sums.losses) if sums.losses else no_evidence()
    harms = harms_of(rows, CODES, sums.names)
    return causes_of(harms, rows, losses, sums.met, horizon_days=horizon_days, decided=decided, doubt_money=_money_doubt(learned))


def _money_doubt(learned: Learned) -> float:
    """Return the standard error that what all the lost would have brought shares, as a part of it; contracts are priced by payments."""
    return 0.0 if learned.definition.basis == "contract" else learned.goes_on.doubt


def verdict_of(sums: Sums, causes: Causes, *, learned: Learned, company: Company, as_of: datetime) -> Verdict:
    """Return the page from the sums of all buckets and `causes_found` of them."""
    counts = sums.counts
    orders, known_loss = _order_counts(sums), learned.definition.basis != "unknown"
    definition = with_counts(
        learned.definition,
        eligible=counts["eligible"],
        censored=counts["eligible"] - counts["lost"],
        unknown_orders=counts["orders_without_customer"],
        **{name: counts[name] for name in ("no_orders", "one_time", "lost_before", "few_purchases", "no_contract")},
        groups=groups_of(
            learned.backtest,
            {code: (counts[f"told_{code}"], counts[f"millionths_{code}"] / 1e6) for code in GROUPS},
            horizon_days=learned.definition.horizon_days,
            contract_days=CONTRACT_HORIZON_DAYS,
        ),
    )
    loss = lost_money(sums.amount("lost_value"), sums.money["lost_variance"], counts["lost_with_money"], doubt=_money_doubt(learned))
    priced = not counts["orders"] or sums.money["gross"] > 0
    at_risk = sums.amount("value_at_risk")
    return Verdict(
        as_of=as_of,
        company=company.name,
        currency=company.currency,
        margin_share=company.margin_share,
        margin_is_assumed=company.margin_is_assumed,
        margin_note=_margin_note(company),
        definition=definition,
        customers=_customer_counts(counts, known_loss=known_loss, hears=hears(learned.feeds)),
        orders=orders,
        loss=(loss if priced else no_money()) if known_loss else learned.definition.horizon,
        value_at_risk=at_risk if known_loss and priced and (at_risk or counts["orders"]) else None,
        abrupt=counts["abrupt"],
        gradual=counts["gradual"],
        months=_months(sums, learned, company.time_zone, as_of=as_of) if known_loss else (),
        deliveries=_deliveries(sums),
        silent_to_vocal=silent_to_vocal(counts["hurt_silent"], counts["hurt_vocal"]) if known_loss else _no_horizon(learned),
        errors=_errors(sums, causes, learned, known_loss=known_loss),
        people=tuple(sums.people),
        do_not_touch=tuple(sums.do_not_touch),
        backtest=past_of_contracts(learned.backtest, learned.definition),
        coverage=coverage_of(learned.feeds, orders, sums.counts, strays=learned.begins.strays, most_orders=sums.most_orders),
        domino=edges_of(sums.dominoes, CODES),
        removal=causes.removal,
        ledger=causes.ledger,
        ledger_year=causes.ledger_year,
        negative_control_share=control_share(causes.harms),
    )


def _no_horizon(learned: Learned) -> NotEnoughEvidence:
    """Return why nothing is said that needs a horizon."""
    unknown = learned.definition.horizon
    if learned.definition.basis == "unknown" and isinstance(unknown, NotEnoughEvidence):
        return unknown
    return no_horizon(NEEDED_CUSTOMERS, 0 if learned.rhythm is None else learned.rhythm.customers_count)


def _margin_note(company: Company) -> Wording:
    share = f"{round(100 * company.margin_share)}"
    if company.margin_is_assumed:
        return Wording(
            "Деньги – это маржа. Мы приняли её за {share} % выручки; укажите свою в настройках.",
            "Money here is margin. We assumed it to be {share}% of revenue; state your own in the settings.",
        ).filled(share=share)
    return Wording("Деньги – это маржа: {share} % выручки.", "Money here is margin: {share}% of revenue.").filled(share=share)


def _customer_counts(counts: Counter[str], *, known_loss: bool, hears: bool) -> CustomerCounts:
    if not known_loss:
        return CustomerCounts(counts["known"], counts["with_orders"], counts["one_time"], None, None, None, None, None)
    return CustomerCounts(
        known=counts["known"],
        with_orders=counts["with_orders"],
        one_time=counts["one_time"],
        active=counts["eligible"] - counts["lost"],
        lost=counts["lost"],
        lost_silently=counts["lost_silently"] if hears else None,
        cooling=counts["cooling"],
        cold=counts["cold"],
    )


def _order_counts(sums: Sums) -> OrderCounts:
    counts = sums.counts
    return OrderCounts(
        count=counts["orders"],
        cancelled=counts["cancelled"],
        without_customer=counts["orders_without_customer"],
        late=counts["late"],
        with_promise=counts["with_promise"],
        revenue=round((sums.money["gross"] - sums.money["returned"]) / 100, 2),
        returned_amount=sums.amount("returned"),
        last_12_months_count=counts["orders_12_months"],
        last_12_months_revenue=round((sums.money["gross_12_months"] - sums.money["returned_12_months"]) / 100, 2),
    )


def _months(sums: Sums, learned: Learned, time_zone: str, *, as_of: datetime) -> tuple[MonthLosses, ...]:
    """Return the window's calendar months, oldest first: those without a loss too, but none before anybody could have been missed."""
    zone = ZoneInfo(time_zone)
    first, last = (as_of - timedelta(days=WINDOW_DAYS)).astimezone(zone), (as_of - timedelta(microseconds=1)).astimezone(zone)
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    names = [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in numbers]
    if learned.begins.at is not None and learned.definition.horizon_days is not None:
        missed = f"{(learned.begins.at + timedelta(days=learned.definition.horizon_days)).astimezone(zone):%Y-%m}"
        names = [name for name in names if name >= min([missed, *sums.months])]
    shown = []
    for name in names:
        visible, silent, worth = sums.months.get(name, (0, 0, 0.0))
        shown.append(MonthLosses(name, visible, silent, round(worth / 100, 2)))
    return tuple(shown)


def _errors(sums: Sums, causes: Causes, learned: Learned, *, known_loss: bool) -> tuple[ErrorFinding, ...]:
    """Return one finding per detected code: those that cost most first, then those that hit most."""
    findings = []
    for name in CODES:
        code = sums.codes.get(name, _NO_CODE)
        harm = causes.harms.get(name, unmeasured(_no_horizon(learned)) if not known_loss else unmeasured(too_few(0, exposed=True)))
        difference: Finding = _no_horizon(learned)
        if known_loss:
            difference = difference_by_exposure([code.exposure])
        entry = ERROR_CODES[name]
        measured = measured_by(name, learned.feeds, sums.counts)
        findings.append(
            ErrorFinding(
                code=name,
                title=entry.title,
                measured=measured,
                not_measured=None if measured else needed_for(name),
                found=code.found,
                without_customer=code.without_customer,
                exposed=code.exposed,
                complained=code.complained,
                left=code.left,
                left_silently=code.left_silently,
                opportunities=code.opportunities,
                difference=difference,
                effect=harm.effect,
                money=_rounded(harm.effect.scaled(code.exposures_worth)) if isinstance(harm.effect, Estimate) else harm.effect,
                article_share=entry.article_share,
                outcome_known=learned.definition.basis != "unknown",
                customers_lost=harm.effect.scaled(code.exposures) if isinstance(harm.effect, Estimate) else harm.effect,
                negative_control=harm.control,
                sensitivity=harm.sensitivity,
                overlap=harm.overlap,
                p_adjusted=harm.p_adjusted,
                dose=harm.dose,
                breaking=harm.breaking,
                repeats=harm.repeats,
                by_segment=harm.segments,
                interactions=harm.interactions,
                learned=causes.learned.get(name),
            )
        )
    return tuple(sorted(findings, key=_costliest))


def _deliveries(sums: Sums) -> tuple[DeliveryStars, ...]:
    """Return what reviews say of deliveries on time and late; none without a delivery that had a promise."""
    titles = {"on_time": Wording("Доставлены в срок", "Delivered on time"), "late": Wording("Доставлены с опозданием", "Delivered late")}
    shown = []
    for code, title in titles.items():
        own = sums.stars.get(code, StarSums())
        shown.append(DeliveryStars(code, title, own.orders, own.reviewed, own.reviews, *_stars_of(own)))
    return tuple(shown) if any(part.orders for part in shown) else ()


def _stars_of(own: StarSums) -> tuple[Finding, Finding]:
    """Return mean stars (normal interval) and the share of one star (Wilson's)."""
    n = own.reviews
    if n < NEEDED_REVIEWS:
        few = NotEnoughEvidence(Wording("Слишком мало отзывов об этих заказах.", "Too few reviews of these orders."), NEEDED_REVIEWS, n)
        return few, few
    mean = own.stars / n
    half = Z95 * math.sqrt(max(own.squares / n - mean * mean, 0.0) / (n - 1))
    share, low, high = wilson(own.ones, n)
    return Estimate(mean, mean - half, mean + half, n, Badge.COUNTED), Estimate(share, low, high, n, Badge.COUNTED)


def _costliest(finding: ErrorFinding) -> tuple[bool, float, int, str]:
    money = finding.money.point if isinstance(finding.money, Estimate) else 0.0
    return (not finding.measured, -money, -finding.exposed, finding.code)


def _rounded(money: Estimate) -> Estimate:
    return Estimate(round(money.point, 2), round(money.low, 2), round(money.high, 2), money.n, money.badge)


_ORDERS_LINKED = Wording("Заказы связаны с клиентом", "Orders linked to a customer")
_LINES = (
    ("cases", Wording("Обращения связаны с клиентом", "Cases linked to a customer"), ("opened_case",)),
    ("reviews", Wording("Отзывы связаны с клиентом", "Reviews linked to a customer"), ("left_review",)),
)
_MISSING = (
    ("visits", Wording("Визиты на сайт и в магазин", "Visits to site and shop"), ("visited_site", "visited_store", "logged_in"),
     Wording("журнал визитов с клиентом и временем", "a log of visits with customer and time")),
    ("complaints", Wording("Кто ушёл молча", "Who left silently"), VOICE_KINDS,
     Wording("обращения, сообщения, жалобы или отзывы", "cases, messages, complaints or reviews")),
    ("surveys", Wording("Опросы", "Surveys"), ("answered_survey",), Wording("ответы на опросы", "answers to surveys")),
    ("reviews", Wording("Отзывы", "Reviews"), ("left_review",), Wording("отзывы с оценкой и датой", "reviews with stars and date")),
    ("loyalty", Wording("Программа лояльности", "Loyalty programme"), ("earned_points", "redeemed_points"),
     Wording("начисления и списания баллов", "points earned and redeemed")),
    ("messages_opened", Wording("Открытие писем", "Messages opened"), ("opened_message",),
     Wording("открытия рассылок", "opens of mailings")),
)  # fmt: skip


def coverage_of(feeds: Feeds, orders: OrderCounts, read: Mapping[str, int], *, strays: int = 0, most_orders: int = 0) -> Coverage:
    """Return what the verdict could see: links by sort of record, and what no imported file tells.

    Orders are those that the verdict counts: also those of which files tell only the lines. `read`: how many texts
    and replies were read. `strays`: orders dated years before all others;
    `most_orders`: of one customer.
    """
    lines = [CoverageLine("orders", _ORDERS_LINKED, orders.count - orders.without_customer, orders.count)]
    for code, title, kinds in _LINES:
        feed = feeds.of(*kinds)
        lines.append(CoverageLine(code, title, feed.linked_count, feed.count))
    missing = [NotMeasured(code, ERROR_CODES[code].title, needed_for(code)) for code in CODES if not measured_by(code, feeds, read)]
    missing += [NotMeasured(code, title, needed) for code, title, kinds, needed in _MISSING if feeds.of(*kinds).count == 0]
    if (returns := feeds.of("returned_item").count) > orders.count:
        missing.insert(
            0, NotMeasured("mostly_returns", _MOSTLY_RETURNS.filled(orders=orders.count, returns=returns), _MOSTLY_RETURNS_NEEDED)
        )
    if most_orders > ONE_CUSTOMERS_SHARE * orders.count and orders.count >= FEW_ORDERS:
        share = round(100 * most_orders / orders.count)
        missing.append(NotMeasured("one_customer", _ONE_CUSTOMER.filled(share=share), _ONE_CUSTOMER_NEEDED))
    if strays:
        missing.append(NotMeasured("odd_dates", _ODD_DATES.filled(count=strays), _ODD_DATES_NEEDED))
    every = feeds.of(*feeds.by_kind)
    return Coverage(every.first_at, every.last_at, every.count, tuple(lines), tuple(missing))
