"""Reviews and surveys: who writes, how many stars, who answers. Moments in minutes, NEVER for what does not happen."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from lakmus.simulate.cases import RED_LINE, Cases
from lakmus.simulate.deliveries import QUIET_TAIL, Deliveries
from lakmus.simulate.draws import NEVER, Draws, Flags, Whole, choose, only_rows
from lakmus.simulate.people import People, error_factor
from lakmus.simulate.purchases import Orders
from lakmus.simulate.scenario import Scenario
from lakmus.simulate.season import DAY, Season, minute_of_day

PLACES = ("сайт магазина", "карты", "сайт отзывов", "маркетплейс")
PLACE_SHARE = np.array([0.3, 0.3, 0.2, 0.2])
MATTERS = ("late", "defect", "desk", "nothing")
"""What a review speaks of."""


@dataclass(frozen=True, slots=True)
class Reviews:
    """One row per review, arrays (reviews,), sorted by order.

    Parameters
    ----------
    order : index into the block's orders. `names_customer`, `names_order` say what the files give away.
    matter : index into `MATTERS`. `worded` says whether there is a text beside the stars.
    answered : our answer, NEVER for none. `neglected` marks a bad review with text left beyond the red line.
    """

    order: Whole
    at: Whole
    stars: Whole
    matter: Whole
    place: Whole
    worded: Flags
    names_customer: Flags
    names_order: Flags
    answered: Whole
    neglected: Flags

    @property
    def count(self) -> int:
        """Number of reviews."""
        return len(self.order)

    def only(self, kept: Flags) -> Reviews:
        """Return the reviews where `kept` holds."""
        return replace(self, **{field.name: getattr(self, field.name)[kept] for field in fields(self)})


@dataclass(frozen=True, slots=True)
class Surveys:
    """One row per survey sent, arrays (surveys,): an order's (NPS, 0..10) or a case's (CSAT, 1..5).

    Parameters
    ----------
    case : index into the block's cases, -1 for a survey about the order.
    answered : NEVER for no answer. `replied` : when we answered to the comment, NEVER for never.
    """

    order: Whole
    case: Whole
    sent: Whole
    answered: Whole
    stars: Whole
    worded: Flags
    replied: Whole

    @property
    def count(self) -> int:
        """Number of surveys sent."""
        return len(self.order)

    @property
    def asks(self) -> Flags:
        """Which of them hold a comment that displeases or asks."""
        return np.asarray((self.answered < NEVER) & self.worded & (self.stars < 4))

    def only(self, kept: Flags, cases: Flags) -> Surveys:
        """Return the surveys where `kept` holds, when only the cases where `cases` holds are left."""
        place = np.cumsum(cases) - 1
        case = np.where(self.case >= 0, place[np.maximum(self.case, 0)], -1) if len(cases) else self.case
        return only_rows(replace(self, case=case), kept)


def unhappy_orders(orders: Orders, deliveries: Deliveries, cases: Cases) -> tuple[Flags, Flags]:
    """Say which orders suffered an error of the desk, and which any error that its customer could notice."""
    wronged = (cases.slow_at() < NEVER) | (cases.unanswered_at() < NEVER) | (cases.unresolved_at() < NEVER)
    desk = np.zeros(orders.count, np.bool_)
    desk[cases.order[wronged]] = True
    return desk, desk | deliveries.broken


def draw_reviews(
    scenario: Scenario, season: Season, people: People, orders: Orders, deliveries: Deliveries, cases: Cases, draws: Draws
) -> Reviews:
    """Draw the reviews; those who never complain write none of one or two stars about an error of ours."""
    rng, voice, count = draws.of("reviews"), scenario.voice, orders.count
    desk, wronged = unhappy_orders(orders, deliveries, cases)
    silent = people.silent[orders.owner]
    drawn, defect_drawn = rng.random(count), rng.random(count)
    bad = (wronged & ~silent & (drawn < voice.bad_review_share)) | (deliveries.defect & (defect_drawn < 0.2))
    mild = ~bad & ~deliveries.defect & (drawn > 1 - voice.review_share) & ~orders.cancelled
    mild &= ~wronged | (rng.random(count) < 0.4)
    stars = np.where(
        bad, choose(rng, np.array([0.65, 0.35]), count) + 1, np.where(wronged, 3, choose(rng, np.array([0.08, 0.22, 0.7]), count) + 3)
    )
    matter = np.select([deliveries.broken, deliveries.defect, desk], [0, 1, 2], 3)
    about = np.maximum(
        np.where(deliveries.delivered < NEVER, deliveries.delivered, deliveries.promise_ends() + 5 * DAY), _last_of_case(orders, cases)
    )
    at = (about // DAY + rng.integers(1, 7, count)) * DAY + minute_of_day(rng.random(count))
    worded, linked, ordered = rng.random(count) < 0.93, rng.random(count) < voice.reviews_linked_share, rng.random(count) < 0.35
    place, quick, far = choose(rng, PLACE_SHARE, count), rng.integers(60, 43 * 60, count), rng.integers(5 * DAY, 9 * DAY, count)
    neglect_drawn, answer_drawn, far_drawn = rng.random(count), rng.random(count), rng.random(count)
    asks = bad & worded
    neglected = asks & (neglect_drawn < scenario.errors.review_no_reply_share) & (at + RED_LINE <= season.minutes - QUIET_TAIL)
    answered = np.where(asks | (answer_drawn < 0.4), at + quick, NEVER)
    answered = np.where(neglected, np.where(far_drawn < 0.3, at + far, NEVER), answered)
    whole = Reviews(np.arange(count), at, stars, matter, place, worded, linked, linked | ordered, answered, neglected)
    return whole.only((bad | mild) & (at < season.minutes))


def draw_surveys(
    scenario: Scenario, season: Season, people: People, orders: Orders, deliveries: Deliveries, cases: Cases, draws: Draws
) -> Surveys:
    """Draw surveys after deliveries and after closed cases; the unhappy who keep silent hardly ever answer."""
    rng = draws.of("surveys")
    after_order = np.flatnonzero((deliveries.delivered < NEVER) & (rng.random(orders.count) < scenario.voice.survey_share))
    after_case = np.flatnonzero((cases.closed < season.minutes) & (rng.random(cases.count) < 2 * scenario.voice.survey_share))
    order = np.concatenate((after_order, cases.order[after_case]))
    case = np.concatenate((np.full(len(after_order), -1), after_case))
    about = np.concatenate((deliveries.delivered[after_order], cases.closed[after_case]))
    count = len(order)
    _, wronged = unhappy_orders(orders, deliveries, cases)
    unhappy = wronged[order] | deliveries.defect[order]
    sent = about + rng.integers(60, 2 * DAY, count)
    chance = np.where(unhappy, np.where(people.silent[orders.owner[order]], 0.05, 0.35), 0.24)
    answered = np.where(rng.random(count) < chance, sent + rng.integers(1, 3 * DAY, count), NEVER)
    stars = np.where(
        unhappy, choose(rng, np.array([0.35, 0.3, 0.25, 0.1]), count) + 1, choose(rng, np.array([0.02, 0.03, 0.1, 0.3, 0.55]), count) + 1
    )
    worded, words = rng.random(count) < 0.4, draws.of("comments")
    chance = scenario.errors.survey_no_reply_share * error_factor(scenario, people)[orders.owner[order]]
    left_alone = np.where(stars < 4, words.random(count) < chance, words.random(count) < 0.8)
    replied = np.where(worded & ~left_alone & (answered < NEVER), answered + words.integers(60, 40 * 60, count), NEVER)
    whole = Surveys(order, case, sent, answered, stars, worded, replied)
    return only_rows(whole, sent < season.minutes)


def _last_of_case(orders: Orders, cases: Cases) -> Whole:
    """Return the moment by which each order's conversation has shown what it is worth; 0 without one."""
    last = np.zeros(orders.count, np.int64)
    moments = [cases.opened + 3 * DAY, cases.reply, cases.closed, cases.reopened, cases.again]
    known = np.max([np.where(moment < NEVER, moment, 0) for moment in moments], axis=0) if cases.count else np.zeros(0, np.int64)
    np.maximum.at(last, cases.order, known)
    return last
