"""The company's own stars and labels teach the polarity; what is learned is used only where it beats the lexicon on held-out texts."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from django.utils import timezone

from lakmus.engine.text.own_labels import NEGATIVE_STARS, POSITIVE_STARS, OwnLabels, learn_polarity
from lakmus.engine.text.reader import read, reading_version
from lakmus.history.estimate import NotEnoughEvidence
from lakmus.operations.labels.queries import all_labels
from lakmus.usecases.asking import ask
from lakmus.usecases.causes.quotes import TEXTS
from lakmus.usecases.causes.standing import has_table
from lakmus.usecases.home import Home
from lakmus.usecases.show_verdict import Shown

KEPT_AS = "reading.json"
MOST_MARKED, FOLDS, SEED = 3000, 5, 11
"""Marked texts that are learned from, the latest; parts of which each is held out once; how they are drawn."""
STARS = {"negative": 1.0, "positive": 5.0}


@dataclass(frozen=True, slots=True)
class JudgedReading:
    """Which reading tells the polarity: `used` is `own` or `lexicon`; mean F1 of both polarities (0..1) of either on texts held out.

    `marked` texts: by `stars` of customers, and by `labels` of people, which go before stars. `version` is that of what was learned.
    """

    version: str
    used: str
    marked: int
    stars: int
    labels: int
    own_f1: float
    lexicon_f1: float
    lexicon: str
    judged_at: str


@dataclass(frozen=True, slots=True)
class Marked:
    """Texts with what they are marked as (1 or 5 stars), and how many of the marks are people's labels."""

    texts: list[str]
    stars: list[float]
    labels: int


def judge_reading(home: Home, shown: Shown) -> JudgedReading | NotEnoughEvidence:
    """Learn from all marks but a fifth, five times, and keep whether that or the lexicon told the fifth better."""
    marked = marked_texts(home, shown)
    learned = learn_polarity(marked.texts, marked.stars)
    if isinstance(learned, NotEnoughEvidence):
        return learned
    truth = np.array(marked.stars) < NEGATIVE_STARS + 0.5
    own, parts = np.zeros(len(truth), dtype=bool), _parts(truth)
    for part in range(FOLDS):
        rest, held = np.flatnonzero(parts != part), np.flatnonzero(parts == part)
        model = learn_polarity([marked.texts[at] for at in rest], [marked.stars[at] for at in rest])
        texts = [marked.texts[at] for at in held]
        own[held] = _lexicon_says(texts) if isinstance(model, NotEnoughEvidence) else np.array(model.told(texts)) == "negative"
    own_f1, lexicon_f1 = _mean_f1(truth, own), _mean_f1(truth, _lexicon_says(marked.texts))
    found = JudgedReading(
        _version(marked),
        "own" if own_f1 > lexicon_f1 else "lexicon",
        len(truth),
        len(truth) - marked.labels,
        marked.labels,
        own_f1,
        lexicon_f1,
        reading_version(),
        timezone.now().isoformat(timespec="seconds"),
    )
    draft = home.path / f".{KEPT_AS}"
    draft.write_text(json.dumps(asdict(found)), encoding="utf-8")
    os.replace(draft, home.path / KEPT_AS)
    return found


def judged_reading(home: Home) -> JudgedReading | None:
    """Return what was judged last; None where nothing was, or by another version of the lexicon."""
    try:
        found = JudgedReading(**json.loads((home.path / KEPT_AS).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return found if found.lexicon == reading_version() else None


def own_reading(home: Home, shown: Shown) -> OwnLabels | None:
    """Return what the company's marks teach, where that was judged better than the lexicon; the same marks give the same model.

    No model is kept in a file: whoever may write files here could otherwise have this process run what they like.
    """
    judged = judged_reading(home)
    if judged is None or judged.used != "own":
        return None
    marked = marked_texts(home, shown)
    learned = learn_polarity(marked.texts, marked.stars)
    return None if isinstance(learned, NotEnoughEvidence) else learned


def marked_texts(home: Home, shown: Shown) -> Marked:
    """Return the latest texts that customers gave 1–2 or 4–5 stars, or that people called negative or positive; each text once."""
    if not has_table(shown, TEXTS):
        return Marked([], [], 0)
    said = {label.activity_id: STARS[label.polarity] for label in all_labels() if label.polarity in STARS}
    sql = """SELECT t.activity_id, t.stars, s._text AS text FROM read_parquet(?) AS t
             JOIN (SELECT activity_id, _text FROM read_parquet(?) WHERE _text IS NOT NULL) AS s USING (activity_id)
             WHERE t.stars <= ? OR t.stars >= ? OR list_contains(?::VARCHAR[], t.activity_id) ORDER BY t."at" DESC, t.activity_id LIMIT ?"""
    asked = [shown.table(TEXTS), home.stream().files(), NEGATIVE_STARS, POSITIVE_STARS, sorted(said), MOST_MARKED]
    marks: dict[str, float] = {}
    by_people: set[str] = set()
    for row in ask(sql, asked):
        label = said.get(row["activity_id"])
        if label is not None:
            marks[row["text"]] = label
            by_people.add(row["text"])
        elif row["text"] not in by_people:
            marks.setdefault(row["text"], 1.0 if row["stars"] <= NEGATIVE_STARS else 5.0)
    return Marked(list(marks), list(marks.values()), len(by_people))


def _parts(truth: np.ndarray) -> np.ndarray:
    """Return a part 0..4 for each text, both polarities spread evenly over the parts."""
    chance = np.random.default_rng(SEED)
    parts = np.zeros(len(truth), dtype=int)
    for side in (truth, ~truth):
        there = chance.permutation(np.flatnonzero(side))
        parts[there] = np.arange(len(there)) % FOLDS
    return parts


def _lexicon_says(texts: Sequence[str]) -> np.ndarray:
    """Return which texts the lexicon calls negative; where no word decides, a text counts as positive."""
    return np.array([read(text).polarity == "negative" for text in texts], dtype=bool)


def _mean_f1(truth: np.ndarray, told: np.ndarray) -> float:
    found = []
    for wanted in (True, False):
        hit = int(((told == wanted) & (truth == wanted)).sum())
        found.append(2 * hit / max(1, int((told == wanted).sum() + (truth == wanted).sum())))
    return sum(found) / 2


def _version(marked: Marked) -> str:
    whole = repr((reading_version(), marked.texts, marked.stars)).encode()
    return f"own-{hashlib.sha256(whole).hexdigest()[:10]}"
