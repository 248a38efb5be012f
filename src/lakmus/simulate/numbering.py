"""Numbers and names as the files show them, for one block after another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from lakmus.simulate.desk import STAFF
from lakmus.simulate.draws import NEVER, Draws, Whole
from lakmus.simulate.files import numbered
from lakmus.simulate.identities import Identities, draw_identities
from lakmus.simulate.story import Story


@dataclass(frozen=True, slots=True)
class Counters:
    """How many orders, cases, reviews and returns earlier blocks have used up."""

    orders: int = 0
    cases: int = 0
    reviews: int = 0
    returns: int = 0


@dataclass(frozen=True, slots=True)
class Numbering:
    """Columns of text to gather from: by customer, order, case, repeated case, review; null for what does not exist in the files.

    Parameters
    ----------
    placed : indices of the orders that exist, by date.
    """

    who: Identities
    customer: pl.Series
    placed: Whole
    order: pl.Series
    case: pl.Series
    again: pl.Series
    review: pl.Series
    product: Whole
    first_return: int
    next: Counters


def number(story: Story, draws: Draws, used: Counters) -> Numbering:
    """Give every record of the block its number, orders by date."""
    placed = np.flatnonzero(story.placed)
    placed = placed[np.argsort(story.orders.at[placed], kind="stable")]
    place = np.full(story.orders.count, -1)
    place[placed] = np.arange(len(placed))
    text = pl.Series(100_000 + used.orders + 1 + place).cast(pl.String)
    order = pl.select(pl.when(pl.Series(place >= 0)).then(text)).to_series()
    repeated = story.cases.again < NEVER
    again = np.where(repeated, story.cases.count + np.cumsum(repeated) - 1, -1)
    returned = int(story.deliveries.returned[placed].sum())
    return Numbering(
        who=draw_identities(story.people, draws),
        customer=pl.Series(story.people.numbers).cast(pl.String),
        placed=placed,
        order=order,
        case=numbered("ОБР-", used.cases + 1, np.arange(story.cases.count)),
        again=numbered("ОБР-", used.cases + 1, again),
        review=numbered("ОТЗ-", used.reviews + 1, np.arange(story.reviews.count)),
        product=story.lines.product[story.orders.line_first],
        first_return=used.returns + 1,
        next=Counters(
            used.orders + len(placed),
            used.cases + story.cases.count + int(repeated.sum()),
            used.reviews + story.reviews.count,
            used.returns + returned,
        ),
    )


def staff_names(staff: Whole) -> pl.Series:
    """Return names of members of staff, null for -1."""
    names = pl.Series([*(worker.name for worker in STAFF), None], dtype=pl.String)
    return names.gather(np.where(staff < 0, len(STAFF), staff))


def order_or_none(numbers: Numbering, order: Whole) -> pl.Series:
    """Return the numbers of orders, null for -1."""
    text = numbers.order.gather(np.maximum(order, 0)) if len(numbers.order) else pl.Series([None] * len(order), dtype=pl.String)
    return pl.select(pl.when(pl.Series(order >= 0)).then(text)).to_series()
