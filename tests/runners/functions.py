"""Functions that processes can import, for the tests of the runners."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pyarrow as pa

from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording


def described(table: pa.Table, bucket: int) -> tuple[int, int, tuple[str, ...], int]:
    """Say which bucket this is, how many rows came, which columns, and in which process."""
    return bucket, table.num_rows, tuple(table.column_names), os.getpid()


def ids(table: pa.Table, bucket: int) -> list[str]:
    """Return the ids of a bucket."""
    return table["activity_id"].to_pylist()


def refusing(table: pa.Table, bucket: int) -> int:
    """Fail on the third bucket."""
    if bucket == 2:
        raise BadInput("third", Wording("третья", "third"))
    return bucket


def dying(table: pa.Table, bucket: int) -> int:
    """End the process, as a lack of memory does."""
    os._exit(9)


def slow_ids(table: pa.Table, bucket: int, *, folder: Path) -> list[str]:
    """Return the ids of a bucket after a while, leaving word of the beginning and the end in `folder`: who does it, by where it runs."""
    began = folder / f"{bucket}-{os.getpid()}.began"
    began.write_text(os.getcwd(), encoding="utf-8")
    time.sleep(1.0)
    began.with_suffix(".ended").touch()
    return ids(table, bucket)
