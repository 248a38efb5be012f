"""Lamps and signals against the simulator's truth: when customers really cooled and left."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from lakmus.engine.bucket import facts_until
from lakmus.engine.orders import order_table
from lakmus.engine.signals.sight import Sight, bucket_purchases, sight_of
from lakmus.engine.text.voice import voiced
from tests.engine.histories import COMPANY
from tests.engine.test_risk import COMPANY_RHYTHM

Company = tuple[Path, dict, pa.Table, datetime]


def seen(table: pa.Table, as_of: datetime) -> tuple[list[str], Sight]:
    facts = facts_until(table, as_of=as_of)
    orders = order_table(facts, currency=COMPANY.currency)
    bought = bucket_purchases(orders, facts.customers, time_zone=COMPANY.time_zone)
    return facts.customers.to_list(), sight_of(facts, orders, voiced(facts), bought, company_rhythm=COMPANY_RHYTHM, as_of=as_of)


def test_lamps_that_are_out_tell_who_left_and_go_out_after_the_customer_did(small_company: Company) -> None:
    _, truth, table, end = small_company
    customers, sight = seen(table, end)
    left = {one["customer"]: one for one in truth["customers"] if one["lost"]}
    for dimension in ("orders", "visits"):
        out = {who: int(us) for who, us in zip(customers, sight.lamps_out[dimension][0], strict=True) if us >= 0}
        base = len(left) / len(customers)
        assert len(out) > 20 and np.mean([who in left for who in out]) > 2 * base, dimension
        begun = [datetime.fromisoformat(left[who]["cooling_since"] or left[who]["lost_at"]) for who in out if who in left]
        delays = [
            us / 1e6 / 86_400 - at.timestamp() / 86_400 for us, at in zip((out[who] for who in out if who in left), begun, strict=True)
        ]
        # A window of 90 days has to empty before a fall is beyond noise, and nothing goes out long before it has a reason to.
        assert 0 < np.median(delays) < 100 and np.mean(np.array(delays) > -30) > 0.85, dimension


def test_a_moment_of_going_out_does_not_move_with_the_day_one_looks_from(small_company: Company) -> None:
    _, _, table, end = small_company
    (customers, then), (later_customers, later) = (seen(table, moment) for moment in (end - timedelta(days=5), end))
    place = {who: number for number, who in enumerate(later_customers)}
    both = [
        (us, int(later.lamps_out["visits"][0][place[who]]))
        for who, us in zip(customers, then.lamps_out["visits"][0].tolist(), strict=True)
        if us >= 0 and later.lamps_out["visits"][0][place[who]] >= 0
    ]
    moved = np.abs(np.diff(np.array(both), axis=1)[:, 0]) / 86_400e6
    assert len(both) > 20 and np.median(moved) < 2


def test_signals_that_warn_single_out_those_who_left(small_company: Company) -> None:
    _, truth, table, end = small_company
    customers, sight = seen(table, end)
    left = np.array([who in {one["customer"] for one in truth["customers"] if one["lost"]} for who in customers])
    for code in ("purchase_gap", "visits", "lamps_dark"):
        warns = sight.readings[code].warns
        assert warns.sum() > 20 and left[warns].mean() > 2 * left[~warns].mean(), code
