"""Everything about the customers of one bucket: one pure function, the same for a bucket of thousands and for one customer's page."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from lakmus.engine import tables
from lakmus.engine.arrays import Floats, Ints
from lakmus.engine.bucket import KEY, Facts, facts_until, of_kind
from lakmus.engine.causes.difference import ExposureSums, exposure_sums
from lakmus.engine.causes.domino import domino_sums, no_dominoes
from lakmus.engine.causes.evidence import exposures_by_month, loss_evidence, no_evidence
from lakmus.engine.causes.links import told_apart
from lakmus.engine.causes.moments import followed
from lakmus.engine.causes.rows import Rows, rows_of_bucket
from lakmus.engine.causes.segments import names_of
from lakmus.engine.customer_table import customer_table
from lakmus.engine.errors.detector import MOMENT_SCHEMA, Scene
from lakmus.engine.errors.search import CODES, by_facts, find_errors, leading
from lakmus.engine.errors.spoken_up import spoken_up
from lakmus.engine.errors.staff_rates import no_staff_cases, staff_cases
from lakmus.engine.learning import Learned
from lakmus.engine.measures.people import candidates, left_alone, people_of
from lakmus.engine.risk.contracts import contract_days, contract_ends, followed_days
from lakmus.engine.risk.definition import WINDOW_DAYS
from lakmus.engine.risk.groups import GROUPS
from lakmus.engine.signals.rhythm import Purchases
from lakmus.engine.signals.sight import bucket_purchases
from lakmus.engine.text.company_reading import CompanyReading
from lakmus.engine.text.voice import voiced
from lakmus.engine.verdict import DoNotTouch, Person
from lakmus.history.company import Company


@dataclass(frozen=True)
class CodeSums:
    """One bucket's counts for one error code; money in the company's currency."""

    found: int
    without_customer: int
    exposed: int
    complained: int
    left: int
    left_silently: int
    opportunities: int
    exposures: int
    exposures_worth: float
    exposure: ExposureSums


@dataclass(frozen=True)
class StarSums:
    """Orders, orders with a review, reviews, sum and sum of squares of stars, reviews of one star."""

    orders: int = 0
    reviewed: int = 0
    reviews: int = 0
    stars: float = 0.0
    squares: float = 0.0
    ones: int = 0

    def __add__(self, other: StarSums) -> StarSums:
        return StarSums(
            self.orders + other.orders,
            self.reviewed + other.reviewed,
            self.reviews + other.reviews,
            self.stars + other.stars,
            self.squares + other.squares,
            self.ones + other.ones,
        )


@dataclass(frozen=True)
class BucketResult:
    """What one bucket gives: the tables, its candidates for the list, and the sums that cross customers."""

    tables: dict[str, pa.Table]
    people: list[Person]
    do_not_touch: list[DoNotTouch]
    codes: dict[str, CodeSums]
    counts: dict[str, int] = field(default_factory=dict)
    money: dict[str, float] = field(default_factory=dict)
    months: dict[str, tuple[int, int, float]] = field(default_factory=dict)
    stars: dict[str, StarSums] = field(default_factory=dict)
    most_orders: int = 0
    rows: dict[str, Rows] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    losses: pl.DataFrame = field(default_factory=no_evidence)
    dominoes: Floats = field(default_factory=lambda: no_dominoes(CODES))
    met: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    staff: pl.DataFrame = field(default_factory=no_staff_cases)


def score_bucket(
    table: pa.Table, bucket: int = 0, *, learned: Learned, company: Company, as_of: datetime, reading: CompanyReading | None = None
) -> BucketResult:
    """Return everything about the customers of one bucket as of a moment.

    Parameters
    ----------
    table : activities with `SCORE_COLUMNS`, sorted or not; the whole history of each customer in it.
    learned : what `learning` found in all customers. company : the terms. as_of : aware moment.
    reading : what the company taught the reading of texts; None where the lexicon alone reads.

    Returns
    -------
    BucketResult : tables after `tables.TABLES`; an empty table gives empty ones.
    """
    facts = facts_until(table, as_of=as_of)
    scene = Scene(facts, learned.feeds, company, as_of, reading)
    orders = scene.orders
    found = find_errors(scene)
    displeasure = voiced(facts)
    spoken = spoken_up(scene, found.errors)
    customers = _settled(customer_table(facts, orders, found.errors, displeasure, spoken, learned=learned, company=company, as_of=as_of))
    errors = _settled(_judged_errors(found.errors, customers, spoken, as_of=as_of))
    bought, ended_us = _relations(facts, orders, learned=learned, company=company)
    days = followed_days(learned.definition)
    leads = found.moments.filter(pl.col("detector").is_in(list(leading(learned.feeds).values())))
    moments = _no_moments() if days is None else followed(leads, bought, horizon_days=days, as_of=as_of, ended_us=ended_us)
    moments = told_apart(moments, by_facts(errors))
    alone = left_alone(facts, orders, errors, as_of=as_of)
    people, untouched = people_of(candidates(customers, errors, as_of=as_of), errors, facts, alone, as_of=as_of)
    return BucketResult(
        tables={
            "customers": _arrow(customers, tables.CUSTOMERS),
            "orders": _arrow(orders, tables.ORDERS),
            "errors": _arrow(errors, tables.ERRORS),
            "moments": _arrow(moments, tables.MOMENTS),
            "texts": _arrow(scene.said, tables.TEXTS),
            "promises": _arrow(scene.promises, tables.PROMISES),
            "messages": _arrow(scene.messages, tables.MESSAGES),
            "replies": _arrow(scene.replies, tables.REPLIES),
        },
        people=people,
        do_not_touch=untouched,
        codes={code: _code_sums(code, errors, moments.filter(pl.col("code") == code), customers, as_of=as_of) for code in CODES},
        counts=_counts(customers, orders, errors, as_of=as_of)
        | _told_counts(customers)
        | {"texts": scene.said.height, "replies": scene.replies.height},
        money=_money(customers, orders, facts, as_of=as_of),
        months=_months(customers, company.time_zone),
        stars=_stars(orders),
        most_orders=_most_orders(orders),
        dominoes=domino_sums(moments, by_facts(errors), CODES),
        losses=loss_evidence(customers, errors, scene.said, time_zone=company.time_zone, contracts=ended_us is not None),
        met=exposures_by_month(errors, time_zone=company.time_zone),
        rows=rows_of_bucket(moments, scene, found.errors, displeasure, bought, horizon_days=days),
        names=names_of(scene),
        staff=staff_cases(scene, found.errors),
    )


def _most_orders(orders: pl.DataFrame) -> int:
    """Return how many orders the customer placed who placed most."""
    return int(orders.drop_nulls("customer").group_by("customer").len()["len"].max() or 0)  # type: ignore[arg-type]


def _settled(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with its figures to nine decimals: vectorised division may differ in the last digit with a column's length."""
    return frame.with_columns(pl.col(pl.Float64).round(9))


