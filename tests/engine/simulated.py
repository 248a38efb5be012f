"""A simulated company as activities, read from its files by a few lines of Polars: independent of the import that the product ships.

`tests/engine/test_reading_of_simulated.py` holds both against each other.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from lakmus.history.activity import ACTIVITY_SCHEMA
from lakmus.simulate.company import simulate_company
from lakmus.simulate.scenario import load_scenario

ZONE = "Europe/Moscow"
CHANNELS = {"чат": "chat", "мессенджер": "messenger", "почта": "email", "телефон": "phone", "соцсети": "social"}
AUTHORS = {"клиент": "customer", "сотрудник": "person", "бот": "bot", "система": "system"}
POINTS = {"вступление": "joined_programme", "начисление": "earned_points", "списание": "redeemed_points", "сгорание": "points_expired"}
CALLS = {"отвечен": "called", "пропущен": "missed_call", "клиент не дождался": "abandoned_queue"}
MONEY = {"списание": "was_charged", "возврат": "was_refunded"}
STEPS = {"начало оформления": "started_checkout", "оформление брошено": "abandoned_checkout"}
MICRO = pl.Datetime("us", "UTC")
WHO, ORDER, CASE = "ID клиента", "Номер заказа", "Номер обращения"
PERSON = pl.lit("person")


def write_company(folder: Path, *, customers: int, months: int = 24, seed: int = 1) -> dict[str, Any]:
    """Simulate into `folder` and return its truth."""
    simulate_company(folder, customers=customers, months=months, seed=seed, scenario=load_scenario())
    return json.loads((folder / "truth.json").read_text(encoding="utf-8"))


def read_csv(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_csv(folder / f"{name}.csv", separator=";", infer_schema=False)


def moment(column: str) -> pl.Expr:
    return pl.col(column).str.to_datetime("%d.%m.%Y %H:%M").dt.replace_time_zone(ZONE).dt.convert_time_zone("UTC").cast(MICRO)


def day(column: str, *, days: int = 0) -> pl.Expr:
    midnight = pl.col(column).str.to_date("%d.%m.%Y").cast(pl.Datetime("us")).dt.offset_by(f"{days}d").dt.replace_time_zone(ZONE)
    return midnight.dt.convert_time_zone("UTC").cast(MICRO)


def number(column: str) -> pl.Expr:
    return pl.col(column).str.replace_all(",", ".", literal=True).cast(pl.Float64)


def fact(frame: pl.DataFrame, kind: str | pl.Expr, at: str | pl.Expr, **columns: str | pl.Expr) -> pl.DataFrame:
    """Return one activity per row whose moment is known; columns are named by their header or given as expressions."""
    when = moment(at) if isinstance(at, str) else at
    what = pl.lit(kind) if isinstance(kind, str) else kind
    named = {"customer": WHO} | columns
    return frame.select(when.alias("ts"), what.alias("activity"), **{name: _column(one) for name, one in named.items()}).drop_nulls("ts")


def _column(one: str | pl.Expr) -> pl.Expr:
    return pl.col(one) if isinstance(one, str) else one


def activities(folder: Path) -> pa.Table:
    """Every file, as one table sorted by customer and time."""
    orders = read_csv(folder, "orders")
    parts = [*_orders(folder, orders), *_conversations(folder), *_voices(folder, orders.select(ORDER, WHO)), *_machines(folder)]
    frame = pl.concat([*parts, *_behaviour(folder)], how="diagonal").with_row_index("n")
    frame = frame.with_columns(
        pl.col("n").cast(pl.String).str.zfill(32).alias("activity_id"),
        pl.col("ts").alias("_known_at"),
        pl.when(pl.col("_amount").is_not_null()).then(pl.lit("RUB")).alias("_currency"),
    )
    missing = [pl.lit(None).alias(name) for name in ACTIVITY_SCHEMA.names if name not in frame.columns]
    frame = frame.with_columns(missing).sort(pl.coalesce("customer", "anonymous_customer_id"), "ts", "n")
    return frame.select(ACTIVITY_SCHEMA.names).to_arrow().cast(ACTIVITY_SCHEMA)


def _orders(folder: Path, orders: pl.DataFrame) -> list[pl.DataFrame]:
    def of_orders(name: str) -> pl.DataFrame:
        return read_csv(folder, name).join(orders.select(ORDER, WHO, "Дата заказа"), on=ORDER)

    cancelled, deliveries = orders.filter(pl.col("Статус") == "отменён"), of_orders("deliveries")
    money = {"_order": ORDER, "_amount": number("Сумма")}
    lines = {"_order": ORDER, "_product": "Артикул", "_quantity": number("Количество")}
    until = day("Обещанная дата доставки", days=1) - pl.duration(microseconds=1)
    charged, by = of_orders("charges"), pl.col("Операция")
    return [
        fact(orders, "placed_order", "Дата заказа", **money, _channel="Канал", _place="Город", _status="Статус"),
        fact(cancelled, "cancelled_order", "Дата заказа", **money),
        fact(of_orders("order_lines"), "ordered_item", "Дата заказа", **lines, _amount=number("Сумма строки")),
        fact(deliveries, "was_promised_delivery", "Дата заказа", _order=ORDER, _promised_at=until, _channel="Способ доставки"),
        fact(deliveries, "received_order", "Фактическая дата доставки", _order=ORDER, _channel="Способ доставки"),
        fact(of_orders("returns"), "returned_item", "Дата возврата", **lines, _amount=number("Сумма возврата"), _reason="Причина возврата"),
        fact(charged, by.replace_strict(MONEY), "Дата операции", _order=ORDER, _amount=number("Сумма операции")),
    ]


def _conversations(folder: Path) -> list[pl.DataFrame]:
    cases = read_csv(folder, "cases")
    said = read_csv(folder, "messages").join(cases.select(CASE, WHO), on=CASE)
    by_customer = pl.col("Автор") == "клиент"
    channel, of_case = pl.col("Канал").replace(CHANNELS), {"_case": CASE, "_staff": "Сотрудник"}
    words = {"_case": CASE, "_channel": channel, "_author": pl.col("Автор").replace_strict(AUTHORS), "_text": "Текст"}
    return [
        fact(cases, "opened_case", "Дата обращения", **of_case, _order=ORDER, _channel=channel, _topic="Тема"),
        fact(cases, "case_resolved", "Дата закрытия", **of_case, _status="Статус"),
        fact(cases, "case_reopened", "Дата повторного открытия", **of_case),
        fact(said.filter(by_customer), "sent_message", "Дата", **words),
        fact(said.filter(~by_customer), "received_reply", "Дата", **words, _staff="Сотрудник"),
    ]


def _voices(folder: Path, whose_order: pl.DataFrame) -> list[pl.DataFrame]:
    by_order = whose_order.rename({WHO: "чей заказ"})
    known = pl.coalesce(WHO, "чей заказ")
    reviews = read_csv(folder, "reviews").join(by_order, on=ORDER, how="left").with_columns(known.alias(WHO))
    nobody = pl.when(pl.col(WHO).is_null()).then(pl.coalesce(pl.format("order:{}", ORDER), pl.format("review:{}", "ID отзыва")))
    about = {"_order": ORDER, "_channel": "Площадка", "anonymous_customer_id": nobody}
    surveys = read_csv(folder, "surveys")
    asked = {"_survey": pl.col("Опрос").str.to_lowercase(), "_case": CASE, "_order": ORDER}
    answer = {"_order": ORDER, "_author": PERSON, "_text": "Ответ компании"}
    return [
        fact(reviews, "left_review", "Дата", **about, _stars=number("Оценка"), _text="Текст"),
        fact(reviews, "review_answered", "Дата ответа", **about, _author=PERSON, _text="Ответ"),
        fact(surveys, "was_surveyed", "Дата отправки", **asked),
        fact(surveys, "answered_survey", "Дата ответа", **asked, _score=number("Оценка"), _text="Комментарий"),
        fact(surveys, "received_reply", "Дата ответа компании", **answer),
    ]


def _machines(folder: Path) -> list[pl.DataFrame]:
    letters, calls, wishes = (read_csv(folder, name) for name in ("automatic_messages", "telephone", "preferences"))
    steps, kept = read_csv(folder, "checkout"), pl.col("Что произошло") == "записано"
    through = calls["Результат звонка"] == "отвечен"
    result, step = pl.col("Результат звонка").replace_strict(CALLS), pl.col("Событие оформления").replace_strict(STEPS)
    call = {"_channel": pl.lit("phone"), "_minutes": number("Разговор, мин")}
    wish = {"_topic": "Вид пожелания", "_text": "Пожелание"}
    gone = {"_page": "Страница", "_amount": number("Сумма корзины"), "_reason": "Причина отказа"}
    offer = {"_template": "Предложение", "_product": "Артикул", "_channel": "Канал", "_text": "Текст"}
    message = {"_template": "Шаблон", "_order": ORDER, "_channel": "Канал", "_text": "Текст"}
    return [
        fact(letters, "received_automatic_message", "Дата", **message),
        fact(calls.filter(through), result, "Дата звонка", **call, _staff="Оператор", _topic="Тема"),
        fact(calls.filter(~through), result, "Дата звонка", **call),
        fact(read_csv(folder, "offers"), "received_offer", "Дата предложения", **offer),
        fact(wishes.filter(kept), "stated_preference", "Дата пожелания", **wish),
        fact(wishes.filter(~kept), "preference_violated", "Дата пожелания", **wish, _order=ORDER),
        fact(steps, step, "Дата события", **gone),
    ]


def _behaviour(folder: Path) -> list[pl.DataFrame]:
    contacts, points = read_csv(folder, "contacts"), read_csv(folder, "loyalty")
    told = {"_order": ORDER, "_channel": "Канал", "_topic": "Тема", "_staff": "Сотрудник", "_text": "Текст"}
    gained = {"_order": ORDER, "_points": pl.when(pl.col("Операция") != "вступление").then(number("Баллы").abs())}
    return [
        fact(contacts, "was_contacted", "Дата", **told),
        fact(read_csv(folder, "visits"), "visited_site", "Дата", _page="Страница", _minutes=number("Длительность, мин")),
        fact(points, pl.col("Операция").replace_strict(POINTS), "Дата", **gained),
        fact(read_csv(folder, "customers"), "gave_details", day("Дата регистрации"), _name="ФИО", _place="Город"),
    ]
