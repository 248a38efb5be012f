"""Reading through merges: which keys of the stream stand for another customer, and their rows, kept where that customer lives.

Activities are never rewritten. What a merge changes is a derived copy: for each version of the log and of who is who,
the rows of merged keys are laid out by the bucket of their canonical customer. It can be thrown away at any time.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from lakmus.stream.buckets import KEY, bucket_of
from lakmus.stream.durable import remove_folder
from lakmus.stream.folder import StreamFolder
from lakmus.stream.identity import Identity
from lakmus.stream.ledger import STORED_SCHEMA, Snapshot
from lakmus.stream.parquet import read_columns, rows_of_keys
from lakmus.stream.whois import WhoIsWho

ALIASES = "aliases.parquet"
COPIES_KEPT = 2
ALIAS_SCHEMA = {"key": pl.String, "customer": pl.String, "bucket": pl.Int32, "to_bucket": pl.Int32}


class Resolution:
    """The merged keys of one version, loaded from their folder."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        aliases = pl.read_parquet(folder / ALIASES) if folder else pl.DataFrame(schema=ALIAS_SCHEMA)
        self._by_key = aliases.sort("key")
        self._by_customer = aliases.sort("customer", "key")

    def canonical(self, key: str) -> str:
        """Return the customer that a key of the stream stands for."""
        found = _equal_range(self._by_key, "key", key)
        return str(found["customer"][0]) if found.height else key

    def keys_of(self, customer: str) -> list[str]:
        """Return the keys of the stream whose rows belong to a canonical customer, itself included."""
        return [customer, *_equal_range(self._by_customer, "customer", customer)["key"]]

    def leaving(self, bucket: int) -> pl.Series:
        """Return the keys whose rows stand in this bucket and are not to be read from it."""
        return self._by_key.filter(pl.col("bucket") == bucket)["key"]

    def arriving(self, bucket: int) -> Iterator[pa.Table]:
        """Yield the rows, in the stored schema, that are to be read with this bucket though they stand elsewhere."""
        if self._folder is None:
            return
        origins = self._by_key.filter(pl.col("to_bucket") == bucket)["bucket"].unique().sort()
        for origin in origins:
            with pa.OSFile(str(self._folder / f"from-{origin:03}.arrow")) as source:
                yield pa.Table.from_batches([pa.ipc.open_file(source).get_batch(bucket)])


class Merged:
    """Gives the merges that go with a version of the stream, laying them out on the disk when nobody did yet."""

    def __init__(self, folder: StreamFolder, identity: Identity, buckets: int) -> None:
        self._folder = folder
        self._identity = identity
        self._buckets = buckets
        self._loaded: tuple[Path | None, Resolution] = (None, Resolution(None))

    def at(self, snapshot: Snapshot) -> Resolution:
        """Return the merges that reading this version goes through."""
        if not snapshot.identity:
            return Resolution(None)
        path, loaded = self._loaded
        if path != resolution_folder(self._folder, snapshot):
            path = build_resolution(self._folder, snapshot, self._identity.state(), self._buckets)
            loaded = Resolution(path)
            self._loaded = (path, loaded)
        return loaded

    def keys_of(self, customer: str, snapshot: Snapshot) -> tuple[str, list[str]]:
        """Return whom a key stands for, and all keys under which that customer's activities may stand."""
        if not snapshot.identity:
            return customer, [customer]
        path, loaded = self._loaded
        state = self._identity.state()
        canonical = state.canonical(customer)
        laid_out = path == resolution_folder(self._folder, snapshot)
        return canonical, loaded.keys_of(canonical) if laid_out else state.keys_of(canonical)


def resolution_folder(folder: StreamFolder, snapshot: Snapshot) -> Path:
    """Return where the copy for this version stands, if it was made."""
    return folder.moved / f"{snapshot.version:020}-{snapshot.identity:010}"


