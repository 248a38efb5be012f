"""Find the entries of a lexicon in the words of a text, with regard to negation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lakmus.engine.text.notation import Pattern, Terms, patterns_of
from lakmus.engine.text.words import COMMA, STOP, Words

NEGATION_REACH = 3
"""Words before a saying in which a negation takes it back («не было никакого хамства»)."""

_ENDS_NEGATION = frozenset({STOP, COMMA, "а", "но", "и", "зато", "but", "and"})


@dataclass(frozen=True, slots=True)
class Saying:
    """Words of a text (signs `start` to `end`) that say `code`, or, `negated`, that it is not so («не хамили»)."""

    code: str
    start: int
    end: int
    negated: bool = False


Known = list[tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Patterns of one term by it, longer ones by their first two; terms that negate, that go along with a negation, that take it back."""

    terms: Terms
    alone: Mapping[int, Sequence[Pattern]]
    longer: Mapping[int, Mapping[int, Sequence[Pattern]]]
    negating: int
    concord: int
    not_only: int

    def known(self, words: Words) -> Known:
        """Return the numbers of the terms that each word is; a negation that the next word takes back («не только») is left out."""
        terms_of, lookups = self.terms.of, self.terms.lookups
        known = []
        for text in words.texts:
            numbers = lookups.get(text)
            known.append(terms_of(text) if numbers is None else numbers)
        negating, last = self.negating, len(known) - 1
        for place, numbers in enumerate(known):
            if negating in numbers and place < last and self.not_only in known[place + 1]:
                known[place] = tuple(number for number in numbers if number != negating)
        return known

    def find(self, words: Words, known: Known) -> list[Saying]:
        """Return all sayings in the words of a text (`known` of which is given), each code at most once from the same first word."""
        possible = self._possible(set().union(*known))
        found: list[Saying] = []
        for place, numbers in enumerate(known):
            if not numbers:
                continue
            said: set[str] = set()
            for number in numbers:
                for pattern in possible.get(number, ()):
                    if pattern.code in said:
                        continue
                    last = _last_place(pattern, 1, place, words.texts, known)
                    if last is not None:
                        said.add(pattern.code)
                        negated = not pattern.negates and self.negated(place, last, words.texts, known)
                        found.append(Saying(pattern.code, words.starts[place], words.ends[last], negated))
        return found

    def _possible(self, there: set[int]) -> dict[int, Sequence[Pattern]]:
        """Return the patterns, by their first terms, all of whose terms are in a text."""
        possible: dict[int, Sequence[Pattern]] = {number: self.alone[number] for number in self.alone.keys() & there}
        for number in self.longer.keys() & there:
            by_second = self.longer[number]
            if by_second.keys().isdisjoint(there):
                continue
            patterns = [
                one
                for second, longer in by_second.items()
                if second in there
                for one in longer
                if len(one.terms) == 2 or there.issuperset(one.terms)
            ]
            if patterns:
                possible[number] = [*possible.get(number, ()), *patterns]
        return possible

    def negated(self, place: int, last: int, texts: Sequence[str], known: Known) -> bool:
        """Say whether negations among the words from `place` to `last` and just before them take them back.

        Two negations are none («не могли не нахамить»), but words that go along with another («никто не хамил») do not count beside it.
        """
        reach = [known[one] for one in range(place + 1, last)]
        before = place - 1
        while before >= max(0, place - NEGATION_REACH) and texts[before] not in _ENDS_NEGATION:
            reach.append(known[before])
            before -= 1
        negations = [numbers for numbers in reach if self.negating in numbers]
        full = sum(self.concord not in numbers for numbers in negations)
        return full % 2 == 1 or (full == 0 and bool(negations))


def _last_place(pattern: Pattern, term: int, place: int, texts: Sequence[str], known: Known) -> int | None:
    """Return where the pattern ends if its terms from the `term`-th on follow the word at `place`; the nearest are taken first."""
    if term == len(pattern.terms):
        return place
    wanted, left = pattern.terms[term], pattern.gaps[term - 1]
    for following in range(place + 1, min(place + left + 2, len(texts))):
        text = texts[following]
        if text == STOP or (pattern.negates and text in _ENDS_NEGATION):
            return None
        if wanted in known[following]:
            last = _last_place(pattern, term + 1, following, texts, known)
            if last is not None:
                return last
    return None


def compiled(entries: Mapping[str, Sequence[str]], classes: Mapping[str, str]) -> Lexicon:
    """Compile entries by code (each a text of one entry a line) to a lexicon; `classes` must hold ``not``, ``concord`` and ``only``."""
    terms = Terms()
    alone: defaultdict[int, list[Pattern]] = defaultdict(list)
    longer: defaultdict[int, defaultdict[int, list[Pattern]]] = defaultdict(lambda: defaultdict(list))
    for code, texts in entries.items():
        for text in texts:
            for pattern in patterns_of(code, text, terms, classes):
                first, *others = pattern.terms
                (longer[first][others[0]] if others else alone[first]).append(pattern)
    negating, concord, not_only = (terms.number_of(name, classes) for name in ("{not}", "{concord}", "{only}"))
    terms.lookups.update({STOP: (), COMMA: ()})
    return Lexicon(terms, dict(alone), {first: dict(seconds) for first, seconds in longer.items()}, negating, concord, not_only)
