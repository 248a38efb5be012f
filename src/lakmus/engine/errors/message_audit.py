"""The audit of automatic messages: each held against the order it speaks of, as that order was known when the message went out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl
import pyarrow as pa

from lakmus.engine.bucket import KEY, SCORE_COLUMNS, Facts, facts_until, of_kind
from lakmus.engine.errors.first_names import same_person
from lakmus.engine.errors.statements import days_in, names_in, numbers_in, sums_in
from lakmus.engine.orders import order_table
from lakmus.engine.text.staff_tone import placeholders_in
from lakmus.history.activity import ACTIVITY_SCHEMA
from lakmus.history.company import Company

FINDINGS = ("placeholder", "wrong_sum", "wrong_date", "wrong_number", "wrong_name", "duplicate", "at_night")
SUM_TOLERANCE = 0.01
"""A sum is wrong when it differs from the order's by more than this share."""

DUPLICATE_HOURS = 24
NIGHT_FROM, NIGHT_UNTIL = 22, 8
"""Local hours between which an automatic message disturbs."""

_PLACEHOLDER_SIGNS = ["{", "[", "$", "%", "<", "#", "undefined", "nan", "null", "none", "уважаем", "dear"]
_FOUND: dict[str, pl.DataType | type[pl.DataType]] = {
    "activity_id": pl.String,
    "finding": pl.String,
    "said": pl.String,
    "fact": pl.String,
    "proof": pl.List(pl.String),
}


def audit(facts: Facts, orders: pl.DataFrame, *, company: Company) -> pl.DataFrame:
    """Return one row per automatic message with what is wrong in it.

    A message speaks of the order that its row names, or else of the one order of the customer's that its text names. Sums are compared with
    that order's amount, days with the promise valid at that moment (or the receipt, once there is one), numbers with that order's, greeted
    names with the names that the customer ever gave. The same text about the same order within `DUPLICATE_HOURS` is a duplicate; a message
    at exactly local midnight has no known hour and is not taken for one at night.

    Parameters
    ----------
    facts : `facts_until` with `SCORE_COLUMNS`. orders : `order_table` of them.

    Returns
    -------
    pl.DataFrame : the columns of `tables.MESSAGES`, and `key`, `anonymous_customer_id`, `text`; sorted by key, at, activity_id.
    """
    rows = of_kind(facts, "received_automatic_message").sort(KEY, "ts", "activity_id")
    sent = rows.select(
        *(KEY, "activity_id", "customer", "anonymous_customer_id"),
        pl.col("ts").alias("at"),
        pl.col("_order").alias("order"),
        pl.col("_template").alias("template"),
        pl.col("_channel").alias("channel"),
        pl.col("_text").fill_null("").alias("text"),
    )
    sent, numbers = _with_orders(sent, orders)
    parts = [
        _placeholders(sent),
        *(wrong_statements(sent, facts, orders, company=company)),
        numbers,
        _names(sent, facts),
        _duplicates(sent, company.time_zone),
        _at_night(sent, company.time_zone),
    ]
    order = pl.col("finding").replace_strict({name: place for place, name in enumerate(FINDINGS)}, return_dtype=pl.Int8)
    found = pl.concat([part.select(pl.col(name).cast(kind) for name, kind in _FOUND.items()) for part in parts]).with_columns(
        order.alias("place")
    )
    listed = (
        found.sort("activity_id", "place", "said", "fact")
        .unique(["activity_id", "finding"], keep="first", maintain_order=True)
        .group_by("activity_id", maintain_order=True)
        .agg(pl.col("finding").alias("findings"), pl.col("said", "fact"), pl.col("proof").explode().alias("proofs"))
    )
    none = pl.lit([], dtype=pl.List(pl.String))
    joined = sent.join(listed, on="activity_id", how="left", maintain_order="left")
    proofs = pl.concat_list("activity_id", pl.col("proofs").fill_null(none)).list.drop_nulls().list.unique(maintain_order=True)
    return joined.with_columns(pl.col("findings", "said", "fact").fill_null(none), proofs.alias("evidence")).drop("proofs")


