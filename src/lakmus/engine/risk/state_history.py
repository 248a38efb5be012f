"""The states of every customer at any dates, each from what was known then: history that is computed, never stored as it happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import polars as pl
import pyarrow as pa

from lakmus.engine.bucket import ORDER_COLUMNS, Facts, facts_until
from lakmus.engine.orders import purchases
from lakmus.engine.risk.definition import BY_DATA
from lakmus.engine.risk.segments import horizons_of
from lakmus.engine.risk.standing import standing
from lakmus.engine.signals import lamps
from lakmus.engine.signals.prefix_sums import measured
from lakmus.engine.signals.rhythm import CompanyRhythm, Ints, purchase_days
from lakmus.engine.signals.trails import trails_of
from lakmus.history.activity import TIMESTAMP
from lakmus.history.company import LossTerms

STATE_COLUMNS = ORDER_COLUMNS
"""What the states are read from."""
SCHEMA = pa.schema([("customer", pa.string()), ("as_of", TIMESTAMP), ("state", pa.string()), ("since", TIMESTAMP)])


def states_over(
    table: pa.Table,
    bucket: int = 0,
    *,
    rhythm: CompanyRhythm,
    horizon_days: int,
    time_zone: str,
    dates: Sequence[datetime],
    loss: LossTerms = BY_DATA,
) -> pa.Table:
    """Return the state of every customer known at each date: `SCHEMA`, by date and customer.

    What "lost" means, the horizon and the company's rhythm are those of today, so that months can be compared; what each customer had done
    is what was known at the date. At the date of a verdict the states are the verdict's.

    Parameters
    ----------
    table : activities of a bucket with `STATE_COLUMNS`; and `activity_id`, `segments.SEGMENT_COLUMNS` where segments have horizons of
        their own. dates : aware moments, any number. loss : what the company decided about "lost".

    Raises
    ------
    ValueError : a date without a time zone.
    """
    trails = trails_of(table)
    found = measured(trails, lamps.lamp_aggregates(), as_of=dates)
    names = pl.DataFrame({"customer": pl.Series(trails.customers, dtype=pl.String)}).with_row_index("place")
    parts = [SCHEMA.empty_table()]
    for place, date in enumerate(dates):
        now_us = round(date.timestamp() * 1_000_000)
        facts = facts_until(table, as_of=date)
        orders = purchases(facts, time_zone=time_zone)
        own = facts.customers.to_frame("customer").join(names, on="customer", how="left", maintain_order="left")["place"].to_numpy()
        second = lamps.second_lamp_us(lamps.grids_of(found, trails, now_us=now_us, place=place))[own]
        stands = standing(
            facts,
            purchase_days(orders, facts.customers),
            rhythm,
            second,
            known_since_us=_known_since(facts),
            horizon_days=horizons_of(facts, horizon_days=horizon_days, by=loss.horizon_by, horizons=loss.horizons),
            now_us=now_us,
            contracts=loss.basis != "purchases",
        )
        since = pa.array(stands.since_us, mask=stands.since_us < 0).view(TIMESTAMP)
        at = pa.array(np.full(len(own), now_us)).view(TIMESTAMP)
        parts.append(
            pa.table([facts.customers.to_arrow(), at, pa.array(stands.state.tolist(), pa.string()), since], names=SCHEMA.names).cast(SCHEMA)
        )
    return pa.concat_tables(parts)


def _known_since(facts: Facts) -> Ints:
    """Return each customer's first activity that has a date, -1 where none has; shape (n,)."""
    dated = facts.all_of("owner", "ts").filter(pl.col("owner").is_not_null() & (pl.col("ts") >= pl.datetime(1970, 1, 2, time_zone="UTC")))
    first = dated.group_by("owner").agg(pl.col("ts").min().to_physical().alias("first"))
    since = np.full(len(facts.customers), -1, np.int64)
    since[first["owner"].to_numpy()] = first["first"].to_numpy()
    return since
