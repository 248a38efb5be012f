"""Moments of exposure as compact rows: what was known before each, in one byte per covariate, so that all of them fit into memory.

Everything crosses customers later, in one place (`doubly_robust`); a bucket only writes rows. Of a large company a part of the customers
is drawn by a hash of the customer, the same customers in every run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import polars as pl

from lakmus.engine.arrays import DAY_US, Flags, Floats
from lakmus.engine.bucket import of_kind
from lakmus.engine.causes.known import errors_before, known_before, met_before, undisturbed_after
from lakmus.engine.causes.links import linked_errors
from lakmus.engine.errors.detector import Scene
from lakmus.engine.errors.search import CODES, by_facts, detectors_of
from lakmus.engine.feeds import Feeds
from lakmus.engine.risk.segments import places_of
from lakmus.engine.signals.rhythm import Purchases

Levels = npt.NDArray[np.uint8]
MOST_ROWS = 200_000
"""So many moments of one error are kept at most, whole customers drawn by lot."""

LEVELS = (
    "purchases", "mean_gap", "early_gap", "gap_spread", "silence", "silence_to_gap", "of_30_days", "of_90_days", "of_a_year", "tenure",
    "mean_amount", "order_amount", "order_age", "days", "complaints", "met_before", "met_share", "severity", "month",
)  # fmt: skip
"""The covariates that are numbers, in the order of their columns; each is written as a level 0..255 (`_levels`), `month` as 1..12."""


@dataclass(frozen=True)
class Rows:
    """Moments of one error code, arrays (n,): who, exposed or not, what followed, and what was known before.

    `owner`: 64-bit hash of the customer. `left`: no order within a horizon of when it was felt; `gone`: none since the moment itself.
    `levels` (n, len(LEVELS)).
    `before` (n, codes): errors of each code since the customer's last purchase, or earlier in the same case or about the same order.
    `bred` (n, codes): later errors in the same case or about the same order. `place`, `channel`, `topic`: 32-bit hashes, 0 where unknown.
    `dose`: days or minutes of delay, 0 where none, NaN where unknown. `at_day`: days since 1970.
    `undisturbed`: nothing went wrong from the moment to the next purchase, or for a usual gap (`known.undisturbed_after`).
    """

    owner: npt.NDArray[np.uint64]
    exposed: Flags
    left: Flags
    gone: Flags
    levels: Levels
    before: Levels
    bred: Levels
    place: npt.NDArray[np.uint32]
    channel: npt.NDArray[np.uint32]
    topic: npt.NDArray[np.uint32]
    dose: npt.NDArray[np.float32]
    at_day: npt.NDArray[np.int32]
    undisturbed: Flags

    @property
    def count(self) -> int:
        """Number of moments."""
        return self.owner.size

    def only(self, kept: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> Rows:
        """Return the rows that `kept` names."""
        return Rows(*(getattr(self, field.name)[kept] for field in fields(self)))


def together(parts: Iterable[Rows]) -> Rows:
    """Return the rows of all buckets, in an order that does not depend on how customers were parted: by owner, day, then as they came."""
    held = list(parts)
    whole = Rows(*(np.concatenate([getattr(part, field.name) for part in held]) for field in fields(Rows)))
    return whole.only(np.lexsort((whole.exposed, whole.at_day, whole.owner)))


def owner_hash(customers: pl.Series) -> npt.NDArray[np.uint64]:
    """Return a 64-bit hash of each customer, the same on every machine and in every version (BLAKE2b)."""
    return customers.map_elements(_stable, return_dtype=pl.UInt64).to_numpy() if len(customers) else np.zeros(0, np.uint64)


def _stable(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def label_of(name: str) -> int:
    """Return the 32-bit hash that stands for a name in `Rows`, never 0."""
    return _stable(name) & 0xFFFFFFFF or 1


def _labels(names: pl.Series) -> npt.NDArray[np.uint32]:
    """Return a 32-bit hash of each name, 0 where unknown."""
    distinct = names.drop_nulls().unique()
    known = {name: label_of(name) for name in distinct.to_list()}
    return (
        names.replace_strict(known, default=0, return_dtype=pl.UInt32).fill_null(0).to_numpy() if known else np.zeros(len(names), np.uint32)
    )


def rows_of_bucket(
    moments: pl.DataFrame, scene: Scene, errors: pl.DataFrame, displeasure: pl.DataFrame, purchases: Purchases, *, horizon_days: int | None
) -> dict[str, Rows]:
    """Return the compact rows of one bucket's moments (`links.told_apart`) of leading detectors, by code; none while nobody
    counts as lost."""
    if horizon_days is None or moments.is_empty():
        return {}
    opened = of_kind(scene.facts, "opened_case").filter(pl.col("_case").is_not_null() & pl.col("customer").is_not_null())
    topics = opened.sort("ts", "activity_id").unique(["customer", "_case"], keep="first", maintain_order=True)
    return exposure_rows(
        moments,
        purchases,
        by_facts(errors),
        scene.orders,
        places_of(scene.facts),
        displeasure,
        topics.select("customer", pl.col("_case").alias("case"), pl.col("_topic").alias("topic"), pl.col("_channel").alias("channel")),
        codes=CODES,
        shares=shares_of(scene.feeds),
        horizon_days=horizon_days,
    )


def shares_of(feeds: Feeds) -> dict[str, float]:
    """Return, by code, the part of customers whose moments are kept, so that about `MOST_ROWS` of them are.

    A detector has at most as many moments as there are activities of the scarcest kind that it needs.
    """
    shares = {}
    for code in CODES:
        counts = [
            min(feeds.of(kind).count for kind in kinds) for detector in detectors_of(code) for kinds in detector.needs if feeds.has(*kinds)
        ]
        shares[code] = min(1.0, MOST_ROWS / max(counts, default=1))
    return shares


def exposure_rows(
    moments: pl.DataFrame,
    purchases: Purchases,
    errors: pl.DataFrame,
    orders: pl.DataFrame,
    places: pl.DataFrame,
    displeasure: pl.DataFrame,
    topics: pl.DataFrame,
    *,
    codes: tuple[str, ...],
    shares: Mapping[str, float],
    horizon_days: int,
) -> dict[str, Rows]:
    """Return the compact rows of one bucket by error code.

    Parameters
    ----------
    moments : `moments.followed` of one bucket, as `links.told_apart` leaves them. purchases, errors, orders, displeasure : the bucket's
    own. places : customer, place.
    topics : customer, case, topic, channel. codes : every error code, the columns of `before` and `bred`. shares : part of the customers to
    keep, by code.
    """
    hashes = owner_hash(purchases.customers)
    drawn = pl.Series((hashes >> np.uint64(11)) / float(1 << 53))
    # Drawn before all the rest: of a million customers one in thirty is kept, and what is known is asked for those alone.
    kept = drawn.gather(moments["owner"]) < moments["code"].replace_strict(dict(shares), default=1.0, return_dtype=pl.Float64)
    frame = linked_errors(moments.filter(pl.col("observed") & ~pl.col("tangled") & kept), errors, codes)
    dose = pl.when("exposed").then(pl.col("delay").cast(pl.Float32).fill_null(float("nan"))).otherwise(0.0).cast(pl.Float32)
    frame = frame.with_columns(dose.alias("dose"))
    for more, on in ((topics, ["customer", "case"]), (places, ["customer"])):
        frame = frame.join(more, on=on, how="left", maintain_order="left")
    owner = frame["owner"].to_numpy()
    at_us = frame["at"].to_physical().cast(pl.Int64).to_numpy()
    known, last_us = known_before(frame, owner, at_us, purchases, orders, displeasure, horizon_days=horizon_days)
    since = errors_before(owner, at_us, last_us, errors, purchases, codes)
    mine = frame["code"].replace_strict({code: place for place, code in enumerate(codes)}, return_dtype=pl.Int64).to_numpy()
    met, met_share = met_before(owner, at_us, mine, frame["exposed"].to_numpy())
    known |= {"met_before": met, "met_share": met_share, "severity": since.severity}
    levels = np.column_stack([_levels(name, known[name]) for name in LEVELS]) if len(owner) else np.zeros((0, len(LEVELS)), np.uint8)
    before = np.minimum(since.counts + frame["earlier"].to_numpy().reshape(len(owner), len(codes)), 3).astype(np.uint8)
    place_of, channel, topic = (_labels(frame[name]) for name in ("place", "channel", "topic"))
    rows = Rows(
        hashes[owner] if len(owner) else np.zeros(0, np.uint64),
        frame["exposed"].to_numpy(),
        frame["left"].to_numpy().astype(np.bool_),
        frame["gone"].to_numpy(),
        levels,
        before,
        frame["later"].to_numpy().reshape(len(owner), len(codes)).astype(np.uint8),
        place_of,
        channel,
        topic,
        frame["dose"].to_numpy(),
        (at_us // DAY_US).astype(np.int32),
        undisturbed_after(owner, at_us, errors, purchases),
    )
    return {code: rows.only(mine == place) for place, code in enumerate(codes) if (mine == place).any()}


_LOGARITHMIC = {
    "mean_gap": 0.005,
    "early_gap": 0.005,
    "silence": 0.002,
    "silence_to_gap": 0.01,
    "tenure": 1.0,
    "order_age": 0.02,
    "severity": 0.25,
}
"""Covariates written on a scale of logarithms: the level of x is 24 times the base-2 logarithm of 1 + x / this smallest part."""
_LINEAR = {"mean_amount": 14.0, "order_amount": 14.0, "gap_spread": 64.0, "met_share": 250.0, "days": 1 / 14}


def _levels(name: str, found: npt.NDArray[np.generic]) -> Levels:
    """Return a covariate as levels 0..255: logarithmic, linear, or the number itself."""
    x = np.asarray(found, np.float64)
    if name in _LOGARITHMIC:
        x = 24 * np.log2(1 + np.maximum(x, 0.0) / _LOGARITHMIC[name])
    elif name == "days":
        x = (x * _LINEAR[name]) % 256
    elif name in _LINEAR:
        x = x * _LINEAR[name]
    return np.clip(np.rint(x), 0, 255).astype(np.uint8)


def unscaled(rows: Rows, name: str) -> Floats:
    """Return a covariate in its own unit, as exactly as its level tells."""
    level = rows.levels[:, LEVELS.index(name)].astype(np.float64)
    if name in _LOGARITHMIC:
        return np.asarray((2 ** (level / 24) - 1) * _LOGARITHMIC[name])
    return level / _LINEAR.get(name, 1.0)
