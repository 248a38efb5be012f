"""A shop of a few customers with two years of orders, a few of them lost, for tests of money."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lakmus.engine.tables import TABLES
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals.lay_out_people import write_people
from tests.web.invented import AS_OF, invented_verdict
from tests.web.invented_tables import write_tables


def put(folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    schema = TABLES[name]
    table = pa.Table.from_pylist([{column: row.get(column) for column in schema.names} for row in rows], schema)
    pq.write_table(table, folder / name / "0000.parquet")


def orders(customer: str | None, *, before: tuple[float, ...] = (), now: tuple[float, ...] = ()) -> list[dict[str, Any]]:
    placed = [(500 + n, amount) for n, amount in enumerate(before)] + [(100 + n, amount) for n, amount in enumerate(now)]
    return [
        {"order": f"{customer}-{days}", "customer": customer, "ts": AS_OF - timedelta(days=days), "amount": amount}
        for days, amount in placed
    ]


def shop_of_money(folder: Path) -> Shown:
    """Return customers of whom 1001, 1005 and 1009 are lost, two thirds of each by a broken promise."""
    write_tables(folder)
    put(folder, "orders", [
        *orders("1001", before=(100.01,)), *orders("1005", before=(50.0, 50.0), now=(0.05,)), *orders("1009", now=(70.0,)),
        *orders("1002", before=(100.0, 100.0), now=(90.0,)), *orders("1003", before=(), now=(33.33,)),
        *orders(None, before=(5.0,), now=(7.5,)),
        {"order": "c", "customer": "1002", "ts": AS_OF - timedelta(days=3), "amount": 999.0, "cancelled": True},
        {"order": "r", "customer": "1002", "ts": AS_OF - timedelta(days=4), "amount": 60.0, "returned_amount": 10.0},
    ])  # fmt: skip
    people = pq.read_table(folder / "customers" / "0000.parquet").to_pylist()
    risk = {"churn_probability": 0.5, "churn_low": 0.4, "churn_high": 0.6, "horizon_days": 90}
    put(folder, "customers", [row | (risk if row["state"] == "warm" else {}) for row in people])
    write_people(folder)
    return Shown(invented_verdict(), None, AS_OF, folder, "invented")  # type: ignore[arg-type]
