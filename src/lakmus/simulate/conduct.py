"""How members of staff answer: what is wrong with a first reply, what it states, what it promises by when. Moments in minutes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lakmus.simulate.attention import next_attended
from lakmus.simulate.cases import SLOW, Cases
from lakmus.simulate.deliveries import QUIET_TAIL, Deliveries
from lakmus.simulate.desk import COMPLAINTS, SERVICE, STAFF
from lakmus.simulate.draws import NEVER, Draws, Flags, Floats, Whole
from lakmus.simulate.people import People, error_factor
from lakmus.simulate.purchases import Orders
from lakmus.simulate.scenario import Scenario
from lakmus.simulate.season import DAY, Season

MANNERS = (
    *("ordinary", "indifferent", "rude", "formal", "misunderstood", "refusing", "ignorant"),
    *("right_sum", "wrong_sum", "right_date", "wrong_date", "promising"),
)
ORDINARY, INDIFFERENT, RUDE, FORMAL, MISUNDERSTOOD, REFUSING, IGNORANT, RIGHT_SUM, WRONG_SUM, RIGHT_DATE, WRONG_DATE, PROMISING = range(12)
CALL, ANSWER, SOLVE = range(3)
"""What is promised."""
TODAY, TOMORROW, TWO_HOURS, BY_DAY = range(4)
"""By when: today till 18:00, tomorrow till 12:00, within two hours, by the end of a day."""
JUDGED_AFTER = 7 * DAY
"""A promise kept later than this after its deadline counts as broken rather than late."""
CARE = np.array([worker.slowness for worker in STAFF]) ** 0.7


@dataclass(frozen=True, slots=True)
class Conduct:
    """How each case's first reply is, arrays (cases,).

    Parameters
    ----------
    manner : index into `MANNERS`. `variant` : which of the ordinary ways. `insulted` : the case complains of rudeness.
    promise, until : what is promised and by when, codes as above. `deadline` : the moment, NEVER without a promise.
    follow_up : a second message by the same person, NEVER for none. `off` : wrong days or share of a wrong sum.
    """

    manner: Whole
    variant: Whole
    insulted: Flags
    promise: Whole
    until: Whole
    deadline: Whole
    follow_up: Whole
    off: Floats


def draw_conduct(
    scenario: Scenario, season: Season, people: People, orders: Orders, deliveries: Deliveries, cases: Cases, draws: Draws
) -> Conduct:
    """Draw how the first replies of the given cases are."""
    rng, count, edge = draws.of("conduct"), cases.count, season.minutes - QUIET_TAIL
    drawn, stated, promised, wrong = rng.random((4, count))
    replied = (cases.reply <= edge) & (cases.staff >= 0)
    manner = _faults(scenario, people, orders, cases, drawn)
    fine = manner == ORDINARY
    open_ended = (deliveries.delivered < NEVER) & ~deliveries.broken
    can_date = cases.names_order & open_ended[cases.order] & (cases.reply < deliveries.delivered[cases.order] - 60)
    mistaken = wrong < scenario.errors.wrong_information_share * error_factor(scenario, people)[orders.owner[cases.order]]
    dated, summed = fine & can_date & (stated < 0.6), fine & cases.names_order & ~can_date & (stated < 0.25)
    manner = np.where(dated, np.where(mistaken, WRONG_DATE, RIGHT_DATE), manner)
    manner = np.where(summed, np.where(mistaken, WRONG_SUM, RIGHT_SUM), manner)
    until, deadline = _deadlines(cases.reply, rng)
    soon = (cases.answering <= SLOW) & (deadline + JUDGED_AFTER <= edge)
    promising = (manner == ORDINARY) & soon & (promised < scenario.voice.promising_share)
    manner = np.where(replied, np.where(promising, PROMISING, manner), ORDINARY)
    promising &= replied
    kept = rng.random(count) >= scenario.errors.promise_in_message_share
    wait = np.maximum(((deadline - cases.reply) * (0.2 + 0.6 * rng.random(count))).astype(np.int64), 2)
    insult = min(40 * scenario.errors.rudeness_share, 0.8)
    return Conduct(
        manner=manner,
        variant=rng.integers(0, 4, count),
        insulted=(cases.topic == SERVICE) & (rng.random(count) < insult) & (cases.opened <= edge),
        promise=rng.integers(0, 3, count),
        until=until,
        deadline=np.where(promising, deadline, NEVER),
        follow_up=np.where(promising & kept, cases.reply + wait, NEVER),
        off=rng.random(count),
    )


def broken_words(cases: Cases, conduct: Conduct, owner: Whole, keys: Whole) -> tuple[Whole, Flags]:
    """Return the cases whose promise was not kept in time, and whether it was not kept within a week either.

    A promise to call or to answer is kept by whoever attends to the customer next (`keys`); one to solve also by closing the case.
    """
    row = np.flatnonzero(conduct.deadline < NEVER)
    kept = next_attended(keys, owner[row], cases.reply[row])
    kept = np.where(conduct.promise[row] == SOLVE, np.minimum(kept, cases.closed[row]), kept)
    late = kept > conduct.deadline[row]
    return row[late], (kept > conduct.deadline[row] + JUDGED_AFTER)[late]


def _faults(scenario: Scenario, people: People, orders: Orders, cases: Cases, drawn: Floats) -> Whole:
    """Return what is wrong with each first reply, at most one thing; some members of staff err more than others."""
    errors, complains = scenario.errors, cases.topic < len(COMPLAINTS)
    factor = error_factor(scenario, people)[orders.owner[cases.order]] * CARE[np.maximum(cases.staff, 0)]
    asks_again = cases.more < NEVER
    shares = (
        (INDIFFERENT, np.where(complains, errors.indifference_share, 0.0)),
        (RUDE, errors.rudeness_share),
        (FORMAL, errors.formal_script_share),
        (MISUNDERSTOOD, np.where(asks_again, 3.5 * errors.misunderstanding_share, 0.0)),
        (REFUSING, errors.inflexibility_share),
        (IGNORANT, errors.untrained_staff_share),
    )
    manner, passed = np.full(cases.count, ORDINARY), np.zeros(cases.count)
    for which, share in shares:
        here = passed + np.minimum(share * factor, 0.4)
        manner = np.where((drawn >= passed) & (drawn < here), which, manner)
        passed = here
    return manner


def _deadlines(reply: Whole, rng: np.random.Generator) -> tuple[Whole, Whole]:
    """Return by when promises given at `reply` are due, as people say it and as a moment."""
    count, day, minute = len(reply), reply // DAY, reply % DAY
    until = rng.integers(0, 4, count)
    until = np.where((until == TODAY) & (minute > 16 * 60), TOMORROW, until)
    by_day = (day + 2) * DAY - 1
    due = [day * DAY + 18 * 60, (day + 1) * DAY + 12 * 60, reply + 120]
    return until, np.select([until == TODAY, until == TOMORROW, until == TWO_HOURS], due, by_day)
