"""Turn the conduct of staff into the words of their replies."""

from __future__ import annotations

import numpy as np
import polars as pl

from lakmus.simulate.cases import Cases
from lakmus.simulate.conduct import (
    BY_DAY,
    FORMAL,
    IGNORANT,
    INDIFFERENT,
    MISUNDERSTOOD,
    PROMISING,
    REFUSING,
    RIGHT_DATE,
    RIGHT_SUM,
    RUDE,
    TODAY,
    TOMORROW,
    TWO_HOURS,
    WRONG_DATE,
    WRONG_SUM,
    Conduct,
)
from lakmus.simulate.deliveries import Deliveries
from lakmus.simulate.desk import COMPLAINTS, STAFF, TOPICS
from lakmus.simulate.draws import Flags, Whole
from lakmus.simulate.purchases import Orders
from lakmus.simulate.season import DAY, Season
from lakmus.simulate.texts import case_words
from lakmus.simulate.texts import conduct_words as words
from lakmus.simulate.texts.grammar import Pattern, compose_each, misspell
from lakmus.simulate.written import dates, sums, tidied

WOMAN_OF_STAFF = np.array([worker.woman for worker in STAFF])
TYPO_SHARE, NEAR_SHARE, WAYS = 0.02, 0.06, 4
WARM = (*range(len(COMPLAINTS)), TOPICS.index("Оплата"))
"""Topics that are answered warmly: complaints, and money gone astray, which reads like one."""
UNTIL = {TODAY: "сегодня до 18:00", TOMORROW: "завтра до 12:00", TWO_HOURS: "в течение двух часов"}


def replies_to_complaints(rng: np.random.Generator, topic: Whole, *, staff: Whole, name: pl.Series) -> pl.Series:
    """Return replies (rows,) to those who complain, on whatever topic: always with a name, an apology, understanding or a question."""
    patterns = [pattern for name_of in TOPICS for pattern in _warm(name_of)]
    which = topic * WAYS + rng.integers(0, WAYS, len(topic))
    return compose_each(patterns, which, rng, woman=WOMAN_OF_STAFF[staff], words={"name": name})


def first_replies(
    rng: np.random.Generator,
    cases: Cases,
    conduct: Conduct,
    orders: Orders,
    deliveries: Deliveries,
    season: Season,
    *,
    slow: Flags,
    name: pl.Series,
) -> pl.Series:
    """Return the first reply of each case (rows,), as its manner wants it."""
    count, manner, ordinary = cases.count, conduct.manner, _ordinary()
    topic = cases.topic
    way = np.where(np.isin(topic, WARM), conduct.variant % WAYS, slow & (conduct.variant < 3))
    base = topic * WAYS + way
    tails = [words.SUM_STATED, words.DAY_STATED, *words.PROMISES]
    patterns = [*ordinary, words.COLD, words.RUDE, words.OFFICIAL, words.REFUSAL, words.IGNORANCE]
    special = {code: len(ordinary) + place for place, code in enumerate((INDIFFERENT, RUDE, FORMAL, REFUSING, IGNORANT))}
    patterns += [(words.BY_NAME, tail, case_words.FAREWELLS) for tail in tails] + [(words.BY_NAME, words.NEAR, case_words.FAREWELLS)]
    patterns += [
        (words.BY_NAME, case_words.REPLIES[TOPICS[(place + 4) % len(TOPICS)]], case_words.FAREWELLS) for place in range(len(TOPICS))
    ]
    stating = len(ordinary) + len(special)
    which = np.select([manner == code for code in special], [np.int64(place) for place in special.values()], base)
    which = np.where((manner == RIGHT_SUM) | (manner == WRONG_SUM), stating, which)
    which = np.where((manner == RIGHT_DATE) | (manner == WRONG_DATE), stating + 1, which)
    which = np.where(manner == PROMISING, stating + 2 + conduct.promise, which)
    which = np.where(manner == MISUNDERSTOOD, stating + len(tails) + 1 + topic, which)
    near = (which == base) & (rng.random(count) < NEAR_SHARE)
    which = np.where(near, stating + len(tails), which)
    kopecks = orders.amount[cases.order]
    wrong = (kopecks * np.where(conduct.off < 0.5, 0.6 + 0.5 * conduct.off, 0.6 + conduct.off)).astype(np.int64) // 100 * 100
    promised = deliveries.promised_day[cases.order] + np.where(manner == WRONG_DATE, 2 + (conduct.off * 4).astype(np.int64), 0)
    told = {
        "name": name,
        "sum": sums(np.where(manner == WRONG_SUM, wrong, kopecks), rng.integers(0, 4, count)),
        "date": dates(promised, rng.integers(0, 3, count), season),
        "until": _until(conduct, cases, season),
    }
    texts = tidied(compose_each(patterns, which, rng, woman=WOMAN_OF_STAFF[np.maximum(cases.staff, 0)], words=told))
    # A slip in a figure would be a wrong figure, which is another matter.
    hasty = np.flatnonzero((rng.random(count) < TYPO_SHARE) & (manner < RIGHT_SUM))
    return texts.scatter(hasty, misspell(texts.gather(hasty), rng))


def _ordinary() -> list[Pattern]:
    """Return `WAYS` patterns per topic; questions use the first two only."""
    patterns: list[Pattern] = []
    for place, topic in enumerate(TOPICS):
        answer = case_words.REPLIES[topic]
        if place in WARM:
            patterns += _warm(topic)
        else:
            plain: Pattern = (case_words.GREETINGS, answer, case_words.FAREWELLS)
            patterns += [plain, (case_words.GREETINGS, case_words.SORRY, answer, case_words.FAREWELLS), plain, plain]
    return patterns


def _warm(topic: str) -> list[Pattern]:
    answer = case_words.REPLIES[topic]
    return [
        (words.BY_NAME, answer, case_words.FAREWELLS),
        (words.PLAIN, words.APOLOGY, answer, case_words.FAREWELLS),
        (words.BY_NAME, words.UNDERSTOOD, answer),
        (words.PLAIN, answer, words.QUESTION),
    ]


def _until(conduct: Conduct, cases: Cases, season: Season) -> pl.Series:
    by_day = pl.select(pl.concat_str(pl.lit("не позже "), dates(cases.reply // DAY % (1 << 20) + 1, np.full(cases.count, 2), season)))
    fixed = pl.Series([UNTIL.get(code, "") for code in range(4)]).gather(conduct.until)
    return pl.select(pl.when(pl.Series(conduct.until == BY_DAY)).then(by_day.to_series()).otherwise(fixed)).to_series()
