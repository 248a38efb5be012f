"""What a writer expected or feared and did not meet («думала, откажут, а мне помогли»): words that tell of nothing that happened."""

from __future__ import annotations

from collections.abc import Sequence

from lakmus.engine.text.words import STOP

_EXPECTED = frozenset(
    """
    думал думала думали боялся боялась боялись опасался опасалась опасались переживал переживала переживали волновался волновалась
    волновались предполагал предполагала предполагали сомневался сомневалась сомневались
    thought feared afraid worried expected anticipated dreaded
    """.split()
)
_TURNS = frozenset("а но однако but yet however instead".split())
_TAKES_BACK = frozenset("не not never didn't n't никогда wasn't weren't hadn't".split())


def expected_places(texts: Sequence[str]) -> frozenset[int]:
    """Return the places of words that say what was expected: from a verb of expecting to the turn («а», «но», "but") in its sentence.

    Without a turn nothing was taken back («думаю, нахамили нарочно»); «не думала, что нахамят» tells of what happened.
    """
    if _EXPECTED.isdisjoint(texts):
        return frozenset()
    places: set[int] = set()
    for begin, text in enumerate(texts):
        if text not in _EXPECTED or (begin and texts[begin - 1] in _TAKES_BACK):
            continue
        end = next((place for place in range(begin + 1, len(texts)) if texts[place] == STOP or texts[place] in _TURNS), len(texts))
        if end < len(texts) and texts[end] in _TURNS:
            places.update(range(begin, end))
    return frozenset(places)
