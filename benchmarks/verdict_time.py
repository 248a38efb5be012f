"""Claim: the verdict on a million customers with twenty million activities is a matter of minutes, in bounded memory.

    python -m benchmarks.verdict_time --customers 1000000

Activities are laid into the stream directly. The peer is the least that any such verdict must do: DuckDB reads the same
files and groups orders by customer (number, sum, last), once. The ratio says how many such readings the whole verdict costs.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import pyarrow as pa

from benchmarks.measuring import Line, publish, run, run_python
from lakmus.history.activity import ACTIVITY_SCHEMA
from lakmus.stream.store import Stream

AS_OF = "2024-12-31"
ORDERS_PER_CUSTOMER = 6

ORDERS = f"""
create or replace temp table orders as
select
    i,
    'З-' || i as number,
    'К' || (hash(i) % $customers) as customer,
    timestamptz '2022-01-01 00:00:00+00'
        + to_seconds((hash(i, 't') % 94000000) * (0.2 + 0.8 * (hash('life', hash(i) % $customers) % 1000) / 1000)) as ts,
    round(500 + (hash(i, 'amount') % 900000) / 100, 2) as amount,
    (hash(i, 'late') % 1000) / 1000 as chance,
    case when hash(i, 'late') % 5 = 0 then 6 else 3 end as days
from range($customers * {ORDERS_PER_CUSTOMER}) orders(i)
"""

Kinds = dict[str, tuple[str, str, dict[str, str], str]]
# One row per activity, only the columns that its kind fills; the rest is null.
KINDS: Kinds = {
    "placed_order": ("number", "ts", {"revenue_impact": "amount", "_amount": "amount", "_currency": "'RUB'", "_channel": "'сайт'"}, "true"),
    "was_promised_delivery": (
        "number, (epoch_us(date_trunc('day', ts) + interval 5 days) - 1)",
        "ts",
        {"_promised_at": "date_trunc('day', ts) + interval 5 days - interval 1 microsecond"},
        "true",
    ),
    "received_order": ("number", "ts + to_days(days)", {}, "true"),
    "opened_case": ("'О' || i", "ts + to_days(days + 1)", {"_case": "'О' || i", "_channel": "'email'"}, "chance < 0.1"),
    "sent_message": (
        "'О' || i, customer, epoch_us(ts + to_days(days + 1)), 'где мой заказ', 1",
        "ts + to_days(days + 1)",
        {"_case": "'О' || i", "_channel": "'email'", "_author": "'customer'", "_text": "'где мой заказ'"},
        "chance < 0.1",
    ),
    "received_reply": (
        "'О' || i, customer, epoch_us(ts + to_days(days + 1) + to_minutes((chance * 40000)::int)), 'person', 'ответ', 1",
        "ts + to_days(days + 1) + to_minutes((chance * 40000)::int)",
        {"_case": "'О' || i", "_channel": "'email'", "_author": "'person'", "_staff": "'С' || (i % 40)", "_text": "'ответ'"},
        "chance < 0.09",
    ),
}

PEER = """
import duckdb, json, sys
files = json.loads(open(sys.argv[1]).read())
duckdb.sql(
    "select customer, count(*), sum(_amount), max(ts) from read_parquet($files, union_by_name = true)"
    " where activity = 'placed_order' group by customer",
    params={"files": files},
).to_arrow_table()
"""


def select(kind: str, kinds: Kinds) -> str:
    """Return the SQL that makes the activities of `kind` out of the orders, in the stream's columns."""
    key, ts, columns, condition = kinds[kind]
    filled = {
        "activity_id": f"md5(concat_ws(chr(31), '{kind}', {key}))",
        "ts": ts,
        "_known_at": ts,
        "customer": "customer",
        "activity": f"'{kind}'",
        "_order": "number",
        "_source": "'benchmark'",
        **columns,
    }
    columns_as_laid = ", ".join(f"{filled.get(name, 'null')} as {name}" for name in ACTIVITY_SCHEMA.names)
    return f"select {columns_as_laid} from orders where {condition}"


def fill(stream: Stream, customers: int, kinds: Kinds = KINDS) -> int:
    """Lay about 20 activities per customer into the stream; return their number."""
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(ORDERS, {"customers": customers})
    for kind in kinds:
        reader = connection.sql(select(kind, kinds)).to_arrow_reader(200_000)
        batches = (batch.cast(ACTIVITY_SCHEMA) for batch in reader)
        stream.append(pa.RecordBatchReader.from_batches(ACTIVITY_SCHEMA, batches))
    return stream.count


def measure(customers: int, folder: Path) -> list[Line]:
    """Fill a home, take the verdict cold and again, and let the peer read the same files."""
    home = folder / "home"
    home.mkdir()
    began = time.perf_counter()
    stream = Stream.open_or_create(home / "stream")
    activities = fill(stream, customers)
    filled = time.perf_counter() - began
    files = folder / "files.json"
    files.write_text(json.dumps(stream.files()), encoding="utf-8")
    command = [sys.executable, "-m", "lakmus", "--home", str(home), "--format", "json", "verdict", "--as-of", AS_OF]
    peer = run_python(PEER, str(files))
    cold, again = run(command), run(command)
    known = json.loads(cold.output)["customers"]["known"]
    return [
        Line("laying the activities into the stream", filled, None, None, f"{activities:,} activities"),
        Line("DuckDB: one GROUP BY customer over the same files", peer.seconds, peer.peak_bytes, 1.0),
        Line("Lakmus: the verdict", cold.seconds, cold.peak_bytes, peer.seconds / cold.seconds, f"{known:,} customers"),
        Line("Lakmus: the same verdict again", again.seconds, again.peak_bytes, peer.seconds / again.seconds),
    ]


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--record", action="store_true", help="append the table to docs/explanation/records.md")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lakmus-verdict-time-") as folder:
        lines = measure(arguments.customers, Path(folder))
    publish("Verdict time", lines, record=arguments.record)


if __name__ == "__main__":
    main()
