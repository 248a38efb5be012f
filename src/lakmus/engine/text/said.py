"""All that was written in a bucket, read once: what customers wrote, and how persons answered them."""

from __future__ import annotations

import re

import polars as pl

from lakmus.engine.bucket import KEY, Facts, of_kind
from lakmus.engine.text.cleaning import near_duplicates
from lakmus.engine.text.company_reading import CompanyReading, labelled, taught
from lakmus.engine.text.conduct import DEEDS, LONGEST_QUOTE, deeds_column
from lakmus.engine.text.staff_tone import tone_of
from lakmus.engine.text.table import read_column

WRITTEN = ("left_review", "opened_case", "sent_message", "complained", "answered_survey", "gave_notice", "recommended_us")
"""Kinds in which a customer's own words stand."""

_TONES = {
    "question_asked": pl.Boolean,
    "understanding_confirmed": pl.Boolean,
    "apology": pl.Boolean,
    "officialese": pl.Int64,
}
_ENDING = re.compile(r"[а-яa-z]{0,2}(?:\W|$)")
_IN_CASES = ("opened_case", "sent_message", "received_reply", "case_resolved", "case_reopened")


def texts_of(facts: Facts, company: CompanyReading | None = None) -> pl.DataFrame:
    """Return what customers wrote, one row per text of their own, each different text read once, by what the `company` taught if it did.

    A case and its first message with the same words in the same minute are one text. Automatic replies, spam and empty texts are left out.
    `order` of a text within a case is that of the case where the text names none.

    Returns
    -------
    pl.DataFrame : the columns of `tables.TEXTS`, and `key`, `sayings` (list of code, quote) and `text`; sorted by key, at, activity_id.
    """
    by_customer = pl.col("_author").is_null() | (pl.col("_author") == "customer")
    rows = of_kind(facts, *WRITTEN).filter(by_customer & (pl.col("_text").str.strip_chars().str.len_chars() > 0))
    minute = pl.col("ts").dt.truncate("1m").alias("minute")
    same = [KEY, "_case", "minute", "_text"]
    messages = rows.filter(pl.col("activity") == "sent_message").select(KEY, "_case", minute, "_text")
    openings = rows.filter(pl.col("activity") == "opened_case").with_columns(minute).join(messages, on=same, how="anti").drop("minute")
    rows = pl.concat([rows.filter(pl.col("activity") != "opened_case"), openings])
    read = _read(rows["_text"].unique(maintain_order=True), company)
    whole = _with_case_order(rows, facts).join(read, left_on="_text", right_on="text", how="inner")
    texts = whole.select(
        KEY,
        *_named("activity_id", "customer", "anonymous_customer_id", at="ts"),
        "activity",
        pl.lit("customer").alias("author"),
        *_named(staff="_staff", channel="_channel", case="_case", order="order", stars="_stars"),
        *("language", "polarity", "confidence", "codes", "words", "cries_for_help", "attempts", "questions", "sayings"),
        pl.col("_text").alias("text"),
    )
    return labelled(texts, company).sort(KEY, "at", "activity_id")


def _named(*same: str, **renamed: str) -> list[pl.Expr]:
    return [pl.col(name) for name in same] + [pl.col(old).alias(new) for new, old in renamed.items()]


