"""Claim: 18 signals of every customer at 12 dates, at least twice as fast as Polars at 20 million activities, six times at 100 million.

    python -m benchmarks.signals_speed --rows 20000000 [--with pandas] [--record]

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
import multiprocessing
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.signals_company import DATES, generate
from lakmus.engine.signals import deeds
from lakmus.engine.signals.aggregates import Aggregate, Measure, Window, count, first, gap_squares, gaps, last, selected, squares, total
from lakmus.engine.signals.catalogue import SIGNALS
from lakmus.engine.signals.lamps import dark_reading, lamps_out
from lakmus.engine.signals.prefix_sums import Measured, measured, seen_at
from lakmus.engine.signals.readings import read_measured, wanted_of
from lakmus.engine.signals.rhythm import DAY_US
from lakmus.engine.signals.trails import trails_of

if TYPE_CHECKING:
    from benchmarks.measuring import Line, Run

NEXT_DATE = DATES[-1] + timedelta(days=1)
OURS = {"ours": DATES, "next date": [NEXT_DATE], "signals": DATES, "catalogue": DATES}
PROCESSES = 2
READ = ("customer", "activity", "ts", "_known_at")
PIECE_GROUPS = 5
"""So many row groups go through the machine at once: some 600,000 activities; arrays of more are asked of the system anew each time."""

ORDERS, VISITS = selected("placed_order"), selected("visited_site")
LAST_90, BEFORE_90, YEAR_AGO, YEAR = Window(0, 90), Window(90, 180), Window(365, 455), Window(0, 365)
COLUMNS: dict[str, Aggregate] = {
    "orders_90": count(ORDERS, LAST_90),
    "orders_before": count(ORDERS, BEFORE_90),
    "orders_year_ago": count(ORDERS, YEAR_AGO),
    "orders_all": count(ORDERS),
    "amount_90": total("_amount", ORDERS, LAST_90),
    "amount_before": total("_amount", ORDERS, BEFORE_90),
    "amount_all": total("_amount", ORDERS),
    "amount_squares": squares("_amount", ORDERS),
    "first_order_at": first(ORDERS),
    "last_order_at": last(ORDERS),
    "gap_days_year": gaps(ORDERS, YEAR),
    "gap_squares_year": gap_squares(ORDERS, YEAR),
    "cancelled_90": count(selected("cancelled_order"), LAST_90),
    "returned_90": total("_amount", selected("returned_item"), LAST_90),
    "visits_30": count(VISITS, Window(0, 30)),
    "visits_before": count(VISITS, Window(30, 60)),
    "complaints_year": count(selected("complained"), YEAR),
    "last_contact_at": last(selected("received_reply", "was_contacted")),
}


# --- ours -----------------------------------------------------------------------------------------------------------


class Writing:
    """One file a date and process, uncompressed; parts of few customers are put together until they make a row group worth its overhead."""

    def __init__(self, target: Path, dates: list[datetime], place: int) -> None:
        self.paths = [target / f"{date:%Y-%m-%d}.{place}.parquet" for date in dates]
        self.writers: list[pq.ParquetWriter] = []
        self.held: list[list[pa.Table]] = []

    def take(self, parts: list[pa.Table]) -> None:
        """Hold one bucket's parts, one a date; write once enough are there."""
        self.held.append(parts)
        if sum(held[-1].num_rows for held in self.held) >= 32_768:
            self.write()

    def write(self) -> None:
        """Write what is held."""
        if not self.writers:
            schema = self.held[0][0].schema
            plain = {"use_dictionary": False, "compression": "none", "write_statistics": False}
            self.writers = [pq.ParquetWriter(path, schema, **plain) for path in self.paths]
        for writer, *tables in zip(self.writers, *self.held, strict=True):
            writer.write_table(pa.concat_tables(tables))
        self.held = []

    def close(self) -> None:
        """Write the rest and close the files."""
        if self.held:
            self.write()
        for writer in self.writers:
            writer.close()


def ours(source: Path, target: Path, dates: list[datetime]) -> None:
    """Measure bucket after bucket, and write each date's part as it comes."""
    spread(source, target, dates, ("_amount",), partial(_measure_piece, dates=dates))


def pieces(path: Path, columns: Sequence[str]) -> Iterator[pa.Table]:
    """Yield a bucket in pieces of whole customers, some row groups at a time: memory is that of a piece, however large the bucket is.

    Who stands at the border of two pieces comes in the last one: nobody else's activities have to be copied for it.
    """
    file = pq.ParquetFile(path, read_dictionary=["customer", "activity", *deeds.TEXTS])
    borders = []
    for begin in range(0, file.num_row_groups, PIECE_GROUPS):
        groups = range(begin, min(begin + PIECE_GROUPS, file.num_row_groups))
        rows = file.read_row_groups(groups, [*READ, *columns], use_threads=False)
        first, last = _inside(rows)
        borders += [rows.slice(0, first), rows.slice(last)] if first < last else [rows]
        if first < last:
            yield rows.slice(first, last - first)
    yield pa.concat_tables(borders)


