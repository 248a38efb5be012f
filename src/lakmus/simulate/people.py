"""The customers: how often they buy, what they are worth, where they live, whether they speak up, when they would leave anyway."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincinv, gammaln

from lakmus.simulate.draws import NEVER, Draws, Flags, Floats, Whole, choose
from lakmus.simulate.scenario import Scenario
from lakmus.simulate.season import DAY, Season

CITIES = ("Москва", "Санкт-Петербург", "Екатеринбург", "Казань", "Новосибирск", "Нижний Новгород", "Краснодар")
CITY_SHARE = np.array([0.38, 0.2, 0.12, 0.1, 0.09, 0.06, 0.05])
CITY_LATE = np.array([0.85, 0.85, 1.75, 0.9, 1.2, 0.9, 0.95])
CITY_LEAD = np.array([1, 2, 3, 3, 4, 2, 3])
RHYTHM_LIMITS = (7.0, 240.0)


@dataclass(frozen=True, slots=True)
class People:
    """One block of customers; every array is (customers,), moments are minutes since the first day of the files.

    Parameters
    ----------
    rhythm_days : mean days between orders. `relative_rate` is their rate of orders over the median customer's.
    worth : factor on the amount of each order.
    joined : business days from the start to the first possible order; 0 for those who were customers before.
    registered : minutes, negative for those who were customers before.
    onset, stop : when natural loss begins and when the last possible order has passed; NEVER when they would stay.
    """

    first_number: int
    rhythm_days: Floats
    relative_rate: Floats
    worth: Floats
    city: Whole
    woman: Flags
    silent: Flags
    known_before: Flags
    joined: Floats
    registered: Whole
    one_time: Flags
    loyal: Flags

    @property
    def count(self) -> int:
        """Number of customers in the block."""
        return len(self.rhythm_days)

    @property
    def numbers(self) -> Whole:
        """Customer numbers as the files show them."""
        return self.first_number + np.arange(self.count, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class NaturalLoss:
    """When each customer would leave with no error at all: (customers,) minutes, NEVER for those who would stay."""

    onset: Whole
    stop: Whole
    gradual: Flags


def draw_people(scenario: Scenario, season: Season, draws: Draws, *, first_number: int, count: int) -> People:
    """Draw `count` customers."""
    rng, shop = draws.of("people"), scenario.shop
    rate = rng.gamma(shop.rhythm_shape, 1 / (shop.rhythm_days * shop.rhythm_shape), count)
    rhythm = np.clip(1 / np.maximum(rate, 1e-9), *RHYTHM_LIMITS)
    known = rng.random(count) < shop.known_at_start
    days = len(season.intensity)
    joined = np.where(known, 0.0, rng.random(count) * days)
    before = (rng.exponential(400.0, count) * DAY).astype(np.int64) + DAY
    registered = np.where(known, -before, (season.spread(joined) * DAY).astype(np.int64))
    return People(
        first_number=first_number,
        rhythm_days=rhythm,
        relative_rate=_median_rhythm(scenario) / rhythm,
        worth=rng.lognormal(0.0, shop.value_spread, count),
        city=choose(rng, CITY_SHARE, count),
        woman=rng.random(count) < 0.62,
        silent=rng.random(count) < scenario.voice.silent_share,
        known_before=known,
        joined=joined,
        registered=registered,
        one_time=~known & (rng.random(count) < shop.one_time_share),
        loyal=rng.random(count) < shop.loyalty_share,
    )


def natural_loss(scenario: Scenario, people: People, draws: Draws, *, first_order: Whole) -> NaturalLoss:
    """Draw when each customer leaves for no fault of the shop, counted from `first_order` (minutes, NEVER for none)."""
    rng = draws.of("loss")
    yearly = min(scenario.loss.yearly_hazard, 0.999)
    daily = -np.log1p(-yearly) / 365 * people.relative_rate**-scenario.confounding.loss_by_rhythm
    daily = daily * without_card(people, scenario.selection.loss_without_card)
    wait = rng.exponential(1.0, people.count) / np.maximum(daily, 1e-12)
    since = np.where(people.known_before, 0, np.minimum(first_order, NEVER))
    onset = np.minimum(since + np.minimum(wait, 1e6) * DAY, NEVER).astype(np.int64)
    gradual = rng.random(people.count) < scenario.loss.gradual_share
    single = people.one_time & (first_order < NEVER)
    onset, gradual = np.where(single, first_order, onset), gradual & ~single
    stop = onset + np.where(gradual, cooling_minutes(people.rhythm_days), 0)
    return NaturalLoss(onset, np.where(onset >= NEVER, NEVER, stop), gradual)


def without_card(people: People, factor: float) -> Floats:
    """Return factors (customers,) that are `factor` times greater for those without a loyalty card, with a mean of 1."""
    weight = np.where(people.loyal, 1.0, factor)
    return np.asarray(weight / weight.mean())


def cooling_minutes(rhythm_days: Floats) -> Whole:
    """How long a customer who cools keeps ordering, ever less: two and a half of their own gaps."""
    return (2.5 * rhythm_days * DAY).astype(np.int64)


def error_factor(scenario: Scenario, people: People) -> Floats:
    """Factor (customers,) on the chance of errors by rhythm, scaled so that its mean over orders is 1.

    With rates r of gamma shape k the mean over orders of (r / median)**a is E[r**(1 + a)] / (E[r] median**a).
    """
    power, shape = scenario.confounding.errors_by_rhythm, scenario.shop.rhythm_shape
    median = float(gammaincinv(shape, 0.5))
    mean = float(np.exp(gammaln(shape + 1 + power) - gammaln(shape))) / (shape * median**power)
    return np.asarray(people.relative_rate**power / mean)


def _median_rhythm(scenario: Scenario) -> float:
    shop = scenario.shop
    return float(shop.rhythm_days * shop.rhythm_shape / gammaincinv(shop.rhythm_shape, 0.5))
