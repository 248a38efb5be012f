"""What customers write about: themes of six months with their trend and bursts, and the texts that no code fits."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from lakmus.engine.errors.catalogue import ERROR_CODES
from lakmus.engine.text.bursts import GUARD_DAYS, PAST_DAYS, BurstRule, bursts_over
from lakmus.engine.text.themes import candidates, own_themes
from lakmus.engine.text.topics import share_ratio
from lakmus.history.estimate import Finding
from lakmus.history.failures import NotFound
from lakmus.history.wording import Wording
from lakmus.operations.labels.queries import NO_THEME, own_phrases, taxonomy_version
from lakmus.usecases.asking import ask
from lakmus.usecases.causes.quotes import TEXTS
from lakmus.usecases.causes.standing import has_table
from lakmus.usecases.house.home import Home
from lakmus.usecases.kept_beside import kept_json
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.texts.label_texts import code_titles
from lakmus.usecases.texts.own_reading import texts_of_activities

WINDOW_DAYS, HALF_DAYS, LATELY_DAYS = 182, 91, 28
ALL = "all"
"""What stands in place of a theme's code for all texts."""
ALL_TEXTS = Wording("все тексты клиентов", "all texts of customers")
MOST_READ = 20_000
"""Texts of which the words are read for own themes and candidates: the latest."""
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Topic:
    """One theme of the last six months: texts, customers and negative texts on it, `share` of all texts (0..1).

    `trend`: how many times its share has grown from the first three months to the last three. `weeks`: texts a week, oldest first.
    `burst`: {days, observed, expected, p_value, at, back} of the last four weeks, or None; `back`: whole days from `at` to the verdict's
    moment.
    `money`: what the error costs, where it is one.
    """

    code: str
    title: Wording
    texts: int
    customers: int
    negative: int
    share: float
    trend: Finding
    weeks: tuple[int, ...]
    burst: dict[str, Any] | None
    money: Finding | None


@dataclass(frozen=True, slots=True)
class Topics:
    """All themes, the commonest first; `texts` is how many texts six months hold, `unsorted` how many of them have no code."""

    texts: int
    unsorted: int
    since: datetime
    rows: tuple[Topic, ...]


@dataclass(frozen=True, slots=True)
class UnsortedText:
    """One text of a list."""

    activity_id: str
    key: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class ProposedTheme:
    """A phrase that texts without a code hold and others do not, with some of them; `activities` are all of these texts."""

    phrase: str
    texts: int
    examples: tuple[str, ...]
    activities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unsorted:
    """The queue of texts that no code fits, what they have in common, and a page of the `listed` (those with a phrase, or all)."""

    total: int
    listed: int
    rows: tuple[UnsortedText, ...]
    proposed: tuple[ProposedTheme, ...]


def has_texts(shown: Shown) -> bool:
    """Say whether the verdict read any texts."""
    return has_table(shown, TEXTS)


def show_topics(home: Home, shown: Shown) -> Topics:
    """Return the themes of the six months before the verdict's day."""
    counted = kept_json(shown, f"topics_{_themes_key()}", lambda: _counted(_texts(home, shown), shown.as_of))
    costs = {error.code: error.money for error in shown.verdict.errors}
    titles = code_titles()
    rows = [
        Topic(
            one["code"],
            titles[one["code"]],
            one["texts"],
            one["customers"],
            one["negative"],
            one["texts"] / counted["texts"],
            share_ratio(
                one["before"], one["texts"] - one["before"], all_before=counted["before"], all_now=counted["texts"] - counted["before"]
            ),
            tuple(one["weeks"]),
            one["burst"] and one["burst"] | {"at": shown.as_of - timedelta(days=one["burst"]["back"])},
            costs.get(one["code"]) if one["code"] in ERROR_CODES else None,
        )
        for one in counted["topics"]
    ]
    return Topics(counted["texts"], counted["unsorted"], shown.as_of - timedelta(days=WINDOW_DAYS), tuple(rows))


