"""Read one text: language, polarity with confidence, codes and the words that led to them, cries for help, counted attempts, questions."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import exp, log1p

from lakmus.engine.text import lexicon
from lakmus.engine.text.cleaning import cleaned
from lakmus.engine.text.drawbacks import advantage_items, drawback_items
from lakmus.engine.text.expectation import expected_places, quoted_to_deny
from lakmus.engine.text.finding import Heard, Lexicon, Saying, compiled
from lakmus.engine.text.kept import PROMISED, UNKEPT, without_halves
from lakmus.engine.text.language import language_of
from lakmus.engine.text.mentions import attempts_in, may_ask, questions_in
from lakmus.engine.text.misspelling import in_cyrillic, unglued
from lakmus.engine.text.notation import entries_of
from lakmus.engine.text.reading import thanks_only, tidy
from lakmus.engine.text.word_classes import CLASSES
from lakmus.engine.text.words import Words, words_of

ENTRIES = ("ru", "accounts", "en", "leaving", "kept", "feelings")
"""The files of the lexicon, in `entries/`."""

BRIEF, BRIEF_WORDS, DRAWBACKS = "brief", 4, "drawbacks"
"""The file of what words say that are the whole text, how many words and stops such a text has at most, and the file of what words say
that stand under a heading for drawbacks."""

GLAD_SIGNS = "😀😃😄😁😆😊😍🥰😘🙂☺👍👏🙏❤💕🎉🔥😂🤗💯✅🌟⭐😎"
ANGRY_SIGNS = "😡😠🤬😤😞😢😭😩😫🙁☹👎💩🤮🤢😒😑💔❌🤦😔😖"
_QUOTES = re.compile('[«„“"‘]')
_MARK = re.compile(r"(?<![\d/.])(\d{1,2}) ?(?:/|из|out of) ?(5|10)(?![\d/.]\d|\d| ?[а-яa-z])", re.I)
_BAD_SHARE, _GOOD_SHARE = 0.4, 0.8
"""A mark («2 из 10», "5/5") up to the one displeases, from the other on it pleases."""

_MAY_BE_SIGN = re.compile("[\u2600-\u27bf\u2b50\U0001f300-\U0001faff]")
PLEASED_WORD, DISPLEASED_WORD, LEAVING = "pleased", "displeased", "leaving"
FEELINGS = (PLEASED_WORD, DISPLEASED_WORD)
APART = frozenset({*FEELINGS, "praise", "thanks", LEAVING, "complaint", "no_need", "moved", "competitor_offer"})
"""Codes that are no error and no fault of the company's: they do not count as such in the polarity."""

GIVES_WAY = {
    "unresolved_problem": "checkout_obstacle",
    "wrong_information": "broken_promise",
    "slow_reply": "broken_promise",
    "no_reply": "indifference",
    "no_personal_approach": "hidden_charge",
    "competitor_offer": "praise",
    "product_quality": "poor_service",
}
"""Codes that are not said where the same words (or ones among them) say another that is closer: a parcel promised for Monday and awaited
since is a promise broken, no slow reply, and «дешевле, чем у других» speaks for the company."""

HALVES = (PROMISED, UNKEPT)
AWAITED, WAIT, PROMISE = "awaited", "slow_reply", "broken_promise"
"""A wait that does not say for what («сколько ещё ждать?») is one for a reply, unless the text tells of a promise that was not kept: then
what was promised is awaited, and that is told already."""

OTHER_CODES = (LEAVING, "complaint", "poor_service", "praise", "thanks")
"""Codes beside the service errors and the other reasons: the customer says goodbye, complains or finds the service bad without saying of
what, praises, thanks."""


