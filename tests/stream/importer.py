"""A process that imports one Parquet file into a stream, for tests that run two of them or kill one."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow.parquet as pq

from lakmus.stream.store import Stream


def main(stream: str, file: str) -> None:
    """Say that it is ready, import at the word, and say what came of it."""
    opened, rows = Stream.open(Path(stream)), pq.read_table(file)
    print("ready", flush=True)
    sys.stdin.readline()
    report = opened.append(rows.to_reader(1000))
    print(report.read, report.appended, report.duplicate, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
