"""The customers behind the back-test's figures: what would have been said of each at every judged cut, and what came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import polars as pl
import pyarrow as pa
from scipy import special

from lakmus.engine.bucket import facts_until
from lakmus.engine.orders import order_table
from lakmus.engine.risk.backtest import EXPERIENCE_TITLES, EXPERIENCES, named_by
from lakmus.engine.risk.features import Lives
from lakmus.engine.risk.groups import REGULAR, group_of_steps
from lakmus.engine.risk.judged import JudgedCut
from lakmus.engine.risk.known_orders import KnownOrders, known_orders
from lakmus.engine.risk.lives import Reading, features_of, histories_at, histories_of, lives_at, lives_of
from lakmus.engine.risk.snapshots import cells_at, returned
from lakmus.engine.risk.waiting import LifeReading, stood_at, waiting_of
from lakmus.engine.signals.rhythm import Purchases, completed_gaps
from lakmus.history.activity import TIMESTAMP
from lakmus.history.company import Company

ROWS = pa.schema(
    [
        ("customer", pa.string()),
        ("cut", TIMESTAMP),
        ("risk_group", pa.string()),
        ("probability", pa.float64()),
        ("lost", pa.bool_()),
        ("purchases", pa.string()),
        ("model", pa.bool_()),
        ("gap_exceeded", pa.bool_()),
        ("fell_20_percent", pa.bool_()),
    ]
)
"""`probability`: what the model would have said, 0..1; `purchases`: class of `backtest.EXPERIENCE_TITLES`; the last three: whether the
model or a rule would have named the customer. The last four are null for those who wait, whom nobody names."""


def rows_at_cuts(
    table: pa.Table,
    bucket: int = 0,
    *,
    judged: Sequence[JudgedCut],
    reading: Reading | None,
    lives: LifeReading | None,
    company: Company,
    as_of: datetime,
) -> pa.Table:
    """Return `ROWS` of every customer of a bucket whom a judged cut counted; in companies of which a part was drawn by lot, of everybody.

    Parameters
    ----------
    table : activities with `learning.LEARNING_COLUMNS`. judged, reading, lives : as learned of all customers as of the same moment.
    """
    sorts = reading.sorts if reading is not None else lives.sorts if lives is not None else ()
    now_us = round(as_of.timestamp() * 1_000_000)
    facts = facts_until(table, as_of=as_of)
    orders = order_table(facts, currency=company.currency)
    known = known_orders(orders, facts.customers, time_zone=company.time_zone)
    read = lives_of(facts, orders, known, sorts=sorts, moment_us=now_us)
    parts = [ROWS.empty_table()]
    if reading is not None:
        bought, _ = known.at(now_us)
        parts += [_regulars(cut, read, known, bought, reading) for cut in judged if cut.group == REGULAR]
    if lives is not None:
        waiting = waiting_of(facts, known, read.others, lives)
        for cut in judged:
            if cut.lives is not None:
                stands, lost = stood_at(waiting, cut.lives.axis, lives, moment_us=round(cut.at.timestamp() * 1_000_000), now_us=now_us)
                said = special.expit(cut.lives.logit[stands.place])
                own = np.isin(stands.place[0], np.arange(cut.lives.axis.followed + 1)[group_of_steps(cut.lives.axis)[cut.group]])
                names = facts.customers.gather(stands.owner[own])
                parts.append(_table(cut, {"customer": names, "probability": said[own], "lost": lost[own]}))
    return pa.concat_tables(parts)


def _regulars(cut: JudgedCut, read: Lives, known: KnownOrders, bought: Purchases, reading: Reading) -> pa.Table:
    """Return the rows of regulars at a cut; `bought`: as known now, which judge the outcome."""
    cut_us = round(cut.at.timestamp() * 1_000_000)
    past, amount = known.at(cut_us)
    cells = cells_at(past, completed_gaps(past), reading.rhythm, moment=cut.at, horizon_days=reading.horizon_days)
    here = cells.present
    back = returned(bought, cut_us=cut_us, horizon_days=reading.horizon_days)
    counts = np.bincount(past.owner, minlength=past.count)
    if cut.blend is not None:
        # In single precision, as the pictures of the past hold them.
        features = features_of(lives_at(read, past, amount), reading, moment_us=cut_us)[here].astype(np.float32).astype(np.float64)
        histories, _ = histories_at(past, moment_us=cut_us)
        said, mean = cut.blend.of(features, histories_of(histories[:, here])).probability, cut.blend.mean
    elif cut.table is not None:
        said, mean = cut.table.of(cells)[0][here], cut.table.mean
    else:
        return ROWS.empty_table()
    classes = np.array(list(EXPERIENCE_TITLES))[np.searchsorted(EXPERIENCES, counts[here], side="right")]
    return _table(
        cut,
        {
            "customer": past.customers.filter(pl.Series(here)),
            "probability": said,
            "lost": ~back[here],
            "purchases": classes,
            "model": named_by(said, mean),
            "gap_exceeded": cells.exceeded[here],
            "fell_20_percent": cells.fell[here],
        },
    )


def _table(cut: JudgedCut, columns: dict[str, object]) -> pa.Table:
    frame = pl.DataFrame(columns).with_columns(pl.lit(cut.at).alias("cut"), pl.lit(cut.group).alias("risk_group"))
    missing = [pl.lit(None).alias(name) for name in ROWS.names if name not in frame.columns]
    return frame.with_columns(*missing, pl.col("probability").round(9)).select(ROWS.names).to_arrow().cast(ROWS)
