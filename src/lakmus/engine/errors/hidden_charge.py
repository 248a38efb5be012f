"""`hidden_charge`: more was charged for an order than it was placed for, and the difference was not given back at once."""

from __future__ import annotations

import polars as pl

from lakmus.engine.bucket import KEY, of_kind
from lakmus.engine.errors.detector import Detector, Found, Scene, shaped
from lakmus.history.wording import Wording

SHARE, LEAST, REFUNDED_WITHIN_HOURS = 0.01, 1.0, 24
"""A charge is hidden from this share and this much money above the order's amount on, unless refunded within so many hours."""


def find(scene: Scene) -> Found:
    """Return charges above their orders' amounts; every charged order whose amount is known is a moment.

    Several charges of one order add up: the error stands at the one that goes beyond the amount.
    """
    currency = scene.company.currency
    ours = pl.col("_currency").is_null() | (pl.col("_currency") == currency)
    paid = of_kind(scene.facts, "was_charged").filter(ours & pl.col("_order").is_not_null() & pl.col("_amount").is_not_null())
    placed = of_kind(scene.facts, "placed_order").filter(ours & (pl.col("_amount") > 0)).sort("ts", "activity_id")
    quoted = placed.unique([KEY, "_order"], keep="first", maintain_order=True).select(
        KEY, "_order", pl.col("_amount").alias("quoted"), pl.col("activity_id").alias("order_id")
    )
    charges = paid.sort("ts", "activity_id").join(quoted, on=[KEY, "_order"], how="inner", maintain_order="left")
    charges = charges.with_columns(pl.col("_amount").cum_sum().over(KEY, "_order").round(2).alias("charged"))
    extra = (pl.col("charged") - pl.col("quoted")).round(2)
    above = (extra > SHARE * pl.col("quoted")) & (extra > LEAST)
    charges = charges.with_columns(extra.alias("extra"), above.alias("above"))
    first = charges.filter("above").unique([KEY, "_order"], keep="first", maintain_order=True)
    kept = first.join(_given_back(scene, first), on="activity_id", how="anti")
    orders = (
        charges.sort("ts", "activity_id")
        .group_by(KEY, "_order", maintain_order=True)
        .agg(pl.col("customer").first(), pl.col("ts").first().alias("at"), pl.lit(None, dtype=pl.String).alias("case"))
    )
    hit = kept.select(KEY, "_order", pl.lit(True).alias("exposed"), pl.col("ts").alias("hit_at"))
    moments = orders.join(hit, on=[KEY, "_order"], how="left").with_columns(
        pl.col("exposed").fill_null(False), pl.coalesce("hit_at", "at").alias("at"), pl.col("_order").alias("order")
    )
    errors = kept.with_columns(
        pl.col("ts").alias("at"),
        pl.col("_order").alias("order"),
        pl.col("activity_id").alias("anchor"),
        pl.concat_list("order_id", "activity_id").alias("evidence"),
        (pl.col("extra") / pl.col("quoted") * 4).clip(0.3, 1.0).alias("severity"),
        pl.lit(0.97).alias("confidence"),
        pl.format("Заказ на {}, списали {}: больше на {}", *_sums(",")).alias("summary_ru"),
        pl.format("Ordered for {}, charged {}: {} more", *_sums(".")).alias("summary_en"),
    )
    return shaped(errors, moments)


def _given_back(scene: Scene, charges: pl.DataFrame) -> pl.DataFrame:
    """Return the charges of which the difference (but for the tolerance) was refunded within `REFUNDED_WITHIN_HOURS`."""
    refunds = of_kind(scene.facts, "was_refunded").filter(pl.col("_amount").is_not_null())
    pairs = charges.select(KEY, "_order", "activity_id", "extra", "quoted", "ts").join(
        refunds.select(KEY, "_order", pl.col("ts").alias("refunded_at"), pl.col("_amount").alias("back")), on=[KEY, "_order"], how="inner"
    )
    after = pl.col("refunded_at") - pl.col("ts")
    soon = pairs.filter((after >= pl.duration(hours=0)) & (after <= pl.duration(hours=REFUNDED_WITHIN_HOURS)))
    sums = soon.group_by("activity_id", "extra", "quoted").agg(pl.col("back").sum())
    left = pl.col("extra") - pl.col("back")
    return sums.filter(~((left > SHARE * pl.col("quoted")) & (left > LEAST))).select("activity_id")


def _sums(mark: str) -> list[pl.Expr]:
    """Return expressions: what was quoted, charged, and the difference, with this mark before the hundredths."""
    sums = [(pl.col(column) * 100).round(0).cast(pl.Int64) for column in ("quoted", "charged", "extra")]
    return [pl.format(f"{{}}{mark}{{}}", hundredths // 100, (hundredths % 100).cast(pl.String).str.zfill(2)) for hundredths in sums]


DETECTOR = Detector(
    code="hidden_charge",
    name="charged_above_order",
    rule=Wording(
        "за заказ списали больше его суммы (больше чем на 1 % и на единицу денег), и разницу не вернули за 24 часа",
        "an order was charged above its amount (by more than 1% and one unit of money), and the difference was not refunded within "
        "24 hours",
    ),
    needs=(("was_charged", "placed_order"),),
    needed=Wording("фактические списания по заказам", "what orders were actually charged"),
    find=find,
)
