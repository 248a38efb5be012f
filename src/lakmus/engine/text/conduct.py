"""What a reply of staff does (refuses, offers another way, is rude …), and how customers say that it missed their question."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import polars as pl

from lakmus.engine.text.cleaning import cleaned
from lakmus.engine.text.finding import Lexicon, compiled
from lakmus.engine.text.notation import entries_of
from lakmus.engine.text.word_classes import CLASSES
from lakmus.engine.text.words import COMMA, STOP, words_of

DEEDS = ("refusal", "alternative", "does_not_know", "will_find_out", "rude", "acted", "not_what_i_asked")
"""Codes of `entries/conduct.txt`."""

LONGEST_QUOTE = 80
_IF = frozenset("если ежели вдруг if unless should".split())
_OF_FACT = frozenset({"refusal", "does_not_know"})
"""What was not done where it is only supposed («если не сможем привезти»)."""

_CONDITION_REACH = 5


@functools.cache
def _lexicon() -> Lexicon:
    return compiled({code: [lines] for code, lines in entries_of("conduct").items()}, CLASSES)


def deeds_in(text: str) -> dict[str, str]:
    """Return what a reply does, each of `DEEDS` with the first words (at most `LONGEST_QUOTE` signs) that say so, negated ones aside."""
    own = cleaned(text).text
    words = words_of(own)
    known = _lexicon()
    found: dict[str, str] = {}
    for one in known.heard(words, known.known(words)):
        if not one.negated and not (one.code in _OF_FACT and _supposed(words.texts, one.place)) and one.code not in found:
            said = one.saying(words)
            found[one.code] = text[said.start : min(said.end, said.start + LONGEST_QUOTE)]
    return found


def _supposed(texts: Sequence[str], place: int) -> bool:
    """Say whether the word at a place stands in a clause that «если» or "if" opens at most `_CONDITION_REACH` words before."""
    for text in reversed(texts[max(0, place - _CONDITION_REACH) : place]):
        if text in (STOP, COMMA):
            return False
        if text in _IF:
            return True
    return False


def deeds_column(texts: pl.Series) -> pl.DataFrame:
    """Return one String column for each of `DEEDS`: the words that say so, null where none do; one row per text in its order."""
    unique = texts.cast(pl.String).fill_null("").unique(maintain_order=True)
    rows = [deeds_in(text) for text in unique]
    read = pl.DataFrame(
        {"text": unique, **{name: pl.Series([row.get(name) for row in rows], dtype=pl.String) for name in DEEDS}},
    )
    return texts.cast(pl.String).fill_null("").to_frame("text").join(read, on="text", how="left", maintain_order="left").drop("text")
