"""Displeasure that a customer voiced: what makes a loss visible rather than silent."""

from __future__ import annotations

import polars as pl

from lakmus.engine.bucket import KEY, Facts, of_kind
from lakmus.engine.feeds import Feeds
from lakmus.engine.text.reading import complains, complaint_topic, cries_for_help

NEGATIVE_STARS = 2.0
"""A review of this many stars or fewer is a negative one."""

VOICE_KINDS = ("complained", "left_review", "opened_case", "case_reopened", "sent_message", "gave_notice")


def voiced(facts: Facts) -> pl.DataFrame:
    """Return the activities in which customers voiced displeasure.

    A complaint; a review of 1 or 2 stars; a case on a complaint topic or with words of displeasure; a reopening; a message with such
    words; a notice. A customer who only asks a question has voiced none.

    Returns
    -------
    pl.DataFrame : key, ts, activity_id, activity, cry (Boolean: words of leaving), sorted by ts.
    """
    rows = of_kind(facts, *VOICE_KINDS)
    kind = pl.col("activity")
    by_customer = pl.col("_author").is_null() | (pl.col("_author") == "customer")
    displeased = (
        kind.is_in(["complained", "case_reopened", "gave_notice"])
        | ((kind == "left_review") & (pl.col("_stars") <= NEGATIVE_STARS).fill_null(False))
        | ((kind == "opened_case") & (complaint_topic() | complains()))
        | ((kind == "sent_message") & by_customer & complains())
    )
    return rows.filter(displeased).select(KEY, "ts", "activity_id", "activity", cries_for_help().alias("cry")).sort("ts", "activity_id")


def hears(feeds: Feeds) -> bool:
    """Say whether the company's data hold anything in which customers could have voiced displeasure."""
    return feeds.of(*VOICE_KINDS).count > 0
