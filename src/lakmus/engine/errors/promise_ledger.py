"""The ledger of promises: those given with orders and those that staff gave in words, kept, late, broken or still open."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import polars as pl

from lakmus.engine.bucket import KEY, Facts, of_kind
from lakmus.engine.feeds import Feeds
from lakmus.engine.text.conduct import LONGEST_QUOTE
from lakmus.engine.text.promises import promises_in
from lakmus.history.company import Company

LATE_DAYS = 7
"""A promise may be kept late for so many days; after them it is broken."""

_KEPT_BY = {
    "call": ("received_reply", "called", "was_contacted"),
    "reply": ("received_reply", "called", "was_contacted"),
    "refund": ("was_refunded",),
    "deliver": ("received_order",),
    "send": ("case_resolved", "received_reply"),
    "solve": ("case_resolved", "received_reply"),
}
"""The kinds that keep a promise of each action."""

_OF_THE_ORDER, _OF_THE_CASE = ("refund", "deliver"), ("send", "solve")
_LIKELY = (
    "звон созв набер ответ напиш отпиш свяж связ сообщ уточн дад дам даст информ уведом опове расскаж подскаж консульт ожида ждите поступ "
    "прид будет будут срок обещ обязу гарант достав привез приед подъед прибуд получ занес забер забра выш отправ пришл передад отгру "
    "направ перешл дошл верн возвр возмест зачисл начисл компенс перевед перечисл реш исправ сдела провер разбер устран замен подготов "
    "оформ почин ремонт готов рассмотр займ налад восстанов заработ закро урегул внес измен добав отмен актив обнов will 'll shall going "
    "promise aim plan commit guarantee undertake due scheduled expect await should calling writing sending shipping dispatching refund "
    "deliver fixing replac takes"
).split()
"""Beginnings of words without one of which a reply promises nothing that `promises_in` knows."""

_BEFOREHAND = re.compile(r"звон\w* (?:вам )?за (?:\d+ |пол)?(?:час|минут|день|дня)")
"""«Позвонит за час» is an hour before something else, not an hour from now: no deadline that anybody could name."""

_MOMENT = pl.Datetime("us", "UTC")
_SHAPE: dict[str, pl.DataType | type[pl.DataType]] = {"promise_id": pl.String, "action": pl.String, "due_at": _MOMENT, "quote": pl.String}


def promise_ledger(
    facts: Facts, orders: pl.DataFrame, replies: pl.DataFrame, *, feeds: Feeds, company: Company, as_of: datetime
) -> pl.DataFrame:
    """Return every promise with a deadline and what became of it.

    With an order: its delivery, kept by its receipt; orders cancelled before they came leave their promise out. In words of staff: a call
    or reply is kept by a reply of a person, a call or a contact of that customer; a refund by a refund, a delivery by a receipt (of that
    order, where the case names one); sending and solving by the closing of the case or a later reply. Kept late: within `LATE_DAYS` of the
    deadline; broken: not even then, judged only where the feed that would show it goes on.

    Parameters
    ----------
    facts : `facts_until` with `SCORE_COLUMNS`. orders, replies : `order_table` and `replies_of` of them.

    Returns
    -------
    pl.DataFrame : the columns of `tables.PROMISES`, and `key`, `anonymous_customer_id`; sorted by key, made_at, promise_id.
    """
    given = pl.concat([_of_orders(orders, facts), _in_words(facts, replies, company=company)])
    late = pl.col("kept_at") > pl.col("due_at")
    feed = pl.col("action").replace_strict({action: feeds.last_at(*kinds) for action, kinds in _KEPT_BY.items()}, return_dtype=_MOMENT)
    over = pl.col("due_at") + timedelta(days=LATE_DAYS) < pl.min_horizontal(feed, pl.lit(as_of).cast(_MOMENT))
    known = pl.when(late).then(pl.lit("late")).when(pl.col("kept_at").is_not_null()).then(pl.lit("kept"))
    status = known.when(over).then(pl.lit("broken")).otherwise(pl.lit("open"))
    days = ((pl.col("kept_at") - pl.col("due_at")).dt.total_microseconds() / 86_400e6).round(9)
    return given.with_columns(
        status.alias("status"),
        days.alias("late_days"),
        pl.concat_list("made_id", "kept_id").list.drop_nulls().alias("evidence"),
    ).sort(KEY, "made_at", "promise_id")


_COLUMNS = (
    KEY, "promise_id", "customer", "anonymous_customer_id", "case", "order", "staff", "channel", "source", "action",
    "made_at", "due_at", "kept_at", "quote", "made_id", "kept_id",
)  # fmt: skip


def _of_orders(orders: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    promises = of_kind(facts, "was_promised_delivery").select(pl.col("activity_id").alias("made_id"), pl.col("ts").alias("made_at"))
    owed = orders.filter(pl.col("promised_at").is_not_null() & (pl.col("received_at").is_not_null() | ~pl.col("cancelled")))
    named = owed.with_columns(pl.col("evidence").list.get(1).alias("made_id")).join(promises, on="made_id", how="left")
    text = pl.lit(None, dtype=pl.String)
    # A receipt beyond the days in which a promise may be kept late is the end of a broken one all the same: it came, so late.
    return named.with_columns(
        pl.col("made_id").alias("promise_id"),
        pl.col("promised_at").alias("due_at"),
        pl.col("received_at").alias("kept_at"),
        pl.when(pl.col("received_at").is_not_null()).then(pl.col("evidence").list.last()).alias("kept_id"),
        *(text.alias(name) for name in ("case", "staff", "quote")),
        pl.lit("order").alias("source"),
        pl.lit("deliver").alias("action"),
    ).select(_COLUMNS)


def _in_words(facts: Facts, replies: pl.DataFrame, *, company: Company) -> pl.DataFrame:
    likely = replies.filter(pl.col("text").str.to_lowercase().str.contains_any(_LIKELY))
    rows: dict[str, list[object]] = {"activity_id": [], **{name: [] for name in _SHAPE}}
    for activity, text, at in likely.select("activity_id", "text", "at").iter_rows():
        for place, promise in enumerate(promises_in(text, said_at=at, time_zone=company.time_zone)):
            if promise.deadline_at is not None and not _BEFOREHAND.search(text[promise.start : promise.end].lower()):
                rows["activity_id"].append(activity)
                rows["promise_id"].append(f"{activity}:{promise.action}:{place}")
                rows["action"].append(promise.action)
                rows["due_at"].append(promise.deadline_at)
                rows["quote"].append(text[promise.start : min(promise.end, promise.start + LONGEST_QUOTE)])
    found = pl.DataFrame(rows, schema={"activity_id": pl.String, **_SHAPE})
    made = found.join(replies, on="activity_id", how="inner", maintain_order="left").rename({"at": "made_at", "activity_id": "made_id"})
    return _kept(made.with_columns(pl.lit("message").alias("source")), facts).select(_COLUMNS)


def _kept(made: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Add `kept_at` and `kept_id`: the first activity after the promise that keeps it, up to `LATE_DAYS` after the deadline."""
    parts = []
    for (action,), promises in made.partition_by("action", as_dict=True, maintain_order=True).items():
        keeping = _keeping(facts, str(action))
        column = "_order" if action in _OF_THE_ORDER else "_case"
        own = "order" if action in _OF_THE_ORDER else "case"
        if action not in _OF_THE_ORDER + _OF_THE_CASE:
            parts.append(_next(promises, keeping, [KEY], [KEY]))
            continue
        named = promises.filter(pl.col(own).is_not_null())
        parts.append(_next(named, keeping.drop_nulls(column), [KEY, own], [KEY, column]))
        parts.append(_next(promises.filter(pl.col(own).is_null()), keeping, [KEY], [KEY]))
    if not parts:
        times = pl.lit(None, dtype=_MOMENT)
        return made.with_columns(times.alias("kept_at"), pl.lit(None, dtype=pl.String).alias("kept_id"))
    in_time = pl.col("kept_at") <= pl.col("due_at") + timedelta(days=LATE_DAYS)
    return pl.concat(parts).with_columns(pl.when(in_time).then("kept_at"), pl.when(in_time).then("kept_id"))


def _keeping(facts: Facts, action: str) -> pl.DataFrame:
    by_person = pl.col("_author").is_null() | (pl.col("_author") == "person")
    rows = of_kind(facts, *_KEPT_BY[action]).filter((pl.col("activity") != "received_reply") | by_person)
    return rows.select(KEY, "_order", "_case", pl.col("ts").alias("kept_at"), pl.col("activity_id").alias("kept_id")).sort(
        "kept_at", "kept_id"
    )


def _next(promises: pl.DataFrame, keeping: pl.DataFrame, left: list[str], right: list[str]) -> pl.DataFrame:
    wanted = keeping.rename(dict(zip(right, left, strict=True))).select(*left, "kept_at", "kept_id")
    return promises.sort("made_at").join_asof(
        wanted, left_on="made_at", right_on="kept_at", by=left, strategy="forward", allow_exact_matches=False, check_sortedness=False
    )
