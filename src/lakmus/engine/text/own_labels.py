"""Learn from the company's own marks: polarity from its stars, topics from its own labels; beside the lexicon, never instead of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, hstack
from scipy.special import log_softmax, softmax

from lakmus.engine.text.embeddings import embedded
from lakmus.engine.text.kernel_labels import MOST_MARKED, KernelLabels, fit_kernel
from lakmus.engine.text.notation import stem
from lakmus.engine.text.reader import read
from lakmus.engine.text.reading import tidy
from lakmus.history.estimate import NotEnoughEvidence
from lakmus.history.wording import Wording

NEGATIVE_STARS, POSITIVE_STARS = 2.0, 4.0
"""Reviews with no more stars are negative, with no fewer positive; those between teach nothing: they differ from company to company."""

FEWEST_OF_EACH = 20
"""Marked texts of each kind below which a company's own model is not learned."""

LEXICON_WEIGHT = 0.3
"""What a unit of the lexicon's features weighs beside TF-IDF; chosen on the fifth of the bank reviews that may be looked at."""

MEANING_WEIGHT = 1.0
"""What a text's point among sentence embeddings, of length 1, weighs beside TF-IDF, where the extra is used."""

TOGETHER_WITHIN = 8
"""Words within which two stems, in whatever order, count as said together."""

_WORD = re.compile(r"\w+")
_TOO_FEW = Wording(
    "Своих отметок мало, чтобы учиться на них: нужно хотя бы {needed} каждого вида.",
    "Too few marks of your own to learn from: at least {needed} of each kind are needed.",
)


@dataclass(frozen=True, slots=True)
class OwnLabels:
    """A model learned from marked texts: stems, stems said together and character 2–5-grams by TF-IDF, a linear model.

    `labels` are what it tells apart; `learned_from` how many texts it has seen; `scale` turns margins into logits.
    `embeddings`: the version of the sentence embeddings beside the words, None where there are none; more than two labels are then told
    by `KernelLabels`.
    """

    labels: tuple[str, ...]
    learned_from: int
    words: Any
    signs: Any
    model: Any
    scale: float
    with_lexicon: bool
    embeddings: str | None = None

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        """Return the probability of each label for each text, shape (texts, labels), each row summing to 1.

        Raises
        ------
        NotFound : it was learned with sentence embeddings that are not installed here.
        """
        features = _features(self.words, self.signs, texts, fit=False, with_lexicon=self.with_lexicon)
        meant = None if self.embeddings is None else embedded(texts, self.embeddings)
        if len(self.labels) == 2:
            return np.asarray(self.model.predict_proba(beside_words(features, meant)), dtype=np.float64)
        return np.asarray(softmax(self.scale * _margins(self.model, features, meant), axis=1), dtype=np.float64)

    def told(self, texts: Sequence[str]) -> list[str]:
        """Return the likeliest label of each text."""
        return [self.labels[place] for place in self.probabilities(texts).argmax(axis=1)]


