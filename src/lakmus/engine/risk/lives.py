"""From a bucket's activities to what the risk model reads, and to pictures of the past it learns from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import polars as pl

from lakmus.engine.arrays import DAY_US, Flags, Floats, Ints
from lakmus.engine.bucket import KEY, Facts, of_kind
from lakmus.engine.feeds import Feeds
from lakmus.engine.risk.blend import Picture
from lakmus.engine.risk.features import SORTS, Happenings, Lives, Usual, features_at
from lakmus.engine.risk.known_orders import NEVER, KnownOrders
from lakmus.engine.risk.purchase_histories import PurchaseHistories
from lakmus.engine.risk.snapshots import cells_at, returned
from lakmus.engine.signals.rhythm import CompanyRhythm, Purchases, completed_gaps
from lakmus.engine.text.voice import NEGATIVE_STARS

GOOD_STARS = 4.0
_NOBODY = np.zeros(0, np.int64)
NOTHING = Happenings(_NOBODY, _NOBODY, _NOBODY)
CASES = ("complaints_answered", "complaints_open")
KINDS_OF: dict[str, tuple[str, ...]] = {
    "visits": ("visited_site", "visited_store", "viewed_product", "logged_in", "used_service"),
    "messages_opened": ("opened_message",),
    "returns": ("returned_item", "cancelled_order"),
    "late_deliveries": ("received_order", "was_promised_delivery"),
    "complaints_answered": ("opened_case", "case_resolved"),
    "complaints_open": ("opened_case",),
    "bad_reviews": ("left_review",),
    "good_reviews": ("left_review",),
    "loyalty": ("joined_programme", "earned_points", "redeemed_points", "referred_friend"),
    "contacts": ("was_contacted", "received_gesture"),
}
PAST_COLUMNS = ("activity_id", "_amount", "_currency", "_case", "_channel", "_stars", "_promised_at")
"""What a picture of the past needs besides `ORDER_COLUMNS`."""


def sorts_of(feeds: Feeds) -> tuple[str, ...]:
    """Return the sorts of happenings that the company's data hold; the same for every bucket."""
    needs_all = {"late_deliveries", "complaints_answered"}
    return tuple(
        sort for sort in SORTS if (feeds.has(*KINDS_OF[sort]) if sort in needs_all else feeds.of(*KINDS_OF[sort]).linked_count > 0)
    )


def lives_of(facts: Facts, orders: pl.DataFrame, known: KnownOrders, *, sorts: Sequence[str], moment_us: int) -> Lives:
    """Return what the model reads of the customers of a bucket; purchases as known at a moment, other things with when they were known.

    Parameters
    ----------
    facts, orders, known : `facts_until`, `order_table`, `known_orders` of the same customers.
    """
    others = happenings_of(facts, orders, known.customers, sorts)
    return lives_at(Lives(len(known.customers), NOTHING, np.zeros(0), others), *known.at(moment_us))


def happenings_of(facts: Facts, orders: pl.DataFrame, customers: pl.Series, sorts: Sequence[str]) -> dict[str, Happenings]:
    """Return what happened besides purchases to the given customers (sorted, unique), by its sort."""
    codes = pl.DataFrame({"customer": customers}).with_row_index("place").with_columns(pl.col("place").cast(pl.Int64))
    return {sort: _happenings(sort, facts, orders, codes) for sort in sorts}


def lives_at(lives: Lives, bought: Purchases, amount: Floats) -> Lives:
    """Return the same lives with these purchases, as they were known at some moment."""
    return replace(lives, purchases=Happenings(bought.owner, bought.first_us, bought.first_us), amount=amount)


def _happenings(sort: str, facts: Facts, orders: pl.DataFrame, codes: pl.DataFrame) -> Happenings:
    if sort == "late_deliveries":
        late = orders.filter(pl.col("late_days") > 0)
        return _placed(late.select("customer", pl.col("received_at").alias("ts"), pl.col("late_since").alias("_known_at")), codes)
    if sort in CASES:
        return _cases(sort, facts, codes)
    rows = of_kind(facts, *KINDS_OF[sort])
    if sort == "bad_reviews":
        rows = rows.filter(pl.col("_stars") <= NEGATIVE_STARS)
    elif sort == "good_reviews":
        rows = rows.filter(pl.col("_stars") >= GOOD_STARS)
    return _placed(rows.select("customer", "ts", "_known_at"), codes)


