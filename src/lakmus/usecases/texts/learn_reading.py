"""Take over what the company taught: labels and themes of people, and of what stars and labels teach whatever beats the lexicon."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl
from django.utils import timezone

from lakmus.engine.text.code_labels import judge_codes, spread_parts
from lakmus.engine.text.embeddings import required_version
from lakmus.engine.text.own_labels import NEGATIVE_STARS, learn_polarity
from lakmus.engine.text.reader import read, reading_version
from lakmus.engine.text.table import read_column
from lakmus.history.estimate import NotEnoughEvidence
from lakmus.operations.labels.queries import taxonomy_version
from lakmus.usecases.house.home import Home
from lakmus.usecases.texts.own_reading import JudgedReading, Marked, TakenReading, keep_taken, marked_texts, taken_reading, texts_with_codes

FOLDS, SEED = 5, 11
"""Parts of which each is held out once; how they are drawn."""


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What was taken over; `polarity` says why nothing was learned of it where marks are too few."""

    taken: TakenReading
    polarity: JudgedReading | NotEnoughEvidence


def take_over(home: Home, *, embeddings: bool | None = None) -> TakenOver:
    """Judge what the marks of until now teach, and have the next verdict read by labels, themes and what beats the lexicon.

    Parameters
    ----------
    embeddings : whether sentence embeddings are learned with, beside the words; None as the last time (at first without).

    Raises
    ------
    NotFound : embeddings are asked for and not installed; what was taken over before stands.
    """
    before = taken_reading(home)
    with_them = before is not None and before.embeddings is not None if embeddings is None else embeddings
    version = required_version() if with_them else None
    until = timezone.now()
    polarity = judge_polarity(marked_texts(home, until=until), at=until, embeddings=version)
    labelled = texts_with_codes(home, until=until)
    texts = [text for text, _ in labelled]
    found = read_column(pl.Series(texts, dtype=pl.String))["codes"].to_list()
    codes = judge_codes(texts, found, [said for _, said in labelled], embeddings=version)
    judged = polarity if isinstance(polarity, JudgedReading) else None
    taken = TakenReading(until, taxonomy_version(), reading_version(), judged, codes, version)
    keep_taken(home, taken)
    return TakenOver(taken, polarity)


def ask_to_take_over() -> None:
    """Have the worker take over what people and marks teach."""
    from django_q.tasks import async_task

    async_task("lakmus.jobs.tasks.take_over_labels", task_name="take-over-labels")


def judge_polarity(marked: Marked, *, at: datetime, embeddings: str | None = None) -> JudgedReading | NotEnoughEvidence:
    """Learn from all marks but a fifth, five times, and say whether that or the lexicon told the fifth better.

    Raises
    ------
    NotFound : `embeddings` are asked for and not installed.
    """
    learned = learn_polarity(marked.texts, marked.stars, embeddings=embeddings)
    if isinstance(learned, NotEnoughEvidence):
        return learned
    truth = np.array(marked.stars) < NEGATIVE_STARS + 0.5
    own, parts = np.zeros(len(truth), dtype=bool), spread_parts(truth, folds=FOLDS, seed=SEED)
    for part in range(FOLDS):
        rest, held = np.flatnonzero(parts != part), np.flatnonzero(parts == part)
        model = learn_polarity([marked.texts[at] for at in rest], [marked.stars[at] for at in rest], embeddings=embeddings)
        texts = [marked.texts[at] for at in held]
        own[held] = _lexicon_says(texts) if isinstance(model, NotEnoughEvidence) else np.array(model.told(texts)) == "negative"
    own_f1, lexicon_f1 = _mean_f1(truth, own), _mean_f1(truth, _lexicon_says(marked.texts))
    return JudgedReading(
        _version(marked, embeddings),
        "own" if own_f1 > lexicon_f1 else "lexicon",
        len(truth),
        len(truth) - marked.labels,
        marked.labels,
        own_f1,
        lexicon_f1,
        reading_version(),
        at.isoformat(timespec="seconds"),
    )


def _lexicon_says(texts: Sequence[str]) -> np.ndarray:
    """Return which texts the lexicon calls negative; where no word decides, a text counts as positive."""
    return np.array([read(text).polarity == "negative" for text in texts], dtype=bool)


def _mean_f1(truth: np.ndarray, told: np.ndarray) -> float:
    found = []
    for wanted in (True, False):
        hit = int(((told == wanted) & (truth == wanted)).sum())
        found.append(2 * hit / max(1, int((told == wanted).sum() + (truth == wanted).sum())))
    return sum(found) / 2


def _version(marked: Marked, embeddings: str | None) -> str:
    whole = repr((reading_version(), marked.texts, marked.stars, *([embeddings] if embeddings else []))).encode()
    return f"own-{hashlib.sha256(whole).hexdigest()[:10]}"
