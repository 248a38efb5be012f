"""The company's own reading of texts as it was taken over last: what the verdict and `lakmus text read` read by.

Taking over is a step of its own (`learn_reading.take_over`): labels are given by hundreds, and each must not have everything computed anew.
What was taken over last stands in `reading.json`: the version of the taxonomy, until when labels and stars count, and which of what they
taught beats the lexicon. No text and no activity stands there, so that whoever is forgotten is not remembered by it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from lakmus.engine.errors.catalogue import ERROR_CODES, OTHER_REASONS
from lakmus.engine.text.code_labels import JudgedCode
from lakmus.engine.text.company_reading import CompanyReading, SaidOfText
from lakmus.engine.text.own_labels import NEGATIVE_STARS, POSITIVE_STARS
from lakmus.engine.text.reader import reading_version
from lakmus.engine.text.said import WRITTEN
from lakmus.operations.labels.queries import Label, labels_in_effect, labels_until, phrases_of
from lakmus.usecases.asking import ask
from lakmus.usecases.house.home import Home

KEPT_AS = "reading.json"
MOST_MARKED = 3000
"""Marked texts that are learned from, the latest."""
NAMEABLE = (*ERROR_CODES, *(code for code in OTHER_REASONS if code != "unknown"))
"""Codes that everybody who labels is asked about: who does not name one says that the text does not have it."""
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
class TakenReading:
    """What was taken over: labels and stars `until` a moment, themes of that version of the `taxonomy`, what beats the lexicon of then.

    `polarity` None where marks are too few to learn from. `embeddings` : the version of the sentence embeddings that it is learned with,
    None without.
    """

    until: datetime
    taxonomy: int
    lexicon: str
    polarity: JudgedReading | None
    codes: tuple[JudgedCode, ...]
    embeddings: str | None = None

    @property
    def stands(self) -> bool:
        """Say whether what was learned was judged against the lexicon that reads now."""
        return self.lexicon == reading_version()


@dataclass(frozen=True, slots=True)
class Marked:
    """Texts with what they are marked as (1 or 5 stars), and how many of the marks are people's labels."""

    texts: list[str]
    stars: list[float]
    labels: int


def taken_reading(home: Home) -> TakenReading | None:
    """Return what was taken over last, None where nothing was."""
    try:
        told = json.loads((home.path / KEPT_AS).read_text(encoding="utf-8"))
        polarity = JudgedReading(**told["polarity"]) if told["polarity"] else None
        codes = tuple(JudgedCode(**one) for one in told["codes"])
        until, taxonomy = datetime.fromisoformat(told["until"]), int(told["taxonomy"])
        return TakenReading(until, taxonomy, told["lexicon"], polarity, codes, told.get("embeddings"))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def keep_taken(home: Home, taken: TakenReading) -> None:
    """Keep what is taken over, in place of what was before."""
    draft = home.path / f".{KEPT_AS}"
    draft.write_text(json.dumps(asdict(taken) | {"until": taken.until.isoformat()}), encoding="utf-8")
    os.replace(draft, home.path / KEPT_AS)


def judged_reading(home: Home) -> JudgedReading | None:
    """Return what was judged last of the polarity; None where nothing was, or by another version of the lexicon."""
    taken = taken_reading(home)
    return taken.polarity if taken is not None and taken.stands else None


def reading_key(home: Home) -> str | None:
    """Return what changes when the verdict is to be read anew: something else was taken over, or a label that counts was changed."""
    taken = taken_reading(home)
    if taken is None:
        return None
    return hashlib.sha256(repr((taken, labels_in_effect(taken.until))).encode()).hexdigest()[:16]


