"""Rows of reviews and surveys."""

from __future__ import annotations

import numpy as np
import polars as pl

from lakmus.simulate.draws import NEVER, Draws
from lakmus.simulate.files import CompanyFiles, moments, shown, table
from lakmus.simulate.numbering import Numbering
from lakmus.simulate.reviews import PLACES
from lakmus.simulate.season import DAY, Season
from lakmus.simulate.spoken import answer_texts, review_texts, said
from lakmus.simulate.story import Story
from lakmus.simulate.texts import case_words
from lakmus.simulate.texts.meanings import codes_of


def write_voices(files: CompanyFiles, story: Story, numbers: Numbering, season: Season, draws: Draws) -> None:
    """Write what the block's customers said in reviews and surveys."""
    _write_reviews(files, story, numbers, season, draws)
    _write_surveys(files, story, numbers, season, draws)


def _write_reviews(files: CompanyFiles, story: Story, numbers: Numbering, season: Season, draws: Draws) -> None:
    rng, reviews = draws.of("reviews").spawn(1)[0], story.reviews
    owner = story.orders.owner[reviews.order]
    texts, codes = review_texts(
        rng,
        reviews,
        woman=story.people.woman[owner],
        city=story.people.city[owner],
        late_days=np.minimum(story.deliveries.late_days[reviews.order], reviews.at // DAY - story.deliveries.promised_day[reviews.order]),
        product=numbers.product[reviews.order],
    )
    answered, worded = reviews.answered < season.minutes, np.flatnonzero(texts.is_not_null().to_numpy())
    customer, at = numbers.customer.gather(owner), pl.Series(reviews.at)
    files.tell("review", at, codes, season, only=worded, customer=customer, review=numbers.review)
    files.write(
        "reviews",
        table(
            {
                "review": numbers.review,
                "at": moments(reviews.at, season),
                "customer": shown(numbers.customer.gather(owner), reviews.names_customer),
                "order": shown(numbers.order.gather(reviews.order), reviews.names_order),
                "place": pl.Series(PLACES).gather(reviews.place),
                "stars": reviews.stars,
                "text": texts,
                "answered": moments(reviews.answered, season),
                "answer": shown(answer_texts(rng, reviews.stars >= 3, numbers.who.called.gather(owner)), answered),
            }
        ),
    )


def _write_surveys(files: CompanyFiles, story: Story, numbers: Numbering, season: Season, draws: Draws) -> None:
    rng, surveys = draws.of("surveys").spawn(1)[0], story.surveys
    owner = story.orders.owner[surveys.order]
    about_case, answered = surveys.case >= 0, surveys.answered < min(season.minutes, int(NEVER))
    points = np.where(about_case, surveys.stars, np.clip(surveys.stars * 2 + rng.integers(-1, 2, surveys.count), 0, 10))
    comments = np.where(surveys.stars >= 4, 1, 0)
    woman = story.people.woman[owner]
    good, bad = said(rng, case_words.SURVEY_GOOD, woman=woman), said(rng, case_words.SURVEY_BAD, woman=woman)
    text = pl.select(pl.when(pl.Series(comments == 1)).then(good).otherwise(bad)).to_series()
    commented = np.flatnonzero(answered & surveys.worded)
    files.tell("survey", pl.Series(surveys.answered), codes_of(text), season, only=commented, customer=numbers.customer.gather(owner))
    reply = answer_texts(rng, surveys.stars >= 4, numbers.who.called.gather(owner))
    cases = numbers.case.gather(np.maximum(surveys.case, 0)) if story.cases.count else pl.Series([None] * surveys.count, dtype=pl.String)
    kind = pl.Series(("NPS", "CSAT")).gather(about_case.astype(np.int64))
    scores = pl.select(pl.when(pl.Series(answered)).then(pl.Series(points))).to_series()
    files.write(
        "surveys",
        table(
            {
                "customer": numbers.customer.gather(owner),
                "sent": moments(surveys.sent, season),
                "kind": kind,
                "answered": moments(surveys.answered, season),
                "points": scores,
                "comment": shown(text, answered & surveys.worded),
                "case": shown(cases, about_case),
                "order": shown(numbers.order.gather(surveys.order), ~about_case),
                "replied": moments(surveys.replied, season),
                "reply": shown(reply, surveys.replied < season.minutes),
            }
        ),
    )
