"""What customers were charged for their orders and what they got back. Money in kopecks, moments in minutes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lakmus.simulate.deliveries import QUIET_TAIL, Deliveries
from lakmus.simulate.draws import NEVER, Draws, Flags, Floats, Whole
from lakmus.simulate.people import People, error_factor
from lakmus.simulate.purchases import Lines, Orders
from lakmus.simulate.scenario import Scenario
from lakmus.simulate.season import DAY, Season

ROUBLE = 100
WAYS = ("карта", "СБП", "наличные")


@dataclass(frozen=True, slots=True)
class Charges:
    """What was taken and given back for each order, arrays (orders,).

    Parameters
    ----------
    at : when the order was charged, NEVER where it was not. `amount` : what was charged. `hidden` : above the order's amount, and kept.
    back_at, back : a refund of the difference. `return_back_at` : when the money for a returned line came back; its sum is the line's.
    way : index into `WAYS`.
    """

    at: Whole
    amount: Whole
    hidden: Flags
    back_at: Whole
    back: Whole
    return_back_at: Whole
    way: Whole


def draw_charges(scenario: Scenario, season: Season, people: People, orders: Orders, deliveries: Deliveries, draws: Draws) -> Charges:
    """Draw what is charged: mostly the order's amount, now and then a rounding, now and then more that is refunded within hours."""
    rng, count, edge = draws.of("charges"), orders.count, season.minutes - QUIET_TAIL - DAY
    way = np.minimum(rng.integers(0, 10, count) // 4, 2)
    paid_later = (way == 2) & (deliveries.delivered < NEVER)
    at = np.where(paid_later, deliveries.delivered, orders.at + rng.integers(1, 30, count))
    at = np.where(orders.cancelled | ((way == 2) & (deliveries.delivered >= NEVER)), NEVER, at)
    chance = scenario.errors.hidden_charge_share * error_factor(scenario, people)[orders.owner]
    drawn = rng.random(count)
    hidden = (drawn < chance) & (at <= edge)
    mended = ~hidden & (drawn > 0.992) & (at <= edge)
    rounded = ~hidden & ~mended & (drawn > 0.985)
    extra = np.where(hidden | mended, _noticeable(orders.amount, rng.random(count)), 0)
    extra = np.where(rounded, (orders.amount * 0.006).astype(np.int64), extra)
    too_late = hidden & (rng.random(count) < 0.2)
    wait = np.where(too_late, rng.integers(3 * DAY, 8 * DAY, count), rng.integers(30, 20 * 60, count))
    back_at = np.where(mended | too_late, at + wait, NEVER)
    return_back = deliveries.return_at + rng.integers(DAY, 5 * DAY, count)
    return Charges(
        at=at,
        amount=orders.amount + extra,
        hidden=hidden,
        back_at=back_at,
        back=np.where(back_at < NEVER, extra, 0),
        return_back_at=np.where(deliveries.returned & (at < NEVER), return_back, NEVER),
        way=way,
    )


def returned_sums(orders: Orders, lines: Lines) -> Whole:
    """Return the sum of each order's first line, which is the one that comes back."""
    return lines.amount[orders.line_first]


def _noticeable(amount: Whole, drawn: Floats) -> Whole:
    """From 3 to 15 % of an order and at least 30 roubles, in whole roubles."""
    roubles = np.ceil(np.maximum(amount * (0.03 + 0.12 * drawn), 30 * ROUBLE) / ROUBLE)
    return np.asarray(roubles.astype(np.int64) * ROUBLE)