def _arrow(frame: pl.DataFrame, schema: pa.Schema) -> pa.Table:
    return frame.select(schema.names).to_arrow().cast(schema)


def _judged_errors(errors: pl.DataFrame, customers: pl.DataFrame, spoken: pl.DataFrame, *, as_of: datetime) -> pl.DataFrame:
    """Add to each error whether it lies in the window, and what its customer did.

    Complained: spoken up at or after the error, or the error's own evidence: a bad review left without an answer is itself the
    complaint, though it stands before the hour at which the silence became an error.
    """
    fate = customers.select("customer", "lost_at", "lost_in_window", "lost_silently")
    said = spoken.select(KEY, pl.col("ts").alias("said_at")).sort("said_at")
    joined = errors.join(fate, on="customer", how="left").sort("at", "error_id")
    joined = joined.join_asof(said, left_on="at", right_on="said_at", by=KEY, strategy="forward", check_sortedness=False)
    left = (pl.col("lost_in_window") & (pl.col("lost_at") >= pl.col("at"))).fill_null(False)
    proofs = errors.select("error_id", pl.col("evidence").alias("activity_id")).explode("activity_id")
    voiced_itself = pl.col("error_id").is_in(proofs.join(spoken, on="activity_id", how="semi")["error_id"].implode())
    return joined.with_columns(
        pl.lit("found").alias("status"),
        (pl.col("at") > as_of - timedelta(days=WINDOW_DAYS)).alias("in_window"),
        (pl.col("said_at").is_not_null() | voiced_itself).alias("complained"),
        left.alias("left"),
        (left & pl.col("lost_silently").fill_null(False) & ~voiced_itself).alias("left_silently"),
    ).sort(KEY, "at", "code", "error_id")


