"""What "lost" means: the label card, from the company's own rhythm."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from lakmus.engine.feeds import Feeds
from lakmus.engine.signals.rhythm import CompanyRhythm
from lakmus.engine.verdict import Definition, Exclusion, RiskGroup
from lakmus.history.company import LEAST_PURCHASES, LossTerms
from lakmus.history.estimate import Badge, Estimate, NotEnoughEvidence
from lakmus.history.wording import Wording

VERSION = "loss-1"
SHORTEST_HORIZON_DAYS = 14
LONGEST_HORIZON_DAYS = 365
NEEDED_CUSTOMERS = 50
"""Below this many customers with a completed gap the 90th percentile is known to worse than -+8 percentage points: too little to name
losses."""
NEEDED_DAYS, NEEDED_HORIZONS = 60, 2
"""In files no longer than this only short gaps can be seen: a horizon taken from them would call the living lost."""
WINDOW_DAYS = 365
BY_DATA = LossTerms()
NO_RHYTHM = Wording(
    "Слишком мало клиентов, которые покупали хотя бы дважды: ритм покупок компании ещё не виден.",
    "Too few customers have bought at least twice: the company's rhythm of purchases cannot be seen yet.",
)
NO_PURCHASES = Wording(
    "В загруженных файлах нет покупок, и не видно, кто покупал дважды. Загрузите заказы, чеки или оплаченные визиты.",
    "The files hold no purchases, so nobody is seen to have bought twice. Import orders, receipts or paid visits.",
)
NAMELESS_PURCHASES = Wording(
    "Ни у одной покупки не указан клиент, и не видно, кто покупал дважды. Добавьте в выгрузку номер клиента или карты, телефон или почту.",
    "No purchase names its customer, so nobody is seen to have bought twice. Add the number of the customer or card, telephone or e-mail.",
)
WITHIN_HORIZON = Wording(
    "Срок ещё не прошёл: об их уходе пока никто не знает, они считаются оставшимися.",
    "The horizon has not passed: nobody can know yet whether they left; they count as staying.",
)
RUNNING = Wording("Договор действует: закончат ли его, пока никто не знает.", "The contract runs: nobody can know yet whether it will end.")
SHORT_FILES = Wording(
    "История заказов слишком коротка: в ней видны только короткие перерывы между покупками. Столько дней истории нужно, столько есть.",
    "The history of orders is too short: only short gaps between purchases can be seen in it. So many days are needed, so many there are.",
)
BY_CONTRACT = Wording(
    "Срок молчания не используется: клиент уходит, когда предупредил об уходе или закончил договор.",
    "No silence is counted: a customer leaves by giving notice or ending the contract.",
)
CONTRACT_TEXT = Wording("«Ушёл» – закончил договор или предупредил об уходе.", "“Lost” means the contract ended or notice was given.")
CONTRACT_ELIGIBILITY = Wording(
    "Считаем клиентов с договором, который не закончился ещё до начала этих 12 месяцев.",
    "Counted are customers with a contract that had not ended before these 12 months.",
)
UNKNOWN_TEXT = Wording(
    "Пока нельзя сказать, после какого перерыва клиент ушёл.", "It cannot be said yet after which silence a customer is lost."
)
CHOSEN_TEXT = Wording(
    "«Ушёл» – не покупал дольше {days} дн.: так решила компания. По данным вышло бы {found} дн.: 9 из 10 перерывов не длиннее.",
    "“Lost” means no purchase for more than {days} days: the company decided so. The data would say {found}: 9 in 10 gaps are no longer.",
)
FEW_PURCHASES = Wording("Покупали, но меньше чем в {least} разных дней", "Bought, but on fewer than {least} different days")
NO_CONTRACT = Wording("Покупали без договора", "Bought without a contract")
OWN_HORIZONS = Wording(" Свой срок: {own} дн.", " A horizon of their own, in days: {own}.")


def define_loss(
    rhythm: CompanyRhythm | None, *, feeds: Feeds, as_of: datetime, begins_at: datetime | None = None, terms: LossTerms = BY_DATA
) -> Definition:
    """Return the definition of loss without its counts (see `with_counts`).

    horizon_days = the 90th percentile of completed gaps between purchases, each customer weighing the same
    (`signals.rhythm.company_rhythm`), within SHORTEST_HORIZON_DAYS..LONGEST_HORIZON_DAYS, unless the company decided on another. A customer
    is lost at `lost_at` = last order + horizon_days x 24 h, if that moment has come.

    Parameters
    ----------
    rhythm : the company's rhythm, or None. feeds : what the company sends. as_of : end of the window. begins_at : when orders begin; None
    takes the history as long enough. terms : what the company decided.
    """
    seen = 0 if rhythm is None else rhythm.customers_count
    found = bounded(rhythm.p90_days) if rhythm is not None and seen >= NEEDED_CUSTOMERS else None
    needed_days = max(NEEDED_DAYS, NEEDED_HORIZONS * (found or 0))
    seen_days = needed_days if begins_at is None else (as_of - begins_at).days
    short = found is not None and seen_days < needed_days
    found = None if short else found
    days = found if terms.horizon_days is None or rhythm is None else terms.horizon_days
    card = partial(
        Definition,
        version=VERSION if not terms.version else f"{VERSION}.{terms.version}",
        completed_gaps_count=0 if rhythm is None else rhythm.gaps_count,
        window_days=WINDOW_DAYS,
        window_start_at=as_of - timedelta(days=WINDOW_DAYS),
        window_end_at=as_of,
        chosen_by="company" if terms.version else "data",
        found_days=found,
        least_purchases=terms.least_purchases,
    )
    eligibility = _eligibility(terms.least_purchases)
    ends = (feeds.has("ended_contract") or feeds.has("gave_notice")) and terms.basis != "purchases"
    if terms.basis == "contract" or (ends and (rhythm is None or days is None)):
        silence = NotEnoughEvidence(BY_CONTRACT, 0, 0)
        return card(basis="contract", text=CONTRACT_TEXT, eligibility=CONTRACT_ELIGIBILITY, horizon_days=None, horizon=silence)
    if rhythm is None or days is None:
        few = NotEnoughEvidence(_why_no_rhythm(feeds), NEEDED_CUSTOMERS, seen)
        shortage = NotEnoughEvidence(SHORT_FILES, needed_days, seen_days) if short else few
        return card(basis="unknown", text=UNKNOWN_TEXT, eligibility=eligibility, horizon_days=None, horizon=shortage)
    by, horizons = (terms.horizon_by, dict(terms.horizons)) if terms.horizons else ("", {})
    text = _text(days, rhythm.p90_days) if terms.horizon_days is None else CHOSEN_TEXT.filled(days=days, found=rhythm.p90_days)
    if horizons:
        own = ", ".join(f"{segment} {length}" for segment, length in sorted(horizons.items()))
        text = Wording(text.ru + OWN_HORIZONS.ru.format(own=own), text.en + OWN_HORIZONS.en.format(own=own))
    low, high = (days, days) if terms.horizon_days is not None else (bounded(rhythm.p90_low), bounded(rhythm.p90_high))
    horizon = Estimate(float(days), float(min(days, low)), float(max(days, high)), seen, Badge.COUNTED)
    basis = "purchases" if terms.basis == "purchases" else "rhythm"
    return card(basis=basis, text=text, eligibility=eligibility, horizon_days=days, horizon=horizon, horizon_by=by, horizons=horizons)


def _eligibility(least: int) -> Wording:
    if least == LEAST_PURCHASES:
        return Wording(
            "Считаем клиентов, которые покупали хотя бы в два разных дня и не были потеряны ещё до начала этих 12 месяцев.",
            "Counted are customers who bought on at least two different days and were not already lost before these 12 months.",
        )
    return Wording(
        "Считаем клиентов, которые покупали не меньше чем в {least} разных дней и не были потеряны ещё до начала этих 12 месяцев.",
        "Counted are customers who bought on at least {least} different days and were not already lost before these 12 months.",
    ).filled(least=least)


def bounded(days: int) -> int:
    """Return the horizon within its bounds."""
    return min(max(days, SHORTEST_HORIZON_DAYS), LONGEST_HORIZON_DAYS)


def _text(days: int, found_days: int) -> Wording:
    if days == found_days:
        return Wording(
            "«Ушёл» – не покупал дольше {days} дн.: 9 из 10 перерывов между покупками у ваших клиентов не длиннее.",
            "“Lost” means no purchase for more than {days} days: 9 in 10 gaps between your customers' purchases are no longer.",
        ).filled(days=days)
    return Wording(
        "«Ушёл» – не покупал дольше {days} дн. 9 из 10 перерывов между покупками не длиннее {found} дн.; срок держим от {short} до "
        "{long} дн.",
        "“Lost” means no purchase for more than {days} days. 9 in 10 gaps between purchases last at most {found} days; "
        "the horizon is kept between {short} and {long} days.",
    ).filled(days=days, found=found_days, short=SHORTEST_HORIZON_DAYS, long=LONGEST_HORIZON_DAYS)


def _why_no_rhythm(feeds: Feeds) -> Wording:
    """Return why gaps between purchases cannot be seen, and what would help."""
    purchases = feeds.of("placed_order", "ordered_item")
    if not purchases.count:
        return NO_PURCHASES
    return NO_RHYTHM if purchases.linked_count else NAMELESS_PURCHASES


def with_counts(
    definition: Definition,
    *,
    eligible: int,
    censored: int,
    no_orders: int,
    one_time: int,
    lost_before: int,
    unknown_orders: int,
    few_purchases: int = 0,
    no_contract: int = 0,
    groups: tuple[RiskGroup, ...] = (),
) -> Definition:
    """Return the card with its counts: who is eligible, who is left out and why, of whom nobody knows yet, whose risk is made how."""
    excluded = (
        Exclusion("one_time", Wording("Покупали только в один день: ритма ещё нет", "Bought on one day only: no rhythm yet"), one_time),
        Exclusion("no_orders", Wording("Известны, но ничего не заказали", "Known, but never ordered"), no_orders),
        Exclusion(
            "lost_before_window",
            Wording("Потеряны раньше этих 12 месяцев и не вернулись", "Lost before these 12 months and never came back"),
            lost_before,
        ),
        *(
            Exclusion(code, reason, count)
            for code, reason, count in (
                ("few_purchases", FEW_PURCHASES.filled(least=definition.least_purchases), few_purchases),
                ("no_contract", NO_CONTRACT, no_contract),
            )
            if count
        ),
        Exclusion(
            "orders_without_customer",
            Wording(
                "Заказы, у которых клиент неизвестен (это заказы, не клиенты)", "Orders whose customer is unknown (orders, not customers)"
            ),
            unknown_orders,
        ),
    )
    censoring = RUNNING if definition.basis == "contract" else WITHIN_HORIZON
    return replace(definition, eligible_count=eligible, censored_count=censored, censoring=censoring, excluded=excluded, groups=groups)