def company_reading(home: Home) -> CompanyReading | None:
    """Return what the company taught the reading, as it was taken over last; None where nothing was.

    No model is kept in a file: whoever may write files here could otherwise have this process run what they like.
    """
    taken, key = taken_reading(home), reading_key(home)
    if taken is None or key is None:
        return None
    labels = labels_until(taken.until)
    themes = tuple((code, tuple(phrases)) for code, phrases in sorted(phrases_of(taken.taxonomy).items()))
    marks: tuple[tuple[str, float], ...] = ()
    corrected: tuple[str, ...] = ()
    if taken.stands:
        if taken.polarity is not None and taken.polarity.used == "own":
            marked = marked_texts(home, until=taken.until)
            marks = tuple(zip(marked.texts, marked.stars, strict=True))
        corrected = tuple(one.code for one in taken.codes if one.used)
    texts = texts_with_codes(home, until=taken.until) if corrected else ()
    return CompanyReading(key, themes, said_of_texts(labels), marks, texts, corrected, taken.embeddings)


_WRITTEN = """SELECT activity_id, ts, _stars AS stars, _text AS text FROM read_parquet(?, union_by_name = true)
              WHERE _text IS NOT NULL AND trim(_text) <> '' AND list_contains(?::VARCHAR[], activity)
              AND coalesce(_author, 'customer') = 'customer' AND ts <= ? AND _known_at <= ?"""


def marked_texts(home: Home, *, until: datetime) -> Marked:
    """Return the latest texts that customers gave 1–2 or 4–5 stars, or that people called negative or positive; each text once."""
    said = {one.activity_id: STARS[one.polarity] for one in said_of_texts(labels_until(until)) if one.polarity in STARS}
    sql = f"""{_WRITTEN} AND (_stars <= ? OR _stars >= ? OR list_contains(?::VARCHAR[], activity_id))
              ORDER BY ts DESC, activity_id LIMIT ?"""
    asked = [home.stream().files(), list(WRITTEN), until, until, NEGATIVE_STARS, POSITIVE_STARS, sorted(said), MOST_MARKED]
    marks: dict[str, float] = {}
    by_people: set[str] = set()
    for row in ask(sql, asked):
        label = said.get(row["activity_id"])
        if label is not None:
            marks[row["text"]] = label
            by_people.add(row["text"])
        elif row["text"] not in by_people and row["stars"] is not None:
            marks.setdefault(row["text"], 1.0 if row["stars"] <= NEGATIVE_STARS else 5.0)
    return Marked(list(marks), list(marks.values()), len(by_people))


def texts_with_codes(home: Home, *, until: datetime) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the texts that people labelled until a moment, each once, with the codes that they say it has."""
    said = {one.activity_id: one.codes for one in said_of_texts(labels_until(until))}
    if not said:
        return ()
    sql = f"{_WRITTEN} AND list_contains(?::VARCHAR[], activity_id) ORDER BY ts DESC, activity_id LIMIT ?"
    asked = [home.stream().files(), list(WRITTEN), until, until, sorted(said), MOST_MARKED]
    return tuple({row["text"]: said[row["activity_id"]] for row in ask(sql, asked)}.items())


def texts_of_activities(home: Home, activities: Sequence[str]) -> dict[str, str]:
    """Return the whole texts of activities from the stream, in the order asked for."""
    if not activities:
        return {}
    sql = """SELECT activity_id, _text FROM read_parquet(?, union_by_name = true)
             WHERE _text IS NOT NULL AND list_contains(?::VARCHAR[], activity_id)"""
    found = {row["activity_id"]: row["_text"] for row in ask(sql, [home.stream().files(), list(activities)])}
    return {name: found[name] for name in activities if name in found}


def said_of_texts(labels: Sequence[Label]) -> tuple[SaidOfText, ...]:
    """Return what people said of each text: that of which more than half of them spoke; where they are split, nothing.

    A code of `NAMEABLE` that less than half of them named the text does not have.
    """
    by_text: dict[str, list[Label]] = defaultdict(list)
    for label in labels:
        by_text[label.activity_id].append(label)
    return tuple(_together(name, by_text[name]) for name in sorted(by_text))


def _together(activity: str, labels: list[Label]) -> SaidOfText:
    half = len(labels) / 2
    named = Counter(code for label in labels for code in label.codes)
    polarities = Counter(label.polarity for label in labels)
    polarity = next((one for one, count in polarities.items() if count > half), None)
    codes = tuple(sorted(code for code, count in named.items() if count > half))
    return SaidOfText(activity, polarity, codes, tuple(sorted(code for code in NAMEABLE if named[code] < half)))
