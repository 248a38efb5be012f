"""A promise that was not kept, told in two sentences: «Сказали: через три дня. Прошло две недели.»

No way of saying reaches over a stop, so both halves are heard apart (`entries/kept.txt`): a promise alone breaks nothing, and that
something did not come was not promised. Together, the promise first, they tell of one that was not kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lakmus.engine.text.finding import Heard
from lakmus.engine.text.words import STOP

PROMISED, UNKEPT, BROKEN = "promised", "unkept", "broken_promise"
_REACH = 30
"""Words from the promise to what tells that it was not kept: about two sentences."""
_TURNS, _TURN_REACH = frozenset("но однако увы but however alas".split()), 8
"""A sentence that begins so right behind the promise tells the same."""


def without_halves(found: Sequence[Heard], texts: Sequence[str]) -> Iterator[Heard]:
    """Yield what was heard, each promise with what came of it as a broken one, and neither half alone."""
    unkept = [one for one in found if one.code == UNKEPT and not one.negated]
    broken = {one.place for one in found if one.code == BROKEN}
    for one in found:
        if one.code == PROMISED:
            late = any(one.last < other.place <= one.last + _REACH for other in unkept) or _turns(texts, one.last)
            if late and not one.negated and one.place not in broken:
                broken.add(one.place)
                yield one._replace(code=BROKEN)
        elif one.code != UNKEPT:
            yield one


def _turns(texts: Sequence[str], last: int) -> bool:
    """Say whether a sentence that turns against what was said begins close behind a place."""
    return any(texts[at - 1] == STOP and texts[at] in _TURNS for at in range(last + 2, min(len(texts), last + 2 + _TURN_REACH)))
