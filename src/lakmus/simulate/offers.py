"""What customers asked us to mind, whether we did, and what was offered to them. Moments in minutes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lakmus.simulate.deliveries import QUIET_TAIL, Deliveries
from lakmus.simulate.draws import NEVER, Draws, Flags, Whole, only_rows
from lakmus.simulate.findings import NONE, SHAPE
from lakmus.simulate.goods import PRICES
from lakmus.simulate.people import People, error_factor
from lakmus.simulate.purchases import Lines, Orders, first_moments
from lakmus.simulate.scenario import Scenario
from lakmus.simulate.season import DAY, Season

CHANNELS = ("смс", "почта", "мессенджер", "телефон")
ABOUT_CHANNEL = ("не звонить", "писать только на почту", "только мессенджер", "без смс, пожалуйста", "звонить нельзя, лучше писать")
REFUSED = np.array([[0, 0, 0, 1], [1, 0, 1, 1], [1, 1, 0, 1], [1, 0, 0, 0], [0, 0, 0, 1]], dtype=np.bool_)
"""Which channels each wish about the channel refuses."""
ABOUT_DELIVERY = (
    "не звонить в домофон, спит ребёнок",
    "привозить после 18:00",
    "оставлять у консьержа",
    "звонить за час до приезда",
    "без бумажного чека",
)
TOPICS = ("Канал связи", "Доставка")
NOBODY = len(ABOUT_CHANNEL) + len(ABOUT_DELIVERY)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What each customer asked for, arrays (customers,): index into the wishes (`NOBODY` for none), the moment, the order it followed."""

    wish: Whole
    at: Whole
    order: Whole


@dataclass(frozen=True, slots=True)
class Slights:
    """Deliveries that went against a wish, arrays (slights,): the order and the moment."""

    order: Whole
    at: Whole


@dataclass(frozen=True, slots=True)
class Offers:
    """One row per offer, arrays (offers,).

    Parameters
    ----------
    order : the order after which it was sent. `because` : the order that came back, or after which a wish was told, where that makes the
        offer a wrong one; -1 elsewhere.
    finding : what is wrong, `NONE` where nothing is.
    """

    order: Whole
    at: Whole
    product: Whole
    channel: Whole
    because: Whole
    finding: Whole


def draw_wishes(scenario: Scenario, people: People, orders: Orders, draws: Draws) -> Wishes:
    """Draw who told a wish after their first order."""
    rng, count = draws.of("offers"), people.count
    first = first_moments(orders, count)
    tells = (rng.random(count) < scenario.voice.preference_share) & (first < NEVER)
    wish = np.where(tells, rng.integers(0, NOBODY, count), NOBODY)
    at = np.where(tells, (first // DAY + rng.integers(1, 4, count)) * DAY + rng.integers(600, 1200, count), NEVER)
    return Wishes(wish, at, np.searchsorted(orders.owner, np.arange(count)))


def draw_slights(
    scenario: Scenario, season: Season, people: People, orders: Orders, deliveries: Deliveries, wishes: Wishes, draws: Draws
) -> Slights:
    """Draw the deliveries at which a wish about delivery was not minded."""
    rng, owner = draws.of("offers").spawn(1)[0], orders.owner
    asked = (wishes.wish[owner] >= len(ABOUT_CHANNEL)) & (wishes.wish[owner] < NOBODY) & (wishes.at[owner] < deliveries.delivered - DAY)
    chance = scenario.errors.preference_violated_share * error_factor(scenario, people)[owner]
    at = deliveries.delivered + 30
    chosen = np.flatnonzero(
        asked & (deliveries.delivered < NEVER) & (rng.random(orders.count) < chance) & (at <= season.minutes - QUIET_TAIL)
    )
    return Slights(chosen, at[chosen])


def draw_offers(
    scenario: Scenario, season: Season, people: People, orders: Orders, lines: Lines, deliveries: Deliveries, wishes: Wishes, draws: Draws
) -> Offers:
    """Draw the offers sent some weeks after an order; a few name a product that came back, or come by a channel that was refused."""
    rng, edge = draws.of("offers").spawn(2)[1], season.minutes - QUIET_TAIL
    order = np.flatnonzero(~orders.cancelled & (rng.random(orders.count) < scenario.voice.offer_share))
    owner, count = orders.owner[order], len(order)
    at = (orders.at[order] // DAY + rng.integers(10, 40, count)) * DAY + rng.integers(660, 1080, count)
    product = _never_bought(owner, rng.integers(0, len(PRICES), count), orders, lines)
    refused = np.vstack((REFUSED, np.zeros((NOBODY - len(REFUSED) + 1, len(CHANNELS)), np.bool_)))[wishes.wish[owner]]
    channel = _pick(~refused, rng.random(count))
    chance = np.minimum(2.5 * scenario.errors.no_personal_approach_share * error_factor(scenario, people)[owner], 0.8)
    wrong = (rng.random(count) < chance) & (at <= edge)
    back = _last_return(owner, at, orders, deliveries)
    returned = wrong & (back >= 0)
    unheard = wrong & ~returned & refused.any(axis=1) & (wishes.at[owner] + DAY < at)
    product = np.where(returned, lines.product[orders.line_first[np.maximum(back, 0)]] if orders.count else product, product)
    channel = np.where(unheard, _pick(refused, rng.random(count)), channel)
    because = np.select([returned, unheard], [back, wishes.order[owner]], -1)
    finding = np.select([returned, unheard], [SHAPE["returned_product"], SHAPE["refused_channel"]], NONE)
    return only_rows(Offers(order, at, np.maximum(product, 0), channel, because, finding), product >= 0)


def _never_bought(owner: Whole, product: Whole, orders: Orders, lines: Lines) -> Whole:
    """Return products that each customer never ordered, nearest above the drawn ones; -1 where none of twenty will do."""
    whose = np.repeat(orders.owner, orders.line_count)
    first = np.repeat(orders.line_first, orders.line_count)
    inside = np.arange(len(whose)) - np.repeat(np.cumsum(orders.line_count) - orders.line_count, orders.line_count)
    bought = np.append(np.sort(whose * len(PRICES) + lines.product[first + inside]), -1)
    found = np.full(len(owner), -1)
    for step in range(20):
        tried = (product + step * 11) % len(PRICES)
        key = owner * len(PRICES) + tried
        free = (found < 0) & (bought[np.searchsorted(bought[:-1], key)] != key)
        found = np.where(free, tried, found)
    return found


def _last_return(owner: Whole, at: Whole, orders: Orders, deliveries: Deliveries) -> Whole:
    """Return the order whose line each customer had brought back last, two days or more before `at`; -1 for none."""
    back = np.flatnonzero(deliveries.returned & (deliveries.return_at < NEVER))
    width = int(NEVER) * 4
    keys = orders.owner[back] * width + deliveries.return_at[back]
    sort = np.argsort(keys, kind="stable")
    place = np.searchsorted(keys[sort], owner * width + at - 2 * DAY) - 1
    if not len(back):
        return np.full(len(owner), -1)
    candidate = back[sort][np.maximum(place, 0)]
    return np.where((place >= 0) & (orders.owner[candidate] == owner), candidate, -1)


def _pick(allowed: Flags, drawn: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Whole:
    """Choose one of the allowed columns of each row (the first where none is)."""
    grown = np.cumsum(allowed, axis=1)
    wanted = np.floor(drawn * grown[:, -1]).astype(np.int64) + 1
    return np.asarray(np.argmax(grown >= wanted[:, None], axis=1).astype(np.int64))
