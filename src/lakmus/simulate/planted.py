"""Every planted error that the files show, by the definitions of `docs/explanation/simulator.md`, with the harm that it does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from lakmus.simulate.attention import attended_within
from lakmus.simulate.calls import unreached_at
from lakmus.simulate.cases import CLOSED_UNANSWERED, RED_LINE, Cases
from lakmus.simulate.conduct import (
    FORMAL,
    IGNORANT,
    INDIFFERENT,
    MISUNDERSTOOD,
    REFUSING,
    RUDE,
    WRONG_DATE,
    WRONG_SUM,
    broken_words,
)
from lakmus.simulate.deliveries import AFTERSALES, QUIET_TAIL, Deliveries, unfollowed
from lakmus.simulate.departures import Suffered
from lakmus.simulate.draws import NEVER, Draws, Whole
from lakmus.simulate.findings import NONE, SHAPE
from lakmus.simulate.reviews import Reviews
from lakmus.simulate.scenario import ERROR_CODES, Effects, Scenario
from lakmus.simulate.season import DAY, Season
from lakmus.simulate.world import World, attention

CODE = {name: place for place, name in enumerate(ERROR_CODES)}
LOTS = (
    *("broken_promise", "slow_reply", "no_reply", "unresolved_problem", "no_aftersales", "review"),
    *ERROR_CODES[5:],
    *("survey", "promise_in_message", "preference"),
)
"""Which draws decide: one for each order and sort of error, so that two sorts of one code are drawn apart."""
SLOT = {name: place for place, name in enumerate(LOTS)}

MANNER_OF = (
    (WRONG_SUM, "wrong_information", SHAPE["sum"]),
    (WRONG_DATE, "wrong_information", SHAPE["date"]),
    (INDIFFERENT, "indifference", NONE),
    (RUDE, "rudeness", SHAPE["reply"]),
    (FORMAL, "formal_script", NONE),
    (MISUNDERSTOOD, "misunderstanding", SHAPE["said_by_customer"]),
    (REFUSING, "inflexibility", NONE),
    (IGNORANT, "untrained_staff", NONE),
)
"""The code of each manner of a first reply that is an error, and its finding."""

Row = tuple[str, str, Whole, Any, Any, Any, Any, Any, Any]
"""Code, lot, order, case, review, at, felt_at, added, finding; a number stands for a whole column of it."""


def list_errors(scenario: Scenario, season: Season, world: World, draws: Draws) -> Suffered:
    """Return every error that the files show about these orders, by code and then by order."""
    effects, keys = scenario.effects, attention(world)
    rows = [
        *_of_deliveries(effects, season, world),
        *_of_cases(effects, world.cases),
        *_of_reviews(effects, world.reviews),
        *_of_comments(effects, season, world),
        *_of_attention(effects, world),
        *_of_site(effects, world),
        *_of_machines(effects, world),
        *_of_calls(effects, world, keys),
        *_of_staff(effects, world),
        *_of_promises(effects, world, keys),
    ]
    whole = [np.concatenate([np.broadcast_to(np.asarray(row[place]), len(row[2])) for row in rows]) for place in range(2, 9)]
    order, case, review, at, felt_at, added, finding = whole
    code = np.concatenate([np.full(len(row[2]), CODE[row[0]]) for row in rows])
    lot = np.concatenate([np.full(len(row[2]), SLOT[row[1]]) for row in rows])
    drawn = draws.of("lots").random((len(LOTS), world.orders.count))
    added = np.minimum(added, 1.0)
    second = (finding == SHAPE["repeated_case"]) & (case >= 0)
    left = drawn[lot, order] < added
    return Suffered(code, world.orders.owner[order], order, case, review, second, at, felt_at, added, left, finding)


def _of_deliveries(effects: Effects, season: Season, world: World) -> Iterator[Row]:
    deliveries: Deliveries = world.deliveries
    promised, late = deliveries.promise_ends(), np.flatnonzero(deliveries.broken)
    curve = np.interp(deliveries.late_days, effects.tolerance_days, effects.tolerance) * effects.broken_promise
    felt = np.where(deliveries.delivered < NEVER, deliveries.delivered, promised + 10 * DAY)
    yield "broken_promise", "broken_promise", late, -1, -1, promised[late], felt[late], curve[late], SHAPE["delivery"]
    alone = np.flatnonzero(unfollowed(world.orders, deliveries, season))
    over = deliveries.delivered[alone] + AFTERSALES
    yield "no_aftersales", "no_aftersales", alone, -1, -1, over, over, effects.no_aftersales, NONE


def _of_cases(effects: Effects, cases: Cases) -> Iterator[Row]:
    slow, silence, unresolved = cases.slow_at(), cases.unanswered_at(), cases.unresolved_at()
    slow_rows, none_rows, open_rows = (np.flatnonzero(moment < NEVER) for moment in (slow, silence, unresolved))
    felt = cases.reply[slow_rows]
    yield "slow_reply", "slow_reply", cases.order[slow_rows], slow_rows, -1, slow[slow_rows], felt, effects.slow_reply, NONE
    at = silence[none_rows]
    yield "no_reply", "no_reply", cases.order[none_rows], none_rows, -1, at, at, effects.no_reply, SHAPE["case"]
    at = unresolved[open_rows]
    shapes = [cases.again[open_rows] < NEVER, cases.answering[open_rows] == CLOSED_UNANSWERED]
    shape = np.select(shapes, [SHAPE["repeated_case"], SHAPE["closed_unanswered"]], SHAPE["reopened"])
    yield "unresolved_problem", "unresolved_problem", cases.order[open_rows], open_rows, -1, at, at, effects.unresolved_problem, shape


def _of_reviews(effects: Effects, reviews: Reviews) -> Iterator[Row]:
    rows = np.flatnonzero(reviews.neglected)
    at = reviews.at[rows] + RED_LINE
    yield "no_reply", "review", reviews.order[rows], -1, rows, at, at, effects.no_reply, SHAPE["review"]


def _of_machines(effects: Effects, world: World) -> Iterator[Row]:
    """Automatic messages and charges."""
    letters, charges = world.letters, world.charges
    rows = np.flatnonzero(letters.finding != NONE)
    at, code = letters.at[rows], "automatic_message_error"
    yield code, code, letters.order[rows], -1, -1, at, at, effects.automatic_message_error, letters.finding[rows]
    order = np.flatnonzero(charges.hidden)
    at = charges.at[order]
    yield "hidden_charge", "hidden_charge", order, -1, -1, at, at + DAY, effects.hidden_charge, NONE


def _of_calls(effects: Effects, world: World, keys: Whole) -> Iterator[Row]:
    rows, at, second = unreached_at(world.calls, keys)
    felt, shape = np.where(second, at, at + DAY), np.where(second, SHAPE["second_attempt"], SHAPE["not_followed"])
    yield "hard_to_reach", "hard_to_reach", world.calls.order[rows], -1, -1, at, felt, effects.hard_to_reach, shape


def _of_staff(effects: Effects, world: World) -> Iterator[Row]:
    """First replies that go wrong, and cases in which a customer says so."""
    cases, conduct = world.cases, world.conduct
    for manner, code, finding in MANNER_OF:
        rows = np.flatnonzero(conduct.manner == manner)
        at = cases.more[rows] if manner == MISUNDERSTOOD else cases.reply[rows]
        yield code, code, cases.order[rows], rows, -1, at, at, getattr(effects, code), finding
    rows = np.flatnonzero(conduct.insulted)
    at = cases.opened[rows]
    yield "rudeness", "rudeness", cases.order[rows], rows, -1, at, at, effects.rudeness, SHAPE["said_by_customer"]


def _of_promises(effects: Effects, world: World, keys: Whole) -> Iterator[Row]:
    """Promises in messages that were not kept by their deadline."""
    cases = world.cases
    rows, never = broken_words(cases, world.conduct, world.orders.owner[cases.order], keys)
    at, shape = world.conduct.deadline[rows], np.where(never, SHAPE["promise_broken"], SHAPE["promise_late"])
    yield "broken_promise", "promise_in_message", cases.order[rows], rows, -1, at, at, effects.promise_in_message, shape


def _of_comments(effects: Effects, season: Season, world: World) -> Iterator[Row]:
    """Survey comments that displease and that nobody took up; that the customer called about something is no answer."""
    surveys, keys = world.surveys, attention(world, calls_count=False)
    owner, over = world.orders.owner[surveys.order], surveys.answered + RED_LINE
    seen = surveys.asks & (over <= season.minutes - QUIET_TAIL)
    rows = np.flatnonzero(seen & ~attended_within(keys, owner, surveys.answered, over))
    at = over[rows]
    yield "no_reply", "survey", surveys.order[rows], -1, -1, at, at, effects.no_reply, SHAPE["survey"]


def _of_attention(effects: Effects, world: World) -> Iterator[Row]:
    """Wrong things sent, wishes not minded, offers that nobody who knew the customer would make."""
    deliveries, slights, offers = world.deliveries, world.slights, world.offers
    order = np.flatnonzero(deliveries.mistake >= 0)
    at = deliveries.return_at[order]
    yield "inattention", "inattention", order, -1, -1, at, at, effects.inattention, SHAPE["return_reason"]
    at = slights.at
    yield "inattention", "preference", slights.order, -1, -1, at, at, effects.inattention, SHAPE["preference_violated"]
    rows, code = np.flatnonzero(offers.finding != NONE), "no_personal_approach"
    at = offers.at[rows]
    yield code, code, offers.order[rows], -1, -1, at, at, effects.no_personal_approach, offers.finding[rows]


def _of_site(effects: Effects, world: World) -> Iterator[Row]:
    steps = world.checkouts
    rows, code = np.flatnonzero(steps.finding != NONE), "checkout_obstacle"
    at = steps.at[rows]
    yield code, code, steps.order[rows], -1, -1, at, at + DAY, effects.checkout_obstacle, steps.finding[rows]
