"""The company that `signals_speed` measures: one Parquet file per bucket, sorted by customer and time, some activities known later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lakmus.engine.signals import deeds
from lakmus.stream.ledger import STORED_SCHEMA
from lakmus.stream.parquet import ENCODINGS, codec_of

BUCKETS = 32
ROWS_PER_CUSTOMER = 100
BEGIN, SPAN_DAYS = datetime(2022, 1, 1, tzinfo=UTC), 1096
DATES = [datetime(2024 + month // 12, month % 12 + 1, 1, tzinfo=UTC) - timedelta(microseconds=1) for month in range(1, 13)]
KINDS = {
    "visited_site": 0.33,
    "viewed_product": 0.09,
    "placed_order": 0.10,
    "received_order": 0.06,
    "opened_message": 0.06,
    "received_automatic_message": 0.05,
    "earned_points": 0.03,
    "received_reply": 0.02,
    "left_review": 0.02,
    "opened_case": 0.01,
    "cancelled_order": 0.01,
    "returned_item": 0.01,
    "complained": 0.005,
    "logged_in": 0.03,
    "visited_store": 0.01,
    **dict.fromkeys(("redeemed_points", "was_surveyed", "answered_survey", "sent_message", "used_service"), 0.005),
    **dict.fromkeys(("points_expired", "referred_friend", "was_contacted", "gave_notice"), 0.001),
    **dict.fromkeys((deeds.PURCHASE, deeds.ORDER), 0.05),
    deeds.PRICED_ORDER: 0.02,
    **dict.fromkeys((deeds.CANCELLED_ORDER, deeds.RETURNED_ORDER, deeds.DISPLEASURE, deeds.QUESTION), 0.003),
    **dict.fromkeys((deeds.UNANSWERED, deeds.SETTLED, deeds.CRITICAL, deeds.CRY), 0.001),
}
"""Everything that some signal counts is there: raw kinds, and those that are derived of them before any signal is read."""
LATE = ("received_order", "left_review", "returned_item", "complained")
LATE_SHARE = 0.02
"""Orders and visits are known as they happen; of these kinds, one in fifty is learned of 1 to 19 days later."""
NEVER_NULL = tuple(field.name for field in STORED_SCHEMA if not field.nullable)


def generate(folder: Path, rows: int, seed: int = 1) -> None:
    """Write one file per bucket, one bucket in memory at a time; and as it is a day later, with a thousandth more, in `after`."""
    customers = max(rows // ROWS_PER_CUSTOMER, BUCKETS)
    (folder / "after").mkdir(parents=True)
    for bucket in range(BUCKETS):
        table = _bucket(bucket, customers, seed)
        # A thousandth in all: the day after the last date, and what a slow source delivers of the days before.
        today = table["ts"].to_numpy() > np.datetime64((DATES[-1] - timedelta(days=4)).replace(tzinfo=None))
        _write(table.filter(pa.array(~today)), folder / f"{bucket:02}.parquet")
        _write(table, folder / "after" / f"{bucket:02}.parquet")


def _bucket(bucket: int, customers: int, seed: int) -> pa.Table:
    draw = np.random.default_rng([seed, bucket])
    names = np.char.add("C", np.char.zfill(np.arange(bucket, customers, BUCKETS).astype(str), 8))
    each = draw.negative_binomial(2, 2 / (2 + ROWS_PER_CUSTOMER), len(names))
    owner = np.repeat(np.arange(len(names)), each)
    begins = draw.integers(0, SPAN_DAYS // 2, len(names))
    lives = begins + draw.integers(60, SPAN_DAYS, len(names))
    end_us = (SPAN_DAYS + 1) * 86_400_000_000
    offset = begins[owner] + draw.random(len(owner)) * (np.minimum(lives, SPAN_DAYS + 1) - begins)[owner]
    ts = np.minimum((offset * 86_400_000_000).astype(np.int64), end_us - 1) + round(BEGIN.timestamp() * 1_000_000)
    order = np.lexsort((ts, owner))
    owner, ts = owner[order], ts[order]
    kind = draw.choice(len(KINDS), len(owner), p=np.array(list(KINDS.values()))).astype(np.int32)
    may_be_late = _of(kind, *LATE)
    late = np.where(may_be_late & (draw.random(len(owner)) < LATE_SHARE), draw.integers(1, 20, len(owner)) * 86_400_000_000, 0)
    amount = np.round(draw.lognormal(7.5, 0.8, len(owner)), 2)
    whole = draw.integers(1, 6, len(owner))
    words = draw.choice(2, len(owner), p=[0.7, 0.3]).astype(np.int32)
    moment = pa.timestamp("us", tz="UTC")
    return pa.table(
        {
            "customer": pa.DictionaryArray.from_arrays(pa.array(owner.astype(np.int32)), pa.array(names)),
            "ts": pa.array(ts).cast(moment),
            "activity": pa.DictionaryArray.from_arrays(pa.array(kind), pa.array(list(KINDS))),
            "_known_at": pa.array(ts + late).cast(moment),
            "_amount": pa.array(amount, mask=~_of(kind, "placed_order", "cancelled_order", "returned_item", deeds.PRICED_ORDER)),
            "_stars": pa.array(whole.astype(np.float64), mask=~_of(kind, "left_review")),
            "_score": pa.array(whole * 2.0, mask=~_of(kind, "answered_survey")),
            "_points": pa.array(whole * 10.0, mask=~_of(kind, "earned_points", "redeemed_points", "points_expired")),
            "_minutes": pa.array(whole * 30.0, mask=~_of(kind, deeds.SETTLED)),
            "_author": pa.DictionaryArray.from_arrays(pa.array(words, mask=~_of(kind, "received_reply")), pa.array(["person", "bot"])),
            "_survey": pa.DictionaryArray.from_arrays(pa.array(words, mask=~_of(kind, "answered_survey")), pa.array(["nps", "csat"])),
        }
    )


def _of(kind: np.ndarray, *names: str) -> np.ndarray:
    return np.isin(kind, [place for place, name in enumerate(KINDS) if name in names])


def _write(table: pa.Table, path: Path) -> None:
    plain = pa.schema(
        [
            pa.field(field.name, pa.string() if pa.types.is_dictionary(field.type) else field.type, field.name not in NEVER_NULL)
            for field in table.schema
        ]
    )
    repetitive = ["customer", "activity", *deeds.TEXTS]
    # Moments and sums as the stream writes them, and what is never missing as such; few words as codes, which every contender reads the
    # quickest.
    encodings = {name: ENCODINGS[name] for name in ("ts", "_known_at")}
    pq.write_table(
        table.cast(plain),
        path,
        compression={field.name: "zstd" if field.name in repetitive else codec_of(field) for field in plain},
        use_dictionary=repetitive,
        column_encoding=encodings,
        row_group_size=122_880,
        store_schema=False,
    )
