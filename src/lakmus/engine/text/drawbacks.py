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
_LONGEST_ITEM, _REACH = 4, 30
"""Words of an item (what is longer is told in a sentence, and the lexicon reads it), and words behind the heading that stand below it."""


def drawback_items(words: Words, text: str) -> Iterator[tuple[int, int]]:
    """Yield (first place, place behind the last) of each short item below a heading for drawbacks; a heading ends in a colon."""
    texts = words.texts
    if _HEADINGS.isdisjoint(texts):
        return
    heading, begin = -_REACH, 0
    for place, one in enumerate([*texts, STOP]):
        if one in _ENDS_ITEM:
            if begin < place <= min(begin + _LONGEST_ITEM, heading + _REACH):
                yield begin, place
            begin = place + 1
        elif (one in _HEADINGS or one in _OTHER_HEADINGS) and text[words.span(place)[1] :].lstrip(" ").startswith(":"):
            heading, begin = place if one in _HEADINGS else -_REACH, len(texts)
