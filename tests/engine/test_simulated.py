"""Against the known truth of a simulated company, and against a count made from its files by independent code."""

from __future__ import annotations

import csv
import json
import math
from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from lakmus.engine.errors.search import DETECTORS
from lakmus.engine.pipeline import Analysis
from lakmus.history.estimate import Estimate
from tests.engine.running import buckets_of, run
from tests.engine.simulated import activities, write_company

BY_ORDER = ("broken_promise", "no_aftersales")
FROM_FACTS = [detector.name for detector in DETECTORS if detector.source == "facts"]
NOT_READ = ("survey", "promise_late", "promise_broken")
"""Findings whose errors are told by words: `test_by_truth.py` judges them."""
IN_WORDS = ("promise_in_message", "comment_never_taken_up")


def truth_keys(truth: dict, code: str) -> set[tuple[str, object]]:
    """Name each planted error by what it befell: an order, a case, or (for reviews) its moment."""
    keys: set[tuple[str, object]] = set()
    for error in truth["errors"]:
        if error["code"] == code and error["finding"] not in NOT_READ:
            thing = error["order"] if code in BY_ORDER else error["case"]
            keys.add(("thing", thing) if thing else ("at", datetime.fromisoformat(error["at"]).timestamp()))
    return keys


def errors_from_facts(analysis: Analysis) -> pl.DataFrame:
    return pl.DataFrame(pl.from_arrow(analysis.tables["errors"])).filter(pl.col("detector").is_in(FROM_FACTS))


def found_keys(analysis: Analysis, code: str) -> set[tuple[str, object]]:
    keys: set[tuple[str, object]] = set()
    rows = errors_from_facts(analysis).filter((pl.col("code") == code) & ~pl.col("detector").is_in(IN_WORDS))
    for error in rows.iter_rows(named=True):
        thing = error["order"] if code in BY_ORDER else error["case"]
        keys.add(("thing", thing) if thing else ("at", error["at"].timestamp()))
    return keys


def check_truth(analysis: Analysis, truth: dict) -> None:
    for code in ("broken_promise", "slow_reply", "no_reply", "unresolved_problem", "no_aftersales"):
        found, planted = found_keys(analysis, code), truth_keys(truth, code)
        assert planted, code
        assert len(found & planted) >= 0.98 * len(found), code
        assert len(found & planted) >= 0.98 * len(planted), code


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def count_by_hand(folder: Path, end: datetime) -> dict[str, float]:
    """Recount the verdict's first figures from the files, with nothing but the words of the definition."""
    bought: dict[str, list[datetime]] = defaultdict(list)
    orders, revenue = rows(folder, "orders"), 0
    cancelled = {order["Номер заказа"] for order in orders if order["Статус"] == "отменён"}
    for order in orders:
        if order["Номер заказа"] not in cancelled:
            bought[order["ID клиента"]].append(datetime.strptime(order["Дата заказа"], "%d.%m.%Y %H:%M"))
            revenue += round(float(order["Сумма"].replace(",", ".")) * 100)
    revenue -= sum(
        round(float(back["Сумма возврата"].replace(",", ".")) * 100)
        for back in rows(folder, "returns")
        if back["Номер заказа"] not in cancelled
    )
    gaps: list[tuple[float, int]] = []
    for moments in bought.values():
        days = sorted({moment.date() for moment in moments})
        own = [(later - earlier).days for earlier, later in pairwise(days)]
        gaps += [(gap, len(own)) for gap in own]
    horizon, reached, whole = 0, 0.0, sum(1 / n for _, n in gaps)
    while reached < 0.9 * whole * (1 - 1e-9):
        horizon += 1
        reached = math.fsum(1 / n for gap, n in gaps if gap <= horizon)
    lost_at = {who: max(moments) + timedelta(days=horizon) for who, moments in bought.items() if len({m.date() for m in moments}) > 1}
    local_end = end.replace(tzinfo=None)
    lost = sum(local_end - timedelta(days=365) < moment <= local_end for moment in lost_at.values())
    known = {row["ID клиента"] for name in ("customers", "orders", "cases", "contacts", "visits") for row in rows(folder, name)}
    return {"orders": len(orders), "revenue": revenue / 100, "horizon": horizon, "lost": lost, "known": len(known)}


def check_counts(analysis: Analysis, folder: Path, end: datetime) -> None:
    verdict, counted = analysis.verdict, count_by_hand(folder, end)
    assert verdict.orders.count == counted["orders"]
    assert verdict.orders.revenue == counted["revenue"]
    assert verdict.definition.horizon_days == counted["horizon"]
    assert verdict.customers.lost == counted["lost"]
    assert verdict.customers.known == counted["known"]


def check_costs(analysis: Analysis, end: datetime) -> None:
    """An effect counts for every moment of the year at which a regular met the error, each with that customer's worth."""
    moments, customers = (pl.DataFrame(pl.from_arrow(analysis.tables[name])) for name in ("moments", "customers"))
    met = moments.filter(pl.col("exposed") & (pl.col("at") > end - timedelta(days=365)))
    worth = met.join(customers.select("customer", pl.coalesce("value_at_risk", "lost_value").alias("worth")), on="customer")
    counted = [finding for finding in analysis.verdict.errors if finding.code == "no_aftersales" and isinstance(finding.effect, Estimate)]
    for finding in counted:
        own = worth.filter(pl.col("code") == finding.code)
        assert own.height > own["customer"].n_unique()
        assert finding.customers_lost.point == pytest.approx(finding.effect.point * own.height)
        assert finding.money.point == pytest.approx(finding.effect.point * own["worth"].sum(), abs=0.01)
    assert counted


def test_every_planted_error_of_a_small_company_is_found(small_company: tuple[Path, dict, pa.Table, datetime]) -> None:
    folder, truth, table, end = small_company
    analysis = run(*buckets_of(table, 3), as_of=end)
    check_truth(analysis, truth)
    check_counts(analysis, folder, end)
    check_costs(analysis, end)


def test_a_company_without_planted_errors_gets_none(small_company: tuple[Path, dict, pa.Table, datetime]) -> None:
    _, truth, table, end = small_company
    hit = {error["customer"] for error in truth["errors"]}
    clean = table.filter(pa.array([who is not None and who not in hit for who in table["customer"].to_pylist()]))
    analysis = run(clean, as_of=end)
    assert clean.num_rows > 1000 and errors_from_facts(analysis).is_empty()


def test_the_lost_are_mostly_those_who_really_left(small_company: tuple[Path, dict, pa.Table, datetime]) -> None:
    _, truth, table, end = small_company
    left = {one["customer"] for one in truth["customers"] if one["lost"]}
    customers = pl.DataFrame(pl.from_arrow(run(table, as_of=end).tables["customers"]))
    named, others = (
        set(customers.filter(pl.col("eligible") & part)["customer"]) for part in (pl.col("lost_in_window"), ~pl.col("lost_in_window"))
    )
    assert len(named & left) / len(named) > 0.5 > 4 * len(others & left) / len(others)


@pytest.mark.slow
def test_every_planted_error_of_twenty_thousand_customers_is_found(tmp_path: Path) -> None:
    truth = write_company(tmp_path, customers=20_000, months=24, seed=5)
    end = datetime.fromisoformat(json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))["end"])
    analysis = run(*buckets_of(activities(tmp_path), 4), as_of=end)
    check_truth(analysis, truth)
    check_counts(analysis, tmp_path, end)
    assert all(finding.measured for finding in analysis.verdict.errors)
