"""People say what texts say: which text to ask about next, what was answered, how far people and the reading agree."""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import sqrt
from typing import Any

from lakmus.engine.errors.catalogue import ERROR_CODES, OTHER_REASONS
from lakmus.engine.text.reader import read
from lakmus.history.failures import BadInput, NotFound
from lakmus.history.wording import Wording
from lakmus.operations.labels import changes
from lakmus.operations.labels.queries import NO_THEME, Label, all_labels, label_of, labelled_by, own_phrases, standing_theme
from lakmus.usecases.asking import ask
from lakmus.usecases.causes.quotes import TEXTS, text_of
from lakmus.usecases.causes.standing import has_table
from lakmus.usecases.house.home import Home
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.texts.own_reading import said_of_texts, texts_of_activities

POOL, TOGETHER_EVERY = 400, 3
"""Texts that are weighed for a next question; every so many questions one is asked that a colleague has answered."""
NEEDED_TOGETHER = 20
"""Texts that two people must both have labelled before their agreement is told."""
NO_TEXT = Wording(
    "Этого текста нет: возможно, историю клиента стёрли. Ничего не сохранено; возьмите следующий.",
    "There is no such text: perhaps the customer's history was erased. Nothing was saved; take the next one.",
)

NO_DAY = Wording(
    "«{written}» – не день. Напишите срок как 2026-03-31 или оставьте пустым; ничего не сохранено.",
    "“{written}” is no day. Write the deadline as 2026-03-31 or leave it empty; nothing was saved.",
)


@dataclass(frozen=True, slots=True)
class AskedText:
    """A text to be labelled, with what the reading made of it; `mine` is one's own earlier label."""

    activity_id: str
    key: str
    customer: str | None
    at: datetime
    activity: str
    channel: str | None
    stars: float | None
    text: str
    polarity: str | None
    confidence: float | None
    codes: tuple[str, ...]
    mine: Label | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two sides agree on one code (or on the polarity) in `n` texts: `kappa` with its 95 % interval, None where undefined.

    `share` is in how many of the texts they say the same, `first` and `second` in how many each side says it.
    """

    code: str
    n: int
    share: float
    kappa: float | None
    low: float | None
    high: float | None
    first: int
    second: int


def code_titles() -> dict[str, Wording]:
    """Return the taxonomy as it stands: service errors, other reasons, the company's own themes; code → title."""
    told = {error.code: error.title for error in ERROR_CODES.values()}
    told |= {code: title for code, title in OTHER_REASONS.items() if code != "unknown"}
    return told | {code: Wording(title, title) for code, (title, _) in own_phrases().items()}


def next_text(home: Home, shown: Shown, user: Any, *, skipped: frozenset[str] = frozenset()) -> AskedText | None:
    """Return the text whose label teaches most: least certain, unlike those labelled before; None where all are labelled or
    `skipped`.

    Every third question is one that a colleague has answered, so that two people's agreement can be measured.
    """
    if not has_table(shown, TEXTS):
        return None
    mine, everybody = labelled_by(user), all_labels()
    theirs = {label.activity_id for label in everybody if label.activity_id not in mine} - skipped
    if theirs and len(mine) % TOGETHER_EVERY == TOGETHER_EVERY - 1:
        rows = _rows(shown, theirs)
    else:
        rows = _by_uncertainty(shown, mine | theirs | skipped) or _rows(shown, theirs)
    seen = Counter(code for label in everybody for code in label.codes or ("",))
    rows.sort(key=lambda row: (-_worth(row, seen), row["activity_id"]))
    return next((asked for row in rows if (asked := _asked(home, shown, row, None)) is not None), None)


def asked_text(home: Home, shown: Shown, activity_id: str, user: Any) -> AskedText:
    """Return one text with one's own label of it.

    Raises
    ------
    NotFound : there is no such text.
    """
    rows = _rows(shown, {activity_id}) if has_table(shown, TEXTS) else []
    label = label_of(activity_id, user)
    mine = Label(activity_id, label.customer, label.polarity, tuple(label.codes), label.reason, None) if label else None
    asked = _asked(home, shown, rows[0], mine) if rows else None
    if asked is None:
        raise NotFound("text_unknown", NO_TEXT)
    return asked


def keep_label(home: Home, shown: Shown, *, activity_id: str, polarity: str, codes: Iterable[str], reason: str, actor: Any) -> None:
    """Keep what a person says of a text; codes that the taxonomy does not know are left out.

    Raises
    ------
    BadInput : there is no such polarity. NotFound : there is no such text.
    """
    text = asked_text(home, shown, activity_id, actor)
    known = code_titles()
    chosen = [code for code in codes if code in known]
    changes.label_text(activity_id=activity_id, customer=text.key, polarity=polarity, codes=chosen, reason=reason, actor=actor)


_COLUMNS = 'activity_id, customer, anonymous_customer_id, "at", activity, channel, stars, polarity, confidence, codes'


def _by_uncertainty(shown: Shown, labelled: set[str]) -> list[dict[str, Any]]:
    sql = f"""SELECT {_COLUMNS} FROM read_parquet(?) WHERE NOT list_contains(?::VARCHAR[], activity_id)
              ORDER BY coalesce(confidence, 0.5) + 0.2 * (len(codes) > 0)::INTEGER, "at" DESC, activity_id LIMIT ?"""  # noqa: S608
    return ask(sql, [shown.table(TEXTS), sorted(labelled), POOL])


