"""`slow_reply`: a person answered, but later than the channel's target."""

from __future__ import annotations

import polars as pl

from lakmus.engine.bucket import KEY
from lakmus.engine.errors.detector import Detector, Found, Scene, minute_text, shaped, wait_text
from lakmus.history.wording import Wording


def find(scene: Scene) -> Found:
    """Return the first slow clock of each case; every case that a person could have answered is a moment."""
    limit = scene.company.no_reply_after_minutes
    slow = (~pl.col("open")) & (pl.col("waited_minutes") > pl.col("target_minutes")) & (pl.col("waited_minutes") <= limit)
    zone = scene.company.time_zone
    first = scene.clocks.filter(slow).sort("opened_at", "open_id").unique([KEY, "conversation"], keep="first", maintain_order=True)
    errors = first.with_columns(
        (pl.col("opened_at") + pl.duration(minutes=pl.col("target_minutes").cast(pl.Int64))).alias("at"),
        pl.col("open_id").alias("anchor"),
        pl.concat_list("open_id", "stop_id").list.drop_nulls().alias("evidence"),
        (1 - pl.col("target_minutes") / pl.col("waited_minutes")).clip(0, 1).alias("severity"),
        pl.when(pl.col("channel") == "").then(0.8).otherwise(0.95).alias("confidence"),
        (pl.col("waited_minutes") - pl.col("target_minutes")).alias("amount_of_delay"),
        pl.lit("minutes").alias("delay_unit"),
    ).with_columns(
        pl.format(
            "Написал {}, ответили через {} при сроке {}",
            minute_text("opened_at", zone, "ru"),
            wait_text("waited_minutes", "ч", "мин", "дн."),
            wait_text("target_minutes", "ч", "мин", "дн."),
        ).alias("summary_ru"),
        pl.format(
            "Wrote on {}, was answered after {}; the target is {}",
            minute_text("opened_at", zone, "en"),
            wait_text("waited_minutes", "h", "min", "days"),
            wait_text("target_minutes", "h", "min", "days"),
        ).alias("summary_en"),
    )
    moments = scene.clocks.group_by(KEY, "conversation").agg(
        *(pl.col(name).first() for name in ("customer", "case", "order")),
        pl.col("opened_at").min().alias("at"),
        slow.any().alias("exposed"),
        (slow | (pl.col("waited_minutes") <= pl.col("target_minutes"))).any().alias("answered"),
    )
    return shaped(errors, moments.filter(pl.col("answered")))


DETECTOR = Detector(
    code="slow_reply",
    name="reply_later_than_target",
    rule=Wording(
        "человек ответил позже срока канала, но до предела «без ответа»; бот и система не считаются, «спасибо» часов не запускает",
        "a person replied later than the channel's target but before the no-reply limit; bots and the system do not count, thanks "
        "open no clock",
    ),
    needs=(("received_reply",),),
    needed=Wording("переписка с ответами сотрудников", "conversations with the staff's replies"),
    find=find,
)
