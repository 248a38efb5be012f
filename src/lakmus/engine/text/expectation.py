"""What a writer expected or feared and did not meet («думала, откажут, а мне помогли»): words that tell of nothing that happened."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lakmus.engine.text.words import COMMA, STOP, Words

_EXPECTED = frozenset(
    """
    думал думала думали боялся боялась боялись опасался опасалась опасались переживал переживала переживали волновался волновалась
    волновались предполагал предполагала предполагали сомневался сомневалась сомневались
    thought feared afraid worried expected anticipated dreaded
    """.split()
)
_AWAITED = frozenset("ждал ждала ждали ожидал ожидала ожидали готовился готовилась готовились настроился настроилась braced".split())
"""Verbs of waiting that say what was feared only where the next words name something bad: «ждал отписку», not «ждал ответа»."""
_BAD = re.compile(
    r"отпис|отказ|хамств|груб|подвох|скандал|волокит|шаблон|робот|отговор|нервотреп|проблем|обман|бюрократ|футбол|равнодуш|безразлич|руган|"
    r"rude|refus|excuse|brush|trouble|fight|argument|script|hassle"
)
_REACH = 4
_LACK = frozenset("без вместо without".split())
_OF_WHAT = frozenset(
    """
    единого единой единственного единственной малейшего малейшей всякого всякой всяких никакого никакой никаких лишнего лишней лишних
    вечного вечной вечных привычного привычной привычных обычного обычной обычных этих этого ожидаемого ожидаемой намека
    a any single usual
    """.split()
)
_QUOTE_OPENS = frozenset("«„“\"'‘")
_DENIES = frozenset("не ни нет без вместо никаких никакого никакой никогда not no never without instead any single".split())
_DENIAL_REACH = 4
_TURNS = frozenset("а но однако but yet however instead".split())
_SAY = frozenset("скажу скажешь сказать сказал сказала назову назвать говорю say saying".split())
_SAY_REACH, _THAT = 3, frozenset({"что", "чтобы", "that"})
_DENIES_SAYING = frozenset("not wouldn't can't cannot couldn't".split())
_UNSAID = _DENIES | {"нельзя"}
_NO_CASE = frozenset("случая раза дня".split())
_CANNOT = frozenset("can't cannot couldn't can".split())
_LONGED_FOR = frozenset("жду ждем ждала ждал ждали".split())
_NOT_TILL = frozenset("дождусь дождемся дождаться".split())
_DEAR = frozenset("дорогой дорогая дорогие дорогого дорогому дорогих dear".split())
_ADDRESSED = frozenset(
    """
    друг друзья друзей читатель читатели читательницы гости коллеги земляки клиенты покупатели подписчики посетители подруги девушки дамы
    господа соседи товарищи сограждане форумчане отзовик сбербанк банк магазин
    """.split()
)
_TAKES_BACK = frozenset("не not never didn't n't никогда wasn't weren't hadn't".split())


def expected_places(texts: Sequence[str]) -> frozenset[int]:
    """Return the places of words that tell of what did not happen.

    From a verb of expecting to the turn («а», «но», "but") in its sentence: without a turn nothing was taken back («думаю, нахамили
    нарочно»), and «не думала, что нахамят» tells of what happened. And what there was none of: «без единого „не положено“», "without a
    single excuse", up to the next comma or stop. What is not said («не скажу, что дорого», «не было случая, чтобы не помогли»), and what is
    longed for («жду не дождусь», "can't wait to come back").
    """
    places = set(_unsaid(texts))
    if not _DEAR.isdisjoint(texts):  # «дорогие читатели» tells of no price
        places.update(at for at, one in enumerate(texts) if one in _DEAR and not _ADDRESSED.isdisjoint(texts[at + 1 : at + 3]))
    if not _EXPECTED.isdisjoint(texts) or not _AWAITED.isdisjoint(texts):
        places.update(_feared(texts))
    if not _LACK.isdisjoint(texts):
        for place in range(len(texts) - 1):
            if texts[place] in _LACK and texts[place + 1] in _OF_WHAT:
                end = next((one for one in range(place + 1, len(texts)) if texts[one] in (STOP, COMMA)), len(texts))
                places.update(range(place, min(end, place + 1 + _REACH)))
    return frozenset(places)


def _unsaid(texts: Sequence[str]) -> Iterator[int]:
    for place, text in enumerate(texts):
        if text in _THAT and place > 1:
            before = texts[max(0, place - 1 - _SAY_REACH) : place]
            denied = not _UNSAID.isdisjoint(before) and not (_SAY.isdisjoint(before) and _NO_CASE.isdisjoint(before))
            if denied and STOP not in before:
                yield from range(place, _end_of_clause(texts, place))
        elif text == "say" and place and texts[place - 1] in _DENIES_SAYING:
            yield from range(place, _end_of_clause(texts, place))
        elif text in _NOT_TILL and texts[max(0, place - 1)] == "не" and not _LONGED_FOR.isdisjoint(texts[max(0, place - 2) : place]):
            yield from range(max(0, place - 2), place + 1)
        elif text == "wait" and place and texts[place - 1] in _CANNOT and texts[place + 1 : place + 2] in (["to"], ["for"]):
            yield from range(place - 1, _end_of_clause(texts, place))


def _end_of_clause(texts: Sequence[str], begin: int) -> int:
    return next((place for place in range(begin + 1, len(texts)) if texts[place] == STOP or texts[place] in _TURNS), len(texts))


def quoted_to_deny(words: Words, place: int, text: str) -> bool:
    """Say whether the saying that begins at a word is quoted only to say that nobody said it («ни разу не услышала „не положено“»)."""
    start = words.span(place)[0]
    if not start or text[start - 1] not in _QUOTE_OPENS:
        return False
    before = words.texts[max(0, place - _DENIAL_REACH) : place]
    for ends in (STOP, COMMA):
        if ends in before:
            before = before[len(before) - before[::-1].index(ends) :]
    return not _DENIES.isdisjoint(before)


def _feared(texts: Sequence[str]) -> Iterator[int]:
    for begin, text in enumerate(texts):
        awaited = text in _AWAITED and any(_BAD.match(one) for one in texts[begin + 1 : begin + 1 + _REACH])
        if not (awaited or text in _EXPECTED) or (begin and texts[begin - 1] in _TAKES_BACK):
            continue
        end = _end_of_clause(texts, begin)
        if end < len(texts) and texts[end] in _TURNS:
            yield from range(begin, end)
