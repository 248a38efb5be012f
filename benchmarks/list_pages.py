"""Claim: a page of the customers behind a figure of signals takes little of a machine, at a million customers and with twenty users.

    python -m benchmarks.list_pages --customers 1000000

The table of customers is drawn, as wide as the real one, and laid out as a verdict lays it out. The peer is what a page would cost
without that: DuckDB asks the table itself for fifteen whole rows and for their number. Then twenty users turn pages, each pausing some
seconds to read.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.measuring import Line, publish
from lakmus.engine.tables import CUSTOMERS

PARTS = 32
STATES = np.array(["warm", "cooling", "cold", "lost", "one_time", "new", "no_orders"])
CODES = np.array(["purchase_gap", "frequency", "visits", "broken_promise", "no_reply", "slow_reply"])
MONTHS = [f"{2023 + month // 12}-{month % 12 + 1:02}" for month in range(36)]
USERS, PAGES_EACH, PAUSE_SECONDS = 20, 10, (2.0, 8.0)
FIGURES = (
    {"of": "cohort", "by": "cohort", "segment": "2024-01", "month": "3", "outcome": "bought"},
    {"of": "cohort", "by": "place", "segment": "7", "month": "3", "outcome": "not"},
    {"of": "rfm", "recency": "1", "frequency": "1"},
    {"of": "list", "state": "cold"},
)
PEER = """customer IN (SELECT customer FROM read_parquet(?) WHERE cohort = '2024-01' AND known >= 3 AND (bought >> 3) & 1 = 1)"""


def draw(folder: Path, customers: int) -> None:
    """Write the tables of customers and of buyers, and lay the people out."""
    from lakmus.usecases.signals.lay_out_people import PEOPLE, write_people, write_rows

    chance = np.random.default_rng(1)
    (folder / "customers").mkdir()
    names = np.array_split(chance.permutation(customers), PARTS)
    for part, numbers in enumerate(names):
        table = pa.table({field.name: _column(field, np.sort(numbers), chance) for field in CUSTOMERS}, schema=CUSTOMERS)
        pq.write_table(table, folder / "customers" / f"{part:04}.parquet", compression="zstd")
        write_rows(folder, part, table)
    write_people(folder)
    (folder / "buyers").mkdir()
    duckdb.sql(
        f"""SELECT customer, {MONTHS}[(1 + hash(customer) % 36)::INTEGER] AS cohort, place,
                   (hash(customer, 1) % 33554432)::BIGINT AS bought,
                   (hash(customer, 2) % 26)::INTEGER - 1 AS known, rank FROM read_parquet($people) ORDER BY cohort, customer""",
        params={"people": str(folder / PEOPLE / "*.parquet")},
    ).write_parquet(str(folder / "buyers" / "0000.parquet"), compression="zstd")


def _column(field: pa.Field, numbers: np.ndarray, chance: np.random.Generator) -> pa.Array:
    n = numbers.size
    if field.name == "customer":
        return pa.array([f"{number:09}" for number in numbers])
    if field.name == "state":
        return pa.array(chance.choice(STATES, n, p=[0.4, 0.05, 0.05, 0.25, 0.15, 0.05, 0.05]))
    if field.name == "place":
        return pa.array(chance.integers(0, 40, n).astype(str))
    if field.name == "contributions":
        parts = [CODES[chance.integers(0, CODES.size, 8 * n)], chance.normal(size=8 * n), chance.normal(size=8 * n)]
        told = pa.StructArray.from_arrays(list(map(pa.array, parts)), names=["signal", "points", "logit"])
        return pa.ListArray.from_arrays(np.arange(0, 8 * n + 1, 8, dtype=np.int32), told).cast(field.type)
    if pa.types.is_list(field.type):
        ends = np.concatenate([[0], np.cumsum(chance.integers(0, 4, n))]).astype(np.int32)
        return pa.ListArray.from_arrays(ends, pa.array(CODES[chance.integers(0, CODES.size, ends[-1])])).cast(field.type)
    if pa.types.is_boolean(field.type):
        return pa.array(chance.random(n) < 0.3)
    if pa.types.is_timestamp(field.type):
        moments = np.datetime64("2026-02-28T20:00:00", "us") - chance.integers(0, 730 * 86400, n).astype("timedelta64[s]")
        return pa.array(moments).cast(pa.timestamp("us")).cast(field.type)
    if pa.types.is_string(field.type):
        return pa.array(np.char.add("name ", chance.integers(0, 200_000, n).astype(str)))
    return pa.array(np.round(chance.gamma(1.0, 500.0, n), 2)).cast(field.type, safe=False)


def spent(act: Callable[[], object]) -> tuple[float, float]:
    """Return wall and processor seconds of the cheapest of five calls."""
    runs = []
    for _ in range(5):
        before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
        act()
        after = resource.getrusage(resource.RUSAGE_SELF)
        runs.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.perf_counter() - began))
    processor, wall = min(runs)
    return wall, processor


def twenty_users(turn: Callable[[random.Random], object]) -> float:
    """Return the 95th percentile of the seconds that users waited for a page."""
    waits: list[float] = []

    def user(number: int) -> None:
        chance = random.Random(number)
        for _ in range(PAGES_EACH):
            time.sleep(chance.uniform(*PAUSE_SECONDS))
            began = time.perf_counter()
            turn(chance)
            waits.append(time.perf_counter() - began)

    users = [threading.Thread(target=user, args=(number,)) for number in range(USERS)]
    for one in users:
        one.start()
    for one in users:
        one.join()
    return float(np.quantile(waits, 0.95))


def measure(customers: int, folder: Path) -> list[Line]:
    """Draw the tables, let the peer and the product show the same page, then let twenty users turn pages."""
    from lakmus.usecases.asking import ask
    from lakmus.usecases.show_verdict import Shown
    from lakmus.usecases.signals.customer_groups import group_of, list_group

    draw(folder, customers)
    home: Any = None
    verdict: Any = SimpleNamespace(definition=SimpleNamespace(horizon_days=90))
    shown = Shown(verdict, verdict, datetime(2026, 2, 28, 20, tzinfo=UTC), folder, "drawn")
    tables = [shown.table("customers"), shown.table("buyers")]

    def by_the_table() -> object:
        total = ask(f"SELECT count(*) AS n FROM read_parquet(?) WHERE {PEER}", tables)
        return total, ask(f"SELECT * FROM read_parquet(?) WHERE {PEER} ORDER BY value_at_risk DESC NULLS LAST, customer LIMIT 15", tables)

    def turn(chance: random.Random) -> object:
        sort = chance.choice(("-value_at_risk", "-value_at_risk", "-churn_probability", "-last_order_at"))
        return list_group(home, shown, group_of(chance.choice(FIGURES)), sort=sort, page=chance.randint(1, 3), size=15)

    peer_wall, peer_spent = spent(by_the_table)
    wall, processor = spent(lambda: list_group(home, shown, group_of(FIGURES[0]), size=15))
    waited = twenty_users(turn)
    title = f"the customers of a cohort, {customers:,} in all"
    return [
        Line(f"DuckDB over the table of customers: {title}", peer_wall, None, 1.0, f"{1000 * peer_spent:.0f} ms of processor", peer_spent),
        Line("Lakmus: the same page", wall, None, peer_spent / processor, f"{1000 * processor:.0f} ms of processor", processor),
        Line(f"Lakmus: {USERS} users turn pages, 95 of 100 wait less than", waited, None, None, f"{USERS * PAGES_EACH} pages"),
    ]


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--record", action="store_true", help="append the table to docs/explanation/records.md")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lakmus-list-pages-") as folder:
        os.environ |= {"LAKMUS_HOME": str(Path(folder) / "home"), "DJANGO_SETTINGS_MODULE": "lakmus.config.settings"}
        (Path(folder) / "home").mkdir()
        import django

        django.setup()
        lines = measure(arguments.customers, Path(folder))
    publish("Pages of customers behind a figure", lines, record=arguments.record)


if __name__ == "__main__":
    main()
