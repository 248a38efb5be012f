"""What was known strictly before a moment: purchases, orders, complaints, and the errors met so far."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from lakmus.engine.arrays import DAY_US, Flags, Floats, Ints
from lakmus.engine.bucket import KEY
from lakmus.engine.causes.moments import ordinal
from lakmus.engine.signals.rhythm import Purchases

Numbers = npt.NDArray[np.generic]


@dataclass(frozen=True)
class Since:
    """Errors since the last purchase: how many of each code (n, codes), and days that the latest broken promise had lasted (n,)."""

    counts: npt.NDArray[np.int64]
    severity: Floats


def errors_before(owner: Ints, at_us: Ints, last_us: Ints, errors: pl.DataFrame, purchases: Purchases, codes: tuple[str, ...]) -> Since:
    """Count the errors of each code between the customer's last purchase and the moment, and add up how grave they were by then.

    Who bought after an error has shown that it did not drive them away, so only errors since the last purchase tell who is gone already.

    Parameters
    ----------
    owner, at_us, last_us : (n,) moments: place of the customer in `purchases.customers`, the moment and the last purchase before it, in
        microseconds since 1970. errors : customer, code, at, amount_of_delay (days of a broken promise). codes : columns of `counts`.
    """
    index = pl.DataFrame({"customer": purchases.customers}).with_row_index("owner").with_columns(pl.col("owner").cast(pl.Int64))
    known = errors.filter(pl.col("customer").is_not_null()).join(index, on="customer", how="inner")
    counts = np.zeros((len(owner), len(codes)), np.int64)
    severity = np.zeros(len(owner))
    for place, code in enumerate(codes):
        own = known.filter(pl.col("code") == code).sort("owner", "at")
        if own.is_empty():
            continue
        whose, when = own["owner"].to_numpy(), own["at"].to_physical().cast(pl.Int64).to_numpy()
        keys = ordinal(whose, when)
        upto = np.searchsorted(keys, ordinal(owner, at_us), side="left")
        since = np.searchsorted(keys, ordinal(owner, last_us), side="left")
        counts[:, place] = np.maximum(upto - since, 0)
        if code == "broken_promise":
            delay = np.nan_to_num(own["amount_of_delay"].to_numpy(), nan=0.0)
            latest = np.maximum(upto - 1, 0)
            elapsed = (at_us - when[latest]) / DAY_US
            severity = np.where(counts[:, place] > 0, np.minimum(delay[latest], elapsed), 0.0)
    return Since(counts, severity)


def undisturbed_after(owner: Ints, at_us: Ints, errors: pl.DataFrame, purchases: Purchases) -> Flags:
    """Say which moments no error of any code followed until the customer's next purchase, or within their usual gap if that is sooner.

    Only then does what became of the customer tell of nothing but their own ways. (n,) in and out; `owner`, `at_us` as in `errors_before`.
    """
    index = pl.DataFrame({"customer": purchases.customers}).with_row_index("owner").with_columns(pl.col("owner").cast(pl.Int64))
    known = errors.filter(pl.col("customer").is_not_null()).join(index, on="customer", how="inner").sort("owner", "at")
    keys = ordinal(known["owner"].to_numpy(), known["at"].to_physical().cast(pl.Int64).to_numpy())
    if not purchases.owner.size:
        return np.ones(len(owner), np.bool_)
    so_far = np.searchsorted(ordinal(purchases.owner, purchases.first_us), ordinal(owner, at_us), side="right")
    following = np.minimum(so_far, purchases.owner.size - 1)
    again = (so_far < purchases.owner.size) & (purchases.owner[following] == owner)
    first, last = np.searchsorted(purchases.owner, owner, side="left"), np.maximum(so_far - 1, 0)
    gap_days = (purchases.day[last] - purchases.day[np.minimum(first, last)]) / np.maximum(last - first, 1)
    usual = at_us + (gap_days * DAY_US).astype(np.int64)
    until = np.where(again, np.minimum(purchases.first_us[following], usual), usual)
    return np.asarray(
        np.searchsorted(keys, ordinal(owner, np.maximum(until, at_us)), side="right")
        <= np.searchsorted(keys, ordinal(owner, at_us), side="left")
    )


def met_before(owner: Ints, at_us: Ints, mine: Ints, exposed: Flags) -> tuple[Floats, Floats]:
    """Return, for each moment, how many earlier moments of its code and customer were exposed, and their share (0..1, shrunk to a fifth).

    All arrays (n,); `owner`, `at_us` as in `errors_before`. mine : place of the moment's code. exposed : whether it met with its error.
    """
    order = np.lexsort((at_us, owner, mine))
    group = np.flatnonzero(np.concatenate(([True], (owner[order][1:] != owner[order][:-1]) | (mine[order][1:] != mine[order][:-1]))))
    grown = np.concatenate(([0], np.cumsum(exposed[order])))[:-1]
    sizes = np.diff(np.append(group, len(order)))
    met = np.zeros(len(order))
    share = np.zeros(len(order))
    if len(order):
        earlier = grown - np.repeat(grown[group], sizes)
        rank = np.arange(len(order)) - np.repeat(group, sizes)
        met[order] = earlier
        share[order] = (earlier + 0.4) / (rank + 2.0)
    return met, share


def known_before(
    frame: pl.DataFrame,
    owner: Ints,
    at_us: Ints,
    purchases: Purchases,
    orders: pl.DataFrame,
    displeasure: pl.DataFrame,
    *,
    horizon_days: int,
) -> tuple[dict[str, Numbers], Ints]:
    """Return what the customer's purchases, orders and complaints told strictly before each moment, and the last purchase before it.

    Parameters
    ----------
    frame : n moments: customer, order, at. owner, at_us : as in `errors_before`. orders : customer, order, ts, amount, cancelled.
    displeasure : when each customer voiced it. horizon_days : of the loss; gaps and silence are told in horizons, above 0.

    Returns
    -------
    dict of (n,) arrays by their names in `rows.LEVELS`: counts; days (`tenure`, `order_age`, `days` since 1970); logarithms of money
        (`mean_amount`, `order_amount`); `month` 1..12. And the last purchase, (n,), microseconds since 1970.
    """
    keys = ordinal(purchases.owner, purchases.first_us)
    before = np.searchsorted(keys, ordinal(owner, at_us), side="right")
    begins = np.searchsorted(purchases.owner, owner, side="left")
    so_far = before - begins
    last, first = np.maximum(before - 1, 0), np.minimum(begins, max(purchases.owner.size - 1, 0))
    last_us, first_us = purchases.last_us[last], purchases.first_us[first]
    gaps = np.maximum(so_far - 1, 1)
    mean_gap = (purchases.day[last] - purchases.day[first]) / gaps
    squares = np.concatenate(([0.0], np.cumsum(np.diff(purchases.day).astype(np.float64) ** 2)))
    spread = np.maximum((squares[last] - squares[first]) / gaps - mean_gap**2, 0.0)
    halfway = gaps // 2
    early = np.where(
        so_far > 2, (purchases.day[first + np.where(so_far > 2, halfway, 0)] - purchases.day[first]) / np.maximum(halfway, 1), 0.0
    )
    silence = np.maximum((at_us - last_us) / DAY_US, 0.0)

    def within(days: int) -> Ints:
        return np.asarray(before - np.searchsorted(keys, ordinal(owner, at_us - days * DAY_US), side="right"))

    amount, typical, ordered = _of_order(frame, owner, at_us, orders, purchases)
    complaints = _complaints(owner, at_us, displeasure, purchases)
    known: dict[str, Numbers] = {
        "purchases": so_far,
        "mean_gap": mean_gap / horizon_days,
        "early_gap": early / horizon_days,
        "gap_spread": np.where(so_far > 2, np.sqrt(spread) / np.maximum(mean_gap, 1.0), 0.5),
        "silence": silence / horizon_days,
        "silence_to_gap": silence / np.maximum(mean_gap, 1.0),
        "of_30_days": within(30),
        "of_90_days": within(90),
        "of_a_year": within(365),
        "tenure": (at_us - first_us) / DAY_US,
        "mean_amount": typical,
        "order_amount": amount,
        "order_age": np.where(ordered > 0, (at_us - ordered) / DAY_US, 0.0),
        "days": at_us / DAY_US,
        "complaints": complaints,
        "month": frame["at"].dt.month().to_numpy(),
    }
    return known, last_us


def _of_order(frame: pl.DataFrame, owner: Ints, at_us: Ints, orders: pl.DataFrame, purchases: Purchases) -> tuple[Floats, Floats, Ints]:
    """Return the amount of the moment's order and the customer's mean amount (`_amounts`), and when the order was placed, 0 if unknown."""
    joined = frame.select("customer", "order").join(
        orders.filter(pl.col("customer").is_not_null()).select("customer", "order", "amount", pl.col("ts").alias("ordered_at")),
        on=["customer", "order"],
        how="left",
        maintain_order="left",
    )
    amount, typical = _amounts(joined["amount"].to_numpy(), owner, at_us, orders, purchases)
    ordered = joined["ordered_at"].to_physical().cast(pl.Int64).fill_null(0).to_numpy()
    return amount, typical, ordered


def _amounts(own: Floats, owner: Ints, at_us: Ints, orders: pl.DataFrame, purchases: Purchases) -> tuple[Floats, Floats]:
    """Return logarithms of the order's own amount and of the customer's mean amount before the moment; zero where unknown."""
    index = pl.DataFrame({"customer": purchases.customers}).with_row_index("owner").with_columns(pl.col("owner").cast(pl.Int64))
    paid = orders.filter(~pl.col("cancelled") & pl.col("amount").is_not_null()).join(index, on="customer", how="inner").sort("owner", "ts")
    logs = np.log1p(np.maximum(paid["amount"].to_numpy(), 0.0))
    grown = np.concatenate(([0.0], np.cumsum(logs)))
    keys = ordinal(paid["owner"].to_numpy(), paid["ts"].to_physical().cast(pl.Int64).to_numpy())
    upto = np.searchsorted(keys, ordinal(owner, at_us), side="right")
    begins = np.searchsorted(paid["owner"].to_numpy(), owner, side="left")
    typical = (grown[upto] - grown[begins]) / np.maximum(upto - begins, 1)
    mine = np.log1p(np.maximum(np.nan_to_num(own.astype(np.float64), nan=0.0), 0.0)) if own.size else np.zeros(len(owner))
    return np.where(mine > 0, mine, typical), typical


def _complaints(owner: Ints, at_us: Ints, displeasure: pl.DataFrame, purchases: Purchases) -> Ints:
    """Count how often the customer voiced displeasure in the year before each moment."""
    index = pl.DataFrame({KEY: purchases.customers}).with_row_index("owner").with_columns(pl.col("owner").cast(pl.Int64))
    said = displeasure.join(index, on=KEY, how="inner").sort("owner", "ts")
    spoken = ordinal(said["owner"].to_numpy(), said["ts"].to_physical().cast(pl.Int64).to_numpy())
    year = ordinal(owner, at_us - 365 * DAY_US)
    return np.asarray(np.searchsorted(spoken, ordinal(owner, at_us), side="left") - np.searchsorted(spoken, year, side="left"))
