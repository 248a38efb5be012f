"""What the signals count beyond single activities: orders with their fate, purchases, displeasure, questions and how they ended.

Each becomes a kind of its own in the trails, so that signals count it as they count any activity. Joins within a customer's history
(order and cancellation, case and reply) are made here, once for all signals.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl

from lakmus.engine.bucket import KEY, Facts, of_kind
from lakmus.engine.signals.rhythm import Purchases
from lakmus.engine.signals.trails import Trails
from lakmus.engine.text.reading import complains, complaint_topic, cries_for_help

PURCHASE, ORDER, PRICED_ORDER = "a purchase", "an order", "a priced order"
CANCELLED_ORDER, RETURNED_ORDER = "an order cancelled later", "an order with a return"
DISPLEASURE, CRY = "displeasure", "a cry for help"
QUESTION, UNANSWERED, SETTLED, CRITICAL = (
    "a question",
    "a question without a good answer",
    "a standard request settled",
    "a critical case waiting",
)
DERIVED = (PURCHASE, ORDER, PRICED_ORDER, CANCELLED_ORDER, RETURNED_ORDER, DISPLEASURE, CRY, QUESTION, UNANSWERED, SETTLED, CRITICAL)
"""Kinds that only the trails know; raw kinds are `verb_noun`, so the two cannot be confused."""

NUMBERS = ("_amount", "_stars", "_score", "_points", "_minutes")
TEXTS = ("_author", "_survey")
COUNTED = (
    *(
        "placed_order",
        "visited_site",
        "visited_store",
        "logged_in",
        "used_service",
        "opened_message",
        "received_automatic_message",
        "received_offer",
    ),
    *("earned_points", "redeemed_points", "points_expired", "referred_friend", "recommended_us", "left_review", "answered_survey"),
    *("was_surveyed", "received_reply", "was_contacted", "called", "sent_message", "gave_notice", "ended_contract"),
)
"""The raw kinds that some signal or lamp counts."""
KINDS = (*COUNTED, *DERIVED)
ANSWER_HOURS, CRITICAL_HOURS = 72, 24
_SCHEMA = {
    "owner": pl.Int64,
    "ts": pl.Int64,
    "activity": pl.String,
    **dict.fromkeys(NUMBERS, pl.Float64),
    **dict.fromkeys(TEXTS, pl.String),
}


def trails_of_facts(facts: Facts, orders: pl.DataFrame, displeasure: pl.DataFrame, bought: Purchases, *, as_of: datetime) -> Trails:
    """Return what the signals of a bucket count, for every known customer, in the order of `facts.customers`.

    Parameters
    ----------
    facts, orders, displeasure, bought : `facts_until`, `order_table`, `voiced`, `bucket_purchases` of one bucket, all as of one moment.
    """
    codes = pl.DataFrame({KEY: facts.customers}).with_row_index("owner").with_columns(pl.col("owner").cast(pl.Int64))
    parts = [_rows(rows.filter(pl.col("owner").is_not_null()), kind) for kind in COUNTED if not (rows := of_kind(facts, kind)).is_empty()]
    parts += _of_orders(orders.join(codes, on=KEY, how="inner"))
    parts += _of_displeasure(displeasure.join(codes, on=KEY, how="inner"))
    parts += _of_cases(facts, as_of=as_of)
    parts.append(_rows(pl.DataFrame({"owner": bought.owner, "ts": bought.last_us}), PURCHASE))
    rows = pl.concat([pl.DataFrame(schema=_SCHEMA), *parts], how="diagonal_relaxed")
    # Equal moments of one customer may stand in any order: no measure tells them apart.
    rows = rows[np.lexsort((rows["ts"].to_numpy(), rows["owner"].to_numpy()))]
    starts = np.searchsorted(rows["owner"].to_numpy(), np.arange(len(facts.customers) + 1))
    columns = {name: rows[name].to_arrow() for name in (*NUMBERS, *TEXTS)}
    return Trails(facts.customers.to_arrow(), starts.astype(np.int64), rows["ts"].to_numpy(), rows["kind"].to_numpy(), KINDS, columns)


def _rows(rows: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Return rows of a kind in the columns of the trails, as far as they have them."""
    present = [name for name in (*NUMBERS, *TEXTS) if name in rows.columns]
    return rows.select("owner", pl.col("ts").to_physical(), pl.lit(KINDS.index(kind), dtype=pl.Int8).alias("kind"), *present)


def _of_orders(orders: pl.DataFrame) -> list[pl.DataFrame]:
    priced = orders.filter(pl.col("amount").is_not_null() & ~pl.col("cancelled")).with_columns(pl.col("amount").alias("_amount"))
    bare = orders.select("owner", "ts", "cancelled", "returned_amount")
    return [
        _rows(bare, ORDER),
        _rows(priced.select("owner", "ts", "_amount"), PRICED_ORDER),
        _rows(bare.filter("cancelled"), CANCELLED_ORDER),
        _rows(bare.filter(pl.col("returned_amount").is_not_null()), RETURNED_ORDER),
    ]


def _of_displeasure(displeasure: pl.DataFrame) -> list[pl.DataFrame]:
    return [_rows(displeasure.filter(pl.col("activity") != "left_review"), DISPLEASURE), _rows(displeasure.filter("cry"), CRY)]


def _of_cases(facts: Facts, *, as_of: datetime) -> list[pl.DataFrame]:
    """Return questions, those without a good answer, standard requests when they were settled (with `_minutes`), critical cases waiting.

    Good: a person replied within ANSWER_HOURS and the case was not opened again. Standard: no complaint by topic or words, not opened
    again. Critical: a complaint or a cry for help, CRITICAL_HOURS old and without a person's reply.
    """
    opened = of_kind(facts, "opened_case").filter(pl.col("owner").is_not_null() & pl.col("_case").is_not_null())
    if opened.is_empty():
        return []
    group = [KEY, "_case"]
    person = pl.col("_author").is_null() | (pl.col("_author") == "person")
    replied = of_kind(facts, "received_reply").filter(person).group_by(group).agg(pl.col("ts").min().alias("replied_at"))
    settled = of_kind(facts, "case_resolved").group_by(group).agg(pl.col("ts").min().alias("settled_at"))
    again = of_kind(facts, "case_reopened").select(group).unique().with_columns(pl.lit(True).alias("again"))
    bad = (complaint_topic() | complains()).alias("bad")
    cases = opened.select("owner", "ts", *group, bad, cries_for_help().alias("cry"))
    for more in (replied, settled, again):
        cases = cases.join(more, on=group, how="left")
    again_or_not = pl.col("again").fill_null(False)
    late = pl.col("replied_at").fill_null(as_of) - pl.col("ts") > timedelta(hours=ANSWER_HOURS)
    waiting = (
        pl.col("replied_at").is_null() & (pl.lit(as_of) - pl.col("ts") > timedelta(hours=CRITICAL_HOURS)) & pl.col("settled_at").is_null()
    )
    standard = cases.filter(pl.col("settled_at").is_not_null() & ~again_or_not & ~pl.col("bad"))
    minutes = ((pl.col("settled_at") - pl.col("ts")).dt.total_seconds() / 60).alias("_minutes")
    return [
        _rows(cases, QUESTION),
        _rows(cases.filter(late | again_or_not), UNANSWERED),
        _rows(standard.select("owner", pl.col("settled_at").alias("ts"), minutes), SETTLED),
        _rows(cases.filter(waiting & (pl.col("bad") | pl.col("cry"))), CRITICAL),
    ]
