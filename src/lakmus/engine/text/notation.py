"""The notation in which the lexicon is written, and what it is compiled to.

An entry is one line: terms in the order in which they are said.

====================  =======================================================================================================
``ждать``             a Russian lemma: all of its forms; an English one: all words with its stem
``груб*``             any word that begins so
``=минут``            this form only
``a|b``               one or the other
``{wait}``            one of a class of words that stands apart
``#``                 a number; ``#15`` a whole number from 15 on
``..3``               at most three words may stand between its neighbours, within the sentence (without it: none)
``&``                 its neighbours in either order, with at most `NEAR` words between
``~``                 (before all) no comma and no «и», «но» may stand between the words; entries with a negation are always so
====================  =======================================================================================================
"""

from __future__ import annotations

import functools
import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from importlib import resources
from operator import or_
from typing import Any, cast

from lakmus.engine.text.slips import meant
from lakmus.engine.text.words import LONGEST_WORD, in_one_script

NEAR = 4
NUMBER = "#"
PER_CENT = "%"
"""Where it stands alone it is written for «процент» («высокие % по кредитам»)."""

IN_CLAUSE = "~"
_CYRILLIC = re.compile(r"[а-я]")
_DIGITS = re.compile(r"\d+")
_OF_DICTIONARY = re.compile(r"[\u0400-\u04ff'’-]+")
"""Whatever else stands in a word, the dictionary lacks it, and fails on letters without a Unicode name."""
KNOWN_WORDS = 400_000
"""Words that are remembered once looked up, so that memory is bounded."""