def _with_case_order(rows: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Add `order`: the one that the row names, or its case."""
    talk = of_kind(facts, *_IN_CASES).filter(pl.col("_case").is_not_null() & pl.col("_order").is_not_null())
    about = talk.sort("ts", "activity_id").group_by(KEY, "_case").agg(pl.col("_order").first().alias("case_order"))
    joined = rows.join(about, on=[KEY, "_case"], how="left")
    return joined.with_columns(pl.coalesce("_order", "case_order").alias("order"))


def _read(texts: pl.Series, company: CompanyReading | None) -> pl.DataFrame:
    """Return what each different text says, its quotes in words; only texts of the writer's own."""
    read = read_column(texts).with_columns(texts.alias("text"))
    read = taught(read.filter(pl.col("kind") == "own"), company)
    length = (pl.col("end") - pl.col("start")).clip(0, LONGEST_QUOTE)
    quoted = (
        read.select("text", "sayings")
        .explode("sayings")
        .drop_nulls("sayings")
        .unnest("sayings")
        .select("text", "code", pl.col("text").str.slice(pl.col("start").cast(pl.Int64), length).alias("quote"))
        .unique(maintain_order=True)
        .group_by("text", maintain_order=True)
        .agg(pl.struct("code", "quote").alias("sayings"), pl.col("quote").unique(maintain_order=True).alias("words"))
    )
    none = pl.lit([], dtype=pl.List(pl.String))
    joined = read.drop("sayings", "kind").join(quoted, on="text", how="left", maintain_order="left")
    return joined.with_columns(pl.col("words").fill_null(none), pl.col("codes").fill_null(none))


def replies_of(facts: Facts) -> pl.DataFrame:
    """Return every reply by a person with a text, and what it does.

    `name_used` looks for any part of the name last known when the reply was written («Ким Анна» may stand either way round).
    `repeated`: the same customer got nearly the same words before (`near_duplicates`).

    Returns
    -------
    pl.DataFrame : the columns of `tables.REPLIES`, and `key`, `anonymous_customer_id`, `order`, `text` and, for each of
        `conduct.DEEDS`, `said_<deed>` (the words, or null); sorted by key, at, activity_id.
    """
    by_person = pl.col("_author").is_null() | (pl.col("_author") == "person")
    written = of_kind(facts, "received_reply").filter(by_person).sort(KEY, "ts", "activity_id")
    conversation = pl.coalesce("_case", "activity_id")
    rows = written.with_columns((conversation.cum_count().over(KEY, conversation) == 1).alias("first"))
    rows = rows.filter(pl.col("_text").str.strip_chars().str.len_chars() > 0)
    rows = _with_names(_with_case_order(rows, facts), facts).sort(KEY, "ts", "activity_id")
    different = rows["_text"].unique(maintain_order=True)
    tones = [tone_of(text) for text in different]
    read = pl.DataFrame(
        {"_text": different, **{name: pl.Series([getattr(tone, name) for tone in tones], dtype=kind) for name, kind in _TONES.items()}}
    ).hstack(deeds_column(different).select(pl.all().name.prefix("said_")))
    rows = rows.join(read, on="_text", how="left", maintain_order="left")
    return rows.with_columns(_repeated(rows)).select(
        KEY,
        *_named(
            "activity_id", "customer", "anonymous_customer_id", case="_case", order="order", staff="_staff", channel="_channel", at="ts"
        ),
        *("first", "name_used", *_TONES),
        *(pl.col(f"said_{name}").is_not_null().alias(name) for name in ("refusal", "alternative", "does_not_know", "rude")),
        "repeated",
        pl.col("_text").alias("text"),
        *(f"said_{name}" for name in DEEDS),
    )


def _with_names(rows: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Add `name_used`: whether any part of the name last known stands in the text, with at most two letters of an ending."""
    told = of_kind(facts, "gave_details").filter(pl.col("_name").str.strip_chars().str.len_chars() > 0)
    names = told.select(KEY, "ts", pl.col("_name").alias("known_name")).sort("ts")
    joined = rows.sort("ts").join_asof(names, on="ts", by=KEY, strategy="backward", check_sortedness=False)
    pairs = joined.select("known_name", "_text")
    used = [None if name is None else _names_one_by(text, name) for name, text in pairs.iter_rows()]
    return joined.with_columns(pl.Series("name_used", used, dtype=pl.Boolean))


def _names_one_by(text: str, name: str) -> bool | None:
    """Say whether a text uses any part of a name, in any case of it: with at most two letters of an ending; None of a name without parts.

    Parts of one letter (initials) are left out; of longer ones a last «а», «я», «й», «ь», «о» may change.
    """
    parts = name.lower().replace("ё", "е").strip().split(" ")
    stems = [stem for stem in (part[:-1] if len(part) > 3 and part[-1] in "аяйьо" else part for part in parts) if len(stem) > 1]
    if not stems:
        return None
    said = text.lower().replace("ё", "е")
    return any(_holds(said, stem) for stem in stems)


def _holds(said: str, stem: str) -> bool:
    place = said.find(stem)
    while place >= 0:
        end = place + len(stem)
        if (place == 0 or not _of_word(said[place - 1])) and _ENDING.match(said, end):
            return True
        place = said.find(stem, place + 1)
    return False


def _of_word(sign: str) -> bool:
    return sign.isalnum() or sign == "_"


def _repeated(rows: pl.DataFrame) -> pl.Series:
    """Return whether each reply nearly repeats an earlier one to the same customer; rows sorted by key and time."""
    if rows.is_empty():
        return pl.Series("repeated", [], dtype=pl.Boolean)
    # Digits and words alone decide, so texts are compared over the whole bucket and the first of each kind is sought within the customer.
    alike = near_duplicates(rows["_text"])
    return rows.select((pl.col(KEY).cum_count().over(KEY, alike.alias("alike")) > 1).alias("repeated"))["repeated"]
