"""Errors in how staff answer, each found in a reply's own words: indifference, rudeness, officialese, flat refusals, not knowing."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import polars as pl

from lakmus.engine.bucket import KEY, of_kind
from lakmus.engine.errors.detector import Detector, Found, Scene, minute_text, shaped
from lakmus.engine.errors.statements import names_in
from lakmus.engine.text.promises import promises_in
from lakmus.engine.text.reading import complains, complaint_topic
from lakmus.engine.text.table import read_column
from lakmus.history.wording import Wording

TURNS_OF_OFFICIALESE = 2
_QUOTED = 80
_NEEDED = Wording("тексты ответов сотрудников", "texts of the staff's replies")


def _found(replies: pl.DataFrame, scene: Scene, *, severity: float, confidence: float, said: pl.Expr, what: Wording) -> Found:
    """Return the replies with `exposed` as errors, and all as moments; `said`: the words that prove it."""
    zone = scene.company.time_zone
    errors = (
        replies.filter("exposed")
        .with_columns(said.alias("quote"))
        .with_columns(
            pl.col("activity_id").alias("anchor"),
            pl.concat_list(*([] if "asked_id" not in replies.columns else ["asked_id"]), "activity_id").list.drop_nulls().alias("evidence"),
            pl.lit(severity).alias("severity"),
            pl.lit(confidence).alias("confidence"),
            pl.format(what.ru + " {}: «{}»", minute_text("at", zone, "ru"), "quote").alias("summary_ru"),
            pl.format(what.en + " of {}: “{}”", minute_text("at", zone, "en"), "quote").alias("summary_en"),
        )
    )
    return shaped(errors, replies)


_BEGINNING = pl.col("text").str.replace_all(r"\s+", " ").str.slice(0, _QUOTED)


def find_indifference(scene: Scene) -> Found:
    """Return first replies to complaints that hold nothing but words: no name, question, understanding, apology, promise or deed.

    Replies that are rude, flatly refuse, speak officialese or do not know have a fault of their own and are no moments of this one.
    """
    first = scene.replies.filter("first").join(_complaints(scene), on=[KEY, "case"], how="inner", maintain_order="left")
    other_fault = pl.any_horizontal("rude", "does_not_know", pl.col("refusal") & ~pl.col("alternative"))
    first = first.filter((pl.col("asked_at") <= pl.col("at")) & ~other_fault & (pl.col("officialese") < TURNS_OF_OFFICIALESE))
    greeted = names_in(first.filter(pl.col("name_used").is_null()).select("activity_id", "text"))["activity_id"]
    named = pl.col("name_used").fill_null(pl.col("activity_id").is_in(greeted.implode()))
    warm = pl.any_horizontal("question_asked", "understanding_confirmed", "apology", named)
    acts = pl.any_horizontal(pl.col("said_acted", "said_alternative", "said_will_find_out").is_not_null())
    judged = first.with_columns((~warm & ~acts).alias("exposed"))
    return _found(
        _without_promises(judged, scene), scene, severity=0.6, confidence=0.7, said=_BEGINNING,
        what=Wording("На жалобу ответили без имени, вопроса и дела", "A complaint answered with no name, question, apology or deed"),
    )  # fmt: skip


def _complaints(scene: Scene) -> pl.DataFrame:
    """Return (key, case, asked_at, asked_id): the first words of displeasure in each case."""
    rows = of_kind(scene.facts, "opened_case", "sent_message", "complained").filter(pl.col("_case").is_not_null())
    by_customer = pl.col("_author").is_null() | (pl.col("_author") == "customer")
    of_cases = scene.said.filter(pl.col("case").is_not_null())
    negative = displeased_texts(of_cases).with_columns(pl.lit(True).alias("negative"))
    told = rows.filter(by_customer).join(negative, on="activity_id", how="left")
    topical = (pl.col("activity") == "opened_case") & complaint_topic()
    displeased = told.filter((pl.col("activity") == "complained") | topical | complains() | pl.col("negative").fill_null(False))
    return (
        displeased.sort("ts", "activity_id")
        .unique([KEY, "_case"], keep="first", maintain_order=True)
        .select(KEY, pl.col("_case").alias("case"), pl.col("ts").alias("asked_at"), pl.col("activity_id").alias("asked_id"))
    )


SURE = 0.75
"""Confidence in displeasure from which a text complains: three to one."""
_QUESTION = re.compile(r"[^.!?\n]+\?+")
_REPROACH = re.compile(
    r"почему|зачем|сколько (?:же )?можно|доколе|до каких пор|когда (?:же|наконец|это)|"
    r"\bwhy\b|how many times|how much longer|finally|\bever\b",
    re.IGNORECASE,
)
"""Questions that ask for nothing but reproach («сколько можно ждать?»)."""


def displeased_texts(said: pl.DataFrame) -> pl.DataFrame:
    """Return (activity_id) of the texts that displease without their plain questions: who only asks has not complained."""
    negative = said.filter(pl.col("polarity") == "negative").select("activity_id", "text", "confidence")
    told = [_QUESTION.sub(lambda one: one.group() if _REPROACH.search(one.group()) else "", text) for text in negative["text"]]
    asking = negative.with_columns(pl.Series("told", told, dtype=pl.String)).with_columns((pl.col("told") != pl.col("text")).alias("asks"))
    plain, doubtful = asking.filter(~pl.col("asks")), asking.filter("asks")
    read = read_column(doubtful["told"]).with_columns(doubtful["activity_id"])
    sure = pl.col("confidence") >= SURE
    return pl.concat(
        [
            plain.filter(sure).select("activity_id"),
            read.filter(sure & (pl.col("polarity") == "negative")).select("activity_id"),
        ]
    )


def _without_promises(replies: pl.DataFrame, scene: Scene) -> pl.DataFrame:
    """Take `exposed` from replies that promise anything."""
    doubtful = replies.filter("exposed")
    zone = scene.company.time_zone
    promising = [
        activity
        for activity, text, at in doubtful.select("activity_id", "text", "at").iter_rows()
        if promises_in(text, said_at=at, time_zone=zone)
    ]
    kept = ~pl.col("activity_id").is_in(pl.Series(promising, dtype=pl.String).implode())
    return replies.with_columns(pl.col("exposed") & kept)


def find_rudeness(scene: Scene) -> Found:
    """Return replies with rude words; every reply by a person is a moment."""
    replies = scene.replies.with_columns(pl.col("rude").alias("exposed"))
    return _found(
        replies,
        scene,
        severity=0.9,
        confidence=0.9,
        said=pl.col("said_rude"),
        what=Wording("Грубые слова в ответе", "Rude words in a reply"),
    )


def find_officialese(scene: Scene) -> Found:
    """Return replies with at least `TURNS_OF_OFFICIALESE` turns of officialese; every reply by a person is a moment."""
    replies = scene.replies.with_columns((pl.col("officialese") >= TURNS_OF_OFFICIALESE).alias("exposed"))
    return _found(
        replies, scene, severity=0.4, confidence=0.9, said=_BEGINNING, what=Wording("Ответ канцелярским языком", "A reply in officialese")
    )


def find_inflexibility(scene: Scene) -> Found:
    """Return replies that refuse and offer no other way; every reply by a person is a moment."""
    replies = scene.replies.with_columns((pl.col("refusal") & ~pl.col("alternative")).alias("exposed"))
    return _found(
        replies, scene, severity=0.6, confidence=0.85, said=pl.col("said_refusal"),
        what=Wording("Отказ без другого выхода", "A refusal without another way"),
    )  # fmt: skip


def find_not_knowing(scene: Scene) -> Found:
    """Return replies that say they do not know and promise nothing; every reply by a person is a moment."""
    replies = scene.replies.with_columns((pl.col("does_not_know") & pl.col("said_will_find_out").is_null()).alias("exposed"))
    return _found(
        _without_promises(replies, scene), scene, severity=0.5, confidence=0.85, said=pl.col("said_does_not_know"),
        what=Wording("Сотрудник не знал ответа и не обещал узнать", "A person did not know and did not promise to find out: reply"),
    )  # fmt: skip


def _detector(code: str, name: str, rule: Wording, find: Callable[[Scene], Found]) -> Detector:
    return Detector(code=code, name=name, rule=rule, needs=(("received_reply",),), needed=_NEEDED, find=partial(find), reads="replies")


STAFF_DETECTORS: tuple[Detector, ...] = (
    _detector(
        "indifference",
        "cold_answer_to_complaint",
        Wording(
            "первый ответ человека на жалобу: без имени (если оно известно), без вопроса, без слов о том, что поняли, без извинения, "
            "без обещания и без дела; грубые и канцелярские ответы, отказы и «не знаю» — другие ошибки",
            "a person's first answer to a complaint without the name (where known), a question, words of understanding, an apology, "
            "a promise or a deed; rude replies, officialese, refusals and “I don't know” are other errors",
        ),
        find_indifference,
    ),
    _detector(
        "rudeness",
        "rude_words_of_staff",
        Wording("в ответе сотрудника грубые слова", "a person's reply holds rude words"),
        find_rudeness,
    ),
    _detector(
        "formal_script",
        "officialese_in_reply",
        Wording("в ответе сотрудника не меньше двух канцелярских оборотов", "a person's reply holds at least two turns of officialese"),
        find_officialese,
    ),
    _detector(
        "inflexibility",
        "refusal_without_alternative",
        Wording("сотрудник отказал и не предложил другого выхода", "a person's reply refuses and offers no other way"),
        find_inflexibility,
    ),
    _detector(
        "untrained_staff",
        "staff_does_not_know",
        Wording(
            "сотрудник ответил, что не знает, и не обещал узнать",
            "a person's reply says that they do not know, without a promise to find out",
        ),
        find_not_knowing,
    ),
)
