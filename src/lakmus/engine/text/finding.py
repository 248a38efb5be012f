"""Find the entries of a lexicon in the words of a text, with regard to negation."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter, or_
from typing import NamedTuple

from lakmus.engine.text.notation import KNOWN_WORDS, Pattern, Terms, patterns_of
from lakmus.engine.text.words import COMMA, STOP, Words

NEGATION_REACH = 3
"""Words before a saying in which a negation takes it back («не было никакого хамства»)."""

_NOT, _NEEDED = (
    frozenset({"не", "not"}),
    frozenset("нужно надо пришлось приходится придется требуется понадобилось needed necessary".split()),
)
"""What takes back a saying behind it: «долго ждать не пришлось»."""

_MET = frozenset(
    """
    было бывает бывало возникло возникало возникает заметил заметила встретил встретила встречал встречала обнаружил обнаружила
    наблюдал наблюдала наблюдалось почувствовал почувствовала увидел увидела
    """.split()
)
_LACKED = frozenset("сил времени желания возможности смысла случая".split())
_MET_REACH, _NONE = 3, "нет"
"""What takes back a noun before it: «хамства не заметил», «проблем с оплатой не было», «очередей нет»."""

_COULD = frozenset("могу можем можешь можете может могут мог могла могло могли".split())
"""Between two negations they make one strong yes."""

_GOES_ON = frozenset("так никто никого никому ничего даже вот".split())
"""Behind these «и» ends no clause: «так и не ответили»."""

_ENDS_NEGATION = frozenset({STOP, COMMA, "а", "но", "и", "зато", "but", "and"})


@dataclass(frozen=True, slots=True)
class Saying:
    """Words of a text (signs `start` to `end`) that say `code`, or, `negated`, that it is not so («не хамили»)."""

    code: str
    start: int
    end: int
    negated: bool = False


class Heard(NamedTuple):
    """A saying from the word at `place` to that at `last`."""

    code: str
    place: int
    last: int
    negated: bool

    def saying(self, words: Words) -> Saying:
        """Return it with its place in the text."""
        return Saying(self.code, words.span(self.place)[0], words.span(self.last)[1], self.negated)


_place_among = itemgetter(0)
Known = list[tuple[int, ...]]


class First(NamedTuple):
    """What the term `number` begins: patterns of it alone, and `longer` ones by the bit of their second term, each with its place among
    them all; `seconds` are all these bits, `reach` how many words on the farthest second term may stand.
    """

    number: int
    alone: Sequence[Pattern]
    seconds: int
    reach: int
    longer: Mapping[int, Sequence[tuple[int, Pattern]]]

    def fitting(self, near: int, behind: int) -> Sequence[Pattern]:
        """Return the patterns whose second term is in `near` and all of whose others are in `behind`, in their order."""
        seconds = self.seconds & near
        if not seconds:
            return self.alone
        found: list[tuple[int, Pattern]] = []
        while seconds:
            second = seconds & -seconds
            seconds ^= second
            found += [one for one in self.longer[second] if one[1].others & behind == one[1].others]
        found.sort(key=_place_among)
        return [*self.alone, *[pattern for _, pattern in found]]


class Side(NamedTuple):
    """A word: its terms as bits, whether a pattern of one term is in it, the second terms of all patterns that it begins, and these."""

    bits: int
    alone: bool
    seconds: int
    firsts: Sequence[First]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Patterns by their first terms; the terms that negate, that go along with a negation, that take it back.

    `sides` remembers what each word that was met may begin.
    """

    terms: Terms
    firsts: Mapping[int, First]
    negating: int
    concord: int
    not_only: int
    sides: dict[str, Side] = field(default_factory=dict)
    sides_of_terms: dict[tuple[int, ...], Side] = field(default_factory=dict)

    def known(self, words: Words) -> Known:
        """Return the numbers of the terms that each word is, without negations that are none: «не только», «не могут не радовать»."""
        looked_up, terms_of = self.terms.lookups.get, self.terms.of
        known = [numbers if (numbers := looked_up(text)) is not None else terms_of(text) for text in words.texts]
        negating, last, texts = self.negating, len(known) - 1, words.texts
        for place, numbers in enumerate(known):
            if negating in numbers and place < last:
                if self.not_only in known[place + 1]:
                    known[place] = tuple(number for number in numbers if number != negating)
                elif texts[place + 1] in _COULD and texts[place + 2 : place + 3] == ["не"]:
                    for one in (place, place + 2):
                        known[one] = tuple(number for number in known[one] if number != negating)
        return known

    def find(self, words: Words, known: Known) -> list[Saying]:
        """Return all sayings in the words of a text (`known` of which is given), each code at most once from the same first word."""
        return [one.saying(words) for one in self.heard(words, known)]

    def heard(self, words: Words, known: Known) -> list[Heard]:
        """Return what `find` does, as places among the words."""
        texts, side_of = words.texts, self.sides.get
        told = [side_of(text) or self._side(text, known, place) for place, text in enumerate(texts)]
        begins: list[tuple[int, int]] = []
        behind = 0
        for place in range(len(told) - 1, -1, -1):
            side = told[place]
            if side.alone or side.seconds & behind:
                begins.append((place, behind))
            behind |= side.bits
        negating, found = bool(behind >> self.negating & 1), list[Heard]()
        for place, behind in reversed(begins):
            said: list[str] = []
            denied: dict[str, int] = {}
            for first in told[place].firsts:
                if not (first.alone or first.seconds & behind) or first.number not in known[place]:
                    continue
                near = 0
                for side in told[place + 1 : place + 1 + first.reach]:
                    near |= side.bits
                patterns = first.fitting(near, behind)
                for pattern in patterns:
                    if pattern.code in said:
                        continue
                    last = _last_place(pattern, 1, place, texts, known)
                    if last is None:
                        continue
                    if negating and not pattern.negates and self.negated(place, last, texts, known):
                        denied.setdefault(pattern.code, last)  # another way of saying it may hold the negation itself
                        continue
                    said.append(pattern.code)
                    found.append(Heard(pattern.code, place, last, False))
            found.extend([Heard(code, place, last, True) for code, last in denied.items() if code not in said])
        return found

    def _side(self, text: str, known: Known, place: int) -> Side:
        is_number = text[0].isdecimal()
        numbers = known[place] if is_number else self.terms.of(text)  # of words `known` leaves out negations that are none here
        side = self.sides_of_terms.get(numbers)
        if side is None:
            firsts = tuple([self.firsts[number] for number in numbers if number in self.firsts])
            wanted = functools.reduce(or_, (first.seconds for first in firsts), 0)
            side = Side(sum(1 << number for number in numbers), any(first.alone for first in firsts), wanted, firsts)
            self.sides_of_terms[numbers] = side
        if not is_number:  # numbers seldom come again, and there is no end of them
            if len(self.sides) >= KNOWN_WORDS:
                self.sides.clear()
            self.sides[text] = side
        return side

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
        full += self.negating not in known[last] and _taken_back(texts[last + 1 : last + 3 + _MET_REACH])
        return full % 2 == 1 or (full == 0 and bool(negations))


