"""One block of customers from first order to last: everything drawn, both worlds decided. This is the map of the simulator."""

from __future__ import annotations

from dataclasses import dataclass

from lakmus.simulate.calls import Calls
from lakmus.simulate.cases import Cases
from lakmus.simulate.charges import Charges
from lakmus.simulate.checkouts import Checkouts
from lakmus.simulate.conduct import Conduct
from lakmus.simulate.deliveries import Deliveries
from lakmus.simulate.departures import Departure, Suffered, at_risk, decide
from lakmus.simulate.draws import Draws, Flags
from lakmus.simulate.letters import Letters
from lakmus.simulate.offers import Offers, Slights, Wishes
from lakmus.simulate.people import NaturalLoss, People, draw_people, natural_loss
from lakmus.simulate.planted import list_errors
from lakmus.simulate.purchases import Lines, Orders, draw_orders, first_moments, still_placed
from lakmus.simulate.reviews import Reviews, Surveys
from lakmus.simulate.scenario import Scenario
from lakmus.simulate.season import Season
from lakmus.simulate.world import draw_world, what_is_left


@dataclass(frozen=True, slots=True)
class Story:
    """Everything about one block.

    Parameters
    ----------
    orders : those of the world without harm. `placed` (orders,) says which of them exist in the real world.
    cases, conduct, reviews, surveys, letters, calls, slights, offers, checkouts : of the orders that exist.
    deliveries, charges : one row per order. `wishes` : one row per customer.
    potential_errors : those of the world without harm, of which `departure` was decided.
    errors : those that the files show; `told` (errors,) says which met a customer not yet leaving.
    """

    people: People
    orders: Orders
    lines: Lines
    placed: Flags
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
    natural: NaturalLoss
    departure: Departure
    potential_errors: Suffered
    errors: Suffered
    told: Flags


def tell(scenario: Scenario, season: Season, draws: Draws, *, first_number: int, count: int) -> Story:
    """Simulate `count` customers whose numbers begin at `first_number`."""
    people = draw_people(scenario, season, draws, first_number=first_number, count=count)
    potential, lines = draw_orders(scenario, season, people, draws)
    natural = natural_loss(scenario, people, draws, first_order=first_moments(potential, count))
    orders = potential.only(still_placed(potential, people, onset=natural.onset, stop=natural.stop))
    world = draw_world(scenario, season, people, orders, lines, draws)
    met = list_errors(scenario, season, world, draws)
    departure = decide(scenario, people, natural, met, draws)

    placed = still_placed(orders, people, onset=departure.felt_at, stop=departure.stop)
    world = what_is_left(world, placed, departure.stop)
    errors = list_errors(scenario, season, world, draws)
    errors = errors.only(placed[errors.order])
    return Story(
        people=people,
        orders=orders,
        lines=lines,
        placed=placed,
        deliveries=world.deliveries,
        cases=world.cases,
        conduct=world.conduct,
        reviews=world.reviews,
        surveys=world.surveys,
        letters=world.letters,
        charges=world.charges,
        calls=world.calls,
        wishes=world.wishes,
        slights=world.slights,
        offers=world.offers,
        checkouts=world.checkouts,
        natural=natural,
        departure=departure,
        potential_errors=met,
        errors=errors,
        told=at_risk(errors, departure, natural),
    )