def _inside(rows: pa.Table) -> tuple[int, int]:
    """Return where the rows of the first customer end, and where those of the last begin."""
    chunks = rows["customer"].chunks
    head, tail = chunks[0].indices.to_numpy(), chunks[-1].indices.to_numpy()
    first, last = int(np.argmax(head != head[0])), int(np.argmax(tail == tail[-1]))
    # Who fills a row group, or begins with one, may reach into the next: then all of the piece waits for the last one.
    return (first, rows.num_rows - tail.size + last) if first and last else (0, 0)


def spread(source: Path, target: Path, dates: list[datetime], columns: Sequence[str], work: Callable[[pa.Table], list[pa.Table]]) -> None:
    """Share the buckets among some processes; each reads, works on and writes its own."""
    paths = sorted(source.glob("*.parquet"))
    fork = multiprocessing.get_context("fork")
    running = [
        fork.Process(target=_share, args=(paths[place::PROCESSES], columns, work, Writing(target, dates, place)))
        for place in range(PROCESSES)
    ]
    for process in running:
        process.start()
    for process in running:
        process.join()
        if process.exitcode:
            raise SystemExit(f"a process ended with {process.exitcode}")


def _share(paths: list[Path], columns: Sequence[str], work: Callable[[pa.Table], list[pa.Table]], writing: Writing) -> None:
    for path in paths:
        for piece in pieces(path, columns):
            writing.take(work(piece))
    writing.close()


def _measure_piece(rows: pa.Table, *, dates: list[datetime]) -> list[pa.Table]:
    trails = trails_of(rows, columns=["_amount"])
    return _parts(measured(trails, COLUMNS.values(), as_of=dates), trails.seen_from())


def next_date(source: Path, target: Path, dates: list[datetime]) -> None:
    """Measure the next date, from the files as they are a day later."""
    ours(source / "after", target, dates)


def catalogue(source: Path, target: Path, dates: list[datetime], *, lamps: bool = True) -> None:
    """Read every signal of the catalogue off every bucket at every date."""
    typed = (*deeds.NUMBERS, *deeds.TEXTS)
    spread(source, target, dates, typed, partial(_read_piece, typed=typed, dates=dates, lamps=lamps))


def _read_piece(rows: pa.Table, *, typed: Sequence[str], dates: list[datetime], lamps: bool) -> list[pa.Table]:
    trails = trails_of(rows, columns=typed)
    asked = [signal.asked for signal in SIGNALS if signal.code != "lamps_dark"]
    seen = seen_at(trails, as_of=dates)
    found = measured(trails, wanted_of(asked), as_of=dates, seen=seen)
    out = lamps_out(trails, as_of=dates, seen=seen) if lamps else {}
    nothing = np.full(trails.count, np.nan)
    known = {"gap_p90_days": nothing, "gap_median_days": nothing}  # of another machine: the rhythm of purchases
    known_days = np.stack([np.maximum((now_us - trails.ts[trails.starts[:-1]]) / DAY_US, 0.0) for now_us in seen.dates])
    readings = read_measured(asked, found, known=known, known_days=known_days, season={})
    if lamps:
        readings["lamps_dark"] = dark_reading(out)
    shown = {
        f"{signal.code}_{side}": figure if figure.dtype == bool else figure.astype(np.float32)
        for signal in SIGNALS
        if signal.code in readings
        # What has no window has no period before and no usual.
        for side in (("now", "warns") if signal.window_days is None else ("now", "previous", "usual", "year_ago", "warns"))
        for figure in [getattr(readings[signal.code], side)]
    }
    return [
        _table({"customer": found.customers, **{name: pa.array(figure[place]) for name, figure in shown.items()}})
        for place in range(len(dates))
    ]


def _table(arrays: dict[str, pa.Array]) -> pa.Table:
    """Return a table of figures; only moments may be missing, and columns that say so spare the writer to look."""
    fields = [pa.field(name, of.type, nullable=pa.types.is_timestamp(of.type)) for name, of in arrays.items()]
    return pa.table(list(arrays.values()), schema=pa.schema(fields))


def _parts(found: Measured, seen_from: np.ndarray) -> list[pa.Table]:
    moment = pa.timestamp("us", tz="UTC")
    parts = []
    for place, date in enumerate(found.as_of):
        arrays: dict[str, pa.Array] = {"customer": found.customers}
        for name, aggregate in COLUMNS.items():
            if aggregate.measure in (Measure.FIRST, Measure.LAST):
                figure = found.whole(aggregate)[place]
                arrays[name] = pa.array(figure, mask=figure < 0).view(moment)
            elif aggregate.measure is Measure.COUNT:
                arrays[name] = pa.array(found.whole(aggregate)[place].astype(np.int32))
            else:
                arrays[name] = pa.array(found.at(aggregate, place))
        part = _table(arrays)
        here = seen_from <= round(date.timestamp() * 1_000_000)
        parts.append(part if here.all() else part.filter(pa.array(here)))
    return parts