def _taken_back(behind: Sequence[str]) -> bool:
    """Say whether the words behind a saying take it back."""
    for place, text in enumerate(behind[:_MET_REACH]):
        if text == _NONE:
            return len(behind) == place + 1 or behind[place + 1] in _ENDS_NEGATION
        if text in _NOT:
            rest = [*behind[place + 1 : place + 3], ""]
            return (place == 0 and rest[0] in _NEEDED) or (rest[0] in _MET and rest[1] not in _LACKED)
        if text in _ENDS_NEGATION:
            break
    return False


def _last_place(pattern: Pattern, term: int, place: int, texts: Sequence[str], known: Known) -> int | None:
    """Return where the pattern ends if its terms from the `term`-th on follow the word at `place`; the nearest are taken first."""
    if term == len(pattern.terms):
        return place
    wanted, left = pattern.terms[term], pattern.gaps[term - 1]
    for following in range(place + 1, min(place + left + 2, len(texts))):
        text = texts[following]
        if text == STOP or (pattern.in_clause and text in _ENDS_NEGATION and not (text == "и" and texts[following - 1] in _GOES_ON)):
            return None
        if wanted in known[following]:
            last = _last_place(pattern, term + 1, following, texts, known)
            if last is not None:
                return last
    return None


def _first(number: int, alone: Sequence[Pattern], longer: Sequence[Pattern]) -> First:
    by_second: defaultdict[int, list[tuple[int, Pattern]]] = defaultdict(list)
    for place, one in enumerate(longer):
        by_second[1 << one.terms[1]].append((place, one))
    reach = max((one.gaps[0] + 1 for one in longer), default=0)
    return First(number, alone, functools.reduce(or_, by_second, 0), reach, dict(by_second))


def compiled(entries: Mapping[str, Sequence[str]], classes: Mapping[str, str]) -> Lexicon:
    """Compile entries by code (each a text of one entry a line) to a lexicon; `classes` must hold ``not``, ``concord`` and ``only``."""
    terms = Terms()
    alone: defaultdict[int, list[Pattern]] = defaultdict(list)
    longer: defaultdict[int, list[Pattern]] = defaultdict(list)
    for code, texts in entries.items():
        for text in texts:
            for pattern in patterns_of(code, text, terms, classes):
                (longer if len(pattern.terms) > 1 else alone)[pattern.terms[0]].append(pattern)
    firsts = {number: _first(number, alone[number], longer[number]) for number in {*alone, *longer}}
    negating, concord, not_only = (terms.number_of(name, classes) for name in ("{not}", "{concord}", "{only}"))
    terms.lookups.update({STOP: (), COMMA: ()})
    return Lexicon(terms, firsts, negating, concord, not_only)