def learn_labels(texts: Sequence[str], labels: Sequence[str], *, with_lexicon: bool = False, embeddings: str | None = None) -> OwnLabels:
    """Learn to tell `labels` apart; at least two must be among them. The same texts give the same model.

    Two labels by logistic regression; more by linear support vectors, one against the rest (Fan et al. 2008), or, with `embeddings` (a
    version of them) and no more than `MOST_MARKED` texts, by a ridge regression on likenesses. Margins become probabilities by the one
    scale that makes the marks of a half that was not learned from likeliest (Guo et al. 2017).

    Raises
    ------
    NotFound : `embeddings` are asked for and not installed.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    words = TfidfVectorizer(analyzer=stems_and_pairs, sublinear_tf=True, dtype=np.float32)
    signs = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2, max_features=300_000, dtype=np.float32)
    meant = None if embeddings is None else embedded(texts, embeddings)
    features = _features(words, signs, texts, fit=True, with_lexicon=with_lexicon)
    truth, scale = np.asarray(labels), 1.0
    if len(set(labels)) == 2:
        regression = LogisticRegression(C=10.0, class_weight="balanced", max_iter=300)
        model: Any = regression.fit(beside_words(features, meant), truth)
    else:
        model = _many_labels(features, meant, truth)
        scale = _scale_of_margins(features, meant, truth)
    known = tuple(str(label) for label in model.classes_)
    return OwnLabels(known, len(texts), words, signs, model, scale, with_lexicon, embeddings)


def beside_words(features: csr_matrix, meant: np.ndarray | None) -> csr_matrix:
    """Return what the words of texts say with what the texts mean beside it, where that is known."""
    return features if meant is None else csr_matrix(hstack([features, csr_matrix(meant * np.float32(MEANING_WEIGHT))]))


def _many_labels(features: csr_matrix, meant: np.ndarray | None, truth: np.ndarray) -> Any:
    from sklearn.svm import LinearSVC

    if meant is not None and len(truth) <= MOST_MARKED:
        return fit_kernel(features, meant, truth)
    return LinearSVC(C=0.5, random_state=0).fit(beside_words(features, meant), truth)


def _margins(model: Any, features: csr_matrix, meant: np.ndarray | None) -> np.ndarray:
    if isinstance(model, KernelLabels) and meant is not None:
        return model.decision_function(features, meant)
    return np.asarray(model.decision_function(beside_words(features, meant)))


def _scale_of_margins(features: csr_matrix, meant: np.ndarray | None, truth: np.ndarray) -> float:
    """Return the scale of margins under which the even half's marks are likeliest by a model of the odd half."""
    odd = np.arange(len(truth)) % 2 == 1
    half = _many_labels(features[odd], None if meant is None else meant[odd], truth[odd])
    judged = ~odd & np.isin(truth, half.classes_)
    if len(half.classes_) < 3 or not judged.any():
        return 1.0
    margins = _margins(half, features[judged], None if meant is None else meant[judged])
    right = np.searchsorted(half.classes_, truth[judged])

    def surprise(log_scale: float) -> float:
        return float(-log_softmax(np.exp(log_scale) * margins, axis=1)[np.arange(len(right)), right].mean())

    return float(np.exp(minimize_scalar(surprise, bounds=(-2.0, 4.0), method="bounded").x))


def learn_polarity(texts: Sequence[str], stars: Sequence[float], *, embeddings: str | None = None) -> OwnLabels | NotEnoughEvidence:
    """Learn what is negative from reviews with stars (1..5); 1–2 stars are "negative", 4–5 "positive", 3 are left out.

    Raises
    ------
    NotFound : `embeddings` are asked for and not installed.
    """
    marked = [
        (text, "negative" if given <= NEGATIVE_STARS else "positive")
        for text, given in zip(texts, stars, strict=True)
        if given <= NEGATIVE_STARS or given >= POSITIVE_STARS
    ]
    kinds = [kind for _, kind in marked]
    rarer = min(kinds.count("negative"), kinds.count("positive"))
    if rarer < FEWEST_OF_EACH:
        return NotEnoughEvidence(_TOO_FEW.filled(needed=FEWEST_OF_EACH), FEWEST_OF_EACH, rarer)
    return learn_labels([text for text, _ in marked], kinds, with_lexicon=True, embeddings=embeddings)


def polarity_column(texts: pl.Series, learned: OwnLabels) -> pl.DataFrame:
    """Return the polarity ("negative", "positive") and its probability (0.5..1) of each text by a company's own model."""
    told = learned.probabilities(texts.fill_null("").to_list())
    labels = pl.Series("polarity", [learned.labels[place] for place in told.argmax(axis=1)], dtype=pl.String)
    return pl.DataFrame([labels, pl.Series("confidence", told.max(axis=1), dtype=pl.Float32)])


def stems_and_pairs(text: str) -> list[str]:
    """Return the stems of a text's words, those that follow each other, and those said together within `TOGETHER_WITHIN` words."""
    stems = [stem(word) for word in _WORD.findall(tidy(text))]
    found = list(stems)
    for place, first in enumerate(stems):
        for second in stems[place + 1 : place + TOGETHER_WITHIN]:
            found.append(f"{first} & {second}" if first < second else f"{second} & {first}")
    found.extend(f"{first} {second}" for first, second in pairwise(stems))
    return found


def _features(words: Any, signs: Any, texts: Sequence[str], *, fit: bool, with_lexicon: bool) -> csr_matrix:
    parts = [(each.fit_transform if fit else each.transform)(texts) for each in (words, signs)]
    if with_lexicon:
        counts = np.array([read(text).feelings.features() for text in texts], dtype=np.float32)
        parts.append(csr_matrix(counts * LEXICON_WEIGHT))
    return csr_matrix(hstack(parts))
