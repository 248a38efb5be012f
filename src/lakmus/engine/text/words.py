"""Text cut into words whose places in the original are kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

LONGEST_WORD = 40
"""Signs; whatever is longer is no word of a language (a key, a picture in letters) and is left unread."""

STOP, COMMA = ".", ","

_QUICK = re.compile(r"\d+(?:[.,:]\d+)+|\w+(?:['-]\w+)*|[.!?;…\n]+|[,:()—–-]|(?<!\S)%(?!\S)")
_PLAIN = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*|\d+(?:[.,:]\d+)*|[.!?;…\n]+|[,:()—–-]|%")
_HIDDEN = r"\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060\ufeff"
"""Signs that nobody sees: soft hyphens, joiners, directions of writing."""

_LETTER = rf"[^\W\d_][\u0300-\u036f{_HIDDEN}]*"
_WITH_MARKS = re.compile(rf"(?:{_LETTER})+(?:(?:['’]|-\n?)(?:{_LETTER})+)*|\d+(?:[.,:]\d+)*|[.!?;…\n]+|[,:()—–-]")
_MARKS = re.compile(rf"[\u0300-\u036f{_HIDDEN}\ufb00-\ufb06]")
_UNSEEN = re.compile(rf"[{_HIDDEN}]|-\n")
_ACCENT = re.compile(r"[\u0300-\u036f]")
_DIGIT = re.compile(r"\d")
_SEPARATORS = {**dict.fromkeys(".!?;…\n", STOP), **dict.fromkeys(",:()—–-", COMMA)}
_LOOKALIKES = str.maketrans("aceopxykmtbhu", "асеорхукмтвни")
_KNOWN_CHUNKS, _LONGEST_CHUNK = 200_000, 30
_cut_before: dict[str, tuple[str, ...]] = {}


class Words:
    """Words in lower case with «ё» as «е», numbers, and `STOP` or `COMMA` between.

    Places in the text are found when they are asked for: most texts are read without.
    """

    __slots__ = ("_behind", "_lowered", "_spans", "texts")

    def __init__(self, texts: list[str], lowered: str, spans: list[tuple[int, int]] | None = None) -> None:
        self.texts = texts
        self._lowered = lowered
        self._spans = spans or []
        self._behind = 0

    def span(self, at: int) -> tuple[int, int]:
        """Return (start, end) in signs of the text of the word (no stop, no comma) that is the `at`-th in `texts`."""
        while len(self._spans) <= at:
            one, start = self.texts[len(self._spans)], self._behind
            if one not in (STOP, COMMA):  # every letter and digit belongs to a word, so the next occurrence is the word itself
                start = self._lowered.index(one, start)
                self._behind = start + len(one)
            self._spans.append((start, self._behind))
        return self._spans[at]

    def cut_again(self, cuts: Mapping[int, tuple[str, ...]]) -> Words:
        """Return the words with those at the places of `cuts` cut into the given parts, where they stand as they are read."""
        if any("".join(parts) != self._lowered[slice(*self.span(place))] for place, parts in cuts.items()):
            return self
        spans: list[tuple[int, int]] = []
        for place in range(len(self.texts)):
            start, end = self.span(place)
            for part in cuts.get(place, (self._lowered[start:end],)):
                spans.append((start, min(end, start + len(part))))
                start += len(part)
        texts = [part for place, text in enumerate(self.texts) for part in cuts.get(place, (text,))]
        return Words(texts, self._lowered, spans)


def words_of(text: str) -> Words:
    """Return the words, numbers and stops of a text in their order.

    Accents, soft hyphens, ligatures and words broken at a line's end (texts pasted from PDF) are read as the word that was meant. Time is
    linear in the length.
    """
    if (not text.isascii() and _MARKS.search(text)) or "-\n" in text:
        spans = [found.span() for found in _WITH_MARKS.finditer(text)]
        meant = [normal(text[start:end]) for start, end in spans]
        return Words([_SEPARATORS.get(one[:1], one) for one in meant], text, spans)
    lowered = text.lower().replace("ё", "е").replace("’", "'")
    if len(lowered) != len(text):  # a letter whose small form has two signs would move all places behind it
        lowered = "".join(small if len(small := sign.lower()) == 1 else sign for sign in text).replace("ё", "е").replace("’", "'")
    if "\n" in lowered:
        return Words([_SEPARATORS.get(one[0], one) for one in _uncut(lowered)], lowered)
    texts: list[str] = []
    for chunk in lowered.split():
        if chunk.isalpha():
            texts.append(chunk)
        else:
            texts += _cut_before.get(chunk) or _cut(chunk)
    return Words(texts, lowered)


def _cut(chunk: str) -> tuple[str, ...]:
    """Cut what stands between two spaces; short chunks without digits come again and are remembered."""
    parts = tuple([_SEPARATORS.get(one[0], one) for one in _uncut(chunk)])
    if len(chunk) <= _LONGEST_CHUNK and not _DIGIT.search(chunk):
        if len(_cut_before) >= _KNOWN_CHUNKS:
            _cut_before.clear()
        _cut_before[chunk] = parts
    return parts


def _uncut(lowered: str) -> list[str]:
    """Return the words of a text as they stand in it, stops and commas among them."""
    found: list[str] = []
    for one in _QUICK.findall(lowered):
        if one.isalpha():
            found.append(one)
        else:
            found.extend(_PLAIN.findall(one))  # «минут30», 18:00, a separator
    return found


def normal(word: str) -> str:
    """Return a word as it was meant: composed, without unseen signs and stress marks, in lower case with «ё» as «е»."""
    composed = unicodedata.normalize("NFKC", _UNSEEN.sub("", word))
    return _ACCENT.sub("", composed).lower().replace("ё", "е").replace("’", "'")


def in_one_script(word: str) -> str:
    """Return a word of both scripts in Cyrillic letters («cпacибo» with Latin c, a, o); any other as it is."""
    latin = any("a" <= sign <= "z" for sign in word)
    return word.translate(_LOOKALIKES) if latin and any("а" <= sign <= "я" for sign in word) else word
