"""Themes nobody named yet: phrases that tell texts without a code from the others, and themes of a company's own, written as phrases.

Formula. A phrase (one lemma, or two in a row) is telling by its log-odds in the texts looked at against the others, with what is said in
both as the prior, divided by its standard deviation (Monroe, Colaresi & Quinn 2008, "Fightin' Words"). Texts count, not occurrences.
"""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lakmus.engine.text.cleaning import cleaned
from lakmus.engine.text.finding import Lexicon, Saying, compiled
from lakmus.engine.text.notation import dictionary_form, english_stem
from lakmus.engine.text.word_classes import CLASSES
from lakmus.engine.text.words import COMMA, STOP, words_of

LEAST_TEXTS, LEAST_DEVIATES, PRIOR_TEXTS = 3, 1.96, 50.0
WITHIN = 2
"""Words that may stand between the words of a phrase of a company's own theme."""

_EMPTY = frozenset(
    """
    и в во не на с со а но что как по к ко из за для от до у о об при так же то это этот тот весь мой ваш наш свой я мы вы он она они
    быть бы ли или если когда уже еще только очень можно нужно надо мочь хотеть добрый день вечер утро здравствуйте привет спасибо
    пожалуйста почему зачем какой что-то какой-то просто сейчас потом тогда себе который себя там тут где есть нет ни раз вот чтобы
    после перед через между над под без про the a an and or but not is are was were be been i you he she it we they my your our their
    this that these those to of at for with from by if very have has had do does did will would can could please thank thanks hello hi
    dear there here as in on so me us them am just why what when where how which
    """.split()
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A phrase in its commonest wording: in how many texts of those looked at, how telling (normal deviate), the places of these texts."""

    phrase: str
    texts: int
    deviate: float
    places: tuple[int, ...]


def candidates(unsorted: Sequence[str], others: Sequence[str], *, most: int = 20) -> list[Candidate]:
    """Return the phrases that tell the texts without a code from the others, the most telling first.

    A phrase that stands in much the same texts as a more telling one is left out. Each text counts once for each phrase.
    """
    inside, wordings, places = _phrases(unsorted)
    outside, _, _ = _phrases(others)
    scored = [
        (deviate, lemmas)
        for lemmas, count in inside.items()
        if count >= LEAST_TEXTS and (deviate := _deviate(count, len(unsorted), outside[lemmas], len(others))) >= LEAST_DEVIATES
    ]
    told: list[Candidate] = []
    covered: list[set[int]] = []
    for deviate, lemmas in sorted(scored, key=lambda one: (-one[0] - 0.5 * (len(one[1]) - 1), one[1])):
        where = set(places[lemmas])
        if any(len(where & earlier) > 0.6 * min(len(where), len(earlier)) for earlier in covered):
            continue
        covered.append(where)
        wording = wordings[lemmas].most_common(1)[0][0]
        told.append(Candidate(wording, inside[lemmas], float(deviate), tuple(places[lemmas])))
        if len(told) == most:
            break
    return told


def _deviate(count: int, texts: int, other: int, other_texts: int) -> float:
    """Return the log-odds of a phrase in some texts against others, in standard deviations; see the formula above."""
    share = (count + other) / max(texts + other_texts, 1)
    prior, all_prior = PRIOR_TEXTS * share, PRIOR_TEXTS
    here, there = count + prior, other + prior
    odds = np.log(here / max(texts + all_prior - here, 0.5)) - np.log(there / max(other_texts + all_prior - there, 0.5))
    return float(odds / np.sqrt(1 / here + 1 / there))


Lemmas = tuple[str, ...]


def _phrases(texts: Sequence[str]) -> tuple[Counter[Lemmas], dict[Lemmas, Counter[str]], dict[Lemmas, list[int]]]:
    """Return in how many texts each phrase stands, how it is worded, and in which texts."""
    counts: Counter[Lemmas] = Counter()
    wordings: dict[Lemmas, Counter[str]] = defaultdict(Counter)
    places: dict[Lemmas, list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        said = words_of(cleaned(text).text).texts
        lemmas = [_lemma(word) for word in said]
        there: dict[Lemmas, str] = {(lemma,): word for lemma, word in zip(lemmas, said, strict=True) if lemma}
        for first in range(len(said) - 1):
            if lemmas[first] and lemmas[first + 1]:
                there[lemmas[first], lemmas[first + 1]] = f"{said[first]} {said[first + 1]}"
        for phrase, wording in there.items():
            counts[phrase] += 1
            wordings[phrase][wording] += 1
            places[phrase].append(place)
    return counts, wordings, places


@functools.lru_cache(maxsize=100_000)
def _lemma(word: str) -> str:
    """Return the dictionary form of a word that says something, "" for one that does not (stops, numbers, words of grammar)."""
    if word in (STOP, COMMA) or not word[0].isalpha() or len(word) < 3 or word in _EMPTY:
        return ""
    lemma = english_stem(word) if word.isascii() else dictionary_form(word)
    return "" if lemma in _EMPTY else lemma


def entry_of(phrase: str) -> str:
    """Return a phrase in the lexicon's notation: its words in any form, at most `WITHIN` others between; "" where it holds none."""
    words = [word for word in words_of(phrase).texts if word not in (STOP, COMMA)]
    terms = [word if word.isascii() else dictionary_form(word) for word in words]
    return f" ..{WITHIN} ".join(terms)


@dataclass(frozen=True)
class OwnThemes:
    """A company's own themes, compiled."""

    lexicon: Lexicon

    def codes(self, text: str) -> list[str]:
        """Return the codes of the themes that a text speaks of; a negation takes nothing back, since a theme is no judgement."""
        return list(dict.fromkeys(one.code for one in self.sayings(text)))

    def sayings(self, text: str) -> list[Saying]:
        """Return where in a text its themes are spoken of."""
        words = words_of(cleaned(text).text)
        return self.lexicon.find(words, self.lexicon.known(words))


def own_themes(phrases: Mapping[str, Iterable[str]]) -> OwnThemes:
    """Compile themes, each a code with its phrases as people write them."""
    entries = {code: ["\n".join(filter(None, map(entry_of, said)))] for code, said in phrases.items()}
    return OwnThemes(compiled(entries, CLASSES))
