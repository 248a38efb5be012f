"""Customers laid out for lists are the customers of the verdict's table, in the usual order, each row whole."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from lakmus.engine.tables import CUSTOMERS
from lakmus.usecases.asking import ask
from lakmus.usecases.signals.lay_out_people import BATCH, PEOPLE, rows_of, write_people, write_rows


def customers_of(part: int, count: int) -> pa.Table:
    """Return a part of a table of customers, in two chunks as the engine may hand it over."""
    numbers = [part * 10_000 + number for number in range(count)]
    columns: dict[str, pa.Array] = {field.name: pa.nulls(count, field.type) for field in CUSTOMERS}
    worth = [float((number * 7919) % 1000) if number % 3 else None for number in numbers]
    columns |= {
        "customer": pa.array(map(str, numbers)),
        "value_at_risk": pa.array(worth, pa.float64()),
        "reasons": pa.array([["frequency"] * (number % 3) for number in numbers], CUSTOMERS.field("reasons").type),
    }
    table = pa.table(columns, schema=CUSTOMERS)
    return pa.concat_tables([table.slice(0, count // 3), table.slice(count // 3)])


def test_the_people_of_a_page_are_the_whole_rows_in_the_usual_order(tmp_path: Path) -> None:
    parts = [customers_of(0, 0), customers_of(1, 3 * BATCH + 5), customers_of(2, BATCH)]
    (tmp_path / "customers").mkdir()
    for number, part in enumerate(parts):
        pq.write_table(part, tmp_path / "customers" / f"{number:04}.parquet")
        write_rows(tmp_path, number, part)
    write_people(tmp_path)
    found = ask("SELECT rank FROM read_parquet(?) ORDER BY rank", [str(tmp_path / PEOPLE / "*.parquet")])
    everybody = sorted(
        (row for part in parts for row in part.to_pylist()),
        key=lambda row: (row["value_at_risk"] is None, -(row["value_at_risk"] or 0.0), row["customer"]),
    )
    assert [row["rank"] for row in found] == list(range(1, len(everybody) + 1))
    assert rows_of(tmp_path, [row["rank"] for row in found]) == everybody
    assert rows_of(tmp_path, [10, 3]) == [everybody[9], everybody[2]]
