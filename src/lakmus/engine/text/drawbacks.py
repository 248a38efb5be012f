"""What a writer puts under a heading for drawbacks («Недостатки: очереди, цены»): bare words, and each names a complaint."""

from __future__ import annotations

from collections.abc import Iterator

from lakmus.engine.text.words import COMMA, STOP, Words

_HEADINGS = frozenset("недостатки недостаток минусы минус cons drawbacks disadvantages downsides".split())
_OTHER_HEADINGS = frozenset(
    """
    достоинства достоинство преимущества плюсы плюс отзыв комментарий вывод итог пожелания впечатления
    pros advantages upsides review comment summary verdict
    """.split()
)
_ENDS_ITEM = frozenset({STOP, COMMA})
_LONGEST_ITEM = 4
"""Words; what is longer is told in a sentence, and the lexicon reads it."""


def drawback_items(words: Words, text: str) -> Iterator[tuple[int, int]]:
    """Yield (first place, place behind the last) of each short item below a heading for drawbacks; a heading ends in a colon."""
    texts = words.texts
    if _HEADINGS.isdisjoint(texts):
        return
    under, begin = False, 0
    for place, one in enumerate([*texts, STOP]):
        if one in _ENDS_ITEM:
            if under and begin < place <= begin + _LONGEST_ITEM:
                yield begin, place
            begin = place + 1
        elif (one in _HEADINGS or one in _OTHER_HEADINGS) and text[words.span(place)[1] :].lstrip(" ").startswith(":"):
            under, begin = one in _HEADINGS, len(texts)
