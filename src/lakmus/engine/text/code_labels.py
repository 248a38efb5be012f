"""Learn from people's labels which codes a company's own texts have: a correction of the lexicon, code by code."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import special
from scipy.sparse import csr_matrix, hstack

from lakmus.engine.text.embeddings import embedded
from lakmus.engine.text.own_labels import FEWEST_OF_EACH, beside_words, stems_and_pairs

FOLDS, SEED = 5, 13
"""Parts of which each is held out once; how they are drawn."""

CHANCE = 0.1
"""How probable it may be that a correction which is no better than the lexicon seems so on the labels held out."""

READING_WEIGHT = 2.0
"""What a code that the lexicon found weighs beside the words of a text, whose TF-IDF has length 1: the lexicon is a strong witness."""

Codes = Sequence[Collection[str]]


@dataclass(frozen=True, slots=True)
class JudgedCode:
    """How well one code is told on `texts` labelled by people, `labelled` of them with it; F1 (0..1) of either side on texts held out.

    `better` and `worse`: texts on which only the correction, or only the lexicon, agrees with people. `used`: the correction is.
    """

    code: str
    texts: int
    labelled: int
    own_f1: float
    lexicon_f1: float
    better: int
    worse: int
    used: bool


@dataclass(frozen=True, slots=True)
class CodeLabels:
    """What was learned: for each code a linear model over stems, stems said together and the codes that the lexicon finds.

    `embeddings` : the version of the sentence embeddings beside them, None where there are none.
    """

    words: Any
    read_codes: tuple[str, ...]
    models: Mapping[str, Any]
    embeddings: str | None = None

    def told(self, texts: Sequence[str], read_codes: Codes) -> dict[str, np.ndarray]:
        """Return for each code of `models` which of the texts have it; `read_codes` are what the lexicon finds in each text.

        Raises
        ------
        NotFound : it was learned with sentence embeddings that are not installed here.
        """
        return self._told(texts, read_codes, None if self.embeddings is None else embedded(texts, self.embeddings))

    def _told(self, texts: Sequence[str], read_codes: Codes, meant: np.ndarray | None) -> dict[str, np.ndarray]:
        features = beside_words(_with_read_codes(self.words.transform(texts), read_codes, self.read_codes), meant)
        return {code: np.asarray(model.predict(features), dtype=bool) for code, model in self.models.items()}


def learn_codes(
    texts: Sequence[str], read_codes: Codes, said: Codes, codes: Collection[str], *, embeddings: str | None = None
) -> CodeLabels:
    """Learn `codes` from labelled texts: `read_codes` is what the lexicon finds in each, `said` what people say it has.

    Logistic regression, both answers weighing alike. Each code must have been said of some texts, and not of all. `embeddings` : a version
    of sentence embeddings to be used beside the words.

    Raises
    ------
    NotFound : `embeddings` are asked for and not installed.
    """
    meant = None if embeddings is None else embedded(texts, embeddings)
    return replace(_learned(texts, read_codes, said, codes, meant), embeddings=embeddings)


def _learned(texts: Sequence[str], read_codes: Codes, said: Codes, codes: Collection[str], meant: np.ndarray | None) -> CodeLabels:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    words = TfidfVectorizer(analyzer=stems_and_pairs, sublinear_tf=True, min_df=2, dtype=np.float32)
    met = tuple(sorted({code for found in read_codes for code in found}))
    features = beside_words(_with_read_codes(words.fit_transform(texts), read_codes, met), meant)
    models = {
        code: LogisticRegression(C=3.0, class_weight="balanced", max_iter=300).fit(features, [code in one for one in said])
        for code in sorted(codes)
    }
    return CodeLabels(words, met, models)


def judge_codes(texts: Sequence[str], read_codes: Codes, said: Codes, *, embeddings: str | None = None) -> tuple[JudgedCode, ...]:
    """Judge a correction of each code that people said of at least `FEWEST_OF_EACH` texts, and not of as many, by texts held out.

    A correction is used where its F1 is the higher one and, of the texts on which it and the lexicon differ, more are told rightly than
    chance would have it (sign test, one side, `CHANCE`).

    Raises
    ------
    NotFound : `embeddings` are asked for and not installed.
    """
    judged = []
    meant = None if embeddings is None else embedded(texts, embeddings)
    for code in sorted({code for one in said for code in one}):
        truth = np.array([code in one for one in said])
        if min(truth.sum(), (~truth).sum()) < FEWEST_OF_EACH:
            continue
        own, lexicon = _held_out(texts, read_codes, truth, code, meant), np.array([code in one for one in read_codes])
        better, worse = int(((own == truth) & (lexicon != truth)).sum()), int(((own != truth) & (lexicon == truth)).sum())
        surely = bool(better + worse) and float(special.bdtrc(better - 1, better + worse, 0.5)) <= CHANCE
        mine, theirs = _f1(truth, own), _f1(truth, lexicon)
        judged.append(JudgedCode(code, len(truth), int(truth.sum()), mine, theirs, better, worse, surely and mine > theirs))
    return tuple(judged)


def _held_out(texts: Sequence[str], read_codes: Codes, truth: np.ndarray, code: str, meant: np.ndarray | None) -> np.ndarray:
    """Return what a correction says of each text that was learned from the other parts."""
    told, parts = np.zeros(len(truth), dtype=bool), spread_parts(truth, folds=FOLDS, seed=SEED)
    for part in range(FOLDS):
        rest, held = np.flatnonzero(parts != part).tolist(), np.flatnonzero(parts == part).tolist()
        said = [{code} if truth[at] else () for at in rest]
        of_rest, of_held = (None, None) if meant is None else (meant[rest], meant[held])
        learned = _learned([texts[at] for at in rest], [read_codes[at] for at in rest], said, {code}, of_rest)
        told[held] = learned._told([texts[at] for at in held], [read_codes[at] for at in held], of_held)[code]
    return told


def spread_parts(truth: np.ndarray, *, folds: int, seed: int) -> np.ndarray:
    """Return a part 0..folds-1 for each text, both answers spread evenly over the parts."""
    chance = np.random.default_rng(seed)
    parts = np.zeros(len(truth), dtype=int)
    for side in (truth, ~truth):
        there = chance.permutation(np.flatnonzero(side))
        parts[there] = np.arange(len(there)) % folds
    return parts


def _with_read_codes(words: csr_matrix, read_codes: Codes, known: Sequence[str]) -> csr_matrix:
    there = np.array([[code in found for code in known] for found in read_codes], dtype=np.float32).reshape(len(read_codes), len(known))
    return csr_matrix(hstack([words, csr_matrix(there * READING_WEIGHT)]))


def _f1(truth: np.ndarray, told: np.ndarray) -> float:
    return 2 * int((truth & told).sum()) / max(1, int(truth.sum() + told.sum()))
