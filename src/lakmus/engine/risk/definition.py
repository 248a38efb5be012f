"""What "lost" means: the label card, from the company's own rhythm."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from lakmus.engine.feeds import Feeds
from lakmus.engine.signals.rhythm import CompanyRhythm
from lakmus.engine.verdict import Definition, Exclusion, RiskGroup
from lakmus.history.estimate import Badge, Estimate, NotEnoughEvidence
from lakmus.history.wording import Wording

VERSION = "loss-1"
SHORTEST_HORIZON_DAYS = 14
LONGEST_HORIZON_DAYS = 365
NEEDED_CUSTOMERS = 50
"""Below this many customers with a completed gap the 90th percentile is known to worse than -+8 percentage points: too little to name
losses."""
WINDOW_DAYS = 365


def define_loss(rhythm: CompanyRhythm | None, *, feeds: Feeds, as_of: datetime) -> Definition:
    """Return the definition of loss without its counts (see `with_counts`).

    horizon_days = the 90th percentile of completed gaps between purchases, each customer weighing the same
    (`signals.rhythm.company_rhythm`), within SHORTEST_HORIZON_DAYS..LONGEST_HORIZON_DAYS. A customer is lost at `lost_at` = last order +
    horizon_days x 24 h, if that moment has come.

    Parameters
    ----------
    rhythm : the company's rhythm, or None. feeds : what the company sends. as_of : end of the window.
    """
    window = {"window_days": WINDOW_DAYS, "window_start_at": as_of - timedelta(days=WINDOW_DAYS), "window_end_at": as_of}
    eligibility = Wording(
        "Считаем клиентов, которые покупали хотя бы в два разных дня и не были потеряны ещё до начала этих 12 месяцев.",
        "Counted are customers who bought on at least two different days and were not already lost before these 12 months.",
    )
    seen = 0 if rhythm is None else rhythm.customers_count
    if rhythm is None or seen < NEEDED_CUSTOMERS:
        contract = feeds.has("ended_contract") or feeds.has("gave_notice")
        shortage = NotEnoughEvidence(
            Wording(
                "Слишком мало клиентов, которые покупали хотя бы дважды: ритм покупок компании ещё не виден.",
                "Too few customers have bought at least twice: the company's rhythm of purchases cannot be seen yet.",
            ),
            NEEDED_CUSTOMERS,
            seen,
        )
        text = (
            Wording("«Ушёл» – закончил договор или предупредил об уходе.", "“Lost” means the contract ended or notice was given.")
            if contract
            else Wording(
                "Пока нельзя сказать, после какого перерыва клиент ушёл.", "It cannot be said yet after which silence a customer is lost."
            )
        )
        basis = "contract" if contract else "unknown"
        gaps = 0 if rhythm is None else rhythm.gaps_count
        return Definition(VERSION, basis, text, eligibility, None, shortage, gaps, **window)  # type: ignore[arg-type]
    days = bounded(rhythm.p90_days)
    low, high = min(days, bounded(rhythm.p90_low)), max(days, bounded(rhythm.p90_high))
    horizon = Estimate(float(days), float(low), float(high), seen, Badge.COUNTED)
    return Definition(VERSION, "rhythm", _text(days, rhythm.p90_days), eligibility, days, horizon, rhythm.gaps_count, **window)  # type: ignore[arg-type]


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


def with_counts(
    definition: Definition,
    *,
    eligible: int,
    censored: int,
    no_orders: int,
    one_time: int,
    lost_before: int,
    unknown_orders: int,
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
        Exclusion(
            "orders_without_customer",
            Wording(
                "Заказы, у которых клиент неизвестен (это заказы, не клиенты)", "Orders whose customer is unknown (orders, not customers)"
            ),
            unknown_orders,
        ),
    )
    censoring = Wording(
        "Срок ещё не прошёл: об их уходе пока никто не знает, они считаются оставшимися.",
        "The horizon has not passed: nobody can know yet whether they left; they count as staying.",
    )
    return replace(definition, eligible_count=eligible, censored_count=censored, censoring=censoring, excluded=excluded, groups=groups)
