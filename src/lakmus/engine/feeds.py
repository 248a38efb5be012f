"""Which facts the company sends at all, and until when: what no feed tells is not measured, never assumed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl

from lakmus.engine.bucket import Facts

CONVERSATION_KINDS = ("opened_case", "sent_message", "received_reply", "case_resolved", "case_reopened")
_ALWAYS = datetime(1970, 1, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Feed:
    """One activity kind of the whole company: how many, how many of known customers, first and last moment."""

    count: int
    linked_count: int
    first_at: datetime | None
    last_at: datetime | None

    def __add__(self, other: Feed) -> Feed:
        firsts = [moment for moment in (self.first_at, other.first_at) if moment is not None]
        lasts = [moment for moment in (self.last_at, other.last_at) if moment is not None]
        return Feed(
            self.count + other.count,
            self.linked_count + other.linked_count,
            min(firsts, default=None),
            max(lasts, default=None),
        )


NO_FEED = Feed(0, 0, None, None)


@dataclass(frozen=True)
class Feeds:
    """Every kind that occurs, by name, as known at as_of; `received_reply` counts persons' replies only."""

    by_kind: Mapping[str, Feed]

    def of(self, *kinds: str) -> Feed:
        """Return the feeds of several kinds as one."""
        return sum((self.by_kind.get(kind, NO_FEED) for kind in kinds), NO_FEED)

    def has(self, *kinds: str) -> bool:
        """Say whether each of these kinds occurs at all."""
        return all(self.by_kind.get(kind, NO_FEED).count > 0 for kind in kinds)

    def last_at(self, *kinds: str) -> datetime:
        """Return the last record of these kinds; the beginning of time when there is none."""
        return self.of(*kinds).last_at or _ALWAYS

    def first_at(self, *kinds: str) -> datetime:
        """Return the first record of these kinds; the beginning of time when there is none."""
        return self.of(*kinds).first_at or _ALWAYS


def feeds_of(facts: Facts) -> Feeds:
    """Return the feeds of one bucket's activities (`facts_until` with `_author` where there is one)."""
    by_kind = {}
    for kind, rows in facts.by_kind.items():
        if kind == "received_reply" and "_author" in rows.columns:
            rows = rows.filter(pl.col("_author").is_null() | (pl.col("_author") == "person"))
        dated = rows.filter(pl.col("ts") >= _ALWAYS).select(pl.col("ts").min().alias("first"), pl.col("ts").max().alias("last"))
        first_at, last_at = dated.row(0)
        if not rows.is_empty():
            by_kind[kind] = Feed(rows.height, int(rows["customer"].count()), first_at, last_at)
    return Feeds(by_kind)


def together(parts: Iterable[Feeds]) -> Feeds:
    """Return the feeds of several buckets as one; the order of buckets does not matter."""
    by_kind: dict[str, Feed] = {}
    for part in parts:
        for kind, feed in part.by_kind.items():
            by_kind[kind] = by_kind.get(kind, NO_FEED) + feed
    return Feeds(dict(sorted(by_kind.items())))


def days(count: float) -> timedelta:
    """Return so many days of 24 hours."""
    return timedelta(days=count)
