"""The past as it was known then: orders that were cancelled or became known later."""

from __future__ import annotations

import random
from datetime import timedelta

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from lakmus.engine.bucket import facts_until
from lakmus.engine.learning import read_past, read_rhythm, reading_of, rhythm_learned
from lakmus.engine.orders import purchases
from tests.engine.companies import END, shop
from tests.engine.histories import COMPANY, ZONE, History

CUT = END - timedelta(days=200)


def revised_shop() -> pa.Table:
    """A shop where many an order is cancelled, or becomes known, weeks after it was placed."""
    history, rng = shop(160, seed=4), random.Random(2)
    changed = History()
    changed.rows = history.rows
    for row in list(history.rows):
        if row["activity"] == "placed_order":
            if rng.random() < 0.1:
                changed.customer(str(row["customer"])).cancel(str(row["_order"]), row["ts"] + timedelta(days=rng.random() * 120))  # type: ignore[operator]
            elif rng.random() < 0.1:
                row["_known_at"] = row["ts"] + timedelta(days=rng.random() * 120)  # type: ignore[operator]
    return changed.table()


def known_by(table: pa.Table, moment: object) -> pa.Table:
    stamp = pa.scalar(moment, table["ts"].type)
    return table.filter(pc.and_(pc.less_equal(table["ts"], stamp), pc.less_equal(table["_known_at"], stamp)))


@pytest.mark.slow
def test_a_picture_of_the_past_holds_what_was_known_then() -> None:
    table = revised_shop()
    rhythm = read_rhythm(table, 0, as_of=END, time_zone=ZONE)
    reading = reading_of([rhythm], rhythm_learned([rhythm], as_of=END), as_of=END)
    assert reading is not None and len(reading.moments) >= 4
    whole = read_past(table, 0, reading=reading, company=COMPANY, as_of=END)
    for place, moment in enumerate(reading.moments):
        then = read_past(known_by(table, moment), 0, reading=reading, company=COMPANY, as_of=END)
        assert np.array_equal(whole.pictures[place].features, then.pictures[place].features)
        assert np.array_equal(whole.pictures[place].histories, then.pictures[place].histories)
    for place, cut in enumerate(reading.cuts):
        then = read_past(known_by(table, cut), 0, reading=reading, company=COMPANY, as_of=END)
        assert np.array_equal(whole.snapshots[place].cells.sum(axis=-1), then.snapshots[place].cells.sum(axis=-1))


@pytest.mark.slow
def test_purchases_at_a_moment_are_those_of_the_facts_known_then() -> None:
    from lakmus.engine.orders import order_moments
    from lakmus.engine.risk.known_orders import known_orders
    from lakmus.engine.signals.rhythm import purchase_days

    table = revised_shop()
    moments = order_moments(facts_until(table, as_of=END), time_zone=ZONE)
    customers = moments["customer"].unique().sort()
    known = known_orders(moments, customers, time_zone=ZONE)
    for days in (0, 30, 200, 400):
        moment = END - timedelta(days=days)
        seen, _ = known.at(round(moment.timestamp() * 1_000_000))
        plain = purchase_days(purchases(facts_until(table, as_of=moment), time_zone=ZONE), customers)
        for name in ("owner", "day", "first_us", "last_us"):
            assert np.array_equal(getattr(seen, name), getattr(plain, name)), (days, name)
    assert isinstance(customers, pl.Series) and len(customers) > 100