@dataclass(frozen=True, slots=True)
class Feelings:
    """What in a text speaks for displeasure: counts, negated ones on the other side; the features of the polarity."""

    pleased: int
    displeased: int
    errors: int
    praises: int
    glad_signs: int
    angry_signs: int

    def features(self) -> tuple[float, ...]:
        """Return log(1 + count) of each."""
        counts = (self.pleased, self.displeased, self.errors, self.praises, self.glad_signs, self.angry_signs)
        return tuple(log1p(count) for count in counts)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the words of one text say.

    `language` is "ru", "en", "mixed", "other" or None (no letters); `kind` "own", "automatic" (an automatic reply), "spam" or "empty", and
    only texts of one's own are read further. `polarity` is "negative", "positive", or None where no word decides; `confidence` (0.5..1) the
    probability that a reader would call it so. `sayings` lead to `codes`, in signs of the original. `attempts`: the largest
    count said («третий раз» is 3), 0 where none. `questions`: how many sentences ask.
    """

    language: str | None
    kind: str
    polarity: str | None
    confidence: float | None
    codes: tuple[str, ...]
    sayings: tuple[Saying, ...]
    cries_for_help: bool
    attempts: int
    questions: int
    feelings: Feelings


NO_FEELINGS = Feelings(0, 0, 0, 0, 0, 0)
WEIGHTS = (-1.78, 1.26, 1.88, -0.06, -0.43, 2.57)
"""Of `Feelings.features`; `python -m benchmarks.text_reading --fit` prints them. No level: what holds no words says nothing."""


def _entries(words: Iterable[str]) -> str:
    """Return a list of `lexicon.py` (beginnings of words and phrases) in the notation of the lexicon of codes."""
    lines = []
    for word in words:
        *before, last = word.split()
        lines.append(" ".join([*(f"={part}" for part in before), f"={last}" if word.endswith(" ") else f"{last}*"]))
    return "\n".join(lines)


@functools.cache
def whole_lexicon() -> Lexicon:
    """Return the compiled lexicon of both languages; made once in a process (about a second)."""
    entries: dict[str, list[str]] = {}
    for name in ENTRIES:
        for code, lines in entries_of(name).items():
            entries.setdefault(code, []).append(lines)
    entries.setdefault(LEAVING, []).append(_entries(lexicon.CRY_FOR_HELP))
    entries["complaint"] = [_entries(lexicon.COMPLAINT_WORDS)]
    return compiled(entries, CLASSES)


@functools.cache
def _short_lexicon(*names: str) -> Lexicon:
    entries: dict[str, list[str]] = {}
    for name in names:
        for code, lines in entries_of(name).items():
            entries.setdefault(code, []).append(lines)
    return compiled(entries, CLASSES)


def _heard_in_short(words: Words, text: str, found: list[Heard]) -> Iterator[Heard]:
    """Yield what a text of a few words says, and what is named under a heading for drawbacks, where the lexicon hears no code."""
    if len(words.texts) <= BRIEF_WORDS and all(one.code in FEELINGS for one in found):
        brief = _short_lexicon(BRIEF)
        yield from (one for one in brief.heard(words, brief.known(words)) if not found or one.code not in FEELINGS)
    coded = {one.place for one in found if one.code not in FEELINGS}
    for begin, end in drawback_items(words, text):
        if coded.isdisjoint(range(begin, end)):
            named, item = _short_lexicon(BRIEF, DRAWBACKS), Words(words.texts[begin:end], "")
            heard = named.heard(item, named.known(item))
            yield from (one._replace(place=one.place + begin, last=one.last + begin) for one in heard if one.code not in FEELINGS)
    bad = {one.place for one in found if one.code not in APART and not one.negated}
    for begin, end in advantage_items(words, text):
        if bad.isdisjoint(range(begin, end)):
            yield Heard("praise", begin, end - 1, False)


@functools.cache
def reading_version() -> str:
    """Return the version of the reading: it changes with any entry of the lexicon and any weight."""
    whole = repr(
        ([entries_of(name) for name in (*ENTRIES, BRIEF, DRAWBACKS)], CLASSES, lexicon.CRY_FOR_HELP, lexicon.COMPLAINT_WORDS, WEIGHTS)
    )
    return f"lexicon-{hashlib.sha256(whole.encode()).hexdigest()[:10]}"


def read(text: str | None) -> Reading:
    """Return what the words of one text say.

    Linear in the length; of more than `LONGEST_TEXT` signs the beginning is read. The probability behind the polarity is
    σ(weights · log(1 + counts)); `docs/explanation/text.md` says on which texts the weights were fitted.
    """
    own = cleaned(text or "")
    if own.kind == "empty":
        return Reading(None, "empty", None, None, (), (), False, 0, 0, NO_FEELINGS)
    words = words_of(own.text)
    language = language_of(words)
    if language == "other" and (spelt := in_cyrillic(words)):
        words, language = spelt, "ru"
    elif language != "en":
        words = unglued(words)
    if own.kind != "own":
        return Reading(language, own.kind, None, None, (), (), False, 0, 0, NO_FEELINGS)
    known = whole_lexicon()
    found = known.heard(words, known.known(words))
    found += list(_heard_in_short(words, own.text, found))
    if expected := expected_places(words.texts):
        found = [one for one in found if one.place not in expected and one.last not in expected]
    if found and _QUOTES.search(own.text):
        found = [one for one in found if not quoted_to_deny(words, one.place, own.text)]
    if any(one.code in HALVES for one in found):
        found = list(without_halves(found, words.texts))
    if any(one.code == AWAITED for one in found):
        found = list(_waits(found))
    feelings = _feelings(found, own.text)
    told = [one for one in found if one.code not in FEELINGS and not one.negated]
    sayings = tuple([one.saying(words) for one in (_without_general(told) if len(told) > 1 else told)])
    cries = any(one.code == LEAVING for one in sayings)
    codes = dict.fromkeys([*([LEAVING] if cries else []), *(one.code for one in sayings)])  # a cry for help jumps the queue
    lowered = tidy(own.text)
    if thanks_only(lowered):
        codes["thanks"] = None
    attempts = attempts_in(lowered)
    probability = negative_probability(feelings)
    return Reading(
        language,
        "own",
        None if probability is None else "negative" if probability >= 0.5 else "positive",
        None if probability is None else max(probability, 1 - probability),
        tuple(codes),
        sayings,
        cries,
        max((one.count for one in attempts), default=0),
        len(questions_in(lowered)) if may_ask(lowered, words.texts) else 0,
        feelings,
    )


def _waits(found: list[Heard]) -> Iterator[Heard]:
    """Yield what was heard, a wait that does not say for what as one for a reply or, beside a promise that was not kept, not at all."""
    promised = any(one.code == PROMISE and not one.negated for one in found)
    waits = {one.place for one in found if one.code == WAIT}
    for one in found:
        if one.code != AWAITED:
            yield one
        elif not promised and one.place not in waits:
            yield one._replace(code=WAIT)


def _without_general(told: list[Heard]) -> list[Heard]:
    """Leave out what says the same words' matter less closely: who tells that the site did not work has told more than "unresolved"."""
    codes = {one.code for one in told}
    for general, special in GIVES_WAY.items():
        if general in codes and special in codes:
            places = [(one.place, one.last) for one in told if one.code == special]
            told = [
                one for one in told if one.code != general or not any(one.place <= last and first <= one.last for first, last in places)
            ]
    return told


