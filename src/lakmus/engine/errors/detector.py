"""What a detector is given, what it returns, and what it needs to speak at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property, partial
from typing import Literal

import polars as pl

from lakmus.engine.bucket import KEY, Facts
from lakmus.engine.errors.clocks import waiting_clocks
from lakmus.engine.errors.message_audit import audit
from lakmus.engine.errors.promise_ledger import promise_ledger
from lakmus.engine.feeds import Feeds
from lakmus.engine.orders import order_table
from lakmus.engine.text.company_reading import CompanyReading
from lakmus.engine.text.said import replies_of, texts_of
from lakmus.history.activity import TIMESTAMP
from lakmus.history.company import Company
from lakmus.history.wording import Wording, written_fact

ROW_SCHEMA: dict[str, pl.DataType] = {
    KEY: pl.String(),
    "customer": pl.String(),
    "anonymous_customer_id": pl.String(),
    "at": pl.Datetime(TIMESTAMP.unit, TIMESTAMP.tz),
    "case": pl.String(),
    "order": pl.String(),
    "anchor": pl.String(),
    "evidence": pl.List(pl.String()),
    "severity": pl.Float64(),
    "confidence": pl.Float64(),
    "channel": pl.String(),
    "staff": pl.String(),
    "amount_of_delay": pl.Float64(),
    "delay_unit": pl.String(),
    "summary_ru": pl.String(),
    "summary_en": pl.String(),
}
"""One error as a detector writes it; `anchor` is the activity that names the error for ever."""

MOMENT_SCHEMA: dict[str, pl.DataType] = {
    KEY: pl.String(),
    "customer": pl.String(),
    "at": pl.Datetime(TIMESTAMP.unit, TIMESTAMP.tz),
    "order": pl.String(),
    "case": pl.String(),
    "exposed": pl.Boolean(),
}
"""One moment at which the error could have happened."""


@dataclass(frozen=True)
class Scene:
    """One bucket as the detectors see it: the activities known at `as_of`, and what is made of them, each when it is first asked for."""

    facts: Facts
    feeds: Feeds
    company: Company
    as_of: datetime
    reading: CompanyReading | None = None

    @cached_property
    def orders(self) -> pl.DataFrame:
        """`order_table` of the facts, figures to nine decimals: vectorised division may differ in the last digit with a column's length."""
        return order_table(self.facts, currency=self.company.currency).with_columns(pl.col(pl.Float64).round(9))

    @cached_property
    def clocks(self) -> pl.DataFrame:
        """`waiting_clocks` of the facts."""
        return waiting_clocks(self.facts, company=self.company, as_of=self.as_of)

    @cached_property
    def said(self) -> pl.DataFrame:
        """`texts_of` the facts: what customers wrote."""
        return texts_of(self.facts, self.reading)

    @cached_property
    def codes_said(self) -> frozenset[str]:
        """Return the codes that the lexicon finds in any text of the bucket."""
        return frozenset(self.said["codes"].explode().drop_nulls().unique())

    @cached_property
    def replies(self) -> pl.DataFrame:
        """`replies_of` the facts: how persons answered."""
        return replies_of(self.facts)

    @cached_property
    def promises(self) -> pl.DataFrame:
        """`promise_ledger` of all that: promises and what became of them."""
        return promise_ledger(self.facts, self.orders, self.replies, feeds=self.feeds, company=self.company, as_of=self.as_of)

    @cached_property
    def messages(self) -> pl.DataFrame:
        """`audit` of the automatic messages."""
        return audit(self.facts, self.orders, company=self.company)


@dataclass(frozen=True)
class Found:
    """`errors` after `ROW_SCHEMA`, `moments` after `MOMENT_SCHEMA` (errors included, `exposed` true)."""

    errors: pl.DataFrame
    moments: pl.DataFrame


@dataclass(frozen=True)
class Detector:
    """One way of finding one kind of error.

    Parameters
    ----------
    code : entry of `ERROR_CODES`. name : unique among detectors, in snake_case.
    rule : the rule in words, for the row's evidence and the reference page.
    needs : alternatives, each a set of kinds; unless all kinds of one alternative occur in the stream, the error is "not measured".
    needed : the same in words for people.
    find : the search itself; it never sees a scene whose feeds lack `needs`.
    source : `facts`, or `words` where it is a customer's own words that tell of the error.
    reads : `texts` of customers, `replies` of staff, or nothing of the kind; a code is measured by a detector that reads only where
        there is something to read.
    """

    code: str
    name: str
    rule: Wording
    needs: tuple[tuple[str, ...], ...]
    needed: Wording
    find: Callable[[Scene], Found]
    source: Literal["facts", "words"] = "facts"
    reads: Literal["", "texts", "replies"] = ""

    def measures(self, feeds: Feeds) -> bool:
        """Say whether the company sends the facts that this detector reads."""
        return any(feeds.has(*kinds) for kinds in self.needs)

    def has_work(self, scene: Scene) -> bool:
        """Say whether this detector measures and its bucket holds anything that it could find or count."""
        if not self.measures(scene.feeds) or not any(kind in scene.facts.by_kind for kinds in self.needs for kind in kinds):
            return False
        if self.reads == "replies":
            return not scene.replies.is_empty()
        return self.reads != "texts" or not scene.said.is_empty()


@cache
def nothing_found() -> Found:
    """Return no errors and no moments."""
    return Found(pl.DataFrame(schema=ROW_SCHEMA), pl.DataFrame(schema=MOMENT_SCHEMA))


def shaped(errors: pl.DataFrame, moments: pl.DataFrame) -> Found:
    """Return both frames with exactly the columns and types of the schemas; columns that are missing become null."""
    return Found(_cast(errors, ROW_SCHEMA), _cast(moments, MOMENT_SCHEMA))


def _cast(frame: pl.DataFrame, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    return frame.select((pl.col(name) if name in frame.columns else pl.lit(None)).cast(kind).alias(name) for name, kind in schema.items())


DAYS = {"ru": "%d.%m.%Y", "en": "%Y-%m-%d"}
"""How each language writes a day."""


def day_text(column: str, time_zone: str, language: str) -> pl.Expr:
    """Return an expression: the day of `column` in the company's zone, as the language (`ru`, `en`) writes it."""
    return pl.col(column).dt.convert_time_zone(time_zone).dt.strftime(DAYS[language])


def fact_text(column: str, language: str) -> pl.Expr:
    """Return an expression: `written_fact` of a column, in the language (`ru`, `en`)."""
    return pl.col(column).map_elements(partial(written_fact, language=language), return_dtype=pl.String)


def minute_text(column: str, time_zone: str, language: str) -> pl.Expr:
    """Return an expression: day and minute of `column` in the company's zone, as the language (`ru`, `en`) writes them."""
    return pl.col(column).dt.convert_time_zone(time_zone).dt.strftime(f"{DAYS[language]} %H:%M")


def wait_text(minutes: str, hours_word: str, minutes_word: str, days_word: str) -> pl.Expr:
    """Return an expression: a wait in whole minutes, hours or days, whichever reads best."""
    wait = pl.col(minutes)
    return (
        pl.when(wait < 120)
        .then(pl.format("{} {}", wait.round(0).cast(pl.Int64), pl.lit(minutes_word)))
        .when(wait < 48 * 60)
        .then(pl.format("{} {}", (wait / 60).round(0).cast(pl.Int64), pl.lit(hours_word)))
        .otherwise(pl.format("{} {}", (wait / 1440).round(0).cast(pl.Int64), pl.lit(days_word)))
    )
