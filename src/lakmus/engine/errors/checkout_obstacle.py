"""`checkout_obstacle`: a customer tried to check out again and again without getting an order, or met an error there."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from lakmus.engine.bucket import KEY, of_kind
from lakmus.engine.errors.detector import Detector, Found, Scene, minute_text, shaped
from lakmus.history.wording import Wording

WITHOUT_ORDER_HOURS, TRIES_MINUTES, FURTHER_TRIES = 24, 60, 2
ERROR_WORDS = (
    r"ошибк|не прош|не проход|отклон|сбой|сбои|завис|недоступ|не работ|не загру|error|declin|fail|crash|time ?out|unavailable|reject"
)
"""Reasons for leaving a checkout that name an error, in lower case."""


def find(scene: Scene) -> Found:
    """Return the first obstacle of each customer's day; each day on which checking out led to no order within 24 hours is a moment.

    Who did order is not comparable: the order itself is what loss is told by, and nobody was hindered.
    """
    zone = scene.company.time_zone
    rows = of_kind(scene.facts, "started_checkout", "abandoned_checkout").sort(KEY, "ts", "activity_id")
    on = pl.col("ts").dt.convert_time_zone(zone).dt.date().alias("on")
    obstacles = pl.concat([_tried_again(scene, rows), _errors_met(rows)]).with_columns(on)
    first = obstacles.sort("ts", "how", "activity_id").unique([KEY, "on"], keep="first", maintain_order=True)
    errors = first.with_columns(
        pl.col("ts").alias("at"),
        pl.col("_order").alias("order"),
        pl.col("activity_id").alias("anchor"),
        pl.lit(0.7).alias("severity"),
        pl.when(pl.col("how") == "error").then(0.97).otherwise(0.85).alias("confidence"),
        pl.when(pl.col("how") == "error")
        .then(pl.format("Оформление {} сорвалось: «{}»", minute_text("ts", zone, "ru"), "_reason"))
        .otherwise(pl.format("С {} начинал оформление {} раз за час, заказа нет", minute_text("ts", zone, "ru"), "tries"))
        .alias("summary_ru"),
        pl.when(pl.col("how") == "error")
        .then(pl.format("The checkout of {} failed: “{}”", minute_text("ts", zone, "en"), "_reason"))
        .otherwise(
            pl.format("From {} on tried {} times within an hour to check out, without an order", minute_text("ts", zone, "en"), "tries")
        )
        .alias("summary_en"),
    )
    started = rows.filter(pl.col("activity") == "started_checkout").select(KEY, "customer", "ts")
    days = pl.concat([started, first.select(KEY, "customer", "ts")]).with_columns(on)
    days = days.sort("ts").group_by(KEY, "on", maintain_order=True).agg(pl.col("customer").first(), pl.col("ts").first().alias("began_at"))
    hit = first.select(KEY, "on", pl.col("ts").alias("hit_at"))
    moments = days.join(hit, on=[KEY, "on"], how="left").with_columns(
        pl.coalesce("hit_at", "began_at").alias("at"), pl.col("hit_at").is_not_null().alias("exposed")
    )
    return shaped(errors, moments.filter(~_ordered_within_a_day(scene, moments, "at")))


def _tried_again(scene: Scene, rows: pl.DataFrame) -> pl.DataFrame:
    """Return started checkouts with further tries within the hour and no order within the day, once that day is over."""
    window = rows.select(KEY, pl.col("ts").alias("tried_at"), pl.col("activity_id").alias("tried_id"))
    started = rows.filter(pl.col("activity") == "started_checkout")
    further = started.select(KEY, "activity_id", "ts").join(window, on=KEY, how="inner")
    after = pl.col("tried_at") - pl.col("ts")
    further = further.filter(
        (after >= pl.duration(hours=0)) & (after <= pl.duration(minutes=TRIES_MINUTES)) & (pl.col("tried_id") != pl.col("activity_id"))
    )
    counted = further.sort("tried_at", "tried_id").group_by("activity_id", maintain_order=True).agg(pl.col("tried_id"))
    again = started.join(counted.filter(pl.col("tried_id").list.len() >= FURTHER_TRIES), on="activity_id", how="inner").sort("ts")
    day = pl.duration(hours=WITHOUT_ORDER_HOURS)
    return again.filter(~_ordered_within_a_day(scene, again, "ts") & (pl.col("ts") + day <= scene.as_of)).select(
        *(KEY, "customer", "anonymous_customer_id", "ts", "activity_id", "_order", "_reason"),
        pl.lit("tries").alias("how"),
        (pl.col("tried_id").list.len() + 1).cast(pl.Int64).alias("tries"),
        pl.concat_list(pl.concat_list("activity_id"), "tried_id").alias("evidence"),
    )


def _ordered_within_a_day(scene: Scene, rows: pl.DataFrame, at: str) -> pl.Series:
    """Say of each row whether its customer placed an order within 24 hours from its moment."""
    placed = of_kind(scene.facts, "placed_order").select(KEY, pl.col("ts").alias("ordered_at")).sort("ordered_at")
    asked = rows.select(KEY, pl.col(at).alias("from")).with_row_index("row").sort("from")
    joined = asked.join_asof(placed, left_on="from", right_on="ordered_at", by=KEY, strategy="forward", check_sortedness=False).sort("row")
    return (joined["ordered_at"] - joined["from"] <= timedelta(hours=WITHOUT_ORDER_HOURS)).fill_null(False)


def _errors_met(rows: pl.DataFrame) -> pl.DataFrame:
    """Return abandoned checkouts whose reason names an error."""
    named = pl.col("_reason").str.to_lowercase().str.contains(ERROR_WORDS).fill_null(False)
    return rows.filter((pl.col("activity") == "abandoned_checkout") & named).select(
        *(KEY, "customer", "anonymous_customer_id", "ts", "activity_id", "_order", "_reason"),
        pl.lit("error").alias("how"),
        pl.lit(1, dtype=pl.Int64).alias("tries"),
        pl.concat_list("activity_id").alias("evidence"),
    )


DETECTOR = Detector(
    code="checkout_obstacle",
    name="checkout_failed",
    rule=Wording(
        "начал оформление, в течение часа пробовал ещё не меньше двух раз и за 24 часа заказа не сделал; "
        "или бросил оформление из-за ошибки",
        "started a checkout, tried at least twice more within the hour and placed no order within 24 hours; or left it because of an error",
    ),
    needs=(("started_checkout", "placed_order"), ("abandoned_checkout",)),
    needed=Wording("журнал оформлений на сайте: начал, бросил, почему", "a log of checkouts on the site: started, abandoned, why"),
    find=find,
)
