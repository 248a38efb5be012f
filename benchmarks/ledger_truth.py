"""Claim: the ledger of losses finds what errors cost, and which cost most.

    python -m benchmarks.ledger_truth --runs 6 --customers 2000 5000

Each company is simulated for 36 months and judged as of the 24th, so that the year after is known. What an error truly cost: the margin of
the 12 months after the last order that those whom it drove away would have brought, had that very error been forgiven
(`true_effects.worlds`); only customers whom the verdict counts as lost in its window. Nothing of it is known to the engine. Places: of
all service errors of the ledger, whether the true place by money is among those that it leaves open.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from benchmarks.true_effects.worlds import other_world
from lakmus.engine.errors.catalogue import ERROR_CODES
from lakmus.engine.pipeline import Analysis, analyse
from lakmus.history.company import Company
from lakmus.history.estimate import Estimate
from lakmus.simulate.company import simulate_company
from lakmus.simulate.scenario import load_scenario
from tests.engine.simulated import activities

SCENARIOS = ("default", "confounded", "late_deliveries", "slow_desk")
MONTHS, JUDGED_AFTER = 36, 24
YEAR = timedelta(days=365)


def judged(scenario: str, *, customers: int, seed: int) -> dict[str, float | bool]:
    """Return one company's ledger beside the truth; money in the company's currency."""
    planted, company = load_scenario(scenario), Company()
    folder = Path(tempfile.mkdtemp(prefix="ledger-"))
    try:
        simulate_company(folder, customers=customers, months=MONTHS, seed=seed, scenario=planted)
        table = activities(folder)
    finally:
        shutil.rmtree(folder)
    end = datetime.combine(planted.shop.ends_on, datetime.min.time(), ZoneInfo("Europe/Moscow"))
    as_of = (end.replace(year=end.year - (MONTHS - JUDGED_AFTER) // 12) - timedelta(seconds=1)).astimezone(UTC)
    analysis = analyse(lambda function, columns: iter([function(table, 0)]), company=company, as_of=as_of)
    true = _true_costs(analysis, planted, customers=customers, seed=seed, margin=company.margin_share)
    said = _said(analysis)
    order = [sorted(costs, key=lambda code: -costs[code]) for costs in (said, true)]
    total, low, high = _total(analysis)
    truly = sum(true.values())
    places = _places(analysis, true)
    return {
        "places": len(places),
        "places_held": sum(low <= last and first <= high for (low, high), (first, last) in places),
        "dearest_told": any(place == (1, 1) for place, _ in places),
        "order_open": all(low <= last and first <= high for (low, high), (first, last) in places[:3]),
        "said": total,
        "true": truly,
        "inside": low <= truly <= high,
        "dearest": order[0][:1] == order[1][:1],
        "three": order[0][:3] == order[1][:3],
        "three_in_any_order": set(order[0][:3]) == set(order[1][:3]),
        "lost": float(analysis.verdict.customers.lost or 0),
    }


def _said(analysis: Analysis) -> dict[str, float]:
    reasons = pl.DataFrame(pl.from_arrow(analysis.tables["reasons"])).filter(pl.col("code").is_in(list(ERROR_CODES)))
    return {code: money / 100 for code, money in reasons.group_by("code").agg(pl.col("money").sum()).iter_rows()}


def _true_costs(analysis: Analysis, planted: object, *, customers: int, seed: int, margin: float) -> dict[str, float]:
    world = other_world(planted, customers=customers, months=MONTHS, seed=seed)  # type: ignore[arg-type]
    known = (
        pl.DataFrame(pl.from_arrow(analysis.tables["customers"])).filter("lost_in_window").select("customer", "last_order_at", "lost_at")
    )
    hurt = world.drivers.join(known, on="customer").filter(pl.col("felt_at") <= pl.col("lost_at"))
    bought = hurt.select("customer", "code", "last_order_at").join(world.orders, on="customer")
    missed = bought.filter((pl.col("at") > pl.col("last_order_at")) & (pl.col("at") <= pl.col("last_order_at") + YEAR))
    costs: dict[str, float] = defaultdict(float)
    for code, money in missed.group_by("code").agg(pl.col("amount").sum() * margin).iter_rows():
        costs[code] += money
    return costs


def _places(analysis: Analysis, true: dict[str, float]) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return of each service error, the dearest said first, the places said and the true ones (several where costs are equal)."""
    rows = [row for row in analysis.verdict.ledger_year if row.rank_low is not None and isinstance(row.money, Estimate)]
    costs = [true.get(row.code, 0.0) for row in sorted(rows, key=lambda row: -row.money.point)]
    said = [(row.rank_low, row.rank_high) for row in sorted(rows, key=lambda row: -row.money.point)]
    truly = [(1 + sum(other > cost for other in costs), sum(other >= cost for other in costs)) for cost in costs]
    return list(zip(said, truly, strict=True))


def _total(analysis: Analysis) -> tuple[float, float, float]:
    """Return the ledger's sum over errors and its interval."""
    money = next((row.money for row in analysis.verdict.ledger_year if not row.code), None)
    return (money.point, money.low, money.high) if isinstance(money, Estimate) else (0.0, 0.0, 0.0)


def main(arguments: Sequence[str] | None = None) -> None:
    """Simulate, judge, print a line for each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenarios", nargs="+", default=list(SCENARIOS))
    parser.add_argument("--runs", type=int, default=8)
    parser.add_argument("--customers", type=int, nargs="+", default=[2_000, 5_000])
    parser.add_argument("--first-seed", type=int, default=61_000)
    given, _ = parser.parse_known_args(arguments)
    print(
        "| customers | companies | lost | said / true | total in its interval | dearest error right | first three in order | the three "
        "| dearest told apart | first three in order or left open | places that hold |"
    )
    print("|" + "---:|" * 11)
    for size in given.customers:
        rows = [
            judged(given.scenarios[run % len(given.scenarios)], customers=size, seed=given.first_seed + run) for run in range(given.runs)
        ]
        ratio = sum(row["said"] for row in rows) / sum(row["true"] for row in rows)
        shares = [
            sum(bool(row[name]) for row in rows)
            for name in ("inside", "dearest", "three", "three_in_any_order", "dearest_told", "order_open")
        ]
        held, places = (sum(int(row[name]) for row in rows) for name in ("places_held", "places"))
        lost = sum(row["lost"] for row in rows) / len(rows)
        print(
            f"| {size} | {len(rows)} | {lost:.0f} | {ratio:.2f} | "
            + " | ".join(f"{count} of {len(rows)}" for count in shares)
            + f" | {held} of {places} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