def _counted(texts: Sequence[dict[str, Any]], as_of: datetime) -> dict[str, Any]:
    """Return what six months of texts come to, theme by theme, the commonest first; `before`: of the first three months."""
    since, middle = as_of - timedelta(days=WINDOW_DAYS), as_of - timedelta(days=HALF_DAYS)
    window = [one for one in texts if one["at"] > since]
    by_code: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in window:
        for code in one["codes"]:
            by_code[code].append(one)
    bursts = _bursts(texts, list(by_code), as_of)
    topics = []
    for code, said in sorted(by_code.items(), key=lambda item: (-len(item[1]), item[0])):
        weeks = Counter((as_of - one["at"]).days // 7 for one in said)
        topics.append(
            {
                "code": code,
                "texts": len(said),
                "customers": len({one["key"] for one in said}),
                "negative": sum(one["polarity"] == "negative" for one in said),
                "before": sum(one["at"] <= middle for one in said),
                "weeks": [weeks[week] for week in range(WINDOW_DAYS // 7 - 1, -1, -1)],
                "burst": bursts.get(code),
            }
        )
    before = sum(one["at"] <= middle for one in window)
    return {"texts": len(window), "unsorted": sum(_is_unsorted(one) for one in window), "before": before, "topics": topics}


@dataclass(frozen=True, slots=True)
class TopicTexts:
    """The texts behind a figure, the latest first: all of them and whoever wrote them counted, a page of them."""

    title: Wording
    total: int
    customers: int
    rows: tuple[UnsortedText, ...]


@dataclass(frozen=True, slots=True)
class TextsAsked:
    """Which texts: of six months, with `year` of the verdict's 12 months; negative ones only; the `days` up to `back` days ago only."""

    year: bool = False
    negative: bool = False
    days: int = 0
    back: int = 0


def texts_of_topic(home: Home, shown: Shown, code: str, asked: TextsAsked | None = None, *, page: int = 1, size: int = 30) -> TopicTexts:
    """Return the texts behind a theme's count, or with `ALL` those behind the count of all texts.

    Raises
    ------
    NotFound : the taxonomy has no such theme.
    """
    titles, wanted = code_titles() | {ALL: ALL_TEXTS}, asked or TextsAsked()
    if code not in titles:
        raise NotFound("theme_unknown", NO_THEME)
    since = shown.verdict.definition.window_start_at if wanted.year else shown.as_of - timedelta(days=WINDOW_DAYS)
    found = [one for one in _texts(home, shown) if one["at"] > since and (code == ALL or code in one["codes"])]
    if wanted.negative:
        found = [one for one in found if one["polarity"] == "negative"]
    if wanted.days:
        latest = range(wanted.back, wanted.back + wanted.days)
        found = [one for one in found if (shown.as_of - one["at"]).days in latest]
    part = found[(page - 1) * size : page * size]
    return TopicTexts(titles[code], len(found), len({one["key"] for one in found}), tuple(_worded(home, part)))


def _worded(home: Home, part: Sequence[dict[str, Any]]) -> list[UnsortedText]:
    words = texts_of_activities(home, [one["activity_id"] for one in part])
    return [UnsortedText(one["activity_id"], one["key"], one["at"], words.get(one["activity_id"], "")) for one in part]


def show_unsorted(home: Home, shown: Shown, *, phrase: str = "", page: int = 1, size: int = 30) -> Unsorted:
    """Return the texts of six months that say something but fit no code, and phrases that they have in common.

    `phrase`: one of these; then only the texts behind its count are listed.
    """
    since = shown.as_of - timedelta(days=WINDOW_DAYS)
    window = [one for one in _texts(home, shown) if one["at"] > since]
    queue = [one for one in window if _is_unsorted(one)]
    proposed = _proposed(home, shown, window, queue[:MOST_READ])
    having = next((set(theme.activities) for theme in proposed if theme.phrase == phrase), None)
    listed = queue if having is None else [one for one in queue if one["activity_id"] in having]
    return Unsorted(len(queue), len(listed), tuple(_worded(home, listed[(page - 1) * size : page * size])), proposed)


def _is_unsorted(one: dict[str, Any]) -> bool:
    # What is said within a conversation is part of it: «ясно», «жду» are no theme.
    alone = one["activity"] != "sent_message" or one["polarity"] == "negative"
    return alone and not one["codes"] and one["polarity"] != "positive" and not one["thanks"]


def _proposed(home: Home, shown: Shown, window: Sequence[dict[str, Any]], unsorted: Sequence[dict[str, Any]]) -> tuple[ProposedTheme, ...]:
    def found() -> list[dict[str, Any]]:
        texts = {name: text for name, text in texts_of_activities(home, [one["activity_id"] for one in unsorted]).items() if text}
        names, said = list(texts), list(texts.values())
        coded = [one["activity_id"] for one in window if one["codes"]][:MOST_READ]
        told = candidates(said, [text for text in texts_of_activities(home, coded).values() if text])
        themes = (
            ProposedTheme(
                one.phrase, one.texts, tuple(said[at][:200] for at in one.places[:EXAMPLES]), tuple(names[at] for at in one.places)
            )
            for one in told
        )
        return [asdict(theme) for theme in themes]

    kept = kept_json(shown, f"proposed_{_themes_key()}", found)
    return tuple(ProposedTheme(one["phrase"], one["texts"], tuple(one["examples"]), tuple(one["activities"])) for one in kept)


def _themes_key() -> str:
    return hashlib.sha256(repr((taxonomy_version(), sorted(own_phrases().items()))).encode()).hexdigest()[:12]


def _texts(home: Home, shown: Shown) -> list[dict[str, Any]]:
    """Return the texts of the days that themes are judged by, the latest first, with the codes of the taxonomy and of own themes."""
    if not has_texts(shown):
        return []
    since = shown.as_of - timedelta(days=PAST_DAYS + GUARD_DAYS + LATELY_DAYS + 1)
    sql = """SELECT activity_id, coalesce(customer, anonymous_customer_id) AS key, "at", activity, polarity, codes FROM read_parquet(?)
             WHERE "at" > ? ORDER BY "at" DESC, activity_id"""
    rows = ask(sql, [shown.table(TEXTS), since])
    own, titles = _own_codes(home, shown, rows), code_titles()
    for row in rows:
        said = row["codes"] or ()
        row["thanks"] = "thanks" in said
        row["codes"] = list(dict.fromkeys([code for code in said if code in titles] + own.get(row["activity_id"], [])))
    return rows


def _own_codes(home: Home, shown: Shown, rows: Sequence[dict[str, Any]]) -> dict[str, list[str]]:
    """Return the own themes of the latest texts, by activity."""
    phrases = {code: said for code, (_, said) in own_phrases().items()}
    if not phrases:
        return {}

    def found() -> dict[str, list[str]]:
        themes = own_themes(phrases)
        words = texts_of_activities(home, [row["activity_id"] for row in rows[:MOST_READ]])
        return {name: codes for name, text in words.items() if text and (codes := themes.codes(text))}

    kept: dict[str, list[str]] = kept_json(shown, f"own_themes_{_themes_key()}", found)
    return kept


def _bursts(texts: Sequence[dict[str, Any]], codes: Sequence[str], as_of: datetime) -> dict[str, dict[str, Any]]:
    """Return the bursts of the last four weeks, each as somebody would have been told it."""
    days = PAST_DAYS + GUARD_DAYS + LATELY_DAYS
    counts = np.zeros((len(codes), days), dtype=np.int64)
    row_of = {code: at for at, code in enumerate(codes)}
    for one in texts:
        back = (as_of - one["at"]).days
        for code in one["codes"]:
            if code in row_of and back < days:
                counts[row_of[code], days - 1 - back] += 1
    first = int(np.flatnonzero(counts.sum(axis=0))[0]) if counts.any() else days
    found = bursts_over(counts[:, first:], BurstRule(), days=range(max(0, days - LATELY_DAYS - first), days - first))
    return {
        codes[one.theme]: {
            "days": one.days,
            "observed": one.observed,
            "expected": one.expected,
            "p_value": one.p_value,
            "back": days - 1 - first - one.day,
        }
        for one in found
    }
