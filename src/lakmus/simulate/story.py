"""One block of customers from first order to last: everything drawn, both worlds decided. This is the map of the simulator."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lakmus.simulate.cases import Cases, draw_cases
from lakmus.simulate.deliveries import Deliveries, draw_deliveries
from lakmus.simulate.departures import Departure, Suffered, at_risk, decide, list_errors
from lakmus.simulate.draws import NEVER, Draws, Flags
from lakmus.simulate.people import NaturalLoss, People, draw_people, natural_loss
from lakmus.simulate.purchases import Lines, Orders, draw_orders, first_moments, still_placed
from lakmus.simulate.reviews import Reviews, Surveys, draw_reviews, draw_surveys
from lakmus.simulate.scenario import Scenario
from lakmus.simulate.season import Season


@dataclass(frozen=True, slots=True)
class Story:
    """Everything about one block.

    Parameters
    ----------
    orders : those of the world without harm. `placed` (orders,) says which of them exist in the real world.
    cases, reviews, surveys : of the orders that exist.
    errors : those that the files show; `told` (errors,) says which met a customer not yet leaving.
    """

    people: People
    orders: Orders
    lines: Lines
    placed: Flags
    deliveries: Deliveries
    cases: Cases
    reviews: Reviews
    surveys: Surveys
    natural: NaturalLoss
    departure: Departure
    errors: Suffered
    told: Flags


def tell(scenario: Scenario, season: Season, draws: Draws, *, first_number: int, count: int) -> Story:
    """Simulate `count` customers whose numbers begin at `first_number`."""
    people = draw_people(scenario, season, draws, first_number=first_number, count=count)
    potential, lines = draw_orders(scenario, season, people, draws)
    natural = natural_loss(scenario, people, draws, first_order=first_moments(potential, count))
    orders = potential.only(still_placed(potential, people, onset=natural.onset, stop=natural.stop))
    deliveries = draw_deliveries(scenario, season, people, orders, draws)
    cases = draw_cases(scenario, season, people, orders, deliveries, draws)
    reviews = draw_reviews(scenario, season, people, orders, deliveries, cases, draws)
    errors = list_errors(scenario, season, orders, deliveries, cases, reviews, draws)
    departure = decide(scenario, people, natural, errors, draws)

    placed = still_placed(orders, people, onset=departure.felt_at, stop=departure.stop)
    deliveries = replace(deliveries, contacted=np.where(placed, deliveries.contacted, NEVER))
    cases, reviews = cases.only(placed[cases.order]), reviews.only(placed[reviews.order])
    errors = list_errors(scenario, season, orders, deliveries, cases, reviews, draws)
    errors = errors.only(placed[errors.order])
    surveys = draw_surveys(scenario, season, people, orders, deliveries, cases, draws)
    surveys = surveys.only(placed[surveys.order])
    return Story(
        people, orders, lines, placed, deliveries, cases, reviews, surveys, natural, departure, errors, at_risk(errors, departure, natural)
    )
