"""`misunderstanding`: a person answered, and it was not what was asked: the customer says so, or the answer speaks of another topic."""

from __future__ import annotations

import polars as pl

from lakmus.engine.bucket import KEY
from lakmus.engine.errors.detector import Detector, Found, Scene, minute_text, shaped
from lakmus.engine.text.conduct import deeds_column
from lakmus.history.wording import Wording

TOPICS = {
    "delivery": r"достав|курьер|привез|приед|посылк|трек|отправ|самовывоз|пункт\w* выдач|адрес|deliver|courier|shipp|parcel|track|pickup",
    "return": r"возврат|верн(?:у|ем|ет|ете|ут|уть|уться|ите)\b|обмен|замен|return|refund|exchange|replac",
    "payment": r"оплат|платеж|списа|чек\b|счет|карт[аоуы]\b|рассрочк|кредит|payment|paid|charge|invoice|card\b|instal",
    "loyalty": r"балл|бонус|скидк|промокод|акци[яию]|карт\w* лояльн|points|bonus|discount|promo|voucher|coupon",
    "product": r"размер|цвет|материал|состав|характеристик|модел|комплект|совмест|наличи|size|colou?r|material|stock|model|specification",
    "repair": r"гаранти|ремонт|сломал|брак|не работает|warranty|repair|broken|defect|faulty",
    "account": r"парол|личн\w* кабинет|логин|аккаунт|профил|password|account|login|profile|sign in",
}
"""Topics by words of theirs, in lower case with «ё» as «е»."""

LEAST_QUESTIONS = 2


def find(scene: Scene) -> Found:
    """Return at most one misunderstanding a case; every case with a person's reply is a moment."""
    replied = scene.replies.filter(pl.col("case").is_not_null())
    first = replied.unique([KEY, "case"], keep="first", maintain_order=True).select(
        KEY, "case", "customer", "order", pl.col("at").alias("replied_at"), "staff", pl.col("activity_id").alias("reply_id")
    )
    asked = scene.said.filter(pl.col("activity").is_in(["sent_message", "opened_case", "complained"]) & pl.col("case").is_not_null())
    ways = pl.concat([_said_so(asked, replied), _another_topic(asked, replied)])
    one = ways.sort("at", "how", "activity_id").unique([KEY, "case"], keep="first", maintain_order=True)
    zone = scene.company.time_zone
    said_so = pl.col("how") == "said_so"
    errors = one.with_columns(
        pl.col("activity_id").alias("anchor"),
        pl.concat_list("reply_id", "activity_id").list.drop_nulls().list.unique(maintain_order=True).alias("evidence"),
        pl.lit(0.5).alias("severity"),
        pl.when(said_so).then(0.85).otherwise(0.6).alias("confidence"),
        pl.when(said_so)
        .then(pl.format("После ответа клиент написал {}: «{}»", minute_text("at", zone, "ru"), "quote"))
        .otherwise(pl.format("Спросил {} о нескольких вещах, ответили о другом", minute_text("at", zone, "ru")))
        .alias("summary_ru"),
        pl.when(said_so)
        .then(pl.format("After the reply the customer wrote on {}: “{}”", minute_text("at", zone, "en"), "quote"))
        .otherwise(pl.format("Asked on {} about several things and was answered about another", minute_text("at", zone, "en")))
        .alias("summary_en"),
    )
    hit = one.select(KEY, "case", pl.col("at").alias("hit_at"))
    moments = first.join(hit, on=[KEY, "case"], how="left").with_columns(
        pl.coalesce("hit_at", "replied_at").alias("at"), pl.col("hit_at").is_not_null().alias("exposed")
    )
    return shaped(errors, moments)


_COLUMNS = (KEY, "customer", "anonymous_customer_id", "case", "order", "channel", "staff", "at", "activity_id", "reply_id", "how", "quote")


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
        .with_columns(pl.lit("said_so").alias("how"))
        .select(_COLUMNS)
    )


def _another_topic(asked: pl.DataFrame, replied: pl.DataFrame) -> pl.DataFrame:
    """Return messages of at least `LEAST_QUESTIONS` questions whose next reply is about topics of which none was asked."""
    answers = replied.select(
        KEY, "case", pl.col("at").alias("replied_at"), pl.col("activity_id").alias("reply_id"), pl.col("staff").alias("answered_by"),
        _topics().alias("answered"),
    ).sort("replied_at")  # fmt: skip
    many = asked.filter(pl.col("questions") >= LEAST_QUESTIONS).drop("staff").with_columns(_topics().alias("about")).sort("at")
    joined = many.join_asof(answers, left_on="at", right_on="replied_at", by=[KEY, "case"], strategy="forward", check_sortedness=False)
    spoken = (pl.col("about").list.len() > 0) & (pl.col("answered").list.len() > 0)
    apart = spoken & (pl.col("about").list.set_intersection("answered").list.len() == 0)
    return (
        joined.filter(apart.fill_null(False))
        .rename({"answered_by": "staff"})
        .with_columns(pl.lit("another_topic").alias("how"), pl.lit(None, dtype=pl.String).alias("quote"))
        .select(_COLUMNS)
    )


def _topics() -> pl.Expr:
    text = pl.col("text").str.to_lowercase().str.replace_all("ё", "е", literal=True)
    return pl.concat_list([pl.when(text.str.contains(words)).then(pl.lit(topic)) for topic, words in TOPICS.items()]).list.drop_nulls()


DETECTOR = Detector(
    code="misunderstanding",
    name="answered_another_question",
    rule=Wording(
        "после ответа человека клиент пишет, что спрашивал не об этом; или на сообщение с двумя вопросами и больше ответили на другую тему",
        "after a person's reply the customer writes that it was not what was asked; or a message of two or more questions got a reply on "
        "another topic",
    ),
    needs=(("received_reply", "sent_message"), ("received_reply", "opened_case")),
    needed=Wording("переписка с текстами клиентов и сотрудников", "conversations with the texts of customers and staff"),
    find=find,
    reads="replies",
)
