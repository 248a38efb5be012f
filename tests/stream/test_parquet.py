"""Files of the stream: what they hold comes back, from those of today and those of before."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lakmus.stream import parquet
from lakmus.stream.bucketful import sorted_bucketful
from lakmus.stream.ledger import STORED_SCHEMA
from lakmus.stream.parquet import KINDS_NOTE, kinds_of, read_columns, rows_of_keys, write_parquet
from tests.stream.samples import order, table

ROWS = table(
    [order(number, f"клиент {number // 7}", number, _channel="сайт", _text="слово" if number > 50 else None) for number in range(60)]
)
KINDS: dict[str, list[int | None]] = {"placed_order": [60, 60, 0, 59]}


def written_now(rows: pa.Table, path: Path) -> None:
    write_parquet(rows, path, kinds=KINDS)


def written_before(rows: pa.Table, path: Path) -> None:
    """As the first version wrote: statistics of every column and no note of the filled ones."""
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