def _cases(sort: str, facts: Facts, codes: pl.DataFrame) -> Happenings:
    """Return cases by what came of them: an open one counts until it is solved, a solved one from then on."""
    opened = of_kind(facts, "opened_case").select("customer", KEY, "ts", "_known_at", "_case")
    solved = of_kind(facts, "case_resolved").filter(pl.col("_case").is_not_null())
    first = solved.group_by(KEY, "_case").agg(pl.max_horizontal(pl.col("ts"), pl.col("_known_at")).min().alias("solved_at"))
    joined = opened.join(first, on=[KEY, "_case"], how="left")
    if sort == "complaints_open":
        return _placed(joined.with_columns(pl.col("solved_at").alias("gone_at")), codes)
    answered = joined.filter(pl.col("solved_at").is_not_null())
    return _placed(answered.with_columns(pl.col("solved_at").alias("ts"), pl.col("solved_at").alias("_known_at")), codes)


def _placed(rows: pl.DataFrame, codes: pl.DataFrame) -> Happenings:
    own = rows.filter(pl.col("ts").is_not_null()).join(codes, on="customer", how="inner")
    gone = own["gone_at"].to_physical().cast(pl.Int64).fill_null(NEVER).to_numpy() if "gone_at" in own.columns else None
    return Happenings(own["place"].to_numpy(), _us(own["ts"]), _us(own["_known_at"]), gone)


def _us(moments: pl.Series) -> Ints:
    return np.asarray(moments.to_physical().cast(pl.Int64).to_numpy())


@dataclass(frozen=True)
class Reading:
    """How the past is read, the same for every bucket: at which cuts and pictures, which sorts of happenings, what part of customers.

    `year_ago`: the moments a year before now and before each cut, as far as the history reaches.
    """

    rhythm: CompanyRhythm
    horizon_days: int
    cuts: tuple[datetime, ...]
    moments: tuple[datetime, ...]
    sorts: tuple[str, ...]
    usual: Usual
    share: float
    year_ago: tuple[datetime, ...] = ()


@dataclass(frozen=True)
class PastPicture:
    """One bucket's share in a picture of the past, and what judging it needs: of those eligible `silent_days` (n,).

    `histories` (3, m), `eligible` (m,), `features` (n, k) as single precision, `lost` (n,).
    """

    histories: Floats
    eligible: Flags
    features: np.ndarray[tuple[int, ...], np.dtype[np.float32]]
    lost: Floats
    silent_days: Floats


def picture_of(lives: Lives, known: KnownOrders, bought: Purchases, reading: Reading, *, cut: datetime) -> PastPicture:
    """Return what was known of a bucket's customers at a cut, and who came back within the horizon after it.

    Parameters
    ----------
    lives, known : of the bucket's customers, as known now, with since when. bought : their purchases as known now, which judge the outcome.
    """
    cut_us = round(cut.timestamp() * 1_000_000)
    past, amount = known.at(cut_us)
    cells = cells_at(past, completed_gaps(past), reading.rhythm, moment=cut, horizon_days=reading.horizon_days)
    came = returned(bought, cut_us=cut_us, horizon_days=reading.horizon_days)
    histories, present = histories_at(past, moment_us=cut_us)
    features = features_of(lives_at(lives, past, amount), reading, moment_us=cut_us)[cells.present]
    return PastPicture(
        histories[:, present],
        cells.present[present],
        features.astype(np.float32),
        (~came[cells.present]).astype(np.float64),
        cells.silent_days[cells.present],
    )


def features_of(lives: Lives, reading: Reading, *, moment_us: int) -> Floats:
    """Return the features of every customer at a moment, shape (n, k), rounded, so that one customer alone and a bucket agree."""
    whole = features_at(lives, moment_us=moment_us, horizon_days=reading.horizon_days, company=reading.usual)
    return np.round(whole, 6).astype(np.float64)


def histories_at(past: Purchases, *, moment_us: int) -> tuple[Floats, Flags]:
    """Return x, t_x, T in days of every customer, shape (3, n), and who had bought at all; rows without a purchase mean nothing."""
    n = past.count
    count = np.bincount(past.owner, minlength=n)
    first, last = np.full(n, moment_us), np.full(n, 0)
    np.minimum.at(first, past.owner, past.first_us)
    np.maximum.at(last, past.owner, past.first_us)
    present = count > 0
    since, age = np.where(present, last - first, 0) / DAY_US, np.where(present, moment_us - first, 0) / DAY_US
    repeats, since = np.maximum(count - 1, 0), np.rint(since)
    whole = np.stack([repeats, np.where(repeats > 0, since, 0.0), np.maximum(np.rint(age), since)])
    return whole.astype(np.float64), present


def histories_of(whole: Floats) -> PurchaseHistories:
    """Return rows of x, t_x, T as purchase histories."""
    return PurchaseHistories.of(whole[0], whole[1], whole[2])


def together(parts: Sequence[PastPicture], *, days_ago: float) -> Picture:
    """Return every bucket's share as one picture."""
    return Picture(
        days_ago,
        np.concatenate([part.histories for part in parts], axis=1),
        np.concatenate([part.eligible for part in parts]),
        np.concatenate([part.features for part in parts]).astype(np.float64),
        np.concatenate([part.lost for part in parts]),
    )
