"""Counts of attempts («уже третий раз»), questions, and names a company asked to look for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from lakmus.engine.text.reading import has_any

_ORDINALS = {
    "втор": 2, "трет": 3, "четверт": 4, "пят": 5, "шест": 6, "седьм": 7, "восьм": 8, "девят": 9, "десят": 10, "двадцат": 20, "сот": 100,
    "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "hundredth": 100,
}  # fmt: skip
_COUNTS = {
    "дважды": 2, "трижды": 3, "twice": 2, "thrice": 3, "два": 2, "три": 3, "четыре": 4, "пять": 5, "шесть": 6, "семь": 7, "десять": 10,
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10,
}  # fmt: skip
_ATTEMPT = re.compile(
    r"\b(?P<ordinal>втор|трет|четверт|пят|шест|седьм|восьм|девят|десят|двадцат|сот)(?:ой|ый|ий|ьего|ого)\s+раз\b"
    r"|\b(?P<nth>\d{1,3})\s?-?(?:й|ый|ой|ий|го)\s+раз\b"
    r"|(?<!\bв )(?<!\bна )\b(?P<times>\d{1,3}|два|три|четыре|пять|шесть|семь|десять)\s+раза?\b"
    r"(?!\s+(?:в|на|больше|меньше|дороже|дешевле)\b)"
    r"|\b(?P<adverb>дважды|трижды|twice|thrice)\b"
    r"|\b(?P<ordinal2>second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|hundredth)\s+time\b"
    r"|\b(?P<nth2>\d{1,3})(?:st|nd|rd|th)\s+time\b"
    r"|\b(?P<times2>\d{1,3}|two|three|four|five|six|ten)\s+times\b(?!\s+(?:a|per|more|less|the)\b)"
)
_ATTEMPT_SIGNS = (" раз", "дважды", "трижды", " time", "twice", "thrice")
_ASKING_WORDS = (
    "где", "когда", "почему", "зачем", "сколько", "куда", "откуда", "какой", "какая", "какие", "какое", "кто", "чей", "можно ли", "есть ли",
    "будет ли", "подскажите", "скажите", "where", "when", "why", "how", "what", "which", "who", "whose", "can you", "could you", "can i",
    "could i", "do you", "does", "is there", "are there", "is it", "will you", "will it",
)  # fmt: skip
_ASKING = re.compile(rf"^\W*(?:(?:а|и|но|and|but|so)\s+)?(?:{'|'.join(_ASKING_WORDS)})\b(?!-)")
_MAY_ASK = frozenset(word.split()[0] + end for word, end in product(_ASKING_WORDS, ("", "'s", "'re", "'d", "'ll", "'ve")))
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")


@dataclass(frozen=True, slots=True)
class Attempt:
    """The words (signs `start` to `end`) that say that something was tried for the `count`-th time (2 or more)."""

    count: int
    start: int
    end: int


def attempts_in(lowered: str) -> list[Attempt]:
    """Return every count of attempts in a text in lower case with «ё» as «е»."""
    if not has_any(lowered, _ATTEMPT_SIGNS):
        return []
    found = []
    for match in _ATTEMPT.finditer(lowered):
        parts = match.groupdict()
        if ordinal := parts["ordinal"] or parts["ordinal2"]:
            count = _ORDINALS[ordinal]
        else:
            number = next(filter(None, (parts[name] for name in ("nth", "nth2", "times", "times2", "adverb"))))
            count = _COUNTS.get(number) or int(number)
        if count > 1:
            found.append(Attempt(count, match.start(), match.end()))
    return found


def may_ask(lowered: str, words: Sequence[str]) -> bool:
    """Say whether `questions_in` a text, of which the words are given, can find any: most texts need no closer look."""
    return "?" in lowered or not _MAY_ASK.isdisjoint(words)


def questions_in(lowered: str) -> list[tuple[int, int]]:
    """Return (start, end) of each sentence that asks: it ends in a question mark or begins as questions begin."""
    found = []
    for sentence in _SENTENCE.finditer(lowered):
        said = sentence.group()
        if said.endswith("?") or _ASKING.match(said):
            start = sentence.start() + len(said) - len(said.lstrip())
            found.append((start, sentence.end()))
    return found