def _relations(facts: Facts, orders: pl.DataFrame, *, learned: Learned, company: Company) -> tuple[Purchases, Ints | None]:
    """Return what keeps customers: purchases; or the days of contracts, and when each ended, where contracts say who is lost."""
    if learned.definition.basis == "contract":
        return contract_days(facts, time_zone=company.time_zone), contract_ends(facts)[1]
    return bucket_purchases(orders, facts.customers, time_zone=company.time_zone), None


def _no_moments() -> pl.DataFrame:
    """Return no comparable moments: nobody can be called lost yet."""
    schema = {**MOMENT_SCHEMA, "code": pl.String(), "detector": pl.String(), "owner": pl.Int64(), "stratum": pl.Int32()}
    return pl.DataFrame(schema=schema).with_columns(pl.lit(False).alias("observed"), pl.lit(None, dtype=pl.Boolean).alias("left"))


def _code_sums(code: str, errors: pl.DataFrame, of_code: pl.DataFrame, customers: pl.DataFrame, *, as_of: datetime) -> CodeSums:
    """Return the counts of one code; `of_code`: the moments of its leading detector."""
    rows = errors.filter((pl.col("code") == code) & pl.col("in_window"))
    known = rows.filter(pl.col("customer").is_not_null())
    recent = of_code.filter(pl.col("at") > as_of - timedelta(days=WINDOW_DAYS))
    # Each exposure drives away a part of those whom it meets: who met the error three times ran that risk three times.
    met = recent.filter("exposed").select("customer")
    worth = met.join(customers, on="customer", how="inner").select(pl.coalesce("value_at_risk", "lost_value").sum()).item()

    def distinct(column: str) -> int:
        return known.filter(column)["customer"].n_unique()

    return CodeSums(
        found=rows.height,
        without_customer=rows.height - known.height,
        exposed=known["customer"].n_unique(),
        complained=distinct("complained"),
        left=distinct("left"),
        left_silently=distinct("left_silently"),
        opportunities=recent.height,
        exposures=met.height,
        exposures_worth=float(worth or 0.0),
        exposure=exposure_sums(of_code),
    )


def _counts(customers: pl.DataFrame, orders: pl.DataFrame, errors: pl.DataFrame, *, as_of: datetime) -> dict[str, int]:
    hurt = errors.filter(pl.col("in_window") & pl.col("left")).select("customer").unique()
    lost = customers.filter("lost_in_window")
    hurt_lost = lost.join(hurt, on="customer", how="semi")
    excluded = dict(customers.group_by("exclusion").len().iter_rows())
    year = orders.filter(~pl.col("cancelled") & (pl.col("ts") > as_of - timedelta(days=WINDOW_DAYS)))
    due = orders.filter(pl.col("promised_at").is_not_null() & (pl.col("received_at").is_not_null() | ~pl.col("cancelled")))
    states = dict(customers.group_by("state").len().iter_rows())
    return {
        "known": customers.height,
        "with_orders": int((customers["orders_count"] > 0).sum()),
        "eligible": int(customers["eligible"].sum()),
        "lost": lost.height,
        "lost_silently": int(lost["lost_silently"].sum()),
        "lost_with_money": int(lost["lost_value"].is_not_null().sum()),
        "cooling": states.get("cooling", 0),
        "cold": states.get("cold", 0),
        "abrupt": int((lost["loss_shape"] == "abrupt").sum()),
        "gradual": int((lost["loss_shape"] == "gradual").sum()),
        "hurt_silent": int(hurt_lost["lost_silently"].sum()),
        "hurt_vocal": hurt_lost.height - int(hurt_lost["lost_silently"].sum()),
        "no_orders": excluded.get("no_orders", 0),
        "one_time": excluded.get("one_time", 0),
        "lost_before": excluded.get("lost_before_window", 0),
        "few_purchases": excluded.get("few_purchases", 0),
        "no_contract": excluded.get("no_contract", 0),
        "orders": orders.height,
        "cancelled": int(orders["cancelled"].sum()),
        "orders_without_customer": int(orders["customer"].is_null().sum()),
        "with_promise": due.height,
        "late": int((due["late_days"] > 0).sum()),
        "orders_12_months": year.height,
    }