@functools.lru_cache(maxsize=4096)
def negative_probability(feelings: Feelings) -> float | None:
    """Return the probability (0..1) that a reader would call a text negative; None where nothing in it decides."""
    if feelings == NO_FEELINGS:
        return None
    return 1 / (1 + exp(-sum(weight * feature for weight, feature in zip(WEIGHTS, feelings.features(), strict=True))))


def _feelings(found: Iterable[Heard], text: str) -> Feelings:
    pleased = displeased = errors = praises = 0
    for one in found:
        if one.code in FEELINGS:
            if (one.code == PLEASED_WORD) != one.negated:
                pleased += 1
            else:
                displeased += 1
        elif one.code == "praise":
            praises += not one.negated
        elif one.code not in APART:
            errors += not one.negated
        else:
            displeased += one.code in (LEAVING, "complaint") and not one.negated
    if ("/" in text or " из " in text or " out of " in text) and (mark := _MARK.search(text)):
        share = int(mark[1]) / int(mark[2])
        pleased, displeased = pleased + (_GOOD_SHARE <= share <= 1), displeased + (share <= _BAD_SHARE)
    glad, angry = text.count("))") + text.count(":)"), text.count("((") + text.count(":(")
    if _MAY_BE_SIGN.search(text):
        glad += sum(text.count(sign) for sign in GLAD_SIGNS)
        angry += sum(text.count(sign) for sign in ANGRY_SIGNS)
    return Feelings(pleased, displeased, errors, praises, glad, angry)
