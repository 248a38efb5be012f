"""`misunderstanding`: a person answered, and the customer says that it was not what was asked."""

from __future__ import annotations

import polars as pl

from lakmus.engine.bucket import KEY
from lakmus.engine.errors.detector import Detector, Found, Scene, minute_text, shaped
from lakmus.engine.text.conduct import deeds_column
from lakmus.history.wording import Wording


def find(scene: Scene) -> Found:
    """Return at most one misunderstanding a case; every case with a person's reply is a moment."""
    replied = scene.replies.filter(pl.col("case").is_not_null())
    first = replied.unique([KEY, "case"], keep="first", maintain_order=True).select(
        KEY, "case", "customer", "order", pl.col("at").alias("replied_at"), "staff", pl.col("activity_id").alias("reply_id")
    )
    asked = scene.said.filter(pl.col("activity").is_in(["sent_message", "opened_case", "complained"]) & pl.col("case").is_not_null())
    one = _said_so(asked, replied).sort("at", "activity_id").unique([KEY, "case"], keep="first", maintain_order=True)
    zone = scene.company.time_zone
    errors = one.with_columns(
        pl.col("activity_id").alias("anchor"),
        pl.concat_list("reply_id", "activity_id").list.drop_nulls().list.unique(maintain_order=True).alias("evidence"),
        pl.lit(0.5).alias("severity"),
        pl.lit(0.85).alias("confidence"),
        pl.format("После ответа клиент написал {}: «{}»", minute_text("at", zone, "ru"), "quote").alias("summary_ru"),
        pl.format("After the reply the customer wrote on {}: “{}”", minute_text("at", zone, "en"), "quote").alias("summary_en"),
    )
    hit = one.select(KEY, "case", pl.col("at").alias("hit_at"))
    moments = first.join(hit, on=[KEY, "case"], how="left").with_columns(
        pl.coalesce("hit_at", "replied_at").alias("at"), pl.col("hit_at").is_not_null().alias("exposed")
    )
    return shaped(errors, moments)


_COLUMNS = (KEY, "customer", "anonymous_customer_id", "case", "order", "channel", "staff", "at", "activity_id", "reply_id", "quote")


def _said_so(asked: pl.DataFrame, replied: pl.DataFrame) -> pl.DataFrame:
    """Return messages after a person's reply that say that it missed the question."""
    before = replied.select(KEY, "case", "at", pl.col("activity_id").alias("reply_id"), pl.col("staff").alias("answered_by")).sort("at")
    after = asked.drop("staff").sort("at").join_asof(before, on="at", by=[KEY, "case"], strategy="backward", check_sortedness=False)
    after = after.drop_nulls("reply_id").rename({"answered_by": "staff"})
    told = after.with_columns(deeds_column(after["text"])["not_what_i_asked"].alias("quote"))
    in_lexicon = pl.col("codes").list.contains("misunderstanding")
    wrote = pl.col("sayings").list.eval(pl.element().filter(pl.element().struct.field("code") == "misunderstanding").struct.field("quote"))
    return (
        told.with_columns(pl.coalesce("quote", pl.when(in_lexicon).then(wrote.list.first())).alias("quote"))
        .drop_nulls("quote")
        .select(_COLUMNS)
    )


DETECTOR = Detector(
    code="misunderstanding",
    name="answered_another_question",
    rule=Wording(
        "после ответа человека клиент пишет, что его не поняли или спрашивал он не об этом",
        "after a person's reply the customer writes that it was misunderstood, or that something else was asked",
    ),
    needs=(("received_reply", "sent_message"), ("received_reply", "opened_case")),
    needed=Wording("переписка с текстами клиентов и сотрудников", "conversations with the texts of customers and staff"),
    find=find,
    reads="replies",
)
