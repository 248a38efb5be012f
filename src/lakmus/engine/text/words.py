"""Text cut into words whose places in the original are kept."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LONGEST_WORD = 40
"""Signs; whatever is longer is no word of a language (a key, a picture in letters) and is left unread."""

STOP, COMMA = ".", ","

_QUICK = re.compile(r"\d+(?:[.,:]\d+)+|\w+(?:['-]\w+)*|[.!?;…\n]+|[,:()—–-]")
_PLAIN = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*|\d+(?:[.,:]\d+)*|[.!?;…\n]+|[,:()—–-]")
_LETTER = r"[^\W\d_][\u0300-\u036f\u00ad\u200b]*"
_WITH_MARKS = re.compile(rf"(?:{_LETTER})+(?:(?:['’]|-\n?)(?:{_LETTER})+)*|\d+(?:[.,:]\d+)*|[.!?;…\n]+|[,:()—–-]")
_MARKS = re.compile(r"[\u0300-\u036f\u00ad\u200b\ufb00-\ufb06]|-\n")
_UNSEEN = re.compile(r"[\u00ad\u200b]|-\n")
_SEPARATORS = {**dict.fromkeys(".!?;…\n", STOP), **dict.fromkeys(",:()—–-", COMMA)}
_LOOKALIKES = str.maketrans("aceopxykmtbhu", "асеорхукмтвни")


@dataclass(frozen=True, slots=True)
class Words:
    """Words in lower case with «ё» as «е», numbers, and `STOP` or `COMMA` between; `starts` and `ends` are their places in the text."""

    texts: list[str]
    starts: list[int]
    ends: list[int]


def words_of(text: str) -> Words:
    """Return the words, numbers and stops of a text in their order.

    Accents, soft hyphens, ligatures and words broken at a line's end (texts pasted from PDF) are read as the word that was meant. Time is
    linear in the length.
    """
    if _MARKS.search(text):
        spans = [found.span() for found in _WITH_MARKS.finditer(text)]
        meant = [normal(text[start:end]) for start, end in spans]
        return Words([_SEPARATORS.get(one[:1], one) for one in meant], [start for start, _ in spans], [end for _, end in spans])
    lowered = text.lower().replace("ё", "е").replace("’", "'")
    if len(lowered) != len(text):  # a letter whose small form has two signs would move all places behind it
        lowered = "".join(small if len(small := sign.lower()) == 1 else sign for sign in text).replace("ё", "е").replace("’", "'")
    texts: list[str] = []
    for one in _QUICK.findall(lowered):
        if one.isalpha():
            texts.append(one)
        else:
            texts.extend(_PLAIN.findall(one))  # «минут30», 18:00, a separator
    starts: list[int] = []
    ends: list[int] = []
    place = 0
    for one in texts:  # every letter and digit belongs to a word, so the next occurrence is the word itself
        place = lowered.index(one, place)
        starts.append(place)
        place += len(one)
        ends.append(place)
    return Words([_SEPARATORS.get(one[0], one) for one in texts], starts, ends)


def normal(word: str) -> str:
    """Return a word as it was meant: composed, without unseen signs, in lower case with «ё» as «е»."""
    return unicodedata.normalize("NFKC", _UNSEEN.sub("", word)).lower().replace("ё", "е").replace("’", "'")


def in_one_script(word: str) -> str:
    """Return a word of both scripts in Cyrillic letters («cпacибo» with Latin c, a, o); any other as it is."""
    latin = any("a" <= sign <= "z" for sign in word)
    return word.translate(_LOOKALIKES) if latin and any("а" <= sign <= "я" for sign in word) else word
