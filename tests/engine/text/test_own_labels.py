"""What is learned from a company's own marks."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from lakmus.engine.text.own_labels import OwnLabels, learn_labels, learn_polarity, polarity_column
from lakmus.history.estimate import NotEnoughEvidence

# What a company's customers call good and bad, and no lexicon knows.
TEXTS = [f"посылка {number} {word}" for number in range(30) for word in ("фырчит бодро", "кряхтит вяло")]
STARS = [5.0, 1.0] * 30


@pytest.mark.slow
def test_words_of_a_companys_own_are_learned_from_its_stars() -> None:
    learned = learn_polarity(TEXTS, STARS)
    assert isinstance(learned, OwnLabels)
    told = polarity_column(pl.Series(["фырчит", "кряхтит", None]), learned)
    assert told["polarity"].to_list()[:2] == ["positive", "negative"]
    assert told["confidence"].is_between(0.5, 1).all()


def test_too_few_marks_teach_nothing_and_that_is_said() -> None:
    assert isinstance(learn_polarity(TEXTS[:30], STARS[:30]), NotEnoughEvidence)
    only_good = learn_polarity(TEXTS[::2], STARS[::2])
    assert isinstance(only_good, NotEnoughEvidence)
    assert only_good.available == 0


def test_three_stars_teach_nothing() -> None:
    learned = learn_polarity([*TEXTS, *["серединка"] * 50], [*STARS, *[3.0] * 50])
    assert isinstance(learned, OwnLabels)
    assert learned.learned_from == len(TEXTS)


@pytest.mark.slow
def test_learning_twice_gives_the_same_model() -> None:
    once, twice = (learn_labels(TEXTS, ["a", "b"] * 30) for _ in range(2))
    assert np.array_equal(once.probabilities(TEXTS), twice.probabilities(TEXTS))
    assert np.allclose(once.probabilities(TEXTS).sum(axis=1), 1)
    assert once.told(TEXTS[:2]) == ["a", "b"]


def test_more_than_two_topics_are_told_apart_with_probabilities() -> None:
    kinds = {"курьер": "курьер опоздал у двери", "оплата": "карта не прошла при оплате", "вкус": "суп был холодный и солёный"}
    texts = [f"{said} {number}" for number in range(10) for said in kinds.values()]
    learned = learn_labels(texts, [*kinds] * 10)
    assert learned.told(["опоздал курьер", "оплата картой", "солёный суп"]) == ["курьер", "оплата", "вкус"]
    assert np.allclose(learned.probabilities(texts).sum(axis=1), 1)
    assert learned.probabilities(["суп холодный солёный"]).max() > 0.8
