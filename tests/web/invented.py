# ruff: noqa: E501
"""An invented verdict, for tests of what the pages say; no figure of it was computed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from lakmus.engine import verdict as v
from lakmus.history.estimate import Badge, Estimate, NotEnoughEvidence
from lakmus.history.wording import Wording

AS_OF = datetime(2026, 11, 20, 20, 59, 59, tzinfo=UTC)
TOO_FEW = NotEnoughEvidence(Wording("мало клиентов, с которыми никто не связался", "few customers whom nobody contacted"), 400, 130)


def error(code: str, ru: str, en: str, money: object, exposed: int, left: int) -> v.ErrorFinding:
    difference = Estimate(0.021, -0.004, 0.046, exposed, Badge.DIFFERENCE)
    return v.ErrorFinding(
        code,
        Wording(ru, en),
        True,
        None,
        exposed + 3,
        3,
        exposed,
        exposed // 12,
        left,
        left // 2,
        exposed * 3,
        difference,
        difference,
        money,
        0.6,
    )  # type: ignore[arg-type]


def chip(sort: str, code: str, ru: str, en: str) -> v.Chip:
    return v.Chip(sort, code, Wording(ru, en), AS_OF - timedelta(days=23), ("0" * 32,))


def person(customer: str, name: str | None, probability: float, stake: float, *chips: v.Chip) -> v.Person:
    churn = Estimate(probability, probability - 0.11, probability + 0.09, 240, Badge.ADJUSTED)
    return v.Person(
        customer, name, None, AS_OF - timedelta(days=1700), 34, 0, "cold", AS_OF - timedelta(days=19), 41.0, churn, 90, stake / probability, stake,
        chips, "call", Wording("Извиниться за опоздание", "Apologise for the delay"),
        Wording("Здравствуйте! Заказ пришёл позже, чем мы обещали.", "Hello! The order came later than we promised."),
        (Wording("дольше обычного без покупки", "longer than usual without a purchase"),),
    )  # fmt: skip


def invented_verdict() -> v.Verdict:
    definition = v.Definition(
        "1", "rhythm",
        Wording("«Ушёл» — не покупал дольше 94 дней: 9 из 10 ваших покупателей к этому сроку возвращаются.",
                "“Left” means no purchase for more than 94 days: 9 of 10 of your buyers come back by then."),
        Wording("клиенты с покупками хотя бы в два разных дня", "customers with purchases on at least two days"),
        94, Estimate(94, 91, 97, 8123, Badge.COUNTED), 8123, 365, AS_OF - timedelta(days=365), AS_OF, 9640, 812,
        Wording("ещё не прошёл срок", "the horizon has not passed yet"),
        (v.Exclusion("one_time", Wording("одна покупка", "a single purchase"), 212),),
    )  # fmt: skip
    money = [Estimate(5.1e6, 4.2e6, 6.3e6, 2310, Badge.ADJUSTED), Estimate(3.8e6, 2.6e6, 5.1e6, 640, Badge.ADJUSTED), TOO_FEW]
    months = tuple(v.MonthLosses(f"{2025 + (11 + i) // 12}-{(11 + i) % 12 + 1:02d}", 20 + 3 * i, 30 + 4 * i, 1e6) for i in range(12))
    late = chip("error", "broken_promise", "опоздание на 6 дней", "6 days late")
    gone = chip("signal", "purchase_gap", "не покупает 41 день", "no purchase for 41 days")
    return v.Verdict(
        AS_OF, "Лакмус", "RUB", 0.3, True, Wording("Маржа 30 % принята, её никто не подтвердил.", "A margin of 30% is assumed."), definition,
        v.CustomerCounts(known=11200, with_orders=9852, one_time=212, active=8356, lost=1284, lost_silently=871, cooling=640, cold=311),
        v.OrderCounts(61200, 900, 40, 3100, 60100, 2.4e8, 4e6, 30100, 1.2e8),
        Estimate(14.2e6, 12.9e6, 15.6e6, 1284, Badge.ADJUSTED), 9.4e6, 500, 784, months, Estimate(2.1, 1.8, 2.5, 1284, Badge.COUNTED),
        (
            error("broken_promise", "невыполненное обещание", "broken promise", money[0], 2310, 412),
            error("no_reply", "обращение или отзыв без ответа", "case or review without an answer", money[1], 640, 233),
            error("no_aftersales", "нет послепродажного сопровождения", "no after-sales contact", money[2], 5902, 90),
        ),
        (
            person("10482", "№ 10482", 0.78, 84300, late, gone),
            person("10561", "№ 10561", 0.61, 52100, late),
            person("20007", None, 0.49, 210000, gone),
        ),
        (v.DoNotTouch("555", "№ 555", "asked_not_to_call", Wording("просила не звонить", "asked not to be called"), 50000),),
        v.Backtest((), "model", Wording(
            "Если бы Лакмус стоял у вас с марта, он назвал бы 61 из 100 ушедших, в среднем за 34 дня до ухода. Из 100 тревог 27 оказались бы ложными.",
            "Had it stood here since March, it would have named 61 of 100 who left, 34 days before; 27 of 100 alarms would have been false.")),
        v.Coverage(AS_OF - timedelta(days=900), AS_OF, 512000, (
            v.CoverageLine("orders", Wording("Заказы связаны с клиентом", "Orders linked to a customer"), 97, 100),
            v.CoverageLine("cases", Wording("Обращения связаны с клиентом", "Cases linked to a customer"), 81, 100),
            v.CoverageLine("reviews", Wording("Отзывы связаны с клиентом", "Reviews linked to a customer"), 42, 100)),
            (v.NotMeasured("calls", Wording("Дозвонились ли", "Whether calls get through"), Wording("Нужен журнал звонков.", "A log of calls is needed.")),)),
    )  # fmt: skip
