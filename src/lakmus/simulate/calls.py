"""The telephone: who calls and whether they get through. Moments in minutes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lakmus.simulate.attention import attended_within
from lakmus.simulate.deliveries import QUIET_TAIL, Deliveries
from lakmus.simulate.draws import NEVER, Draws, Flags, Whole, only_rows
from lakmus.simulate.findings import NONE
from lakmus.simulate.letters import Letters
from lakmus.simulate.people import People, error_factor
from lakmus.simulate.purchases import Orders
from lakmus.simulate.scenario import Scenario
from lakmus.simulate.season import DAY, Season

ANSWERED, MISSED, ABANDONED = range(3)
RESULTS = ("отвечен", "пропущен", "клиент не дождался")
ASKED, LATE, PUZZLED = range(3)
TOPICS = ("Вопрос по заказу", "Где заказ", "Вопрос по сообщению от магазина")
APART = 4 * DAY
"""Calls on different matters of one customer lie so far apart that nobody takes them for one."""


@dataclass(frozen=True, slots=True)
class Calls:
    """One row per call, arrays (calls,).

    Parameters
    ----------
    order, owner : indices into the block's orders and customers; an order has at most one matter to call for.
    result : index into `RESULTS`. `topic` : index into `TOPICS`. `waited` : seconds in the queue. `minutes` : of talk, tenths, 0 for none.
    """

    order: Whole
    owner: Whole
    at: Whole
    result: Whole
    topic: Whole
    waited: Whole
    minutes: Whole

    @property
    def count(self) -> int:
        """Number of calls."""
        return len(self.order)


def draw_calls(
    scenario: Scenario, season: Season, people: People, orders: Orders, deliveries: Deliveries, letters: Letters, draws: Draws
) -> Calls:
    """Draw the calls of the given orders' customers: questions, late parcels, automatic messages that puzzle."""
    rng = draws.of("calls")
    order, topic, at = _matters(scenario, orders, deliveries, letters, rng)
    owner = orders.owner[order]
    fine = _apart(owner, at) & (at + DAY <= season.minutes - QUIET_TAIL)
    order, topic, at, owner = order[fine], topic[fine], at[fine], owner[fine]
    count = len(order)
    chance = scenario.errors.hard_to_reach_share * error_factor(scenario, people)[owner]
    chance = np.where(topic == PUZZLED, chance * scenario.chains.wrong_message_to_unreached, chance)
    drawn, gave_up = rng.random(count), rng.random((2, count)) < 0.4
    unreached = drawn < np.minimum(chance, 0.8)
    twice = unreached & (rng.random(count) < 0.45)
    luckily = ~unreached & (drawn > 0.9)
    first = np.where(unreached | luckily, np.where(gave_up[0], ABANDONED, MISSED), ANSWERED)
    second_at, third_at = at + rng.integers(5, 90, count), at + 95 + rng.integers(5, 60, count)
    later, through = at + rng.integers(30, 240, count), rng.random(count) < 0.5
    rows = (
        (np.ones(count, np.bool_), at, first),
        (twice, second_at, np.where(gave_up[1], ABANDONED, MISSED)),
        (twice & through, third_at, np.full(count, ANSWERED)),
        (luckily, later, np.full(count, ANSWERED)),
    )
    there = [np.flatnonzero(flag) for flag, _, _ in rows]
    index = np.concatenate(there)
    moment, result = (np.concatenate([row[place][flag] for row, flag in zip(rows, there, strict=True)]) for place in (1, 2))
    waited = np.where(result == ANSWERED, rng.integers(5, 120, len(index)), rng.integers(40, 900, len(index)))
    minutes = np.where(result == ANSWERED, rng.integers(8, 120, len(index)), 0)
    sort = np.lexsort((moment, owner[index]))
    whole = Calls(order[index], owner[index], moment, result, topic[index], waited, minutes)
    return only_rows(whole, sort)


def unreached_at(calls: Calls, keys: Whole) -> tuple[Whole, Whole, Flags]:
    """Return the rows of calls that show an error, and whether it is a second attempt, by the definition alone.

    A failed call is an error where the customer's previous one within 24 h failed too (the second attempt), or where neither another failed
    call nor anybody's attention (`keys`) followed within 24 h. Returns (rows, moments, second).
    """
    failed = np.flatnonzero(calls.result != ANSWERED)
    owner, at = calls.owner[failed], calls.at[failed]
    same = owner[1:] == owner[:-1]
    near = same & (at[1:] - at[:-1] <= DAY)
    second = np.concatenate(([False], near))[: len(failed)]
    followed_by_failure = np.concatenate((near, [False]))[: len(failed)]
    alone = ~second & ~followed_by_failure & ~attended_within(keys, owner, at, at + DAY)
    shown = second | alone
    return failed[shown], at[shown], second[shown]


def _matters(
    scenario: Scenario, orders: Orders, deliveries: Deliveries, letters: Letters, rng: np.random.Generator
) -> tuple[Whole, Whole, Whole]:
    """Return (order, topic, first call) of the matters, at most one per order: a puzzling message, a late parcel, a question."""
    count = orders.count
    drawn, days, minute = rng.random((3, count)), rng.integers(0, 9, count), 9 * 60 + rng.integers(0, 600, count)
    wrong_at = np.full(count, NEVER)
    wrong = np.flatnonzero(letters.finding != NONE)
    wrong_at[letters.order[wrong]] = letters.at[wrong]
    puzzled = (wrong_at < NEVER) & (drawn[0] < scenario.chains.wrong_message_to_call_share)
    late = deliveries.broken & (drawn[1] < scenario.chains.late_to_call_share)
    asks = ~orders.cancelled & (drawn[2] < scenario.voice.call_share)
    topic = np.select([puzzled, late, asks], [PUZZLED, LATE, ASKED], -1)
    day = np.select([puzzled, late], [wrong_at // DAY + 1, deliveries.promise_ends() // DAY], orders.at // DAY + 1 + days)
    chosen = np.flatnonzero(topic >= 0)
    return chosen, topic[chosen], (day * DAY + minute)[chosen]


def _apart(owner: Whole, at: Whole) -> Flags:
    """Say which matters come long enough after the customer's previous one."""
    row = np.lexsort((at, owner))
    near = np.concatenate(([False], (owner[row][1:] == owner[row][:-1]) & (np.diff(at[row]) < APART)))[: len(row)]
    kept: Flags = np.ones(len(row), np.bool_)
    kept[row[near]] = False
    return kept