def build_resolution(folder: StreamFolder, snapshot: Snapshot, state: WhoIsWho, buckets: int) -> Path:
    """Lay out the rows of merged keys for one version, unless somebody did already; return the folder."""
    target = resolution_folder(folder, snapshot)
    if target.is_dir():
        return target
    fresh = folder.moved / f".{target.name}-{os.getpid()}-{secrets.token_hex(4)}"
    fresh.mkdir(parents=True)
    try:
        aliases = _aliases(folder, snapshot, state, buckets)
        for (bucket,), leaving in aliases.group_by("bucket", maintain_order=True):
            _copy_rows(folder, snapshot, int(str(bucket)), leaving, fresh, buckets)
        aliases.write_parquet(fresh / ALIASES)
        fresh.rename(target)
    except OSError:
        # Another process was faster, or took the files away by erasing; the caller looks again.
        remove_folder(fresh)
        if not target.is_dir():
            raise
    _drop_old(folder)
    return target


def relabelled(rows: pa.Table, customer: str) -> pa.Table:
    """Return the rows as those of one canonical customer."""
    return _with_customer(rows, pa.array([customer] * rows.num_rows, pa.string()))


def _aliases(folder: StreamFolder, snapshot: Snapshot, state: WhoIsWho, buckets: int) -> pl.DataFrame:
    parts = []
    for bucket in range(buckets):
        names = [pc.unique(read_columns(str(folder.activities / file.path), [KEY])[KEY]) for file in snapshot.of_bucket(bucket)]
        if names:
            here = pl.DataFrame({"key": pl.Series(pa.chunked_array(names)).unique()})
            parts.append(here.with_columns(pl.lit(bucket, pl.Int32).alias("bucket")))
    if not parts:
        return pl.DataFrame(schema=ALIAS_SCHEMA)
    found = pl.concat(parts)
    found = found.with_columns(state.canonical_column(found["key"]).alias("customer")).filter(pl.col("key") != pl.col("customer"))
    to_bucket = pl.Series("to_bucket", [bucket_of(customer, buckets) for customer in found["customer"]], dtype=pl.Int32)
    return found.with_columns(to_bucket).select(list(ALIAS_SCHEMA)).sort("bucket", "key")


def _copy_rows(folder: StreamFolder, snapshot: Snapshot, bucket: int, leaving: pl.DataFrame, fresh: Path, buckets: int) -> None:
    files = snapshot.of_bucket(bucket)
    rows = pa.concat_tables(rows_of_keys(str(folder.activities / file.path), leaving["key"].to_list()) for file in files)
    places = pc.index_in(rows[KEY], leaving["key"].to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.string())).to_numpy()
    to_bucket = leaving["to_bucket"].to_numpy()[places]
    customers = leaving["customer"].to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.string()).take(pa.array(places))
    order = np.argsort(to_bucket, kind="stable")
    rows = _with_customer(rows, customers).take(pa.array(order)).combine_chunks()
    ends = np.cumsum(np.bincount(to_bucket, minlength=buckets)).tolist()
    with pa.OSFile(str(fresh / f"from-{bucket:03}.arrow"), "wb") as sink, pa.ipc.new_file(sink, STORED_SCHEMA) as writer:
        for first, last in zip([0, *ends[:-1]], ends, strict=True):
            piece = rows.slice(first, last - first).combine_chunks().to_batches()
            writer.write_batch(piece[0] if piece else pa.RecordBatch.from_pylist([], schema=STORED_SCHEMA))


def _with_customer(rows: pa.Table, customers: pa.Array) -> pa.Table:
    columns = [customers if name in (KEY, "customer") else rows[name] for name in rows.column_names]
    return pa.table(columns, schema=rows.schema)


def _drop_old(folder: StreamFolder) -> None:
    """Keep the newest copies; a computation that started on the one before may still be reading it."""
    finished = sorted(path for path in folder.moved.iterdir() if not path.name.startswith("."))
    for path in finished[:-COPIES_KEPT]:
        remove_folder(path)


def _equal_range(frame: pl.DataFrame, column: str, wanted: str) -> pl.DataFrame:
    if not frame.height:
        return frame
    first = int(frame[column].search_sorted(wanted, side="left"))
    last = int(frame[column].search_sorted(wanted, side="right"))
    return frame[first:last]
