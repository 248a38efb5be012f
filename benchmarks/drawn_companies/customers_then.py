"""The customers of a company as of a moment, with signals, states, risk and money: what the engine says without causes and texts of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
import pyarrow as pa

from lakmus.engine.bucket import SCORE_COLUMNS, facts_until
from lakmus.engine.customer_table import customer_table
from lakmus.engine.errors.detector import nothing_found
from lakmus.engine.learning import Learned
from lakmus.engine.orders import order_table
from lakmus.engine.pipeline import learn
from lakmus.engine.text.voice import voiced
from lakmus.history.company import Company


@dataclass(frozen=True)
class CustomersThen:
    """What was learned from all customers, a row for each of them, and their orders."""

    learned: Learned
    customers: pl.DataFrame
    orders: pl.DataFrame


def customers_then(table: pa.Table, *, company: Company, as_of: datetime) -> CustomersThen:
    """Return the customers as `engine.scoring` makes them, of one bucket, as though no errors had been looked for."""
    table = table.select(SCORE_COLUMNS)

    def whole(function: Callable[..., Any], *, columns: tuple[str, ...]) -> Iterator[Any]:
        yield function(table.select(columns), 0)

    learned = learn(whole, company=company, as_of=as_of)
    facts = facts_until(table, as_of=as_of)
    orders = order_table(facts, currency=company.currency)
    errors = nothing_found().errors.with_columns(pl.lit(None, pl.String).alias("code"))
    said = voiced(facts)
    return CustomersThen(learned, customer_table(facts, orders, errors, said, said, learned=learned, company=company, as_of=as_of), orders)
