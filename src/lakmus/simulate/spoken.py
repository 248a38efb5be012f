"""Turn drawn reviews, conversations and surveys into their words, one column of text per kind of row."""

from __future__ import annotations

import numpy as np
import polars as pl

from lakmus.simulate.desk import SERVICE, TOPICS
from lakmus.simulate.draws import Flags, Whole
from lakmus.simulate.goods import NAMES
from lakmus.simulate.people import CITIES
from lakmus.simulate.reviews import MATTERS, Reviews
from lakmus.simulate.texts import case_words, conduct_words, review_words
from lakmus.simulate.texts.grammar import Pattern, compose, compose_each, misspell
from lakmus.simulate.texts.meanings import codes_of

TYPO_SHARE = 0.15


def review_texts(
    rng: np.random.Generator, reviews: Reviews, *, woman: Flags, city: Whole, late_days: Whole, product: Whole
) -> tuple[pl.Series, pl.Series]:
    """Return the text of each review (rows,), null for stars without a word, and the codes that it was made to say."""
    voices = len(review_words.VOICES)
    patterns: list[Pattern] = [pattern for matter in MATTERS for pattern in review_words.bad_patterns(matter)]
    patterns += [review_words.MILD, review_words.GOOD]
    voice = rng.integers(0, voices, reviews.count)
    which = np.where(
        reviews.stars >= 4, len(patterns) - 1, np.where(reviews.stars == 3, len(patterns) - 2, reviews.matter * voices + voice)
    )
    words = {
        "product": pl.Series(NAMES).gather(product),
        "city": pl.Series(CITIES).gather(city),
        "days": pl.Series([_days(number) for number in range(40)]).gather(np.clip(late_days, 0, 39)),
        "stars": pl.Series(["", "одну звезду", "две звезды", "три звезды", "четыре звезды", "пять звёзд"]).gather(reviews.stars),
    }
    texts = compose_each(patterns, which, rng, woman=woman, words=words)
    codes = codes_of(texts)
    hasty = np.flatnonzero(rng.random(reviews.count) < TYPO_SHARE)
    texts = texts.scatter(hasty, misspell(texts.gather(hasty), rng))
    return pl.select(pl.when(pl.Series(reviews.worded) & (texts.str.len_chars() > 0)).then(texts).otherwise(None)).to_series(), codes


def answer_texts(rng: np.random.Generator, good: Flags, name: pl.Series) -> pl.Series:
    """Return our public answers to reviews (rows,)."""
    return compose_each(case_words.REVIEW_ANSWERS, good.astype(np.int64), rng, woman=np.ones(len(good), np.bool_), words={"name": name})


def asked(rng: np.random.Generator, topic: Whole, *, insulted: Flags, woman: Flags, product: Whole) -> tuple[pl.Series, pl.Series]:
    """Return the first messages of cases (rows,) by topic, and the codes they were made to say; the `insulted` complain of rudeness."""
    patterns = [*(case_words.ASKS[name] for name in TOPICS), conduct_words.INSULTED]
    which = np.where(insulted & (topic == SERVICE), len(TOPICS), topic)
    texts = compose_each(patterns, which, rng, woman=woman, words={"product": pl.Series(NAMES).gather(product)})
    codes = codes_of(texts)
    hasty = np.flatnonzero(rng.random(len(topic)) < TYPO_SHARE)
    return texts.scatter(hasty, misspell(texts.gather(hasty), rng)), codes


def asked_more(rng: np.random.Generator, misunderstood: Flags, *, woman: Flags) -> pl.Series:
    """Return the second questions of cases (rows,); the `misunderstood` say that they are."""
    which = np.where(misunderstood, 2, rng.random(len(misunderstood)) < 0.15)
    return compose_each((case_words.MORE, conduct_words.UNCLEAR, conduct_words.NOT_ASKED), which.astype(np.int64), rng, woman=woman)


def said(rng: np.random.Generator, pattern: Pattern, *, woman: Flags) -> pl.Series:
    """Return texts of one pattern (rows,)."""
    return compose(pattern, rng, len(woman), woman=woman)


def _days(number: int) -> str:
    if number % 10 == 1 and number % 100 != 11:
        return f"{number} день"
    if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14):
        return f"{number} дня"
    return f"{number} дней"


def contact_texts(rng: np.random.Generator, topic: Whole, *, woman: Flags) -> pl.Series:
    """Return the notes on our after-sales contacts (rows,) by topic."""
    return compose_each(case_words.CONTACTS, topic, rng, woman=woman)


def welcomed(rng: np.random.Generator, count: int) -> pl.Series:
    """Return the bot's greetings (rows,)."""
    return compose((case_words.BOT,), rng, count, woman=np.zeros(count, np.bool_))


def registered(rng: np.random.Generator, case: pl.Series) -> pl.Series:
    """Return the system's confirmations (rows,), each with its case's number."""
    return compose((case_words.SYSTEM,), rng, len(case), woman=np.zeros(len(case), np.bool_), words={"case": case})