_SHORTEST_PREFIX, _SHORTEST_MENDED = 2, 6


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way of saying `code`: numbers of terms and, before each but the first, how many words may stand between; `others`: the
    terms but the first as bits; `in_clause`: no comma stands between."""

    code: str
    terms: tuple[int, ...]
    gaps: tuple[int, ...]
    entry: str
    negates: bool
    others: int
    in_clause: bool


@dataclass(slots=True)
class Terms:
    """The terms of a lexicon: which of them a word is.

    `lookups` remembers words once looked up; it is emptied when it holds `KNOWN_WORDS`, so that memory is bounded.
    """

    numbers: dict[str, int] = field(default_factory=dict)
    forms: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    lemmas: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    stems: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    prefixes: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    at_least: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    lookups: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def number_of(self, term: str, classes: Mapping[str, str]) -> int:
        """Return the number of a term, which is learned when it is new."""
        if term not in self.numbers:
            self.numbers[term] = len(self.numbers)
            for alternative in _alternatives(term, classes):
                self._learn(alternative, self.numbers[term])
        return self.numbers[term]

    def _learn(self, alternative: str, number: int) -> None:
        if alternative.endswith("*"):
            self.prefixes[alternative[:-1]].add(number)
        elif alternative.startswith("=") or alternative == NUMBER:
            self.forms[alternative.lstrip("=")].add(number)
        elif alternative.startswith(NUMBER):
            self.at_least[int(alternative[1:])].add(number)
        elif _CYRILLIC.search(alternative):
            lemma, guessed = lemma_and_guesses(alternative)
            self.lemmas[lemma].add(number)
            for form in (alternative, *guessed):
                self.forms[form].add(number)
        else:
            self.stems[english_stem(alternative)].add(number)

    def of(self, word: str) -> tuple[int, ...]:
        """Return the numbers of the terms that a word (lower case, «е» for «ё») is."""
        found = self.lookups.get(word)
        if found is None:
            found = tuple(sorted(self._looked_up(word)))
            if not word[0].isdecimal():  # numbers seldom come again, and there is no end of them
                if len(self.lookups) >= KNOWN_WORDS:
                    self.lookups.clear()
                self.lookups[word] = found
        return found

    def _looked_up(self, word: str) -> set[int]:
        if len(word) > LONGEST_WORD or not (word[0].isalnum() or word == PER_CENT):
            return set()
        if word[0].isdecimal():
            whole = int(_DIGITS.match(word).group())  # type: ignore[union-attr]
            return set(self.forms.get(NUMBER, ())).union(*(terms for least, terms in self.at_least.items() if whole >= least))
        word = in_one_script(word)
        found = set(self.forms.get(word, ()))
        for length in range(_SHORTEST_PREFIX, len(word) + 1):
            if begun := self.prefixes.get(word[:length]):
                found |= begun
        if word.isascii():
            found |= self.stems.get(english_stem(word), set())
        elif _CYRILLIC.search(word):
            found |= self._russian(word)
            if "-" in word and not found:
                for part in filter(None, word.split("-")):
                    found |= self.forms.get(part, set()) | self._russian(part)
        return found

    def _russian(self, word: str) -> set[int]:
        """Return the terms whose lemma has this form, by the dictionary (OpenCorpora, pymorphy3) and not by what it guesses."""
        found: set[int] = set()
        if not _OF_DICTIONARY.fullmatch(word):
            return found
        if len(word) >= _SHORTEST_MENDED and not is_known(word):
            word = next((one for one in meant(word) if is_known(one)), word)
            found |= self.forms.get(word, set())
        for reading in _russian().parse(word):
            if reading.is_known:
                found |= self.lemmas.get(reading.normal_form.replace("ё", "е"), set())
        return found


@functools.cache
def entries_of(name: str) -> dict[str, str]:
    """Return the entries of a file in `entries/` (one a line) by the code in brackets above; ``--`` begins a remark."""
    text = resources.files("lakmus.engine.text").joinpath("entries", f"{name}.txt").read_text(encoding="utf-8")
    parts = re.split(r"^\[(\w+)\]$", re.sub(r"^--.*$", "", text, flags=re.MULTILINE), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def patterns_of(code: str, entries: str, terms: Terms, classes: Mapping[str, str]) -> Iterator[Pattern]:
    """Yield the patterns of the entries (one a line) of one code."""
    negators = {"{not}", *(word.lstrip("=") for word in _alternatives("{not}", classes))}
    for line in entries.strip().splitlines():
        entry = line.strip()
        if entry:
            for order in _orders(entry.split()):
                for parts in _told_apart(order, negators):
                    yield _pattern(code, parts, entry, terms, classes)


def _orders(parts: list[str]) -> list[list[str]]:
    """Return an entry with ``&`` as two without: one for each order."""
    if "&" not in parts:
        return [parts]
    place = parts.index("&")
    first, second = parts[:place], parts[place + 1 :]
    return [[*first, f"..{NEAR}", *second], [*second, f"..{NEAR}", *first]]


def _told_apart(parts: list[str], negators: Set[str]) -> list[list[str]]:
    """Return an entry with a term that may be a negation («тишина|{not}») as two: only one of them says its negation itself."""
    for place, part in enumerate(parts):
        alternatives = part.split("|")
        negating = [one for one in alternatives if one in negators]
        others = [one for one in alternatives if one not in negating]
        if negating and others:
            rests = _told_apart(parts[place + 1 :], negators)
            return [[*parts[:place], "|".join(one), *rest] for one in (negating, others) for rest in rests]
    return [parts]


def _pattern(code: str, parts: Iterable[str], entry: str, terms: Terms, classes: Mapping[str, str]) -> Pattern:
    numbers: list[int] = []
    gaps: list[int] = []
    gap, negates, in_clause = 0, False, False
    negators = {word.lstrip("=") for word in _alternatives("{not}", classes)}
    for part in parts:
        if part == IN_CLAUSE:
            in_clause = True
            continue
        if part.startswith(".."):
            gap = int(part[2:])
            continue
        negates = negates or not negators.isdisjoint(_alternatives(part.lstrip("="), classes))
        numbers.append(terms.number_of(part, classes))
        gaps.append(gap)
        gap = 0
    others = functools.reduce(or_, (1 << number for number in numbers[1:]), 0)
    return Pattern(code, tuple(numbers), tuple(gaps[1:]), entry, negates, others, in_clause or negates)


def _alternatives(term: str, classes: Mapping[str, str]) -> Iterator[str]:
    for part in term.split("|"):
        if part.startswith("{"):
            for word in classes[part.strip("{}")].split():
                yield from _alternatives(word, classes)
        else:
            yield part


@functools.cache
def _russian() -> Any:
    from pymorphy3 import MorphAnalyzer

    logging.getLogger("pymorphy3").setLevel(logging.WARNING)  # it tells where its dictionary lies
    return MorphAnalyzer()


@functools.cache
def _stemmer(language: str) -> Any:
    from Stemmer import Stemmer

    return Stemmer(language)


@functools.cache
def lemma_and_guesses(word: str) -> tuple[str, frozenset[str]]:
    """Return the lemma of a Russian word as the dictionary has it, «ё» as «е»; of a word that it lacks also all forms that it guesses."""
    readings = _russian().parse(word)
    own = [one for one in readings if one.normal_form.replace("ё", "е") == word] or readings[:1]
    guessed = (form.word.replace("ё", "е") for one in own if not one.is_known for form in one.lexeme)
    return own[0].normal_form.replace("ё", "е"), frozenset(guessed)


@functools.lru_cache(maxsize=100_000)
def dictionary_form(word: str) -> str:
    """Return the likeliest dictionary form of a Russian word, «ё» as «е»."""
    return cast(str, _russian().parse(word)[0].normal_form.replace("ё", "е")) if _OF_DICTIONARY.fullmatch(word) else word


def is_known(word: str) -> bool:
    """Say whether the Russian dictionary has a form, «ё» written as «е»."""
    return bool(_OF_DICTIONARY.fullmatch(word)) and cast(bool, _russian().word_is_known(word))


def is_verb(word: str) -> bool:
    """Say whether a word in small letters is known as a form of a Russian verb."""
    return is_known(word) and any(reading.tag.POS in ("VERB", "INFN") for reading in _russian().parse(word))


def is_name(word: str) -> bool:
    """Say whether a Russian word in small letters is likeliest a first name, a surname or a patronymic; guesses count, too."""
    if not _OF_DICTIONARY.fullmatch(word):
        return False
    likeliest = _russian().parse(word)[0].tag
    return any(kind in likeliest for kind in ("Name", "Surn", "Patr"))


def english_stem(word: str) -> str:
    """Return the stem of an English word (Porter's second stemmer, "Snowball", 2001)."""
    return cast(str, _stemmer("english").stemWord(word))


def stem(word: str) -> str:
    """Return the stem of a word in lower case, Russian where it has no Latin letters (Snowball's stemmers)."""
    return english_stem(word) if word.isascii() else cast(str, _stemmer("russian").stemWord(word))
