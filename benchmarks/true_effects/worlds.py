"""The other world: each customer as they would have gone on, had the very error that drove them away done nothing.

A customer has at most one error that ended their story. So one further world is enough for all: in it these errors happen and are
forgiven, everything else (later errors, natural loss, every draw) stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from lakmus.engine.causes.moments import outcome_days
from lakmus.simulate.company import BLOCK, FIRST_CUSTOMER
from lakmus.simulate.departures import decide
from lakmus.simulate.draws import Draws
from lakmus.simulate.numbering import Counters, Numbering, number
from lakmus.simulate.purchases import still_placed
from lakmus.simulate.scenario import ERROR_CODES, Scenario
from lakmus.simulate.season import Season, build_season
from lakmus.simulate.story import Story, tell

ZONE_MINUTES = 180
AT_THEIR_MOMENT = ("automatic_message_error", "hard_to_reach", "checkout_obstacle", "no_personal_approach")
"""Errors of which one order or customer may have several: matched by their moment, too."""


@dataclass(frozen=True)
class OtherWorld:
    """`drivers`: one row per customer whom an error drove away: customer, code, order, case, review, at, felt_at. `orders`: customer, at,
    amount: what these customers would have ordered (cancelled orders left out, net of returns) had that error been forgiven. `planted`:
    mean added probability by code."""

    drivers: pl.DataFrame
    orders: pl.DataFrame
    planted: dict[str, float]


def other_world(scenario: Scenario, *, customers: int, months: int, seed: int) -> OtherWorld:
    """Return the other world of the company that `simulate_company` writes for the same arguments."""
    drivers, orders = [], []
    sums, counts = np.zeros(len(ERROR_CODES)), np.zeros(len(ERROR_CODES))
    for story, numbers, season, draws in _blocks(scenario, customers=customers, months=months, seed=seed):
        met = story.errors.only(story.told)
        sums += np.bincount(met.code, weights=met.added, minlength=len(ERROR_CODES))
        counts += np.bincount(met.code, minlength=len(ERROR_CODES))
        who, what = _forgiven(scenario, season, draws, story, numbers)
        drivers.append(who)
        orders.append(what)
    planted = dict(zip(ERROR_CODES, (sums / np.maximum(counts, 1)).tolist(), strict=True))
    return OtherWorld(pl.concat(drivers), pl.concat(orders), planted)


def _blocks(scenario: Scenario, *, customers: int, months: int, seed: int) -> Iterator[tuple[Story, Numbering, Season, Draws]]:
    season, used = build_season(scenario, months=months), Counters()
    for block, first in enumerate(range(0, customers, BLOCK)):
        draws = Draws(seed, block)
        story = tell(scenario, season, draws, first_number=FIRST_CUSTOMER + first, count=min(BLOCK, customers - first))
        numbers = number(story, draws, used)
        used = numbers.next
        yield story, numbers, season, draws


def _forgiven(scenario: Scenario, season: Season, draws: Draws, story: Story, numbers: Numbering) -> tuple[pl.DataFrame, pl.DataFrame]:
    met, people = story.potential_errors, story.people
    driven = np.flatnonzero(met.left & (met.felt_at < story.natural.stop[met.owner]))
    rank = np.lexsort((met.code[driven], met.felt_at[driven], met.owner[driven]))
    owner, place = np.unique(met.owner[driven][rank], return_index=True)
    chosen = driven[rank][place]
    forgiven = met.left.copy()
    forgiven[chosen] = False
    departure = decide(scenario, people, story.natural, replace(met, left=forgiven), draws)
    orders = story.orders
    back = story.deliveries.returned & (story.deliveries.return_at < season.minutes)
    net = orders.amount - np.where(back, story.lines.amount[orders.line_first], 0)
    kept = still_placed(orders, people, onset=departure.felt_at, stop=departure.stop) & ~orders.cancelled & np.isin(orders.owner, owner)
    what = pl.DataFrame(
        {
            "customer": numbers.customer.gather(orders.owner[kept]),
            "at": _moments(orders.at[kept], season),
            "amount": net[kept] / 100,
        }
    )
    return _drivers(story, numbers, season, chosen), what


def _drivers(story: Story, numbers: Numbering, season: Season, chosen: np.ndarray) -> pl.DataFrame:
    """Return the errors that drove somebody away, with the numbers that the files show; of a matter with two cases that of the first."""
    met, shown = story.potential_errors, story.errors
    keys = ["code", "owner", "order", "at"]
    rows = pl.DataFrame({name: getattr(met, name)[chosen] for name in (*keys, "felt_at")})
    seen = pl.DataFrame({name: getattr(shown, name) for name in (*keys, "case", "review")})
    rows = rows.join(seen.unique(keys, keep="first", maintain_order=True), on=keys, how="left", maintain_order="left").with_columns(
        pl.col("case", "review").fill_null(-1)
    )
    return pl.DataFrame(
        {
            "customer": numbers.customer.gather(rows["owner"]),
            "code": pl.Series(ERROR_CODES).gather(rows["code"]),
            "order": _gathered(numbers.order, rows["order"].to_numpy()),
            "case": _gathered(numbers.case, rows["case"].to_numpy()),
            "review": rows["review"] >= 0,
            "at": _moments(rows["at"].to_numpy(), season),
            "felt_at": _moments(rows["felt_at"].to_numpy(), season),
        }
    )


def _gathered(column: pl.Series, index: np.ndarray) -> pl.Series:
    held = pl.concat([column.cast(pl.String), pl.Series([None], dtype=pl.String)])
    return held.gather(np.where(index < 0, len(column), index))


def _moments(minutes: np.ndarray, season: Season) -> pl.Series:
    start = int(np.datetime64(season.start, "us").astype(np.int64))
    us = start + (np.minimum(minutes, 1 << 30) - ZONE_MINUTES) * 60_000_000
    return pl.Series(us).cast(pl.Datetime("us", "UTC"))


def true_effects(moments: pl.DataFrame, world: OtherWorld, *, horizon_days: int) -> pl.DataFrame:
    """Return the exposed, observed moments with `left_otherwise`: whether no order would have followed had this very error been forgiven.

    A moment is that of the error that drove the customer away when code and case agree, or, where there is no case, code and order; a
    review's is the one three days before the error was complete; errors of `AT_THEIR_MOMENT` agree in their moment.

    Parameters
    ----------
    moments : code, customer, at, order, case, exposed, observed, left.
    """
    seen = moments.filter(pl.col("exposed") & pl.col("observed")).with_row_index("row")
    both = seen.join(world.drivers, on=["code", "customer"], suffix="_driver")
    minute = pl.duration(minutes=1)
    same_case = pl.col("case").is_not_null() & (pl.col("case") == pl.col("case_driver"))
    no_case = pl.col("case").is_null() & pl.col("case_driver").is_null()
    same_review = no_case & pl.col("review") & ((pl.col("at") + pl.duration(hours=72) - pl.col("at_driver")).abs() <= minute)
    same_order = no_case & ~pl.col("review") & (pl.col("order") == pl.col("order_driver")) & ~pl.col("code").is_in(AT_THEIR_MOMENT)
    same_moment = pl.col("code").is_in(AT_THEIR_MOMENT) & ((pl.col("at") - pl.col("at_driver")).abs() <= minute)
    driven = (
        both.filter((same_case | same_review | same_order | same_moment).fill_null(False)).unique("row").select("row", "customer", "at")
    )
    known = outcome_days(horizon_days)
    felt, limit = (pl.col("at") + pl.duration(days=days) for days in (known - horizon_days, known))
    came = driven.join(world.orders.select("customer", pl.col("at").alias("ordered_at")), on="customer")
    came = came.filter((pl.col("ordered_at") > felt) & (pl.col("ordered_at") <= limit))["row"].unique()
    is_driver = pl.col("row").is_in(driven["row"].implode())
    otherwise = pl.when(is_driver).then(~pl.col("row").is_in(came.implode())).otherwise("left")
    return seen.with_columns(otherwise.alias("left_otherwise"), is_driver.alias("driver"))
