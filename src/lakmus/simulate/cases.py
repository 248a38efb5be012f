"""Conversations: who turns to the shop, how it is answered, what stays unsolved. Moments in minutes, NEVER for what does not happen."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from lakmus.simulate.deliveries import QUIET_TAIL, Deliveries
from lakmus.simulate.desk import (
    CHANNEL_SHARE,
    DEFECT,
    LATE,
    PHONE,
    QUESTION_SHARE,
    SERVICE,
    SLOWNESS_OF_SHIFT,
    TARGET_MINUTES,
    shift_of,
    who_answers,
)
from lakmus.simulate.draws import NEVER, Draws, Flags, Floats, Whole, choose
from lakmus.simulate.people import People, error_factor, without_card
from lakmus.simulate.purchases import Orders
from lakmus.simulate.scenario import Scenario
from lakmus.simulate.season import DAY, Season, minute_of_day

RED_LINE = 72 * 60
REPEAT_WINDOW = 30 * DAY
IN_TIME, SLOW, SILENCE, FAR_TOO_LATE, CLOSED_UNANSWERED, SECOND_UNANSWERED = range(6)
"""How a case is answered."""


@dataclass(frozen=True, slots=True)
class Cases:
    """One row per matter, arrays (cases,), sorted by order; a repeated matter has a second case, `again_…`.

    Parameters
    ----------
    order : index into the block's orders. `names_order` says whether the files give the order's number.
    opened, reminder, reply, more, more_reply, thanks, closed : the messages of the first episode; `more` is a second question.
    reopened, reopened_reply : the episode after the closing.
    again, again_reply, again_closed : the second case on the same matter.
    answering : one of the codes above.
    staff : index of the person, -1 for nobody.
    """

    order: Whole
    topic: Whole
    channel: Whole
    answering: Whole
    staff: Whole
    again_staff: Whole
    names_order: Flags
    opened: Whole
    reminder: Whole
    reply: Whole
    more: Whole
    more_reply: Whole
    thanks: Whole
    closed: Whole
    reopened: Whole
    reopened_reply: Whole
    again: Whole
    again_reply: Whole
    again_closed: Whole

    @property
    def count(self) -> int:
        """Number of matters."""
        return len(self.order)

    def only(self, kept: Flags) -> Cases:
        """Return the matters where `kept` holds."""
        return replace(self, **{field.name: getattr(self, field.name)[kept] for field in fields(self)})

    def slow_at(self) -> Whole:
        """When each slow case broke its target, NEVER for the others."""
        return np.where(self.answering == SLOW, self.opened + TARGET_MINUTES[self.channel], NEVER)

    def unanswered_at(self) -> Whole:
        """When each unanswered clock passed the red line, NEVER for the others."""
        clock = np.where(self.answering == SECOND_UNANSWERED, self.more, self.opened)
        return np.where(self.answering >= SILENCE, clock + RED_LINE, NEVER)

    def unresolved_at(self) -> Whole:
        """When each matter proved unsolved, NEVER for the others."""
        closed = np.where(self.answering == CLOSED_UNANSWERED, self.closed, NEVER)
        return np.minimum(np.minimum(self.reopened, self.again), closed)


def draw_cases(scenario: Scenario, season: Season, people: People, orders: Orders, deliveries: Deliveries, draws: Draws) -> Cases:
    """Draw the conversations about the given orders, without accidental repeats of the same topic within 30 days."""
    rng = draws.of("cases")
    order, topic, opened = _matters(scenario, people, orders, deliveries, rng)
    within = opened < season.minutes
    order, topic, opened = order[within], topic[within], opened[within]
    channel = choose(rng, CHANNEL_SHARE, len(order))
    answering = _answering(scenario, people, orders, rng, order=order, topic=topic, opened=opened)
    cases = _timeline(rng, order=order, topic=topic, channel=channel, opened=opened, answering=answering)
    unresolved = _unresolved_chance(scenario, people, orders, cases)
    cases = _aftermath(cases, rng, unresolved=rng.random(cases.count) < unresolved, end=season.minutes)
    return cases.only(_apart(orders.owner[cases.order], cases))


def _matters(
    scenario: Scenario, people: People, orders: Orders, deliveries: Deliveries, rng: np.random.Generator
) -> tuple[Whole, Whole, Whole]:
    """Return (order, topic, opening) of the matters: at most one per order, the gravest first."""
    count, voice = orders.count, scenario.voice
    spoken, asked, which = rng.random(count), rng.random(count), choose(rng, QUESTION_SHARE, count) + 3
    minute, day = minute_of_day(rng.random(count)), rng.integers(0, 3, count)
    vocal = ~people.silent[orders.owner]
    late = deliveries.broken & vocal & (spoken < voice.complaint_share)
    defect = deliveries.defect & (rng.random(count) < 0.7)
    service = (deliveries.delivered < NEVER) & (rng.random(count) < 0.002)
    asking = voice.question_share * without_card(people, scenario.selection.cases_without_card)[orders.owner]
    question = (asked < asking) & ~orders.cancelled
    topic = np.select([late, defect, service, question], [LATE, DEFECT, SERVICE, which], -1)
    after_promise = deliveries.promise_ends() + np.minimum(day, np.maximum(deliveries.late_days - 1, 0)) * DAY
    after_delivery = np.where(deliveries.delivered < NEVER, deliveries.delivered // DAY + 1 + day, 0) * DAY
    during = (orders.at // DAY + 1 + rng.integers(0, 9, count)) * DAY
    opened = np.select([late, defect | service], [after_promise, after_delivery], during) + minute
    chosen = np.flatnonzero(topic >= 0)
    return chosen, topic[chosen], opened[chosen]


def _answering(
    scenario: Scenario, people: People, orders: Orders, rng: np.random.Generator, *, order: Whole, topic: Whole, opened: Whole
) -> Whole:
    errors, count = scenario.errors, len(order)
    factor = error_factor(scenario, people)[orders.owner[order]] * np.where(topic == LATE, scenario.chains.late_to_slow, 1.0)
    slow = errors.slow_share * factor * SLOWNESS_OF_SHIFT[shift_of(opened)]
    none = np.minimum(errors.no_reply_share * factor, 0.4)
    slow = np.minimum(slow, 0.9 - none)
    drawn = rng.random(count)
    how = choose(rng, np.array([0.4, 0.2, 0.2, 0.2]), count) + SILENCE
    return np.select([drawn < none, drawn < none + slow], [how, np.full(count, SLOW)], IN_TIME)


def _ordinary_wait(rng: np.random.Generator, channel: Whole) -> Whole:
    """Waits within 60 % of the target, most of them short; a telephone is answered within minutes."""
    longest = np.where(channel == PHONE, 9, 0.6 * TARGET_MINUTES[channel])
    return np.maximum(np.floor(longest * rng.beta(1.3, 3.0, len(channel))), 1).astype(np.int64)


def _timeline(rng: np.random.Generator, *, order: Whole, topic: Whole, channel: Whole, opened: Whole, answering: Whole) -> Cases:
    count, target = len(order), TARGET_MINUTES[channel]
    quick, again_quick = _ordinary_wait(rng, channel), _ordinary_wait(rng, channel)
    shortest, longest = 1.3 * target, np.minimum(0.9 * RED_LINE, 5.0 * target)
    slow = np.floor(shortest + (longest - shortest) * rng.random(count)).astype(np.int64)
    far = rng.integers(5 * DAY, 8 * DAY, count)
    wait = np.select([answering == SLOW, answering == FAR_TOO_LATE], [slow, far], quick)
    answered = (answering != SILENCE) & (answering != CLOSED_UNANSWERED)
    reply = np.where(answered, opened + wait, NEVER)
    asks = (answered & (rng.random(count) < 0.25)) | (answering == SECOND_UNANSWERED)
    more = np.where(asks, reply + rng.integers(3, 300, count), NEVER)
    more_reply = np.where(asks & (answering != SECOND_UNANSWERED), more + again_quick, NEVER)
    last = np.where(more_reply < NEVER, more_reply, reply)
    content = answered & (answering != SECOND_UNANSWERED)
    thanks = np.where(content & (rng.random(count) < 0.35), last + rng.integers(2, 50, count), NEVER)
    closing = np.where(content, last + rng.integers(60, 1500, count), NEVER)
    closed = np.where(answering == CLOSED_UNANSWERED, opened + rng.integers(80 * 60, 150 * 60, count), closing)
    reminder = np.where((wait > 45) & (answering != IN_TIME) & (rng.random(count) < 0.3), opened + 40 + rng.integers(0, 20, count), NEVER)
    reminder = np.where((reminder < reply) & (answering != SECOND_UNANSWERED), reminder, NEVER)
    staff = np.where(answered, who_answers(rng.random(count), np.where(answered, reply, 0), answering == SLOW), -1)
    never = np.full(count, NEVER)
    return Cases(
        order=order,
        topic=topic,
        channel=channel,
        answering=answering,
        staff=staff,
        again_staff=staff,
        names_order=rng.random(count) < 0.85,
        opened=opened,
        reminder=reminder,
        reply=reply,
        more=more,
        more_reply=more_reply,
        thanks=thanks,
        closed=closed,
        reopened=never,
        reopened_reply=never,
        again=never,
        again_reply=never,
        again_closed=never,
    )


def _unresolved_chance(scenario: Scenario, people: People, orders: Orders, cases: Cases) -> Floats:
    factor = error_factor(scenario, people)[orders.owner[cases.order]]
    factor = factor * np.where(cases.answering == SLOW, scenario.chains.slow_to_unresolved, 1.0)
    possible = np.isin(cases.answering, (IN_TIME, SLOW)) & (cases.closed < NEVER)
    return np.where(possible, np.minimum(scenario.errors.unresolved_share * factor, 0.9), 0.0)


def _aftermath(cases: Cases, rng: np.random.Generator, *, unresolved: Flags, end: int) -> Cases:
    """Reopen or repeat the unresolved ones, and undo whatever would go wrong too near the end of the files to be seen there for certain."""
    count, edge = cases.count, end - QUIET_TAIL
    minute, first, second = minute_of_day(rng.random(count)), rng.integers(1, 10, count), rng.integers(2, 25, count)
    by_reopening = rng.random(count) < 0.5
    quick, closing = _ordinary_wait(rng, cases.channel), rng.integers(60, 1500, count)
    drawn = rng.random(count)
    reopened = np.where(unresolved & by_reopening, (cases.closed // DAY + first) * DAY + minute, NEVER)
    again = np.where(unresolved & ~by_reopening, (cases.closed // DAY + second) * DAY + minute, NEVER)
    reopened = np.where(reopened <= edge, reopened, NEVER)
    again = np.where(again <= edge, again, NEVER)
    again_reply = np.where(again < NEVER, again + quick, NEVER)
    told = replace(
        cases,
        reopened=reopened,
        reopened_reply=np.where(reopened < NEVER, reopened + quick, NEVER),
        again=again,
        again_reply=again_reply,
        again_closed=np.where(again < NEVER, again_reply + closing, NEVER),
        again_staff=who_answers(drawn, np.where(again < NEVER, again_reply, 0), np.zeros(count, np.bool_)),
    )
    return told.only(_seen_for_certain(told, edge))


def _seen_for_certain(cases: Cases, edge: int) -> Flags:
    """Say which cases are sound or show their errors before `edge`; what the end of the files would spoil is left out whole."""
    slow = (cases.answering == SLOW) & (cases.reply > edge)
    unanswered = (cases.answering >= SILENCE) & (cases.unanswered_at() > edge)
    closed = (cases.answering == CLOSED_UNANSWERED) & (cases.closed > edge)
    return np.asarray(~(slow | unanswered | closed))


def _apart(owner: Whole, cases: Cases) -> Flags:
    """Say which matters to keep so that no customer comes back with a topic within 30 days after closing it, except where planted."""
    ends = np.where(cases.closed < NEVER, cases.closed, cases.opened + 12 * DAY)
    ends = np.where(cases.reopened < NEVER, cases.reopened + 2 * DAY, ends)
    ends = np.where(cases.again_closed < NEVER, cases.again_closed, ends)
    free_from = ends + REPEAT_WINDOW + 2 * DAY
    key = owner * 16 + cases.topic
    row = np.lexsort((cases.opened, key))
    starts = np.concatenate(([True], key[row][1:] != key[row][:-1])) if len(row) else np.zeros(0, np.bool_)
    group = np.cumsum(starts) - 1
    rank = np.arange(len(row)) - np.flatnonzero(starts)[group] if len(row) else np.zeros(0, np.int64)
    free = np.full(int(group[-1]) + 1 if len(row) else 0, -NEVER)
    kept: Flags = np.zeros(cases.count, np.bool_)
    for turn in range(int(rank.max()) + 1 if len(row) else 0):
        here = row[rank == turn]
        of = group[rank == turn]
        fine = cases.opened[here] >= free[of]
        kept[here] = fine
        free[of] = np.where(fine, free_from[here], free[of])
    return kept
