"""Errors of which customers tell in their own words: one detector for each kind of error that the lexicon knows."""

from __future__ import annotations

from functools import partial

import polars as pl

from lakmus.engine.bucket import KEY
from lakmus.engine.errors.catalogue import ERROR_CODES
from lakmus.engine.errors.detector import Detector, Found, Scene, day_text, nothing_found, shaped
from lakmus.history.wording import Wording

CONFIDENCE = 0.6
"""Of an error known from words alone: about what the lexicon's precision was on reviews that it had not seen (see text.md)."""

SEVERITY = 0.5
KINDS = ("sent_message", "left_review", "complained", "answered_survey")
"""Kinds of which at least one must be sent for words to be measured at all."""


def find(scene: Scene, code: str) -> Found:
    """Return the texts in which the lexicon finds the code, the first of each case; every text is a moment."""
    if code not in scene.codes_said:
        moments = scene.said.select(KEY, "customer", "at", "order", "case", pl.lit(False).alias("exposed"))
        return Found(nothing_found().errors, moments)
    said = scene.said.with_columns(pl.col("codes").list.contains(code).alias("exposed"))
    about = pl.coalesce("case", "activity_id").alias("about")
    telling = said.filter("exposed").unique([KEY, about], keep="first", maintain_order=True)
    of_code = pl.element().struct.field("code") == code
    quotes = pl.col("sayings").list.eval(pl.element().filter(of_code).struct.field("quote")).list.head(2).list.join("», «")
    zone = scene.company.time_zone
    errors = telling.with_columns(quotes.fill_null("").alias("quote")).with_columns(
        pl.col("activity_id").alias("anchor"),
        pl.concat_list("activity_id").alias("evidence"),
        pl.lit(SEVERITY).alias("severity"),
        pl.lit(CONFIDENCE).alias("confidence"),
        pl.format("Клиент сам пишет об этом {}: «{}»", day_text("at", zone, "ru"), "quote").alias("summary_ru"),
        pl.format(
            "The customer tells of it on {}: “{}”", day_text("at", zone, "en"), pl.col("quote").str.replace_all("», «", "”, “")
        ).alias("summary_en"),
    )
    return shaped(errors, said)


def _detector(code: str) -> Detector:
    title = ERROR_CODES[code].title
    return Detector(
        code=code,
        name=f"{code}_in_words",
        rule=Wording(
            f"клиент пишет об этом сам (отзыв, обращение, сообщение, опрос): слова словаря «{title.ru}»; одно обращение считается раз",
            f"the customer tells of it (review, case, message, survey): words of the lexicon under “{title.en}”; a case counts once",
        ),
        needs=tuple((kind,) for kind in KINDS),
        needed=Wording(
            "тексты клиентов: сообщения, отзывы, жалобы, ответы на опросы", "customers' texts: messages, reviews, complaints, surveys"
        ),
        find=partial(find, code=code),
        source="words",
        reads="texts",
    )


WORDS_DETECTORS: tuple[Detector, ...] = tuple(_detector(code) for code in ERROR_CODES)
