"""`inattention`: the wrong thing came, something was missing, or a preference that the customer had stated was not kept."""

from __future__ import annotations

import polars as pl

from lakmus.engine.bucket import KEY, of_kind
from lakmus.engine.errors.detector import Detector, Found, Scene, day_text, shaped
from lakmus.engine.errors.preferences import register
from lakmus.history.wording import Wording

REASON_WORDS = (
    r"не т(?:от|а|о|е|у) (?:товар|размер|цвет|модел|артикул|вещ|заказ|позици|посылк)|не т(?:от|о)$|"
    r"чуж(?:ой|ая|ое|ие) (?:заказ|товар|вещ|посылк)|не доложи|недоложи|"
    r"недовлож|недокомплект|некомплект|"
    r"не тот размер|перепута|пересорт|друг(?:ой|ая|ое|ие) (?:товар|размер|цвет|модель|вещь)|ошибл\w* адрес|не (?:тот|по тому) адрес|"
    r"ошибк\w* (?:комплект|сборк|склад|в заказе|в адрес)|прислали не|положили не|"
    r"wrong (?:item|size|colou?r|product|address|model)|missing (?:item|part)|"
    r"mixed up|not what (?:i|was) ordered|incomplete order"
)
"""Reasons of a return that tell of something mixed up, in lower case."""


def find_mixed_up(scene: Scene) -> Found:
    """Return orders of which an item was returned because it was mixed up; every received order is a moment."""
    mixed = pl.col("_reason").str.to_lowercase().str.replace_all("ё", "е", literal=True).str.contains(REASON_WORDS).fill_null(False)
    returned = of_kind(scene.facts, "returned_item").filter(mixed).sort("ts", "activity_id")
    first = (
        returned.unique([KEY, pl.coalesce("_order", "activity_id").alias("about")], keep="first", maintain_order=True)
        if not returned.is_empty()
        else returned
    )
    zone = scene.company.time_zone
    errors = first.with_columns(
        pl.col("ts").alias("at"),
        pl.col("_order").alias("order"),
        pl.col("activity_id").alias("anchor"),
        pl.concat_list("activity_id").alias("evidence"),
        pl.lit(0.7).alias("severity"),
        pl.lit(0.95).alias("confidence"),
        pl.format("Вернул {}: «{}»", day_text("ts", zone, "ru"), "_reason").alias("summary_ru"),
        pl.format("Returned on {}: “{}”", day_text("ts", zone, "en"), "_reason").alias("summary_en"),
    )
    hit = first.drop_nulls("_order").select(KEY, pl.col("_order").alias("order_key"), pl.lit(True).alias("exposed"))
    received = scene.orders.filter(pl.col("received_at").is_not_null()).join(hit, on=[KEY, "order_key"], how="left")
    return shaped(errors, received.with_columns(pl.col("received_at").alias("at"), pl.col("exposed").fill_null(False)))


def find_violated(scene: Scene) -> Found:
    """Return recorded violations of preferences; every stated preference is a moment."""
    rows = of_kind(scene.facts, "preference_violated").sort("ts", "activity_id")
    stated = register(scene.facts)
    wish = stated.select(KEY, pl.col("topic").fill_null("").alias("about"), "at", pl.col("activity_id").alias("wish_id")).sort("at")
    known = rows.with_columns(pl.col("_topic").fill_null("").alias("about")).join_asof(
        wish, left_on="ts", right_on="at", by=[KEY, "about"], strategy="backward", check_sortedness=False
    )
    zone = scene.company.time_zone
    what = pl.coalesce("_text", "_topic").fill_null("")
    errors = known.with_columns(
        pl.col("ts").alias("at"),
        pl.col("_order").alias("order"),
        pl.col("activity_id").alias("anchor"),
        pl.concat_list("wish_id", "activity_id").list.drop_nulls().alias("evidence"),
        pl.lit(0.6).alias("severity"),
        pl.lit(0.97).alias("confidence"),
        pl.format("Пожелание клиента не соблюли {}: «{}»", day_text("ts", zone, "ru"), what).alias("summary_ru"),
        pl.format("A preference of the customer was not kept on {}: “{}”", day_text("ts", zone, "en"), what).alias("summary_en"),
    )
    hit = known.drop_nulls("wish_id").select("wish_id", pl.lit(True).alias("exposed")).unique("wish_id")
    moments = stated.join(hit, left_on="activity_id", right_on="wish_id", how="left").with_columns(pl.col("exposed").fill_null(False))
    return shaped(errors, moments)


MIXED_UP = Detector(
    code="inattention",
    name="wrong_thing_came",
    rule=Wording(
        "товар вернули с причиной «не тот товар», «не доложили», «не тот размер прислали», «ошиблись адресом» и подобной; "
        "заказ считается раз",
        "an item was returned because it was the wrong one, missing, of the wrong size, or sent to a wrong address; an order counts once",
    ),
    needs=(("returned_item", "received_order"),),
    needed=Wording("возвраты с причинами", "returns with their reasons"),
    find=find_mixed_up,
)
VIOLATED = Detector(
    code="inattention",
    name="preference_not_kept",
    rule=Wording("записано, что пожелание клиента нарушено", "it was recorded that a preference of the customer was violated"),
    needs=(("preference_violated",),),
    needed=Wording("пожелания клиентов и их нарушения", "customers' preferences and their violations"),
    find=find_violated,
)
