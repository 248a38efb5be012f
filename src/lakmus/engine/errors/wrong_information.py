"""`wrong_information`: a person told the customer a sum or a delivery day that contradicts the order."""

from __future__ import annotations

import polars as pl

from lakmus.engine.bucket import KEY
from lakmus.engine.errors.detector import Detector, Found, Scene, fact_text, minute_text, shaped
from lakmus.engine.errors.message_audit import judged_days, judged_sums
from lakmus.history.wording import Wording


def find(scene: Scene) -> Found:
    """Return replies that contradict the order of their case; every reply that states a known sum or day of it is a moment."""
    replies = scene.replies.filter(pl.col("order").is_not_null())
    sent = replies.select(KEY, "activity_id", "at", "order", "text")
    judged = pl.concat(
        [judged_sums(sent, scene.orders, company=scene.company), judged_days(sent, scene.facts, scene.orders, company=scene.company)]
    )
    worst = judged.sort("activity_id", "right", "said").unique("activity_id", keep="first", maintain_order=True)
    stated = replies.join(worst, on="activity_id", how="inner", maintain_order="left").with_columns((~pl.col("right")).alias("exposed"))
    zone = scene.company.time_zone
    errors = stated.filter("exposed").with_columns(
        pl.col("activity_id").alias("anchor"),
        pl.concat_list(pl.concat_list("activity_id"), "proof").list.drop_nulls().alias("evidence"),
        pl.lit(0.8).alias("severity"),
        pl.lit(0.95).alias("confidence"),
        pl.format("Ответ {}: «{}», а верно {}", minute_text("at", zone, "ru"), "said", fact_text("fact", "ru")).alias("summary_ru"),
        pl.format("Reply of {}: “{}”; {} is right", minute_text("at", zone, "en"), "said", "fact").alias("summary_en"),
    )
    return shaped(errors, stated)


DETECTOR = Detector(
    code="wrong_information",
    name="reply_against_order",
    rule=Wording(
        "ответ сотрудника в обращении о заказе называет сумму заказа, которая отличается от верной больше чем на 1 %, или день доставки, "
        "который отличается от обещанного на ту минуту",
        "a person's reply in a case about an order states its sum more than 1% off, or a delivery day other than the one promised then",
    ),
    needs=(("received_reply", "placed_order"), ("received_reply", "was_promised_delivery")),
    needed=Wording("тексты ответов сотрудников в обращениях о заказах", "texts of the staff's replies in cases about orders"),
    find=find,
    reads="replies",
)
