"""The register of preferences: what customers asked for, and what of ours went against it."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from lakmus.engine.bucket import KEY, Facts, of_kind
from lakmus.engine.errors.clocks import channel_name

CHANNEL_WORDS = {
    "phone": r"звон|телефон|обзван|\bcall|phone",
    "sms": r"смс|sms|текстов|\btext(?:s|ing)?\b",
    "email": r"почт|e-?mail|имейл|письм|mail",
    "messenger": r"мессендж|telegram|телеграм|whatsapp|ватсап|вотсап|viber|вайбер|messenger",
    "push": r"пуш|push",
    "chat": r"\bчат|\bchat",
    "social": r"соцсет|вконтакте|\bvk\b|social",
}
"""How texts name the channels, in lower case."""

_REFUSES = r"(?:\bне\b|\bбез\b|кроме|запрет|отказ|\bнельзя\b|no |not |don't|do not|never|without|except)"
_FORBIDS = r"(?:нельзя|не (?:надо|нужн|стоит|хочу|принима|чита)|запрещ|unwelcome|not (?:allowed|wanted|welcome))"
_AT_TIMES = r"(?:мне |me )?(?:до|после|раньше|позже|ранее|before|after|until)\b"
"""«Не звонить до 12» refuses an hour, no channel."""
_CHANNEL_TOPIC = r"канал|channel|связ|contact"
_SENT_KINDS = ("was_contacted", "received_offer")
_SPELLINGS = {"смс": "sms", "пуш": "push", "push-уведомление": "push"}


def channel_of(column: str = "_channel") -> pl.Expr:
    """Return an expression: the channel under the name that `CHANNEL_WORDS` uses ("" where unknown)."""
    return channel_name(column).replace(_SPELLINGS)


def register(facts: Facts) -> pl.DataFrame:
    """Return every stated preference.

    A preference about channels refuses those that it says no to («не звонить»), or, where it says no to none, all but those it names
    («только почта»).

    Returns
    -------
    pl.DataFrame : key, customer, anonymous_customer_id, activity_id, at, topic, text, refused (list of channels, empty unless about
        channels); sorted by key, at, activity_id.
    """
    rows = of_kind(facts, "stated_preference").sort(KEY, "ts", "activity_id")
    text = pl.concat_str(pl.lit(" "), pl.col("_text").fill_null("").str.to_lowercase(), pl.lit(" "))
    about = pl.col("_topic").fill_null("").str.to_lowercase().str.contains(_CHANNEL_TOPIC)
    said_no = [
        text.str.contains(rf"{_REFUSES}[^.,;]{{0,40}}?(?:{words})|(?:{words})\w* {_FORBIDS}")
        & ~text.str.contains(rf"(?:{words})\w* {_AT_TIMES}")
        for words in CHANNEL_WORDS.values()
    ]
    named = [text.str.contains(words) for words in CHANNEL_WORDS.values()]
    refuses, names = pl.any_horizontal(said_no), pl.any_horizontal(named) & ~text.str.contains(_REFUSES)
    refused = [
        pl.when(about & ((refuses & no) | (~refuses & names & ~wanted))).then(pl.lit(channel))
        for channel, no, wanted in zip(CHANNEL_WORDS, said_no, named, strict=True)
    ]
    return rows.select(
        *(KEY, "customer", "anonymous_customer_id", "activity_id"),
        pl.col("ts").alias("at"),
        pl.col("_topic").alias("topic"),
        pl.col("_text").alias("text"),
        pl.concat_list(refused).list.drop_nulls().alias("refused"),
    )


def refused_sendings(facts: Facts, *kinds: str) -> pl.DataFrame:
    """Return what was sent through a channel that the preference last stated before had refused.

    Returns
    -------
    pl.DataFrame : the rows of `kinds`, and `channel`, `preference_id`, `preference` (its text); sorted by key, ts, activity_id.
    """
    wishes = register(facts).filter(pl.col("refused").list.len() > 0)
    asked = wishes.select(KEY, "at", "refused", pl.col("activity_id").alias("preference_id"), pl.col("text").alias("preference"))
    sent = of_kind(facts, *kinds).with_columns(channel_of().alias("channel")).sort("ts")
    joined = sent.join_asof(asked.sort("at"), left_on="ts", right_on="at", by=KEY, strategy="backward", check_sortedness=False)
    return joined.filter(pl.col("refused").list.contains(pl.col("channel")).fill_null(False)).drop("refused").sort(KEY, "ts", "activity_id")


def violations(facts: Facts, *, as_of: datetime) -> pl.DataFrame:
    """Return the register with what became of each preference up to `as_of`.

    Returns
    -------
    pl.DataFrame : the columns of `register`, and `violated_at` (the first recorded violation of its topic, or contact or offer through a
        refused channel) and `violation_id`, null where it was kept.
    """
    stated = register(facts)
    recorded = of_kind(facts, "preference_violated").select(
        KEY, pl.col("_topic").fill_null("").alias("about"), pl.col("ts").alias("violated_at"), pl.col("activity_id").alias("violation_id")
    )
    sent = refused_sendings(facts, *_SENT_KINDS).select(
        "preference_id", pl.col("ts").alias("sent_at"), pl.col("activity_id").alias("sent_id")
    )
    first_sent = sent.sort("sent_at", "sent_id").unique("preference_id", keep="first", maintain_order=True)
    joined = (
        stated.with_columns(pl.col("topic").fill_null("").alias("about"))
        .sort("at")
        .join_asof(
            recorded.sort("violated_at"),
            left_on="at",
            right_on="violated_at",
            by=[KEY, "about"],
            strategy="forward",
            check_sortedness=False,
        )
    )
    joined = joined.join(first_sent, left_on="activity_id", right_on="preference_id", how="left")
    earlier = (pl.col("sent_at") < pl.col("violated_at")) | pl.col("violated_at").is_null()
    return joined.with_columns(
        pl.when(earlier.fill_null(True)).then(pl.coalesce("sent_at", "violated_at")).otherwise("violated_at").alias("violated_at"),
        pl.when(earlier.fill_null(True)).then(pl.coalesce("sent_id", "violation_id")).otherwise("violation_id").alias("violation_id"),
    ).filter(pl.col("at") <= as_of).drop("about", "sent_at", "sent_id").sort(KEY, "at", "activity_id")  # fmt: skip