PEERS = Path(__file__).parent / "signals_peers"
NAMES = {"ours": "Lakmus: prefix sums", "polars": "Polars: one query a date", "duckdb": "DuckDB: lag, then GROUP BY", "pandas": "pandas"}


# --- measuring ------------------------------------------------------------------------------------------------------


def sums(target: Path) -> dict[str, list[float]]:
    """Return the sum of every column at every date, and the number of customers; nulls do not count."""
    import polars as pl

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


def command(name: str, source: Path, target: Path, pandas_python: str = sys.executable) -> list[str]:
    """Return how a contender is started."""
    if name in OURS:
        return [sys.executable, "-m", "benchmarks.signals_speed", "--ours", name, str(source), str(target)]
    python = pandas_python if name == "pandas" else sys.executable
    return [python, str(PEERS / f"with_{name}.py"), str(source), str(target), *(date.isoformat() for date in DATES)]


def processor_seconds() -> float:
    """Return the processor seconds of all programs run so far: on a machine that others use too, they say more than the clock."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(rows: int, peers: list[str], repeats: int, folder: Path, pandas_python: str) -> list[Line]:
    """Generate, run everybody in turn, compare the sums, return the lines of the table."""
    from benchmarks.measuring import Line, best, run

    source = folder / "stream"
    generate(source, rows)
    runs: dict[str, list[Run]] = {name: [] for name in ["ours", *peers]}
    processor: dict[str, float] = dict.fromkeys(runs, math.inf)
    for _ in range(repeats):
        for name, own in runs.items():
            target = folder / name
            target.mkdir(exist_ok=True)
            before = processor_seconds()
            own.append(run(command(name, source, target, pandas_python)))
            processor[name] = min(processor[name], processor_seconds() - before)
    expected = sums(folder / "ours")
    for peer in peers:
        check(expected, sums(folder / peer), peer)
    again = besides(source, folder)
    fastest = {name: best(own) for name, own in runs.items()}
    polars = fastest["polars"]
    size = sum(path.stat().st_size for path in source.glob("*.parquet")) / 1e6
    measured_on = f"{rows:,} activities, {int(expected[max(expected)][0]):,} customers, {size:,.0f} MB"
    remarks = {
        name: f"{seconds:.1f} processor s, {processor['polars'] / seconds:.1f} times fewer than Polars"
        for name, seconds in processor.items()
    }
    remarks["polars"] = f"{processor['polars']:.1f} processor s; {measured_on}"
    lines = [Line(NAMES[name], one.seconds, one.peak_bytes, polars.seconds / one.seconds, remarks[name]) for name, one in fastest.items()]
    for name, (one, seconds) in again.items():
        share = seconds / processor["ours"]
        lines.append(Line(f"Lakmus: {name}", one.seconds, one.peak_bytes, remark=f"{seconds:.1f} processor s, {share:.0%} of the 12 dates"))
    return lines


def besides(source: Path, folder: Path) -> dict[str, tuple[Run, float]]:
    """Measure the next date alone, and the whole catalogue."""
    from benchmarks.measuring import run

    runs = {}
    titles = {
        "next date": "the next date alone",
        "signals": f"{len(SIGNALS) - 1} signals",
        "catalogue": "the whole catalogue: the signals and all lamps",
    }
    for name, title in titles.items():
        (folder / name).mkdir()
        before = processor_seconds()
        runs[title] = (run(command(name, source, folder / name)), processor_seconds() - before)
    return runs


def main() -> None:
    """Read the arguments, measure, print; or be one of those who are measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--peers", default="polars,duckdb", help="polars must be among them")
    parser.add_argument("--pandas-python", default=sys.executable, help="an interpreter that has pandas (group `bench`)")
    parser.add_argument("--record", action="store_true", help="append the table to docs/explanation/records.md")
    parser.add_argument("--ours", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.ours:
        name, source, target = arguments.ours
        {"ours": ours, "next date": next_date, "signals": partial(catalogue, lamps=False), "catalogue": catalogue}[name](
            Path(source), Path(target), OURS[name]
        )
        return
    with tempfile.TemporaryDirectory(prefix="lakmus-signals-speed-") as folder:
        lines = measure(arguments.rows, arguments.peers.split(","), arguments.repeats, Path(folder), arguments.pandas_python)
    from benchmarks.measuring import publish

    publish("Signals of 12 dates", lines, record=arguments.record)


if __name__ == "__main__":
    main()