def _rows(shown: Shown, wanted: set[str]) -> list[dict[str, Any]]:
    sql = f"SELECT {_COLUMNS} FROM read_parquet(?) WHERE list_contains(?::VARCHAR[], activity_id) LIMIT ?"  # noqa: S608
    return ask(sql, [shown.table(TEXTS), sorted(wanted), POOL])


def _worth(row: dict[str, Any], seen: Counter[str]) -> float:
    """Weigh a text: 1 where a coin might as well decide its polarity, more where its codes were labelled seldom."""
    uncertain = 2 * (1 - (row["confidence"] or 0.5))
    rare = max(1 / sqrt(1 + seen[code]) for code in row["codes"] or ("",))
    return float(uncertain + rare)


def _asked(home: Home, shown: Shown, row: dict[str, Any], mine: Label | None) -> AskedText | None:
    key = row["customer"] or row["anonymous_customer_id"]
    text = text_of(home, shown, key, row["activity_id"]) if key else None
    if not text or not text.strip():
        return None
    told = {name: row[name] for name in ("activity_id", "customer", "at", "activity", "channel", "stars", "polarity", "confidence")}
    return AskedText(key=key, text=text, codes=tuple(row["codes"] or ()), mine=mine, **told)


def kappa(code: str, pairs: Sequence[tuple[str, str]]) -> Agreement:
    """Return Cohen's kappa of pairs of answers with its 95 % interval (Cohen 1960; large-sample error of Fleiss, Cohen & Everitt 1969)."""
    n = len(pairs)
    answers = sorted({answer for pair in pairs for answer in pair})
    observed = sum(first == second for first, second in pairs) / n if n else 0.0
    left, right = Counter(first for first, _ in pairs), Counter(second for _, second in pairs)
    said = sum(count for answer, count in left.items() if answer), sum(count for answer, count in right.items() if answer)
    chance = sum(left[answer] * right[answer] for answer in answers) / n**2 if n else 1.0
    if not n or chance == 1:
        return Agreement(code, n, observed, None, None, None, *said)
    found = (observed - chance) / (1 - chance)
    both = Counter(pairs)
    agreeing = sum(both[one, one] / n * ((1 - chance) - (left[one] + right[one]) / n * (1 - observed)) ** 2 for one in answers)
    apart = sum(
        count / n * ((left[second] + right[first]) / n * (1 - observed)) ** 2 for (first, second), count in both.items() if first != second
    )
    variance = agreeing + apart - (observed * chance - 2 * chance + observed) ** 2
    error = 1.96 * sqrt(max(variance, 0.0) / n) / (1 - chance) ** 2
    return Agreement(code, n, observed, found, max(-1.0, found - error), min(1.0, found + error), *said)


def agreement_of_people() -> list[Agreement]:
    """Return how far people agree on the polarity and on each code they used, over all texts that two of them labelled."""
    by_text: dict[str, list[Label]] = defaultdict(list)
    for label in all_labels():
        by_text[label.activity_id].append(label)
    pairs = [(labels[0], labels[1]) for labels in by_text.values() if len(labels) > 1]
    return _agreements([(first.polarity, first.codes, second.polarity, second.codes) for first, second in pairs])


def agreement_of_reading(home: Home) -> list[Agreement]:
    """Return how far the lexicon (second) agrees with people (first) on the polarity and on each code that either used.

    The texts are read anew: the verdict's table says what people said of them once that was taken over.
    """
    said = {one.activity_id: one for one in said_of_texts(all_labels())}
    known, sides = code_titles(), []
    for activity, text in texts_of_activities(home, list(said)).items():
        polarity, codes = _by_lexicon(text)
        label = said[activity]
        if label.polarity is not None:
            sides.append((label.polarity, label.codes, polarity or "neutral", tuple(code for code in codes if code in known)))
    return _agreements(sides)


@functools.lru_cache(maxsize=4096)
def _by_lexicon(text: str) -> tuple[str | None, tuple[str, ...]]:
    found = read(text)
    return found.polarity, found.codes


def _agreements(sides: Sequence[tuple[str, tuple[str, ...], str, tuple[str, ...]]]) -> list[Agreement]:
    if len(sides) < NEEDED_TOGETHER:
        return []
    used = Counter(code for _, first, _, second in sides for code in {*first, *second})
    found = [kappa("polarity", [(first, second) for first, _, second, _ in sides])]
    for code, _ in used.most_common():
        found.append(kappa(code, [(code if code in first else "", code if code in second else "") for _, first, _, second in sides]))
    return found


def keep_theme(*, title: str, phrases: Iterable[str], actor: Any) -> None:
    """Take up a theme of the company's own.

    Raises
    ------
    BadInput : it has no title, or no phrase.
    """
    changes.take_up_theme(title=title, phrases=phrases, actor=actor)


def answer_for_theme(code: str, *, carer: str, due_on: str, actor: Any) -> None:
    """Take down who answers for a theme, and until which ISO day, if any; an empty `carer` takes that back.

    Raises
    ------
    NotFound : the taxonomy has no such theme. BadInput : the day is no day.
    """
    if code not in code_titles():
        raise NotFound("theme_unknown", NO_THEME)
    try:
        day = date.fromisoformat(due_on) if due_on else None
    except ValueError:
        raise BadInput("theme_day", NO_DAY.filled(written=due_on[:40])) from None
    changes.give_theme(code=code, carer=carer, due_on=day, actor=actor)


def drop_theme(number: int, *, actor: Any) -> None:
    """Take a theme of the company's own out of the taxonomy.

    Raises
    ------
    NotFound : there is none of this number.
    """
    changes.take_out_theme(theme=standing_theme(number), actor=actor)
