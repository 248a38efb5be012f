"""Rows of visits and loyalty points."""

from __future__ import annotations

import numpy as np
import polars as pl

from lakmus.simulate.draws import NEVER, Draws, Whole
from lakmus.simulate.files import CompanyFiles, moments, table
from lakmus.simulate.numbering import Numbering, order_or_none
from lakmus.simulate.season import DAY, Season, minute_of_day
from lakmus.simulate.story import Story

PAGES = (
    "/",
    "/katalog",
    "/katalog/dom",
    "/katalog/pitomcy",
    "/tovar",
    "/korzina",
    "/oformlenie",
    "/dostavka",
    "/kabinet",
    "/akcii",
    "/pomosch",
)
PAGE_SHARE = np.array([0.16, 0.15, 0.12, 0.12, 0.2, 0.06, 0.03, 0.03, 0.06, 0.05, 0.02])
OPERATIONS = ("вступление", "начисление", "списание", "сгорание")


def write_behaviour(files: CompanyFiles, story: Story, numbers: Numbering, season: Season, draws: Draws) -> None:
    """Write what the block's customers did without being asked."""
    rng = draws.of("behaviour").spawn(1)[0]
    _write_visits(files, story, numbers, season, rng)
    _write_loyalty(files, story, numbers, season, rng)


def _write_visits(files: CompanyFiles, story: Story, numbers: Numbering, season: Season, rng: np.random.Generator) -> None:
    """Looking around before an order, the order itself, and idle visits that thin out while a customer cools and end when they leave."""
    orders, people, placed = story.orders, story.people, numbers.placed
    online = placed[orders.channel[placed] < 2]
    earlier = np.repeat(online, rng.poisson(0.8, len(online)))
    before = orders.at[earlier] // DAY * DAY - DAY * rng.integers(1, 6, len(earlier)) + minute_of_day(rng.random(len(earlier)))
    begins = np.where(people.known_before, 0, people.registered)
    ends = np.minimum(story.departure.stop, season.minutes)
    alive = np.maximum(ends - begins, 0)
    idle = np.repeat(np.arange(people.count), rng.poisson(0.6 * alive / DAY / people.rhythm_days))
    since = begins[idle] + alive[idle] * rng.random(len(idle))
    cooling = np.maximum(story.departure.stop - story.departure.felt_at, 1)[idle]
    warm = rng.random(len(idle)) < np.exp(-2.0 * np.maximum(since - story.departure.felt_at[idle], 0) / cooling)
    idle, since = idle[warm], since[warm]
    day = since // DAY
    aimless = day.astype(np.int64) * DAY + minute_of_day(rng.random(len(idle)))
    owner = np.concatenate((orders.owner[earlier], orders.owner[online], idle))
    at = np.concatenate((before, np.maximum(orders.at[online] - rng.integers(2, 20, len(online)), 0), aimless))
    page = np.concatenate((_pages(rng, len(earlier)), np.full(len(online), PAGES.index("/oformlenie")), _pages(rng, len(idle))))
    minutes = np.round(rng.gamma(1.6, 3.0, len(owner)) + 0.1, 1)
    row = np.flatnonzero((at >= 0) & (at < season.minutes))
    row = row[np.argsort(at[row], kind="stable")]
    files.write(
        "visits",
        table(
            {
                "customer": numbers.customer.gather(owner[row]),
                "at": moments(at[row], season),
                "page": pl.Series(PAGES).gather(page[row]),
                "minutes": minutes[row],
            }
        ),
    )


def _write_loyalty(files: CompanyFiles, story: Story, numbers: Numbering, season: Season, rng: np.random.Generator) -> None:
    """One point per full hundred roubles on delivery, spent now and then, the rest of a card burning after a year of silence."""
    orders, people, placed = story.orders, story.people, numbers.placed
    joined = np.flatnonzero(people.loyal & (people.registered >= 0) & (people.registered < season.minutes))
    paid = placed[people.loyal[orders.owner[placed]] & (story.deliveries.delivered[placed] < season.minutes)]
    earned = orders.amount[paid] // 10_000
    spent = paid[rng.random(len(paid)) < 0.12]
    used = np.maximum(orders.amount[spent] // 40_000, 1)
    last = np.full(people.count, NEVER)
    newest = np.full(people.count, -1)
    np.maximum.at(newest, orders.owner[paid], story.deliveries.delivered[paid])
    last = np.where(newest >= 0, newest + 365 * DAY, NEVER)
    burnt = np.flatnonzero(last < season.minutes)
    owner = np.concatenate((joined, orders.owner[paid], orders.owner[spent], burnt))
    at = np.concatenate((people.registered[joined], story.deliveries.delivered[paid], orders.at[spent], last[burnt]))
    kind = np.repeat(np.arange(4), [len(joined), len(paid), len(spent), len(burnt)])
    points = np.concatenate((np.zeros(len(joined), np.int64), earned, used, rng.integers(5, 60, len(burnt))))
    order = np.concatenate((np.full(len(joined), -1), paid, spent, np.full(len(burnt), -1)))
    row = np.argsort(at, kind="stable")
    row = row[(points[row] > 0) | (kind[row] == 0)]
    files.write(
        "loyalty",
        table(
            {
                "customer": numbers.customer.gather(owner[row]),
                "at": moments(at[row], season),
                "operation": pl.Series(OPERATIONS).gather(kind[row]),
                "points": points[row],
                "order": order_or_none(numbers, order[row]),
            }
        ),
    )


def _pages(rng: np.random.Generator, count: int) -> Whole:
    grown = np.cumsum(PAGE_SHARE) / PAGE_SHARE.sum()
    return np.minimum(np.searchsorted(grown, rng.random(count), side="right"), len(PAGES) - 1)
