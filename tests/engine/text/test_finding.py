"""The quick search for sayings finds what the slow one does, which tries every pattern at every word."""

from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from lakmus.engine.text.finding import Lexicon, Saying, compiled
from lakmus.engine.text.notation import Pattern, patterns_of
from lakmus.engine.text.words import COMMA, STOP, Words, words_of

CLASSES = {"not": "{concord} не", "concord": "никто", "only": "только"}
ENTRIES = {"slow": "ждать & долго\nждать ..2 час ..1 день\nочередь", "none": "{not} ..2 ждать\nдолго", "twice": "ждать ..1 ждать|час"}
WORDS = ["ждал", "ждать", "долго", "час", "день", "очередь", "не", "никто", "только", "дом", ",", "."]


def found_slowly(lexicon: Lexicon, words: Words) -> set[tuple[str, int]]:
    """Return the code and the start of each saying, found by trying all places of all terms."""
    patterns = [one for code, text in ENTRIES.items() for one in patterns_of(code, text, lexicon.terms, CLASSES)]
    known = lexicon.known(words)

    def fits(pattern: Pattern, places: tuple[int, ...]) -> bool:
        between = [range(a + 1, b) for a, b in pairwise(places)]
        barred = {STOP, COMMA} if pattern.negates else {STOP}
        return (
            all(term in known[place] for term, place in zip(pattern.terms, places, strict=True))
            and all(len(words_between) <= gap for words_between, gap in zip(between, pattern.gaps, strict=True))
            and not any(words.texts[place] in barred for part in between for place in part)
        )

    every = range(len(words.texts))
    return {(one.code, words.span(places[0])[0]) for one in patterns for places in combinations(every, len(one.terms)) if fits(one, places)}


@given(st.lists(st.sampled_from(WORDS), max_size=9))
def test_the_quick_search_finds_what_the_slow_one_does(said: list[str]) -> None:
    lexicon, words = compiled({code: [text] for code, text in ENTRIES.items()}, CLASSES), words_of(" ".join(said))
    quick: list[Saying] = lexicon.find(words, lexicon.known(words))
    assert {(one.code, one.start) for one in quick} == found_slowly(lexicon, words)
