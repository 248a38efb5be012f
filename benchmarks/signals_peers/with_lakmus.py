"""The 18 columns by Lakmus: `python -m benchmarks.signals_peers.with_lakmus SOURCE TARGET DATE…`.

Buckets are shared among processes; each reads its own in pieces of whole customers, measures all dates at once, and writes one file a date.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from importlib.abc import MetaPathFinder
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lakmus.engine.signals.aggregates import Aggregate, Measure, Window, count, first, gap_squares, gaps, last, selected, squares, total
from lakmus.engine.signals.prefix_sums import Measured, measured
from lakmus.engine.signals.trails import trails_of

PROCESSES = 2
READ = ("customer", "activity", "ts", "_known_at")
PIECE_GROUPS = 13
"""So many row groups go through the machine at once: some 1.6 million activities; arrays of more are asked of the system anew each time."""

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


class WithoutPandas(MetaPathFinder):
    """Peers bring pandas along, and PyArrow imports it wherever it finds it; where Lakmus alone is installed there is none."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        """Find nothing of pandas, and leave the rest to others."""
        if fullname.partition(".")[0] == "pandas":
            raise ModuleNotFoundError(fullname)


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
            plain = {"use_dictionary": False, "compression": "none", "write_statistics": False, "write_batch_size": 32_768}
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
    spread(source, target, dates, ["_amount"], partial(_measure_piece, dates=dates))


def pieces(path: Path, columns: Sequence[str]) -> Iterator[pa.Table]:
    """Yield a bucket in pieces of whole customers, some row groups at a time: memory is that of a piece, however large the bucket is.

    Who stands at the border of two pieces comes in the last one: nobody else's activities have to be copied for it.
    """
    file = pq.ParquetFile(path, read_dictionary=["customer", "activity", *columns], memory_map=True)
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


def table_of(arrays: dict[str, pa.Array]) -> pa.Table:
    """Return a table of figures; only moments may be missing, and columns that say so spare the writer to look."""
    fields = [pa.field(name, of.type, nullable=pa.types.is_timestamp(of.type)) for name, of in arrays.items()]
    return pa.table(list(arrays.values()), schema=pa.schema(fields))


def _parts(found: Measured, seen_from: np.ndarray) -> list[pa.Table]:
    moment = pa.timestamp("us", tz="UTC")
    count = len(found.customers)
    whole: dict[str, pa.Array] = {}
    for name, aggregate in COLUMNS.items():
        figure = found.whole(aggregate).reshape(-1)
        if aggregate.measure in (Measure.FIRST, Measure.LAST):
            there = np.packbits(figure >= 0, bitorder="little")
            whole[name] = pa.Array.from_buffers(moment, figure.size, [pa.py_buffer(there), pa.py_buffer(figure)])
        elif aggregate.measure is Measure.COUNT:
            whole[name] = pa.array(figure)
        else:
            whole[name] = pa.array(found.of(aggregate).reshape(-1))
    parts = []
    for place, date in enumerate(found.as_of):
        part = table_of({"customer": found.customers, **{name: of.slice(place * count, count) for name, of in whole.items()}})
        here = seen_from <= round(date.timestamp() * 1_000_000)
        parts.append(part if here.all() else part.filter(pa.array(here)))
    return parts


if __name__ == "__main__":
    sys.meta_path.insert(0, WithoutPandas())
    ours(Path(sys.argv[1]), Path(sys.argv[2]), [datetime.fromisoformat(text) for text in sys.argv[3:]])
