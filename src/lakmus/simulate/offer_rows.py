"""Rows of offers, wishes and the site's checkout."""

from __future__ import annotations

import numpy as np
import polars as pl

from lakmus.simulate.checkouts import EVENTS, REASONS
from lakmus.simulate.draws import Draws, only_rows
from lakmus.simulate.files import CompanyFiles, moments, roubles, table
from lakmus.simulate.goods import ARTICLES, NAMES
from lakmus.simulate.numbering import Numbering, order_or_none
from lakmus.simulate.offers import ABOUT_CHANNEL, ABOUT_DELIVERY, CHANNELS, TOPICS
from lakmus.simulate.season import Season
from lakmus.simulate.story import Story
from lakmus.simulate.texts.grammar import compose
from lakmus.simulate.texts.offer_words import CAMPAIGNS, OFFER

PAGES = ("/oformlenie/adres", "/oformlenie/oplata", "/oformlenie/podtverzhdenie")


def write_offers(files: CompanyFiles, story: Story, numbers: Numbering, season: Season, draws: Draws) -> None:
    """Write what was offered to the block's customers, what they asked for, and their steps through the checkout."""
    _write_offers(files, story, numbers, season, draws)
    _write_wishes(files, story, numbers, season)
    _write_checkouts(files, story, numbers, season)


def _write_offers(files: CompanyFiles, story: Story, numbers: Numbering, season: Season, draws: Draws) -> None:
    offers = only_rows(story.offers, story.offers.at < season.minutes)
    offers = only_rows(offers, np.argsort(offers.at, kind="stable"))
    rng, owner = draws.of("offers").spawn(3)[2], story.orders.owner[offers.order]
    name = pl.Series(NAMES).gather(offers.product)
    words = {"name": numbers.who.called.gather(owner), "product": name}
    files.write(
        "offers",
        table(
            {
                "customer": numbers.customer.gather(owner),
                "at": moments(offers.at, season),
                "campaign": pl.Series(CAMPAIGNS).gather(offers.at // (60 * 24 * 30) % len(CAMPAIGNS)),
                "article": pl.Series(ARTICLES).gather(offers.product),
                "name": name,
                "channel": pl.Series(CHANNELS).gather(offers.channel),
                "text": compose(OFFER, rng, len(owner), woman=story.people.woman[owner], words=words),
            }
        ),
    )


def _write_wishes(files: CompanyFiles, story: Story, numbers: Numbering, season: Season) -> None:
    wishes, slights = story.wishes, story.slights
    told = np.flatnonzero(wishes.at < season.minutes)
    owner = np.concatenate((told, story.orders.owner[slights.order]))
    at = np.concatenate((wishes.at[told], slights.at))
    broken = np.repeat(np.array([0, 1]), [len(told), len(slights.order)])
    order = np.concatenate((np.full(len(told), -1), slights.order))
    row = np.argsort(at, kind="stable")
    row = row[at[row] < season.minutes]
    wish = wishes.wish[owner[row]]
    files.write(
        "preferences",
        table(
            {
                "customer": numbers.customer.gather(owner[row]),
                "at": moments(at[row], season),
                "topic": pl.Series(TOPICS).gather((wish >= len(ABOUT_CHANNEL)).astype(np.int64)),
                "wish": pl.Series((*ABOUT_CHANNEL, *ABOUT_DELIVERY, "")).gather(wish),
                "what": pl.Series(("записано", "нарушено")).gather(broken[row]),
                "order": order_or_none(numbers, order[row]),
            }
        ),
    )


def _write_checkouts(files: CompanyFiles, story: Story, numbers: Numbering, season: Season) -> None:
    steps = only_rows(story.checkouts, story.checkouts.at < season.minutes)
    steps = only_rows(steps, np.lexsort((steps.at, steps.at)))
    reason = pl.Series(REASONS).gather(steps.reason)
    files.write(
        "checkout",
        table(
            {
                "at": moments(steps.at, season),
                "customer": numbers.customer.gather(steps.owner),
                "event": pl.Series(EVENTS).gather(steps.event),
                "page": pl.Series(PAGES).gather((steps.order + steps.event) % len(PAGES)),
                "amount": roubles(story.orders.amount[steps.order]),
                "reason": pl.select(pl.when(reason != "").then(reason)).to_series(),
            }
        ),
    )
