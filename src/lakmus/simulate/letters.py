"""Automatic messages: what the shop's machines send about an order, and what is wrong with a few of them. Moments in minutes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lakmus.simulate.deliveries import QUIET_TAIL, Deliveries
from lakmus.simulate.draws import NEVER, Draws, Flags, Whole, join_rows, only_rows
from lakmus.simulate.findings import NONE, SHAPE
from lakmus.simulate.people import People, error_factor
from lakmus.simulate.purchases import Orders
from lakmus.simulate.scenario import Scenario
from lakmus.simulate.season import DAY, Season

TEMPLATES = ("заказ принят", "заказ передан в доставку", "заказ доставлен", "корзина ждёт", "начислены баллы", "просим отзыв")
ACCEPTED, SHIPPED, ARRIVED, BASKET, POINTS, OPINION = range(6)
WRONG = ("placeholder", "wrong_sum", "wrong_date", "wrong_number", "wrong_name", "duplicate", "at_night")
LIKELY = np.array(
    [
        [0.2, 0.2, 0.0, 0.1, 0.15, 0.2, 0.15],
        [0.15, 0.0, 0.4, 0.15, 0.0, 0.15, 0.15],
        [0.25, 0.0, 0.0, 0.25, 0.2, 0.15, 0.15],
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.3, 0.0, 0.0, 0.3, 0.0, 0.2, 0.2],
        [0.3, 0.0, 0.0, 0.0, 0.3, 0.0, 0.4],
    ]
)
"""What can be wrong with a message of each template, as shares."""
MORNING, EVENING = 8 * 60 + 30, 21 * 60 + 40


@dataclass(frozen=True, slots=True)
class Letters:
    """One row per automatic message, arrays (letters,).

    Parameters
    ----------
    order : index into the block's orders. `template` : index into `TEMPLATES`.
    text : rows of equal `text` say the same, word by word. `finding` : what is wrong, `NONE` where nothing is.
    """

    order: Whole
    template: Whole
    at: Whole
    text: Whole
    finding: Whole

    @property
    def count(self) -> int:
        """Number of messages."""
        return len(self.order)


def draw_letters(scenario: Scenario, season: Season, people: People, orders: Orders, deliveries: Deliveries, draws: Draws) -> Letters:
    """Draw the messages about the given orders, at most one of each order's being wrong."""
    rng = draws.of("letters")
    letters = _sent(people, orders, deliveries, rng)
    chance = scenario.errors.automatic_message_error_share * error_factor(scenario, people)[orders.owner[letters.order]]
    wrong = (rng.random(letters.count) < chance) & (letters.template != BASKET)
    wrong = _first_of_order(letters.order, wrong)
    kind = _kinds(letters.template, rng)
    night = _at_night(letters.at, rng)
    twin_at = awake(letters.at + rng.integers(2, 600, letters.count), rng.integers(0, 60, letters.count))
    at = np.where(wrong & (kind == SHAPE["at_night"]), night, letters.at)
    wrong &= np.where(kind == SHAPE["duplicate"], twin_at, at) <= season.minutes - QUIET_TAIL
    finding = np.where(wrong, kind, NONE)
    twice = wrong & (kind == SHAPE["duplicate"])
    told = Letters(letters.order, letters.template, np.where(wrong, at, letters.at), letters.text, np.where(twice, NONE, finding))
    second = only_rows(Letters(letters.order, letters.template, twin_at, letters.text, finding), twice)
    return join_rows(told, second)


def awake(at: Whole, spare: Whole) -> Whole:
    """Move moments of the night to the next morning, `spare` minutes after it begins."""
    minute = at % DAY
    morning = at // DAY * DAY + np.where(minute < MORNING, 0, DAY) + MORNING + spare
    return np.where((minute < MORNING) | (minute > EVENING), morning, at)


def _sent(people: People, orders: Orders, deliveries: Deliveries, rng: np.random.Generator) -> Letters:
    count, day = orders.count, orders.at // DAY
    arrived, delivered = deliveries.delivered < NEVER, np.minimum(deliveries.delivered, NEVER)
    drawn, spare = rng.random((len(TEMPLATES), count)), rng.integers(0, 35, (len(TEMPLATES), count))
    shipped, basket = (day + 1) * DAY + 600 + spare[SHIPPED], awake(orders.at - 300, spare[BASKET])
    rows: tuple[tuple[Flags, Whole], ...] = (
        (np.ones(count, np.bool_), awake(orders.at + 1, spare[ACCEPTED])),
        (~orders.cancelled & (drawn[SHIPPED] < 0.6) & (shipped < delivered), shipped),
        (arrived & (drawn[ARRIVED] < 0.5), delivered + 5 + spare[ARRIVED]),
        ((drawn[BASKET] < 0.05) & (basket > 0) & (basket < orders.at), basket),
        (arrived & people.loyal[orders.owner] & (drawn[POINTS] < 0.4), (delivered // DAY + 1) * DAY + 660 + spare[POINTS]),
        (arrived & (drawn[OPINION] < 0.15), (delivered // DAY + 3) * DAY + 780 + spare[OPINION]),
    )
    order = [np.flatnonzero(there) for there, _ in rows]
    at = np.concatenate([moment[there] for there, moment in rows])
    template = np.repeat(np.arange(len(TEMPLATES)), [len(index) for index in order])
    whose = np.concatenate(order)
    return Letters(whose, template, at, np.arange(len(at)), np.full(len(at), NONE))


def _first_of_order(order: Whole, wrong: Flags) -> Flags:
    rows = np.flatnonzero(wrong)
    _, first = np.unique(order[rows], return_index=True)
    kept: Flags = np.zeros(len(order), np.bool_)
    kept[rows[first]] = True
    return kept


def _kinds(template: Whole, rng: np.random.Generator) -> Whole:
    grown = np.cumsum(LIKELY, axis=1)
    which = np.minimum((rng.random(len(template))[:, None] >= grown[template]).sum(axis=1), len(WRONG) - 1)
    return np.asarray(np.array([SHAPE[name] for name in WRONG])[which])


def _at_night(at: Whole, rng: np.random.Generator) -> Whole:
    """Move moments into the night that follows: 22:10 to 23:50, or 00:10 to 07:40."""
    late, early = 22 * 60 + 10 + rng.integers(0, 100, len(at)), DAY + 10 + rng.integers(0, 450, len(at))
    return np.asarray(at // DAY * DAY + np.where(rng.random(len(at)) < 0.5, late, early))
