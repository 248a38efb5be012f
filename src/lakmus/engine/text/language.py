"""Which of the two languages that are read a text is in."""

from __future__ import annotations

from lakmus.engine.text.words import Words

_ENGLISH = frozenset(
    """
    the and or but not is are were be been i you she it we they my your our their his her this that these those to of at for with
    from by if very have had does did don't didn't can't will would can could should what when where why how who any some good bad
    great nice thanks thank hello hi please order service money product delivery card account after before still ok yes never
    there here been just get got than then too out up about more
    """.split()
)
_NEIGHBOURS = frozenset("іїєґўјљњћџђ")
_SILENT, _COMMON, _LATIN, _CYRILLIC, _NEIGHBOUR, _ELSE = range(6)
_MIXED_SHARE = 0.2
_ENGLISH_SHARE = 0.15
_SHORT = 3
_JUDGED = 100


def language_of(words: Words) -> str | None:
    """Return "ru", "en", "mixed" (both), "other", or None where there are no letters, by the first hundred words.

    Cyrillic letters speak for Russian unless some belong to its neighbours alone; Latin ones for English when at least 15 % of them are
    among the commonest English ones, or when a text of three words at most has nothing but plain Latin letters.
    """
    known = _sorts.get
    sorts = [sort if (sort := known(word)) is not None else _sort_of(word) for word in words.texts[:_JUDGED]]
    spoken = len(sorts) - sorts.count(_SILENT)
    if not spoken:
        return None
    common = sorts.count(_COMMON)
    latin, russian, neighbours = common + sorts.count(_LATIN), sorts.count(_CYRILLIC), sorts.count(_NEIGHBOUR)
    others = russian + neighbours
    if others + latin < spoken / 2:
        return "other"
    if others >= (1 - _MIXED_SHARE) * spoken:
        return "other" if neighbours else "ru"
    english = common >= _ENGLISH_SHARE * latin or (latin <= _SHORT and latin == spoken)
    if others < _MIXED_SHARE * spoken:
        return "en" if english and latin >= (1 - _MIXED_SHARE) * spoken else "other"
    return "mixed" if english or others < latin else "ru"


_sorts: dict[str, int] = {}
_REMEMBERED = 200_000


def _sort_of(word: str) -> int:
    if word[0].isdigit():  # numbers seldom come again: not to be remembered
        return _SILENT
    if not word[0].isalpha():
        sort = _SILENT
    elif word.isascii():
        sort = _COMMON if word in _ENGLISH else _LATIN
    elif "а" <= word[0] <= "я" or word[0] in _NEIGHBOURS:
        sort = _CYRILLIC if _NEIGHBOURS.isdisjoint(word) else _NEIGHBOUR
    else:
        sort = _ELSE
    if len(_sorts) >= _REMEMBERED:
        _sorts.clear()
    _sorts[word] = sort
    return sort
