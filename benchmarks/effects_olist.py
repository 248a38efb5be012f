"""Claim: on which day of lateness customers break is read off any outcome: stars by day of lateness, and buying again, in Olist's orders.

    python -m benchmarks.effects_olist --data ../shared/data/olist_sample

A promise is kept until the promised day ends. Orders are clustered by customer.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import polars as pl

from lakmus.engine.causes.dose import LEAST_SIDE, breaking_dose, needed_for_difference
from lakmus.history.estimate import Estimate

LONGEST_DAYS = 15


def orders_of(folder: Path) -> pl.DataFrame:
    """Return delivered orders: customer, late_days (0 = in time), stars, again (ordered once more later)."""
    files = {name: next(folder.glob(f"*{name}*")) for name in ("orders", "customers", "reviews")}
    read = {name: pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path) for name, path in files.items()}
    day = pl.col("order_delivered_customer_date", "order_estimated_delivery_date").cast(pl.String).str.slice(0, 10).str.to_date()
    orders = read["orders"].filter(pl.col("order_delivered_customer_date").is_not_null()).with_columns(day)
    late = (pl.col("order_delivered_customer_date") - pl.col("order_estimated_delivery_date")).dt.total_days().clip(0, LONGEST_DAYS)
    stars = read["reviews"].group_by("order_id").agg(pl.col("review_score").mean().alias("stars"))
    joined = orders.with_columns(late.alias("late_days")).join(read["customers"], on="customer_id").join(stars, on="order_id", how="left")
    bought = pl.col("order_purchase_timestamp").cast(pl.String)
    joined = joined.with_columns((bought < bought.max().over("customer_unique_id")).alias("again"))
    return joined.select(pl.col("customer_unique_id").alias("customer"), "late_days", "stars", "again")


def main() -> None:
    """Print stars and further purchases by day of lateness, the breaking day, and how many orders would be needed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/olist_sample"))
    given, _ = parser.parse_known_args()
    orders = orders_of(given.data)
    print("| days late | orders | stars | bought again |\n|---:|---:|---:|---:|")
    days = orders.group_by("late_days").agg(pl.len(), pl.col("stars").mean(), pl.col("again").mean()).sort("late_days")
    for late, n, stars, again in days.iter_rows():
        print(f"| {late} | {n} | {stars or 0:.2f} | {100 * again:.1f} % |")
    for title, kept in (("among all orders", pl.lit(True)), ("among late ones", pl.col("late_days") > 0)):
        own = orders.filter(kept & pl.col("stars").is_not_null())
        found = breaking_dose(own["late_days"].to_numpy().astype(float), own["stars"].to_numpy(), own["customer"].to_numpy(), rising=False)
        said = f"{found.point:.0f} ({found.low:.0f}-{found.high:.0f}), n = {found.n}" if isinstance(found, Estimate) else str(found)
        print(f"Stars break on day of lateness, {title}: {said}")
    late, timely = (orders.filter(side)["again"] for side in (pl.col("late_days") > 0, pl.col("late_days") == 0))
    share, difference = float(timely.mean() or 0), float(late.mean() or 0) - float(timely.mean() or 0)
    print(f"Bought again: {100 * share:.2f} % in time, {100 * (share + difference):.2f} % late")
    if min(late.sum(), timely.sum()) < LEAST_SIDE:
        expected = math.ceil(LEAST_SIDE / share)
        needed = needed_for_difference(share, difference)
        print(
            f"Too little data: {late.sum()} of {len(late)} late orders were followed by another, {LEAST_SIDE} are needed: about "
            f"{expected} late orders; a difference of this size would show with {needed} on each side, one of a fifth with "
            f"{needed_for_difference(share, -share / 5)}."
        )


if __name__ == "__main__":
    main()
