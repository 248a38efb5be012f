"""`automatic_message_error`: an automatic message that contradicts the order it speaks of, repeats itself, or comes at night."""

from __future__ import annotations

import re

import polars as pl

from lakmus.engine.errors.detector import Detector, Found, Scene, fact_text, shaped
from lakmus.history.wording import Wording

TITLES = {
    "placeholder": Wording("незаполненное место {said}", "an unfilled place {said}"),
    "wrong_sum": Wording("сумма «{said}», а у заказа {fact}", "the sum “{said}”; the order's is {fact}"),
    "wrong_date": Wording("дата «{said}», а верно {fact}", "the date “{said}”; {fact} is right"),
    "wrong_number": Wording("номер «{said}», а заказ {fact}", "the number “{said}”; the order is {fact}"),
    "wrong_name": Wording("имя {said}, а клиента зовут {fact}", "the name {said}; the customer's is {fact}"),
    "duplicate": Wording("то же самое уже пришло {fact}", "the same had come already at {fact}"),
    "at_night": Wording("пришло ночью, в {said}", "came at night, at {said}"),
}
"""What is wrong with a message; `said` and `fact` as in `tables.MESSAGES`."""

_SEVERITIES = {
    "placeholder": 0.6,
    "wrong_sum": 0.8,
    "wrong_date": 0.8,
    "wrong_number": 0.7,
    "wrong_name": 0.7,
    "duplicate": 0.3,
    "at_night": 0.3,
}
_CONFIDENCES = {**dict.fromkeys(_SEVERITIES, 0.97), "wrong_name": 0.9, "at_night": 0.9}


def find(scene: Scene) -> Found:
    """Return the messages in which the audit found something; every automatic message is a moment."""
    messages = scene.messages.with_columns((pl.col("findings").list.len() > 0).alias("exposed"))
    wrong = messages.filter("exposed")
    told = wrong.select("activity_id", "findings", "said", "fact").explode("findings", "said", "fact").rename({"findings": "finding"})
    told = told.with_columns(
        pl.col("finding").replace_strict(_SEVERITIES, return_dtype=pl.Float64).alias("severity"),
        pl.col("finding").replace_strict(_CONFIDENCES, return_dtype=pl.Float64).alias("confidence"),
        *(_words(language) for language in ("ru", "en")),
    )
    whole = told.group_by("activity_id", maintain_order=True).agg(
        pl.col("severity", "confidence").max(), pl.col("ru").str.join("; "), pl.col("en").str.join("; ")
    )
    errors = wrong.join(whole, on="activity_id", how="left", maintain_order="left").with_columns(
        pl.col("activity_id").alias("anchor"),
        pl.format("Автоматическое сообщение: {}", "ru").alias("summary_ru"),
        pl.format("An automatic message: {}", "en").alias("summary_en"),
    )
    return shaped(errors, messages)


def _words(language: str) -> pl.Expr:
    ways = []
    for finding, wording in TITLES.items():
        # Put together part by part: a replacement of another length than the text it stands in is refused.
        parts = re.split(r"\{(said|fact)\}", wording.in_language(language))
        texts = [fact_text(part, language) if place % 2 else pl.lit(part) for place, part in enumerate(parts)]
        written = pl.concat_str(texts, ignore_nulls=True)
        ways.append(pl.when(pl.col("finding") == finding).then(written))
    return pl.coalesce(ways).alias(language)


DETECTOR = Detector(
    code="automatic_message_error",
    name="message_against_order",
    rule=Wording(
        "в автоматическом сообщении незаполненное место; сумма, дата доставки или номер не те, что у заказа на ту минуту; чужое имя; "
        "тот же текст о том же заказе дважды за 24 часа; пришло между 22:00 и 8:00",
        "an automatic message with an unfilled place; with a sum, delivery day or number that is not the order's at that minute; with "
        "another's name; the same text about the same order twice within 24 hours; between 22:00 and 8:00",
    ),
    needs=(("received_automatic_message",),),
    needed=Wording("журнал автоматических сообщений с текстом", "a log of automatic messages with their texts"),
    find=find,
)
