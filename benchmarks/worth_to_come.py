"""Claim: what living customers are said to bring in 12 months is what they bring.

    python -m benchmarks.worth_to_come --companies 8 --customers 2000
    python -m benchmarks.worth_to_come --retail

Companies are simulated for 36 months and looked at as of the 24th: the year that follows is known to nobody but the judge. Said: the
margin of 12 months as the page of money sums it (`engine.money.clv`, no discount). With `--retail` Online Retail's second year at the
three development cuts of the risk, whose 90 days are known. Tenths by what was said; the interval is that of the sum over all customers.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from benchmarks.drawn_companies.customers_then import customers_then
from benchmarks.drawn_companies.drawing import shop_table
from benchmarks.measuring import RECORD
from benchmarks.risk_cuts import load
from lakmus.engine.bucket import facts_until
from lakmus.engine.money.clv import Living, clv_sum
from lakmus.engine.orders import order_table
from lakmus.history.company import Company, LossTerms
from lakmus.history.estimate import Estimate
from lakmus.simulate.company import simulate_company
from lakmus.simulate.scenario import load_scenario
from tests.engine.simulated import activities

SCENARIOS = ("default", "confounded", "quiet", "late_deliveries", "slow_desk")
MONTHS, JUDGED_AFTER = 36, 24
DEVELOPMENT = ("2011-07-12", "2011-08-11", "2011-09-10")
TENTHS = 10


@dataclass(frozen=True)
class Judged:
    """One company: what was said of each living customer and what came, (n,); the interval of the sum; what others brought."""

    name: str
    said: np.ndarray
    came: np.ndarray
    low: float
    high: float
    others: float


def judged(name: str, table: pa.Table, company: Company, *, as_of: datetime, months: int) -> Judged:
    """Return what is said of a company's customers as of a moment against the months after it."""
    customers = customers_then(table, company=company, as_of=as_of).customers
    until = as_of + timedelta(days=365 * months / 12)
    later = order_table(facts_until(table, as_of=until), currency=company.currency).filter((pl.col("ts") > as_of) & ~pl.col("cancelled"))
    net = pl.col("amount").fill_null(0) - pl.col("returned_amount").fill_null(0)
    brought = later.group_by("customer").agg((net.sum() * company.margin_share).alias("came"))
    rows = customers.join(brought, on="customer", how="left").with_columns(pl.col("came").fill_null(0))
    priced = pl.col("value_at_risk").is_not_null() & pl.col("churn_probability").is_not_null() & (pl.col("state") != "lost")
    own = rows.filter(priced)
    named = ("value_at_risk", "churn_probability", "churn_low", "churn_high", "horizon_days")
    living = Living(*(own[name].to_numpy().astype(float) for name in named))
    whole = clv_sum(living, discount_rate=0.0, months=months)
    low, high = (whole.low, whole.high) if isinstance(whole, Estimate) else (0.0, 0.0)
    said = living.clv(living.churn, discount_rate=0.0, months=months)
    return Judged(name, said, own["came"].to_numpy(), low, high, float(rows.filter(~priced.fill_null(False))["came"].sum()))


def simulated(number: int, *, customers: int, first_seed: int) -> Judged:
    """Return a simulated company, judged."""
    scenario = load_scenario(SCENARIOS[number % len(SCENARIOS)])
    folder = Path(tempfile.mkdtemp(prefix="worth-"))
    try:
        made = simulate_company(folder, customers=customers, months=MONTHS, seed=first_seed + number, scenario=scenario)
        table = activities(folder)
    finally:
        shutil.rmtree(folder)
    end = datetime.fromisoformat(f"{made.end[:10]}T00:00:00+03:00").astimezone(UTC)
    return judged(made.scenario, table, Company(), as_of=end - timedelta(days=366), months=12)


def retail(data: Path) -> list[Judged]:
    """Return Online Retail's second year at the development cuts, 90 days ahead."""
    lines, _ = load("retail_second", data)
    bought = lines.group_by("c", "day").agg(pl.col("amount").sum()).sort("c", "day")
    began = bought["day"].min()
    assert isinstance(began, date)
    owners = {customer: place for place, customer in enumerate(bought["c"].unique().sort())}
    days = (pl.col("day") - began).dt.total_days() + 0.5
    owner, kind = pl.col("c").replace_strict(owners).alias("owner"), pl.lit("placed_order").alias("activity")
    frame = bought.select(owner, days.alias("day"), kind, "amount")
    table = shop_table(frame, datetime(began.year, began.month, began.day, tzinfo=UTC))
    company = Company(loss=LossTerms(horizon_days=90))
    return [judged(cut, table, company, as_of=datetime.fromisoformat(cut).replace(tzinfo=UTC), months=3) for cut in DEVELOPMENT]


def report(title: str, rows: list[Judged]) -> str:
    """Return the figures in Markdown; companies of whose customers nothing can be said are named only."""
    silent, rows = [row.name for row in rows if not row.said.size], [row for row in rows if row.said.size]
    said, came = sum(row.said.sum() for row in rows), sum(row.came.sum() for row in rows)
    inside = sum(row.low <= row.came.sum() <= row.high for row in rows)
    others = sum(row.others for row in rows)
    lines = [f"### {title}", "", "| company | customers | said | came | said / came | interval / came |", "|---|---:|---:|---:|---:|---:|"]
    for row in rows:
        whole = row.came.sum()
        lines.append(
            f"| {row.name} | {row.said.size} | {row.said.sum():,.0f} | {whole:,.0f} | {row.said.sum() / whole:.2f} "
            f"| {row.low / whole:.2f} – {row.high / whole:.2f} |"
        )
    lines += [
        "",
        f"Said / came over all: {said / came:.2f}; inside the interval of the sum: {inside} of {len(rows)}. "
        f"Customers of whom nothing is said brought {others / (came + others):.0%} of what everybody known then brought.",
        "",
        "| tenth by what was said | said each | came each | said / came |",
        "|---|---:|---:|---:|",
    ]
    place = [np.minimum(np.argsort(np.argsort(row.said)) * TENTHS // max(row.said.size, 1), TENTHS - 1) for row in rows]
    for tenth in range(TENTHS):
        own = [(row.said[at == tenth], row.came[at == tenth]) for row, at in zip(rows, place, strict=True)]
        each, brought = (float(np.concatenate(parts).mean()) for parts in zip(*own, strict=True))
        lines.append(f"| {tenth + 1} | {each:,.0f} | {brought:,.0f} | {each / brought if brought else float('nan'):.2f} |")
    if silent:
        lines += ["", f"Too little past to say anything: {', '.join(silent)}."]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Simulate or read, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--companies", type=int, default=5)
    parser.add_argument("--customers", type=int, default=2_000)
    parser.add_argument("--first-seed", type=int, default=71_000)
    parser.add_argument("--retail", action="store_true")
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    parser.add_argument("--record", action="store_true", help="append the report to docs/explanation/records.md")
    given = parser.parse_args(arguments)
    if given.retail:
        text = report("What customers bring in 90 days: Online Retail, second year, development cuts", retail(given.data))
    else:
        rows = [simulated(number, customers=given.customers, first_seed=given.first_seed) for number in range(given.companies)]
        text = report(f"What customers bring in 12 months: {given.companies} simulated companies from seed {given.first_seed}", rows)
    print(text)
    if given.record:
        with RECORD.open("a", encoding="utf-8") as record:
            record.write(f"\n## {datetime.now(UTC):%Y-%m-%d}\n\n{text}")


if __name__ == "__main__":
    main()
