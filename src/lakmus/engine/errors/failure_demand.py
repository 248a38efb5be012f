"""Failure demand: the contacts of customers that we caused ourselves (Seddon 2003, "Freedom from Command and Control")."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from lakmus.engine.bucket import KEY, Facts, of_kind
from lakmus.engine.errors.clocks import channel_name

CONTACTS = ("opened_case", "case_reopened", "complained", "called", "missed_call", "abandoned_queue")
"""Kinds with which customers turn to the company."""

WITHIN_DAYS = 30


def caused_contacts(facts: Facts, errors: pl.DataFrame, *, within_days: int = WITHIN_DAYS) -> pl.DataFrame:
    """Return every contact of customers with the error of ours that it follows.

    A contact is caused by us where, at most `within_days` before it or at that very moment, an error befell the same order or case;
    the latest such error is named. Errors known from customers' words alone do not count: the words may be the contact itself.

    Parameters
    ----------
    facts : `facts_until` with `SCORE_COLUMNS`. errors : `find_errors(...).errors`.

    Returns
    -------
    pl.DataFrame : key, customer, activity_id, activity, at, order, case, channel, and, null where the contact is not our doing, error_id,
        code, days_after; sorted by key, at, activity_id. The share of failure demand is that of rows with a code.
    """
    contacts = of_kind(facts, *CONTACTS).select(
        *(KEY, "customer", "activity_id", "activity"),
        pl.col("ts").alias("at"),
        pl.col("_order").alias("order"),
        pl.col("_case").alias("case"),
        channel_name().alias("channel"),
    )
    shown = errors.filter(~pl.col("detector").str.ends_with("_in_words"))
    befell = shown.select(KEY, "order", "case", "error_id", "code", pl.col("at").alias("erred_at"))
    pairs = []
    for own in ("order", "case"):
        about = befell.drop_nulls(own).select(KEY, own, "error_id", "code", "erred_at")
        pairs.append(contacts.select(KEY, "activity_id", "at", own).join(about, on=[KEY, own]).drop(own))
    after = pl.col("at") - pl.col("erred_at")
    ours = pl.concat(pairs).filter((after >= timedelta(0)) & (after <= timedelta(days=within_days)))
    latest = ours.sort("erred_at", "error_id", descending=[True, False]).unique("activity_id", keep="first", maintain_order=True)
    named = latest.select("activity_id", "error_id", "code", (after.dt.total_microseconds() / 86_400e6).round(9).alias("days_after"))
    return contacts.join(named, on="activity_id", how="left").sort(KEY, "at", "activity_id")
