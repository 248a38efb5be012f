"""Counting activities of every customer of a bucket in windows before as_of, each activity placed once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
import polars as pl

from lakmus.engine.bucket import Facts, of_kind
from lakmus.engine.signals.rhythm import DAY_US, Flags, Floats, Ints

NOW_DAYS = 90
PREVIOUS_DAYS = 2 * NOW_DAYS
PAST_DAYS = NOW_DAYS + 365


@dataclass(frozen=True)
class Rows:
    """Some activities: `owner` (m) index of the customer, `age_days` (m) before as_of, `worth` (m) what is summed (1 for counts)."""

    owner: Ints
    age_days: Floats
    worth: Floats

    def within(self, count: int, newest_days: float, oldest_days: float) -> Floats:
        """Return the sum of `worth` per customer over ages in [newest_days, oldest_days); shape (n,)."""
        inside = (self.age_days >= newest_days) & (self.age_days < oldest_days)
        return np.bincount(self.owner[inside], weights=self.worth[inside], minlength=count).astype(np.float64)


@dataclass(frozen=True)
class Windows:
    """The activities of known customers of a bucket, ready for counting."""

    facts: Facts
    count: int
    as_of: datetime

    @classmethod
    def of(cls, facts: Facts, *, as_of: datetime) -> Windows:
        """Return the windows of every known customer of a bucket."""
        return cls(facts, len(facts.customers), as_of)

    @cached_property
    def known_days(self) -> Floats:
        """Return for how many days each customer has been known by an activity with a date; shape (n,)."""
        known = np.zeros(self.count)
        for kind in self.facts.by_kind:
            if kind != "gave_details":
                rows = self.select((kind,))
                np.maximum.at(known, rows.owner, rows.age_days)
        return known

    def select(self, kinds: Sequence[str], worth: str | None = None, where: pl.Expr | None = None) -> Rows:
        """Return the rows of these kinds (and under a condition), counting 1 each or the column `worth` (nulls as 0)."""
        age = (pl.lit(self.as_of) - pl.col("ts")).dt.total_microseconds() / DAY_US
        rows = of_kind(self.facts, *kinds).filter(pl.col("owner").is_not_null() & (True if where is None else where))
        rows = rows.select("owner", age.alias("age_days"), *(() if worth is None else (worth,)))
        amount = np.ones(rows.height) if worth is None else rows[worth].fill_null(0.0).to_numpy().astype(np.float64)
        return Rows(rows["owner"].to_numpy(), rows["age_days"].to_numpy(), amount)

    def latest(self, rows: Rows) -> Floats:
        """Return the age in days of each customer's latest of these rows; infinity where there is none; shape (n,)."""
        latest = np.full(self.count, np.inf)
        np.minimum.at(latest, rows.owner, rows.age_days)
        return latest


@dataclass(frozen=True)
class Reading:
    """One signal for every customer: the last 90 days, the 90 before, the usual for 90 days in the year before the last 90; NaN unknown."""

    now: Floats
    previous: Floats
    usual: Floats
    warns: Flags

    @property
    def change(self) -> Floats:
        """Return now against previous, -1 or more; NaN where the previous period has nothing."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.previous > 0, self.now / self.previous - 1, np.nan)


def counted(windows: Windows, rows: Rows) -> tuple[Floats, Floats, Floats]:
    """Return (now, previous, usual) of a count; usual = rate in the observed part of the past year x 90, NaN under 90 observed days."""
    now = rows.within(windows.count, 0, NOW_DAYS)
    previous = rows.within(windows.count, NOW_DAYS, PREVIOUS_DAYS)
    observed = np.clip(windows.known_days, 0, PAST_DAYS) - NOW_DAYS
    past = rows.within(windows.count, NOW_DAYS, PAST_DAYS)
    usual = np.where(observed >= NOW_DAYS, past * NOW_DAYS / np.maximum(observed, NOW_DAYS), np.nan)
    return now, previous, usual
