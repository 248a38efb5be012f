"""Who leaves, when and because of what: errors in time, the draw each of them makes, the first that tells.

The same customers live in two worlds. In the world without harm errors happen and drive nobody away; only natural loss ends a customer.
In the real world each error met adds its planted probability of leaving at the moment it is felt. Both worlds share every draw, so the
difference between them is the harm, customer by customer (common random numbers).
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from lakmus.simulate.cases import RED_LINE, Cases
from lakmus.simulate.deliveries import AFTERSALES, Deliveries, unfollowed
from lakmus.simulate.draws import NEVER, Draws, Flags, Floats, Whole
from lakmus.simulate.people import NaturalLoss, People, cooling_minutes
from lakmus.simulate.purchases import Orders
from lakmus.simulate.reviews import Reviews
from lakmus.simulate.scenario import ERROR_CODES, Scenario
from lakmus.simulate.season import DAY, Season

BROKEN_PROMISE, SLOW_REPLY, NO_REPLY, UNRESOLVED, NO_AFTERSALES = range(5)
NATURAL = -1


@dataclass(frozen=True, slots=True)
class Suffered:
    """Errors of a block, arrays (errors,).

    Parameters
    ----------
    code : index into `ERROR_CODES`.
    order, case, review : indices into the block's tables, -1 for none. `second_case` marks the repeated case of a matter.
    at : when the error is complete. `felt_at` : when it may drive the customer away; never earlier than `at`.
    added : planted probability of leaving. `left` : the draw says they leave.
    """

    code: Whole
    owner: Whole
    order: Whole
    case: Whole
    review: Whole
    second_case: Flags
    at: Whole
    felt_at: Whole
    added: Floats
    left: Flags

    @property
    def count(self) -> int:
        """Number of errors."""
        return len(self.code)

    def only(self, kept: Flags) -> Suffered:
        """Return the errors where `kept` holds."""
        return replace(self, **{field.name: getattr(self, field.name)[kept] for field in fields(self)})


@dataclass(frozen=True, slots=True)
class Departure:
    """How each customer's story ends, arrays (customers,): `stop` in minutes (NEVER: stays), cause an index of code or NATURAL."""

    stop: Whole
    gradual: Flags
    cause: Whole
    felt_at: Whole


def list_errors(
    scenario: Scenario, season: Season, orders: Orders, deliveries: Deliveries, cases: Cases, reviews: Reviews, draws: Draws
) -> Suffered:
    """Return every error that the files show about these orders, by code and then by order."""
    slow, silence, unresolved = cases.slow_at(), cases.unanswered_at(), cases.unresolved_at()
    late = np.flatnonzero(deliveries.broken)
    slow_rows, none_rows, open_rows = (np.flatnonzero(moment < NEVER) for moment in (slow, silence, unresolved))
    left_alone, unfollowed_rows = np.flatnonzero(reviews.neglected), np.flatnonzero(unfollowed(orders, deliveries, season))
    promised = deliveries.promise_ends()
    effects = scenario.effects
    curve = np.interp(deliveries.late_days, effects.tolerance_days, effects.tolerance) * effects.broken_promise
    felt_late = np.where(deliveries.delivered < NEVER, deliveries.delivered, promised + 10 * DAY)
    red_line = reviews.at + RED_LINE
    rows: list[tuple[Any, ...]] = [
        (BROKEN_PROMISE, late, -1, -1, promised[late], felt_late[late], curve[late]),
        (SLOW_REPLY, cases.order[slow_rows], slow_rows, -1, slow[slow_rows], cases.reply[slow_rows], effects.slow_reply),
        (NO_REPLY, cases.order[none_rows], none_rows, -1, silence[none_rows], silence[none_rows], effects.no_reply),
        (NO_REPLY, reviews.order[left_alone], -1, left_alone, red_line[left_alone], red_line[left_alone], effects.no_reply),
        (UNRESOLVED, cases.order[open_rows], open_rows, -1, unresolved[open_rows], unresolved[open_rows], effects.unresolved_problem),
        (NO_AFTERSALES, unfollowed_rows, -1, -1, *[deliveries.delivered[unfollowed_rows] + AFTERSALES] * 2, effects.no_aftersales),
    ]
    columns = [np.concatenate([np.broadcast_to(np.asarray(row[place]), len(row[1])) for row in rows]) for place in range(7)]
    code, order, case, review, at, felt_at, added = columns
    lot = draws.of("lots").random((len(ERROR_CODES) + 1, orders.count))
    slot = np.where((code == NO_REPLY) & (review >= 0), len(ERROR_CODES), code)
    added = np.minimum(added, 1.0)
    second = np.zeros(len(code), np.bool_)
    of_case = case >= 0
    second[of_case] = (code[of_case] == UNRESOLVED) & (cases.again[case[of_case]] < NEVER)
    return Suffered(code, orders.owner[order], order, case, review, second, at, felt_at, added, lot[slot, order] < added)


def decide(scenario: Scenario, people: People, natural: NaturalLoss, errors: Suffered, draws: Draws) -> Departure:
    """Return each customer's end in the real world: natural loss, or the first error that drove them away, whichever ends first."""
    driven = errors.only(errors.left & (errors.felt_at < natural.stop[errors.owner]))
    first = np.lexsort((driven.code, driven.felt_at, driven.owner))
    owner, place = np.unique(driven.owner[first], return_index=True)
    chosen = first[place]
    gradual = draws.of("manner").random(people.count)[owner] < scenario.effects.gradual_share
    end = driven.felt_at[chosen] + np.where(gradual, cooling_minutes(people.rhythm_days)[owner], 0)
    stop, slow, cause, felt = natural.stop.copy(), natural.gradual.copy(), np.full(people.count, NATURAL), natural.onset.copy()
    earlier = end < stop[owner]
    owner, chosen, gradual, end = owner[earlier], chosen[earlier], gradual[earlier], end[earlier]
    stop[owner], slow[owner], cause[owner], felt[owner] = end, gradual, driven.code[chosen], driven.felt_at[chosen]
    return Departure(stop, slow, cause.astype(np.int64), felt)


def at_risk(errors: Suffered, departure: Departure, natural: NaturalLoss) -> Flags:
    """Say which errors met a customer who had not begun to leave; these alone can tell what an error does."""
    begun = np.minimum(departure.felt_at, natural.onset)
    return np.asarray(errors.felt_at <= begun[errors.owner])
