"""Claim: one customer's whole history is read in milliseconds, as fast as from a DuckDB file sorted by customer.

    python -m benchmarks.customer_history --rows 20000000

The same activities, the same customers, the same process, lookups in turn. The ratio compares the 95th percentiles; both answers
are compared row by row. The stream checks on every lookup whether somebody has written meanwhile; the peer's file locks writers out.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from benchmarks.measuring import Line, publish
from lakmus.history.activity import ACTIVITY_SCHEMA
from lakmus.stream.store import Stream

AS_OF = datetime(2100, 1, 1, tzinfo=UTC)
ROWS_PER_CUSTOMER = 20
COLUMNS = {
    "activity_id": "md5('placed_order' || chr(31) || i)",
    "ts": "timestamptz '2021-01-01 00:00:00+00' + to_seconds((hash(i) % 94608000)::bigint)",
    "_known_at": "ts",
    "customer": "'К' || (hash(i, 'customer') % {customers})",
    "activity": "['placed_order', 'visited_site', 'received_order', 'left_review'][1 + (hash(i, 'kind') % 4)::int]",
    "revenue_impact": "(hash(i, 'amount') % 1500000) / 100.0",
    "_amount": "(hash(i, 'amount') % 1500000) / 100.0",
    "_currency": "'RUB'",
    "_order": "'З-' || (i // 4)",
    "_channel": "['сайт', 'приложение', 'магазин'][1 + (hash(i, 'channel') % 3)::int]",
    "_place": "'Город ' || (hash(i, 'city') % 50)",
    "_source": "'file:orders.csv'",
}
TYPES = {"string": "varchar", "double": "double"}


def activities(rows: int) -> str:
    """Return the query that makes up `rows` activities in the stream's columns."""
    parts = [
        f'({COLUMNS.get(field.name, "null")})::{TYPES.get(str(field.type), "timestamptz")} as "{field.name}"' for field in ACTIVITY_SCHEMA
    ]
    customers = max(rows // ROWS_PER_CUSTOMER, 1)
    return f"select {', '.join(parts)} from range({rows}) numbers(i)".replace("{customers}", str(customers))


def measure(rows: int, lookups: int, folder: Path) -> list[Line]:
    """Load both, look the same customers up in turn, and return the lines of the table."""
    peer = duckdb.connect(str(folder / "peer.duckdb"), config={"threads": 2})
    peer.execute("set timezone = 'UTC'")
    stream = Stream.create(folder / "stream")
    stream.append(peer.sql(activities(rows)).to_arrow_reader(122_880))
    peer.execute("create table activities as " + activities(rows) + " order by customer, ts, activity_id")
    peer.execute("checkpoint")
    query = "select * from activities where customer = ? and ts <= ? and _known_at <= ? order by ts, activity_id"
    chosen = random.Random(7)
    times: dict[str, list[float]] = {"stream": [], "peer": []}
    for lookup in range(lookups + 20):
        customer = f"К{chosen.randrange(max(rows // ROWS_PER_CUSTOMER, 1))}"
        began = time.perf_counter()
        ours = stream.history_of(customer, as_of=AS_OF)
        between = time.perf_counter()
        theirs = peer.sql(query, params=[customer, AS_OF, AS_OF]).to_arrow_table()
        ended = time.perf_counter()
        if lookup >= 20:  # the first ones find cold caches on both sides
            times["stream"].append(between - began)
            times["peer"].append(ended - between)
        check(ours, theirs)
    peer.close()
    ratio = np.percentile(times["peer"], 95) / np.percentile(times["stream"], 95)
    return [
        Line("DuckDB: file sorted by customer", sum(times["peer"]), ratio=1.0, remark=described(times["peer"], rows)),
        Line("Lakmus: customer stream", sum(times["stream"]), ratio=float(ratio), remark=described(times["stream"], rows)),
    ]


def check(ours: pa.Table, theirs: pa.Table) -> None:
    """A fast answer that differs is none."""
    for name in ("activity_id", "ts", "_amount", "_place"):
        if ours[name].to_pylist() != theirs[name].to_pylist():
            raise SystemExit(f"the two histories differ in {name}")


def described(seconds: list[float], rows: int) -> str:
    """Say the percentiles in milliseconds."""
    median, slow = np.percentile(seconds, [50, 95]) * 1000
    return f"{len(seconds)} lookups among {rows:,} rows: p50 {median:.1f} ms, p95 {slow:.1f} ms"


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--lookups", type=int, default=300)
    parser.add_argument("--record", action="store_true", help="append the table to docs/explanation/records.md")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lakmus-customer-history-") as folder:
        lines = measure(arguments.rows, arguments.lookups, Path(folder))
    publish("One customer's history", lines, record=arguments.record)


if __name__ == "__main__":
    main()
