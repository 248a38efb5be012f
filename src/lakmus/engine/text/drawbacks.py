"""What a writer puts under a heading: bare words below drawbacks («Недостатки: очереди, цены») each name a complaint, whatever stands below
advantages («Достоинства: рядом с домом») praises, unless it says that there are none."""

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
_PRAISING = frozenset("достоинства достоинство преимущества преимущество плюсы pros advantages upsides".split())
_NONE = frozenset(
    """
    нет нету не ни никаких никакие никах никакого ноль увы отсутствуют отсутствует отсутствие минусы минус минусов один одни мало
    сомнительно смотрите см ниже наверное вроде были было раньше потраченные сложно трудно затрудняюсь отзыв отзыве хз может какие когда-то
    без
    none no not nothing nil zero few hardly see below nope cannot can't without never
    """.split()
)
"""Words in an item with which no advantage is named, or is named only to take it back."""

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


def advantage_items(words: Words, text: str) -> Iterator[tuple[int, int]]:
    """Yield (first place, place behind the last) of the first item below each heading for advantages, if it names one."""
    texts = words.texts
    if _PRAISING.isdisjoint(texts):
        return
    for place, one in enumerate(texts):
        if one in _PRAISING and text[words.span(place)[1] :].lstrip(" ").startswith(":"):
            begin = next((at for at in range(place + 1, len(texts)) if texts[at] not in _ENDS_ITEM), len(texts))
            end = next((at for at in range(begin, len(texts)) if texts[at] in _ENDS_ITEM), len(texts))
            named = texts[begin:end]
            if named and named[0] not in _HEADINGS | _OTHER_HEADINGS and _NONE.isdisjoint(named):
                yield begin, end