def _with_orders(sent: pl.DataFrame, orders: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the messages with the order they speak of, and those that name another one's number."""
    named = numbers_in(sent).with_columns(_plain("number_said").alias("number"))
    own = orders.filter(pl.col("customer").is_not_null()).select(
        KEY, _plain("order_key").alias("number"), pl.col("order_key").alias("own_order")
    )
    matched = named.join(own.unique([KEY, "number"], keep="first", maintain_order=True), on=[KEY, "number"], how="left")
    told = matched.drop_nulls("own_order").unique("activity_id", keep="first", maintain_order=True).select("activity_id", "own_order")
    spoken = sent.join(told, on="activity_id", how="left", maintain_order="left")
    spoken = spoken.with_columns(pl.coalesce("order", "own_order").alias("order")).drop("own_order")
    buyers = own.select(KEY).unique().with_columns(pl.lit(True).alias("buys"))
    judged = matched.join(buyers, on=KEY, how="left").with_columns(
        pl.when(pl.col("order").is_not_null())
        .then(_plain("order") == pl.col("number"))
        .otherwise(pl.col("own_order").is_not_null())
        .alias("right")
    )
    judged = judged.filter(pl.col("order").is_not_null() | pl.col("buys").fill_null(False))
    wrong = judged.filter(~pl.col("right").any().over("activity_id")).unique("activity_id", keep="first", maintain_order=True)
    return spoken, wrong.select(
        "activity_id",
        pl.lit("wrong_number").alias("finding"),
        pl.col("quote").alias("said"),
        pl.col("order").fill_null("").alias("fact"),
        pl.lit(None, dtype=pl.List(pl.String)).alias("proof"),
    )


def _plain(column: str) -> pl.Expr:
    return pl.col(column).str.to_lowercase().str.strip_chars(" №#-/.").str.strip_chars_start("0")


def wrong_statements(sent: pl.DataFrame, facts: Facts, orders: pl.DataFrame, *, company: Company) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the sums and the delivery days in messages that contradict their orders.

    Parameters
    ----------
    sent : key, activity_id, at, order, text.

    Returns
    -------
    tuple of two pl.DataFrame : activity_id, finding, said (the quote), fact (amount with two decimals; ISO day), proof (activity ids).
    """
    sums, days = judged_sums(sent, orders, company=company), judged_days(sent, facts, orders, company=company)
    return sums.filter(~pl.col("right")), days.filter(~pl.col("right"))


def judged_sums(sent: pl.DataFrame, orders: pl.DataFrame, *, company: Company) -> pl.DataFrame:
    """Return every sum stated of an order whose amount is known: the columns of `wrong_statements` and `right`."""
    known = orders.filter(pl.col("amount") > 0).select(
        KEY, pl.col("order_key").alias("order"), "amount", "since", pl.col("evidence").list.first().alias("order_id")
    )
    stated = sums_in(sent.filter(pl.col("order").is_not_null()), currency=company.currency)
    judged = stated.join(known, on=[KEY, "order"], how="inner").filter(pl.col("since") <= pl.col("at"))
    right = (pl.col("sum_said") - pl.col("amount")).abs() <= SUM_TOLERANCE * pl.col("amount")
    kopecks = (pl.col("amount") * 100).round(0).cast(pl.Int64)
    return judged.select(
        "activity_id",
        pl.lit("wrong_sum").alias("finding"),
        pl.col("quote").alias("said"),
        pl.format("{}.{}", kopecks // 100, (kopecks % 100).cast(pl.String).str.zfill(2)).alias("fact"),
        pl.concat_list("order_id").alias("proof"),
        right.alias("right"),
    )


def judged_days(sent: pl.DataFrame, facts: Facts, orders: pl.DataFrame, *, company: Company) -> pl.DataFrame:
    """Return every delivery day stated of an order that had a promise then: the columns of `wrong_statements` and `right`."""
    zone = company.time_zone
    promises = of_kind(facts, "was_promised_delivery").filter(pl.col("_order").is_not_null() & pl.col("_promised_at").is_not_null())
    valid = promises.select(
        KEY,
        pl.col("_order").alias("order"),
        pl.max_horizontal("ts", "_known_at").alias("at"),
        pl.col("_promised_at").dt.convert_time_zone(zone).dt.date().alias("promised_on"),
        pl.col("activity_id").alias("promise_id"),
    ).sort("at", "promised_on", "promise_id")
    came = orders.select(KEY, pl.col("order_key").alias("order"), "received_at", pl.col("evidence").list.last().alias("receipt_id"))
    stated = days_in(sent.filter(pl.col("order").is_not_null()), time_zone=zone).sort("at")
    judged = stated.join_asof(valid, on="at", by=[KEY, "order"], strategy="backward", check_sortedness=False).drop_nulls("promised_on")
    judged = judged.join(came, on=[KEY, "order"], how="left")
    received = pl.when(pl.col("received_at") <= pl.col("at")).then(pl.col("received_at").dt.convert_time_zone(zone).dt.date())
    right = pl.col("promised_on").is_between("day_first", "day_last") | received.is_between("day_first", "day_last").fill_null(False)
    return judged.select(
        "activity_id",
        pl.lit("wrong_date").alias("finding"),
        pl.col("quote").alias("said"),
        pl.coalesce(received, "promised_on").cast(pl.String).alias("fact"),
        pl.concat_list("promise_id", pl.when(received.is_not_null()).then("receipt_id")).list.drop_nulls().alias("proof"),
        right.alias("right"),
    )


def _placeholders(sent: pl.DataFrame) -> pl.DataFrame:
    likely = sent.filter(pl.col("text").str.to_lowercase().str.contains_any(_PLACEHOLDER_SIGNS))
    left = [", ".join(placeholders_in(text)) for text in likely["text"]]
    found = likely.select("activity_id", pl.Series("said", left, dtype=pl.String)).filter(pl.col("said") != "")
    return found.select("activity_id", pl.lit("placeholder").alias("finding"), "said", pl.lit("").alias("fact"), _no_proof())


def _no_proof() -> pl.Expr:
    return pl.lit(None, dtype=pl.List(pl.String)).alias("proof")


def _names(sent: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    told = of_kind(facts, "gave_details").filter(pl.col("_name").str.strip_chars().str.len_chars() > 0).sort("ts", "activity_id")
    names = told.group_by(KEY, maintain_order=True).agg(
        pl.col("_name").unique(maintain_order=True).str.join(" ").alias("known"), pl.col("activity_id").last().alias("name_id")
    )
    greeted = names_in(sent).join(names, on=KEY, how="inner")
    pairs = greeted.select("name_said", "known").unique(maintain_order=True)
    same = pl.Series("same", [same_person(*pair) for pair in pairs.iter_rows()], dtype=pl.Boolean)
    wrong = greeted.join(pairs.with_columns(same), on=["name_said", "known"], how="left").filter(~pl.col("same"))
    return wrong.select(
        "activity_id",
        pl.lit("wrong_name").alias("finding"),
        pl.col("name_said").alias("said"),
        pl.col("known").alias("fact"),
        pl.concat_list("name_id").alias("proof"),
    )


def _duplicates(sent: pl.DataFrame, time_zone: str) -> pl.DataFrame:
    about = sent.filter(pl.col("order").is_not_null() & (pl.col("text").str.strip_chars() != "")).sort(
        KEY, "order", "text", "at", "activity_id"
    )
    before = [pl.col(name).shift(1).over(KEY, "order", "text").alias(f"{name}_before") for name in ("at", "activity_id")]
    again = about.with_columns(before).filter(pl.col("at") - pl.col("at_before") <= pl.duration(hours=DUPLICATE_HOURS))
    return again.select(
        "activity_id",
        pl.lit("duplicate").alias("finding"),
        pl.col("text").str.slice(0, 80).alias("said"),
        pl.col("at_before").dt.convert_time_zone(time_zone).dt.strftime("%Y-%m-%d %H:%M").alias("fact"),
        pl.concat_list("activity_id_before").alias("proof"),
    )


def _at_night(sent: pl.DataFrame, time_zone: str) -> pl.DataFrame:
    local = pl.col("at").dt.convert_time_zone(time_zone)
    hour_known = (local.dt.time() != pl.time(0, 0, 0)).fill_null(False)
    night = (local.dt.hour() >= NIGHT_FROM) | (local.dt.hour() < NIGHT_UNTIL)
    return sent.filter(night & hour_known).select(
        "activity_id",
        pl.lit("at_night").alias("finding"),
        local.dt.strftime("%H:%M").alias("said"),
        pl.lit(f"{NIGHT_UNTIL:02}:00–{NIGHT_FROM}:00").alias("fact"),
        _no_proof(),
    )


@dataclass(frozen=True, slots=True)
class DraftFinding:
    """One thing wrong with a draft: one of `FINDINGS`, what it says, what is so."""

    finding: str
    said: str
    fact: str


def check_draft(text: str, history: pa.Table, *, order: str | None, as_of: datetime, company: Company) -> tuple[DraftFinding, ...]:
    """Return what would be wrong with a message about an order if it went out at `as_of`, by the rules for those that were sent.

    Parameters
    ----------
    history : the activities of the customer to whom it goes, with at least `SCORE_COLUMNS`; without rows, only the text itself is judged.
    """
    whose = history.slice(0, 1).to_pylist()
    owner = {name: whose[0][name] for name in ("customer", "anonymous_customer_id")} if whose else {"customer": "nobody"}
    draft = owner | {"activity": "received_automatic_message", "activity_id": "draft", "ts": as_of, "_known_at": as_of}
    schema = pa.schema([ACTIVITY_SCHEMA.field(name) for name in SCORE_COLUMNS])
    row = pa.Table.from_pylist([draft | {"_order": order, "_text": text}], schema=schema)
    facts = facts_until(pa.concat_tables([history.select(SCORE_COLUMNS).cast(schema), row]), as_of=as_of)
    checked = audit(facts, order_table(facts, currency=company.currency), company=company).filter(pl.col("activity_id") == "draft")
    found = checked.select("findings", "said", "fact").row(0)
    return tuple(DraftFinding(*one) for one in zip(*found, strict=True))
