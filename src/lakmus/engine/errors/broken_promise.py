"""`broken_promise`: an order came after the promised moment or not at all; or a person's promise in words was kept late or never."""

from __future__ import annotations

import polars as pl

from lakmus.engine.errors.detector import Detector, Found, Scene, day_text, minute_text, shaped
from lakmus.history.wording import Wording

WHOLE_SEVERITY_DAYS = 10.0


def find(scene: Scene) -> Found:
    """Return orders whose promise was broken; every order with a promise that is due is a moment.

    A promise given as a date carries the last microsecond of that day as `promised_at`, so it is kept until the day ends. An order that
    never came counts only while the company's feed of receipts goes on after the promised moment.
    """
    seen_until = pl.lit(min(scene.as_of, scene.feeds.last_at("received_order")))
    # A parcel that came did come, whatever was cancelled afterwards; one that was cancelled and never came broke no promise.
    owed = pl.col("received_at").is_not_null() | ~pl.col("cancelled")
    due = scene.orders.filter(pl.col("promised_at").is_not_null() & owed)
    late = pl.col("received_at") > pl.col("promised_at")
    never_came = pl.col("received_at").is_null() & (pl.col("promised_at") < seen_until)
    broken = (late | never_came).fill_null(False)
    due = due.with_columns(
        pl.col("promised_at").alias("at"),
        broken.alias("exposed"),
        ((pl.coalesce("received_at", pl.lit(scene.as_of)) - pl.col("promised_at")).dt.total_microseconds() / 86_400e6).alias("delay"),
    ).filter(pl.col("exposed") | pl.col("received_at").is_not_null())
    zone = scene.company.time_zone
    days = pl.col("delay").ceil().cast(pl.Int64)
    in_english = pl.format("{} {}", days, pl.when(days == 1).then(pl.lit("day")).otherwise(pl.lit("days")))
    arrived = pl.col("received_at").is_not_null()
    errors = due.filter("exposed").with_columns(
        pl.col("evidence").list.get(1).alias("anchor"),
        (pl.col("delay") / WHOLE_SEVERITY_DAYS).clip(0.1, 1.0).alias("severity"),
        pl.when(arrived).then(0.98).otherwise(0.9).alias("confidence"),
        pl.col("delay").alias("amount_of_delay"),
        pl.lit("days").alias("delay_unit"),
        pl.when(arrived)
        .then(
            pl.format(
                "Обещали до {}, получен {}: опоздание {} дн.",
                day_text("promised_at", zone, "ru"),
                day_text("received_at", zone, "ru"),
                days,
            )
        )
        .otherwise(pl.format("Обещали до {}, заказ не получен до сих пор: {} дн.", day_text("promised_at", zone, "ru"), days))
        .alias("summary_ru"),
        pl.when(arrived)
        .then(
            pl.format(
                "Promised by {}, received on {}: {} late",
                day_text("promised_at", zone, "en"),
                day_text("received_at", zone, "en"),
                in_english,
            )
        )
        .otherwise(pl.format("Promised by {}, not received so far: {}", day_text("promised_at", zone, "en"), in_english))
        .alias("summary_en"),
    )
    return shaped(errors, due)


DETECTOR = Detector(
    code="broken_promise",
    name="delivered_after_promise",
    rule=Wording(
        "заказ получен позже обещанного (обещание-дата действует до конца дня) или не получен и не отменён, хотя срок прошёл",
        "the order was received after the promised moment (a date holds until its day ends), or neither received nor cancelled "
        "though it is due",
    ),
    needs=(("was_promised_delivery", "received_order"),),
    needed=Wording("доставки с обещанной и фактической датой", "deliveries with promised and actual dates"),
    find=find,
)


def find_in_words(scene: Scene) -> Found:
    """Return the promises in words of staff that were kept late or broken; every one whose fate is known is a moment, at its deadline."""
    given = scene.promises.filter((pl.col("source") == "message") & (pl.col("status") != "open"))
    given = given.with_columns(pl.col("due_at").alias("at"), (pl.col("status") != "kept").alias("exposed"))
    zone = scene.company.time_zone
    late = pl.col("status") == "late"
    errors = given.filter("exposed").with_columns(
        pl.col("promise_id").alias("anchor"),
        pl.when(late).then(0.5).otherwise(0.9).alias("severity"),
        pl.lit(0.85).alias("confidence"),
        pl.col("late_days").alias("amount_of_delay"),
        pl.when(late).then(pl.lit("days")).alias("delay_unit"),
        pl.when(late)
        .then(pl.format("Обещали «{}» до {}, сделали {}", "quote", minute_text("due_at", zone, "ru"), minute_text("kept_at", zone, "ru")))
        .otherwise(pl.format("Обещали «{}» до {} и не сделали", "quote", minute_text("due_at", zone, "ru")))
        .alias("summary_ru"),
        pl.when(late)
        .then(pl.format("Promised “{}” by {}, done on {}", "quote", minute_text("due_at", zone, "en"), minute_text("kept_at", zone, "en")))
        .otherwise(pl.format("Promised “{}” by {} and never did it", "quote", minute_text("due_at", zone, "en")))
        .alias("summary_en"),
    )
    return shaped(errors, given)


IN_WORDS = Detector(
    code="broken_promise",
    name="promise_in_message",
    rule=Wording(
        "сотрудник пообещал к сроку позвонить, ответить, привезти, отправить, вернуть деньги или решить вопрос, и сделано это позже или не "
        "сделано за 7 дней после срока",
        "a person promised to call, reply, deliver, send, refund or solve by a deadline, and it was done later, or not within 7 days of it",
    ),
    needs=(("received_reply",),),
    needed=Wording("тексты ответов сотрудников", "texts of the staff's replies"),
    find=find_in_words,
    reads="replies",
)
