"""Claim: 18 signals of every customer at 12 dates, at least twice as fast as Polars at 20 million activities, six times at 100 million.

    python -m benchmarks.signals_speed --rows 20000000 [--peers polars,duckdb,pandas] [--record]

All read the same Parquet files (one per bucket of customers, sorted by customer and time, some activities known later than they happened)
and write the same 18 columns, one file a date (Lakmus: one a date and process). Whole processes are measured; equal sums of every
column at every date are required.
Peers: Polars, one query a date; DuckDB, gaps by one `lag` into a temporary table, then one GROUP BY a date; pandas, if asked for.
Also measured, against the run over 12 dates: the next date alone, after a thousandth of new activities; and every signal of the catalogue
at 12 dates (now, before, a year ago, as usual, whether it warns), without lamps and with them.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from benchmarks.measuring import Line, Run, best, publish, run
from benchmarks.signals_company import DATES, generate
from benchmarks.signals_peers.with_lakmus import COLUMNS
from lakmus.engine.signals.catalogue import SIGNALS

PEERS = Path(__file__).parent / "signals_peers"
OURS = "benchmarks.signals_peers.with_lakmus"
NAMES = {"ours": "Lakmus: prefix sums", "polars": "Polars: one query a date", "duckdb": "DuckDB: lag, then GROUP BY", "pandas": "pandas"}


def sums(target: Path) -> dict[str, list[float]]:
    """Return the sum of every column at every date, and the number of customers; nulls do not count."""
    found = {}
    for date in sorted({path.name.partition(".")[0] for path in target.glob("*.parquet")}):
        frame = pl.scan_parquet(target / f"{date}*.parquet")
        columns = [pl.col(name).to_physical().cast(pl.Float64).sum() if name.endswith("_at") else pl.col(name).sum() for name in COLUMNS]
        found[date] = [float(part) for part in frame.select(pl.len(), *columns).collect().row(0)]
    return found


def check(ours_found: dict[str, list[float]], theirs: dict[str, list[float]], peer: str) -> None:
    """A fast answer that differs is none."""
    for date, figures in theirs.items():
        for name, one, other in zip(["customers", *COLUMNS], ours_found[date], figures, strict=True):
            # Squares are kept in whole numbers, gaps in millionths of a day.
            if not math.isclose(one, other, rel_tol=1e-6):
                raise SystemExit(f"{peer} differs in {name} at {date}: {one} and {other}")


def lakmus(module: str, source: Path, target: Path, dates: list[datetime], *options: str) -> Run:
    """Measure one of ours in a process of its own."""
    target.mkdir(exist_ok=True)
    return run([sys.executable, "-m", module, str(source), str(target), *(date.isoformat() for date in dates), *options])


def contend(name: str, source: Path, target: Path, pandas_python: str) -> Run:
    """Measure a contender over the 12 dates."""
    if name == "ours":
        return lakmus(OURS, source, target, DATES)
    target.mkdir(exist_ok=True)
    python = pandas_python if name == "pandas" else sys.executable
    return run([python, str(PEERS / f"with_{name}.py"), str(source), str(target), *(date.isoformat() for date in DATES)])


def measure(rows: int, peers: list[str], repeats: int, folder: Path, pandas_python: str) -> list[Line]:
    """Generate, run everybody in turn, compare the sums, return the lines of the table."""
    source = folder / "stream"
    generate(source, rows)
    runs: dict[str, list[Run]] = {name: [] for name in ["ours", *peers]}
    for _ in range(repeats):
        for name, own in runs.items():
            own.append(contend(name, source, folder / name, pandas_python))
    expected = sums(folder / "ours")
    for peer in peers:
        check(expected, sums(folder / peer), peer)
    again = besides(source, folder)
    fastest = {name: best(own) for name, own in runs.items()}
    # On a machine that others use too, processor seconds say more than the clock.
    processor = {name: min(one.cpu_seconds for one in own) for name, own in runs.items()}
    polars = fastest["polars"]
    size = sum(path.stat().st_size for path in source.glob("*.parquet")) / 1e6
    measured_on = f"{rows:,} activities, {int(expected[max(expected)][0]):,} customers, {size:,.0f} MB"
    remarks = {
        name: f"{seconds:.1f} processor s, {processor['polars'] / seconds:.1f} times fewer than Polars"
        for name, seconds in processor.items()
    }
    remarks["polars"] = f"{processor['polars']:.1f} processor s; {measured_on}"
    lines = [Line(NAMES[name], one.seconds, one.peak_bytes, polars.seconds / one.seconds, remarks[name]) for name, one in fastest.items()]
    for name, one in again.items():
        share = one.cpu_seconds / processor["ours"]
        remark = f"{one.cpu_seconds:.1f} processor s, {share:.0%} of the 12 dates"
        lines.append(Line(f"Lakmus: {name}", one.seconds, one.peak_bytes, remark=remark))
    return lines


def besides(source: Path, folder: Path) -> dict[str, Run]:
    """Measure the next date alone, from the files as they are a day later, and the whole catalogue."""
    target = folder / "besides"
    return {
        "the next date alone": lakmus(OURS, source / "after", target, [DATES[-1] + timedelta(days=1)]),
        f"{len(SIGNALS) - 1} signals": lakmus(f"{OURS}_catalogue", source, target, DATES),
        "the whole catalogue: the signals and all lamps": lakmus(f"{OURS}_catalogue", source, target, DATES, "--lamps"),
    }


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--peers", default="polars,duckdb", help="polars must be among them")
    parser.add_argument("--pandas-python", default=sys.executable, help="an interpreter that has pandas (group `bench`)")
    parser.add_argument("--record", action="store_true", help="append the table to docs/explanation/records.md")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lakmus-signals-speed-") as folder:
        lines = measure(arguments.rows, arguments.peers.split(","), arguments.repeats, Path(folder), arguments.pandas_python)
    publish("Signals of 12 dates", lines, record=arguments.record)


if __name__ == "__main__":
    main()
