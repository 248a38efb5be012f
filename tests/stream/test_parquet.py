"""Files of the stream: what they hold comes back, from those of today and those of before."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from lakmus.stream import parquet
from lakmus.stream.bucketful import sorted_bucketful
from lakmus.stream.ledger import STORED_SCHEMA
from lakmus.stream.parquet import KINDS_NOTE, kinds_of, read_columns, rows_of_keys, write_parquet
from lakmus.stream.store import Stream
from tests.stream.samples import order, reader, table

ROWS = table(
    [order(number, f"клиент {number // 7}", number, _channel="сайт", _text="слово" if number > 50 else None) for number in range(60)]
)
KINDS: dict[str, list[int | None]] = {"placed_order": [60, 60, 0, 59]}


def written_now(rows: pa.Table, path: Path) -> None:
    write_parquet(rows, path, kinds=KINDS)


def written_before(rows: pa.Table, path: Path) -> None:
    """As the first version wrote: every column, with statistics."""
    with pq.ParquetWriter(
        path, rows.schema, compression="zstd", use_dictionary=["customer", "customer_key", "activity"], store_schema=False
    ) as writer:
        writer.write_table(rows, row_group_size=parquet.ROWS_PER_GROUP)
        writer.add_key_value_metadata({KINDS_NOTE: b'{"placed_order": [60, 60, 0, 59]}'})


@pytest.mark.parametrize("write", [written_now, written_before])
def test_one_customer_and_whole_columns_come_back_as_they_were(tmp_path, monkeypatch, write) -> None:
    monkeypatch.setattr(parquet, "ROWS_PER_GROUP", 16)
    rows, path = sorted_bucketful(ROWS.to_batches(), {}).cast(STORED_SCHEMA), tmp_path / "file.parquet"
    write(rows, path)
    assert pq.read_metadata(path).num_row_groups == 4
    for number in range(9):
        mine = rows.filter(pa.compute.equal(rows["customer_key"], f"клиент {number}"))
        assert rows_of_keys(str(path), [f"клиент {number}"]).equals(mine) and mine.num_rows
    assert read_columns(str(path), ["_text", "ts"]).equals(rows.select(["_text", "ts"]))
    assert kinds_of(str(path)) == KINDS


def test_a_file_has_the_columns_that_it_fills_and_every_reader_sees_the_others_as_empty(tmp_path) -> None:
    stream = Stream.create(tmp_path / "s", buckets=2)
    stream.append(reader([order(number, f"c{number}") for number in range(8)]))
    columns, *files = stream.files()
    assert {"_text", "_stars"}.isdisjoint(pq.read_schema(files[0]).names)
    assert pq.read_schema(columns).names == STORED_SCHEMA.names
    ad_hoc = duckdb.execute("select count(*), count(_text), count(_stars) from read_parquet(?, union_by_name = true)", [stream.files()])
    assert ad_hoc.fetchone() == (8, 0, 0)
    delta = DeltaTable(tmp_path / "s" / "activities").to_pyarrow_table()
    assert delta.num_rows == 8 and delta["_text"].null_count == 8
