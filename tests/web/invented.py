# ruff: noqa: E501
"""An invented verdict, for tests of what the pages say; no figure of it was computed."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any, get_type_hints

from lakmus.engine import verdict as v
from lakmus.history.estimate import Badge, Estimate, NotEnoughEvidence
from lakmus.history.wording import Wording

AS_OF = datetime(2026, 11, 20, 20, 59, 59, tzinfo=UTC)
TOO_FEW = NotEnoughEvidence(Wording("мало клиентов, с которыми никто не связался", "few customers whom nobody contacted"), 400, 130)
STILL = Wording("ничего сверх сказанного", "nothing beyond what was said")


def made(kind: type, **given: Any) -> Any:
    """Make one of the engine's values from what a page needs of it; what else it holds gets a plain filling."""
    hints = get_type_hints(kind)
    filling = {int: 0, float: 0.0, str: "", bool: False, Wording: STILL, datetime: AS_OF}
    for field in dataclasses.fields(kind):
        required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if field.name not in given and required:
            given[field.name] = filling.get(hints[field.name])
    return kind(**{name: part for name, part in given.items() if name in hints})


def error(code: str, ru: str, en: str, money: object, exposed: int, left: int) -> v.ErrorFinding:
    difference = Estimate(0.021, -0.004, 0.046, exposed, Badge.DIFFERENCE)
    return made(
        v.ErrorFinding, code=code, title=Wording(ru, en), measured=True, found=exposed + 3, without_customer=3, exposed=exposed,
        complained=exposed // 12, left=left, left_silently=left // 2, opportunities=exposed * 3, difference=difference,
        effect=Estimate(left / 2, left / 4, left, exposed, Badge.DIFFERENCE), money=money, article_share=0.6,
    )  # fmt: skip


def unmeasured(code: str, ru: str, en: str) -> v.ErrorFinding:
    return made(
        v.ErrorFinding, code=code, title=Wording(ru, en), measured=False, not_measured=Wording("нужен журнал звонков", "a log of calls is needed"),
        difference=TOO_FEW, effect=TOO_FEW, money=TOO_FEW,
    )  # fmt: skip


def chip(sort: str, code: str, ru: str, en: str) -> v.Chip:
    return v.Chip(sort, code, Wording(ru, en), AS_OF - timedelta(days=23), ("0" * 32,), quote="12345")


def person(customer: str, name: str | None, probability: float, stake: float, *chips: v.Chip) -> v.Person:
    return made(
        v.Person, customer=customer, name=name, known_since=AS_OF - timedelta(days=1700), orders_count=34, state="cold",
        state_since=AS_OF - timedelta(days=19), days_since_last_order=41.0, horizon_days=90, value_at_risk=stake / probability,
        churn=Estimate(probability, probability - 0.11, probability + 0.09, 240, Badge.ADJUSTED), money_at_stake=stake, happened=chips,
        next_step_code="call", next_step=Wording("Извиниться за опоздание", "Apologise for the delay"),
        draft=Wording("Здравствуйте! Заказ пришёл позже, чем мы обещали.", "Hello! The order came later than we promised."), reasons=(),
    )  # fmt: skip


def definition() -> v.Definition:
    return made(
        v.Definition, version="1", basis="rhythm", horizon_days=94, horizon=Estimate(94, 91, 97, 8123, Badge.COUNTED), window_days=365,
        text=Wording("«Ушёл» — не покупал дольше 94 дней: 9 из 10 ваших покупателей к этому сроку возвращаются.",
                     "“Left” means no purchase for more than 94 days: 9 of 10 of your buyers come back by then."),
        eligibility=Wording("клиенты с покупками хотя бы в два разных дня", "customers with purchases on at least two days"),
        window_start_at=AS_OF - timedelta(days=365), window_end_at=AS_OF, eligible_count=9640, censored_count=812,
        censoring=Wording("ещё не прошёл срок", "the horizon has not passed yet"),
        excluded=(v.Exclusion("one_time", Wording("одна покупка", "a single purchase"), 212),),
        groups=(
            v.RiskGroup("new", Wording("Новые", "New customers"), Wording("Второй покупки нет.", "No second purchase."), "survival",
                        Wording("по таким же клиентам", "by customers like them"), 94, 812, 0.41),
        ),
    )  # fmt: skip


def invented_verdict() -> v.Verdict:
    late = chip("error", "broken_promise", "опоздание на 6 дней", "6 days late")
    gone = chip("signal", "purchase_gap", "не покупает 41 день", "no purchase for 41 days")
    counts = made(
        v.CustomerCounts, known=11200, with_orders=9852, one_time=212, active=8356, lost=1284, lost_silently=871, cooling=640, cold=311
    )
    months = tuple(
        made(v.MonthLosses, month=f"{2025 + (11 + i) // 12}-{(11 + i) % 12 + 1:02d}", visible=20 + 3 * i, silent=30 + 4 * i)
        for i in range(12)
    )
    lines = (
        ("orders", "Заказы связаны с клиентом", "Orders linked to a customer", 97),
        ("reviews", "Отзывы связаны с клиентом", "Reviews linked to a customer", 42),
    )
    coverage = made(
        v.Coverage, first_at=AS_OF - timedelta(days=900), last_at=AS_OF, activities_count=512000,
        lines=tuple(v.CoverageLine(code, Wording(ru, en), linked, 100) for code, ru, en, linked in lines),
        not_measured=(v.NotMeasured("calls", Wording("Дозвонились ли", "Whether calls get through"), Wording("Нужен журнал звонков.", "A log of calls is needed.")),),
    )  # fmt: skip
    backtest = v.Backtest((), "model", Wording(
        "Если бы Лакмус стоял у вас с марта, он назвал бы 61 из 100 ушедших, в среднем за 34 дня до ухода. Из 100 тревог 27 оказались бы ложными.",
        "Had it stood here since March, it would have named 61 of 100 who left, 34 days before; 27 of 100 alarms would have been false."))  # fmt: skip
    return made(
        v.Verdict, as_of=AS_OF, company="Лакмус", currency="RUB", margin_share=0.3, margin_is_assumed=True,
        margin_note=Wording("Маржа 30 % принята, её никто не подтвердил.", "A margin of 30% is assumed."), definition=definition(),
        customers=counts, loss=Estimate(14.2e6, 12.9e6, 15.6e6, 1284, Badge.ADJUSTED), value_at_risk=9.4e6, months=months,
        silent_to_vocal=Estimate(2.1, 1.8, 2.5, 1284, Badge.COUNTED),
        errors=(
            error("broken_promise", "невыполненное обещание", "broken promise", Estimate(5.1e6, 4.2e6, 6.3e6, 2310, Badge.ADJUSTED), 2310, 412),
            error("no_reply", "обращение или отзыв без ответа", "case or review without an answer", Estimate(3.8e6, -2.6e6, 5.1e6, 640, Badge.ADJUSTED), 640, 233),
            error("no_aftersales", "нет послепродажного сопровождения", "no after-sales contact", TOO_FEW, 5902, 90),
            unmeasured("hard_to_reach", "не дозвониться, нет канала", "calls do not get through"),
        ),
        people=(
            person("10482", "№ 10482", 0.78, 84300, late, gone),
            person("10561", "№ 10561", 0.61, 52100, late, late, late, gone),
            person("20007", None, 0.49, 210000, gone),
        ),
        do_not_touch=(v.DoNotTouch("555", "№ 555", "asked", Wording("просила не звонить", "asked not to be called"), 50000),),
        backtest=backtest, coverage=coverage,
    )  # fmt: skip
