"""Customers laid out for lists: a narrow table to search and sort by, and whole rows that are fetched by their place in it.

A page of a list reads a few columns of everybody and all columns of fifteen. In the verdict's own table of customers the second costs as
much as reading everything; here a row is one batch of a file away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from lakmus.stream.lookup import Parts
from lakmus.usecases.asking import cursor

PEOPLE, ROWS = "people", "people_rows"
"""Folders beside a verdict: the narrow table, and the rows."""
BATCH = 256
COLUMNS = (
    *("customer", "name", "place", "state", "state_since", "lost_at", "loss_due_at", "lost_in_window", "lost_silently"),
    *("eligible", "exclusion"),
    *("error_codes", "reasons", "churn_probability", "value_at_risk", "lost_value", "revenue", "last_order_at", "errors_count"),
    *("days_since_last_order", "purchase_days_count", "risk_group"),
)
"""What lists filter and sort by. Besides stand `name_lower`, `rank` (from 1, the usual order of lists, and that among equals in any
other), and `part` and `row`, where the whole row lies."""
PLACES, KEYS = "places.npy", "keys.npy"
"""(part << 32) + row of each rank, so that a list asks the narrow table for ranks alone; and 64 bits of the MD5 of each customer,
ascending, with the rank, so that one customer is found without reading a million names."""


def write_rows(folder: Path, part: int, customers: pa.Table) -> None:
    """Keep a part of the table of customers so that single rows can be read."""
    path = folder / ROWS / f"{part:04}.arrow"
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not compressed: a row's few hundred bytes are read where they lie, instead of after its whole batch is taken out of its wrapping.
    # One chunk, so that every batch but the last is full and a row's batch is known from its number.
    whole = customers.combine_chunks()
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, whole.schema) as writer:
        writer.write_table(whole, max_chunksize=BATCH)


def write_people(folder: Path) -> None:
    """Write the narrow table from the table of customers in the same folder."""
    path = folder / PEOPLE / "0000.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    with cursor() as connection:
        # Only names of our own columns.
        sql = f"""SELECT {", ".join(COLUMNS)}, lower(name) AS name_lower, regexp_extract(filename, '(\\d+)[.]parquet$', 1)::INTEGER AS part,
                         file_row_number::INTEGER AS row,
                         row_number() OVER (ORDER BY value_at_risk DESC NULLS LAST, customer)::INTEGER AS rank
                  FROM read_parquet(?, filename = true, file_row_number = true) ORDER BY rank"""  # noqa: S608
        connection.sql(sql, params=[str(folder / "customers" / "*.parquet")]).write_parquet(str(path), compression="zstd")
        kept = connection.sql("SELECT (part::BIGINT << 32) + row AS place FROM read_parquet(?) ORDER BY rank", params=[str(path)])
        np.save(path.with_name(PLACES), np.asarray(kept.fetchnumpy()["place"], np.int64))
        keys = connection.sql(
            "SELECT md5_number_lower(customer) AS key, rank FROM read_parquet(?) ORDER BY key", params=[str(path)]
        ).fetchnumpy()
        np.save(path.with_name(KEYS), np.stack([np.asarray(keys["key"], np.uint64), np.asarray(keys["rank"], np.uint64)]))


def rank_of(folder: Path, customer: str) -> int | None:
    """Return the rank of a customer, None where the verdict knows none of this key."""
    return ranks_of(folder, [customer]).get(customer)


def ranks_of(folder: Path, customers: Sequence[str]) -> dict[str, int]:
    """Return the rank of each of these customers whom the verdict knows."""
    keys, ranks = np.load(folder / PEOPLE / KEYS, mmap_mode="r")
    digests = [hashlib.md5(customer.encode(), usedforsecurity=False).digest() for customer in customers]
    wanted = np.array([int.from_bytes(digest[8:], "little") for digest in digests], np.uint64)
    first, last = np.searchsorted(keys, wanted, "left"), np.searchsorted(keys, wanted, "right")
    candidates = sorted({int(rank) for begin, end in zip(first, last, strict=True) for rank in ranks[begin:end]})
    # Two keys may share their 64 bits: whose rank it is, the row says.
    found = dict(zip((row["customer"] for row in rows_of(folder, candidates)), candidates, strict=True))
    return {customer: found[customer] for customer in customers if customer in found}


def ranks_named(folder: Path, part: str, *, most: int) -> list[int] | None:
    """Return the ranks of the customers whose names contain a part, in small letters; None where there are more than `most`."""
    path = folder / PEOPLE / "0000.parquet"
    names, ranks = _names(path, path.stat().st_mtime_ns)
    rows = list(islice(names.rows(part), most + 1))
    return None if len(rows) > most else [int(rank) for rank in ranks[rows]]


@lru_cache(maxsize=2)
def _names(path: Path, _written: int) -> tuple[Parts, npt.NDArray[np.int32]]:
    """Return all names with the ranks of whose they are; some 30 MB for a million, read once for each verdict."""
    table = pq.read_table(path, columns=["name_lower", "rank"])
    return Parts(table["name_lower"]), table["rank"].to_numpy()


def part_of(folder: Path, rank: int) -> int:
    """Return the number of the files in which the rows of a customer's bucket stand, in each table of the verdict."""
    return int(np.load(folder / PEOPLE / PLACES, mmap_mode="r")[rank - 1]) >> 32


def rows_of(folder: Path, ranks: Sequence[int]) -> list[dict[str, Any]]:
    """Return the whole rows of ranks, in their order."""
    kept = np.load(folder / PEOPLE / PLACES, mmap_mode="r")
    places = [divmod(int(kept[rank - 1]), 1 << 32) for rank in ranks]
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for part, same in groupby(sorted(set(places)), key=lambda place: place[0]):
        of_part = list(same)
        with pa.memory_map(str(folder / ROWS / f"{part:04}.arrow")) as source:
            file = pa.ipc.open_file(source)
            slices = [file.get_batch(row // BATCH).slice(row % BATCH, 1) for _, row in of_part]
            found.update(zip(of_part, pa.Table.from_batches(slices).to_pylist(), strict=True))
    return [found[place] for place in places]
