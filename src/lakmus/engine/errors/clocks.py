"""Waiting clocks of conversations: when a customer's word opened one, when a person's reply stopped it."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from lakmus.engine.bucket import KEY, Facts, of_kind
from lakmus.engine.feeds import CONVERSATION_KINDS
from lakmus.engine.text.reading import only_thanks
from lakmus.history.company import Company

CHANNEL_SYNONYMS = {
    "чат": "chat", "онлайн-чат": "chat", "live chat": "chat", "webchat": "chat", "мессенджер": "messenger", "мессенджеры": "messenger",
    "telegram": "messenger", "телеграм": "messenger", "whatsapp": "messenger", "viber": "messenger", "max": "messenger",
    "почта": "email", "e-mail": "email", "mail": "email", "эл. почта": "email", "электронная почта": "email",
    "телефон": "phone", "звонок": "phone", "call": "phone", "inbound": "phone", "соцсети": "social", "социальные сети": "social",
    "вконтакте": "social", "vk": "social", "social media": "social", "instagram": "social", "facebook": "social",
}  # fmt: skip
"""Channels as companies write them, by the name under which the company's terms hold a target."""


def channel_name(column: str = "_channel") -> pl.Expr:
    """Return an expression: the channel in `column` under the name that the company's terms use ("" where unknown)."""
    written = pl.col(column).str.to_lowercase().str.strip_chars().fill_null("")
    return written.replace(CHANNEL_SYNONYMS)


def target_minutes(column: str, company: Company) -> pl.Expr:
    """Return an expression: the longest wait for a reply in the channel named in `column`, minutes."""
    fallback = company.reply_target_minutes.get("", 1440)
    return pl.col(column).replace_strict(company.reply_target_minutes, default=fallback, return_dtype=pl.Float64)


def waiting_clocks(facts: Facts, *, company: Company, as_of: datetime) -> pl.DataFrame:
    """Return every waiting clock of every case.

    A customer's message (or the opening or reopening of a case) opens a clock unless one is open in the case or it is nothing but thanks.
    A reply by a person stops it; a bot, the system and the closing of the case do not. A case and its first message in the same minute are
    one event. Messages without a case number form one conversation per customer.

    Parameters
    ----------
    facts : `facts_until` with `SCORE_COLUMNS`.

    Returns
    -------
    pl.DataFrame : key, customer, anonymous_customer_id, case, order, channel, topic, opened_at, open_id, stopped_at, stop_id, staff,
        target_minutes, waited_minutes (until the reply, or until as_of while open), open (Boolean); sorted by key, case, opened_at.
    """
    rows = of_kind(facts, *CONVERSATION_KINDS).with_columns(pl.col("_case").fill_null("").alias("conversation"))
    group = [KEY, "conversation"]
    turns = _turns(rows).sort(*group, "ts", "answer", "activity_id")
    asks = ~pl.col("answer")
    opens = asks & (pl.col("answer").shift(1).over(group).fill_null(True))
    turns = turns.with_columns(opens.cast(pl.Int32).cum_sum().over(group).alias("clock")).filter(pl.col("clock") > 0)
    answers = pl.col("answer")
    clocks = turns.group_by(*group, "clock").agg(
        pl.col("ts").filter(~answers).first().alias("opened_at"),
        pl.col("activity_id").filter(~answers).first().alias("open_id"),
        pl.col("ts").filter(answers).first().alias("stopped_at"),
        pl.col("activity_id").filter(answers).first().alias("stop_id"),
        pl.col("_staff").filter(answers).first().alias("staff"),
    )
    return _with_case(clocks, rows, company=company, as_of=as_of).sort(*group, "opened_at")


def _turns(rows: pl.DataFrame) -> pl.DataFrame:
    """Return what asks and what answers: (key, conversation, ts, activity_id, _staff, answer)."""
    kind = pl.col("activity")
    columns = [KEY, "conversation", "ts", "activity_id", "_staff"]
    by_person = pl.col("_author").is_null() | (pl.col("_author") == "person")
    answers = rows.filter((kind == "received_reply") & by_person).select(*columns, pl.lit(True).alias("answer"))
    by_customer = pl.col("_author").is_null() | (pl.col("_author") == "customer")
    messages = rows.filter((kind == "sent_message") & by_customer).with_columns(pl.col("ts").dt.truncate("1m").alias("minute"))
    openings = rows.filter(kind.is_in(["opened_case", "case_reopened"])).with_columns(pl.col("ts").dt.truncate("1m").alias("minute"))
    alone = openings.join(messages, on=[KEY, "conversation", "minute"], how="anti")
    asking = messages.filter(~only_thanks(messages["_text"]))
    asks = pl.concat([asking.select(*columns), alone.select(*columns)]).with_columns(pl.lit(False).alias("answer"))
    return pl.concat([asks, answers])


def _with_case(clocks: pl.DataFrame, rows: pl.DataFrame, *, company: Company, as_of: datetime) -> pl.DataFrame:
    """Add to each clock what is known of its case, its target and its wait."""
    group = [KEY, "conversation"]
    opening = pl.col("activity") == "opened_case"
    rows = rows.sort("ts", "activity_id")
    cases = rows.group_by(group).agg(
        pl.col("customer").first(),
        pl.col("anonymous_customer_id").first(),
        pl.coalesce(pl.col("_channel").filter(opening).drop_nulls().first(), pl.col("_channel").drop_nulls().first()).alias("channel"),
        pl.col("_topic").filter(opening).drop_nulls().first().alias("topic"),
        pl.col("_order").drop_nulls().first().alias("order"),
    )
    named = clocks.join(cases, on=group, how="left").with_columns(
        channel_name("channel").alias("channel"),
        pl.when(pl.col("conversation") != "").then("conversation").alias("case"),
        pl.col("stopped_at").is_null().alias("open"),
    )
    until = pl.coalesce("stopped_at", pl.lit(as_of))
    return named.with_columns(
        target_minutes("channel", company).alias("target_minutes"),
        ((until - pl.col("opened_at")).dt.total_microseconds() / 60_000_000).alias("waited_minutes"),
    )
