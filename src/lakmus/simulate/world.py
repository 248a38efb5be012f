"""Everything that happens to the orders of a block, drawn before anybody decides to leave, and what of it is left when somebody did."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lakmus.simulate.attention import attended
from lakmus.simulate.calls import ANSWERED, Calls, draw_calls
from lakmus.simulate.cases import Cases, draw_cases
from lakmus.simulate.charges import Charges, draw_charges
from lakmus.simulate.checkouts import Checkouts, draw_checkouts
from lakmus.simulate.conduct import Conduct, draw_conduct
from lakmus.simulate.deliveries import Deliveries, draw_deliveries
from lakmus.simulate.draws import NEVER, Draws, Flags, Whole, only_rows
from lakmus.simulate.findings import NONE
from lakmus.simulate.letters import Letters, draw_letters
from lakmus.simulate.offers import Offers, Slights, Wishes, draw_offers, draw_slights, draw_wishes
from lakmus.simulate.people import People
from lakmus.simulate.purchases import Lines, Orders
from lakmus.simulate.reviews import Reviews, Surveys, draw_reviews, draw_surveys
from lakmus.simulate.scenario import Scenario
from lakmus.simulate.season import Season


@dataclass(frozen=True, slots=True)
class World:
    """What happened to the orders of a block; every table points to the orders by index."""

    orders: Orders
    deliveries: Deliveries
    cases: Cases
    conduct: Conduct
    reviews: Reviews
    surveys: Surveys
    letters: Letters
    charges: Charges
    calls: Calls
    wishes: Wishes
    slights: Slights
    offers: Offers
    checkouts: Checkouts


def draw_world(scenario: Scenario, season: Season, people: People, orders: Orders, lines: Lines, draws: Draws) -> World:
    """Draw what happens to the given orders."""
    deliveries = draw_deliveries(scenario, season, people, orders, draws)
    cases = draw_cases(scenario, season, people, orders, deliveries, draws)
    conduct = draw_conduct(scenario, season, people, orders, deliveries, cases, draws)
    reviews = draw_reviews(scenario, season, people, orders, deliveries, cases, draws)
    surveys = draw_surveys(scenario, season, people, orders, deliveries, cases, draws)
    letters = draw_letters(scenario, season, people, orders, deliveries, draws)
    charges = draw_charges(scenario, season, people, orders, deliveries, draws)
    calls = draw_calls(scenario, season, people, orders, deliveries, letters, draws)
    wishes = draw_wishes(scenario, people, orders, draws)
    return World(
        orders=orders,
        deliveries=deliveries,
        cases=cases,
        conduct=conduct,
        reviews=reviews,
        surveys=surveys,
        letters=letters,
        charges=charges,
        calls=calls,
        wishes=wishes,
        slights=draw_slights(scenario, season, people, orders, deliveries, wishes, draws),
        offers=draw_offers(scenario, season, people, orders, lines, deliveries, wishes, draws),
        checkouts=draw_checkouts(scenario, season, people, orders, draws),
    )


def what_is_left(world: World, placed: Flags, stop: Whole) -> World:
    """Return what happens when only the orders where `placed` holds exist, and customers (who left at `stop`) do nothing after."""
    calls, offers, steps, wishes = world.calls, world.offers, world.checkouts, world.wishes
    told = np.concatenate((placed, [False]))[np.minimum(wishes.order, len(placed))]
    groundless = (offers.because >= 0) & ~np.concatenate((placed, [True]))[offers.because]
    offers = replace(offers, finding=np.where(groundless, NONE, offers.finding))
    first = np.full(world.orders.count, NEVER)
    np.minimum.at(first, calls.order, calls.at)
    return replace(
        world,
        deliveries=replace(world.deliveries, contacted=np.where(placed, world.deliveries.contacted, NEVER)),
        cases=world.cases.only(placed[world.cases.order]),
        conduct=only_rows(world.conduct, placed[world.cases.order]),
        reviews=world.reviews.only(placed[world.reviews.order]),
        surveys=world.surveys.only(placed[world.surveys.order], placed[world.cases.order]),
        wishes=replace(wishes, at=np.where(told, wishes.at, NEVER)),
        slights=only_rows(world.slights, placed[world.slights.order] & told[world.orders.owner[world.slights.order]]),
        offers=only_rows(offers, placed[offers.order]),
        checkouts=only_rows(steps, placed[steps.order] & (steps.first <= stop[steps.owner])),
        letters=only_rows(world.letters, placed[world.letters.order]),
        calls=only_rows(calls, placed[calls.order] & (first[calls.order] <= stop[calls.owner])),
    )


def attention(world: World, *, calls_count: bool = True) -> Whole:
    """Return keys of every moment at which somebody attended to a customer: replies by a person, our contacts.

    Calls that got through are among them where `calls_count`.
    """
    cases, calls, deliveries = world.cases, world.calls, world.deliveries
    owner, through = world.orders.owner[cases.order], (calls.result == ANSWERED) & calls_count
    replies = (cases.reply, cases.more_reply, cases.reopened_reply, cases.again_reply, world.conduct.follow_up)
    return attended(
        [
            *((owner, at) for at in replies),
            (world.orders.owner, deliveries.contacted),
            (calls.owner[through], calls.at[through]),
            (world.orders.owner[world.surveys.order], world.surveys.replied),
        ]
    )
