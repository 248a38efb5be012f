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
_MIXED_SHARE = 0.2
_ENGLISH_SHARE = 0.15
_SHORT = 3
_JUDGED = 100


def language_of(words: Words) -> str | None:
    """Return "ru", "en", "mixed" (both), "other", or None where there are no letters, by the first hundred words.

    Cyrillic letters speak for Russian unless some belong to its neighbours alone; Latin ones for English when at least 15 % of them are
    among the commonest English ones, or when a text of three words at most has nothing but plain Latin letters.
    """
    spoken = [word for word in words.texts[:_JUDGED] if word[0].isalpha()]
    if not spoken:
        return None
    latin = [word for word in spoken if word.isascii()]
    others = [word for word in spoken if "а" <= word[0] <= "я" or word[0] in _NEIGHBOURS] if len(latin) < len(spoken) else []
    if len(others) + len(latin) < len(spoken) / 2:
        return "other"
    if len(others) >= (1 - _MIXED_SHARE) * len(spoken):
        return "ru" if _NEIGHBOURS.isdisjoint("".join(others)) else "other"
    common = sum(word in _ENGLISH for word in latin)
    english = common >= _ENGLISH_SHARE * len(latin) or (len(latin) <= _SHORT and len(latin) == len(spoken))
    if len(others) < _MIXED_SHARE * len(spoken):
        return "en" if english and len(latin) >= (1 - _MIXED_SHARE) * len(spoken) else "other"
    return "mixed" if english or len(others) < len(latin) else "ru"
