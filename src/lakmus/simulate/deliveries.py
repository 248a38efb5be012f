"""Promises and parcels, returns, and the contacts that follow a delivery."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from lakmus.simulate.draws import NEVER, Draws, Flags, Floats, Whole, choose
from lakmus.simulate.people import CITY_LATE, CITY_LEAD, CITY_SHARE, People, error_factor
from lakmus.simulate.purchases import Orders
from lakmus.simulate.scenario import Scenario
from lakmus.simulate.season import DAY, Season

WAYS = ("курьер", "пункт выдачи", "постамат")
WAY_SHARE = np.array([0.45, 0.4, 0.15])
QUIET_TAIL = 2 * DAY
"""Nothing goes wrong so shortly before the end of the files, so that it does not matter from which moment of the last day one looks."""
AFTERSALES = 14 * DAY
LONGEST_DELAY = 25
MISTAKES = (
    "прислали не тот товар",
    "не доложили",
    "не тот размер прислали",
    "ошиблись адресом",
    "перепутали цвет",
    "положили не тот товар",
)
"""Reasons of returns that are the shop's carelessness."""


@dataclass(frozen=True, slots=True)
class Deliveries:
    """One row per order, arrays (orders,); moments in minutes, NEVER for what does not happen.

    Parameters
    ----------
    promised_day : day since the start until whose end the parcel was promised.
    delivered : moment of delivery, which may lie after the end of the files.
    late_days : calendar days after the promise, 0 when in time; a lost parcel has the longest delay.
    broken : the promise is broken as the files show it.
    contacted : our contact after the delivery.
    returned, return_at : whether one line comes back, and when. `mistake` : index into `MISTAKES` where it was ours, -1 otherwise.
    """

    promised_day: Whole
    delivered: Whole
    late_days: Whole
    way: Whole
    broken: Flags
    contacted: Whole
    contact_channel: Whole
    defect: Flags
    returned: Flags
    return_at: Whole
    mistake: Whole

    def only(self, kept: Flags) -> Deliveries:
        """Return the rows where `kept` holds."""
        return replace(self, **{field.name: getattr(self, field.name)[kept] for field in fields(self)})

    def promise_ends(self) -> Whole:
        """First minute after the promised day."""
        return (self.promised_day + 1) * DAY


def draw_deliveries(scenario: Scenario, season: Season, people: People, orders: Orders, draws: Draws) -> Deliveries:
    """Draw the promise and the fate of each order's parcel."""
    rng, count, city = draws.of("deliveries"), orders.count, people.city[orders.owner]
    lead = CITY_LEAD[city] + rng.integers(0, 3, count)
    promised_day = orders.at // DAY + lead
    in_time = promised_day * DAY - np.minimum(choose(rng, np.array([0.7, 0.24, 0.06]), count), lead - 1) * DAY
    hour = 9 * 60 + rng.integers(0, 12 * 60, count)
    chance = scenario.errors.late_share * _late_factor(scenario, season, people, orders)
    late = (rng.random(count) < np.minimum(chance, 0.75)) & ~orders.cancelled
    late &= (promised_day + 1) * DAY <= season.minutes - QUIET_TAIL
    days = np.minimum(rng.geometric(1 / max(scenario.errors.late_days_mean, 1.0), count), LONGEST_DELAY)
    lost = late & (rng.random(count) < scenario.errors.lost_parcel_share)
    late_days = np.where(lost, LONGEST_DELAY, np.where(late, days, 0))
    delivered = np.where(late, (promised_day + late_days) * DAY, in_time) + hour
    delivered = np.where(lost | orders.cancelled, NEVER, delivered)
    defect = (rng.random(count) < scenario.shop.defect_share) & (delivered < NEVER)
    returned = (delivered < NEVER) & (rng.random(count) < np.where(defect, 0.5, scenario.shop.returned_share))
    return_at = np.where(returned, _in_daytime(delivered + DAY * rng.integers(1, 12, count), rng.integers(10 * 60, 20 * 60, count)), NEVER)
    mistake, returned, return_at = _draw_mistakes(
        scenario, season, people, orders, draws, delivered=delivered, defect=defect, returned=returned, return_at=return_at
    )
    contacted, channel = _draw_contacts(scenario, season, people, orders, draws, delivered=delivered)
    return Deliveries(
        promised_day, delivered, late_days, choose(rng, WAY_SHARE, count), late, contacted, channel, defect, returned, return_at, mistake
    )


def unfollowed(orders: Orders, deliveries: Deliveries, season: Season) -> Flags:
    """Say of which deliveries no contact with that customer followed within 14 days, the window lying within the files."""
    seen = deliveries.contacted < season.minutes
    width = NEVER * 4
    keys = np.sort(orders.owner[seen] * width + deliveries.contacted[seen])
    opening = orders.owner * width + deliveries.delivered
    within = np.searchsorted(keys, opening + AFTERSALES, side="right") > np.searchsorted(keys, opening, side="left")
    return np.asarray((deliveries.delivered + AFTERSALES <= season.minutes - QUIET_TAIL) & ~within)


def _draw_mistakes(
    scenario: Scenario,
    season: Season,
    people: People,
    orders: Orders,
    draws: Draws,
    *,
    delivered: Whole,
    defect: Flags,
    returned: Flags,
    return_at: Whole,
) -> tuple[Whole, Flags, Whole]:
    """Return which wrong thing was sent (-1 for none), and the returns with those that come of it."""
    rng, count = draws.of("attention"), orders.count
    chance = scenario.errors.inattention_share * error_factor(scenario, people)[orders.owner]
    wrong = (rng.random(count) < chance) & (delivered < NEVER) & ~defect
    at = np.where(returned, return_at, _in_daytime(delivered + DAY * rng.integers(1, 7, count), rng.integers(10 * 60, 20 * 60, count)))
    wrong &= at <= season.minutes - QUIET_TAIL
    which = rng.integers(0, len(MISTAKES), count)
    return np.where(wrong, which, -1), returned | wrong, np.where(returned | wrong, at, NEVER)


def _draw_contacts(
    scenario: Scenario, season: Season, people: People, orders: Orders, draws: Draws, *, delivered: Whole
) -> tuple[Whole, Whole]:
    rng, count = draws.of("contacts"), orders.count
    forgotten = rng.random(count) < np.minimum(scenario.errors.no_aftersales_share * error_factor(scenario, people)[orders.owner], 0.9)
    forgotten &= delivered + AFTERSALES <= season.minutes - QUIET_TAIL
    contacted = _in_daytime(delivered + DAY * rng.integers(1, 11, count), rng.integers(10 * 60, 20 * 60, count))
    return np.where(forgotten | (delivered >= NEVER), NEVER, contacted), choose(rng, np.array([0.4, 0.35, 0.25]), count)


def _late_factor(scenario: Scenario, season: Season, people: People, orders: Orders) -> Floats:
    city = CITY_LATE / float(CITY_LATE @ CITY_SHARE)
    month = season.late_factor / season.late_factor.mean()
    return np.asarray(error_factor(scenario, people)[orders.owner] * city[people.city[orders.owner]] * month[orders.at // DAY])


def _in_daytime(at: Whole, minute: Whole) -> Whole:
    return at // DAY * DAY + minute
