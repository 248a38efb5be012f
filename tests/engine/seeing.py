"""The signals and lamps of one customer, from the table of their activities."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa

from lakmus.engine.bucket import facts_until
from lakmus.engine.orders import order_table
from lakmus.engine.signals.sight import OneSight, one_sight
from tests.engine.histories import COMPANY
from tests.engine.test_risk import COMPANY_RHYTHM


def seen_of(table: pa.Table, *, as_of: datetime, **more: object) -> OneSight:
    facts = facts_until(table, as_of=as_of)
    orders = order_table(facts, currency=COMPANY.currency)
    return one_sight(facts, orders, company_rhythm=COMPANY_RHYTHM, company=COMPANY, as_of=as_of, **more)  # type: ignore[arg-type]
