"""What a misspelt Russian word may have been meant to be («отписатся», «проблемма», «обслужевание»)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_SOFT = "ь"
_ALIKE: Sequence[tuple[str, str]] = (("о", "а"), ("а", "о"), ("е", "и"), ("и", "е"))


def meant(word: str) -> Iterator[str]:
    """Yield what a Russian word that no dictionary knows may have been meant to be: one slip of the pen away, likeliest first."""
    if word.endswith("тся"):
        yield f"{word[:-3]}ться"
    elif word.endswith("ться"):
        yield f"{word[:-4]}тся"
    elif word.endswith(("ш", "ч")):
        yield word + _SOFT
    for place in range(1, len(word)):
        if word[place] == word[place - 1]:
            yield word[:place] + word[place + 1 :]
    yield from _vowels_changed(word)
    for place in range(1, len(word)):
        if word[place] != word[place - 1]:
            yield word[: place - 1] + word[place] + word[place - 1] + word[place + 1 :]


def _vowels_changed(word: str) -> Iterator[str]:
    for place, letter in enumerate(word):
        for one, other in _ALIKE:
            if letter == one:
                yield word[:place] + other + word[place + 1 :]
