"""Orders that would be placed if nobody were driven away, with their lines, amounts and returns."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from lakmus.simulate.draws import NEVER, Draws, Flags, Floats, Whole, choose
from lakmus.simulate.goods import PRICES
from lakmus.simulate.people import People, cooling_minutes
from lakmus.simulate.scenario import Scenario
from lakmus.simulate.season import DAY, Season, minute_of_day

CHANNELS = ("сайт", "приложение", "телефон")
CHANNEL_SHARE = np.array([0.55, 0.38, 0.07])
LINES_SHARE = np.array([0.5, 0.28, 0.14, 0.08])
QUANTITY_SHARE = np.array([0.84, 0.12, 0.04])


@dataclass(frozen=True, slots=True)
class Orders:
    """Orders of a block, sorted by customer and moment; arrays are (orders,).

    Parameters
    ----------
    owner : index of the customer within the block.
    at : minutes since the first day.
    survival : uniform draw that decides whether a cooling customer still places this order.
    amount : kopecks. `discount` is the share off.
    """

    owner: Whole
    at: Whole
    survival: Floats
    amount: Whole
    discount: Floats
    channel: Whole
    cancelled: Flags
    line_count: Whole
    line_first: Whole

    @property
    def count(self) -> int:
        """Number of orders."""
        return len(self.at)

    def only(self, kept: Flags) -> Orders:
        """Return the orders where `kept` holds; their lines stay where they are."""
        return replace(self, **{field.name: getattr(self, field.name)[kept] for field in fields(self)})


@dataclass(frozen=True, slots=True)
class Lines:
    """Order lines of a block, (lines,), in the order of the orders first drawn: product, pieces, price and sum in kopecks."""

    product: Whole
    quantity: Whole
    price: Whole
    amount: Whole


def draw_orders(scenario: Scenario, season: Season, people: People, draws: Draws) -> tuple[Orders, Lines]:
    """Draw everything the block's customers would order within the files if nobody left."""
    owner, at = _moments(scenario, season, people, draws)
    rng = draws.of("orders")
    count = len(owner)
    discount = season.discount[at // DAY]
    wanted = scenario.shop.order_amount * 100 * people.worth[owner] * rng.lognormal(0.0, 0.35, count)
    survival, channel = rng.random(count), choose(rng, CHANNEL_SHARE, count)
    cancelled = rng.random(count) < scenario.shop.cancelled_share
    line_count = choose(rng, LINES_SHARE, count) + 1
    lines = _lines(draws, wanted=wanted, line_count=line_count, discount=discount)
    first = np.concatenate(([0], np.cumsum(line_count)))[:-1].astype(np.int64)
    amount = np.add.reduceat(lines.amount, first) if count else np.zeros(0, np.int64)
    return Orders(owner, at, survival, amount, discount, channel, cancelled, line_count, first), lines


def first_moments(orders: Orders, customers: int) -> Whole:
    """Return each customer's first order (minutes), NEVER for those without one."""
    first = np.full(customers, NEVER)
    np.minimum.at(first, orders.owner, orders.at)
    return first


def still_placed(orders: Orders, people: People, *, onset: Whole, stop: Whole) -> Flags:
    """Say which orders are placed when customers begin to leave at `onset` and have left at `stop`, (customers,) minutes.

    All until it begins, ever fewer while cooling, none after.
    """
    onset, stop = onset[orders.owner], stop[orders.owner]
    since = np.maximum(orders.at - onset, 0)
    fading = np.exp(-2.0 * since / np.maximum(cooling_minutes(people.rhythm_days)[orders.owner], 1))
    return np.asarray((orders.at <= onset) | ((orders.at < stop) & (orders.survival < fading)))


def _moments(scenario: Scenario, season: Season, people: People, draws: Draws) -> tuple[Whole, Whole]:
    """Gamma gaps in business time, stretched by season into the calendar; the first gap of old customers is already under way."""
    rng = draws.of("rhythm")
    length = float(season.intensity.sum())
    expected = np.maximum(length - people.joined, 0) / people.rhythm_days
    most = np.ceil(expected + 4 * np.sqrt(expected) + 4).astype(np.int64)
    owner = np.repeat(np.arange(people.count), most)
    gap = rng.gamma(scenario.shop.gap_shape, 1 / scenario.shop.gap_shape, len(owner)) * people.rhythm_days[owner]
    first = np.concatenate(([0], np.cumsum(most)))[:-1]
    under_way = rng.random(people.count)
    gap[first] = np.where(people.known_before, gap[first] * under_way, 0.0)
    grown = np.cumsum(gap)
    business = grown - np.repeat(grown[first] - gap[first], most) + people.joined[owner]
    day = season.spread(business).astype(np.int64)
    at = day * DAY + minute_of_day(rng.random(len(owner)))
    kept = day < len(season.intensity)
    owner, at = owner[kept], at[kept]
    order = np.lexsort((at, owner))
    return owner[order].astype(np.int64), at[order]


def _lines(draws: Draws, *, wanted: Floats, line_count: Whole, discount: Floats) -> Lines:
    rng = draws.of("lines")
    count = int(line_count.sum())
    of_order = np.repeat(np.arange(len(line_count)), line_count)
    quantity = choose(rng, QUANTITY_SHARE, count) + 1
    aim = wanted[of_order] / line_count[of_order] / quantity * rng.lognormal(0.0, 0.4, count)
    product = np.clip(np.searchsorted(PRICES, aim) + rng.integers(-3, 4, count), 0, len(PRICES) - 1)
    price = np.rint(PRICES[product] * (1 - discount[of_order])).astype(np.int64)
    return Lines(product.astype(np.int64), quantity, price, price * quantity)
