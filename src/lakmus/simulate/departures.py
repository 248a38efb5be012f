"""Who leaves, when and because of what: errors in time, the draw each of them makes, the first that tells.

The same customers live in two worlds. In the world without harm errors happen and drive nobody away; only natural loss ends a customer.
In the real world each error met adds its planted probability of leaving at the moment it is felt. Both worlds share every draw, so the
difference between them is the harm, customer by customer (common random numbers).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lakmus.simulate.draws import Draws, Flags, Floats, Whole, only_rows
from lakmus.simulate.people import NaturalLoss, People, cooling_minutes
from lakmus.simulate.scenario import Scenario

NATURAL = -1


@dataclass(frozen=True, slots=True)
class Suffered:
    """Errors of a block, arrays (errors,).

    Parameters
    ----------
    code : index into `ERROR_CODES`.
    order, case, review : indices into the block's tables, -1 for none. `second_case` marks the repeated case of a matter.
    at : when the error is complete. `felt_at` : when it may drive the customer away; never earlier than `at`.
    added : planted probability of leaving. `left` : the draw says they leave. `finding` : index into `FINDINGS`.
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
    finding: Whole

    @property
    def count(self) -> int:
        """Number of errors."""
        return len(self.code)

    def only(self, kept: Flags) -> Suffered:
        """Return the errors where `kept` holds."""
        return only_rows(self, kept)


@dataclass(frozen=True, slots=True)
class Departure:
    """How each customer's story ends, arrays (customers,): `stop` in minutes (NEVER: stays), cause an index of code or NATURAL."""

    stop: Whole
    gradual: Flags
    cause: Whole
    felt_at: Whole


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
