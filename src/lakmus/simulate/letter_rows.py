"""Rows of automatic messages and their words."""

from __future__ import annotations

import numpy as np
import polars as pl

from lakmus.simulate.draws import Draws, Flags, Whole, only_rows
from lakmus.simulate.files import CompanyFiles, moments, table
from lakmus.simulate.findings import SHAPE
from lakmus.simulate.goods import NAMES
from lakmus.simulate.identities import MEN, WOMEN
from lakmus.simulate.letters import ACCEPTED, ARRIVED, BASKET, OPINION, TEMPLATES, Letters
from lakmus.simulate.numbering import Numbering, order_or_none
from lakmus.simulate.season import Season
from lakmus.simulate.story import Story
from lakmus.simulate.texts import letter_words
from lakmus.simulate.texts.grammar import compose_each
from lakmus.simulate.written import dates, sums, tidied


def write_letters(files: CompanyFiles, story: Story, numbers: Numbering, season: Season, draws: Draws) -> None:
    """Write what the shop's machines sent to the block's customers."""
    letters = only_rows(story.letters, story.letters.at < season.minutes)
    row = np.argsort(letters.at, kind="stable")
    texts, owner = _texts(letters, story, numbers, season, draws), story.orders.owner[letters.order]
    order = np.where(letters.template == BASKET, -1, letters.order)
    files.write(
        "automatic_messages",
        table(
            {
                "customer": numbers.customer.gather(owner[row]),
                "at": moments(letters.at[row], season),
                "template": pl.Series(TEMPLATES).gather(letters.template[row]),
                "order": order_or_none(numbers, order[row]),
                "channel": pl.Series(("смс", "почта")).gather((owner[row] % 2).astype(np.int64)),
                "text": texts.gather(row),
            }
        ),
    )


def _texts(letters: Letters, story: Story, numbers: Numbering, season: Season, draws: Draws) -> pl.Series:
    """Return the text of each message; those that say the same have it word by word."""
    _, first, back = np.unique(letters.text, return_index=True, return_inverse=True)
    letters = only_rows(letters, first)
    rng, finding = draws.of("letters").spawn(1)[0], letters.finding
    forgot, count = finding == SHAPE["placeholder"], letters.count
    called = np.isin(letters.template, (ACCEPTED, ARRIVED, OPINION))
    named = called & ((rng.random(count) < 0.6) | forgot | (finding == SHAPE["wrong_name"]))
    patterns = [(hello, *body) for body in letter_words.BODIES for hello in (letter_words.UNNAMED, letter_words.NAMED)]
    kopecks = story.orders.amount[letters.order]
    factor = np.where(rng.random(count) < 0.5, 1.1, 0.65) + 0.25 * rng.random(count)
    charged = np.where(finding == SHAPE["wrong_sum"], (kopecks * factor).astype(np.int64) // 100 * 100, kopecks)
    shift = rng.integers(2, 8, count) * np.where(rng.random(count) < 0.5, 1, -1)
    day = story.deliveries.promised_day[letters.order] + np.where(finding == SHAPE["wrong_date"], shift, 0)
    words = {
        "name": _names(letters, story, numbers, rng, forgot=forgot & called),
        "number": _numbers(letters, numbers, rng, forgot=forgot & ~called),
        "sum": sums(charged, rng.integers(0, 4, count)),
        "date": dates(day, rng.integers(0, 3, count), season),
        "product": pl.Series(NAMES).gather(numbers.product[letters.order]),
        "points": pl.Series(story.orders.amount[letters.order] // 10_000).cast(pl.String),
    }
    texts = compose_each(patterns, letters.template * 2 + named, rng, woman=np.ones(count, np.bool_), words=words)
    return tidied(texts).gather(back)


def _names(letters: Letters, story: Story, numbers: Numbering, rng: np.random.Generator, *, forgot: Flags) -> pl.Series:
    owner, count = story.orders.owner[letters.order], letters.count
    own = numbers.who.called.gather(owner)
    place, step = rng.integers(0, len(MEN), count), rng.integers(1, len(MEN), count)
    woman = pl.Series(story.people.woman[owner])
    one, other = (
        pl.select(pl.when(woman).then(pl.Series(WOMEN).gather(at)).otherwise(pl.Series(MEN).gather(at))).to_series()
        for at in (place, (place + step) % len(MEN))
    )
    missing = pl.Series(letter_words.NAME_FORGOTTEN).gather(rng.integers(0, len(letter_words.NAME_FORGOTTEN), count))
    foreign = pl.select(pl.when(one == own).then(other).otherwise(one)).to_series()
    wrong = pl.Series(letters.finding == SHAPE["wrong_name"])
    return pl.select(pl.when(pl.Series(forgot)).then(missing).when(wrong).then(foreign).otherwise(own)).to_series()


def _numbers(letters: Letters, numbers: Numbering, rng: np.random.Generator, *, forgot: Flags) -> pl.Series:
    own = numbers.order.gather(letters.order)
    other = (own.cast(pl.Int64) + pl.Series(rng.integers(1, 400, letters.count))).cast(pl.String)
    missing = pl.Series(letter_words.NUMBER_FORGOTTEN).gather(rng.integers(0, len(letter_words.NUMBER_FORGOTTEN), letters.count))
    wrong: Whole = letters.finding == SHAPE["wrong_number"]
    return pl.select(pl.when(pl.Series(forgot)).then(missing).when(pl.Series(wrong)).then(other).otherwise(own)).to_series()
