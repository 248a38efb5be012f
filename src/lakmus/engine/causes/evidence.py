"""What speaks for a reason: of each customer lost in the window, the errors met, the words said, and the answers given on leaving."""

from __future__ import annotations

import polars as pl

from lakmus.engine.errors.catalogue import ERROR_CODES, OTHER_REASONS
from lakmus.engine.risk.contracts import CONTRACT_HORIZON_DAYS

REASON_CODES = (*ERROR_CODES, *OTHER_REASONS)
"""What words may speak for; thanks and praise are no reason to leave."""
BEFORE_LAST_ORDER_DAYS = 60
LAST_WORD_KINDS = ("answered_survey", "gave_notice", "ended_contract", "unsubscribed")
EVIDENCE_SCHEMA: dict[str, pl.DataType] = {
    "customer": pl.String(),
    "lost_at": pl.Datetime("us", "UTC"),
    "last_order_at": pl.Datetime("us", "UTC"),
    "month": pl.String(),
    "money": pl.Int64(),
    "money_variance": pl.Float64(),
    "silent": pl.Boolean(),
    "gap_days": pl.Float64(),
    "code": pl.String(),
    "at": pl.Datetime("us", "UTC"),
    "kind": pl.String(),
    "delay": pl.Float64(),
    "evidence": pl.List(pl.String()),
}
"""One row per lost customer and piece of evidence; `code` null for customers of whom nothing is known. `money` in hundredths,
`money_variance` in squared units of the currency."""


def loss_evidence(
    customers: pl.DataFrame, errors: pl.DataFrame, said: pl.DataFrame, *, time_zone: str, contracts: bool = False
) -> pl.DataFrame:
    """Return one bucket's evidence after `EVIDENCE_SCHEMA`, sorted by customer, moment and code.

    Errors and words count from `BEFORE_LAST_ORDER_DAYS` before the last order until the loss, of contracts from the horizon of their
    effects before the end: who pays by contract shows nothing by going on to. What was said in a survey, a notice or at the end of a
    contract counts as the customer's last word.

    Parameters
    ----------
    customers : the customers table. errors : the errors table. said : the texts table. contracts : whether contracts say who is lost.
    """
    lost = customers.filter(pl.col("lost_in_window").fill_null(False)).select(
        "customer",
        "lost_at",
        pl.lit(None, pl.Datetime("us", "UTC")).alias("last_order_at") if contracts else "last_order_at",
        pl.col("lost_at").dt.convert_time_zone(time_zone).dt.strftime("%Y-%m").alias("month"),
        (pl.col("lost_value").fill_null(0.0) * 100).round(0).cast(pl.Int64).alias("money"),
        pl.when(pl.col("lost_value").is_not_null()).then("worth_variance").otherwise(0.0).fill_null(0.0).alias("money_variance"),
        pl.col("lost_silently").alias("silent"),
        pl.col("gap_median_days").alias("gap_days"),
    )
    met = errors.filter(pl.col("customer").is_not_null()).select(
        "customer",
        "code",
        "at",
        pl.lit("fact").alias("kind"),
        pl.when(pl.col("delay_unit") == "days").then("amount_of_delay").alias("delay"),
        "evidence",
    )
    spoken = (
        said.filter(pl.col("customer").is_not_null())
        .explode("codes", empty_as_null=True)
        .filter(pl.col("codes").is_in(REASON_CODES))
        .select(
            "customer",
            pl.col("codes").alias("code"),
            "at",
            pl.when(pl.col("activity").is_in(LAST_WORD_KINDS)).then(pl.lit("survey")).otherwise(pl.lit("words")).alias("kind"),
            pl.lit(None, dtype=pl.Float64).alias("delay"),
            pl.concat_list("activity_id").alias("evidence"),
        )
    )
    pieces = lost.join(pl.concat([met, spoken]), on="customer", how="inner")
    begins = pl.coalesce(
        pl.col("last_order_at") - pl.duration(days=BEFORE_LAST_ORDER_DAYS), pl.col("lost_at") - pl.duration(days=CONTRACT_HORIZON_DAYS)
    )
    pieces = pieces.filter((pl.col("at") >= begins) & (pl.col("at") <= pl.col("lost_at")))
    every = pl.concat([pieces, lost.join(pieces, on="customer", how="anti")], how="diagonal")
    columns = [(pl.col(name) if name in every.columns else pl.lit(None)).cast(kind).alias(name) for name, kind in EVIDENCE_SCHEMA.items()]
    return every.select(columns).sort("customer", "at", "code", "kind")


def exposures_by_month(errors: pl.DataFrame, *, time_zone: str) -> dict[tuple[str, str], tuple[int, int]]:
    """Return (customers who met it, of them those who complained) by month and code of the errors of the window."""
    window = errors.filter(pl.col("in_window") & pl.col("customer").is_not_null()).with_columns(
        pl.col("at").dt.convert_time_zone(time_zone).dt.strftime("%Y-%m").alias("month")
    )
    counted = window.group_by("month", "code").agg(
        pl.col("customer").n_unique().alias("met"), pl.col("customer").filter("complained").n_unique().alias("complained")
    )
    return {(month, code): (met, complained) for month, code, met, complained in counted.sort("month", "code").iter_rows()}


def no_evidence() -> pl.DataFrame:
    """Return no evidence."""
    return pl.DataFrame(schema=EVIDENCE_SCHEMA)
