"""The checkout of the site: begun, finished by an order, abandoned for the customer's reasons or because it would not work."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lakmus.simulate.attention import attended, attended_within
from lakmus.simulate.deliveries import QUIET_TAIL
from lakmus.simulate.draws import Draws, Flags, Whole
from lakmus.simulate.findings import NONE, SHAPE
from lakmus.simulate.people import People, error_factor
from lakmus.simulate.purchases import Orders
from lakmus.simulate.scenario import Scenario
from lakmus.simulate.season import DAY, Season

STARTED, ABANDONED = range(2)
EVENTS = ("начало оформления", "оформление брошено")
OWN_REASONS = ("", "передумал", "дорого", "отложил на потом", "нет удобного времени доставки")
FAULTS = ("ошибка оплаты", "не прошла оплата", "ошибка 500", "карта отклонена банком", "сайт выдал ошибку", "ошибка: адрес не найден")
REASONS = (*OWN_REASONS, *FAULTS)
APART = 3 * DAY


@dataclass(frozen=True, slots=True)
class Checkouts:
    """One row per step, arrays (steps,).

    Parameters
    ----------
    order, owner : the order that the steps belong to, or that they followed. `first` : when its customer began that time.
    event, reason : indices into `EVENTS` and `REASONS`. `finding` : at the step that shows an error, `NONE` at others.
    """

    order: Whole
    owner: Whole
    first: Whole
    at: Whole
    event: Whole
    reason: Whole
    finding: Whole


def draw_checkouts(scenario: Scenario, season: Season, people: People, orders: Orders, draws: Draws) -> Checkouts:
    """Draw the steps of online orders, and of times at which no order came of it."""
    rng, count, owner = draws.of("checkouts"), orders.count, orders.owner
    online = orders.channel < 2
    ordered = np.maximum(orders.at - rng.integers(3, 20, count), 0)
    drawn, kind, why = rng.random(count), rng.random(count), rng.integers(0, len(OWN_REASONS), count)
    obstacle = online & (drawn < scenario.errors.checkout_obstacle_share * error_factor(scenario, people)[owner])
    idle = online & ~obstacle & (drawn > 0.9)
    at = (orders.at // DAY + rng.integers(2, 25, count)) * DAY + rng.integers(480, 1320, count)
    buys = attended([(owner, orders.at)])
    fine = (obstacle | idle) & (at <= season.minutes - QUIET_TAIL - DAY) & ~attended_within(buys, owner, at - DAY, at + DAY + 60)
    fine &= _apart(owner, at, fine)
    fault = len(OWN_REASONS) + rng.integers(0, len(FAULTS), count)
    named, repeated = fine & obstacle & (kind < 0.5), fine & obstacle & (kind >= 0.5)
    never, nothing = np.full(count, NONE), np.zeros(count, np.int64)
    gap = rng.integers(2, 6, (3, count))
    steps = np.array([STARTED, STARTED, ABANDONED, ABANDONED, STARTED, ABANDONED])
    rows: tuple[tuple[Flags, Whole, Whole, Whole, Whole], ...] = (
        (online, ordered, ordered, nothing, never),
        (fine, at, at, nothing, np.where(repeated, SHAPE["repeated_steps"], NONE)),
        (named, at, at + gap[0], fault, np.full(count, SHAPE["error_named"])),
        (fine & ~named, at, at + gap[0], np.where(repeated, 0, why), never),
        (repeated, at, at + gap[0] + gap[1], nothing, never),
        (repeated, at, at + gap[0] + gap[1] + gap[2], nothing, never),
    )
    there = [np.flatnonzero(row[0]) for row in rows]
    index = np.concatenate(there)
    first, moment, reason, finding = (
        np.concatenate([row[place][flag] for row, flag in zip(rows, there, strict=True)]) for place in (1, 2, 3, 4)
    )
    event = np.repeat(steps, [len(flag) for flag in there])
    return Checkouts(index, owner[index], first, moment, event, reason, finding)


def _apart(owner: Whole, at: Whole, there: Flags) -> Flags:
    """Say which of the times `there` come long enough after the customer's previous one."""
    row = np.flatnonzero(there)
    row = row[np.lexsort((at[row], owner[row]))]
    near = np.concatenate(([False], (owner[row][1:] == owner[row][:-1]) & (np.diff(at[row]) < APART)))[: len(row)]
    kept: Flags = np.ones(len(owner), np.bool_)
    kept[row[near]] = False
    return kept