def _told_counts(customers: pl.DataFrame) -> dict[str, int]:
    """Return, by group, of how many something is said, and the sum of their probabilities in millionths, exact in any order."""
    told = customers.filter(pl.col("churn_probability").is_not_null())
    counts: dict[str, int] = {}
    for code in GROUPS:
        own = told.filter(pl.col("risk_group") == code)["churn_probability"].to_numpy()
        counts |= {f"told_{code}": own.size, f"millionths_{code}": int(np.rint(own * 1e6).astype(np.int64).sum())}
    return counts


def _money(customers: pl.DataFrame, orders: pl.DataFrame, facts: Facts, *, as_of: datetime) -> dict[str, float]:
    """Return sums of money; revenue counts whole hundredths, so that no order of summing changes it."""
    kept = orders.filter(~pl.col("cancelled"))
    year_ago = as_of - timedelta(days=WINDOW_DAYS)
    cancelled = orders.filter("cancelled").select(KEY, pl.col("order_key").alias("_order"))
    returns = of_kind(facts, "returned_item").join(cancelled, on=[KEY, "_order"], how="anti")
    lost = customers.filter("lost_in_window")
    return {
        "gross": _hundredths(kept["amount"]),
        "returned": _hundredths(returns["_amount"]),
        "gross_12_months": _hundredths(kept.filter(pl.col("ts") > year_ago)["amount"]),
        "returned_12_months": _hundredths(returns.filter(pl.col("ts") > year_ago)["_amount"]),
        "value_at_risk": _hundredths(customers.filter("eligible")["value_at_risk"]),
        "lost_value": _hundredths(lost["lost_value"]),
        "lost_variance": float(lost["worth_variance"].sum()),
    }


def _hundredths(amounts: pl.Series) -> float:
    return float(np.round(amounts.drop_nulls().to_numpy() * 100).astype(np.int64).sum()) if amounts.len() else 0.0


def _months(customers: pl.DataFrame, time_zone: str) -> dict[str, tuple[int, int, float]]:
    lost = customers.filter("lost_in_window").with_columns(
        pl.col("lost_at").dt.convert_time_zone(time_zone).dt.strftime("%Y-%m").alias("month"),
        pl.col("lost_silently").fill_null(True),
    )
    monthly = lost.group_by("month").agg(
        (~pl.col("lost_silently")).sum(), pl.col("lost_silently").sum().alias("silent"), pl.col("lost_value").sum().alias("worth")
    )
    rows: list[tuple[Any, ...]] = list(monthly.iter_rows())
    return {month: (visible, silent, round((worth or 0.0) * 100)) for month, visible, silent, worth in rows}


def _stars(orders: pl.DataFrame) -> dict[str, StarSums]:
    """Return the reviews of delivered orders with a promise, on time and late."""
    delivered = orders.filter(pl.col("late_days").is_not_null())
    sums = {}
    for code, late in (("on_time", pl.col("late_days") <= 0), ("late", pl.col("late_days") > 0)):
        own = delivered.filter(late)
        given = own["review_stars"].drop_nulls().explode().to_numpy()
        sums[code] = StarSums(
            own.height, own["stars"].count(), given.size, float(given.sum()), float((given * given).sum()), int((given == 1).sum())
        )
    return sums
