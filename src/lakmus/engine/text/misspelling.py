"""Words written together with «не» («незвонят»), and Russian in Latin letters («zhdu otveta»)."""

from __future__ import annotations

import functools

from lakmus.engine.text.notation import is_known, is_verb
from lakmus.engine.text.words import Words

_NOT = "не"
_SHORTEST_GLUED = 6
_REMEMBERED = 100_000
_cut: dict[str, tuple[str, ...] | None] = {}

_LONGEST_SOUNDS = (
    ("shch", "щ"), ("sch", "щ"), ("yj", "ый"), ("iy", "ий"), ("yy", "ый"), ("ij", "ий"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"), ("ch", "ч"),
    ("sh", "ш"), ("yu", "ю"), ("ju", "ю"), ("ya", "я"), ("ja", "я"), ("yo", "е"), ("jo", "е"), ("ye", "е"), ("je", "е"),
)  # fmt: skip
_SOUNDS = dict(zip("abcdefghijklmnopqrstuvwxyz'", "абцдефгхийклмнопкрстувшхызь", strict=True))
_SOFT = "ь"
_MORE_COMMON = {"ден": "день"}
_SHARE, _FEWEST, _LONG = 0.6, 2, 4
"""Of the words with at least `_LONG` letters this share, and this many, must be Russian words for a text to be Russian in Latin letters."""


def unglued(words: Words) -> Words:
    """Return the words with a «не» that was written together with its verb cut off («незвонят»)."""
    cuts = {place: parts for place, text in enumerate(words.texts) if text[:2] == _NOT and (parts := _parts(text)) is not None}
    return words.cut_again(cuts) if cuts else words


def _parts(word: str) -> tuple[str, ...] | None:
    if word not in _cut:
        if len(_cut) >= _REMEMBERED:
            _cut.clear()
        rest = word[len(_NOT) :]
        _cut[word] = (_NOT, rest) if len(word) >= _SHORTEST_GLUED and not is_known(word) and is_verb(rest) else None
    return _cut[word]


def in_cyrillic(words: Words) -> Words | None:
    """Return the words of a text that is Russian in Latin letters, in Cyrillic ones at their places; None of any other text."""
    spelt = [_russian_of(text) if text.isascii() and text[0].isalpha() else text for text in words.texts]
    long = [one for text, one in zip(words.texts, spelt, strict=True) if text.isascii() and text.isalpha() and len(text) >= _LONG]
    russian = sum(one is not None for one in long)
    if russian < _FEWEST or russian < _SHARE * len(long):
        return None
    spans = [words.span(place) for place in range(len(words.texts))]
    return Words([text if one is None else one for text, one in zip(words.texts, spelt, strict=True)], "", spans)


@functools.lru_cache(maxsize=_REMEMBERED)
def _russian_of(word: str) -> str | None:
    """Return the Russian word that a word in Latin letters spells, or None."""
    plain = word
    for latin, cyrillic in _LONGEST_SOUNDS:
        plain = plain.replace(latin, cyrillic)
    spelt = "".join(_SOUNDS.get(sign, sign) for sign in plain)
    candidates = (spelt, spelt + _SOFT, spelt.replace("ы", "й"), spelt.replace("йа", "я").replace("йу", "ю"), spelt.replace("х", "г"))
    found = next((one for one in candidates if is_known(one)), None)
    return _MORE_COMMON.get(found, found) if found else None
