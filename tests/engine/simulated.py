"""A simulated company as activities, read from its files by a few lines of Polars: independent of the import that the product ships."""

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
MICRO = pl.Datetime("us", "UTC")


def write_company(folder: Path, *, customers: int, months: int = 24, seed: int = 1) -> dict[str, Any]:
    """Simulate into `folder` and return its truth."""
    simulate_company(folder, customers=customers, months=months, seed=seed, scenario=load_scenario())
    return json.loads((folder / "truth.json").read_text(encoding="utf-8"))


def read_csv(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_csv(folder / f"{name}.csv", separator=";", infer_schema=False)


def moment(column: str) -> pl.Expr:
    return pl.col(column).str.to_datetime("%d.%m.%Y %H:%M").dt.replace_time_zone(ZONE).dt.convert_time_zone("UTC").cast(MICRO)


def end_of_day(column: str) -> pl.Expr:
    day = pl.col(column).str.to_date("%d.%m.%Y").cast(pl.Datetime("us")).dt.offset_by("1d").dt.replace_time_zone(ZONE)
    return (day.dt.convert_time_zone("UTC") - pl.duration(microseconds=1)).cast(MICRO)


def amount(column: str) -> pl.Expr:
    return pl.col(column).str.replace_all(",", ".", literal=True).cast(pl.Float64)


def activities(folder: Path) -> pa.Table:
    """Every file that the engine reads, as one table sorted by customer and time."""
    orders, cases = read_csv(folder, "orders"), read_csv(folder, "cases")
    whose_order = orders.select("Номер заказа", pl.col("ID клиента").alias("кто"))
    whose_case = cases.select("Номер обращения", pl.col("ID клиента").alias("кто"), pl.col("Номер заказа").alias("о заказе"))
    parts = [*_order_parts(folder, orders, whose_order), *_case_parts(folder, cases, whose_case), *_other_parts(folder, whose_order)]
    frame = pl.concat(parts, how="diagonal").with_row_index("n")
    frame = frame.with_columns(
        pl.col("n").cast(pl.String).str.zfill(32).alias("activity_id"),
        pl.col("ts").alias("_known_at"),
        pl.col("_channel").replace(CHANNELS),
        pl.lit("RUB").alias("_currency"),
    )
    missing = [pl.lit(None).alias(name) for name in ACTIVITY_SCHEMA.names if name not in frame.columns]
    frame = frame.with_columns(missing).sort(pl.coalesce("customer", "anonymous_customer_id"), "ts", "n")
    return frame.select(ACTIVITY_SCHEMA.names).to_arrow().cast(ACTIVITY_SCHEMA)


def _order_parts(folder: Path, orders: pl.DataFrame, whose: pl.DataFrame) -> list[pl.DataFrame]:
    number = pl.col("Номер заказа").alias("_order")
    placed = orders.select(
        moment("Дата заказа").alias("ts"),
        pl.col("ID клиента").alias("customer"),
        pl.lit("placed_order").alias("activity"),
        number,
        amount("Сумма").alias("_amount"),
        pl.col("Город").alias("_place"),
    )
    cancelled = orders.filter(pl.col("Статус") == "отменён").select(
        moment("Дата заказа").alias("ts"), pl.col("ID клиента").alias("customer"), pl.lit("cancelled_order").alias("activity"), number
    )
    delivered = read_csv(folder, "deliveries").join(
        orders.select("Номер заказа", "Дата заказа", pl.col("ID клиента").alias("кто")), on="Номер заказа"
    )
    promised = delivered.select(
        moment("Дата заказа").alias("ts"),
        pl.col("кто").alias("customer"),
        pl.lit("was_promised_delivery").alias("activity"),
        number,
        end_of_day("Обещанная дата доставки").alias("_promised_at"),
    )
    received = delivered.filter(pl.col("Фактическая дата доставки").is_not_null()).select(
        moment("Фактическая дата доставки").alias("ts"), pl.col("кто").alias("customer"), pl.lit("received_order").alias("activity"), number
    )
    returned = (
        read_csv(folder, "returns")
        .join(whose, on="Номер заказа")
        .select(
            moment("Дата возврата").alias("ts"),
            pl.col("кто").alias("customer"),
            pl.lit("returned_item").alias("activity"),
            number,
            amount("Сумма возврата").alias("_amount"),
        )
    )
    return [placed, cancelled, promised, received, returned]


def _case_parts(folder: Path, cases: pl.DataFrame, whose: pl.DataFrame) -> list[pl.DataFrame]:
    def fact(kind: str, column: str, *more: pl.Expr) -> pl.DataFrame:
        return cases.filter(pl.col(column).is_not_null()).select(
            moment(column).alias("ts"),
            pl.col("ID клиента").alias("customer"),
            pl.lit(kind).alias("activity"),
            pl.col("Номер обращения").alias("_case"),
            pl.col("Номер заказа").alias("_order"),
            pl.col("Сотрудник").alias("_staff"),
            *more,
        )

    said = read_csv(folder, "messages").join(whose, on="Номер обращения")
    messages = said.select(
        moment("Дата").alias("ts"),
        pl.col("кто").alias("customer"),
        pl.when(pl.col("Автор") == "клиент").then(pl.lit("sent_message")).otherwise(pl.lit("received_reply")).alias("activity"),
        pl.col("Номер обращения").alias("_case"),
        pl.col("о заказе").alias("_order"),
        pl.col("Канал").alias("_channel"),
        pl.col("Автор").replace(AUTHORS).alias("_author"),
        pl.col("Сотрудник").alias("_staff"),
        pl.col("Текст").alias("_text"),
    )
    return [
        fact("opened_case", "Дата обращения", pl.col("Канал").alias("_channel"), pl.col("Тема").alias("_topic")),
        fact("case_resolved", "Дата закрытия"),
        fact("case_reopened", "Дата повторного открытия"),
        messages,
    ]


def _other_parts(folder: Path, whose: pl.DataFrame) -> list[pl.DataFrame]:
    reviews = read_csv(folder, "reviews").join(whose, on="Номер заказа", how="left")
    person = [
        pl.coalesce("ID клиента", "кто").alias("customer"),
        pl.when(pl.coalesce("ID клиента", "кто").is_null()).then(pl.format("review:{}", "ID отзыва")).alias("anonymous_customer_id"),
        pl.col("Номер заказа").alias("_order"),
    ]
    left = reviews.select(
        moment("Дата").alias("ts"), pl.lit("left_review").alias("activity"), amount("Оценка").alias("_stars"),
        pl.col("Текст").alias("_text"), *person,
    )  # fmt: skip
    answered = reviews.filter(pl.col("Дата ответа").is_not_null()).select(
        moment("Дата ответа").alias("ts"), pl.lit("review_answered").alias("activity"), pl.col("Ответ").alias("_text"), *person
    )

    def fact(name: str, kind: str) -> pl.DataFrame:
        return read_csv(folder, name).select(
            moment("Дата").alias("ts"), pl.col("ID клиента").alias("customer"), pl.lit(kind).alias("activity")
        )

    return [left, answered, fact("contacts", "was_contacted"), fact("visits", "visited_site")]
