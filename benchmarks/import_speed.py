"""Claim: importing a file of orders into the customer stream takes at most three times what DuckDB needs to turn it into Parquet.

    python -m benchmarks.import_speed --rows 20000000

The same file, the same run, whole processes. The import recognises columns, checks every row, gives each activity its identity,
looks for what is there already, sorts by customer and makes the stream durable; the peer only converts.
Goal at 20 million rows: a ratio of at least 1/3 in at most 3 GB.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

import duckdb

from benchmarks.measuring import Line, best, publish, run, run_python

GENERATE = """
copy (
    select
        'З-' || i as "Номер заказа",
        strftime(timestamp '2021-01-01' + to_minutes((hash(i) % 1576800)::int), '%d.%m.%Y %H:%M') as "Дата заказа",
        'К' || (hash(i, 'customer') % greatest({rows} // 8, 1)) as "ID клиента",
        replace(printf('%.2f', 300 + (hash(i, 'amount') % 1500000) / 100), '.', ',') as "Сумма",
        ['сайт', 'приложение', 'телефон', 'магазин'][1 + (hash(i, 'channel') % 4)::int] as "Канал",
        ['Москва', 'Казань', 'Пермь', 'Тверь', 'Омск'][1 + (hash(i, 'city') % 5)::int] as "Город",
        case when hash(i, 'status') % 40 = 0 then 'отменён' else 'выполнен' end as "Статус"
    from range({rows}) orders(i)
) to '{path}' (header, delimiter ';')
"""

PEER = """
import duckdb, sys
source, target = sys.argv[1:]
duckdb.execute(
    "copy (select * from read_csv(?, delim=';', decimal_separator=',', timestampformat='%d.%m.%Y %H:%M'))"
    " to '" + target + "' (format parquet)",
    [source],
)
"""


def generate(path: Path, rows: int) -> None:
    """Write a file of `rows` orders as a Russian shop exports them: `;`, decimal comma, dd.mm.yyyy HH:MM, UTF-8."""
    duckdb.execute(GENERATE.format(rows=rows, path=path))


def measure(rows: int, repeats: int, folder: Path) -> list[Line]:
    """Import and convert the same file, in turn, `repeats` times; return the lines of the table."""
    source = folder / "orders.csv"
    generate(source, rows)
    ours, peers = [], []
    for turn in range(repeats):
        peers.append(run_python(PEER, str(source), str(folder / f"{turn}.parquet")))
        home = folder / f"home-{turn}"
        command = [
            sys.executable,
            "-m",
            "lakmus",
            "--home",
            str(home),
            "--format",
            "json",
            "import",
            str(source),
            "--as",
            "orders",
            "--yes",
        ]
        ours.append(run(command))
        check(ours[-1].output, rows)
        shutil.rmtree(home)
    peer, our = best(peers), best(ours)
    size = source.stat().st_size / 1e6
    return [
        Line("DuckDB: CSV → Parquet", peer.seconds, peer.peak_bytes, 1.0, f"{rows:,} rows, {size:,.0f} MB", peer.cpu_seconds),
        Line(
            "Lakmus: CSV → customer stream",
            our.seconds,
            our.peak_bytes,
            peer.seconds / our.seconds,
            f"{rows / our.seconds:,.0f} rows/s",
            our.cpu_seconds,
        ),
    ]


def check(report: str, rows: int) -> None:
    """A fast import that lost rows is none."""
    read = sum(file["accepted"] for file in json.loads(report)["files"])
    if read != rows:
        raise SystemExit(f"imported {read:,} of {rows:,} rows")


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--record", action="store_true", help="append the table to docs/explanation/records.md")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lakmus-import-speed-") as folder:
        lines = measure(arguments.rows, arguments.repeats, Path(folder))
    publish("Import speed", lines, record=arguments.record)


if __name__ == "__main__":
    main()
